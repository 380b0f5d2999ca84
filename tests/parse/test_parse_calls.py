"""The first look at calls of children finds what the whole reading finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made import knowledge
from tsfix.containers.discover import open_candidate
from tsfix.containers.found import FoundExport
from tsfix.containers.walk import Candidate, list_candidates
from tsfix.errors import TsfixError
from tsfix.parse.calls import called_children, plainly_called
from tsfix.parse.export import read_export
from tsfix.places import child_calls
from tsfix.values import Location

EXPORTS = Path(__file__).resolve().parents[2] / "fixtures" / "exports"
HERE = Location(file="made.xml")
CALL = (
    '<sequence version="3.10"><group name="G"><subtasksequence type="SMS_TaskSequence_SubTasksequence" name="Child">'
    '<action>SubTasksequence.exe</action><defaultVarList><variable name="OSDSubTasksequencePackageID" '
    'property="TsPackageID"> chq00031 </variable></defaultVarList></subtasksequence></group></sequence>'
)

OBJECT = (
    '<INSTANCE CLASSNAME="SMS_TaskSequencePackage"><PROPERTY NAME="Sequence" TYPE="string">'
    f"<VALUE><![CDATA[{CALL}]]></VALUE></PROPERTY></INSTANCE>"
)


def test_every_call_of_the_fixtures_is_found() -> None:
    calls = 0
    for candidate in list_candidates([EXPORTS]):
        assert isinstance(candidate, Candidate)
        for found in open_candidate(candidate):
            if not isinstance(found, FoundExport):
                continue
            for exported in read_export(found.parts).task_sequences:
                expected = [call.child for call in child_calls(exported.task_sequence, knowledge())]
                data = found.parts.parts[exported.part]
                assert expected == list(called_children(data, knowledge(), HERE))
                assert plainly_called(data, knowledge()) in (expected, None)
                calls += len(expected)
    assert calls


@pytest.mark.parametrize(
    "text",
    [
        CALL,
        CALL.replace("<", "&lt;").replace(">", "&gt;"),
        OBJECT,
        f"<SmsTaskSequencePackage><SequenceData>{CALL}</SequenceData></SmsTaskSequencePackage>",
    ],
)
def test_a_call_is_found_in_every_format(text: str) -> None:
    assert ["CHQ00031"] == list(called_children(text.encode(), knowledge(), HERE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CALL, ["CHQ00031"]),
        (CALL.replace("<", "&lt;").replace(">", "&gt;"), ["CHQ00031"]),
        (OBJECT, ["CHQ00031"]),
        (CALL + CALL.replace("31", "32"), ["CHQ00031", "CHQ00032"]),
    ],
)
def test_a_call_as_a_site_writes_it_is_found_without_parsing(text: str, expected: list[str]) -> None:
    assert expected == plainly_called(text.encode(), knowledge())


def test_without_calls_nothing_is_parsed() -> None:
    assert [] == plainly_called(b'<sequence><step type="SMS_TaskSequence_RebootAction"/></sequence>', knowledge())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('type="SMS_TaskSequence_SubTasksequence"', "type='SMS_TaskSequence_SubTasksequence'"),
        ('type="SMS_TaskSequence_SubTasksequence"', 'type="sms_tasksequence_subtasksequence"'),
        ('type="SMS_TaskSequence_SubTasksequence"', 'type="SMS_TaskSequence_RunCommandLineAction"'),
        ('property="TsPackageID"', "property='TsPackageID'"),
        ('property="TsPackageID"', 'property="TsPackageID" hidden="true"'),
        ("chq00031", "chq00031<!-- -->"),
        ("chq00031", "&#99;hq00031"),
        ("</variable>", '</variable><variable property="tspackageid">CHQ00032</variable>'),
        ("</defaultVarList>", "</defaultVarList><defaultVarList/><!-- SubTasksequence -->"),
        ("defaultVarList", "other"),
    ],
)
def test_a_call_that_is_written_otherwise_is_parsed(old: str, new: str) -> None:
    assert old in CALL
    assert plainly_called(CALL.replace(old, new).encode(), knowledge()) is None


def test_a_step_of_another_type_calls_nothing() -> None:
    other = CALL.replace("SMS_TaskSequence_SubTasksequence", "SMS_TaskSequence_RunCommandLineAction")
    assert [] == list(called_children(other.encode(), knowledge(), HERE))


def test_what_is_not_well_formed_is_an_error_in_plain_words() -> None:
    with pytest.raises(TsfixError, match="cut short"):
        list(called_children(CALL[:-20].encode(), knowledge(), HERE))
