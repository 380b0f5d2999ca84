"""Read one XML or text file as the only part of an export."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

from tsfix.errors import UnreadableError
from tsfix.export import Parts
from tsfix.opening import without_waiting
from tsfix.values import Location

_LARGEST_DIGESTED = 1 << 30
"""Bytes. Twice what is read at most; a digest of a hundred times as much takes minutes, and is of nothing that was read."""


def read_bytes(path: Path, name: str, *, limit: int) -> bytes:
    """Read a whole file of at most ``limit`` bytes.

    Raises ``UnreadableError`` for a file that is missing, too large, a device or a pipe, or that may not be read.
    """
    try:
        found = path.stat()
        _check_is_file(name, found)
        if found.st_size > limit:
            message = f"The file has {found.st_size:,} bytes; at most {limit:,} are read."
            raise _error(name, message, "Task sequences are far smaller: check that this is the right file.")
        with opened(path) as file:
            _check_is_file(name, os.fstat(file.fileno()))
            data = file.read(found.st_size + 1)  # a larger number would be allocated in full at once
            after = os.fstat(file.fileno())
    except OSError as error:
        raise cannot_open(name, error) from None
    if (len(data), after.st_size, after.st_mtime_ns) != (found.st_size, found.st_size, found.st_mtime_ns):
        raise _error(name, "The file changed while it was read.", "Try again when no program writes to it.")
    return data


def _check_is_file(name: str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise _error(name, "This is a folder, a device or a pipe, not a file.", "Name a file or an export folder.")


def opened(path: Path) -> BinaryIO:
    """The file, open to read. It never waits for the writer of a pipe that has taken the place of a file this moment."""
    return open(path, "rb", opener=without_waiting)


def single_file(part: str, data: bytes, name: str) -> Parts:
    """The parts of an export that is one file; ``part`` is the file's name without folders."""
    return Parts(name=name, kind="single-file", parts={part: data})


def cannot_open(name: str, error: OSError) -> UnreadableError:
    """The error for a file or folder that the system does not let us read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return _error(name, "There is no such file or folder.", "Check the spelling and the current folder.")
    if isinstance(error, PermissionError):
        remedy = "Check your rights, and whether another program has the file open."
        return _error(name, "The file or folder may not be read.", remedy)
    reason = error.strerror or type(error).__name__
    return _error(name, f"The file or folder cannot be read: {reason}.", "Copy it to a local disk and try again.")


def _error(name: str, message: str, remedy: str) -> UnreadableError:
    return UnreadableError(message, remedy=remedy, location=Location(file=name))


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, read in pieces; empty for what is no file, cannot be read, or is far too large to be read."""
    state = hashlib.sha256()
    try:
        with opened(path) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST_DIGESTED:
                return ""
            while piece := file.read(1 << 20):
                state.update(piece)
    except OSError:
        return ""
    return state.hexdigest()
