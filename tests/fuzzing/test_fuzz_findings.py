"""What fuzzing has found, as small as it can be made: none of it may come back."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from tests.copies import check_outcome
from tests.fuzzing import laws
from tests.fuzzing.seeds import OBJECT, small_export
from tests.made import raw, read_parts, request, rewritten
from tsfix.containers.zip_reader import read_zip
from tsfix.errors import UnsupportedEditError
from tsfix.export import Export
from tsfix.parse.export import read_export
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.draft import Draft


def with_object(data: bytes) -> Export:
    return read_parts({**small_export(), OBJECT: data})


def test_an_object_by_itself_is_copied_like_the_whole_export() -> None:
    """The plan of the References array named a part that a single file does not have."""
    wanted = request(policy="disable", client="LEG00042")
    alone = rewritten(raw(small_export()[OBJECT]), wanted).copy.task_sequences[0].task_sequence
    whole = rewritten(read_parts(small_export()), wanted).copy.task_sequences[0].task_sequence
    assert [item.package for item in whole.object_references] == [item.package for item in alone.object_references]
    assert whole.sequence.references == alone.sequence.references


@pytest.mark.parametrize("name", ["Sequence", "Name", "sequence"])
def test_a_property_that_stands_there_twice_is_refused(name: str) -> None:
    """The first of two sequences was changed, and the second one read."""
    data = small_export()[OBJECT]
    (first,) = re.findall(rb'<PROPERTY NAME="%s".*?</PROPERTY>' % name.capitalize().encode(), data, re.DOTALL)
    twice = data.replace(first, first + first.replace(name.capitalize().encode(), name.encode(), 1))
    found = with_object(twice)
    assert () == found.task_sequences
    assert [f"The object holds the property {name} twice: two programs could read two different things."] == [
        problem.message for problem in found.problems
    ]


@pytest.mark.parametrize("space", ["relative", "x:y", "http://contoso.example"])
def test_a_namespace_of_any_form_is_no_fault(space: str) -> None:
    """lxml has no canonical form for a relative address of a namespace."""
    data = small_export()[OBJECT]
    one, other = (
        with_object(data.replace(b"<QUALIFIER ", f"<QUALIFIER xmlns:n='{text}' n:a='1' ".encode(), 1)).task_sequences
        for text in (space, f"{space}2")
    )
    assert one[0].task_sequence.object_other != other[0].task_sequence.object_other


UNKNOWN = (
    '<sequence version="3.10"><referenceList><reference package="CHQ00016"/>{}</referenceList>'
    '<step type="SMS_TaskSequence_FutureAction" name="New"><action>x.exe CHQ00016</action></step></sequence>'
)


@pytest.mark.parametrize("unknown", ['<future package="CHQ00017"/>', "<!-- kept -->", "loose text"])
def test_what_nobody_knows_stays_in_a_list_whose_entries_all_go(unknown: str) -> None:
    """The list went with all that was in it."""
    found = raw(UNKNOWN.format(unknown))
    copy = rewritten(found, request(policy="remove")).copy
    assert unknown.encode() in copy.parts.parts["raw.xml"]
    assert b'package="CHQ00016"' not in copy.parts.parts["raw.xml"]
    check_outcome(found, request(policy="remove"))
    emptied = rewritten(raw(UNKNOWN.format("")), request(policy="remove")).copy
    assert b"referenceList" not in emptied.parts.parts["raw.xml"]
    assert read_export(copy.parts).task_sequences == copy.task_sequences


@pytest.mark.parametrize("written", ['hidden="false"', 'future="x"', ""])
def test_a_variable_that_is_taken_out_goes_with_its_attributes(written: str) -> None:
    """An attribute besides those that every variable has was a difference without a plan."""
    step = (
        '<sequence version="3.10"><step type="SMS_TaskSequence_RunCommandLineAction" name="Run"><action>smsswd.exe /run: x'
        '</action><defaultVarList><variable name="CommandLine" property="CommandLine">x</variable><variable {} '
        'name="SMSTSRunCommandLineOutputVariableName" property="OutputVariableName"></variable></defaultVarList></step>'
        "</sequence>"
    )
    copy = rewritten(raw(step.format(written)), request("1706")).copy
    assert b"OutputVariableName" not in copy.parts.parts["raw.xml"]


def test_white_space_around_loose_text_is_no_part_of_it() -> None:
    """An element that went left its white space to the text beside it, which then differed without a plan."""
    step = '<sequence version="3.10"><step name="S" type="X">{}</step></sequence>'
    texts = ("loose<action>x</action>", "\n  loose  \n<action>x</action>", " loose\t<action>x</action>\n")
    found = [raw(step.format(text)).task_sequences[0].task_sequence.sequence.children[0].other for text in texts]
    assert [("loose",)] * 3 == found


def test_what_stands_between_a_lone_carriage_return_and_a_line_feed_is_not_taken_out() -> None:
    """XML reads the two as one line end, so a line break of the text would have gone as well."""
    draft = Draft(Document(b"<r>a\r<w/>\n</r>"))
    draft.remove_element(1, "test")
    with pytest.raises(UnsupportedEditError, match="would become one line end"):
        draft.edits()
    for text, left in ((b"<r>a\r\n<w/>\r\n</r>", b"<r>a\r\n\r\n</r>"), (b"<r>a\n<w/>\r</r>", b"<r>a\n\r</r>")):
        draft = Draft(Document(text))
        draft.remove_element(1, "test")
        assert left == draft.apply()


@pytest.mark.parametrize("flag", [0x01, 0x20, 0x40])
def test_a_folder_entry_may_say_anything_about_its_content(flag: int) -> None:
    """It has none; the law of copies asked Python's zipfile to unpack it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("b/", b"")
        archive.writestr("a.xml", b"<a/>")
    data = bytearray(held.getvalue())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= flag
    assert {"a.xml": b"<a/>"} == dict(read_zip(bytes(data), "odd.zip").parts)
    laws.zip_file(bytes(data))
