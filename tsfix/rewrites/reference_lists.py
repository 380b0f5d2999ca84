"""Takes references out that no enabled step of the copy uses any more: a site lists what enabled steps use, nothing else.

(252 of 253 real sequences list exactly that; an ID that only disabled steps use is never listed.)
"""

from __future__ import annotations

from collections.abc import Iterable

from tsfix.changes import Reason
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export_layout import sibling
from tsfix.places import child_calls
from tsfix.rewrites.change_log import log_number
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.reference_order import named_in, texts_of
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import Reference, Step
from tsfix.values import RuleId
from tsfix.xml_bytes.draft import Draft

_REASON = Reason(rule=RuleId("R46"), text="no enabled step of the copy uses it any more", topic="references")


def drop_unused(draft: ExportDraft, knowledge: KnowledgeBase) -> None:
    """Drop references of steps that were taken out of action, in the children first, then in what their parents list."""
    pending = list(draft.sequences)
    done: dict[str, frozenset[str]] = {}
    while pending:
        ready = [item for item in pending if not _waits_for(item, pending, knowledge)] or pending[:1]
        for sequence in ready:
            _shorten_roll_ups(sequence, knowledge, done)
            dropped = _drop(draft, sequence)
            if sequence.task_sequence.package_id is not None:
                done[sequence.task_sequence.package_id.upper()] = dropped
            pending.remove(sequence)
    for sequence in draft.sequences:
        _correct_count(sequence)
        _drop_empty_lists(sequence)


def _waits_for(sequence: SequenceDraft, pending: list[SequenceDraft], knowledge: KnowledgeBase) -> bool:
    others = {
        item.task_sequence.package_id.upper()
        for item in pending
        if item is not sequence and item.task_sequence.package_id is not None
    }
    return any(call.child in others for call in child_calls(sequence.task_sequence, knowledge))


def _shorten_roll_ups(sequence: SequenceDraft, knowledge: KnowledgeBase, done: dict[str, frozenset[str]]) -> None:
    """A call repeats what the child refers to; what the child lost goes there too."""
    for call in child_calls(sequence.task_sequence, knowledge):
        dropped = done.get(call.child, frozenset())
        for variable in call.roll_ups if dropped else ():
            if sequence.sequence.removed(variable.element):
                continue
            items = sequence.value(variable).split(",")
            left = [item for item in items if item.strip().upper() not in dropped]
            if left != items:
                sequence.set_variable(call.step, variable, ",".join(left), _REASON)


def _drop(draft: ExportDraft, sequence: SequenceDraft) -> frozenset[str]:
    """Drop what only steps used that run no longer. Returns the dropped IDs, in upper case."""
    if not sequence.sequence.touched:
        return frozenset()
    steps = list(sequence.task_sequence.sequence.steps())
    if all(sequence.runs(step) == step.runs for step in steps) and not _lists_changed(sequence, steps):
        return frozenset()
    texts = {text for step in steps if step.runs for text in texts_of(step)}
    now_texts = {text for step in steps if sequence.runs(step) for text in _values(sequence, step)}
    # Most texts stand in both, and are searched once.
    in_both = named_in(texts & now_texts)
    before, after = in_both | named_in(texts - now_texts), in_both | named_in(now_texts - texts)
    dropped: set[str] = set()
    for reference in sequence.task_sequence.sequence.references:
        used = str(reference.package or reference.application or "")
        now = sequence.sequence.attribute(reference.element, "package") if reference.package else used
        if sequence.sequence.removed(reference.element) or now is None:
            continue
        if used.upper() in before and now.upper() not in after:
            sequence.remove_reference(reference, _REASON)
            dropped.add(now.upper())
    still = {
        (sequence.sequence.attribute(item.element, "package") or item.application or "").upper()
        for item in _standing(sequence)
    }
    dropped -= still
    if dropped and sequence.has_envelope:
        from_object = frozenset(dropped - {_boot_image(sequence)})
        _drop_from_object(draft, sequence, from_object)
        _drop_from_rows(draft, sequence, from_object)
    return frozenset(dropped)


def _lists_changed(sequence: SequenceDraft, steps: list[Step]) -> bool:
    """True when a variable or action line lost an ID: a roll-up that was shortened, a variable taken out."""
    return any(
        sequence.sequence.removed(variable.element) or sequence.value(variable) != variable.value
        for step in steps
        if not sequence.gone(step)
        for variable in step.variables
    )


