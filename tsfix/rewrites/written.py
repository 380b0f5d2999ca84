"""Pieces of XML for groups and steps that a copy writes anew, in the style of the sites."""

from __future__ import annotations

from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import Group, Step
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.escaping import escape_attribute


def quoted(value: str) -> str:
    """The value of an attribute, in quotes."""
    return f'"{escape_attribute(value, chr(34)).decode("utf-8")}"'


def element_text(document: Document, element: int) -> str:
    """An element as it stands in the file."""
    span = document.element_span(element)
    return document.data[span.start : span.end].decode("utf-8")


def condition_text(sequence: SequenceDraft, item: Group | Step) -> str:
    """The condition of a group or step as it stands in the file; empty where there is none."""
    return "" if item.condition is None else element_text(sequence.sequence.document, item.condition.element)
