"""Replaces applications in the places where packages do not stand: action lines, reference lists, their own rows.

The variables of the steps are replaced with those of packages. An application is named ``ScopeId_…/Application_…``; the
name is the same at every site of a hierarchy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tsfix.changes import Reason
from tsfix.export import ExportedTaskSequence
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export import APPLICATIONS
from tsfix.parse.export_layout import sibling
from tsfix.places import free_texts
from tsfix.rewrites.change_log import log_number
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.reference_lists import row_elements
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import Group, Step
from tsfix.values import APPLICATION_ID

_ROW_ID = "RefAppModelName"
_OF_THE_SITE = {"RefAppCI_ID": "0", "RefAppPackageID": ""}
"""Numbers of the old application at the exporting site. Nothing in an export says those of the new one."""
_NUMBERED = re.compile(r"AppInfo(?P<number>\d+)Name", re.IGNORECASE)


def replace_applications(draft: ExportDraft, mapping: Mapping[str, NewReference]) -> None:
    """Replace applications (keys in upper case) everywhere but in the variables that name them."""
    applications = {old: new for old, new in mapping.items() if APPLICATION_ID.fullmatch(old)}
    if not applications:
        return
    for sequence in draft.sequences:
        for step in sequence.task_sequence.sequence.steps():
            if not sequence.gone(step):
                _in_action(sequence, step, applications)
                _display_names(sequence, step, applications)
        _in_reference_list(sequence, applications)
        if sequence.has_envelope:
            _in_object_references(draft, sequence, applications)
            _in_rows(draft, sequence, applications)


def outside_of_variables(exported: ExportedTaskSequence) -> Iterator[str]:
    """Every application outside of the variables: in action lines, the reference list and the References array."""
    for step in exported.task_sequence.sequence.steps():
        yield from APPLICATION_ID.findall(step.action)
    for reference in exported.task_sequence.sequence.references:
        if reference.application is not None:
            yield reference.application
    for entry in exported.task_sequence.object_references:
        if entry.type == "1":
            yield entry.package


def mentioned(
    exported: ExportedTaskSequence, knowledge: KnowledgeBase, mapping: Mapping[str, NewReference]
) -> Iterator[tuple[Group | Step, str, str]]:
    """Mapped applications in free text, which stay: the group or step, what the text is, the application."""
    for item in exported.task_sequence.sequence.walk():
        for label, text in free_texts(item, knowledge):
            for found in APPLICATION_ID.finditer(text) if label != "action line" else ():
                if found.group().upper() in mapping:
                    yield item, label, found.group()


def _in_action(sequence: SequenceDraft, step: Step, mapping: Mapping[str, NewReference]) -> None:
    """The action line of Install Application repeats the variable, several joined by ``&``."""
    if step.action_element is None:
        return
    now = sequence.action(step)
    known = [found for found in APPLICATION_ID.findall(now) if found.upper() in mapping]
    if known:
        new = APPLICATION_ID.sub(lambda found: _new(found.group(), mapping), now)
        sequence.set_action(step, new, mapping[known[0].upper()].reason)


def _new(old: str, mapping: Mapping[str, NewReference]) -> str:
    found = mapping.get(old.upper())
    return found.package_id if found is not None else old


def _display_names(sequence: SequenceDraft, step: Step, mapping: Mapping[str, NewReference]) -> None:
    """The name that the console shows follows, where the person gave the new one; else the old name stays."""
    for variable in step.variables:
        number = _NUMBERED.fullmatch(variable.property or "")
        new = mapping.get(variable.value.strip().upper()) if number is not None else None
        if number is None or new is None or new.name == new.package_id:
            continue
        shown = step.property(f"AppInfo{number['number']}DisplayName")
        if shown is not None and not sequence.sequence.removed(shown.element) and sequence.value(shown):
            sequence.set_variable(step, shown, new.name, new.reason)


def _in_reference_list(sequence: SequenceDraft, mapping: Mapping[str, NewReference]) -> None:
    references = [
        item
        for item in sequence.task_sequence.sequence.references
        if item.application is not None and not sequence.sequence.removed(item.element)
    ]
    present = {str(item.application).upper() for item in references if str(item.application).upper() not in mapping}
    for reference in references:
        new = mapping.get(str(reference.application).upper())
        if new is None:
            continue
        if new.package_id.upper() in present:
            sequence.remove_reference(reference, new.reason)
        else:
            present.add(new.package_id.upper())
            sequence.set_reference(reference, new.package_id, new.reason)


def _in_object_references(draft: ExportDraft, sequence: SequenceDraft, mapping: Mapping[str, NewReference]) -> None:
    envelope = sequence.envelope
    entries = [
        entry
        for entry in sequence.task_sequence.object_references
        if entry.type == "1" and entry.package_element >= 0 and not envelope.removed(entry.element)
    ]
    present = {entry.package.upper() for entry in entries if entry.package.upper() not in mapping}
    for entry in entries:
        new = mapping.get(entry.package.upper())
        if new is None:
            continue
        if new.package_id.upper() in present:
            envelope.remove_element(entry.element, new.reason.text, with_line=True)
        else:
            present.add(new.package_id.upper())
            envelope.set_text(entry.package_element, new.package_id, new.reason.text)
        draft.note(
            sequence.exported.part,
            log_number(entry.package),
            f"object-reference:{entry.package}",
            "References array of the object",
            entry.package,
            new.package_id,
            new.reason,
            task_sequence=sequence.task_sequence.name,
        )


def _in_rows(draft: ExportDraft, sequence: SequenceDraft, mapping: Mapping[str, NewReference]) -> None:
    """AppReferencesInfo.xml: one row for each application, as escaped text."""
    part = sibling(sequence.exported.part, APPLICATIONS)
    if part not in draft.export.parts.parts:
        return
    part_draft = draft.part(part)
    rows = [
        (element, draft.row(part, element)) for element in row_elements(draft, part) if not part_draft.removed(element)
    ]
    ids = [row.was.value(_ROW_ID).upper() for _, row in rows]
    present = {found for found in ids if found not in mapping}
    for element, row in rows:
        found = row.was
        old = found.value(_ROW_ID)
        new = mapping.get(old.upper())
        if new is None:
            continue
        if new.package_id.upper() in present:
            part_draft.remove_element(element, new.reason.text, with_line=True)
        else:
            present.add(new.package_id.upper())
            row.draft.set_text(found.elements[_ROW_ID], new.package_id, new.reason.text)
            for name, value in _OF_THE_SITE.items():
                if found.value(name):
                    row.draft.set_text(found.elements[name], value, new.reason.text)
        _note(draft, sequence, part, old, new.package_id, new.reason)


def _note(draft: ExportDraft, sequence: SequenceDraft, part: str, old: str, new: str, reason: Reason) -> None:
    draft.note(
        part,
        log_number(old),
        f"references-info:{old}",
        f"{APPLICATIONS} of {sequence.task_sequence.name}",
        old,
        new,
        reason,
    )
