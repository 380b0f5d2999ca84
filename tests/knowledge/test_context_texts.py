"""The index of the texts of a task sequence: what stands in which text, and which names can stand anywhere."""

from __future__ import annotations

import base64

import pytest

from tests.knowledge.sequences import sequence, step, variable
from tsfix.knowledge.context import Context, whole_word

SCRIPT = base64.b64encode("Write-Output $OSDFloor\r\n".encode("utf-16")).decode("ascii")
TYPE = "SMS_TaskSequence_RunPowerShellScriptAction"


def context() -> Context:
    first = step(TYPE, variable("OSDFirst", "Straße %OSDFloor%"), variable("OSDEmpty", ""), element=2)
    second = step(TYPE, variable("OSDSecond", SCRIPT), element=9)
    return Context(sequence=sequence(first, second))


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (["OSDFirst", "OSDSecond"], ("osdfloor",)),
        (["OSDFirst"], ("strasse",)),
        (["OSDSecond"], ("write-output", "nowhere")),
        (["OSDFirst", "OSDSecond"], ("write-output", "%osdfloor%")),
        ([], ("osdsecond",)),
    ],
)
def test_the_texts_that_hold_a_word_come_in_document_order(expected: list[str], words: tuple[str, ...]) -> None:
    found = context().texts_with(*words)
    assert expected == [text.variable.name for text in found if text.variable is not None]


def test_a_script_is_read_as_a_person_reads_it() -> None:
    (text,) = context().texts_with("write-output")
    assert ("the script", "Write-Output $OSDFloor\r\n") == (text.label, text.text)


@pytest.mark.parametrize(
    ("expected", "name"),
    [(True, "osdfloor"), (True, "osdsecond"), (False, "osdfloo"), (True, "osdfl#name"), (False, "osdroof#")],
)
def test_names_are_whole_words_and_those_with_an_index_begin_one(expected: bool, name: str) -> None:
    assert expected == context().names(name)


@pytest.mark.parametrize(
    ("expected", "numbered", "text"),
    [
        (True, False, "%osdfloor%"),
        (False, False, "osdfloor01"),
        (True, True, "osdfloor01"),
        (False, True, "osdfloor01a"),
        (False, True, "myosdfloor"),
        (True, True, "myosdfloor osdfloor2"),
    ],
)
def test_a_whole_word_has_no_letter_beside_it(expected: bool, numbered: bool, text: str) -> None:
    assert expected == (whole_word("osdfloor", numbered=numbered).search(text) is not None)
