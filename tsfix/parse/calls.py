"""Finds the children that a task sequence calls, without reading all of it into the model: for a first look at many."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export import is_escaped_sequence
from tsfix.values import Location, StepType
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import decode_source

_SEQUENCE = etree.XPath("string(/INSTANCE/PROPERTY[@NAME='Sequence']/VALUE)", smart_strings=False)


def called_children(data: bytes, knowledge: KnowledgeBase, location: Location) -> Iterator[str]:
    """The package IDs, in upper case, of the children that the steps of one part call.

    Raises UnreadableError or UnsupportedEditError for what is not well-formed.
    """
    root = _with_steps(data, location)
    for step in root.iter("step", "subtasksequence"):
        fact = knowledge.step(StepType(step.get("type", "")))
        names = {
            found.property.casefold()
            for found in (fact.references if fact is not None else ())
            if found.kind == "task-sequence"
        }
        for variable in step.iterfind("defaultVarList/variable") if names else ():
            child = (variable.text or "").strip().upper()
            if child and variable.get("property", "").casefold() in names:
                yield child


def _with_steps(data: bytes, location: Location) -> etree._Element:
    """The root of the document that holds the steps: of the sequence, or of the package around it."""
    utf8 = decode_source(data, location).utf8
    if is_escaped_sequence(utf8):
        utf8 = Document(utf8).embedded_text().data
    root = parse_xml(utf8, location=location)
    inner = str(_SEQUENCE(root)).encode("utf-8")
    if not inner:
        return root
    del root  # the memory of one tree is enough
    return parse_xml(inner, location=location)
