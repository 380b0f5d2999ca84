"""Laws that hold for every XML text and every change: the bytes outside the spans, and the meaning of the result."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.xml_bytes.reference import HERE, Plan, assert_only_spans_changed, canonical
from tests.xml_bytes.strategies import EMBEDDING, documents, values
from tsfix.errors import UnreadableError, UnsupportedEditError
from tsfix.values import Span
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.draft import Draft
from tsfix.xml_bytes.edits import Edit, apply_edits
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import decode_source

LAW = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

REASON = "test"


def _elements(data: bytes) -> list[etree._Element]:
    return list(parse_xml(data, location=HERE).iter("*"))


def _own_text(element: etree._Element) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def _numbers_of_embeddings(data: bytes) -> list[int]:
    return [number for number, element in enumerate(_elements(data)) if element.tag == EMBEDDING]


def _walk(document: Document) -> list[Document]:
    """The document and all that are stored in it."""
    result = [document]
    for number in _numbers_of_embeddings(document.data):
        result += _walk(document.embedded(number))
    return result


@LAW
@given(documents(), st.booleans())
def test_tags_attributes_texts_and_spans_are_those_of_lxml(text: str, bom: bool) -> None:
    data = b"\xef\xbb\xbf" * bom + text.encode("utf-8")
    for document in _walk(Document(data)):
        elements = _elements(document.data)
        document.check_against(elements[0])
        assert len(elements) == len(document.starts)
        for number, element in enumerate(elements):
            tag = document.tag(number)
            assert element.tag == tag.name
            assert dict(element.attrib) == {name.name: document.attribute(number, name.name) for name in tag.attributes}
            assert _own_text(element) == document.text(number)
            span, content = document.element_span(number), document.content_span(number)
            expected = etree.tostring(element, with_tail=False, encoding="utf-8")
            assert canonical(expected) == canonical(document.data[span.start : span.end])
            assert span.start < content.start <= content.end <= span.end


@LAW
@given(documents())
def test_an_embedded_text_means_what_lxml_says_it_means(text: str) -> None:
    for document in _walk(Document(text.encode("utf-8"))):
        elements = _elements(document.data)
        for number in _numbers_of_embeddings(document.data):
            expected = canonical(_own_text(elements[number]).encode("utf-8"))
            assert expected == canonical(document.embedded(number).data)


@LAW
@given(documents())
def test_no_change_gives_the_same_bytes(text: str) -> None:
    data = text.encode("utf-8")
    for document in _walk(Document(data)):
        assert [] == document.root.lift_to_root([])
        assert [] == document.lift_to_root([])
        draft = Draft(document)
        for number, tag in enumerate(map(document.tag, range(len(document.starts)))):
            if {piece.kind for piece in document.contents(number)} <= {"text", "cdata"}:
                draft.set_text(number, document.text(number), REASON)
            for attribute in tag.attributes:
                draft.set_attribute(number, attribute.name, document.attribute(number, attribute.name) or "", REASON)
            draft.remove_attribute(number, "absent", REASON)
        assert not draft.changed
        assert document.data == draft.apply()


@LAW
@given(st.data())
def test_raw_edits_replace_their_spans_and_nothing_else(data: st.DataObject) -> None:
    original = data.draw(st.binary(max_size=40))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(original)), max_size=8)))
    edits = [
        Edit(span=Span(start, end), replacement=data.draw(st.binary(max_size=4)), reasons=(REASON,))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    if cuts and len(cuts) % 2:
        edits.append(Edit(span=Span(cuts[-1], cuts[-1]), replacement=b"new", reasons=(REASON,)))
    expected = original
    for edit in reversed(edits):
        expected = expected[: edit.span.start] + edit.replacement + expected[edit.span.end :]
    assert expected == apply_edits(original, edits)
    assert expected == apply_edits(original, data.draw(st.permutations(edits)))
    assert_only_spans_changed(original, edits, expected)


def _draw_changes(data: st.DataObject, document: Document, draft: Draft, plan: Plan, count: int) -> None:
    """Draft some changes, and note them in the plan."""
    elements = _elements(document.data)
    for _ in range(count):
        number = data.draw(st.integers(0, len(elements) - 1), label="element")
        element = elements[number]
        if element.tag == EMBEDDING and number not in plan.texts and data.draw(st.integers(0, 3), label="nested"):
            inner = draft.embedded(number)
            nested = plan.nested.setdefault(number, Plan())
            _draw_changes(data, inner.document, inner, nested, data.draw(st.integers(1, 3)))
        else:
            kinds = ["attribute", "attribute", "remove attribute", "text", "text", "before", "after", "end", "gone"]
            _draw_change(data, draft, plan, number, element, data.draw(st.sampled_from(kinds), label="kind"))


FRAGMENTS = ("<new/>", "<new a='1'>\n  <deep>x &amp; y</deep>\n</new>", "\n  <new/>", "<new><![CDATA[<a>]]></new>")


def _draw_change(
    data: st.DataObject, draft: Draft, plan: Plan, number: int, element: etree._Element, kind: str
) -> None:
    if kind == "attribute":
        name, value = (
            data.draw(st.sampled_from(("a", "b", "name", "extra", "other"))),
            data.draw(values(), label="value"),
        )
        draft.set_attribute(number, name, value, REASON, ("name", "extra", "a", "other"))
        plan.attributes.setdefault(number, {})[name] = value
        assert value == draft.attribute(number, name)
    elif kind == "remove attribute":
        name = data.draw(st.sampled_from(("a", "b", "name", "extra")))
        draft.remove_attribute(number, name, REASON)
        plan.attributes.setdefault(number, {})[name] = None
        assert draft.attribute(number, name) is None
    elif kind == "text":
        if len(element) == 0 and number not in plan.nested:
            value = data.draw(values(), label="text")
            draft.set_text(number, value, REASON)
            plan.texts[number] = value
            assert value == draft.text(number)
    elif kind == "end":
        if element.tag != EMBEDDING:
            xml = data.draw(st.sampled_from(FRAGMENTS))
            draft.append_child(number, xml, REASON)
            plan.insertions.append(("end", number, xml))
    elif number:
        xml = data.draw(st.sampled_from(FRAGMENTS))
        if kind == "before":
            draft.insert_before(number, xml, REASON)
            plan.insertions.append(("before", number, xml))
        elif kind == "after":
            draft.insert_after(number, xml, REASON)
            plan.insertions.append(("after", number, xml))
        elif data.draw(st.booleans(), label="remove"):
            draft.remove_element(number, REASON)
            plan.gone[number] = ""
        else:
            draft.replace_element(number, xml, REASON)
            plan.gone[number] = xml


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode("utf-8"),
    "utf-8 with BOM": lambda text: b"\xef\xbb\xbf" + text.encode("utf-8"),
    "utf-16-le": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "utf-16-be": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
}


@settings(LAW, max_examples=250)
@given(st.data(), documents(), st.sampled_from(sorted(ENCODINGS)))
def test_changes_on_all_levels_do_what_the_same_changes_to_trees_do(
    data: st.DataObject, text: str, encoding: str
) -> None:
    assume("<![CDATA[]]>" not in text)
    if text.startswith("<?xml") and encoding.startswith("utf-8"):
        text = text.replace('encoding="utf-16"', 'encoding="utf-8"', 1)
    file = ENCODINGS[encoding](text)
    source = decode_source(file, HERE)
    assert source.editable
    document = Document(source.utf8)
    draft, plan = Draft(document), Plan()
    _draw_changes(data, document, draft, plan, data.draw(st.integers(1, 6), label="changes"))
    try:
        edits = draft.edits()
    except UnsupportedEditError as error:
        if "]]>" not in error.message:
            raise
        return
    result = draft.apply()
    assert_only_spans_changed(document.data, edits, result)
    assert draft.changed == (document.data != result) or canonical(document.data) == canonical(result)
    assert canonical(plan.result(document.data)) == canonical(result)
    again = decode_source(source.encode(result), HERE)
    assert (result, source.encoding, source.bom) == (again.utf8, again.encoding, again.bom)


@settings(LAW, max_examples=150)
@given(st.data(), documents())
def test_raw_edits_inside_an_embedded_text_arrive_as_they_are(data: st.DataObject, text: str) -> None:
    """Any cut of the embedded bytes, also across CDATA sections, becomes exactly that change of the decoded text."""
    nested = [document for document in _walk(Document(text.encode("utf-8"))) if document.parent is not None]
    assume(nested)
    document = data.draw(st.sampled_from(nested))
    characters = document.data.decode("utf-8")
    offsets = [len(characters[:index].encode("utf-8")) for index in range(len(characters) + 1)]
    cuts = sorted(data.draw(st.lists(st.sampled_from(offsets), min_size=1, max_size=6, unique=True), label="cuts"))
    pieces = st.sampled_from(("", ">", "]", "]]", "]>", "]]>", "x", "&", "<", '"', "\xe9", "]]>]]>"))
    edits = [
        Edit(span=Span(start, end), replacement=data.draw(pieces).encode("utf-8"), reasons=(REASON,))
        for start, end in zip(cuts[::2], [*cuts[1::2], cuts[-1]], strict=False)
    ]
    lifted = document.lift(edits)
    assert document.parent is not None
    result = apply_edits(document.parent.data, lifted)
    assert_only_spans_changed(document.parent.data, lifted, result)
    root = parse_xml(result, location=HERE)
    number = next(
        number
        for number in _numbers_of_embeddings(document.parent.data)
        if document.parent.embedded(number) is document
    )
    again = Document(result)
    again.check_against(root)
    assert apply_edits(document.data, edits) == again.embedded(number).data


@st.composite
def _stored_pieces(draw: st.DrawFn) -> tuple[str, str]:
    """Text of little but brackets, and one way to store it in CDATA sections and escaped stretches."""
    decoded = stored = ""
    for _ in range(draw(st.integers(1, 4))):
        piece = "".join(draw(st.lists(st.sampled_from(']]]>>a<&"\xe9'), max_size=5)))
        style = draw(st.sampled_from(("cdata", "cdata", "text", "text", "references")))
        if style == "cdata":
            stored += "<![CDATA[" + piece.replace("]]>", "]]]]><![CDATA[>") + "]]>"
        else:
            escaped = piece.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")
            stored += escaped if style == "text" else escaped.replace(">", "&#62;").replace('"', "&quot;")
        decoded += piece
    return decoded, stored


@settings(LAW, max_examples=400)
@given(st.data(), _stored_pieces())
def test_no_neighbours_ever_form_the_end_of_cdata(data: st.DataObject, pieces: tuple[str, str]) -> None:
    decoded, stored = pieces
    file = f"<r>{stored}</r>".encode()
    try:
        assert decoded == parse_xml(file, location=HERE).text or not decoded
    except UnreadableError:
        assume(False)
    inner = Document(file).embedded(0)
    assert decoded.encode("utf-8") == inner.data
    offsets = [len(decoded[:index].encode("utf-8")) for index in range(len(decoded) + 1)]
    cuts = sorted(data.draw(st.sets(st.sampled_from(offsets), min_size=1, max_size=8), label="cuts"))
    new = st.lists(st.sampled_from("]]>>a<&"), max_size=4).map("".join)
    edits = [
        Edit(span=Span(start, end), replacement=data.draw(new).encode("utf-8"), reasons=(REASON,))
        for start, end in zip(cuts, cuts[1:] or cuts, strict=False)
        if data.draw(st.booleans(), label="edit")
    ]
    lifted = inner.lift(edits)
    result = apply_edits(file, lifted)
    assert_only_spans_changed(file, lifted, result)
    expected = apply_edits(inner.data, edits)
    assert expected == Document(result).embedded(0).data
    assert expected.decode("utf-8") == (parse_xml(result, location=HERE).text or "")


@pytest.mark.parametrize("count", [1, 5])
def test_the_order_of_calls_does_not_matter_for_different_places(count: int) -> None:
    data = b"<r>" + b"<v a='1'>x</v>" * 6 + b"</r>"
    forward, backward = Draft(Document(data)), Draft(Document(data))
    for number in range(1, count + 1):
        forward.set_text(number, f"t{number}", REASON)
    for number in range(count, 0, -1):
        backward.set_text(number, f"t{number}", REASON)
    assert forward.apply() == backward.apply()
