"""Reads ``object.xml``, the CIM-XML INSTANCE that holds a task sequence or a dependency."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from lxml import etree
from msgspec import Struct

from tsfix.task_sequence import ObjectReference, PackageProperty
from tsfix.values import PackageId

SEQUENCE_PROPERTY = "Sequence"
REFERENCES_PROPERTY = "References"
SEQUENCE_PLACEHOLDER = "(the sequence)"
"""Stands for the value of the property ``Sequence``: the model holds the sequence itself."""


class ParsedObject(Struct, frozen=True, kw_only=True):
    """One INSTANCE: its class, its properties and, for a task sequence, the text of the sequence."""

    class_name: str
    properties: tuple[PackageProperty, ...]
    references: tuple[ObjectReference, ...]
    sequence_text: bytes | None
    """The decoded text of the property ``Sequence``, in UTF-8; None where it is missing or NULL."""
    sequence_line: int
    """The line in ``object.xml`` on which the value of ``Sequence`` starts."""
    other: tuple[str, ...]

    def value(self, name: str) -> str:
        """The text of a plain property; empty when it is missing, NULL or an array."""
        wanted = name.lower()
        for found in self.properties:
            if found.name.lower() == wanted and isinstance(found.value, str):
                return found.value
        return ""


def read_object(root: etree._Element) -> ParsedObject:
    """Read an ``INSTANCE`` element. The tree is used up: values are taken out of it, what is left is fingerprinted."""
    properties: list[PackageProperty] = []
    references: tuple[ObjectReference, ...] = ()
    sequence_text: bytes | None = None
    sequence_line = 1
    number = 1
    for child in root:
        if not isinstance(child.tag, str):
            continue
        size = _size(child)
        if child.tag in ("PROPERTY", "PROPERTY.ARRAY"):
            found, value_element = _property(child, number)
            if found.name == SEQUENCE_PROPERTY and isinstance(found.value, str):
                sequence_text = found.value.encode("utf-8")
                sequence_line = _line_of(value_element)
                found = PackageProperty(
                    name=found.name,
                    value=SEQUENCE_PLACEHOLDER,
                    attributes=found.attributes,
                    element=found.element,
                    value_element=found.value_element,
                )
            properties.append(found)
        elif child.tag == "PROPERTY.OBJECTARRAY":
            name = child.get("NAME", "")
            if name == REFERENCES_PROPERTY:
                references = tuple(_references(child, number))
            array = child.find("VALUE.OBJECTARRAY")
            value = None
            if array is not None:
                value = digest(array)
                child.remove(array)
            properties.append(
                PackageProperty(name=name, value=value, attributes=(), element=number, value_element=None)
            )
        number += size
    return ParsedObject(
        class_name=root.get("CLASSNAME", ""),
        properties=tuple(properties),
        references=references,
        sequence_text=sequence_text,
        sequence_line=sequence_line,
        other=_other(root),
    )


def _other(root: etree._Element) -> tuple[str, ...]:
    """What the object holds besides values: of each property, after its name, and of all that is no property."""
    held = [child for child in root if isinstance(child.tag, str) and child.tag.startswith("PROPERTY")]
    of_properties = [f"{child.get('NAME', '')} {digest(child)}" for child in held]
    for child in held:
        root.remove(child)
    return (digest(root), *of_properties)


def _property(element: etree._Element, number: int) -> tuple[PackageProperty, etree._Element | None]:
    """Read one plain or array property and blank its values in the tree."""
    value: str | tuple[str, ...] | None = None
    value_number: int | None = None
    value_element: etree._Element | None = None
    offset = 1
    for child in element:
        tag = child.tag
        if tag == "VALUE" and value_element is None:
            value, value_element, value_number = child.text or "", child, number + offset
            child.text = None
            continue
        if value_element is None:
            offset += _size(child)
        if tag == "VALUE.ARRAY":
            items = [item for item in child if item.tag == "VALUE"]
            value = tuple(item.text or "" for item in items)
            for item in items:
                child.remove(item)
    found = PackageProperty(
        name=element.get("NAME", ""), value=value, attributes=(), element=number, value_element=value_number
    )
    return found, value_element


def _size(element: etree._Element) -> int:
    """How many elements it is, with all that are in it."""
    return len(list(element.iter("*")))


def _references(array: etree._Element, number: int) -> list[ObjectReference]:
    """The entries of the ``References`` array, with the numbers of the elements that a rewrite touches."""
    found: list[ObjectReference] = []
    values: dict[str, tuple[str, int]] = {}
    entry: int | None = None
    current = ""
    for offset, element in enumerate(array.iter("*")):
        tag = element.tag
        if tag == "VALUE.OBJECT":
            if entry is not None:
                found.append(_reference(entry, values))
            entry, values = number + offset, {}
        elif tag == "PROPERTY":
            current = element.get("NAME", "")
        elif tag == "VALUE" and current in _REFERENCE_VALUES and _holder(element) == "PROPERTY":
            values[current] = (element.text or "", number + offset)
            element.text = None
    if entry is not None:
        found.append(_reference(entry, values))
    return found


_REFERENCE_VALUES = frozenset({"Package", "Program", "Type"})


def _holder(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else str(parent.tag)


def _reference(entry: int, values: dict[str, tuple[str, int]]) -> ObjectReference:
    package, package_element = values.get("Package", ("", -1))
    program, program_element = values.get("Program", (None, None))
    return ObjectReference(
        package=PackageId(package),
        program=program,
        type=values.get("Type", ("0", -1))[0],
        element=entry,
        package_element=package_element,
        program_element=program_element,
    )


def first_twice(names: Iterable[str]) -> str:
    """The first name that stands there a second time, in whatever case; empty when each stands there once."""
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            return name
        seen.add(name.casefold())
    return ""


def digest(element: etree._Element) -> str:
    """A fingerprint of everything in the element but its indents: qualifiers and attributes have no field of their own.

    The tree is used up.
    """
    for inside in element.iter("*"):
        text, tail = inside.text, inside.tail
        if text and text.isspace() and len(inside):
            inside.text = None
        if tail and tail.isspace():
            inside.tail = None
    # The plain text of the tree: it tells the same differences as the canonical form and takes half the time.
    return hashlib.sha256(etree.tostring(element, encoding="utf-8", with_tail=False)).hexdigest()[:16]


def _line_of(element: etree._Element | None) -> int:
    return 1 if element is None else element.sourceline or 1
