"""Documents: values, guards, texts stored in texts, and how edits climb out of them."""

from __future__ import annotations

import pytest

from tsfix.errors import OverlapError, UnsupportedEditError
from tsfix.values import Location, Span
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.edits import Edit, apply_edits
from tsfix.xml_bytes.parser import parse_xml

HERE = Location(file="test.xml")


def edit(start: int, end: int, replacement: bytes = b"") -> Edit:
    return Edit(span=Span(start, end), replacement=replacement, reasons=("why",))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"x", "x"),
        (b" \t\r\n\r\rx\n", " \t\n\n\nx\n"),
        (b"&lt;&gt;&amp;&quot;&apos;", "<>&\"'"),
        (b"&amp;lt;", "&lt;"),
        (b"&#38;lt;", "&lt;"),
        (b"&#xd;&#10;&#x0041;&#x1F4BE;", "\r\nA\U0001f4be"),
        (b"&#1114109;&#x0010FFFF;&#0065;", "\U0010fffd\U0010ffffA"),
        (b"<![CDATA[&lt;\r\n]]>&lt;", "&lt;\n<"),
        (b"<![CDATA[]]]]><![CDATA[>]]>", "]]>"),
        (b"a<!-- b -->c<?d e?>f<g>h</g>i", "acfi"),
        (b"\xe2\x82\xac", "\u20ac"),
    ],
)
def test_texts_are_decoded(raw: bytes, text: str) -> None:
    assert text == Document(b"<r><v>" + raw + b"</v></r>").text(1)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'a=""', ""),
        (b"a='\"x>'", '"x>'),
        (b'a="\'x"', "'x"),
        (b'a="x\r\ny\tz\rw\n"', "x y z w "),
        (b'a="&#xD;&#xA;&#9;&quot;"', '\r\n\t"'),
        (b'b=""', None),
        (b'aa="x" xa="y"', None),
        (b'n:a="x"', None),
    ],
)
def test_attributes_are_decoded(raw: bytes, value: str | None) -> None:
    assert value == Document(b"<r " + raw + b"/>").attribute(0, "a")


@pytest.mark.parametrize(
    "reference",
    [b"&nbsp;", b"&#0;", b"&#xD800;", b"&#x110000;", b"&#99999999999999999999;", b"&", b"&;", b"&#;", b"&lt"],
)
def test_references_that_xml_does_not_define_are_refused(reference: bytes) -> None:
    document = Document(b"<r>" + reference + b"</r>")
    with pytest.raises(UnsupportedEditError):
        document.text(0)
    with pytest.raises(UnsupportedEditError):
        document.embedded(0)


@pytest.mark.parametrize(
    ("data", "crlf"),
    [
        (b"<r/>", False),
        (b"<r>\n</r>", False),
        (b"<r>\r\n</r>", True),
        (b"<r>\r\n\r\n\n</r>", True),
        (b"<r>\r\n\n</r>", False),
    ],
)
def test_line_ends(data: bytes, crlf: bool) -> None:
    assert crlf == Document(data).crlf


def test_a_text_without_line_ends_takes_those_around_it() -> None:
    assert Document(b"<r>\r\n<v><![CDATA[<s/>]]></v></r>").embedded(1).crlf


@pytest.mark.parametrize(
    ("data", "prefers"),
    [
        (b"<r><![CDATA[&]]><!-- & --><?p &?></r>", True),
        (b"<r><![CDATA[&]]>&amp;</r>", False),
        (b"<r a='&amp;'><![CDATA[&]]></r>", False),
        (b"<r>x</r>", False),
    ],
)
def test_the_habit_of_cdata_is_seen(data: bytes, prefers: bool) -> None:
    assert prefers == Document(data).prefers_cdata


@pytest.mark.parametrize(
    "data",
    [
        b"<r><v/><!-- <v/> --><w><![CDATA[<v/>]]></w></r>",
        b"<x:r xmlns:x='u' xmlns='d'><v/><x:w/></x:r>",
        b"\xef\xbb\xbf<?xml version='1.0'?><r/>",
    ],
)
def test_the_guard_lets_good_documents_pass(data: bytes) -> None:
    Document(data).check_against(parse_xml(data, location=HERE))


