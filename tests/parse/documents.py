"""Every XML document of the fixtures (and, where it is at hand, of the corpus) that holds a sequence, as bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lxml import etree

from tsfix.containers.discover import find_exports
from tsfix.containers.found import FoundExport
from tsfix.export import Export, ExportedTaskSequence
from tsfix.parse.export import read_export
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.source_text import decode_source

FIXTURES = Path(__file__).parents[2] / "fixtures"
CORPUS = os.environ.get("TSFIX_CORPUS", "")


@cache
def fixture_exports() -> tuple[Export, ...]:
    """All exports of the fixtures."""
    return tuple(_exports(FIXTURES / "exports"))


def corpus_exports() -> Iterator[Export]:
    """All exports of the corpus, one at a time."""
    yield from _exports(Path(CORPUS))


def _exports(folder: Path) -> Iterator[Export]:
    for found in find_exports([folder]):
        if isinstance(found, FoundExport):
            yield read_export(found.parts)


def fixture_export(name: str) -> Export:
    """The export whose name ends so."""
    (found,) = (export for export in fixture_exports() if export.name.replace("\\", "/").endswith(name))
    return found


def sequence_document(export: Export, exported: ExportedTaskSequence) -> Document:
    """The text that element numbers of the sequence count in, found from the bytes alone."""
    document = Document(decode_source(export.parts.parts[exported.part], exported.location).utf8)
    if exported.format == "object-xml":
        holder = exported.task_sequence.property("Sequence")
        assert holder is not None
        assert holder.value_element is not None
        return document.embedded(holder.value_element)
    if exported.format == "escaped-sequence":
        return document.embedded_text()
    return document


def object_document(export: Export, exported: ExportedTaskSequence) -> Document:
    """The text of the whole part."""
    return Document(decode_source(export.parts.parts[exported.part], exported.location).utf8)


def elements(document: Document) -> list[etree._Element]:
    """All elements in document order, as lxml counts them: the measure for element numbers."""
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, huge_tree=True)
    return list(etree.fromstring(document.data, parser).iter("*"))
