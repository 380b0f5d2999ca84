"""Replaces package IDs in every live place of an export at once: all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from tsfix.changes import Reason
from tsfix.export import Export
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export_layout import sibling
from tsfix.places import Place, action_spans, id_spans, reference_place, shown_names, step_places
from tsfix.rewrites import child_names
from tsfix.rewrites.change_log import log_number
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import ObjectReference, Step
from tsfix.xml_bytes.draft import Draft

_LISTED = "the same package is listed already"
_ROW_ID = "ReferencePackageID"
_ROW_VALUES = (
    "ReferenceDescription",
    "ReferenceName",
    "ReferencePackageID",
    "ReferencePackageType",
    "ReferenceProgramName",
    "ReferenceVersion",
)


def replace_packages(
    draft: ExportDraft,
    knowledge: KnowledgeBase,
    mapping: Mapping[str, NewReference],
    children: frozenset[str] = frozenset(),
) -> None:
    """Replace IDs (keys in upper case) in steps, reference lists, object references, boot images and reference rows.

    ``children`` are task sequences outside of the export (upper-case IDs) that will change in the same way.
    """
    if not mapping:
        return
    here = own_ids(draft.export) | frozenset(mapping) | children
    names = child_names.of(draft.export)
    for sequence in draft.sequences:
        for step in sequence.task_sequence.sequence.steps():
            if _names_any(sequence, step, mapping) and not sequence.gone(step):
                child_names.replace_name(sequence, step, knowledge, mapping, names)
                _in_step(sequence, step, knowledge, mapping, here)
        _in_reference_list(sequence, mapping)
        _in_boot_image(sequence, mapping)
        if sequence.has_envelope:
            _in_object_references(draft, sequence, mapping)
            _in_references_info(draft, sequence, mapping)


def _names_any(sequence: SequenceDraft, step: Step, ids: Iterable[str]) -> bool:
    """Tell whether one of the IDs stands anywhere in the step, in the original or in the copy; most steps name none."""
    values = [text for variable in step.variables for text in (variable.value, sequence.value(variable))]
    text = "\n".join((*values, step.action, sequence.action(step))).upper()
    return any(one in text for one in ids)


def _plain(mapping: Mapping[str, NewReference]) -> dict[str, str]:
    return {old: new.package_id for old, new in mapping.items()}


def _reason(place: Place, mapping: Mapping[str, NewReference]) -> Reason:
    return next(mapping[found.upper()].reason for found in place.ids if found.upper() in mapping)


def _in_step(
    sequence: SequenceDraft,
    step: Step,
    knowledge: KnowledgeBase,
    mapping: Mapping[str, NewReference],
    here: frozenset[str],
) -> None:
    """Replace IDs in the variables and the action line of a step.

    What a call repeats of a child that is not in the export stays: the child itself will not change.
    """
    plain = _plain(mapping)
    _shown_names(sequence, step, mapping)
    for place in step_places(step, knowledge):
        if not any(found.upper() in mapping for found in place.ids) or (
            place.roll_up_of and place.roll_up_of not in here
        ):
            continue
        reason = _reason(place, mapping)
        if place.variable is None:
            now = sequence.action(step)
            spans = action_spans(knowledge.step(step.type), now)
            sequence.set_action(step, _substitute(now, spans, plain), reason)
        elif not sequence.sequence.removed(place.variable.element):
            now = sequence.value(place.variable)
            new = _substitute(now, id_spans(now), plain)
            if place.roll_up_of:
                new = _resorted(now, new)
            sequence.set_variable(step, place.variable, new, reason)


def _shown_names(sequence: SequenceDraft, step: Step, mapping: Mapping[str, NewReference]) -> None:
    """A name that the step shows beside an ID follows the ID; where nobody said the new one, the ID itself stands there."""
    for holder, name in shown_names(step):
        if not sequence.sequence.removed(holder.element) and not sequence.sequence.removed(name.element):
            new = mapping.get(sequence.value(holder).strip().upper())
            if new is not None and sequence.value(name):
                sequence.set_variable(step, name, new.name, new.reason)


def _substitute(text: str, spans: tuple[tuple[int, int], ...], plain: Mapping[str, str]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + plain.get(text[start:end].upper(), text[start:end]) + text[end:]
    return text


def _resorted(before: str, after: str) -> str:
    """What a call repeats of its child is written sorted; a list that was sorted stays so, without an ID twice."""
    old, new = before.split(","), after.split(",")
    if len(old) < 2 or old != sorted(old):
        return after
    return ",".join(sorted(dict.fromkeys(new)))


def _in_reference_list(sequence: SequenceDraft, mapping: Mapping[str, NewReference]) -> None:
    references = [
        reference
        for reference in sequence.task_sequence.sequence.references
        if not sequence.sequence.removed(reference.element)
    ]
    present = {
        (str(reference.package).upper(), reference.program)
        for reference in references
        if str(reference.package).upper() not in mapping
    }
    for reference in references:
        place = reference_place(reference)
        if place is None or place.value.upper() not in mapping:
            continue
        new = mapping[place.value.upper()]
        key = (new.package_id.upper(), reference.program)
        if key in present:
            sequence.remove_reference(reference, new.reason)
        else:
            present.add(key)
            sequence.set_reference(reference, new.package_id, new.reason)


def _in_boot_image(sequence: SequenceDraft, mapping: Mapping[str, NewReference]) -> None:
    found = sequence.task_sequence.property("BootImageID")
    if found is not None and isinstance(found.value, str) and found.value.strip().upper() in mapping:
        new = mapping[found.value.strip().upper()]
        sequence.set_property(found, new.package_id, new.reason, "boot image of the task sequence")


def _in_object_references(draft: ExportDraft, sequence: SequenceDraft, mapping: Mapping[str, NewReference]) -> None:
    """The References array. Its entries are sorted by package; values move between entries so that they stay sorted."""
    envelope = sequence.envelope
    entries = [
        entry
        for entry in sequence.task_sequence.object_references
        if entry.type == "0" and entry.package_element >= 0 and not envelope.removed(entry.element)
    ]
    now = [(envelope.text(entry.package_element), _program(envelope, entry)) for entry in entries]
    touched = {package.upper(): package for package, _ in now if package.upper() in mapping}
    if not touched:
        return
    slots = _slots(
        now,
        [(_new_id(package, mapping), program) for package, program in now],
        lambda value: (value[0], value[1] or ""),
        movable=len({program is None for _, program in now}) == 1,
    )
    reason = next(iter(mapping[key].reason for key in touched))
    for entry, values in zip(entries, slots, strict=True):
        if values is None:
            envelope.remove_element(entry.element, _LISTED, with_line=True)
            continue
        package, program = values
        envelope.set_text(entry.package_element, package, reason.text)
        if program is not None and entry.program_element is not None:
            envelope.set_text(entry.program_element, program, reason.text)
    for key, package in touched.items():
        draft.note(
            sequence.exported.location.part,
            log_number(key),
            f"object-reference:{package}",
            "References array of the object",
            package,
            mapping[key].package_id,
            mapping[key].reason,
            task_sequence=sequence.task_sequence.name,
        )


def _program(envelope: Draft, entry: ObjectReference) -> str | None:
    return None if entry.program_element is None else envelope.text(entry.program_element)


def _new_id(package: str, mapping: Mapping[str, NewReference]) -> str:
    found = mapping.get(package.upper())
    return found.package_id if found else package


def _in_references_info(draft: ExportDraft, sequence: SequenceDraft, mapping: Mapping[str, NewReference]) -> None:
    """ReferencesInfo.xml repeats the References array, sorted alike; each row is an INSTANCE as escaped text.

    Rows are sorted by moving their values; rows that do not all have the same properties stay where they are.
    """
    part = sibling(sequence.exported.part, "ReferencesInfo.xml")
    if not sequence.exported.references_info or part not in draft.export.parts.parts:
        return
    listed = sequence.exported.references_info
    if not draft.is_drafted(part) and not any(row.package_id.upper() in mapping for row in listed):
        return
    part_draft = draft.part(part)
    rows = [row for row in listed if not part_draft.removed(row.element)]
    drafts = [draft.row(part, row.element) for row in rows]
    if not any((row.text(_ROW_ID) or "").upper() in mapping for row in drafts):
        return
    now = [{name: text for name in _ROW_VALUES if (text := row.text(name)) is not None} for row in drafts]
    touched = {row.get(_ROW_ID, "").upper(): row for row in now if row.get(_ROW_ID, "").upper() in mapping}
    slots = _slots(
        now,
        [_new_row(row, mapping) for row in now],
        lambda row: (row.get(_ROW_ID, ""), row.get("ReferenceProgramName", "")),
        movable=len({tuple(row) for row in now}) == 1,
    )
    for row, drafted, values in zip(rows, drafts, slots, strict=True):
        if values is None:
            part_draft.remove_element(row.element, _LISTED, with_line=True)
            continue
        for name, value in values.items():
            drafted.draft.set_text(drafted.was.elements[name], value, "row of a referenced package")
    for key, old in touched.items():
        draft.note(
            part,
            log_number(key),
            f"references-info:{old[_ROW_ID]}",
            f"ReferencesInfo.xml of {sequence.task_sequence.name}",
            f"{old[_ROW_ID]} {old.get('ReferenceName', '')}".strip(),
            f"{mapping[key].package_id} {mapping[key].name}".strip(),
            mapping[key].reason,
        )


def _new_row(row: Mapping[str, str], mapping: Mapping[str, NewReference]) -> dict[str, str]:
    new = mapping.get(row.get(_ROW_ID, "").upper())
    if new is None:
        return dict(row)
    changed = {_ROW_ID: new.package_id, "ReferenceName": new.name}
    if not new.same_object:
        changed.update({"ReferenceDescription": "", "ReferenceVersion": ""})
    return {name: changed.get(name, value) for name, value in row.items()}


_Entry = TypeVar("_Entry")


def _slots(
    before: list[_Entry], after: list[_Entry], key: Callable[[_Entry], tuple[str, str]], *, movable: bool
) -> list[_Entry | None]:
    """What each place of a list of references holds afterwards; None where the same reference stands elsewhere.

    ``key`` gives package and program. An entry that did not change stays before one that became the same. A list that
    was sorted stays so, where its entries can move.
    """
    seen = {key(new) for old, new in zip(before, after, strict=True) if key(old) == key(new)}
    kept: list[_Entry | None] = []
    for old, new in zip(before, after, strict=True):
        doubled = key(old) != key(new) and key(new) in seen
        seen.add(key(new))
        kept.append(None if doubled else new)
    if not movable:
        return kept
    left = [entry for entry in kept if entry is not None]
    packages = [key(entry)[0] for entry in before]
    if packages == sorted(packages):
        left.sort(key=lambda entry: key(entry)[0])
    return [*left, *[None] * (len(kept) - len(left))]


def own_ids(export: Export) -> frozenset[str]:
    """The IDs of the export's task sequences, in upper case."""
    return frozenset(
        item.task_sequence.package_id.upper()
        for item in export.task_sequences
        if item.task_sequence.package_id is not None
    )
