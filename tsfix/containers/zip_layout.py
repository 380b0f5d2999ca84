"""Where everything stands in a zip: a strict reading of its records as positions in the bytes.

The layout serves two masters. The reader checks it before it unpacks anything: a zip in which the directory and the
members' own headers contradict each other is refused, because two programs would read two different things out of it.
The writer copies the ranges that it names, so that a member nobody edited stays bit for bit as it was.
Field names and sizes: PKWARE's APPNOTE.TXT 6.3, sections 4.3.7, 4.3.9, 4.3.12 and 4.5.3.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

from tsfix.containers.limits import Limits
from tsfix.containers.names import shown
from tsfix.containers.zip_end import IS_ZIP64, LOCAL_SIGNATURE, Directory, find_directory
from tsfix.containers.zip_errors import DO_NOT_USE, JOIN_FIRST, ZIP_AGAIN, unreadable_zip
from tsfix.values import Span

LOCAL_HEADER = struct.Struct("<4s5H3I2H")
CENTRAL_RECORD = struct.Struct("<4s6H3I5H2I")
_EXTRA_FIELD = struct.Struct("<2H")
_CENTRAL_SIGNATURE = b"PK\x01\x02"
DESCRIPTOR_SIGNATURE = b"PK\x07\x08"

FLAG_DESCRIPTOR = 0x0008
FLAG_UTF8 = 0x0800
_FLAG_PATCH = 0x0020
_FLAGS_ENCRYPTED = 0x0001 | 0x0040 | 0x2000

_NEWEST_VERSION = 63  # APPNOTE 6.3, the last one; Python's zipfile reads no later one either
_EXTRA_ZIP64 = 0x0001
_EXTRA_DAMAGED = -1
EXTRA_UNICODE_PATH = 0x7075
_OPEN_16 = 0xFFFF
_OPEN_32 = 0xFFFFFFFF
_ORDINARY_DESCRIPTORS = (12, 16)


class Member(Struct, frozen=True, kw_only=True):
    """One member of a zip: what its records say, and where its bytes stand."""

    name: str
    """With ``/`` between folders; a folder entry ends with ``/``."""
    needs: int
    """The version of the zip format that is needed, times ten."""
    flags: int
    method: int
    """``0`` stored, ``8`` deflated."""
    crc: int
    packed_size: int
    size: int
    """Unpacked, as the records claim."""
    attributes: int
    """The external attributes; Unix puts the file's mode into the upper half."""
    record: Span
    """The record in the directory."""
    header: Span
    """The local header with name and extra field."""
    packed: Span
    """The packed content."""
    descriptor: Span
    """The data descriptor; empty where there is none."""
    extra_kinds: frozenset[int]
    """The kinds of extra fields in the record and in the header; ``-1`` for one that is cut off."""

    @property
    def end(self) -> int:
        """Where the member ends."""
        return self.descriptor.end

    @property
    def is_folder(self) -> bool:
        """Tell whether this is a folder entry."""
        return self.name.endswith("/")

    @property
    def is_encrypted(self) -> bool:
        """Tell whether the content needs a password."""
        return self.flags & _FLAGS_ENCRYPTED != 0

    @property
    def is_patch(self) -> bool:
        """Tell whether the content is a patch to another file, which only some programs of PKWARE can apply."""
        return self.flags & _FLAG_PATCH != 0

    @property
    def oddities(self) -> tuple[str, ...]:
        """Why the member, though readable, cannot be copied faithfully with changes."""
        odd = [IS_ZIP64] if _EXTRA_ZIP64 in self.extra_kinds else []
        if self.flags & FLAG_DESCRIPTOR and self.descriptor.end - self.descriptor.start not in _ORDINARY_DESCRIPTORS:
            odd.append(f"the data descriptor of {shown(self.name)} is missing or not of the ordinary form")
        if _EXTRA_DAMAGED in self.extra_kinds:
            odd.append(f"an extra field of {shown(self.name)} is damaged")
        if self.needs > _NEWEST_VERSION:
            odd.append(f"{shown(self.name)} asks for a newer kind of zip")
        return tuple(odd)


