"""Build zips field by field, good ones and bad ones, without the code under test."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct, field

OBJECT = "SMS_TaskSequencePackage/ABC00012/object.xml"
SEQUENCE = b'<sequence version="3.10"></sequence>'
OBJECT_XML = b'<INSTANCE CLASSNAME="SMS_TaskSequencePackage"></INSTANCE>'

TEXT = b"task sequence " * 100

STORED, DEFLATED = 0, 8
HAS_DESCRIPTOR, IS_UTF8, IS_ENCRYPTED = 0x0008, 0x0800, 0x0001

Fields = dict[str, int | bytes]
"""Fields of a header or record by name, in their order."""


class Entry(Struct, frozen=True, kw_only=True):
    """One member to be built; the overrides replace single fields of its records, true or not."""

    name: str | bytes
    content: bytes = b""
    method: int = STORED
    flags: int = 0
    extra: bytes = b""
    central_extra: bytes | None = None
    comment: bytes = b""
    attributes: int = 0
    time: int = 0x6000
    date: int = 0x5821
    descriptor: Literal["", "signed", "bare", "signed64"] = ""
    sizes_in_header: bool = False
    packed: bytes | None = None
    header: Mapping[str, int | bytes] = field(default_factory=dict)
    record: Mapping[str, int | bytes] = field(default_factory=dict)
    gap: bytes = b""
    """Bytes behind the member that belong to nothing."""


def build(
    entries: Sequence[Entry],
    *,
    comment: bytes = b"",
    prefix: bytes = b"",
    directory_order: Sequence[int] | None = None,
    end: Mapping[str, int] | None = None,
) -> bytes:
    """The bytes of a zip with these members."""
    body = bytearray(prefix)
    records = []
    for entry in entries:
        records.append(_record(entry, len(body) - len(prefix)))
        body += _member(entry) + entry.gap
    records = [records[index] for index in directory_order or range(len(records))]
    directory = b"".join(records)
    fields = {
        "disk": 0,
        "first_disk": 0,
        "here": len(records),
        "count": len(records),
        "size": len(directory),
        "offset": len(body) - len(prefix),
        "comment_length": len(comment),
    } | dict(end or {})
    return bytes(body) + directory + struct.pack("<4s4H2IH", b"PK\x05\x06", *fields.values()) + comment


def pack(content: bytes, method: int, level: int = 9) -> bytes:
    """The content as it stands in the zip."""
    if method != DEFLATED:
        return content
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def _packed(entry: Entry) -> bytes:
    return pack(entry.content, entry.method) if entry.packed is None else entry.packed


def _flags(entry: Entry) -> int:
    return entry.flags | (HAS_DESCRIPTOR if entry.descriptor else 0)


def _raw_name(entry: Entry) -> bytes:
    return entry.name if isinstance(entry.name, bytes) else entry.name.encode()


def _member(entry: Entry) -> bytes:
    packed = _packed(entry)
    values = (zlib.crc32(entry.content), len(packed), len(entry.content))
    shown = (0, 0, 0) if entry.descriptor and not entry.sizes_in_header else values
    fields: Fields = {
        "needed": 20,
        "flags": _flags(entry),
        "method": entry.method,
        "time": entry.time,
        "date": entry.date,
        "crc": shown[0],
        "packed_size": shown[1],
        "size": shown[2],
        "name": _raw_name(entry),
        "extra": entry.extra,
    }
    fields |= entry.header
    name, extra = fields.pop("name"), fields.pop("extra")
    assert isinstance(name, bytes)
    assert isinstance(extra, bytes)
    header = struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields.values(), len(name), len(extra))
    descriptor = {
        "": b"",
        "signed": b"PK\x07\x08" + struct.pack("<3I", *values),
        "bare": struct.pack("<3I", *values),
        "signed64": b"PK\x07\x08" + struct.pack("<I2Q", *values),
    }[entry.descriptor]
    return header + name + extra + packed + descriptor


def _record(entry: Entry, offset: int) -> bytes:
    extra = entry.extra if entry.central_extra is None else entry.central_extra
    fields: Fields = {
        "made_by": 45,
        "needed": 20,
        "flags": _flags(entry),
        "method": entry.method,
        "time": entry.time,
        "date": entry.date,
        "crc": zlib.crc32(entry.content),
        "packed_size": len(_packed(entry)),
        "size": len(entry.content),
        "disk": 0,
        "internal": 0,
        "attributes": entry.attributes,
        "offset": offset,
        "name": _raw_name(entry),
        "extra": extra,
    }
    fields |= entry.record
    name, extra_bytes = fields.pop("name"), fields.pop("extra")
    assert isinstance(name, bytes)
    assert isinstance(extra_bytes, bytes)
    values = list(fields.values())
    lengths = (len(name), len(extra_bytes), len(entry.comment))
    fixed = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *values[:9], *lengths, *values[9:])
    return fixed + name + extra_bytes + entry.comment


def export_entries(package_id: str = "ABC00012") -> list[Entry]:
    """The members of a small console export, stored and in the native order."""
    folder = f"SMS_TaskSequencePackage/{package_id}"
    return [
        Entry(name="SMS_TaskSequencePackage/USERSTATE_MIGRATION_PACKAGE.xml", content=b"<string>ABC00001</string>"),
        Entry(name=f"{folder}/object.xml", content=OBJECT_XML),
        Entry(name=f"{folder}/ReferencesInfo.xml", content=b"<ArrayOfString />"),
        Entry(name="_rels/.rels", content=b"<Relationships />"),
        Entry(name="Manifest.xml", content=b"<LibraryDocument />"),
        Entry(name="[Content_Types].xml", content=b"<Types />"),
    ]


def export_zip(package_id: str = "ABC00012") -> bytes:
    """A small console export."""
    return build(export_entries(package_id))


def zip64_extra(*values: int) -> bytes:
    return struct.pack(f"<2H{len(values)}Q", 1, 8 * len(values), *values)


ZIP64_ENTRY = Entry(
    name="a.xml",
    content=TEXT,
    extra=zip64_extra(len(TEXT), len(TEXT)),
    header={"size": 0xFFFFFFFF, "packed_size": 0xFFFFFFFF},
    record={"size": 0xFFFFFFFF, "packed_size": 0xFFFFFFFF},
)


def with_zip64_end(
    data: bytes, *, short: tuple[int, ...] | None = None, place: int = 0, disks: int = 1, **changes: int
) -> bytes:
    """The zip with a zip64 end record and its locator in front of the short end record."""
    body, end = data[:-22], data[-22:]
    disk, first_disk, here, count, size, offset = struct.unpack("<4H2I", end[4:20])
    values = {
        "length": 44,
        "disk": disk,
        "first": first_disk,
        "here": here,
        "count": count,
        "size": size,
        "offset": offset,
    }
    values |= changes
    fields = list(values.values())
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", fields[0], 45, 45, *fields[1:])
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, place or len(body), disks)
    short = short or (0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    return body + record + locator + struct.pack("<4s4H2IH", b"PK\x05\x06", *short, 0)
