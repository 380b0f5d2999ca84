"""Read an export zip from bytes into parts, and refuse what could deceive or harm.

Sizes and checksums are checked while unpacking; what the headers claim is only believed when it proves true.
Python's ``zipfile`` believes the sizes: it cuts off what unpacks to more, and passes over what follows the content.
Member names are text and nothing else: no name ever becomes a path here.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterable

from tsfix.containers.limits import DEFAULT_LIMITS, Limits
from tsfix.containers.names import same_name_key, shown, why_unsafe
from tsfix.containers.zip_errors import DO_NOT_USE, ZIP_AGAIN, unreadable_zip
from tsfix.containers.zip_layout import Member, ZipLayout, read_layout
from tsfix.export import Parts

STORED = 0
DEFLATED = 8
_EMPTY_DEFLATE_STREAM = 2  # bytes; some writers deflate even folder entries


def read_zip(data: bytes, name: str, *, limits: Limits = DEFAULT_LIMITS) -> Parts:
    """Read all parts of an export zip, in the order of its directory; folder entries are left out.

    ``name`` is what the person calls the file. Raises ``UnreadableError`` for anything broken, unsafe or too large.
    """
    layout = open_zip(data, name, limits=limits)
    check_total(layout.members, name, limits)
    members = (member for member in layout.members if not member.is_folder)
    parts = {member.name: read_member(data, member, name, limits=limits) for member in members}
    return Parts(name=name, kind="console-export", parts=parts)


def open_zip(data: bytes, name: str, *, limits: Limits = DEFAULT_LIMITS) -> ZipLayout:
    """Read the directory of a zip and check every member's name and kind; nothing is unpacked yet.

    Raises ``UnreadableError``.
    """
    layout = read_layout(data, name, limits)
    for member in layout.members:
        _check_member(member, name)
    _check_names(layout.members, name)
    return layout


def check_total(members: Iterable[Member], name: str, limits: Limits) -> None:
    """Raise ``UnreadableError`` if the members together are too large to hold in memory."""
    total = sum(member.size for member in members)
    if total > limits.unpacked_bytes:
        message = f"The zip holds {total:,} bytes unpacked; at most {limits.unpacked_bytes:,} are read."
        raise unreadable_zip(name, message, remedy=DO_NOT_USE)


def read_member(data: bytes, member: Member, name: str, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Unpack one member and check its size and checksum. Raises ``UnreadableError``."""
    if member.is_encrypted:
        remedy = "Unpack the zip with its password and name the unpacked folder."
        raise unreadable_zip(name, "The member is encrypted.", part=member.name, remedy=remedy)
    _check_size(member, name, limits)
    content = _unpack(data[member.packed.start : member.packed.end], member, name)
    if len(content) != member.size:
        raise unreadable_zip(name, "The member's size is not what the zip says.", part=member.name, remedy=ZIP_AGAIN)
    if zlib.crc32(content) != member.crc:
        message = "The member's checksum is wrong: its content is damaged."
        raise unreadable_zip(name, message, part=member.name)
    return content


def _check_member(member: Member, name: str) -> None:
    reason = why_unsafe(member.name)
    if reason:
        message = f"The zip holds a member that is refused: {reason}."
        raise unreadable_zip(name, message, part=member.name, remedy=DO_NOT_USE)
    kind = stat.S_IFMT(member.attributes >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        what = "a link" if kind == stat.S_IFLNK else "a device or another special file"
        raise unreadable_zip(name, f"The member is {what}, not a file.", part=member.name, remedy=DO_NOT_USE)
    if member.is_folder and (member.size or member.packed_size > _EMPTY_DEFLATE_STREAM):
        message = "The member is a folder by its name but has content."
        raise unreadable_zip(name, message, part=member.name, remedy=DO_NOT_USE)


def _check_names(members: Iterable[Member], name: str) -> None:
    """Refuse two names for one file: the same, the same but for case, or a file where another name has a folder."""
    seen: dict[str, str] = {}
    for member in members:
        key = same_name_key(member.name)
        if key in seen:
            how = "twice" if seen[key] == member.name else f"a second time, as {shown(seen[key])}"
            raise unreadable_zip(name, f"The zip holds this member {how}.", part=member.name, remedy=ZIP_AGAIN)
        seen[key] = member.name
    files = {key for key, member_name in seen.items() if not member_name.endswith("/")}
    for key, member_name in seen.items():
        above = key.rpartition("/")[0]
        while above:
            if above in files:
                message = f"The zip holds {shown(seen[above])} as a file and as a folder."
                raise unreadable_zip(name, message, part=member_name, remedy=ZIP_AGAIN)
            above = above.rpartition("/")[0]


def _check_size(member: Member, name: str, limits: Limits) -> None:
    if member.size > limits.part_bytes:
        message = f"The member has {member.size:,} bytes unpacked; at most {limits.part_bytes:,} are read."
        raise unreadable_zip(name, message, part=member.name, remedy=DO_NOT_USE)
    if member.size > limits.ratio_free_bytes and member.size > limits.ratio * max(member.packed_size, 1):
        message = f"The member unpacks to more than {limits.ratio} times its packed size, as zip bombs do."
        raise unreadable_zip(name, message, part=member.name, remedy=DO_NOT_USE)


def _unpack(packed: bytes, member: Member, name: str) -> bytes:
    if member.method == STORED and not member.is_patch:
        return packed
    if member.method == DEFLATED and not member.is_patch:
        return _inflate(packed, member, name)
    method = "patching" if member.is_patch else f"method {member.method}"
    message = f"The member is compressed by {method}, which Configuration Manager does not write."
    remedy = "Zip the export again with ordinary (deflate) compression."
    raise unreadable_zip(name, message, part=member.name, remedy=remedy)


def _inflate(packed: bytes, member: Member, name: str) -> bytes:
    """Unpack a deflated member, but never more than one byte beyond the size that the zip claims."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = unpacker.decompress(packed, member.size + 1)
    except zlib.error:
        raise unreadable_zip(name, "The member's compressed content is damaged.", part=member.name) from None
    if len(content) > member.size:
        message = "The member unpacks to more than the zip says."
        raise unreadable_zip(name, message, part=member.name, remedy=DO_NOT_USE)
    if not unpacker.eof:
        raise unreadable_zip(name, "The member's compressed content is cut off.", part=member.name)
    if unpacker.unused_data:
        message = "There is something behind the member's compressed content."
        raise unreadable_zip(name, message, part=member.name, remedy=DO_NOT_USE)
    return content