class ZipLayout(Struct, frozen=True, kw_only=True):
    """The records of one zip."""

    members: tuple[Member, ...]
    """In the order of the directory, folder entries included."""
    directory: Directory
    oddities: tuple[str, ...]
    """Why the zip, though readable, cannot be copied faithfully with changes; empty for an ordinary zip."""


class _Zip(NamedTuple):
    """What every step of the reading needs."""

    data: bytes
    name: str
    directory: Directory


class _Claims(NamedTuple):
    """What a record says about its member."""

    part: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int


def read_layout(data: bytes, name: str, limits: Limits) -> ZipLayout:
    """Find every record of a zip and check that they agree with each other and that no two members share a byte.

    ``name`` is what the person calls the file. Raises ``UnreadableError``.
    """
    directory = find_directory(data, name)
    if directory.count > limits.members:
        message = f"The zip has {directory.count:,} members; at most {limits.members:,} are read."
        raise unreadable_zip(name, message, remedy="Zip only the exports again, without everything else.")
    source = _Zip(data, name, directory)
    members = []
    position = directory.span.start
    for _ in range(directory.count):
        member = _read_member(source, position)
        members.append(member)
        position = member.record.end
    if position != directory.span.end:
        raise unreadable_zip(name, "The directory of the zip holds more than its end record says.", remedy=ZIP_AGAIN)
    oddities = [*directory.oddities, *(oddity for member in members for oddity in member.oddities)]
    if _has_gaps(source, members):
        oddities.append("it holds bytes that belong to no part")
    return ZipLayout(members=tuple(members), directory=directory, oddities=tuple(dict.fromkeys(oddities)))


def _read_member(source: _Zip, position: int) -> Member:
    """Read one record of the directory and everything that it points to."""
    data, name, directory = source
    if position + CENTRAL_RECORD.size > directory.span.end or not data.startswith(_CENTRAL_SIGNATURE, position):
        raise unreadable_zip(name, "The directory of the zip is damaged.")
    fields = CENTRAL_RECORD.unpack_from(data, position)
    flags, method, crc = fields[3], fields[4], fields[7]
    name_length, extra_length, comment_length, disk = fields[10:14]
    name_at = position + CENTRAL_RECORD.size
    extra_at = name_at + name_length
    record = Span(position, extra_at + extra_length + comment_length)
    if record.end > directory.span.end:
        raise unreadable_zip(name, "The directory of the zip is damaged.")
    raw_name = data[name_at:extra_at]
    part = _decode_name(raw_name, flags, name)
    if disk not in (0, _OPEN_16):
        raise unreadable_zip(name, "The zip is one piece of several.", part=part, remedy=JOIN_FIRST)
    extra = _extra_fields(data[extra_at : extra_at + extra_length])
    filled = _fill_from_zip64(extra, (fields[9], fields[8], fields[16]))
    if filled is None:
        raise unreadable_zip(name, "The member's size or place is missing.", part=part)
    size, packed_size, offset = filled
    claims = _Claims(part, raw_name, flags, method, crc, packed_size, size)
    header, header_extra = _read_header(source, offset + directory.shift, claims)
    packed = Span(header.end, header.end + packed_size)
    if packed.end > directory.span.start:
        raise unreadable_zip(name, "The member reaches into the directory of the zip.", part=part)
    return Member(
        name=part,
        needs=fields[2],
        flags=flags,
        method=method,
        crc=crc,
        packed_size=packed_size,
        size=size,
        attributes=fields[15],
        record=record,
        header=header,
        packed=packed,
        descriptor=_find_descriptor(source, packed.end, claims),
        extra_kinds=frozenset(extra) | frozenset(header_extra),
    )


def _decode_name(raw: bytes, flags: int, name: str) -> str:
    try:
        return raw.decode("utf-8" if flags & FLAG_UTF8 else "cp437")
    except UnicodeDecodeError:
        message = "The member's name is marked as UTF-8, but it is not."
        raise unreadable_zip(name, message, part=raw.decode("utf-8", "backslashreplace"), remedy=ZIP_AGAIN) from None


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    """The extra fields by kind. A short tail that is no field is passed over: some old writers pad."""
    fields: dict[int, bytes] = {}
    position = 0
    while position + _EXTRA_FIELD.size <= len(extra):
        kind, length = _EXTRA_FIELD.unpack_from(extra, position)
        position += _EXTRA_FIELD.size
        fields.setdefault(kind, extra[position : position + length])
        position += length
    if position > len(extra):
        fields[_EXTRA_DAMAGED] = b""
    return fields


