"""Copying zips: untouched members stay bit for bit, and what cannot be copied faithfully is refused."""

from __future__ import annotations

import shutil
import string
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.containers.copy_law import check_copy, cut
from tests.containers.zips import (
    DEFLATED,
    HAS_DESCRIPTOR,
    IS_UTF8,
    OBJECT,
    STORED,
    TEXT,
    ZIP64_ENTRY,
    Entry,
    build,
    export_zip,
    with_zip64_end,
)
from tsfix.containers.zip_reader import read_zip
from tsfix.containers.zip_writer import copy_zip
from tsfix.errors import UnsupportedEditError
from tsfix.export import PartChanges

ONE = Entry(name="a.xml", content=b"<a/>")
TWO = Entry(name="b.xml", content=b"<b/>")
ONE_MORE = Entry(name="c.xml", content=b"<c/>", method=DEFLATED, attributes=32)
NTFS_TIMES = struct.pack("<2HI2H3Q", 0x000A, 32, 0, 1, 24, 1, 2, 3)


def test_without_changes_the_copy_is_the_original() -> None:
    data = export_zip()
    assert copy_zip(data, PartChanges()) is data


def test_even_an_unreadable_zip_is_returned_without_changes() -> None:
    assert copy_zip(b"no zip", PartChanges()) == b"no zip"


def test_changes_that_change_nothing_give_the_original() -> None:
    data = build([Entry(name="a.xml", content=TEXT, method=DEFLATED), TWO])
    assert copy_zip(data, PartChanges(replaced={"a.xml": TEXT}, renamed={"b.xml": "b.xml"})) is data


def test_a_stored_part_is_replaced_in_place() -> None:
    entries = [ONE, Entry(name="b.xml", content=TEXT, comment=b"note", extra=NTFS_TIMES), ONE_MORE]
    new = b"<new/>"
    expected = [ONE, Entry(name="b.xml", content=new, comment=b"note", extra=NTFS_TIMES), ONE_MORE]
    copy = copy_zip(build(entries, comment=b"kept"), PartChanges(replaced={"b.xml": new}))
    assert build(expected, comment=b"kept") == copy


def test_a_deflated_part_stays_deflated() -> None:
    data = build([Entry(name="a.xml", content=TEXT, method=DEFLATED), TWO])
    copy = copy_zip(data, PartChanges(replaced={"a.xml": TEXT * 2}))
    check_copy(data, PartChanges(replaced={"a.xml": TEXT * 2}), copy)
    assert len(copy) < len(TEXT * 2)


@pytest.mark.parametrize("descriptor", ["signed", "bare"])
@pytest.mark.parametrize("sizes_in_header", [False, True])
def test_a_data_descriptor_keeps_its_form(descriptor: str, sizes_in_header: bool) -> None:
    def zip_with(content: bytes) -> bytes:
        entry = Entry(name="a.xml", content=content, descriptor=descriptor, sizes_in_header=sizes_in_header)  # type: ignore[arg-type]
        return build([entry, TWO])

    copy = copy_zip(zip_with(TEXT), PartChanges(replaced={"a.xml": b"<new/>"}))
    assert zip_with(b"<new/>") == copy


def test_a_renamed_part_keeps_its_data_and_place() -> None:
    copy = copy_zip(build([ONE, TWO]), PartChanges(renamed={"a.xml": "folder/longer.xml"}))
    assert build([Entry(name="folder/longer.xml", content=b"<a/>"), TWO]) == copy


def test_two_parts_may_swap_names() -> None:
    copy = copy_zip(build([ONE, TWO]), PartChanges(renamed={"a.xml": "b.xml", "b.xml": "a.xml"}))
    assert build([Entry(name="b.xml", content=b"<a/>"), Entry(name="a.xml", content=b"<b/>")]) == copy


def test_a_part_may_change_only_the_case_of_its_name() -> None:
    copy = copy_zip(build([ONE, TWO]), PartChanges(renamed={"a.xml": "A.xml"}))
    assert build([Entry(name="A.xml", content=b"<a/>"), TWO]) == copy


def test_a_removed_part_vanishes_from_body_and_directory() -> None:
    assert build([TWO]) == copy_zip(build([ONE, TWO]), PartChanges(removed=frozenset({"a.xml"})))


def test_a_removed_name_is_free_for_another_part() -> None:
    changes = PartChanges(removed=frozenset({"a.xml"}), renamed={"b.xml": "a.xml"})
    assert build([Entry(name="a.xml", content=b"<b/>")]) == copy_zip(build([ONE, TWO]), changes)


