"""Reads ``ReferencesInfo.xml``: what the exporting site knew about each object that a task sequence refers to."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree
from msgspec import Struct

from tsfix.export import ReferenceInfo
from tsfix.values import Location, PackageId
from tsfix.xml_bytes.parser import parse_xml


def read_references_info(root: etree._Element, location: Location) -> tuple[ReferenceInfo, ...]:
    """Read every ``string`` of the ``ArrayOfString``; each holds an INSTANCE as escaped text.

    Raises UnreadableError when the text of a ``string`` is not well-formed.
    """
    found: list[ReferenceInfo] = []
    for number, element in enumerate(root.iter("*")):
        if element.tag == "string" and element.text:
            row = read_row(element.text.encode("utf-8"), location)
            found.append(
                ReferenceInfo(
                    package_id=PackageId(row.value("ReferencePackageID")),
                    name=row.value("ReferenceName"),
                    description=row.value("ReferenceDescription"),
                    version=row.value("ReferenceVersion"),
                    program=row.value("ReferenceProgramName"),
                    package_type=row.value("ReferencePackageType"),
                    owner=PackageId(row.value("PackageID")),
                    element=number,
                )
            )
    return tuple(found)


class Row(Struct, frozen=True, kw_only=True):
    """One INSTANCE of ``ReferencesInfo.xml`` or ``AppReferencesInfo.xml``."""

    values: Mapping[str, str]
    """Text by property name."""
    elements: Mapping[str, int]
    """Number of the VALUE element by property name."""

    def value(self, name: str) -> str:
        """The text of the property; empty when it is missing."""
        return self.values.get(name, "")


def read_row(text: bytes, location: Location) -> Row:
    """Read one INSTANCE. Raises UnreadableError when it is not well-formed."""
    root = parse_xml(text, location=location)
    values: dict[str, str] = {}
    elements: dict[str, int] = {}
    name = ""
    for number, element in enumerate(root.iter("*")):
        if element.tag == "PROPERTY":
            name = element.get("NAME", "")
        elif element.tag == "VALUE" and name not in values and _is_of_property(element):
            values[name] = element.text or ""
            elements[name] = number
    return Row(values=values, elements=elements)


def _is_of_property(element: etree._Element) -> bool:
    """A QUALIFIER has a VALUE too."""
    parent = element.getparent()
    return parent is not None and parent.tag == "PROPERTY"
