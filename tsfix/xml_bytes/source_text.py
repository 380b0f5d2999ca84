"""From a file's bytes to UTF-8 and back: byte order marks, declared encodings, and the proof that nothing is lost."""

from __future__ import annotations

import codecs
import re

from msgspec import Struct
from msgspec.structs import replace

from tsfix.errors import UnreadableError, UnsupportedEditError
from tsfix.values import Location

_UTF8_BOM = codecs.BOM_UTF8
_DECLARATION = re.compile(r"""<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._:\-]*)["']""")
_DECLARATION_LENGTH = 400
"""Where a declaration is looked for: the first characters of the file."""

_SINGLE_BYTE = re.compile(r"ascii|iso8859-\d+|cp\d+|koi8-[rut]|mac-.*|tis-620")
_EAST_ASIAN = frozenset({"gb2312", "gbk", "gb18030", "big5", "big5hkscs", "shift_jis", "euc_jp", "euc_kr"})

_SAVE_AGAIN = "Export the task sequence again, or save the file as UTF-8 with a declaration that says so."


class SourceText(Struct, frozen=True, kw_only=True):
    """A file's XML text: the original bytes and a UTF-8 copy in which everything is found and changed."""

    original: bytes
    """The file as it is."""
    encoding: str
    """The encoding's usual name, such as ``utf-8`` or ``utf-16-le``."""
    bom: bytes
    """The byte order mark that the file begins with, or nothing."""
    utf8: bytes
    """The text in UTF-8. For a UTF-8 file it is the original, byte order mark included, with the same offsets."""
    editable: bool
    """Whether writing the text back gives the original bytes. A file for which it does not is only read."""
    reason: str
    """Why the file is not editable; empty when it is."""

    def encode(self, utf8: bytes) -> bytes:
        """The changed text in the file's own encoding, with the byte order mark that the file had.

        Raises:
            UnsupportedEditError: the encoding has no byte for one of the characters.
        """
        if self.encoding == "utf-8":
            return utf8
        try:
            return self.bom + utf8.decode("utf-8").encode(self.encoding)
        except UnicodeEncodeError as error:
            character = error.object[error.start]
            message = f"The file is in {self.encoding}, which has no character {character!r} (U+{ord(character):04X})."
            raise UnsupportedEditError(
                message, remedy="Use other characters, or save the file as UTF-8 first."
            ) from None


def decode_source(data: bytes, location: Location) -> SourceText:
    """Decode a file strictly: what its byte order mark and its declaration say must be true.

    Raises:
        UnreadableError: bytes that the encoding lacks, a mark or declaration that is wrong, an unknown encoding.
    """
    bom, encoding = _marked_encoding(data, location)
    if encoding is None:
        encoding = _unmarked_encoding(data, location)
    text = _decode(data, bom, encoding, location)
    _check_declaration(text, bom, encoding, location)
    if encoding == "utf-8":
        return SourceText(original=data, encoding=encoding, bom=bom, utf8=data, editable=True, reason="")
    utf8 = text.encode("utf-8")
    same = bom + text.encode(encoding) == data
    reason = "" if same else f"Writing it back in {encoding} does not give the same bytes."
    return SourceText(original=data, encoding=encoding, bom=bom, utf8=utf8, editable=same, reason=reason)


def _marked_encoding(data: bytes, location: Location) -> tuple[bytes, str | None]:
    """The byte order mark and the encoding that it names."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) or data[:4] in (b"\0\0\0<", b"<\0\0\0"):
        raise UnreadableError(
            "The file is in UTF-32, which tsfix does not read.", remedy=_SAVE_AGAIN, location=location
        )
    marks = ((_UTF8_BOM, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
    for bom, encoding in marks:
        if data.startswith(bom):
            return bom, encoding
    return b"", None


def _unmarked_encoding(data: bytes, location: Location) -> str:
    """The encoding of a file without a mark: UTF-16 shows by its zero bytes, everything else by its declaration."""
    first = data[:4]
    if len(first) == 4:
        if first[1] == first[3] == 0 and first[0] and first[2]:
            return "utf-16-le"
        if first[0] == first[2] == 0 and first[1] and first[3]:
            return "utf-16-be"
    declared = _declared(data[:_DECLARATION_LENGTH].decode("latin-1"))
    if declared is None:
        return "utf-8"
    encoding = _codec(declared)
    if encoding is None:
        message = f"The file declares the encoding {declared!r}, which tsfix does not know."
        raise UnreadableError(message, remedy=_SAVE_AGAIN, location=location)
    if encoding.startswith("utf-16"):
        message = f"The file declares the encoding {declared!r}, but its bytes are not UTF-16."
        raise UnreadableError(message, remedy=_SAVE_AGAIN, location=location)
    return encoding


def _declared(text: str) -> str | None:
    match = _DECLARATION.match(text)
    return None if match is None else match[1]


def _codec(name: str) -> str | None:
    """Python's name of the encoding, or None for one that is unknown or is no encoding of files."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return None
    if found in ("utf-8", "utf-16", "utf-16-le", "utf-16-be") or found in _EAST_ASIAN or _SINGLE_BYTE.fullmatch(found):
        return found
    return None


def _decode(data: bytes, bom: bytes, encoding: str, location: Location) -> str:
    """The text without the byte order mark."""
    try:
        return data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        offset = len(bom) + error.start
        before = data[len(bom) : offset].decode(encoding, "replace")
        message = f"The file is read as {encoding}, but byte {offset} (0x{data[offset]:02X}) is not valid there."
        raise UnreadableError(
            message,
            remedy=_SAVE_AGAIN,
            location=replace(location, line=before.count("\n") + 1),
        ) from None


def _check_declaration(text: str, bom: bytes, encoding: str, location: Location) -> None:
    """Refuse a file whose declaration names another encoding than the one its bytes show."""
    declared = _declared(text[:_DECLARATION_LENGTH])
    if declared is None:
        return
    codec = _codec(declared)
    if codec == encoding or (codec == "utf-16" and encoding.startswith("utf-16")):
        return
    shown = "begins with the byte order mark of" if bom else "has the bytes of"
    message = f"The file {shown} {encoding}, but declares the encoding {declared!r}. One of the two is wrong."
    raise UnreadableError(message, remedy=_SAVE_AGAIN, location=replace(location, line=1))
