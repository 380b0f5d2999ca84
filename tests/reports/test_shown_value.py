"""How one changed value is shown: on one line each, line by line, shortened around what differs, white space made visible."""

from __future__ import annotations

import time

import pytest

from tsfix.masking import MASK
from tsfix.reports.shown_value import (
    NOTE_CODE_POINTS,
    NOTE_LINE_ENDS,
    NOTE_MASKED,
    NOTE_WHITE_SPACE,
    ShownValue,
    marked,
    show_value,
)


def shown(before: str | None, after: str | None, *, longest: int = 200, most_lines: int = 40) -> ShownValue:
    return show_value("variable:X", "X", before, after, longest=longest, most_lines=most_lines)


def lines(before: str | None, after: str | None, *, longest: int = 200, most_lines: int = 40) -> list[str]:
    return [f"{line.sign}{line.text}" for line in shown(before, after, longest=longest, most_lines=most_lines).lines]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a", "b", ("a", "b")),
        (None, "b", (None, "b")),
        ("a", None, ("a", None)),
        ("", "b", ("(empty)", "b")),
        ("a\u202eb", "c", ("a<U+202E>b", "c")),
        ("a\n", "b\n", ("a↵", "b↵")),
    ],
)
def test_values_of_one_line(before: str | None, after: str | None, expected: tuple[str | None, str | None]) -> None:
    assert ShownValue(label="X", before=expected[0], after=expected[1]) == shown(before, after)


def test_text_of_several_lines_is_compared_line_by_line() -> None:
    before = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n"
    after = "one\ntwo\nthree\nfour\nFIVE\nsix\nseven\neight\nnine\n"
    assert ["@2 equal lines", " three", " four", "-five", "+FIVE", " six", " seven", " eight", "+nine"] == lines(
        before, after
    )


def test_text_on_one_side_only() -> None:
    assert ["+one", "+  two"] == lines(None, "one\r\n  two\r\n")
    assert ["-one", "-  two"] == lines("one\r\n  two\r\n", None)


def test_lines_beyond_the_limit_are_counted() -> None:
    found = lines(None, "\n".join(str(number) for number in range(100)), most_lines=10)
    assert [
        "+0",
        "+1",
        "+2",
        "+3",
        "+4",
        "+5",
        "@91 more lines; the JSON report holds all of them",
        "+97",
        "+98",
        "+99",
    ] == found


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a b", "a  b", ("a·b", "a··b")),
        ("a", "a ", ("a", "a·")),
        ("a b", "a\tb", ("a·b", "a→b")),
    ],
)
def test_white_space_is_made_visible_where_nothing_else_differs(
    before: str, after: str, expected: tuple[str, str]
) -> None:
    assert ShownValue(label="X", before=expected[0], after=expected[1], notes=(NOTE_WHITE_SPACE,)) == shown(
        before, after
    )


def test_white_space_in_lines_is_made_visible() -> None:
    found = shown("if x:\n\ty\nz", "if x:\n    y\nz\n")
    assert (NOTE_WHITE_SPACE,) == found.notes
    assert [" if·x:↵", "-→y↵", "-z", "+····y↵", "+z↵"] == [f"{line.sign}{line.text}" for line in found.lines]


def test_line_ends_alone_are_said_in_words() -> None:
    expected = ShownValue(
        label="X",
        before="2 line ends, all carriage return and line feed",
        after="2 line ends, all line feed",
        notes=(NOTE_LINE_ENDS,),
    )
    assert expected == shown("a\r\nb\r\n", "a\nb\n")


def test_line_ends_beside_another_change_are_said_in_a_note() -> None:
    found = shown("a\r\nb\r\n", "a\nc\n")
    assert ["a", "b", "c"] == [line.text for line in found.lines]
    assert (
        "The line ends differ as well. Before: 2 line ends, all carriage return and line feed. After: 2 line ends, all line feed.",
    ) == found.notes


def test_letters_that_look_alike_are_written_as_code_points() -> None:
    found = shown("Zu\u0308rich", "Z\u00fcrich")
    assert ("Zu<U+0308>rich", "Z<U+00FC>rich", (NOTE_CODE_POINTS,)) == (found.before, found.after, found.notes)


def test_two_masked_values_differ() -> None:
    assert (NOTE_MASKED,) == shown(MASK, MASK).notes


@pytest.mark.parametrize("place", [0, 2_500, 4_999])
def test_long_values_are_cut_around_what_differs(place: int) -> None:
    before = "a" * 5_000
    after = before[:place] + "B" + before[place + 1 :]
    found = shown(before, after)
    assert found.before is not None
    assert found.after is not None
    assert "B" in found.after
    assert "equal characters]" in found.after
    assert max(len(found.before), len(found.after)) < 320


def test_long_values_that_have_little_in_common_are_cut_in_the_middle() -> None:
    found = shown("a" * 5_000, "b" * 5_000)
    assert found.before is not None
    assert "more characters]" in found.before
    assert len(found.before) <= 200


def test_rules_of_dynamic_variables_are_said_in_words() -> None:
    rules = (
        '<Rules><Rule><condition><expression type="SMS_TaskSequence_VariableConditionExpression">'
        '<variable name="Operator">equals</variable><variable name="Value">{}</variable><variable name="Variable">Office</variable>'
        '</expression></condition><Variables><Variable Name="Language" IsSecret="false">de</Variable></Variables></Rule>'
        '<Rule><Variables><Variable Name="Key" IsSecret="true"/></Variables></Rule></Rules>'
    )
    found = show_value(
        "variable:OSDSetDynamicVariablesRules",
        "rules",
        rules.format("Z"),
        rules.format("G"),
        longest=200,
        most_lines=40,
    )
    assert [
        '-if Office equals "Z":',
        '+if Office equals "G":',
        '     set Language = "de"',
        " always:",
        "@1 equal line",
    ] == [f"{line.sign}{line.text}" for line in found.lines]


def test_rules_that_words_cannot_tell_apart_are_shown_as_they_are() -> None:
    before = '<Rules><Rule><Variables><Variable Name="A">1</Variable></Variables></Rule></Rules>'
    after = before.replace(">1<", ' IsSecret="false">1<')
    found = show_value("variable:OSDSetDynamicVariablesRules", "rules", before, after, longest=500, most_lines=40)
    assert (before, after) == (found.before, found.after)


def test_pieces_that_differ_are_marked() -> None:
    assert (
        (("/wait:", False), ("False", True), (" /mode:TPM", False), (" /full", True)),
        (("/wait:", False), ("True", True), (" /mode:TPM", False)),
    ) == marked("/wait:False /mode:TPM /full", "/wait:True /mode:TPM")


def test_nothing_is_marked_where_everything_differs() -> None:
    assert ((("Actions to apply settings", False),), (("Provide information to the client", False),)) == marked(
        "Actions to apply settings", "Provide information to the client"
    )


@pytest.mark.parametrize("line", ["", "x", "}"])
def test_no_text_takes_long(line: str) -> None:
    start = time.perf_counter()
    shown(f"{line}\n" * 20_000, f"{line}\n" * 9_000 + "y\n" + f"{line}\n" * 11_000 + "z")
    marked(f"{line} " * 20_000, f"a {line} " * 20_000)
    assert time.perf_counter() - start < 3
