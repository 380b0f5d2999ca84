"""Reads ``object.xml``, the CIM-XML INSTANCE that holds a task sequence or a dependency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from tsfix.task_sequence import ObjectReference, PackageProperty
from tsfix.values import PackageId

SEQUENCE_PROPERTY = "Sequence"
REFERENCES_PROPERTY = "References"
SEQUENCE_PLACEHOLDER = "(the sequence)"
"""Stands for the value of the property ``Sequence``: the model holds the sequence itself."""
ARRAY_PLACEHOLDER = "(objects)"
"""Stands for the value of an array of objects: ``ObjectRest`` tells whether two arrays are the same."""
OBJECT_ARRAY = "PROPERTY.OBJECTARRAY"
ENTRIES = "VALUE.OBJECTARRAY"
PROPERTIES = ("PROPERTY", "PROPERTY.ARRAY", OBJECT_ARRAY)


class ParsedObject(Struct, frozen=True, kw_only=True):
    """One INSTANCE: its class, its properties and, for a task sequence, the text of the sequence."""

    class_name: str
    properties: tuple[PackageProperty, ...]
    references: tuple[ObjectReference, ...]
    sequence_text: bytes | None
    """The decoded text of the property ``Sequence``, in UTF-8; None where it is missing or NULL."""
    sequence_line: int
    """The line in ``object.xml`` on which the value of ``Sequence`` starts."""

    def value(self, name: str) -> str:
        """The text of a plain property; empty when it is missing, NULL or an array."""
        wanted = name.lower()
        for found in self.properties:
            if found.name.lower() == wanted and isinstance(found.value, str):
                return found.value
        return ""


def read_object(root: etree._Element) -> ParsedObject:
    """Read an ``INSTANCE`` element."""
    properties: list[PackageProperty] = []
    references: tuple[ObjectReference, ...] = ()
    sequence_text: bytes | None = None
    sequence_line = 1
    everything = list(root.iter("*"))  # in document order, so that the number of an element is its place in here
    number = 0
    for child in root.iterchildren(*PROPERTIES):
        number = everything.index(child, number)
        if child.tag == OBJECT_ARRAY:
            found = _object_array(child, number)
            if found.name == REFERENCES_PROPERTY:
                references = tuple(_references(child, number, everything))
        else:
            found, value_element = _property(child, number, everything)
            if found.name == SEQUENCE_PROPERTY and isinstance(found.value, str):
                sequence_text = found.value.encode("utf-8")
                sequence_line = _line_of(value_element)
                found = replace(found, value=SEQUENCE_PLACEHOLDER)
        properties.append(found)
    return ParsedObject(
        class_name=root.get("CLASSNAME", ""),
        properties=tuple(properties),
        references=references,
        sequence_text=sequence_text,
        sequence_line=sequence_line,
    )


def _object_array(element: etree._Element, number: int) -> PackageProperty:
    value = None if element.find(ENTRIES) is None else ARRAY_PLACEHOLDER
    return PackageProperty(name=element.get("NAME", ""), value=value, attributes=(), element=number, value_element=None)


def _property(
    element: etree._Element, number: int, everything: list[etree._Element]
) -> tuple[PackageProperty, etree._Element | None]:
    """Read one plain or array property."""
    value: str | tuple[str, ...] | None = None
    value_number: int | None = None
    value_element: etree._Element | None = None
    for child in element:
        tag = child.tag
        if tag == "VALUE" and value_element is None:
            value, value_element, value_number = child.text or "", child, everything.index(child, number)
        elif tag == "VALUE.ARRAY":
            value = tuple([item.text or "" for item in child.iterchildren("VALUE")])
    found = PackageProperty(
        name=element.get("NAME", ""), value=value, attributes=(), element=number, value_element=value_number
    )
    return found, value_element


def _references(array: etree._Element, number: int, everything: list[etree._Element]) -> list[ObjectReference]:
    """The entries of the ``References`` array, with the numbers of the elements that a rewrite touches."""
    found: list[ObjectReference] = []
    values: dict[str, tuple[str, int]] = {}
    entry: int | None = None
    for name, element in reference_elements(array):
        number = everything.index(element, number)
        if name:
            values[name] = (element.text or "", number)
        else:
            if entry is not None:
                found.append(_reference(entry, values))
            entry, values = number, {}
    if entry is not None:
        found.append(_reference(entry, values))
    return found


def reference_elements(array: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The elements of the ``References`` array that hold something: each entry without a name, each value with its own."""
    for element in array.iter("VALUE.OBJECT", "VALUE"):
        if element.tag == "VALUE.OBJECT":
            yield "", element
            continue
        holder = element.getparent()
        if holder is not None and holder.tag == "PROPERTY" and (name := holder.get("NAME")) in _REFERENCE_VALUES:
            yield name, element


_REFERENCE_VALUES = frozenset({"Package", "Program", "Type"})


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


def _line_of(element: etree._Element | None) -> int:
    return 1 if element is None else element.sourceline or 1
