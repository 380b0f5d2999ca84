"""Where things stand in the bytes of an XML text: start tags, attribute values, elements, their content.

Everything here trusts that lxml has parsed the same bytes without an error: in a well-formed text a raw ``<`` outside
comments, CDATA and processing instructions opens a tag, so the n-th such ``<`` is the n-th element in document order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import Struct

from tsfix.errors import UnsupportedEditError
from tsfix.values import Span

MarkupKind = Literal["start", "empty", "end", "comment", "cdata", "instruction"]

# Only end tags need ruling out: no other markup begins in the regions that are searched.
_START = re.compile(rb"<[^/]")
_START_NAME = re.compile(rb"<([^/ \t\r\n>]+)")
_TAG_NAME = re.compile(rb"<([^ \t\r\n/>]+)")
_ATTRIBUTE = re.compile(rb"[ \t\r\n]+([^ \t\r\n=/>]+)[ \t\r\n]*=[ \t\r\n]*(?:\"([^\"]*)\"|'([^']*)')")
_TAG_END = re.compile(rb"[ \t\r\n]*(/?)>")
_MARKUP = re.compile(
    rb"<(?:(/)[^>]*>|(!--)|(!\[CDATA\[)|(\?)|[^/!?][^\"'>]*+(?:\"[^\"]*+\"[^\"'>]*+|'[^']*+'[^\"'>]*+)*+>)",
)
_PATIENCE = 64
"""After so many bytes that were only text, as in a script full of ``!``, the slower but direct search takes over."""

_CDATA_OPEN = len(b"<![CDATA[")
_CDATA_CLOSE = len(b"]]>")


class Attribute(Struct, frozen=True, kw_only=True):
    """One attribute as it stands in its tag."""

    name: str
    """With its prefix, as written."""
    name_span: Span
    value_span: Span
    """The raw value, inside the quotes."""
    whole: Span
    """From the white space before the name to the closing quote: what goes when the attribute is removed."""
    quote: str
    """The quote character, ``"`` or ``'``."""


