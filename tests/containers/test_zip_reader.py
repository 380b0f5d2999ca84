"""Reading export zips: what is read, and the message for everything hostile or broken."""

from __future__ import annotations

import struct
import tracemalloc
import zlib

import pytest

from tests.containers.zips import (
    DEFLATED,
    HAS_DESCRIPTOR,
    IS_ENCRYPTED,
    IS_UTF8,
    OBJECT,
    STORED,
    TEXT,
    ZIP64_ENTRY,
    Entry,
    build,
    export_zip,
    pack,
    with_zip64_end,
)
from tsfix.containers.limits import Limits
from tsfix.containers.zip_reader import read_zip
from tsfix.errors import UnreadableError
from tsfix.export import Parts
from tsfix.values import Location

ONE = Entry(name="a.xml", content=b"<a/>")
TWO = Entry(name="b.xml", content=b"<b/>")

COPY_AGAIN = "Export the task sequence again, or copy the file again from where it came."
ZIP_AGAIN = "Unpack the file with a tool you trust and zip it again, or export the task sequence again."
DO_NOT_USE = "An export never holds this. Find out where the file comes from before you use it."
JOIN_FIRST = "Put the pieces together into one zip first."


def parts_of(*entries: Entry) -> Parts:
    """What reading must give: the contents by name, in order, without folder entries."""
    contents = {str(entry.name): entry.content for entry in entries if not str(entry.name).endswith("/")}
    return Parts(name="TS.zip", kind="console-export", parts=contents)


READABLE = {
    "an export": (export_zip(), None),
    "stored": (build([ONE, TWO]), parts_of(ONE, TWO)),
    "empty content": (build([Entry(name="a.xml")]), parts_of(Entry(name="a.xml"))),
    "deflated": (
        build([Entry(name="a.xml", content=TEXT, method=DEFLATED)]),
        parts_of(Entry(name="a.xml", content=TEXT)),
    ),
    "descriptor, signed": (build([Entry(name="a.xml", content=TEXT, descriptor="signed"), TWO]), None),
    "descriptor, bare": (build([Entry(name="a.xml", content=TEXT, method=DEFLATED, descriptor="bare"), TWO]), None),
    "descriptor, zip64 form": (build([Entry(name="a.xml", content=TEXT, descriptor="signed64"), TWO]), None),
    "descriptor missing": (build([Entry(name="a.xml", content=TEXT, flags=HAS_DESCRIPTOR), TWO]), None),
    "descriptor and sizes in the header": (
        build([Entry(name="a.xml", content=TEXT, descriptor="signed", sizes_in_header=True)]),
        None,
    ),
    "folder entries": (
        build([Entry(name="f/", attributes=16), Entry(name="f/a.xml", content=b"<a/>")]),
        parts_of(Entry(name="f/a.xml", content=b"<a/>")),
    ),
    "UTF-8 name": (
        build([Entry(name="ü.xml", content=b"x", flags=IS_UTF8)]),
        parts_of(Entry(name="ü.xml", content=b"x")),
    ),
    "cp437 name": (build([Entry(name=b"\x81.xml", content=b"x")]), parts_of(Entry(name="ü.xml", content=b"x"))),
    "percent sign": (
        build([Entry(name="SMS_Program/ABC00012_Multi%20x64/object.xml", content=b"x")]),
        parts_of(Entry(name="SMS_Program/ABC00012_Multi%20x64/object.xml", content=b"x")),
    ),
    "opaque binary": (
        build([Entry(name="x.bin", content=bytes(range(256)))]),
        parts_of(Entry(name="x.bin", content=bytes(range(256)))),
    ),
    "directory in another order": (build([ONE, TWO], directory_order=[1, 0]), parts_of(TWO, ONE)),
    "comment": (build([ONE, TWO], comment=b"made by hand PK\x05\x06"), parts_of(ONE, TWO)),
    "prefix": (build([ONE, TWO], prefix=b"#!/bin/sh\n"), parts_of(ONE, TWO)),
    "gap": (build([Entry(name="a.xml", content=b"<a/>", gap=b"left over"), TWO]), parts_of(ONE, TWO)),
    "zip64 sizes": (build([ZIP64_ENTRY, TWO]), parts_of(Entry(name="a.xml", content=TEXT), TWO)),
    "zip64 end": (with_zip64_end(build([ONE, TWO])), parts_of(ONE, TWO)),
    "Unix file mode": (build([Entry(name="a.xml", content=b"<a/>", attributes=0o100644 << 16)]), parts_of(ONE)),
    "no members": (build([]), parts_of()),
    "padding behind the extra fields": (
        build([Entry(name="a.xml", content=b"<a/>", extra=b"UT\x01\0x\0\0\0")]),
        parts_of(ONE),
    ),
    "damaged extra field": (build([Entry(name="a.xml", content=b"<a/>", extra=b"UT\xff\0x")]), parts_of(ONE)),
    "short run of blanks": (build([Entry(name="a.xml", content=b" " * 1_000_000, method=DEFLATED)]), None),
}