def test_all_changes_at_once() -> None:
    data = build([ONE, TWO, ONE_MORE], directory_order=[2, 0, 1])
    changes = PartChanges(replaced={"b.xml": b"<new/>"}, renamed={"b.xml": "new.xml"}, removed=frozenset({"a.xml"}))
    expected = build([Entry(name="new.xml", content=b"<new/>"), ONE_MORE], directory_order=[1, 0])
    assert expected == copy_zip(data, changes)


def test_utf8_names_stay_utf8() -> None:
    data = build([Entry(name="ü.xml", content=b"x", flags=IS_UTF8), Entry(name=b"\x81.txt", content=b"y")])
    copy = copy_zip(data, PartChanges(renamed={"ü.xml": "ö.xml"}))
    assert build([Entry(name="ö.xml", content=b"x", flags=IS_UTF8), Entry(name=b"\x81.txt", content=b"y")]) == copy


FOLDERS = [
    Entry(name="SMS_TaskSequencePackage/", attributes=16),
    Entry(name="SMS_TaskSequencePackage/ABC00012/", attributes=16),
    Entry(name="SMS_TaskSequencePackage/ABC00012/object.xml", content=b"<o/>"),
    Entry(name="SMS_TaskSequencePackage/ABC00012/ReferencesInfo.xml", content=b"<r/>"),
    Entry(name="SMS_TaskSequencePackage/USERSTATE_MIGRATION_PACKAGE.xml", content=b"<u/>"),
    Entry(name="empty/", attributes=16),
]


def names_after(changes: PartChanges) -> list[str]:
    return list(cut(copy_zip(build(FOLDERS), changes)).records)


def test_a_folder_entry_follows_its_parts() -> None:
    old, new = "SMS_TaskSequencePackage/ABC00012/", "SMS_TaskSequencePackage/LEG00001/"
    renamed = {old + name: new + name for name in ("object.xml", "ReferencesInfo.xml")}
    expected = [entry.name.replace(old, new) for entry in FOLDERS if isinstance(entry.name, str)]
    assert expected == names_after(PartChanges(renamed=renamed))


def test_a_folder_entry_stays_while_a_part_stays() -> None:
    renamed = {"SMS_TaskSequencePackage/ABC00012/object.xml": "SMS_TaskSequencePackage/LEG00001/object.xml"}
    assert "SMS_TaskSequencePackage/ABC00012/" in names_after(PartChanges(renamed=renamed))


def test_a_folder_entry_goes_with_its_last_part() -> None:
    removed = frozenset({OBJECT, OBJECT.replace("object", "ReferencesInfo")})
    expected = ["SMS_TaskSequencePackage/", "SMS_TaskSequencePackage/USERSTATE_MIGRATION_PACKAGE.xml", "empty/"]
    assert expected == names_after(PartChanges(removed=removed))


EDIT = PartChanges(replaced={"a.xml": b"<new/>"})
NOT_FAITHFUL = {
    "zip64 sizes": (build([ZIP64_ENTRY, TWO]), EDIT, "it uses the zip64 form"),
    "zip64 end": (with_zip64_end(build([ONE, TWO])), EDIT, "it uses the zip64 form"),
    "prefix": (build([ONE], prefix=b"MZ"), EDIT, "something stands in front of the zip"),
    "gap": (
        build([Entry(name="a.xml", content=b"<a/>", gap=b"old"), TWO]),
        EDIT,
        "it holds bytes that belong to no part",
    ),
    "damaged extra field": (
        build([Entry(name="a.xml", content=b"<a/>", extra=b"UT\xff\0x")]),
        EDIT,
        "an extra field of a.xml is damaged",
    ),
    "newer zip": (
        build([Entry(name="a.xml", content=b"<a/>", header={"needed": 64}, record={"needed": 64})]),
        EDIT,
        "a.xml asks for a newer kind of zip",
    ),
    "zip64 descriptor": (
        build([Entry(name="a.xml", content=b"<a/>", descriptor="signed64"), TWO]),
        EDIT,
        "the data descriptor of a.xml is missing or not of the ordinary form",
    ),
    "missing descriptor": (
        build([Entry(name="a.xml", content=b"<a/>", flags=HAS_DESCRIPTOR)]),
        EDIT,
        "the data descriptor of a.xml is missing or not of the ordinary form",
    ),
}


@pytest.mark.parametrize(("data", "changes", "reason"), NOT_FAITHFUL.values(), ids=NOT_FAITHFUL)
def test_what_cannot_be_copied_faithfully_is_refused(data: bytes, changes: PartChanges, reason: str) -> None:
    assert copy_zip(data, PartChanges()) is data
    with pytest.raises(UnsupportedEditError) as caught:
        copy_zip(data, changes, name="TS.zip")
    assert f"The zip cannot be copied without touching other parts: {reason}." == caught.value.message


