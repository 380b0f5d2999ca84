"""Byte positions of tags, attributes, elements and content."""

from __future__ import annotations

import pytest

from tsfix.errors import UnsupportedEditError
from tsfix.values import Span
from tsfix.xml_bytes.spans import (
    Attribute,
    Tag,
    content_span,
    contents,
    element_span,
    read_tag,
    start_names,
    start_tags,
)

TRICKY = b"""<?xml version='1.0'?><!-- <no> <?no?> <![CDATA[ --><r a="x>y" b='/>'>
<![CDATA[<no/> <!-- ]] > ]]><v/><?pi <no> > <!-- ?><w c = '"'
 d=""></w ><!----><x><![CDATA[]]></x>!<y/>? !?</r><!-- <no> -->"""


def test_start_tags_are_found_where_they_count() -> None:
    offsets = start_tags(TRICKY)
    assert [b"<r a", b"<v/>", b"<w c", b"<x><", b"<y/>"] == [TRICKY[at : at + 4] for at in offsets]
    assert [b"r", b"v", b"w", b"x", b"y"] == start_names(TRICKY)


def test_many_marks_in_the_text_hide_nothing() -> None:
    marks = b"!?" * 500
    data = b"<r>" + marks + b"<!-- <no> --><?no <no>?>" + marks + b"<v/>" + marks + b"<![CDATA[<no>]]><w/></r>" + marks
    offsets = start_tags(data)
    assert [b"r", b"v", b"w"] == start_names(data)
    assert [b"<r>", b"<v/", b"<w/"] == [data[at : at + 3] for at in offsets]


@pytest.mark.parametrize("data", [b"", b"text", b"!?", b"?", b"\xef\xbb\xbf", b"&lt;v&gt;"])
def test_no_tags(data: bytes) -> None:
    assert [] == start_tags(data)


@pytest.mark.parametrize(
    "data", [b"<!DOCTYPE r><r/>", b"<!doctype r><r/>", b"<!ELEMENT r><r/>", b"<r><![INCLUDE[<v/>]]></r>"]
)
def test_a_doctype_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedEditError, match="DOCTYPE"):
        start_tags(data)


@pytest.mark.parametrize("data", [b"<r><!-- <v/></r>", b"<r><![CDATA[ <v/>]] ></r>", b"<r><?pi <v/></r>"])
def test_what_is_not_closed_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedEditError, match="not closed"):
        start_tags(data)


def test_a_tag_is_read_with_all_its_spans() -> None:
    data = b"""..<v a="1>" b = 'x"/'\r\n\tc=''/>"""
    expected = Tag(
        name="v",
        start=2,
        end=len(data),
        self_closing=True,
        attributes=(
            Attribute(name="a", name_span=Span(5, 6), value_span=Span(8, 10), whole=Span(4, 11), quote='"'),
            Attribute(name="b", name_span=Span(12, 13), value_span=Span(17, 20), whole=Span(11, 21), quote="'"),
            Attribute(name="c", name_span=Span(24, 25), value_span=Span(27, 27), whole=Span(21, 28), quote="'"),
        ),
    )
    assert expected == read_tag(data, 2)
    assert (4, 28) == (expected.name_end, expected.inner_end)


@pytest.mark.parametrize(
    ("data", "name", "self_closing", "inner_end"),
    [
        (b"<a>", "a", False, 2),
        (b"<a/>", "a", True, 2),
        (b"<a />", "a", True, 2),
        (b"<a\n>", "a", False, 2),
        ("<n\xe9/>".encode(), "n\xe9", True, 4),
        (b"<x:y.z-1/>", "x:y.z-1", True, 8),
    ],
)
def test_tags_without_attributes(data: bytes, name: str, self_closing: bool, inner_end: int) -> None:
    expected = Tag(name=name, start=0, end=len(data), self_closing=self_closing, attributes=())
    assert expected == read_tag(data, 0)
    assert inner_end == expected.inner_end


@pytest.mark.parametrize("data", [b"", b"text", b"<a", b"<a b>", b"<a b=c>", b"</a>"[:1]])
def test_what_is_no_start_tag_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedEditError, match="no readable start tag"):
        read_tag(data, 0)