class Tag(Struct, frozen=True, kw_only=True):
    """One start tag."""

    name: str
    """With its prefix, as written."""
    start: int
    """The offset of ``<``."""
    end: int
    """The offset just past ``>``."""
    self_closing: bool
    attributes: tuple[Attribute, ...]

    @property
    def name_end(self) -> int:
        """The offset just past the name."""
        return self.start + 1 + len(self.name.encode("utf-8"))

    @property
    def inner_end(self) -> int:
        """The offset just past the last attribute, or past the name where there is none."""
        return self.attributes[-1].whole.end if self.attributes else self.name_end

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name, or None."""
        for found in self.attributes:
            if found.name == name:
                return found
        return None


class Markup(NamedTuple):
    """One piece of markup: its kind and its bytes, delimiters included."""

    kind: MarkupKind
    start: int
    end: int


class Content(NamedTuple):
    """One piece of the direct content of an element."""

    kind: Literal["text", "cdata", "element", "comment", "instruction"]
    span: Span
    """For CDATA the inside of the section, for all others the whole piece."""


def start_tags(data: bytes) -> list[int]:
    """The offsets of all start tags, in document order.

    Raises:
        UnsupportedEditError: the text has a DOCTYPE, or something in it is not closed.
    """
    return [match.start() for low, high in open_regions(data) for match in _START.finditer(data, low, high)]


def start_names(data: bytes) -> list[bytes]:
    """The names in all start tags as written, in document order; a guard compares them with lxml's.

    Raises:
        UnsupportedEditError: the text has a DOCTYPE, or something in it is not closed.
    """
    return [name for low, high in open_regions(data) for name in _START_NAME.findall(data, low, high)]


def open_regions(data: bytes) -> Iterator[tuple[int, int]]:
    """The ranges outside comments, CDATA and processing instructions.

    One byte at a time is searched because that is a ``memchr`` in C; looking for ``<!`` costs as much as all the rest.
    """
    low = 0
    bang = _after_less_than(data, b"!", 0)
    ask = _after_less_than(data, b"?", 0)
    while bang != -1 or ask != -1:
        start = min(bang, ask) if bang != -1 and ask != -1 else max(bang, ask)
        yield low, start - 1
        low = _end_of_closed(data, start - 1)
        if bang != -1 and bang < low:
            bang = _after_less_than(data, b"!", low)
        if ask != -1 and ask < low:
            ask = _after_less_than(data, b"?", low)
    yield low, len(data)


def _after_less_than(data: bytes, byte: bytes, position: int) -> int:
    """The offset of the next such byte that stands behind ``<``, or -1."""
    found = data.find(byte, position)
    for _ in range(_PATIENCE):
        if found == -1 or (found > 0 and data[found - 1] == 0x3C):
            return found
        found = data.find(byte, found + 1)
    if found == -1:
        return -1
    found = data.find(b"<" + byte, max(found - 1, 0))
    return found if found == -1 else found + 1


def _end_of_closed(data: bytes, start: int) -> int:
    """The offset past the comment, CDATA section or processing instruction that starts there."""
    if data.startswith(b"<!--", start):
        return _find_end(data, b"-->", start + 4, start)
    if data.startswith(b"<![CDATA[", start):
        return _find_end(data, b"]]>", start + _CDATA_OPEN, start)
    if data.startswith(b"<?", start):
        return _find_end(data, b"?>", start + 2, start)
    message = f"The XML has a DOCTYPE or something like it at byte {start}."
    raise UnsupportedEditError(message, remedy="Exports have none. Take it out and try again.")


def _find_end(data: bytes, closing: bytes, position: int, start: int) -> int:
    found = data.find(closing, position)
    if found == -1:
        message = f"What starts at byte {start} of the XML is not closed by {closing.decode()}."
        raise UnsupportedEditError(message, remedy="The file may be cut short. Export it again.")
    return found + len(closing)


def read_tag(data: bytes, start: int) -> Tag:
    """The start tag at that offset, with its attributes.

    Raises:
        UnsupportedEditError: there is no start tag.
    """
    name = _TAG_NAME.match(data, start)
    if name is None:
        raise _no_tag(start)
    attributes: list[Attribute] = []
    position = name.end()
    while (match := _ATTRIBUTE.match(data, position)) is not None:
        double = match.start(2) != -1
        value_span = Span(*match.span(2 if double else 3))
        attributes.append(
            Attribute(
                name=match[1].decode("utf-8"),
                name_span=Span(*match.span(1)),
                value_span=value_span,
                whole=Span(match.start(), match.end()),
                quote='"' if double else "'",
            ),
        )
        position = match.end()
    end = _TAG_END.match(data, position)
    if end is None:
        raise _no_tag(start)
    return Tag(
        name=name[1].decode("utf-8"),
        start=start,
        end=end.end(),
        self_closing=end[1] == b"/",
        attributes=tuple(attributes),
    )


def _no_tag(start: int) -> UnsupportedEditError:
    return UnsupportedEditError(
        f"There is no readable start tag at byte {start}.",
        remedy="tsfix leaves the file alone.",
    )


def markup(data: bytes, position: int) -> Iterator[Markup]:
    """All tags, comments, CDATA sections and processing instructions from that offset on."""
    while (match := _MARKUP.search(data, position)) is not None:
        start = match.start()
        group = match.lastindex
        if group is None:
            position = match.end()
            yield Markup("empty" if data[position - 2] == 0x2F else "start", start, position)
        elif group == 1:
            position = match.end()
            yield Markup("end", start, position)
        else:
            position = _end_of_closed(data, start)
            yield Markup("comment" if group == 2 else "cdata" if group == 3 else "instruction", start, position)


def element_span(data: bytes, start: int) -> Span:
    """The whole element whose start tag is at that offset, end tag included.

    Raises:
        UnsupportedEditError: there is no start tag, or the element is not closed.
    """
    return Span(start, _end_tag(data, start).end)


def content_span(data: bytes, start: int) -> Span:
    """What lies between the start tag at that offset and its end tag; for ``<a/>`` the empty span past the tag.

    Raises:
        UnsupportedEditError: there is no start tag, or the element is not closed.
    """
    first = _first_tag(data, start)
    if first.kind == "empty":
        return Span(first.end, first.end)
    # Most elements hold nothing but text, and then the next tag is their end tag.
    close = data.find(b"</", first.end)
    if close != -1 and data.find(b"<", first.end, close) == -1:
        return Span(first.end, close)
    return Span(first.end, _end_tag(data, start).start)


def _first_tag(data: bytes, start: int) -> Markup:
    found = _MARKUP.match(data, start)
    if found is None or found.lastindex is not None:
        raise _no_tag(start)
    end = found.end()
    return Markup("empty" if data[end - 2] == 0x2F else "start", start, end)


def _end_tag(data: bytes, start: int) -> Markup:
    """The end tag of the element, or its only tag."""
    first = _first_tag(data, start)
    if first.kind == "empty":
        return first
    depth = 1
    position = first.end
    # As ``markup`` goes on, without a value for each piece: a long element has thousands.
    while (match := _MARKUP.search(data, position)) is not None:
        group, position = match.lastindex, match.end()
        if group is None:
            depth += data[position - 2] != 0x2F
        elif group == 1:
            depth -= 1
            if depth == 0:
                return Markup("end", match.start(), position)
        else:
            position = _end_of_closed(data, match.start())
    message = f"The element at byte {start} of the XML is not closed."
    raise UnsupportedEditError(message, remedy="The file may be cut short. Export it again.")


def contents(data: bytes, span: Span) -> Iterator[Content]:
    """The pieces of an element's content, without what is inside its child elements."""
    position = span.start
    depth = 0
    child = 0
    for piece in markup(data, span.start):
        if piece.start >= span.end:
            break
        if depth == 0 and piece.start > position:
            yield Content("text", Span(position, piece.start))
        if piece.kind == "start":
            child = piece.start if depth == 0 else child
            depth += 1
        elif piece.kind == "end":
            depth -= 1
            if depth == 0:
                yield Content("element", Span(child, piece.end))
        elif depth == 0:
            yield _content(piece)
        position = piece.end
    if position < span.end:
        yield Content("text", Span(position, span.end))


def _content(piece: Markup) -> Content:
    if piece.kind == "cdata":
        return Content("cdata", Span(piece.start + _CDATA_OPEN, piece.end - _CDATA_CLOSE))
    if piece.kind == "comment":
        return Content("comment", Span(piece.start, piece.end))
    if piece.kind == "instruction":
        return Content("instruction", Span(piece.start, piece.end))
    return Content("element", Span(piece.start, piece.end))
