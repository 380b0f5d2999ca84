"""Successive versions of real exports: what a diff leaves unmarked is the same XML, and what it marks is not.

The corpus is found through TSFIX_CORPUS; its INDEX.tsv says which files are versions of one another.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from tests.made import knowledge
from tsfix.containers.discover import find_exports
from tsfix.containers.found import FoundExport
from tsfix.export import ExportedTaskSequence, Parts
from tsfix.parse.export import read_export
from tsfix.parse.package_object import read_object
from tsfix.reports.diff_report import TaskSequenceDiff
from tsfix.use_cases.diffing import diff_exports
from tsfix.values import Location, Position
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import decode_source

CORPUS = os.environ.get("TSFIX_CORPUS", "")
ITEMS = ("group", "step", "subtasksequence")


def versions() -> list[tuple[Path, Path]]:
    """Neighbours among the versions of each file."""
    if not CORPUS:
        return []
    families: dict[tuple[str, str], list[Path]] = defaultdict(list)
    with (Path(CORPUS) / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE):
            families[row["repo"], row["original path"]].append(Path(CORPUS) / row["path"])
    return [pair for files in families.values() for pair in pairwise(sorted(files))]


@pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")
@pytest.mark.parametrize(("before", "after"), versions(), ids=lambda path: path.name[-40:])
def test_unmarked_is_the_same_xml_and_marked_is_not(before: Path, after: Path) -> None:
    report = diff_exports(before, after, knowledge()).report
    old, new = roots(before), roots(after)
    assert report.pairs
    for pair in report.pairs:
        check(pair, old[pair.before.export, pair.before.part], new[pair.after.export, pair.after.part])


def check(pair: TaskSequenceDiff, before: etree._Element, after: etree._Element) -> None:
    old, new = own_texts(before), own_texts(after)
    seen_before = [item.before_position for item in pair.outline if item.mark != "added"]
    seen_after = [item.position for item in pair.outline if item.mark != "removed"]
    assert (sorted(old), sorted(new)) == (sorted(seen_before), sorted(seen_after))
    for item in pair.outline:
        if item.mark in ("", "moved"):
            assert old[item.before_position] == new[item.position], item.name
        elif item.mark in ("changed", "moved-and-changed"):
            assert old[item.before_position] != new[item.position], item.name
    marked = sum(1 for item in pair.outline if item.mark)
    whole = sum(1 for entry in pair.comparison.differences if not entry.before_position and not entry.after_position)
    assert pair.comparison.counts.total == marked + whole


def roots(path: Path) -> dict[tuple[str, str], etree._Element]:
    """The ``<sequence>`` of every task sequence, read without the model that the diff compares."""
    return {
        (found.parts.name, exported.part): root(found.parts, exported)
        for found in find_exports([path])
        if isinstance(found, FoundExport)
        for exported in read_export(found.parts).task_sequences
    }


def root(parts: Parts, exported: ExportedTaskSequence) -> etree._Element:
    where = Location(file=parts.name)
    source = decode_source(parts.parts[exported.part], where).utf8
    match exported.format:
        case "escaped-sequence":
            return etree.fromstring(Document(source).embedded_text().data)
        case "object-xml":
            text = read_object(parse_xml(source, location=where)).sequence_text
            assert text
            return etree.fromstring(text)
        case "task-sequence-package":
            found = parse_xml(source, location=where).find("SequenceData/sequence")
            assert found is not None
            return found
        case _:
            return parse_xml(source, location=where)


def own_texts(sequence: etree._Element) -> dict[Position, str]:
    """The canonical XML of each group and step without what a group holds, by position."""
    found: dict[Position, str] = {}
    stack: list[tuple[etree._Element, Position]] = [(sequence, ())]
    while stack:
        element, position = stack.pop()
        inside = [child for child in element if child.tag in ITEMS]
        stack.extend((child, (*position, index)) for index, child in enumerate(inside))
        if position:
            found[position] = "\n".join(lines(element))
    return found


def lines(element: etree._Element) -> list[str]:
    """One line for each element, with sorted attributes; white space between elements does not count."""
    if not isinstance(element.tag, str):
        return [repr(element.text)]
    inner = list(element)
    text = element.text or ""
    said = f"{element.tag} {sorted(element.attrib.items())} {text if not inner or text.strip() else ''}"
    held = element.tag == "group"
    return [said, *(line for child in inner if not (held and child.tag in ITEMS) for line in lines(child)), "end"]
