"""Find the directory of a zip from its end: the first step of reading one, and the one that tricks aim at.

Field names and sizes: PKWARE's APPNOTE.TXT 6.3, sections 4.3.14 to 4.3.16.
"""

from __future__ import annotations

import struct

from msgspec import Struct

from tsfix.containers.zip_errors import JOIN_FIRST, ZIP_AGAIN, unreadable_zip
from tsfix.values import Span

END_RECORD = struct.Struct("<4s4H2IH")
_END64_LOCATOR = struct.Struct("<4sIQI")
_END64_RECORD = struct.Struct("<4sQ2H2I4Q")

LOCAL_SIGNATURE = b"PK\x03\x04"
_END_SIGNATURE = b"PK\x05\x06"
_END64_SIGNATURE = b"PK\x06\x06"
_END64_LOCATOR_SIGNATURE = b"PK\x06\x07"
_LONGEST_COMMENT = 0xFFFF
_LEFT_TO_ZIP64 = (0xFFFF,) * 4 + (0xFFFFFFFF,) * 2

IS_ZIP64 = "it uses the zip64 form"
HAS_PREFIX = "something stands in front of the zip"


class Directory(Struct, frozen=True, kw_only=True):
    """Where the directory of a zip stands and what its end record says about it."""

    span: Span
    count: int
    """The number of records."""
    shift: int
    """What has to be added to every offset in the records: the length of whatever stands in front of the zip."""
    end: Span
    """The end record with the archive comment."""
    oddities: tuple[str, ...] = ()
    """Why the zip cannot be copied faithfully with changes."""


def looks_like_zip(data: bytes) -> bool:
    """Tell by the first bytes whether this is meant to be a zip (an empty zip starts with its end record)."""
    return data[:4] in (LOCAL_SIGNATURE, _END_SIGNATURE)


def find_directory(data: bytes, name: str) -> Directory:
    """Find the directory of the zip that the person calls ``name``. Raises ``UnreadableError``."""
    end = _find_end(data, name)
    _, disk, first_disk, here, count, size, offset, _ = END_RECORD.unpack_from(data, end.start)
    stop, oddities = end.start, []
    locator = end.start - _END64_LOCATOR.size
    if locator >= 0 and data.startswith(_END64_LOCATOR_SIGNATURE, locator):
        oddities.append(IS_ZIP64)
        stop = locator - _END64_RECORD.size
        short = (disk, first_disk, here, count, size, offset)
        disk, first_disk, here, count, size, offset = _read_end64(data, locator, short, name)
    if disk or first_disk or here != count:
        raise unreadable_zip(name, "The zip is one piece of several.", remedy=JOIN_FIRST)
    shift = stop - size - offset
    if shift < 0:
        raise unreadable_zip(name, "The end record of the zip points outside the file.")
    if shift:
        oddities.append(HAS_PREFIX)
    return Directory(span=Span(stop - size, stop), count=count, shift=shift, end=end, oddities=tuple(oddities))


def _find_end(data: bytes, name: str) -> Span:
    """The one end record whose comment reaches exactly to the end of the file."""
    first = max(0, len(data) - END_RECORD.size - _LONGEST_COMMENT)
    ends = []
    position = data.find(_END_SIGNATURE, first)
    while 0 <= position <= len(data) - END_RECORD.size:
        (comment_length,) = struct.unpack_from("<H", data, position + END_RECORD.size - 2)
        if position + END_RECORD.size + comment_length == len(data):
            ends.append(position)
        position = data.find(_END_SIGNATURE, position + 1)
    if len(ends) == 1:
        return Span(ends[0], len(data))
    if ends:
        message = "The zip has two end records: two programs could read two different contents."
        raise unreadable_zip(name, message, remedy=ZIP_AGAIN)
    if looks_like_zip(data):
        message = "The zip has no end record at its end: it is cut off, or something was added behind it."
        raise unreadable_zip(name, message)
    remedy = "Name an export zip, an unpacked export folder or a task sequence XML file."
    raise unreadable_zip(name, "The file is empty." if not data else "This is not a zip.", remedy=remedy)


def _read_end64(data: bytes, locator: int, short: tuple[int, ...], name: str) -> tuple[int, ...]:
    """The six values of the zip64 end record, after a check that the short record leaves them open or agrees."""
    position = locator - _END64_RECORD.size
    if position < 0 or not data.startswith(_END64_SIGNATURE, position):
        raise unreadable_zip(name, "The zip64 end record is missing or has an unknown form.")
    length, *_ = struct.unpack_from("<Q", data, position + 4)
    if length != _END64_RECORD.size - 12:
        raise unreadable_zip(name, "The zip64 end record has an unknown form.")
    values = _END64_RECORD.unpack_from(data, position)[4:]
    size, offset = values[4:]
    _, disk, place, disks = _END64_LOCATOR.unpack_from(data, locator)
    if disk or disks > 1:
        raise unreadable_zip(name, "The zip is one piece of several.", remedy=JOIN_FIRST)
    agrees = place == size + offset
    for value, short_value, open_value in zip(values, short, _LEFT_TO_ZIP64, strict=True):
        agrees = agrees and short_value in (value, open_value)
    if not agrees:
        raise unreadable_zip(name, "The end records of the zip contradict each other.", remedy=ZIP_AGAIN)
    return values
