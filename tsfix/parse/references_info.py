"""Reads ``ReferencesInfo.xml``: what the exporting site knew about each object that a task sequence refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from lxml import etree
from msgspec import Struct

from tsfix.errors import UnreadableError
from tsfix.export import ReferenceInfo
from tsfix.values import Location, PackageId
from tsfix.xml_bytes.parser import parse_xml

_MOST_TOGETHER = 1_000_000
"""Bytes of rows that are parsed as one document; the tree of more takes too much memory at a time."""
_BETWEEN = b"<?row?>"


def read_references_info(root: etree._Element, location: Location) -> tuple[ReferenceInfo, ...]:
    """Read every ``string`` of the ``ArrayOfString``; each holds an INSTANCE as escaped text.

    Raises UnreadableError when the text of a ``string`` is not well-formed.
    """
    numbers: list[int] = []
    texts: list[bytes] = []
    for number, element in enumerate(root.iter("*")):
        if element.tag == "string" and (text := element.text):
            numbers.append(number)
            texts.append(text.encode("utf-8"))
    return tuple(
        _reference_info(values, number) for number, values in zip(numbers, read_values(texts, location), strict=True)
    )


def read_values(texts: list[bytes], location: Location) -> Iterator[dict[str, str]]:
    """The texts of the properties of each row, by name. Raises UnreadableError when a row is not well-formed."""
    for row in _parsed_rows(texts, location):
        values: dict[str, str] = {}
        for name, element in _values(row):
            values.setdefault(name, element.text or "")
        yield values


def _reference_info(values: Mapping[str, str], number: int) -> ReferenceInfo:
    return ReferenceInfo(
        package_id=PackageId(values.get("ReferencePackageID", "")),
        name=values.get("ReferenceName", ""),
        description=values.get("ReferenceDescription", ""),
        version=values.get("ReferenceVersion", ""),
        program=values.get("ReferenceProgramName", ""),
        package_type=values.get("ReferencePackageType", ""),
        owner=PackageId(values.get("PackageID", "")),
        element=number,
    )


def _parsed_rows(texts: list[bytes], location: Location) -> Iterable[etree._Element]:
    """The root of each row. Rows as a site writes them are parsed as one document, which takes half the time."""
    together = _BETWEEN.join(texts)
    as_written = b"<!" not in together and together.count(b"<?") == len(texts) - 1
    if as_written and len(texts) > 1 and len(together) < _MOST_TOGETHER:
        with suppress(UnreadableError):  # each alone tells the reason
            root = parse_xml(b"<rows>" + together + b"</rows>", location=location)
            rows = list(root)
            if _is_one_each(rows, len(texts)) and not _is_text_beside(root, rows):
                return rows[::2]
    return (parse_xml(text, location=location) for text in texts)


def _is_one_each(rows: list[etree._Element], number: int) -> bool:
    """Tell whether every row is one element, and what was put between the rows stands between them.

    No row holds a comment, a CDATA section or an instruction of its own, so nothing can pose as that.
    """
    return (
        len(rows) == 2 * number - 1
        and all(isinstance(row.tag, str) for row in rows[::2])
        and not any(isinstance(between.tag, str) for between in rows[1::2])
    )


def _is_text_beside(root: etree._Element, rows: list[etree._Element]) -> bool:
    """Tell whether more than the white space of XML stands beside the rows; it knows less of that than Python."""
    return any((text or "").strip(" \t\r\n") for text in (root.text, *(row.tail for row in rows)))


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
    return row_of(parse_xml(text, location=location))


def row_of(root: etree._Element) -> Row:
    """What one INSTANCE says; the tree is only looked at."""
    everything = list(root.iter("*"))  # the place of an element in here is its number
    values: dict[str, str] = {}
    elements: dict[str, int] = {}
    number = 0
    for name, element in _values(root):
        if name not in values:
            values[name] = element.text or ""
            elements[name] = number = everything.index(element, number)
    return Row(values=values, elements=elements)


def _values(row: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The VALUE of each property with its name. A QUALIFIER has a VALUE too."""
    for element in row.iter("VALUE"):
        holder = element.getparent()
        if holder is not None and holder.tag == "PROPERTY":
            yield holder.get("NAME", ""), element
