"""Building copies of every kind of export and reading them again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.containers.zips import OBJECT, SEQUENCE, Entry, build, export_entries, export_zip
from tsfix.containers.copies import build_copy, reread
from tsfix.containers.found import FoundExport, Origin
from tsfix.errors import UnsupportedEditError, VerificationError
from tsfix.export import PartChanges, Parts

CONTENTS = {str(entry.name): entry.content for entry in export_entries()}
ZIP = FoundExport(
    parts=Parts(name="TS.zip", kind="console-export", parts=CONTENTS),
    origin=Origin(kind="zip", path=Path("TS.zip")),
    original=export_zip(),
)
FOLDER = FoundExport(
    parts=Parts(name="TS", kind="console-export", parts=CONTENTS), origin=Origin(kind="folder", path=Path("TS"))
)
FILE = FoundExport(
    parts=Parts(name="in/ts.xml", kind="single-file", parts={"ts.xml": SEQUENCE}),
    origin=Origin(kind="file", path=Path("in/ts.xml")),
    original=SEQUENCE,
)
NEW_OBJECT = OBJECT.replace("ABC", "LEG")
CHANGES = PartChanges(replaced={OBJECT: b"<new/>"}, renamed={OBJECT: NEW_OBJECT}, removed=frozenset({"_rels/.rels"}))


def test_without_changes_every_copy_equals_its_original() -> None:
    assert build_copy(ZIP, PartChanges()) == ZIP.original
    assert build_copy(FILE, PartChanges()) == FILE.original
    assert build_copy(FOLDER, PartChanges()) == CONTENTS


@pytest.mark.parametrize("found", [ZIP, FOLDER], ids=["zip", "folder"])
def test_a_changed_copy_reads_as_planned(found: FoundExport) -> None:
    again = reread(found, build_copy(found, CHANGES))
    expected = {
        NEW_OBJECT if name == OBJECT else name: b"<new/>" if name == OBJECT else data
        for name, data in CONTENTS.items()
        if name != "_rels/.rels"
    }
    assert Parts(name=found.parts.name, kind="console-export", parts=expected) == again
    assert list(expected) == list(again.parts)


def test_a_changed_file_reads_as_planned() -> None:
    built = build_copy(FILE, PartChanges(replaced={"ts.xml": b"<new/>"}))
    assert b"<new/>" == built
    assert Parts(name="in/ts.xml", kind="single-file", parts={"ts.xml": b"<new/>"}) == reread(FILE, built)


BAD = {
    "file renamed": (FILE, PartChanges(renamed={"ts.xml": "x.xml"}), "cannot be renamed or removed"),
    "file removed": (FILE, PartChanges(removed=frozenset({"ts.xml"})), "cannot be renamed or removed"),
    "unknown part of a file": (FILE, PartChanges(replaced={"x": b""}), "that the export does not hold"),
    "unknown part of a folder": (FOLDER, PartChanges(removed=frozenset({"x"})), "that the export does not hold"),
    "same name in a folder": (FOLDER, PartChanges(renamed={OBJECT: "Manifest.xml"}), "would have the same name"),
    "same name but for case": (FOLDER, PartChanges(renamed={OBJECT: "manifest.XML"}), "would have the same name"),
}


@pytest.mark.parametrize(("found", "changes", "message"), BAD.values(), ids=BAD)
def test_impossible_changes_are_refused(found: FoundExport, changes: PartChanges, message: str) -> None:
    with pytest.raises(UnsupportedEditError, match=message):
        build_copy(found, changes)


def test_a_broken_copy_is_a_bug_and_not_an_input_error() -> None:
    with pytest.raises(VerificationError, match="cannot be read again"):
        reread(ZIP, export_zip()[:-5])


def test_a_copy_that_two_programs_read_differently_is_refused() -> None:
    # zipfile ends a name at the first zero byte; our reader refuses such a name, so another difference is needed:
    # a method that zipfile checks against the version it needs, and ours does not.
    odd = build([Entry(name=OBJECT, content=b"<o/>", record={"needed": 90})])
    with pytest.raises(VerificationError, match="Two programs read different contents"):
        reread(ZIP, odd)
