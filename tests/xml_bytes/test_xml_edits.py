"""Edits on plain bytes: where they go, and that overlap is an error."""

from __future__ import annotations

import pytest

from tsfix.errors import OverlapError, UnsupportedEditError
from tsfix.values import Span
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.edits import Edit, apply_edits, ordered


def edit(start: int, end: int, replacement: bytes = b"", reason: str = "why") -> Edit:
    return Edit(span=Span(start, end), replacement=replacement, reasons=(reason,))


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], b"0123456789"),
        ([edit(0, 0, b"x")], b"x0123456789"),
        ([edit(10, 10, b"x")], b"0123456789x"),
        ([edit(2, 4)], b"01456789"),
        ([edit(2, 4, b"ab"), edit(4, 6, b"cd")], b"01abcd6789"),
        ([edit(4, 6, b"cd"), edit(2, 4, b"ab")], b"01abcd6789"),
        ([edit(2, 4, b"ab"), edit(2, 2, b"before"), edit(4, 4, b"after")], b"01beforeabafter456789"),
        ([edit(0, 10, b"")], b""),
    ],
)
def test_spans_are_replaced_and_the_rest_is_kept(edits: list[Edit], expected: bytes) -> None:
    assert expected == apply_edits(b"0123456789", edits)
    assert expected == apply_edits(b"0123456789", reversed(edits))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (edit(2, 5, b"a", "first"), edit(4, 6, b"b", "second")),
        (edit(2, 8, b"a", "first"), edit(4, 5, b"b", "second")),
        (edit(2, 8, b"a", "first"), edit(4, 4, b"b", "second")),
        (edit(2, 2, b"a", "first"), edit(2, 2, b"b", "second")),
        (edit(2, 2, b"same", "first"), edit(2, 2, b"same", "second")),
        (edit(2, 4, b"same", "first"), edit(2, 4, b"same", "second")),
        (edit(2, 4, b"a", "first"), edit(2, 6, b"b", "second")),
    ],
)
def test_an_overlap_is_an_error_that_names_both_reasons(first: Edit, second: Edit) -> None:
    for edits in ([first, second], [second, first]):
        with pytest.raises(OverlapError) as caught:
            apply_edits(b"0123456789", edits)
        assert "first" in str(caught.value)
        assert "second" in str(caught.value)


def test_an_overlap_with_an_insertion_in_between_is_found() -> None:
    with pytest.raises(OverlapError):
        ordered(b"0123456789", [edit(0, 9), edit(0, 0, b"x"), edit(8, 10)])


@pytest.mark.parametrize("span", [(-1, 2), (3, 2), (9, 11), (11, 11)])
def test_a_span_outside_the_text_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(UnsupportedEditError, match="has 10"):
        apply_edits(b"0123456789", [edit(*span)])


def test_an_overlap_says_where_and_why_and_that_nothing_was_written() -> None:
    first = Edit(span=Span(2, 5), replacement=b"a", reasons=("one", "two"))
    second = Edit(span=Span(4, 6), replacement=b"b", reasons=())
    with pytest.raises(OverlapError) as caught:
        ordered(b"0123456789", [second, first])
    assert (
        "Two edits claim the same place: bytes 2-5 (one; two) and bytes 4-6 (no reason given).",
        "Nothing was written.",
    ) == (caught.value.message, caught.value.remedy)


def test_a_span_outside_the_text_is_refused_with_its_reason() -> None:
    with pytest.raises(UnsupportedEditError) as caught:
        ordered(b"0123456789", [edit(9, 11, b"x", "a name")])
    assert (
        "An edit claims the bytes 9-11, but the text has 10.",
        "Nothing was written. The edit's reason: a name.",
    ) == (caught.value.message, caught.value.remedy)


def test_an_edit_that_would_divide_a_character_is_refused() -> None:
    """The stored text has the two bytes of one character where the file has a reference."""
    inner = Document(b"<r>&lt;s&gt;&#228;&lt;/s&gt;</r>").embedded(0)
    assert b"<s>\xc3\xa4</s>" == inner.data
    with pytest.raises(UnsupportedEditError) as caught:
        inner.lift([edit(4, 5, b"x", "because")])
    assert (
        "An edit would divide a character that is written as a reference (because).",
        "tsfix leaves the file alone.",
    ) == (caught.value.message, caught.value.remedy)