@pytest.mark.parametrize(
    "other",
    [b"<r><v/></r>", b"<r><v/><w/><x/></r>", b"<r><w/><v/></r>", b"<r><v/><n:w xmlns:n='u'/></r>", b"<r><v/><W/></r>"],
)
def test_the_guard_stops_documents_that_differ(other: bytes) -> None:
    with pytest.raises(UnsupportedEditError, match="not the elements"):
        Document(b"<r><v/><w/></r>").check_against(parse_xml(other, location=HERE))


def test_an_element_that_is_not_there_is_refused_with_the_place() -> None:
    document = Document(b"<r/>", location=HERE)
    for number in (-1, 1):
        with pytest.raises(UnsupportedEditError) as caught:
            document.tag(number)
        assert HERE == caught.value.location


REFUSED = {
    b"&nbsp;": "The text holds the entity &nbsp; which XML does not define.",
    b"&#0;": "The text holds the reference &#0;, a character that XML forbids.",
    b"&#xFFFE;": "The text holds the reference &#xFFFE;, a character that XML forbids.",
    b"&#" + b"1" * 60 + b";": f"The text holds the reference &#{'1' * 38}, a character that XML forbids.",
    b"a & b": "The text holds a bare &.",
}


@pytest.mark.parametrize("raw", REFUSED)
def test_a_reference_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(UnsupportedEditError) as caught:
        Document(b"<r>" + raw + b"</r>").text(0)
    assert (REFUSED[raw], "tsfix leaves the file alone.") == (caught.value.message, caught.value.remedy)


def refusal(document: Document, *edits: Edit) -> tuple[str, str, Location | None]:
    with pytest.raises(UnsupportedEditError) as caught:
        document.lift(edits)
    return caught.value.message, caught.value.remedy, caught.value.location


def test_refusals_inside_a_stored_text_name_the_file() -> None:
    alone = "tsfix leaves the file alone."
    whole = Document(b"<r><v/><w>&lt;s/&gt;</w></r>", location=HERE)
    assert (
        ("This XML text is a whole file and not stored in another one.", alone, HERE),
        ("An empty element cannot take an embedded XML text.", alone, HERE),
    ) == (refusal(whole, edit(0, 1)), refusal(whole.embedded(1), edit(0, 0, b"x")))
    with pytest.raises(UnsupportedEditError) as caught:
        whole.embedded(2).tag(1)
    assert ("There is no element number 1; the text has 1.", HERE) == (caught.value.message, caught.value.location)
    with pytest.raises(UnsupportedEditError) as caught:
        whole.embedded_text()
    assert ("The file should hold XML as escaped text, but has elements of its own.", alone, HERE) == (
        caught.value.message,
        caught.value.remedy,
        caught.value.location,
    )
    with pytest.raises(UnsupportedEditError) as caught:
        whole.embedded(0)
    assert ("The text at byte 3 should hold XML as text, but has elements of its own.", alone) == (
        caught.value.message,
        caught.value.remedy,
    )
    with pytest.raises(UnsupportedEditError) as caught:
        whole.check_against(parse_xml(b"<r/>", location=HERE))
    assert ("The start tags in the bytes are not the elements that the parser found.", alone, HERE) == (
        caught.value.message,
        caught.value.remedy,
        caught.value.location,
    )


SEQUENCE = b'<sequence v="1">\r\n <x a="\xe2\x82\xac"/>\r\n</sequence>\r\n'
ESCAPED = SEQUENCE.replace(b"<", b"&lt;").replace(b">", b"&gt;")


@pytest.mark.parametrize(
    "stored",
    [
        b"<![CDATA[" + SEQUENCE + b"]]>",
        ESCAPED,
        ESCAPED.replace(b'"', b"&quot;"),
        ESCAPED.replace(b"\xe2\x82\xac", b"&#x20AC;"),
        b"<![CDATA[" + SEQUENCE[:20] + b"]]>" + SEQUENCE[20:].replace(b"<", b"&#60;"),
        b"<!-- a --><![CDATA[]]>" + ESCAPED + b"<?p?>",
    ],
    ids=["cdata", "escaped", "quotes", "character references", "mixed", "with comments"],
)
def test_stored_xml_is_found_however_it_is_written(stored: bytes) -> None:
    document = Document(b"<r><v>" + stored + b"</v></r>")
    inner = document.embedded(1)
    assert SEQUENCE == inner.data
    assert inner is document.embedded(1)
    assert (document, document) == (inner.parent, inner.root)
    assert "\u20ac" == inner.attribute(1, "a")
    assert SEQUENCE == b"".join(inner.data[part.start : part.end] for part in inner.regions)