@pytest.mark.parametrize(("data", "expected"), READABLE.values(), ids=READABLE)
def test_is_read(data: bytes, expected: Parts | None) -> None:
    parts = read_zip(data, "TS.zip")
    if expected is None:
        assert all(parts.parts.values())
    else:
        assert (expected, list(expected.parts)) == (parts, list(parts.parts))


def packed_entry(packed: bytes, content: bytes = TEXT, **record: int) -> Entry:
    """A deflated member whose packed bytes are not what its records say."""
    return Entry(name="a.xml", content=content, method=DEFLATED, packed=packed, header=record, record=record)


def overlapping() -> bytes:
    """Two records for one body: the second member starts inside the first one's content."""
    inner = build([TWO])[: -22 - 46 - 5]
    return build([Entry(name="a.xml", content=inner), Entry(name="b.xml", content=b"<b/>", record={"offset": 35})])


BROKEN = {
    "empty file": (
        b"",
        "",
        "The file is empty.",
        "Name an export zip, an unpacked export folder or a task sequence XML file.",
    ),
    "no zip": (
        b"<a/>",
        "",
        "This is not a zip.",
        "Name an export zip, an unpacked export folder or a task sequence XML file.",
    ),
    "cut off": (
        export_zip()[:-30],
        "",
        "The zip has no end record at its end: it is cut off, or something was added behind it.",
        COPY_AGAIN,
    ),
    "something behind": (
        export_zip() + b"x",
        "",
        "The zip has no end record at its end: it is cut off, or something was added behind it.",
        COPY_AGAIN,
    ),
    "cut off in front": (export_zip()[40:], "", "The end record of the zip points outside the file.", COPY_AGAIN),
    "two ends": (
        build([ONE], comment=struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0)),
        "",
        "The zip has two end records: two programs could read two different contents.",
        ZIP_AGAIN,
    ),
    "several disks": (build([ONE], end={"disk": 1}), "", "The zip is one piece of several.", JOIN_FIRST),
    "member on another disk": (
        build([Entry(name="a.xml", record={"disk": 2})]),
        "a.xml",
        "The zip is one piece of several.",
        JOIN_FIRST,
    ),
    "too few counted": (
        build([ONE, TWO], end={"here": 1, "count": 1}),
        "",
        "The directory of the zip holds more than its end record says.",
        ZIP_AGAIN,
    ),
    "too many counted": (
        build([ONE], end={"here": 2, "count": 2}),
        "",
        "The directory of the zip is damaged.",
        COPY_AGAIN,
    ),
    "zip64 ends contradict": (
        with_zip64_end(build([ONE, TWO]), short=(0, 0, 1, 1, 51, 39)),
        "",
        "The end records of the zip contradict each other.",
        ZIP_AGAIN,
    ),
    "zip64 end elsewhere": (
        with_zip64_end(build([ONE, TWO]), place=7),
        "",
        "The end records of the zip contradict each other.",
        ZIP_AGAIN,
    ),
    "zip64 pieces": (with_zip64_end(build([ONE]), disks=2), "", "The zip is one piece of several.", JOIN_FIRST),
    "zip64 end of another form": (
        with_zip64_end(build([ONE]), length=50),
        "",
        "The zip64 end record has an unknown form.",
        COPY_AGAIN,
    ),
    "zip64 size missing": (
        build([Entry(name="a.xml", record={"size": 0xFFFFFFFF})]),
        "a.xml",
        "The member's size or place is missing.",
        COPY_AGAIN,
    ),
    "offset wrong": (
        build([Entry(name="a.xml", content=b"<a/>", record={"offset": 3})]),
        "a.xml",
        "The directory names a member that is not at its place.",
        COPY_AGAIN,
    ),
    "offset outside": (
        build([Entry(name="a.xml", content=b"<a/>", record={"offset": 9999})]),
        "a.xml",
        "The directory names a member that is not at its place.",
        COPY_AGAIN,
    ),
    "reaches into the directory": (
        build([Entry(name="a.xml", content=b"<a/>", header={"packed_size": 5}, record={"packed_size": 5})]),
        "a.xml",
        "The member reaches into the directory of the zip.",
        COPY_AGAIN,
    ),
    "two names for one member": (
        build([Entry(name="a.xml", content=b"<a/>", header={"name": b"evil!"})]),
        "a.xml",
        "The member is called evil! in its own header.",
        ZIP_AGAIN,
    ),
    "two methods": (
        build([Entry(name="a.xml", content=b"<a/>", header={"method": 8})]),
        "a.xml",
        "The member's own header contradicts the directory of the zip.",
        ZIP_AGAIN,
    ),
    "two sizes": (
        build([Entry(name="a.xml", content=b"<a/>", header={"size": 3})]),
        "a.xml",
        "The member's own header contradicts the directory of the zip.",
        ZIP_AGAIN,
    ),
    "sizes left open without a descriptor": (
        build([Entry(name="a.xml", content=b"<a/>", header={"size": 0, "packed_size": 0, "crc": 0})]),
        "a.xml",
        "The member's own header contradicts the directory of the zip.",
        ZIP_AGAIN,
    ),
    "members share bytes": (
        overlapping(),
        "a.xml",
        "Two members of the zip share the same bytes: this one and b.xml.",
        DO_NOT_USE,
    ),
    "one body for two records": (
        build([Entry(name="a.xml", content=b"<a/>"), Entry(name=b"a.xml", content=b"<a/>", record={"offset": 0})]),
        "a.xml",
        "Two members of the zip share the same bytes: this one and a.xml.",
        DO_NOT_USE,
    ),
    "wrong checksum": (
        build([Entry(name="a.xml", content=b"<a/>", header={"crc": 1}, record={"crc": 1})]),
        "a.xml",
        "The member's checksum is wrong: its content is damaged.",
        COPY_AGAIN,
    ),
    "stored size is a lie": (
        build([Entry(name="a.xml", content=b"<a/>", header={"size": 3}, record={"size": 3})]),
        "a.xml",
        "The member's size is not what the zip says.",
        ZIP_AGAIN,
    ),
    "unpacks to more": (
        build([packed_entry(pack(TEXT, DEFLATED), TEXT[:100])]),
        "a.xml",
        "The member unpacks to more than the zip says.",
        DO_NOT_USE,
    ),
    "unpacks to less": (
        build([packed_entry(pack(TEXT[:100], DEFLATED))]),
        "a.xml",
        "The member's size is not what the zip says.",
        ZIP_AGAIN,
    ),
    "deflate cut off": (
        build([packed_entry(pack(TEXT, DEFLATED)[:-2])]),
        "a.xml",
        "The member's compressed content is cut off.",
        COPY_AGAIN,
    ),
    "deflate damaged": (
        build([packed_entry(b"\xff" * 30)]),
        "a.xml",
        "The member's compressed content is damaged.",
        COPY_AGAIN,
    ),
    "hidden behind the content": (
        build([packed_entry(pack(TEXT, DEFLATED) + b"hidden")]),
        "a.xml",
        "There is something behind the member's compressed content.",
        DO_NOT_USE,
    ),
    "other method": (
        build([Entry(name="a.xml", content=b"<a/>", method=12)]),
        "a.xml",
        "The member is compressed by method 12, which Configuration Manager does not write.",
        "Zip the export again with ordinary (deflate) compression.",
    ),
    "patch": (
        build([Entry(name="a.xml", content=b"<a/>", flags=0x20)]),
        "a.xml",
        "The member is compressed by patching, which Configuration Manager does not write.",
        "Zip the export again with ordinary (deflate) compression.",
    ),
    "encrypted": (
        build([Entry(name="a.xml", content=b"<a/>", flags=IS_ENCRYPTED)]),
        "a.xml",
        "The member is encrypted.",
        "Unpack the zip with its password and name the unpacked folder.",
    ),
    "link": (
        build([Entry(name="a.xml", content=b"/etc/passwd", attributes=0o120777 << 16)]),
        "a.xml",
        "The member is a link, not a file.",
        DO_NOT_USE,
    ),
    "device": (
        build([Entry(name="a.xml", attributes=0o020666 << 16)]),
        "a.xml",
        "The member is a device or another special file, not a file.",
        DO_NOT_USE,
    ),
    "folder with content": (
        build([Entry(name="f/", content=b"<a/>")]),
        "f/",
        "The member is a folder by its name but has content.",
        DO_NOT_USE,
    ),
    "twice": (build([ONE, ONE]), "a.xml", "The zip holds this member twice.", ZIP_AGAIN),
    "twice but for case": (
        build([ONE, Entry(name="A.XML")]),
        "A.XML",
        "The zip holds this member a second time, as a.xml.",
        ZIP_AGAIN,
    ),
    "twice but for the spelling of an accent": (
        build([Entry(name="\u00fc.xml", flags=IS_UTF8), Entry(name="u\u0308.xml", flags=IS_UTF8)]),
        "u\u0308.xml",
        "The zip holds this member a second time, as \u00fc.xml.",
        ZIP_AGAIN,
    ),
    "file and folder": (
        build([Entry(name="f"), Entry(name="F/a.xml")]),
        "F/a.xml",
        "The zip holds f as a file and as a folder.",
        ZIP_AGAIN,
    ),
    "not UTF-8": (
        build([Entry(name=b"\xff.xml", flags=IS_UTF8)]),
        "\\xff.xml",
        "The member's name is marked as UTF-8, but it is not.",
        ZIP_AGAIN,
    ),
}


