"""Reads the text files that a person writes: UTF-8, or the UTF-16 of Windows PowerShell and of "Unicode" in Excel."""

from __future__ import annotations

import codecs
import errno
import os
import stat
import time
from pathlib import Path

from tsfix.opening import without_waiting

LARGEST = 64 * 1024 * 1024
"""Bytes. An inventory of ten thousand packages has three million; a device has no end."""

WAITS_FOR_WRITER = 5.0
"""Seconds for which a pipe that no program writes to is waited for. A shell has opened the other end long before."""

WAITS_FOR_END = 60.0
"""Seconds after which a pipe or a device has to have ended. Its writer may ask a server first, but not for ever."""

_LOOKS_AGAIN = 0.01
"""Seconds between two looks into a pipe in which nothing is."""

_PIECE = 1 << 20


def text_of(path: Path) -> str:
    """The text of a file, without a byte order mark. A pipe is read to its end, so that ``<(...)`` of a shell works.

    Raises OSError when the file cannot be read, is too large or does not end in time, and UnicodeDecodeError when it is
    neither UTF-8 nor marked UTF-16.
    """
    data = _content(path)
    if len(data) > LARGEST:
        raise OSError(errno.EFBIG, f"it has more than {LARGEST:,} bytes", str(path))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _content(path: Path) -> bytes:
    """The bytes of a file; one more than ``LARGEST`` where there are more."""
    # To open a pipe without a writer would wait until somebody comes. Windows has no pipes among its files.
    with open(path, "rb", buffering=0, opener=without_waiting) as file:
        descriptor = file.fileno()
        mode = os.fstat(descriptor).st_mode
        if os.name == "nt" or stat.S_ISREG(mode):
            return _whole(descriptor)
        if os.isatty(descriptor):
            raise OSError(errno.EINVAL, "it is a terminal, and what is typed has no end", str(path))
        return _until_end(descriptor, path, has_writer=not stat.S_ISFIFO(mode))


def _whole(descriptor: int) -> bytes:
    found = bytearray()
    while len(found) <= LARGEST and (piece := os.read(descriptor, min(_PIECE, LARGEST + 1 - len(found)))):
        found += piece
    return bytes(found)


def _until_end(descriptor: int, path: Path, *, has_writer: bool) -> bytes:
    """What comes out of a pipe or a device. Raises OSError where nothing comes, or no end.

    Of a pipe an end that comes before anything else may mean that its writer is still to come.
    """
    started = time.monotonic()
    found = bytearray()
    while len(found) <= LARGEST:
        try:
            piece = os.read(descriptor, min(_PIECE, LARGEST + 1 - len(found)))
        except BlockingIOError:  # there is a writer, which has nothing to say yet
            piece, has_writer, waiting = b"", True, True
        else:
            waiting = not piece and not has_writer
            has_writer = has_writer or bool(piece)
        if not piece and not waiting:
            break
        found += piece
        waited = time.monotonic() - started
        if not has_writer and waited > WAITS_FOR_WRITER:
            raise OSError(errno.ETIMEDOUT, "it is a pipe that no program writes to", str(path))
        if waited > WAITS_FOR_END:
            raise OSError(errno.ETIMEDOUT, f"it has not ended after {WAITS_FOR_END:g} seconds", str(path))
        if waiting:
            time.sleep(_LOOKS_AGAIN)
    return bytes(found)
