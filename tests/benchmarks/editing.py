"""Editing bytes: positions of elements, a copy without an edit, copies with a few; against lxml's parse."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from lxml import etree

from tests.benchmarks import inputs
from tests.benchmarks.floors import SEQUENCE, parse_both, sequence_of
from tests.benchmarks.results import Family, figure
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.timing import in_process, interleaved, ratio, seconds
from tsfix.values import Location
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.draft import Draft
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import decode_source
from tsfix.xml_bytes.spans import start_tags

OUTER = "lxml parses the object"
BOTH = "lxml parses object and sequence"
HERE = Location(file="object.xml")


def measure(sizes: Sizes, folder: Path) -> Family:
    """Time how an object.xml is edited."""
    outer = inputs.object_xml(inputs.items())
    inner = sequence_of(outer)
    root = parse_xml(outer, location=HERE)
    value = _number_of_sequence(root)
    places = _variables(inner)
    edit = partial(_edited, outer, value)
    one, five = places[:1], places[:: max(1, len(places) // 5)][:5]
    rounds = interleaved(
        {
            OUTER: in_process(lambda: etree.fromstring(outer)),
            BOTH: in_process(lambda: parse_both(outer, inner)),
            "unchanged": in_process(lambda: _unchanged(outer)),
            "spans": in_process(lambda: start_tags(outer)),
            "proof": in_process(lambda: Document(outer).check_against(root)),
            "one": in_process(lambda: edit(one)),
            "five": in_process(lambda: edit(five)),
            "one-checked": in_process(lambda: _parse_again(edit(one))),
            "five-checked": in_process(lambda: _parse_again(edit(five))),
        },
        sizes.rounds,
    )
    titles = {
        "unchanged": ("read, change nothing, write: the same bytes", OUTER),
        "spans": ("find every start tag", OUTER),
        "proof": ("the same, proved to be the parser's elements", OUTER),
        "one": ("1 edit in the sequence", BOTH),
        "five": ("5 edits in the sequence", BOTH),
        "one-checked": ("1 edit, and the result parsed again", BOTH),
        "five-checked": ("5 edits, and the result parsed again", BOTH),
    }
    return Family(
        name="edit",
        title="Edit bytes",
        about=f"The same object.xml of {len(outer) // 1000} KB. Each turn begins with the bytes of the file and ends "
        "with the bytes of the copy; the edits are in the sequence, which is text inside the object.",
        figures=tuple(
            found
            for name, (title, base) in titles.items()
            for found in figure(f"edit.{name}", title, base, ratio(rounds, name, base), seconds=seconds(rounds, name))
        ),
    )


def _number_of_sequence(root: etree._Element) -> int:
    """The number of the element whose text is the sequence."""
    (value,) = root.xpath("/INSTANCE/PROPERTY[@NAME='Sequence']/VALUE")
    return list(root.iter("*")).index(value)


def _variables(inner: bytes) -> list[int]:
    """The numbers of the variables that have a value."""
    elements = etree.fromstring(inner).iter("*")
    return [number for number, found in enumerate(elements) if found.tag == "variable" and found.text]


def _unchanged(data: bytes) -> bytes:
    source = decode_source(data, HERE)
    parse_xml(source.utf8, location=HERE)
    written = source.encode(Draft(Document(source.utf8)).apply())
    if written != data:
        raise RuntimeError("a copy without an edit has other bytes")
    return written


def _edited(data: bytes, value: int, places: list[int]) -> bytes:
    source = decode_source(data, HERE)
    document = Document(source.utf8)
    document.prove()
    draft = Draft(document)
    nested = draft.embedded(value)
    nested.document.prove()
    for place in places:
        nested.set_text(place, f"{nested.text(place)} & more", "benchmark")
    return source.encode(draft.apply())


def _parse_again(data: bytes) -> None:
    root = parse_xml(decode_source(data, HERE).utf8, location=HERE)
    parse_xml(str(SEQUENCE(root)).encode(), location=HERE)
