"""Reads the text files that a person writes: UTF-8, or the UTF-16 of Windows PowerShell and of "Unicode" in Excel."""

from __future__ import annotations

import codecs
import errno
from pathlib import Path

LARGEST = 64 * 1024 * 1024
"""Bytes. An inventory of ten thousand packages has three million; a device has no end."""


def text_of(path: Path) -> str:
    """The text of a file, without a byte order mark.

    Raises OSError when the file cannot be read or is too large, and UnicodeDecodeError when it is neither UTF-8 nor
    marked UTF-16.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise OSError(errno.EFBIG, f"it has more than {LARGEST:,} bytes", str(path))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")