def test_a_whole_file_of_escaped_text_is_a_document_without_elements() -> None:
    document = Document(b"\xef\xbb\xbf" + ESCAPED)
    inner = document.embedded_text()
    assert b"\xef\xbb\xbf" + SEQUENCE == inner.data
    assert [] == document.starts
    at = inner.data.index(b"1")
    result = apply_edits(document.data, inner.lift_to_root([edit(at, at + 1, b"<2>")]))
    assert document.data.replace(b'"1"', b'"&lt;2&gt;"') == result


@pytest.mark.parametrize("data", [b"<r><v><s/></v></r>", b"<r><v>&lt;s/&gt;<s/></v></r>"])
def test_real_elements_are_no_stored_text(data: bytes) -> None:
    with pytest.raises(UnsupportedEditError, match="elements of its own"):
        Document(data).embedded(1)


@pytest.mark.parametrize(
    ("stored", "edits", "expected"),
    [
        # Inside one CDATA section: bytes stay as they are, but "]]>" is divided.
        (b"<![CDATA[0123]]>", [edit(1, 3, b"<&>")], b"<![CDATA[0<&>3]]>"),
        (b"<![CDATA[0123]]>", [edit(1, 3, b"]]>")], b"<![CDATA[0]]]]><![CDATA[>3]]>"),
        (b"<![CDATA[0]]3]]>", [edit(3, 3, b">")], b"<![CDATA[0]]]]><![CDATA[>3]]>"),
        (b"<![CDATA[0>23]]>", [edit(1, 1, b"]]")], b"<![CDATA[0]]]]><![CDATA[>23]]>"),
        (b"<![CDATA[]]x>]]>", [edit(2, 3)], b"<![CDATA[]]]]><![CDATA[>]]>"),
        (b"<![CDATA[]x]>]]>", [edit(1, 2)], b"<![CDATA[]]]><![CDATA[]>]]>"),
        (b"<![CDATA[]x]x>]]>", [edit(1, 2), edit(3, 4)], b"<![CDATA[]]]]><![CDATA[>]]>"),
        (b"<![CDATA[0123]]>", [edit(1, 2, b"]"), edit(2, 3, b"]"), edit(3, 4, b">")], b"<![CDATA[0]]]]><![CDATA[>]]>"),
        (b"<![CDATA[0123]]>", [edit(4, 4, b"]]")], b"<![CDATA[0123]]]]>"),
        # Escaped text: what is new is escaped once; a bare ">" that would end up behind "]]" is escaped with it.
        (b"0&lt;23", [edit(1, 2, b"<&>")], b"0&lt;&amp;&gt;23"),
        (b"0&lt;23", [edit(0, 3, b'"')], b'"3'),
        (b"]]x>4", [edit(2, 3)], b"]]&gt;4"),
        (b"]x]>4", [edit(1, 2)], b"]]&gt;4"),
        (b"0>23", [edit(1, 1, b"]]")], b"0]]&gt;23"),
        (b"&quot;x&quot;", [edit(1, 2, b"\"'")], b"&quot;&quot;'&quot;"),
        (b'"x&quot;', [edit(1, 2, b'"')], b'""&quot;'),
        (b"&apos;x", [edit(1, 2, b"'")], b"&apos;&apos;"),
        (b"0>2", [edit(0, 1, b"]]"), edit(1, 2, b"x")], b"]]x2"),
        (b"0>234", [edit(0, 1, b"]]"), edit(1, 2, b"x"), edit(4, 5, b"y")], b"]]x23y"),
        # Across the borders: the first part takes the new bytes, comments and borders stay.
        (b"<![CDATA[01]]>23", [edit(1, 3, b"<")], b"<![CDATA[0<]]>3"),
        (b"01<![CDATA[23]]>", [edit(1, 3, b"<")], b"0&lt;<![CDATA[3]]>"),
        (b"01<!-- c --><![CDATA[2]]><?p?>34", [edit(1, 4, b"x")], b"0x<!-- c --><![CDATA[]]><?p?>4"),
        (b"<![CDATA[01]]><![CDATA[23]]>", [edit(2, 2, b"x")], b"<![CDATA[01]]><![CDATA[x23]]>"),
        (b"<![CDATA[01]]>23", [edit(0, 2, b"a"), edit(2, 2, b"b"), edit(2, 4, b"c")], b"<![CDATA[a]]>bc"),
        (b"<![CDATA[]]>", [edit(0, 0, b"<")], b"&lt;<![CDATA[]]>"),
        (b"", [edit(0, 0, b"<")], b"&lt;"),
        # References may be replaced as wholes.
        (b"a&#x20AC;b", [edit(1, 4, b"x")], b"axb"),
        (b"a&#x20AC;b", [edit(4, 4, b"x")], b"a&#x20AC;xb"),
    ],
)
def test_edits_climb_one_level(stored: bytes, edits: list[Edit], expected: bytes) -> None:
    document = Document(b"<r><v>" + stored + b"</v></r>")
    lifted = document.embedded(1).lift(edits)
    result = apply_edits(document.data, lifted)
    assert b"<r><v>" + expected + b"</v></r>" == result
    assert apply_edits(document.embedded(1).data, edits) == Document(result).embedded(1).data
    assert {("why",)} == {made.reasons for made in lifted}


