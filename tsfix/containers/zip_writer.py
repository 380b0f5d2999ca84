"""Copy a zip with some parts changed, and everything else bit for bit as it was.

Python's ``zipfile`` is not used here on purpose. It writes every header anew (versions, flags, extra fields,
attributes), compresses every member again and drops data descriptors, so a copy made with it differs from its original
in places that nobody planned. This module copies byte ranges and changes only the fields that must follow from an edit:
checksum and sizes of an edited part, the name of a renamed one, and the offsets in the directory.
Times stay as they were, so the same input and the same changes give the same bytes on every day.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

from msgspec import Struct

from tsfix.containers.limits import DEFAULT_LIMITS, Limits
from tsfix.containers.names import same_name_key, shown, why_unsafe
from tsfix.containers.zip_layout import (
    CENTRAL_RECORD,
    DESCRIPTOR_SIGNATURE,
    EXTRA_UNICODE_PATH,
    FLAG_DESCRIPTOR,
    FLAG_UTF8,
    LOCAL_HEADER,
    Member,
    ZipLayout,
)
from tsfix.containers.zip_reader import STORED, open_zip, read_member
from tsfix.errors import UnsupportedEditError
from tsfix.export import PartChanges
from tsfix.values import Location, Span

_LEVEL = 6
"""The usual level of deflate; the level of the original cannot be known."""
_LARGEST = 0xFFFFFFFE
_LONGEST_NAME = 0xFFFF
_CRC_AND_SIZES = struct.Struct("<3I")
# Where the fields that change stand: in the local header, in the record of the directory, in the end record.
_HEADER_CRC, _HEADER_NAME_LENGTH = 14, 26
_RECORD_CRC, _RECORD_NAME_LENGTH, _RECORD_OFFSET = 16, 28, 42
_END_COUNTS = 8
_ZIP_AGAIN = "Unpack the export and zip it again with ordinary settings, or name the unpacked folder instead."


class _Changed(Struct, frozen=True, kw_only=True):
    """What becomes of one member that stays in the copy."""

    raw_name: bytes | None = None
    """The new name; nothing if it keeps its own."""
    packed: bytes | None = None
    """The new content, packed; nothing if it keeps its own."""
    crc_and_sizes: tuple[int, int, int] = (0, 0, 0)
    """Checksum, packed size and size of the new content."""


_UNCHANGED = _Changed()


def copy_zip(original: bytes, changes: PartChanges, *, name: str = "", limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Make the copy of a zip in which the changes are carried out; without changes, the original itself.

    An edited part keeps its place, method, times, attributes and extra fields. A folder entry follows its parts when
    all of them move to one new folder or are removed. Raises ``UnsupportedEditError`` where a faithful copy is not
    possible, ``UnreadableError`` where the original is broken.
    """
    if not (changes.replaced or changes.renamed or changes.removed):
        return original
    layout = open_zip(original, name, limits=limits)
    if layout.oddities:
        message = f"The zip cannot be copied without touching other parts: {'; '.join(layout.oddities)}."
        raise _error(name, "", message, _ZIP_AGAIN)
    _check_changes(layout, changes, name)
    renamed, removed = _with_folder_entries(layout, changes)
    _check_new_names(layout, renamed, removed, name)
    changed: dict[str, _Changed] = {}
    for member in layout.members:
        if member.name not in removed:
            content, new_name = changes.replaced.get(member.name), renamed.get(member.name)
            changed[member.name] = _change(original, member, content, new_name, name, limits)
    if not removed and all(change == _UNCHANGED for change in changed.values()):
        return original
    return _assemble(original, layout, changed, name)


def _error(file: str, part: str, message: str, remedy: str) -> UnsupportedEditError:
    return UnsupportedEditError(message, remedy=remedy, location=Location(file=file, part=shown(part)))


def _check_changes(layout: ZipLayout, changes: PartChanges, name: str) -> None:
    parts = {member.name for member in layout.members if not member.is_folder}
    for part in (*changes.replaced, *changes.renamed, *sorted(changes.removed)):
        if part not in parts:
            raise _error(name, part, "A part is to be changed that the zip does not hold.", "")
    for part in sorted(changes.removed):
        if part in changes.replaced or part in changes.renamed:
            raise _error(name, part, "A part is to be removed and changed at the same time.", "")


def _with_folder_entries(layout: ZipLayout, changes: PartChanges) -> tuple[dict[str, str], frozenset[str]]:
    """The renamed and removed members, with the folder entries that lose all their parts."""
    renamed = {old: new for old, new in changes.renamed.items() if old != new}
    removed = set(changes.removed)
    parts = [member.name for member in layout.members if not member.is_folder]
    for folder in (member.name for member in layout.members if member.is_folder):
        inside = [part for part in parts if part.startswith(folder)]
        staying = [part for part in inside if part not in changes.removed]
        depth = folder.count("/")
        homes = {"".join(f"{step}/" for step in renamed.get(part, part).split("/")[:-1][:depth]) for part in staying}
        if inside and not staying:
            removed.add(folder)
        elif len(homes) == 1 and not homes & {folder, ""}:
            renamed[folder] = homes.pop()
    return renamed, frozenset(removed)


