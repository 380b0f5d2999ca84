"""What the edits must amount to, worked out with lxml trees alone, and comparisons that leave out how things are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from lxml import etree
from msgspec import Struct, field

from tests.xml_bytes.strategies import EMBEDDING
from tsfix.errors import UnreadableError
from tsfix.values import Location
from tsfix.xml_bytes.edits import Edit
from tsfix.xml_bytes.parser import parse_xml

HERE = Location(file="test.xml")

Canonical = tuple[object, ...]
"""An element as nested tuples: name, sorted attributes, content."""


def canonical(data: bytes) -> Canonical:
    """The meaning of an XML text: embedded XML is compared by its own meaning, not by how it is escaped."""
    root = parse_xml(data, location=HERE)
    before = list(root.itersiblings(preceding=True))[::-1]
    after = list(root.itersiblings())
    return (*map(_element, before), _element(root), *map(_element, after))


def _element(element: etree._Element) -> object:
    if not isinstance(element.tag, str):
        kind = "comment" if isinstance(element, etree._Comment) else "instruction"
        return kind, element.text
    content: list[object] = []
    _add_text(content, element.text)
    for child in element:
        content.append(_element(child))
        _add_text(content, child.tail)
    if element.tag == EMBEDDING:
        content = _embedded(content)
    return element.tag, tuple(sorted(element.attrib.items())), tuple(content)


def _add_text(content: list[object], text: str | None) -> None:
    if text:
        content.append(text)


def _embedded(content: list[object]) -> list[object]:
    text = "".join(piece for piece in content if isinstance(piece, str))
    asides = [piece for piece in content if not isinstance(piece, str)]
    try:
        return [("xml", canonical(text.encode("utf-8"))), *asides]
    except UnreadableError:  # Not XML: a test gave the element another text.
        return content


def assert_only_spans_changed(data: bytes, edits: Sequence[Edit], result: bytes) -> None:
    """Every byte outside the spans is there, in its order; every replacement is where its span was."""
    position = kept_from = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        kept = data[kept_from : edit.span.start]
        assert kept == result[position : position + len(kept)]
        position += len(kept)
        assert edit.replacement == result[position : position + len(edit.replacement)]
        position += len(edit.replacement)
        kept_from = edit.span.end
    assert data[kept_from:] == result[position:]


class Plan(Struct):
    """Changes to one XML text, kept apart from the code under test."""

    texts: dict[int, str] = field(default_factory=dict)
    attributes: dict[int, dict[str, str | None]] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)
    insertions: list[tuple[Literal["before", "after", "end"], int, str]] = field(default_factory=list)
    """Where, at which element, what; in the order of the calls."""
    nested: dict[int, Plan] = field(default_factory=dict)

    def result(self, data: bytes) -> bytes:
        """The XML text after the changes, written by the simplest means."""
        root = parse_xml(data, location=HERE)
        numbers = {element: number for number, element in enumerate(root.iter("*"))}
        before = "".join(_outside(sibling) for sibling in [*root.itersiblings(preceding=True)][::-1])
        after = "".join(_outside(sibling) for sibling in root.itersiblings())
        return (before + self._write(root, numbers) + after).encode("utf-8")

    def _write(self, element: etree._Element, numbers: dict[etree._Element, int]) -> str:
        if not isinstance(element.tag, str):
            return _outside(element)
        number = numbers[element]
        if number in self.gone:
            return self.gone[number]
        attributes: dict[str, str | None] = {**element.attrib, **self.attributes.get(number, {})}
        tag = element.tag + "".join(
            f' {name}="{_escape(value)}"' for name, value in attributes.items() if value is not None
        )
        return f"<{tag}>{self._content(element, numbers)}</{element.tag}>"

    def _content(self, element: etree._Element, numbers: dict[etree._Element, int]) -> str:
        number = numbers[element]
        if number in self.nested:
            text = "".join(element.xpath("text()"))
            asides = "".join(_outside(child) for child in element)
            return _escape(self.nested[number].result(text.encode("utf-8")).decode("utf-8")) + asides
        # Kept pieces divide the places for insertions; at one place the order of the calls counts.
        pieces: list[str | list[tuple[int, str]]] = [[]]
        text = self.texts.get(number, element.text or "")
        if text:
            pieces += [_escape(text), []]
        for child in element:
            self._insert(pieces, "before", numbers.get(child))
            pieces += [self._write(child, numbers), []]
            self._insert(pieces, "after", numbers.get(child))
            if child.tail:
                pieces += [_escape(child.tail), []]
        self._insert(pieces, "end", number)
        return "".join(
            piece if isinstance(piece, str) else "".join(xml for _, xml in sorted(piece, key=lambda item: item[0]))
            for piece in pieces
        )

    def _insert(self, pieces: list[str | list[tuple[int, str]]], where: str, number: int | None) -> None:
        place = pieces[-1]
        assert isinstance(place, list)
        for call, (wanted, at, xml) in enumerate(self.insertions):
            if wanted == where and at == number:
                place.append((call, xml))


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def _outside(element: etree._Element) -> str:
    """A comment or processing instruction as it was."""
    if isinstance(element, etree._Comment):
        return f"<!--{element.text}-->"
    return f"<?{element.target} {element.text}?>" if element.text else f"<?{element.target}?>"  # type: ignore[attr-defined]