@pytest.mark.parametrize("span", [(2, 2), (1, 2), (2, 3), (3, 4), (0, 2)])
def test_an_edit_inside_a_reference_is_refused(span: tuple[int, int]) -> None:
    inner = Document(b"<r>0&#x20AC;4</r>").embedded(0)
    with pytest.raises(UnsupportedEditError, match="reference"):
        inner.lift([edit(*span, b"x")])


def test_overlaps_are_found_before_edits_are_divided() -> None:
    inner = Document(b"<r><![CDATA[01]]>23</r>").embedded(0)
    with pytest.raises(OverlapError):
        inner.lift([edit(1, 3, b"a"), edit(2, 2, b"b")])


def test_an_empty_tag_takes_no_stored_text() -> None:
    inner = Document(b"<r><v/></r>").embedded(1)
    assert b"" == inner.data
    assert [] == inner.lift([])
    with pytest.raises(UnsupportedEditError, match="empty element"):
        inner.lift([edit(0, 0, b"x")])


def test_only_stored_texts_are_lifted() -> None:
    with pytest.raises(UnsupportedEditError, match="whole file"):
        Document(b"<r/>").lift([edit(0, 1)])
    assert [edit(0, 1)] == Document(b"<r/>").lift_to_root([edit(0, 1)])


def test_three_levels() -> None:
    rules = b'<Rules><Rule k="]]"/></Rules>'
    sequence = b"<sequence><variable>" + rules.replace(b"<", b"&lt;").replace(b">", b"&gt;") + b"</variable></sequence>"
    file = b"<INSTANCE><VALUE><![CDATA[" + sequence + b"]]></VALUE></INSTANCE>"
    innermost = Document(file).embedded(1).embedded(1)
    assert rules == innermost.data
    at = rules.index(b"]]") + 2
    result = apply_edits(file, innermost.lift_to_root([edit(at, at, b"&gt;]]>")]))
    assert file.replace(b'"]]"', b'"]]&amp;gt;]]&gt;"') == result


def test_too_many_references_are_not_mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tsfix.xml_bytes.segments.MAX_REFERENCES", 3)
    inner = Document(b"<r>&lt;&lt;&lt;&lt;</r>").embedded(0)
    assert b"<<<<" == inner.data
    message = "The text at byte 3 has more than 3 references."
    assert (message, "tsfix leaves the file alone.", None) == refusal(inner, edit(0, 1))
    for stored in (b"&lt;&lt;&lt;", b"<v>&lt;&lt;</v><w>&amp;&amp;</w>"):
        document = Document(b"<r>" + stored + b"</r>")
        few = document.embedded(1 if b"<v>" in stored else 0)
        assert [b"x"] == [made.replacement for made in few.lift([edit(0, 1, b"x")])]