UNICODE_PATH = struct.pack("<2HBI", 0x7075, 10, 1, zlib.crc32(b"a.xml")) + b"a.xml"
BAD_CHANGES = {
    "unknown part": (PartChanges(replaced={"x": b""}), "A part is to be changed that the zip does not hold."),
    "folder entry": (PartChanges(removed=frozenset({"f/"})), "A part is to be changed that the zip does not hold."),
    "removed and changed": (
        PartChanges(replaced={"a.xml": b""}, removed=frozenset({"a.xml"})),
        "A part is to be removed and changed at the same time.",
    ),
    "name taken": (PartChanges(renamed={"a.xml": "B.xml"}), "The copy would hold b.xml twice."),
    "unsafe name": (
        PartChanges(renamed={"a.xml": "../a.xml"}),
        "The new name ../a.xml is refused: the name holds the path component '..'.",
    ),
    "folder as a name": (PartChanges(renamed={"a.xml": "a/"}), "The new name a/ is refused: it names a folder."),
    "not ASCII": (
        PartChanges(renamed={"a.xml": "ü.xml"}),
        "The part cannot be renamed to ü.xml: this zip does not mark its names as UTF-8.",
    ),
    "name in an extra field": (
        PartChanges(renamed={"u.xml": "v.xml"}),
        "The part cannot be renamed: an extra field repeats its name.",
    ),
}


@pytest.mark.parametrize(("changes", "message"), BAD_CHANGES.values(), ids=BAD_CHANGES)
def test_changes_that_cannot_be_made_are_refused(changes: PartChanges, message: str) -> None:
    data = build([ONE, TWO, Entry(name="f/"), Entry(name="u.xml", content=b"<u/>", extra=UNICODE_PATH)])
    with pytest.raises(UnsupportedEditError) as caught:
        copy_zip(data, changes, name="TS.zip")
    assert message == caught.value.message


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_accepts_a_copy(tmp_path: Path) -> None:
    data = build([Entry(name="a.xml", content=TEXT, method=DEFLATED, descriptor="signed"), TWO], comment=b"note")
    copy = tmp_path / "copy.zip"
    copy.write_bytes(copy_zip(data, PartChanges(replaced={"a.xml": b"<new/>"}, renamed={"b.xml": "c.xml"})))
    result = subprocess.run(["unzip", "-t", copy.name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (0, "") == (result.returncode, result.stderr)


NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=6).map(lambda text: f"SMS_x/{text}_.xml")
EXTRAS = st.lists(
    st.builds(
        lambda kind, content: struct.pack("<2H", kind, len(content)) + content,
        st.sampled_from([0x000A, 0x5455, 0x9999]),
        st.binary(max_size=20),
    ),
    max_size=2,
).map(b"".join)
CONTENTS = st.one_of(st.binary(max_size=200), st.sampled_from([b"", TEXT]))
ENTRIES = st.builds(
    Entry,
    name=NAMES,
    content=CONTENTS,
    method=st.sampled_from([STORED, DEFLATED]),
    flags=st.sampled_from([0, 2, 4, 6, IS_UTF8]),
    extra=EXTRAS,
    central_extra=st.one_of(st.none(), EXTRAS),
    comment=st.binary(max_size=20),
    attributes=st.sampled_from([0, 32, 128, 0o100644 << 16]),
    time=st.integers(0, 0xBF7D),
    descriptor=st.sampled_from(["", "", "signed", "bare"]),
    sizes_in_header=st.booleans(),
)
COMMENTS = st.binary(max_size=40).filter(lambda comment: b"PK" not in comment)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_copy_law_holds_for_any_zip(data: st.DataObject) -> None:
    entries = data.draw(st.lists(ENTRIES, min_size=1, max_size=5, unique_by=lambda entry: entry.name))
    order = data.draw(st.permutations(range(len(entries))))
    original = build(entries, comment=data.draw(COMMENTS), directory_order=order)
    names = [str(entry.name) for entry in entries]
    removed = frozenset(data.draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names) - 1)))
    staying = [name for name in names if name not in removed]
    replaced = data.draw(st.dictionaries(st.sampled_from(staying), CONTENTS, max_size=3))
    renamed = {name: f"new/{name}" for name in data.draw(st.lists(st.sampled_from(staying), unique=True))}
    changes = PartChanges(replaced=replaced, renamed=renamed, removed=removed)

    copy = copy_zip(original, changes)

    check_copy(original, changes, copy)
    assert changes.apply(read_zip(original, "TS.zip")) == dict(read_zip(copy, "TS.zip").parts)
    back = {new: old for old, new in renamed.items()}
    if not removed and not replaced:
        assert original == copy_zip(copy, PartChanges(renamed=back))
