"""One XML text as bytes, its elements addressed by number, and the XML texts that are stored in it as text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from tsfix.errors import UnsupportedEditError
from tsfix.values import Location, Span
from tsfix.xml_bytes import spans
from tsfix.xml_bytes.edits import Edit
from tsfix.xml_bytes.escaping import decode_attribute, decode_cdata, decode_text
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.segments import Region, decode_content, lift_edits, map_content

if TYPE_CHECKING:
    from lxml import etree

_TAG = attrgetter("tag")


class Document:
    """An XML text in UTF-8, at one level of nesting.

    ``element`` is everywhere the number of an element in document order, counted from 0: the order of lxml's
    ``root.iter("*")``. The text must have been parsed without an error before; ``check_against`` proves that the
    numbers mean the same elements here and there.
    """

    def __init__(
        self,
        data: bytes,
        *,
        location: Location | None = None,
        parent: Document | None = None,
        content: Span | None = None,
    ) -> None:
        self.data = data
        """The bytes, with their byte order mark if there is one."""
        self.location = location
        self.parent = parent
        """The text that this one is stored in; None for a whole file."""
        self.content = Span(0, 0) if content is None else content
        """Where this text is stored, in bytes of the parent."""
        self._proved = False
        self._tree: etree._Element | None = None
        self._starts: list[int] | None = None
        self._embedded: dict[int, Document] = {}
        # The bytes never change, so what was found in them once is kept.
        self._element_spans: dict[int, Span] = {}
        self._content_spans: dict[int, Span] = {}
        self._tags: dict[int, spans.Tag] = {}

    @property
    def starts(self) -> list[int]:
        """The offsets of all start tags; found once, when first needed."""
        if self._starts is None:
            self._starts = spans.start_tags(self.data)
        return self._starts

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """How the bytes of this text map to bytes of the parent, in order; found only when an edit needs it."""
        return () if self.parent is None else map_content(self.parent.data, self.content)

    @cached_property
    def crlf(self) -> bool:
        """Whether lines end with CRLF; a text without line ends takes the habit of the text around it."""
        line_feeds = self.data.count(b"\n")
        if line_feeds:
            return self.data.count(b"\r\n") * 2 > line_feeds
        return self.parent.crlf if self.parent is not None else False

    @cached_property
    def prefers_cdata(self) -> bool:
        """Whether the writer of this text puts special characters into CDATA, as the exports' object.xml does.

        Read from the text: it has CDATA sections, and no reference outside them.
        """
        if b"<![CDATA[" not in self.data:
            return False
        return all(self.data.find(b"&", low, high) == -1 for low, high in spans.open_regions(self.data))

    def check_against(self, root: etree._Element) -> None:
        """Prove that the n-th start tag is the n-th element of the tree, by number and by name.

        Raises:
            UnsupportedEditError: they differ, so no edit can be placed safely.
        """
        names = spans.start_names(self.data)
        found = b"\n".join(names)
        wanted = "\n".join(map(_TAG, root.iter("*")))
        if "{" in wanted:
            wanted = "\n".join(map(_written_name, root.iter("*")))
        if found != wanted.encode("utf-8") or len(names) != len(self.starts):
            raise self.refuse("The start tags in the bytes are not the elements that the parser found.")
        self._proved = True

    def prove(self) -> None:
        """Do what ``check_against`` does with a tree of its own, unless it was done before.

        Raises:
            UnreadableError: the text is not well-formed.
            UnsupportedEditError: the start tags are not the parser's elements.
        """
        if not self._proved:
            tree, self._tree = self._tree, None
            if tree is None:
                tree = parse_xml(self.data, location=self.location or Location(file=""))
            self.check_against(tree)

    def keep_tree(self, root: etree._Element) -> None:
        """Keep the tree of these very bytes, which somebody has parsed already, for ``prove``."""
        self._tree = root

    def refuse(self, message: str, *, remedy: str = "tsfix leaves the file alone.") -> UnsupportedEditError:
        """The error that says why an edit is not made, with this text's place."""
        return UnsupportedEditError(message, remedy=remedy, location=self.location)

    def start(self, element: int) -> int:
        """The offset of the element's start tag.

        Raises:
            UnsupportedEditError: there is no such element.
        """
        starts = self._starts or self.starts
        if not 0 <= element < len(starts):
            raise self.refuse(f"There is no element number {element}; the text has {len(starts)}.")
        return starts[element]

    def tag(self, element: int) -> spans.Tag:
        """The element's start tag with its attributes."""
        if element not in self._tags:
            self._tags[element] = spans.read_tag(self.data, self.start(element))
        return self._tags[element]

    def element_span(self, element: int) -> Span:
        """The whole element, end tag included."""
        if element not in self._element_spans:
            self._element_spans[element] = spans.element_span(self.data, self.start(element))
        return self._element_spans[element]

    def content_span(self, element: int) -> Span:
        """What lies between the start tag and the end tag; for ``<a/>`` the empty span past the tag."""
        if element not in self._content_spans:
            self._content_spans[element] = spans.content_span(self.data, self.start(element))
        return self._content_spans[element]

    def contents(self, element: int) -> list[spans.Content]:
        """The pieces of the element's content: texts, CDATA sections, child elements, comments, instructions."""
        return list(spans.contents(self.data, self.content_span(element)))

    def holds_only_text(self, element: int) -> bool:
        """Tell whether the element holds no child element, no comment and no instruction."""
        whole = self.content_span(element)
        if self.data.find(b"<", whole.start, whole.end) == -1:
            return True
        return all(piece.kind in ("text", "cdata") for piece in spans.contents(self.data, whole))

    def attribute(self, element: int, name: str) -> str | None:
        """The value of the attribute as XML gives it, or None when it is not there."""
        found = self.tag(element).attribute(name)
        return None if found is None else decode_attribute(self.data[found.value_span.start : found.value_span.end])

    def text(self, element: int) -> str:
        """The element's own text as XML gives it: CDATA included, the text of its children not. Line ends are LF."""
        whole = self.content_span(element)
        if self.data.find(b"<", whole.start, whole.end) == -1:
            return decode_text(self.data[whole.start : whole.end])
        return "".join(
            (decode_cdata if piece.kind == "cdata" else decode_text)(self.data[piece.span.start : piece.span.end])
            for piece in self.contents(element)
            if piece.kind in ("text", "cdata")
        )

    def embedded(self, element: int) -> Document:
        """The XML text that the element holds as text: in CDATA, escaped, or both. The same object each time.

        Its line ends are those of the file, so a CRLF in CDATA is a CRLF here.

        Raises:
            UnsupportedEditError: the element has child elements, or a reference that XML does not define.
        """
        if element not in self._embedded:
            self._embedded[element] = self.embedded_text(self.content_span(element))
        return self._embedded[element]

    def embedded_text(self, span: Span | None = None) -> Document:
        """The XML text that those bytes hold as escaped text; without a span, the whole file, which has no root element.

        Raises:
            UnsupportedEditError: the bytes hold elements, or a reference that XML does not define.
        """
        if span is None:
            # No parser has proved these bytes well-formed, so markup in them is not even looked at.
            if b"<" in self.data:
                raise self.refuse("The file should hold XML as escaped text, but has elements of its own.")
            span = Span(0, len(self.data))
        return Document(decode_content(self.data, span), location=self.location, parent=self, content=span)

    def lift(self, edits: Iterable[Edit]) -> list[Edit]:
        """The edits of this text as edits of the text it is stored in, escaped as that place needs it.

        All edits of this text must be given at once.

        Raises:
            OverlapError: two edits claim the same bytes.
            UnsupportedEditError: this text is not stored in another, or an edit divides a reference.
        """
        if self.parent is None:
            raise self.refuse("This XML text is a whole file and not stored in another one.")
        edits = list(edits)
        if not edits:
            return []
        if not self.regions and self.parent.data[self.content.start - 2 : self.content.start] == b"/>":
            raise self.refuse("An empty element cannot take an embedded XML text.")
        return lift_edits(
            self.data,
            edits,
            regions=self.regions,
            outer=self.parent.data,
            content=self.content,
        )

    def lift_to_root(self, edits: Iterable[Edit]) -> list[Edit]:
        """The edits of this text as edits of the whole file, through all levels."""
        document = self
        edits = list(edits)
        while document.parent is not None:
            edits = document.lift(edits)
            document = document.parent
        return edits

    @property
    def root(self) -> Document:
        """The text of the whole file."""
        document = self
        while document.parent is not None:
            document = document.parent
        return document


def _written_name(element: etree._Element) -> str:
    """The name with its prefix, as the file writes it."""
    local = str(element.tag).rpartition("}")[2]
    return f"{element.prefix}:{local}" if element.prefix else local