def _fill_from_zip64(extra: dict[int, bytes], values: tuple[int, ...]) -> tuple[int, ...] | None:
    """The values, those left open taken from the zip64 field in their order; nothing if it lacks one."""
    content = extra.get(_EXTRA_ZIP64, b"")
    filled = []
    position = 0
    for value in values:
        if value != _OPEN_32:
            filled.append(value)
            continue
        if position + 8 > len(content):
            return None
        filled.append(int.from_bytes(content[position : position + 8], "little"))
        position += 8
    return tuple(filled)


def _read_header(source: _Zip, offset: int, claims: _Claims) -> tuple[Span, dict[int, bytes]]:
    """The local header's range and extra fields, after a check that it says what the record says."""
    data, name, directory = source
    if offset + LOCAL_HEADER.size > directory.span.start or not data.startswith(LOCAL_SIGNATURE, offset):
        raise unreadable_zip(name, "The directory names a member that is not at its place.", part=claims.part)
    fields = LOCAL_HEADER.unpack_from(data, offset)
    name_at = offset + LOCAL_HEADER.size
    extra_at = name_at + fields[9]
    span = Span(offset, extra_at + fields[10])
    if span.end > directory.span.start:
        raise unreadable_zip(name, "The header of the member is cut off.", part=claims.part)
    if data[name_at:extra_at] != claims.raw_name:
        other = shown(data[name_at:extra_at].decode("utf-8", "backslashreplace"))
        message = f"The member is called {other} in its own header."
        raise unreadable_zip(name, message, part=claims.part, remedy=ZIP_AGAIN)
    extra = _extra_fields(data[extra_at : span.end])
    if not _agrees(fields, extra, claims):
        message = "The member's own header contradicts the directory of the zip."
        raise unreadable_zip(name, message, part=claims.part, remedy=ZIP_AGAIN)
    return span, extra


def _agrees(fields: tuple[int, ...], extra: dict[int, bytes], claims: _Claims) -> bool:
    """Tell whether a local header says what the record says, or leaves it to the data descriptor."""
    compared = FLAG_DESCRIPTOR | FLAG_UTF8 | _FLAGS_ENCRYPTED
    if fields[3] != claims.method or fields[2] & compared != claims.flags & compared:
        return False
    sizes = _fill_from_zip64(extra, (fields[8], fields[7]))
    if sizes is None:
        return False
    found = (fields[6], *sizes)
    expected = (claims.crc, claims.size, claims.packed_size)
    may_be_open = claims.flags & FLAG_DESCRIPTOR != 0
    return all(one == other or (may_be_open and one == 0) for one, other in zip(found, expected, strict=True))


def _find_descriptor(source: _Zip, at: int, claims: _Claims) -> Span:
    """The data descriptor behind the content, in any of its four forms; an empty range where none of them fits."""
    if claims.flags & FLAG_DESCRIPTOR:
        forms = ("<3I", "<I2Q") if max(claims.size, claims.packed_size) <= _OPEN_32 else ("<I2Q",)
        for form in forms:
            values = struct.pack(form, claims.crc, claims.packed_size, claims.size)
            for content in (DESCRIPTOR_SIGNATURE + values, values):
                if source.data.startswith(content, at) and at + len(content) <= source.directory.span.start:
                    return Span(at, at + len(content))
    return Span(at, at)


def _has_gaps(source: _Zip, members: list[Member]) -> bool:
    """Tell whether bytes belong to no member; raise ``UnreadableError`` if bytes belong to two."""
    in_file_order = sorted(members, key=lambda member: member.header.start)
    for before, after in pairwise(in_file_order):
        if after.header.start < before.end:
            message = f"Two members of the zip share the same bytes: this one and {shown(after.name)}."
            raise unreadable_zip(source.name, message, part=before.name, remedy=DO_NOT_USE)
    starts = [*(member.header.start for member in in_file_order), source.directory.span.start]
    ends = [source.directory.shift, *(member.end for member in in_file_order)]
    return starts != ends
