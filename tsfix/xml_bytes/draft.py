"""Changes to one XML text as an administrator would say them, by element number, turned into edits of its bytes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, field

from tsfix.values import Span
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.edits import Edit, apply_edits
from tsfix.xml_bytes.escaping import check_characters, check_name, line_ends
from tsfix.xml_bytes.parser import check_fragment
from tsfix.xml_bytes.tag_edits import AttributeChange, attribute_edits, inner_edits


class _Change(Struct):
    """A change as drafted so far: what is wanted, and all the reasons given for it."""

    value: str | None
    """None where something goes."""
    reasons: list[str] = field(default_factory=list)

    def update(self, value: str | None, reason: str) -> None:
        self.value = value
        if reason not in self.reasons:
            self.reasons.append(reason)


class _Insertion(Struct):
    """New XML at one place, in the order of the calls."""

    pieces: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, xml: str, reason: str) -> None:
        self.pieces.append(xml)
        if reason not in self.reasons:
            self.reasons.append(reason)


class Draft:
    """The intended changes to one XML text, and to the texts that are stored inside it.

    Elements are named by their number in the original, which no change alters. The last value given for a text or an
    attribute wins, all reasons are kept, and a change back to the original value is no edit. What happens inside an
    element that is removed or replaced is dropped.
    """

    def __init__(self, document: Document, around: Draft | None = None) -> None:
        self.document = document
        self._around_it = around
        """The draft of the text that this one is stored in."""
        self._edits: list[Edit] | None = None
        """The edits as found last; None once something was changed since."""
        self._texts: dict[int, _Change] = {}
        self._attributes: dict[int, dict[str, AttributeChange]] = {}
        self._gone: dict[int, _Change] = {}
        self._with_line: set[int] = set()
        self._insertions: dict[int, _Insertion] = {}
        self._appended: dict[int, _Insertion] = {}
        self._nested: dict[int, Draft] = {}
        self._outermost: list[tuple[Span, int]] = []
        """The removed and replaced elements that are not inside another one, in the order of the file."""
        self._outermost_starts: list[int] = []

    def text(self, element: int) -> str:
        """The element's own text as drafted so far, with LF line ends."""
        change = self._texts.get(element)
        if change is not None:
            return change.value or ""
        nested = self._nested.get(element)
        if nested is not None and nested.changed:
            return nested.apply().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        return self.document.text(element)

    def drafted(self, element: int) -> bool:
        """Whether the element was given a text or an attribute, be it the one that it had."""
        return element in self._texts or element in self._nested or element in self._attributes

    def set_text(self, element: int, value: str, reason: str) -> None:
        """Give an element without child elements another text.

        Raises:
            UnsupportedEditError: the element has children or comments, or the value has characters XML cannot hold.
        """
        check_characters(value)
        if not self.document.holds_only_text(element):
            message = f"The text of <{self.document.tag(element).name}> cannot be set: it holds more than text."
            raise self.document.refuse(message)
        self._texts.setdefault(element, _Change(None)).update(value, reason)
        self._not_current()

    def attribute(self, element: int, name: str) -> str | None:
        """The attribute's value as drafted so far, or None when it is not there."""
        change = self._attributes.get(element, {}).get(name)
        return self.document.attribute(element, name) if change is None else change.value

    def set_attribute(self, element: int, name: str, value: str, reason: str, order: Sequence[str] = ()) -> None:
        """Give an attribute another value; one that is missing is added.

        A missing one stands after the last attribute that comes before it in ``order`` (at the end where ``order`` does
        not have it), in the style of the others.

        Raises:
            UnsupportedEditError: the name or a character of the value is not possible in XML.
        """
        check_name(name)
        check_characters(value)
        self._change_attribute(element, name, value, reason, tuple(order))

    def remove_attribute(self, element: int, name: str, reason: str) -> None:
        """Take an attribute out, with the white space before it. One that is not there is no edit."""
        self._change_attribute(element, name, None, reason, ())

    def _change_attribute(
        self, element: int, name: str, value: str | None, reason: str, order: tuple[str, ...]
    ) -> None:
        self.document.start(element)
        changes = self._attributes.setdefault(element, {})
        former = changes.get(name)
        reasons = former.reasons if former is not None else ()
        changes[name] = AttributeChange(
            value=value,
            order=order or (former.order if former is not None else ()),
            reasons=reasons if reason in reasons else (*reasons, reason),
        )
        self._not_current()

    def remove_element(self, element: int, reason: str, *, with_line: bool = False) -> None:
        """Take an element out with all it holds. White space around it stays.

        ``with_line``: where it stands alone on its line, that line goes too, so that no blank one is left.

        Raises:
            UnsupportedEditError: it is the root element.
        """
        if element == 0:
            raise self.document.refuse("The root element cannot be removed.")
        self.document.start(element)
        self._go(element, None, reason)
        if with_line:
            self._with_line.add(element)
            self._not_current()

    def replace_element(self, element: int, xml: str, reason: str) -> None:
        """Put other XML in an element's place.

        Raises:
            UnsupportedEditError: the XML is not well-formed, or the element is the root.
        """
        check_fragment(xml)
        if element == 0:
            raise self.document.refuse("The root element cannot be replaced.")
        self.document.start(element)
        self._go(element, xml, reason)

    def _go(self, element: int, xml: str | None, reason: str) -> None:
        if element not in self._gone:
            self._gone[element] = _Change(None)
            self._add_outermost(element)
        self._gone[element].update(xml, reason)
        self._not_current()

    def _add_outermost(self, element: int) -> None:
        span = self.document.element_span(element)
        if self._around(span.start) is None:
            first = bisect_left(self._outermost_starts, span.start)
            end = bisect_left(self._outermost_starts, span.end)
            self._outermost[first:end] = [(span, element)]
            self._outermost_starts[first:end] = [span.start]

    def _not_current(self) -> None:
        """Forget the edits found so far, here and in the texts around this one."""
        self._edits = None
        if self._around_it is not None:
            self._around_it._not_current()

    def removed(self, element: int) -> bool:
        """Whether the element goes: it, or an element around it, is removed or replaced."""
        return bool(self._gone) and self._around(self.document.start(element)) is not None

    def insert_before(self, element: int, xml: str, reason: str) -> None:
        """Put XML right before an element.

        Raises:
            UnsupportedEditError: the XML is not well-formed, or the element is the root.
        """
        self._insert(element, xml, reason, where="before")

    def insert_after(self, element: int, xml: str, reason: str) -> None:
        """Put XML right after an element.

        Raises:
            UnsupportedEditError: the XML is not well-formed, or the element is the root.
        """
        self._insert(element, xml, reason, where="after")

    def _insert(self, element: int, xml: str, reason: str, *, where: Literal["before", "after"]) -> None:
        check_fragment(xml)
        if element == 0:
            raise self.document.refuse("Nothing can stand beside the root element.")
        place = self.document.start(element) if where == "before" else self.document.element_span(element).end
        self._insertions.setdefault(place, _Insertion()).add(xml, reason)
        self._not_current()

    def append_child(self, element: int, xml: str, reason: str) -> None:
        """Put XML at the end of an element's content.

        Raises:
            UnsupportedEditError: the XML is not well-formed.
        """
        check_fragment(xml)
        content = self.document.content_span(element)
        if content.start == content.end:
            self._appended.setdefault(element, _Insertion()).add(xml, reason)
        else:
            self._insertions.setdefault(content.end, _Insertion()).add(xml, reason)
        self._not_current()

    def embedded(self, element: int) -> Draft:
        """The draft for the XML text that the element holds as text. The same object each time.

        Raises:
            UnsupportedEditError: the element holds elements rather than text.
        """
        if element not in self._nested:
            self._nested[element] = Draft(self.document.embedded(element), self)
        return self._nested[element]

    @property
    def changed(self) -> bool:
        """Whether anything would be different."""
        return self.touched and bool(self.edits())

    @property
    def touched(self) -> bool:
        """Whether any change was asked for, be it one that changes nothing."""
        asked = (self._texts, self._attributes, self._gone, self._insertions, self._appended)
        return any(asked) or any(nested.touched for nested in self._nested.values())

    def edits(self) -> list[Edit]:
        """All changes as edits of this text's bytes, nested texts included.

        Raises:
            OverlapError: two changes claim the same bytes, such as a new text and a change inside the old one.
            UnreadableError: the text is not well-formed.
            UnsupportedEditError: a change cannot be written without risk to the rest.
        """
        if self._edits is None:
            self._edits = self._found_edits()
        return list(self._edits)

    def _found_edits(self) -> list[Edit]:
        inside = [edit for edit in self._inner_edits() if not self._swallows(edit)]
        gone = [self._gone_edit(element, span) for span, element in self._outermost]
        data = self.document.data
        result = sorted(
            (edit for edit in [*gone, *inside] if edit.replacement != data[edit.span.start : edit.span.end]),
            key=lambda edit: edit.span,
        )
        if result:
            self.document.prove()
        if gone:
            self._check_joints(result)
        return result

    def _around(self, offset: int) -> Span | None:
        """The removed or replaced element that the byte belongs to, or None."""
        index = bisect_right(self._outermost_starts, offset) - 1
        if index < 0:
            return None
        span = self._outermost[index][0]
        return span if offset < span.end else None

    def _swallows(self, edit: Edit) -> bool:
        """Whether the edit lies inside something that goes; what is inserted right before it stays."""
        around = self._around(edit.span.start)
        return around is not None and edit.span != Span(around.start, around.start)

    def _gone_edit(self, element: int, span: Span) -> Edit:
        change = self._gone[element]
        if element in self._with_line and change.value is None and span.start not in self._insertions:
            span = _with_its_line(self.document.data, span)
        return Edit(span=span, replacement=self._written(change.value or ""), reasons=tuple(change.reasons))

    def _inner_edits(self) -> list[Edit]:
        """All other edits, those inside removed elements perhaps among them."""
        result: list[Edit] = []
        for place, insertion in self._insertions.items():
            written = self._written("".join(insertion.pieces))
            result.append(Edit(span=Span(place, place), replacement=written, reasons=tuple(insertion.reasons)))
        for element in sorted({*self._texts, *self._appended}):
            result.extend(self._content_edits(element))
        for element, changes in self._attributes.items():
            result.extend(attribute_edits(self.document, element, changes))
        for element, nested in self._nested.items():
            if nested.touched and not self.removed(element):
                result.extend(nested.document.lift(nested.edits()))
        return result

    def _content_edits(self, element: int) -> list[Edit]:
        text = self._texts.get(element)
        if text is not None and text.value == self.document.text(element):
            text = None
        appended = self._appended.get(element)
        return inner_edits(
            self.document,
            element,
            text=None if text is None else text.value,
            appended=b"" if appended is None else self._written("".join(appended.pieces)),
            reasons=tuple(dict.fromkeys([*(text.reasons if text else ()), *(appended.reasons if appended else ())])),
        )

    def _written(self, xml: str) -> bytes:
        return line_ends(xml, crlf=self.document.crlf).encode("utf-8")

    def _check_joints(self, edits: Sequence[Edit]) -> None:
        """Refuse removals that leave ``]]>`` in the text, which XML forbids there, or make one line end of two."""
        result = apply_edits(self.document.data, edits)
        grown = 0
        for edit in edits:
            joint = edit.span.start + grown
            grown += len(edit.replacement) - (edit.span.end - edit.span.start)
            if edit.replacement:
                continue
            if b"]]>" in result[max(joint - 2, 0) : joint + 2]:
                raise self.document.refuse("The characters ]]> would be left in the text, which XML forbids.")
            if result[max(joint - 1, 0) : joint + 1] == b"\r\n":
                raise self.document.refuse("A carriage return and a line feed would become one line end.")

    def apply(self) -> bytes:
        """The bytes of this text with all changes made."""
        return apply_edits(self.document.data, self.edits())


def _with_its_line(data: bytes, span: Span) -> Span:
    """The element with the line break and the indentation before it, where nothing else stands on its lines."""
    start = span.start
    while start and data[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    if data[start - 1 : start] != b"\n":
        return span
    end = span.end
    while data[end : end + 1] in (b" ", b"\t"):
        end += 1
    if data[end : end + 1] not in (b"\r", b"\n"):
        return span
    start -= 2 if data[start - 2 : start] == b"\r\n" else 1
    return Span(start, span.end)
