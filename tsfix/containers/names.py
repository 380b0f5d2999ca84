"""Names of files and of zip members: which are safe, how to make one safe, and how to show a hostile one.

The rules are those of Windows, on every system: a copy made on Linux has to be unpacked on a Windows workstation.
"""

from __future__ import annotations

import re
import unicodedata

# The raised digits count too: Microsoft, "Naming Files, Paths, and Namespaces".
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9\u00b9\u00b2\u00b3])", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")
_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*]')
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
MOST_FOLDERS = 100
"""Folders in each other that a member's name may have; those of an export have three."""
_LONGEST_FILE_NAME = 200
_MOST_BYTES = 240
"""Of a file name in UTF-8: Linux takes 255 bytes, whatever number of characters they are."""
_LONGEST_SHOWN = 160


def why_unsafe(name: str) -> str:
    """Say why a member name could reach outside its folder or deceive a reader; empty for a safe name.

    A ``/`` at the end is allowed: it marks a folder entry.
    """
    if not name.strip("/"):
        return "the name is empty"
    if not _is_visible(name):
        return "the name holds control or invisible characters"
    if "\\" in name:
        return "the name holds a backslash"
    if name.startswith("/"):
        return "the name is an absolute path"
    if _DRIVE.match(name):
        return "the name starts with a drive letter"
    if ":" in name:
        return "the name holds a colon"
    if name.count("/") > MOST_FOLDERS:
        return f"the name stands in more than {MOST_FOLDERS} folders"
    for component in name.removesuffix("/").split("/"):
        reason = _why_unsafe_component(component)
        if reason:
            return reason
    return ""


def _is_visible(text: str) -> bool:
    if text.isascii():
        return text.isprintable()
    return not any(unicodedata.category(character) in _INVISIBLE for character in text)


def _why_unsafe_component(component: str) -> str:
    if component in ("", ".", ".."):
        return f"the name holds the path component {component!r}"
    if component[-1] in ". ":
        return "a component of the name ends with a dot or a blank"
    if is_device(component):
        return f"{component!r} is the name of a device on Windows"
    return ""


def is_device(component: str) -> bool:
    """Tell whether Windows takes the file name for a device, with or without an extension: ``NUL``, ``con.xml``."""
    return _DEVICE.fullmatch(component.partition(".")[0].rstrip(" ")) is not None


def same_name_key(name: str) -> str:
    """A key under which two names meet that Windows or macOS would give to the same file."""
    if not name.isascii():
        name = unicodedata.normalize("NFC", name)
    key = name.casefold().rstrip("/")
    return key if key.isascii() else unicodedata.normalize("NFC", key)


def safe_file_name(text: str, *, added: str = "", suffix: str = "") -> str:
    """Make a file name that every system accepts out of any text, with ``added`` and ``suffix`` (``.zip``) behind it.

    Forbidden characters become ``_``. A device name gets a ``_`` behind it, before any dot. A long text is cut, what is
    added is not.
    """
    tail = _replace_forbidden(added + suffix).rstrip(". ")
    kept = _replace_forbidden(text)[: _LONGEST_FILE_NAME - len(tail)]
    kept = in_bytes(kept, _MOST_BYTES - len(tail.encode())).strip(" ").rstrip(". ") or "_"
    if is_device(kept):
        # What counts is what stands before the first dot: NUL.backup.zip is the device as well.
        device, dot, rest = kept.partition(".")
        kept = f"{device}_{dot}{rest}"
    return kept + tail


def in_bytes(text: str, most: int) -> str:
    """As much of the beginning of the text as so many bytes of UTF-8 hold."""
    return text.encode("utf-8", "replace")[: max(most, 0)].decode("utf-8", "ignore") if len(text) * 4 > most else text


def _replace_forbidden(text: str) -> str:
    visible = "".join("_" if unicodedata.category(character) in _INVISIBLE else character for character in text)
    return _NOT_IN_FILE_NAMES.sub("_", visible)


def has_forbidden_characters(name: str) -> bool:
    """Tell whether a part name (with ``/``) holds characters that no file name on Windows may hold."""
    return _NOT_IN_FILE_NAMES.search(name.replace("/", "")) is not None


def shown(name: str) -> str:
    """Make a name fit for a message: invisible characters are spelt out, so that they cannot steer a terminal."""
    text = name if _is_visible(name) else "".join(_spelt_out(character) for character in name)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _spelt_out(character: str) -> str:
    if unicodedata.category(character) in _INVISIBLE:
        return character.encode("unicode_escape").decode("ascii")
    return character
