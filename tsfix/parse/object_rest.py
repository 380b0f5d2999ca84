"""Fingerprints of what an object holds besides values: made when a comparison asks for them, which a scan never does."""

from __future__ import annotations

import hashlib
from functools import cached_property

from lxml import etree
from msgspec import Struct

from tsfix.parse.package_object import ENTRIES, OBJECT_ARRAY, PROPERTIES, REFERENCES_PROPERTY, reference_elements
from tsfix.task_sequence import KnownRest
from tsfix.values import Location
from tsfix.xml_bytes.parser import parse_xml


class ObjectText(Struct, frozen=True, kw_only=True, dict=True):
    """The rest of an object that was read before, as its text in UTF-8: it is parsed once more when it is asked for.

    Equal to every other form of the same rest.
    """

    utf8: bytes

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ObjectText):
            return self.utf8 == other.utf8 or self._rest == other._rest
        return self._rest == other

    def __hash__(self) -> int:
        return hash(self._rest)

    @property
    def other(self) -> tuple[str, ...]:
        """As in ``ObjectRest``."""
        return self._rest.other

    @property
    def arrays(self) -> tuple[tuple[int, str], ...]:
        """As in ``ObjectRest``."""
        return self._rest.arrays

    @cached_property
    def _rest(self) -> KnownRest:
        return rest_of(parse_xml(self.utf8, location=Location(file="")))


def rest_of(root: etree._Element) -> KnownRest:
    """What an object, or a package of 2007, holds besides values. The tree is used up."""
    return read_rest(root) if root.tag == "INSTANCE" else _rest_of_package(root)


def read_rest(root: etree._Element) -> KnownRest:
    """What an ``INSTANCE`` holds besides values. The tree is used up: values are taken out, what is left is fingerprinted."""
    arrays: list[tuple[int, str]] = []
    everything = list(root.iter("*"))
    number = 0
    held = list(root.iterchildren(*PROPERTIES))
    for child in held:
        number = everything.index(child, number)
        if child.tag != OBJECT_ARRAY:
            _take_values_out(child)
            continue
        if child.get("NAME", "") == REFERENCES_PROPERTY:
            for name, element in reference_elements(child):
                if name:
                    element.text = None
        array = child.find(ENTRIES)
        if array is not None:
            arrays.append((number, fingerprint(array)))
            child.remove(array)
    return KnownRest(other=_other(root), arrays=tuple(arrays))


def _take_values_out(element: etree._Element) -> None:
    """Blank the value of a plain property or of an array."""
    plain = False
    for child in element:
        if child.tag == "VALUE" and not plain:
            plain = True
            child.text = None
        elif child.tag == "VALUE.ARRAY":
            for item in list(child.iterchildren("VALUE")):
                child.remove(item)


def _other(root: etree._Element) -> tuple[str, ...]:
    """Of all that is no property, then of each property after its name."""
    held = [child for child in root if isinstance(child.tag, str) and child.tag.startswith("PROPERTY")]
    of_properties = [f"{child.get('NAME', '')} {fingerprint(child)}" for child in held]
    for child in held:
        root.remove(child)
    return (fingerprint(root), *of_properties)


def _rest_of_package(root: etree._Element) -> KnownRest:
    """What a 2007 package holds besides the values of its properties and the sequence. Uses the tree up."""
    for child in root:
        inner = child.find("sequence") if child.tag == "SequenceData" else None
        if inner is not None:
            child.replace(inner, etree.Element("sequence"))
        elif isinstance(child.tag, str) and not len(child):
            child.text = None
    return KnownRest(other=(fingerprint(root),))


def fingerprint(element: etree._Element) -> str:
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