@pytest.mark.parametrize(
    ("element", "content"),
    [
        (b"<a/>", None),
        (b"<a b='/>'/>", None),
        (b"<a></a>", b""),
        (b"<a>x</a >", b"x"),
        (b"<a b='>'><a><a/></a></a>", b"<a><a/></a>"),
        (b"<a><![CDATA[</a>]]></a>", b"<![CDATA[</a>]]>"),
        (b"<a><!-- </a> --></a>", b"<!-- </a> -->"),
        (b"<a><?pi </a> ?></a>", b"<?pi </a> ?>"),
        (b"<a><b c='</a>'/></a>".replace(b"</a>'", b"&lt;/a>'"), b"<b c='&lt;/a>'/>"),
    ],
)
def test_elements_end_where_they_end(element: bytes, content: bytes | None) -> None:
    data = b"<r>" + element + b"<z/></r>"
    assert Span(3, 3 + len(element)) == element_span(data, 3)
    span = content_span(data, 3)
    assert (b"" if content is None else content) == data[span.start : span.end]
    if content is None:
        assert span.start == 3 + len(element)


@pytest.mark.parametrize("data", [b"text<a/>", b"</a>", b"<!-- --><a/>", b"<a>", b"<a><a></a>"])
def test_an_element_that_is_not_there_or_not_closed_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedEditError):
        element_span(data, 0)


def test_contents_are_the_direct_pieces() -> None:
    data = b"<r>one<a>no<b/>no</a><![CDATA[two]]><!--c--><?p q?><d/>three</r>"
    expected = [
        ("text", b"one"),
        ("element", b"<a>no<b/>no</a>"),
        ("cdata", b"two"),
        ("comment", b"<!--c-->"),
        ("instruction", b"<?p q?>"),
        ("element", b"<d/>"),
        ("text", b"three"),
    ]
    found = contents(data, content_span(data, 0))
    assert expected == [(piece.kind, data[piece.span.start : piece.span.end]) for piece in found]


@pytest.mark.parametrize("count", range(60, 70))
def test_any_number_of_marks_behind_a_comment_hides_nothing(count: int) -> None:
    data = b"<r><!-- <no> --><?no <no>?>" + b"!?" * count + b"<v/></r>"
    assert [b"<r>", b"<v/"] == [data[at : at + 3] for at in start_tags(data)]
    data = b"<r>" + b"!?" * count + b"<!-- <no> --><v/>" + b"?!" * count + b"<?no <no>?></r>"
    assert [b"<r>", b"<v/"] == [data[at : at + 3] for at in start_tags(data)]


@pytest.mark.parametrize("closed", [b"<!-- <no> -->", b"<!---->", b"<![CDATA[<no>]]>", b"<?no <no>?>"])
def test_neighbours_are_closed_one_by_one(closed: bytes) -> None:
    data = b"<r>" + closed * 3 + b"<v/>" + closed * 2 + b"</r>"
    assert [b"<r>", b"<v/"] == [data[at : at + 3] for at in start_tags(data)]
    assert Span(3, len(data) - 4) == content_span(data, 0)


def test_the_content_of_what_is_not_closed_is_refused() -> None:
    with pytest.raises(UnsupportedEditError) as caught:
        content_span(b"<a>text", 0)
    assert (
        "The element at byte 0 of the XML is not closed.",
        "The file may be cut short. Export it again.",
    ) == (caught.value.message, caught.value.remedy)


@pytest.mark.parametrize(
    ("data", "message", "remedy"),
    [
        (
            b"<r/><!DOCTYPE r>",
            "The XML has a DOCTYPE or something like it at byte 4.",
            "Exports have none. Take it out and try again.",
        ),
        (
            b"<r><!-- <v/></r>",
            "What starts at byte 3 of the XML is not closed by -->.",
            "The file may be cut short. Export it again.",
        ),
    ],
)
def test_refusals_say_where_and_what_to_do(data: bytes, message: str, remedy: str) -> None:
    with pytest.raises(UnsupportedEditError) as caught:
        start_tags(data)
    assert (message, remedy) == (caught.value.message, caught.value.remedy)


def test_a_tag_that_cannot_be_read_says_where() -> None:
    with pytest.raises(UnsupportedEditError) as caught:
        read_tag(b"<r><a b></r>", 3)
    assert ("There is no readable start tag at byte 3.", "tsfix leaves the file alone.") == (
        caught.value.message,
        caught.value.remedy,
    )