def _check_new_names(layout: ZipLayout, renamed: Mapping[str, str], removed: frozenset[str], name: str) -> None:
    taken: set[str] = set()
    for member in layout.members:
        if member.name in removed:
            continue
        new = renamed.get(member.name, member.name)
        key = same_name_key(new)
        if key in taken:
            raise _error(name, member.name, f"The copy would hold {shown(new)} twice.", "Choose another new name.")
        taken.add(key)
        reason = why_unsafe(new) or ("it names a folder" if new.endswith("/") != member.is_folder else "")
        if reason:
            raise _error(name, member.name, f"The new name {shown(new)} is refused: {reason}.", "")


def _change(
    original: bytes, member: Member, content: bytes | None, new_name: str | None, name: str, limits: Limits
) -> _Changed:
    """What becomes of a member. New content that equals the old one is no change: the packed bytes stay."""
    raw_name = None if new_name is None else _encode_name(member, new_name, name)
    if content is None or content == read_member(original, member, name, limits=limits):
        return _Changed(raw_name=raw_name)
    packed = content if member.method == STORED else _deflate(content)
    return _Changed(raw_name=raw_name, packed=packed, crc_and_sizes=(zlib.crc32(content), len(packed), len(content)))


def _encode_name(member: Member, new_name: str, name: str) -> bytes:
    if EXTRA_UNICODE_PATH in member.extra_kinds:
        message = "The part cannot be renamed: an extra field repeats its name."
        raise _error(name, member.name, message, _ZIP_AGAIN)
    if not new_name.isascii() and not member.flags & FLAG_UTF8:
        message = f"The part cannot be renamed to {shown(new_name)}: this zip does not mark its names as UTF-8."
        raise _error(name, member.name, message, "Choose a name of plain letters and digits.")
    raw_name = new_name.encode("utf-8")
    if len(raw_name) > _LONGEST_NAME:
        raise _error(name, member.name, "The new name is too long.", "")
    return raw_name


def _deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def _assemble(original: bytes, layout: ZipLayout, changed: Mapping[str, _Changed], name: str) -> bytes:
    """Put the copy together: members in the order of the file, then the directory in its own order, then the end."""
    pieces: list[bytes] = []
    offsets: dict[str, int] = {}
    position = 0
    for member in sorted(layout.members, key=lambda item: item.header.start):
        if member.name in changed:
            piece = _member_bytes(original, member, changed[member.name])
            offsets[member.name] = position
            position += len(piece)
            pieces.append(piece)
    if position > _LARGEST:
        raise _error(name, "", "The copy would be too large for an ordinary zip.", "")
    records = [
        _record_bytes(original, member, changed[member.name], offsets[member.name])
        for member in layout.members
        if member.name in changed
    ]
    end = bytearray(_bytes_of(original, layout.directory.end))
    struct.pack_into("<2H2I", end, _END_COUNTS, len(records), len(records), sum(map(len, records)), position)
    return b"".join((*pieces, *records, end))


def _member_bytes(original: bytes, member: Member, change: _Changed) -> bytes:
    """The local header, content and data descriptor of one member in the copy."""
    if change == _UNCHANGED:
        return original[member.header.start : member.end]
    header = bytearray(_bytes_of(original, member.header))
    packed = _bytes_of(original, member.packed)
    descriptor = _bytes_of(original, member.descriptor)
    if change.packed is not None:
        packed = change.packed
        values = change.crc_and_sizes
        if member.flags & FLAG_DESCRIPTOR:
            mark = DESCRIPTOR_SIGNATURE if len(descriptor) > _CRC_AND_SIZES.size else b""
            descriptor = mark + _CRC_AND_SIZES.pack(*values)
            # The header may leave the values to the descriptor (zero) or carry them already; each keeps its habit.
            old_values = _CRC_AND_SIZES.unpack_from(header, _HEADER_CRC)
            crc, packed_size, size = (new if old else 0 for old, new in zip(old_values, values, strict=True))
            values = (crc, packed_size, size)
        _CRC_AND_SIZES.pack_into(header, _HEADER_CRC, *values)
    header = _renamed(header, LOCAL_HEADER.size, _HEADER_NAME_LENGTH, change)
    return b"".join((header, packed, descriptor))


def _record_bytes(original: bytes, member: Member, change: _Changed, offset: int) -> bytes:
    """The record of one member in the copy's directory."""
    record = bytearray(_bytes_of(original, member.record))
    if change.packed is not None:
        _CRC_AND_SIZES.pack_into(record, _RECORD_CRC, *change.crc_and_sizes)
    struct.pack_into("<I", record, _RECORD_OFFSET, offset)
    return bytes(_renamed(record, CENTRAL_RECORD.size, _RECORD_NAME_LENGTH, change))


def _renamed(header: bytearray, name_at: int, length_at: int, change: _Changed) -> bytearray:
    """A header or record with the new name in place of the old one."""
    if change.raw_name is None:
        return header
    (old_length,) = struct.unpack_from("<H", header, length_at)
    struct.pack_into("<H", header, length_at, len(change.raw_name))
    return header[:name_at] + change.raw_name + header[name_at + old_length :]


def _bytes_of(original: bytes, span: Span) -> bytes:
    return original[span.start : span.end]
