"""Keeps the text in step by which the call of a child task sequence shows it: the child's ID, its name, or both."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tsfix.export import Export
from tsfix.knowledge.base import KnowledgeBase
from tsfix.places import child_call
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import Step

_SHOWN_CHILD = "TsName"


def of(export: Export) -> dict[str, str]:
    """The names of task sequences, as far as the export tells them, by upper-case ID."""
    names = {row.package_id.upper(): row.name for item in export.task_sequences for row in item.references_info}
    for item in export.task_sequences:
        if item.task_sequence.package_id is not None:
            names[item.task_sequence.package_id.upper()] = item.task_sequence.name
    return names


def replace_name(
    sequence: SequenceDraft,
    step: Step,
    knowledge: KnowledgeBase,
    mapping: Mapping[str, NewReference],
    names: Mapping[str, str],
) -> None:
    """Write the child's new ID and name into the text by which the step shows it.

    ``names`` are those of ``of``; ``mapping`` has upper-case IDs.
    """
    call = child_call(step, knowledge.step(step.type))
    shown = step.property(_SHOWN_CHILD)
    if call is None or shown is None or call.child not in mapping:
        return
    if sequence.value(call.variable).strip().upper() != call.child or sequence.sequence.removed(shown.element):
        return
    new = mapping[call.child]
    text = _shown_child(sequence.value(shown), call.child, names.get(call.child, ""), new)
    sequence.set_variable(step, shown, text, new.reason)


def _shown_child(text: str, child: str, name: str, new: NewReference) -> str:
    new_name = new.name if new.name != new.package_id else name
    found = re.fullmatch(rf"{re.escape(child)}(?P<between>\s*,?\s*)(?P<name>.*)", text, re.IGNORECASE | re.DOTALL)
    if found:
        shown = new_name if name and found["name"] == name else found["name"]
        return new.package_id + found["between"] + shown
    if name and text == name:
        return new_name
    return re.sub(rf"(?<![0-9A-Za-z]){re.escape(child)}(?![0-9A-Za-z])", new.package_id, text, flags=re.IGNORECASE)
