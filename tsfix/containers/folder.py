"""Read an unpacked export folder as parts.

A folder is an unpacked export if it holds ``SMS_TaskSequencePackage/<ID>/object.xml``. People unpack exports next to
other things, so only what an export zip can hold at its top counts as part of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from tsfix.containers.files import cannot_open, read_bytes
from tsfix.containers.limits import DEFAULT_LIMITS, Limits
from tsfix.containers.names import shown
from tsfix.errors import UnreadableError
from tsfix.export import Parts
from tsfix.values import Location

TASK_SEQUENCES = "SMS_TaskSequencePackage"
_TOP_FOLDERS = ("_rels", "package")
_TOP_FILES = ("Manifest.xml", "[Content_Types].xml")


def is_export_folder(path: Path) -> bool:
    """Tell whether the folder is the top of an unpacked export. A folder that may not be read is none."""
    try:
        with os.scandir(path / TASK_SEQUENCES) as entries:
            return any(Path(entry.path, "object.xml").is_file() for entry in entries)
    except OSError:
        return False


def is_export_entry(name: str) -> bool:
    """Tell whether a file or folder of this name, at the top of an unpacked export, belongs to the export."""
    return name.startswith("SMS_") or name in _TOP_FOLDERS or name in _TOP_FILES


def names_of_task_sequences(names: Iterator[str]) -> Iterator[str]:
    """Those part names that are a task sequence's object: ``…/SMS_TaskSequencePackage/<ID>/object.xml``."""
    for name in names:
        components = name.split("/")
        if len(components) >= 3 and components[-3] == TASK_SEQUENCES and components[-1] == "object.xml":
            yield name


def read_folder(path: Path, name: str, *, limits: Limits = DEFAULT_LIMITS) -> Parts:
    """Read an unpacked export folder; the parts come in the order of their names.

    Raises ``UnreadableError`` for links, devices, too many files or too much content.
    """
    parts: dict[str, bytes] = {}
    total = 0
    for part, file in _files(path, name):
        total += _size(file, name, part)
        if len(parts) >= limits.members:
            raise _error(name, "", f"The export folder holds more than {limits.members:,} files.")
        if total > limits.unpacked_bytes:
            raise _error(name, "", f"The export folder holds more than {limits.unpacked_bytes:,} bytes.")
        parts[part] = read_bytes(file, f"{name}/{part}", limit=limits.part_bytes)
    return Parts(name=name, kind="console-export", parts=dict(sorted(parts.items())))


def _files(top: Path, name: str) -> Iterator[tuple[str, Path]]:
    """The files of the export with their part names."""
    waiting = [(top, "")]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            raise cannot_open(str(folder), error) from None
        for entry in entries:
            if folder == top and not is_export_entry(entry.name):
                continue
            part = prefix + entry.name
            if is_link(entry):
                raise _error(name, part, "The export folder holds a link.")
            if entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), f"{part}/"))
            else:
                yield part, Path(entry.path)


def is_link(entry: os.DirEntry[str]) -> bool:
    """Tell whether the entry is a symbolic link or, on Windows, a junction."""
    if entry.is_symlink():
        return True
    # A junction counts as a folder; only the tag of its reparse point tells (0xA0000003 is IO_REPARSE_TAG_MOUNT_POINT).
    return getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == 0xA0000003


def _size(file: Path, name: str, part: str) -> int:
    try:
        found = file.stat()
    except OSError as error:
        raise cannot_open(str(file), error) from None
    if not stat.S_ISREG(found.st_mode):
        raise _error(name, part, "The export folder holds a device or a pipe.")
    return found.st_size


def _error(name: str, part: str, message: str) -> UnreadableError:
    remedy = "Copy only the unpacked export into a folder of its own and name that."
    return UnreadableError(message, remedy=remedy, location=Location(file=name, part=shown(part)))
