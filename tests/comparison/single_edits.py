"""Every single edit that can be made to a tree: each attribute and each text, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from lxml import etree

Element = etree._Element
Undo = Callable[[], None]
Edit = Callable[[], tuple[str, Undo]]
"""Makes the edit; tells what it did and how to undo it."""


def edits(root: Element) -> list[Edit]:
    """All of them."""
    return list(_edits(root))


def sample(root: Element, most: int, rng: Random) -> list[Edit]:
    """At most so many of all edits."""
    found = edits(root)
    return found if len(found) <= most else rng.sample(found, most)


def _edits(root: Element) -> Iterator[Edit]:
    for element in root.iter("*"):
        for name in element.attrib:
            yield _attribute(element, name, name, lambda value: f"{value}x")
            yield _attribute(element, name, name, lambda _: None)
            yield _attribute(element, name, f"{name}_", lambda value: value)
        yield _attribute(element, "new", "new", lambda _: "")
        # The text of a whole sequence is edited as a tree of its own.
        if not len(element) and "<sequence" not in (element.text or ""):
            yield _text(element, lambda text: f"{text}x")
            if element.text and element.text.strip():
                yield _text(element, lambda text: f"{text} ")
                yield _text(element, lambda text: text.swapcase() if text.swapcase() != text else f"{text}\n")
                yield _text(element, lambda _: "")
        if element.getparent() is not None:
            yield _removed(element)


def _attribute(element: Element, name: str, new_name: str, new_value: Callable[[str], str | None]) -> Edit:
    def make() -> tuple[str, Undo]:
        old = list(element.attrib.items())
        value = new_value(element.get(name, ""))
        element.attrib.pop(name, None)
        if value is not None:
            element.set(new_name, value)

        def undo() -> None:
            element.attrib.clear()
            element.attrib.update(old)

        return f"<{element.tag}> {name}={element.get(name)!r}, now {new_name}={value!r}", undo

    return make


def _text(element: Element, new_text: Callable[[str], str]) -> Edit:
    def make() -> tuple[str, Undo]:
        old = element.text
        element.text = new_text(old or "")

        def undo() -> None:
            element.text = old

        return f"<{element.tag}> text {old!r:.60}, now {element.text!r:.60}", undo

    return make


def _removed(element: Element) -> Edit:
    def make() -> tuple[str, Undo]:
        parent = element.getparent()
        assert parent is not None
        place, tail = parent.index(element), element.tail
        parent.remove(element)
        element.tail = tail

        def undo() -> None:
            parent.insert(place, element)

        return f"<{element.tag}> removed from <{parent.tag}>", undo

    return make