@pytest.mark.parametrize(("data", "part", "message", "remedy"), BROKEN.values(), ids=BROKEN)
def test_is_refused(data: bytes, part: str, message: str, remedy: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_zip(data, "TS.zip")
    expected = (message, remedy, Location(file="TS.zip", part=part))
    assert expected == (caught.value.message, caught.value.remedy, caught.value.location)


BAD_NAMES = {
    "/etc/passwd": "the name is an absolute path",
    "//server/share/a.xml": "the name is an absolute path",
    "C:/Windows/a.xml": "the name starts with a drive letter",
    "c:a.xml": "the name starts with a drive letter",
    "a.xml:stream": "the name holds a colon",
    "../a.xml": "the name holds the path component '..'",
    "a/../../b.xml": "the name holds the path component '..'",
    "a/./b.xml": "the name holds the path component '.'",
    "a//b.xml": "the name holds the path component ''",
    "..\\a.xml": "the name holds a backslash",
    "\\\\server\\share": "the name holds a backslash",
    "a\0.xml": "the name holds control or invisible characters",
    "a\x1b[2J.xml": "the name holds control or invisible characters",
    "a\u202elmx.exe": "the name holds control or invisible characters",
    "a\n.xml": "the name holds control or invisible characters",
    "": "the name is empty",
    "/": "the name is empty",
    "CON": "'CON' is the name of a device on Windows",
    "f/nul.xml": "'nul.xml' is the name of a device on Windows",
    "com1/a.xml": "'com1' is the name of a device on Windows",
    "LPT9.tar.gz": "'LPT9.tar.gz' is the name of a device on Windows",
    "f/a.xml.": "a component of the name ends with a dot or a blank",
    "f /a.xml": "a component of the name ends with a dot or a blank",
    ".../a.xml": "a component of the name ends with a dot or a blank",
}


@pytest.mark.parametrize(("name", "reason"), BAD_NAMES.items(), ids=[repr(name) for name in BAD_NAMES])
def test_unsafe_names_are_refused(name: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_zip(build([ONE, Entry(name=name, flags=IS_UTF8)]), "TS.zip")
    assert f"The zip holds a member that is refused: {reason}." == caught.value.message


def test_a_hostile_name_cannot_steer_the_terminal() -> None:
    with pytest.raises(UnreadableError) as caught:
        read_zip(build([Entry(name="\x1b]0;owned\x07" + "x" * 500)]), "TS.zip")
    location = caught.value.location
    assert location is not None
    assert ("\\x1b]0;owned\\x07" + "x" * 143 + "…") == location.part


SMALL = Limits(part_bytes=1000, unpacked_bytes=1500, members=3, ratio=10, ratio_free_bytes=100)
TOO_LARGE = {
    "part": (
        build([Entry(name="a.xml", content=b"x" * 1001)]),
        "The member has 1,001 bytes unpacked; at most 1,000 are read.",
    ),
    "all parts": (
        build([Entry(name="a", content=b"x" * 800), Entry(name="b", content=b"x" * 800)]),
        "The zip holds 1,600 bytes unpacked; at most 1,500 are read.",
    ),
    "members": (build([Entry(name=str(n)) for n in range(4)]), "The zip has 4 members; at most 3 are read."),
    "ratio": (
        build([Entry(name="a", content=b"x" * 900, method=DEFLATED)]),
        "The member unpacks to more than 10 times its packed size, as zip bombs do.",
    ),
}


@pytest.mark.parametrize(("data", "message"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_limits(data: bytes, message: str) -> None:
    read_zip(data, "TS.zip")
    with pytest.raises(UnreadableError) as caught:
        read_zip(data, "TS.zip", limits=SMALL)
    assert message == caught.value.message


def test_a_bomb_whose_header_claims_little_is_not_unpacked() -> None:
    # 64 MiB of zeros behind a header that claims 10 bytes and the checksum of ten zeros: zipfile would accept this.
    bomb = pack(bytes(64 * 1024 * 1024), DEFLATED)
    entry = packed_entry(bomb, bytes(10), crc=zlib.crc32(bytes(10)))
    data = build([entry])
    tracemalloc.start()
    with pytest.raises(UnreadableError, match="unpacks to more than the zip says"):
        read_zip(data, "TS.zip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1024 * 1024


def test_every_cut_of_an_export_is_refused() -> None:
    data = export_zip()
    for length in range(len(data)):
        with pytest.raises(UnreadableError):
            read_zip(data[:length], "TS.zip")


def test_a_flipped_bit_is_refused_or_changes_no_content() -> None:
    data = build([Entry(name=OBJECT, content=TEXT, method=DEFLATED), Entry(name="b.xml", content=TEXT, method=STORED)])
    whole = read_zip(data, "TS.zip")
    for position in range(len(data)):
        flipped = data[:position] + bytes([data[position] ^ 0x10]) + data[position + 1 :]
        try:
            parts = read_zip(flipped, "TS.zip")
        except UnreadableError:
            continue
        assert whole == parts