def _standing(sequence: SequenceDraft) -> list[Reference]:
    return [item for item in sequence.task_sequence.sequence.references if not sequence.sequence.removed(item.element)]


def _values(sequence: SequenceDraft, step: Step) -> Iterable[str]:
    yield sequence.action(step)
    for variable in step.variables:
        if not sequence.sequence.removed(variable.element):
            yield sequence.value(variable)


def _drop_from_object(draft: ExportDraft, sequence: SequenceDraft, dropped: frozenset[str]) -> None:
    """The References array."""
    task_sequence = sequence.task_sequence
    for entry in task_sequence.object_references:
        if entry.package_element < 0 or sequence.envelope.removed(entry.element):
            continue
        now = sequence.envelope.text(entry.package_element)
        if now.upper() in dropped:
            sequence.envelope.remove_element(entry.element, _REASON.text, with_line=True)
            draft.note(
                sequence.exported.location.part,
                log_number(now),
                f"object-reference:{now}",
                "References array of the object",
                now,
                None,
                _REASON,
                task_sequence=task_sequence.name,
            )


def _correct_count(sequence: SequenceDraft) -> None:
    """The number of references, where the site had written the true one: newer sites write 0."""
    entries = sequence.task_sequence.object_references
    count = sequence.task_sequence.property("ReferencesCount")
    if count is None or count.value != str(len(entries)) or not sequence.has_envelope:
        return
    left = sum(1 for entry in entries if not sequence.envelope.removed(entry.element))
    if left != len(entries):
        sequence.set_property(count, str(left), _REASON, "number of references")


def _drop_empty_lists(sequence: SequenceDraft) -> None:
    """A list whose entries all went: sites write none then, in the sequence and in the object."""
    found = sequence.task_sequence.sequence
    references = found.references
    all_gone = bool(references) and all(sequence.sequence.removed(item.element) for item in references)
    listed = found.reference_list_element
    if all_gone and listed is not None and _holds_only(sequence.sequence, listed, len(references)):
        sequence.sequence.remove_element(listed, _REASON.text, with_line=True)
    entries = sequence.task_sequence.object_references
    if entries and sequence.has_envelope and all(sequence.envelope.removed(entry.element) for entry in entries):
        array = entries[0].element - 1
        is_array = sequence.envelope.document.tag(array).name == "VALUE.OBJECTARRAY"
        if is_array and _holds_only(sequence.envelope, array, len(entries)):
            sequence.envelope.remove_element(array, _REASON.text, with_line=True)


def _holds_only(draft: Draft, element: int, count: int) -> bool:
    """True when an element holds that many elements, and else white space: nothing that is unknown goes with it."""
    pieces = draft.document.contents(element)
    if any(piece.kind not in ("element", "text") for piece in pieces):
        return False
    return sum(piece.kind == "element" for piece in pieces) == count and not draft.document.text(element).strip()


def _boot_image(sequence: SequenceDraft) -> str:
    """The boot image of the copy, which stands among the references and in no step."""
    found = sequence.task_sequence.property("BootImageID")
    if found is None or found.value_element is None:
        return ""
    return sequence.envelope.text(found.value_element).strip().upper()


def _drop_from_rows(draft: ExportDraft, sequence: SequenceDraft, dropped: frozenset[str]) -> None:
    """ReferencesInfo.xml and AppReferencesInfo.xml."""
    for name, key in (("ReferencesInfo.xml", "ReferencePackageID"), ("AppReferencesInfo.xml", "RefAppModelName")):
        part = sibling(sequence.exported.part, name)
        if part not in draft.export.parts.parts:
            continue
        part_draft = draft.part(part)
        for element in row_elements(draft, part):
            if part_draft.removed(element):
                continue
            now = draft.row(part, element).text(key)
            if now is not None and now.upper() in dropped:
                part_draft.remove_element(element, _REASON.text, with_line=True)
                draft.note(
                    part,
                    log_number(now),
                    f"references-info:{now}",
                    f"{name} of {sequence.task_sequence.name}",
                    now,
                    None,
                    _REASON,
                )


def row_elements(draft: ExportDraft, part: str) -> list[int]:
    """The numbers of the ``string`` elements of a part; the root is element 0."""
    document = draft.part(part).document
    return [number for number in range(1, len(document.starts)) if document.tag(number).name == "string"]
