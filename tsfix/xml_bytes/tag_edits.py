"""Edits of one element: its attributes, and its own text."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tsfix.values import Span
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.edits import Edit
from tsfix.xml_bytes.escaping import decode_attribute, escape_attribute, escape_cdata, escape_text
from tsfix.xml_bytes.spans import Tag


class AttributeChange(Struct, frozen=True, kw_only=True):
    """What one attribute is to be."""

    value: str | None
    """None to remove it."""
    order: tuple[str, ...]
    """The order in which the file writes such attributes; decides where a missing one goes."""
    reasons: tuple[str, ...]


def attribute_edits(document: Document, element: int, changes: Mapping[str, AttributeChange]) -> list[Edit]:
    """The edits that give the element those attributes. A value that is there already is no edit."""
    tag = document.tag(element)
    result: list[Edit] = []
    missing: list[tuple[str, AttributeChange]] = []
    for name, change in changes.items():
        present = tag.attribute(name)
        if present is None:
            missing.append((name, change))
        elif change.value is None:
            result.append(Edit(span=present.whole, replacement=b"", reasons=change.reasons))
        elif change.value != decode_attribute(document.data[present.value_span.start : present.value_span.end]):
            written = escape_attribute(change.value, present.quote)
            result.append(Edit(span=present.value_span, replacement=written, reasons=change.reasons))
    return result + _added_attributes(document, tag, missing)


def _added_attributes(document: Document, tag: Tag, missing: list[tuple[str, AttributeChange]]) -> list[Edit]:
    """New attributes, one edit for each place in the tag."""
    names = [attribute.name for attribute in tag.attributes]
    places: dict[str, int] = {attribute.name: attribute.whole.end for attribute in tag.attributes}
    for name, change in missing:
        if change.value is None:
            continue
        if ":" in name or name == "xmlns":
            raise document.refuse(f"The attribute {name} belongs to a namespace and is not in the element yet.")
        index = _index_in_order(name, names, change.order)
        places[name] = places[names[index - 1]] if index else tag.name_end
        names.insert(index, name)
    wanted = dict(missing)
    grouped: dict[int, list[str]] = {}
    for name in names:
        if name in wanted:
            grouped.setdefault(places[name], []).append(name)
    result: list[Edit] = []
    for place, group in grouped.items():
        written = b"".join(_new_attribute(document.data, tag, place, name, wanted[name]) for name in group)
        reasons = tuple(dict.fromkeys(reason for name in group for reason in wanted[name].reasons))
        result.append(Edit(span=Span(place, place), replacement=written, reasons=reasons))
    return result


def _index_in_order(name: str, names: list[str], order: tuple[str, ...]) -> int:
    """Where the name goes among the names: after the last one that precedes it in the order, else at the end."""
    if name not in order:
        return len(names)
    before = set(order[: order.index(name)])
    return max((index + 1 for index, found in enumerate(names) if found in before), default=0)


def _new_attribute(data: bytes, tag: Tag, place: int, name: str, change: AttributeChange) -> bytes:
    """The attribute in the style of its neighbour: the white space before it, the quote character."""
    neighbours = [found for found in tag.attributes if found.whole.end == place] or list(tag.attributes[:1])
    space, quote = b" ", '"'
    if neighbours:
        space = data[neighbours[0].whole.start : neighbours[0].name_span.start]
        quote = neighbours[0].quote
    mark = quote.encode("ascii")
    return space + name.encode("utf-8") + b"=" + mark + escape_attribute(change.value or "", quote) + mark


def inner_edits(
    document: Document,
    element: int,
    *,
    text: str | None,
    appended: bytes,
    reasons: tuple[str, ...],
) -> list[Edit]:
    """The edits that give an element that text (None leaves it), and XML at the end of an empty one."""
    if text is None and not appended:
        return []
    content = document.content_span(element)
    if content.start == content.end:
        written = (b"" if text is None else _write_text(document, text)) + appended
        tag = document.tag(element)
        if not tag.self_closing:
            return [Edit(span=content, replacement=written, reasons=reasons)]
        written = b">" + written + b"</" + tag.name.encode("utf-8") + b">"
        return [Edit(span=Span(tag.inner_end, tag.end), replacement=written, reasons=reasons)]
    if text is None:
        return []
    section = _only_cdata(document, element)
    if section is not None:
        inside_cdata = escape_cdata(text, crlf=document.crlf)
        if inside_cdata is not None:
            return [Edit(span=section, replacement=inside_cdata, reasons=reasons)]
    return [Edit(span=content, replacement=_write_text(document, text), reasons=reasons)]


def _only_cdata(document: Document, element: int) -> Span | None:
    """The inside of the CDATA section that is all that the element holds."""
    content = document.content_span(element)
    if document.data.find(b"<", content.start, content.end) == -1:
        return None
    pieces = [
        piece for piece in document.contents(element) if piece.span.start < piece.span.end or piece.kind == "cdata"
    ]
    return pieces[0].span if len(pieces) == 1 and pieces[0].kind == "cdata" else None


def _write_text(document: Document, text: str) -> bytes:
    """The text as the file's writer would put it: in CDATA where it does so for special characters, else escaped."""
    if document.prefers_cdata and any(character in text for character in "<>&"):
        inside = escape_cdata(text, crlf=document.crlf)
        if inside is not None:
            return b"<![CDATA[" + inside + b"]]>"
    return escape_text(text, crlf=document.crlf)
