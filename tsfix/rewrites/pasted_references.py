"""Brings the lists of references in step with pasted children: what they use comes in, the children themselves go out.

A site lists what enabled steps use, and nothing else; ``referenceList`` in the order of first use, the others sorted.
"""

from __future__ import annotations

from msgspec import Struct

from tsfix.changes import Reason
from tsfix.errors import UnsupportedEditError
from tsfix.export import Export, ExportedTaskSequence
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export_layout import sibling
from tsfix.parse.references_info import read_row
from tsfix.places import child_calls
from tsfix.rewrites.change_log import log_number
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.reference_order import first_uses, listed
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.rewrites.written import element_text
from tsfix.task_sequence import Group, Reference, TaskSequence
from tsfix.values import Location, Position, RuleId
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.draft import Draft

_IN = Reason(rule=RuleId("R46"), text="a step of a pasted child uses it", topic="references")
_OUT = Reason(rule=RuleId("R46"), text="its steps were pasted, so no enabled step uses it any more", topic="references")
_ROWS = (("ReferencesInfo.xml", "ReferencePackageID"), ("AppReferencesInfo.xml", "RefAppModelName"))


class _Shift(Struct, frozen=True, kw_only=True):
    """What changes in the lists of one task sequence."""

    sequence: SequenceDraft
    gone: frozenset[str]
    """IDs in upper case."""
    new: tuple[tuple[Reference, SequenceDraft], ...]
    """References of pasted children with the child that lists them, in the order of first use."""


def wanted(before: Export, now: Export) -> bool:
    """True when a child was pasted."""
    return any(
        _pasted(old.task_sequence, new.task_sequence)
        for old, new in zip(before.task_sequences, now.task_sequences, strict=True)
    )


def apply(draft: ExportDraft, before: Export, knowledge: KnowledgeBase) -> None:
    """Correct the lists of every task sequence into which a child was pasted."""
    drafts = {str(item.task_sequence.package_id).upper(): item for item in draft.sequences}
    for old, sequence in zip(before.task_sequences, draft.sequences, strict=True):
        pasted = _pasted(old.task_sequence, sequence.task_sequence)
        if pasted:
            shift = _shift(old, sequence, drafts, knowledge, pasted)
            _reference_list(shift)
            if sequence.has_envelope:
                _object_references(draft, shift)
                _rows(draft, shift)


def _pasted(before: TaskSequence, now: TaskSequence) -> frozenset[Position]:
    """The positions of calls at which a group stands now."""
    groups = {item.position for item in now.sequence.walk() if isinstance(item, Group)}
    return frozenset(
        step.position for step in before.sequence.steps() if step.kind == "subtasksequence" and step.position in groups
    )


def _shift(
    before: ExportedTaskSequence,
    sequence: SequenceDraft,
    drafts: dict[str, SequenceDraft],
    knowledge: KnowledgeBase,
    pasted: frozenset[Position],
) -> _Shift:
    was, order = first_uses(before.task_sequence.sequence), first_uses(sequence.task_sequence.sequence)
    own = sequence.task_sequence.sequence.references
    gone = frozenset(listed(one) for one in own if listed(one) in was and listed(one) not in order)
    have = {(listed(one), one.program) for one in own if listed(one) not in gone}
    new: list[tuple[Reference, SequenceDraft]] = []
    for child in _children(before.task_sequence, drafts, knowledge, pasted):
        for reference in child.task_sequence.sequence.references:
            key = listed(reference)
            if key in order and (key, reference.program) not in have:
                have.add((key, reference.program))
                new.append((reference, child))
    new.sort(key=lambda item: order[listed(item[0])])
    return _Shift(sequence=sequence, gone=gone, new=tuple(new))


def _children(
    before: TaskSequence, drafts: dict[str, SequenceDraft], knowledge: KnowledgeBase, pasted: frozenset[Position]
) -> list[SequenceDraft]:
    """The pasted children, and all that they call."""
    found: list[SequenceDraft] = []
    pending = [call.child for call in child_calls(before, knowledge) if call.step.position in pasted]
    while pending:
        child = drafts.get(pending.pop(0))
        if child is None or child in found:
            continue
        found.append(child)
        # The child's own draft may show its children as pasted already, so its list of references is not enough.
        pending.extend(call.child for call in child_calls(child.task_sequence, knowledge))
    return found


def _reference_list(shift: _Shift) -> None:
    """New entries stand before the first one that is used later."""
    sequence = shift.sequence
    whole = sequence.task_sequence.sequence
    order = first_uses(whole)
    for reference in whole.references:
        if listed(reference) in shift.gone:
            sequence.remove_reference(reference, _OUT)
    for reference, child in shift.new:
        text = element_text(child.sequence.document, reference.element)
        place = order[listed(reference)]
        later = next((one for one in whole.references if order.get(listed(one), -1) > place), None)
        if later is not None:
            sequence.sequence.insert_before(later.element, text, _IN.text)
        elif whole.reference_list_element is not None:
            sequence.sequence.append_child(whole.reference_list_element, text, _IN.text)
        else:
            raise UnsupportedEditError(
                "The task sequence has no list of references to add to.", location=sequence.exported.location
            )
        _added(sequence, f"reference:{reference.package or reference.application}", "reference list", reference)


def _added(sequence: SequenceDraft, field: str, label: str, reference: Reference) -> None:
    name = str(reference.package or reference.application)
    sequence.log.add(
        kind="added",
        location=sequence.exported.location,
        # Two children may use two programs of one package: each is an entry, and a change, of its own.
        element=log_number(f"{name} {reference.program}" if reference.program else name),
        field=field,
        label=label,
        before=None,
        after=name,
        reasons=(_IN,),
    )


def _object_references(draft: ExportDraft, shift: _Shift) -> None:
    """The References array of the object, sorted by package. The boot image stands there and in no step."""
    sequence = shift.sequence
    own = sequence.task_sequence.object_references
    boot = _boot_image(sequence)
    left = len(own)
    for entry in own:
        if entry.package.upper() in shift.gone and entry.package.upper() != boot:
            left -= 1
            sequence.envelope.remove_element(entry.element, _OUT.text)
            draft.note(
                sequence.exported.location.part,
                log_number(entry.package),
                f"object-reference:{entry.package}",
                "References array of the object",
                entry.package,
                None,
                _OUT,
                task_sequence=sequence.task_sequence.name,
            )
    have = {(entry.package.upper(), entry.program) for entry in own}
    for reference, child in _sorted(shift):
        name = str(reference.package or reference.application)
        for entry in child.task_sequence.object_references:
            key = (entry.package.upper(), entry.program)
            if entry.package.upper() != name.upper() or key in have:
                continue
            have.add(key)
            text = element_text(child.envelope.document, entry.element)
            later = next((one for one in own if one.package > entry.package), None)
            if later is not None:
                sequence.envelope.insert_before(later.element, text, _IN.text)
            elif own:
                sequence.envelope.insert_after(own[-1].element, text, _IN.text)
            else:
                raise UnsupportedEditError("The object has no references.", location=sequence.exported.location)
            left += 1
            _added(sequence, f"object-reference:{name}", "References array of the object", reference)
    count = sequence.task_sequence.property("ReferencesCount")
    if count is not None and count.value == str(len(own)) and left != len(own):
        sequence.set_property(count, str(left), _OUT, "number of references")


def _sorted(shift: _Shift) -> list[tuple[Reference, SequenceDraft]]:
    """The new references as the array and the rows have them: by what they name."""
    return sorted(shift.new, key=lambda item: str(item[0].package or item[0].application))


def _boot_image(sequence: SequenceDraft) -> str:
    found = sequence.task_sequence.property("BootImageID")
    return found.value.strip().upper() if found is not None and isinstance(found.value, str) else ""


def _rows(draft: ExportDraft, shift: _Shift) -> None:
    """ReferencesInfo.xml and AppReferencesInfo.xml: one INSTANCE as escaped text for each reference, sorted."""
    keep = _boot_image(shift.sequence)
    for name, key in _ROWS:
        part = sibling(shift.sequence.exported.part, name)
        if part not in draft.export.parts.parts:
            continue
        drafted = draft.part(part)
        own = _read(draft, part, key)
        for element, found in own:
            if found.upper() in shift.gone and found.upper() != keep:
                drafted.remove_element(element, _OUT.text)
                _note_row(draft, shift, part, name, found, None)
        have = {found.upper() for _, found in own}
        for reference, child in _sorted(shift):
            wanted_name = str(reference.package or reference.application)
            if wanted_name.upper() in have:
                continue
            source = sibling(child.exported.part, name)
            rows = _read(draft, source, key) if source in draft.export.parts.parts else []
            for element, found in rows:
                if found.upper() == wanted_name.upper():
                    have.add(found.upper())
                    text = _row_text(draft, source, element, str(shift.sequence.task_sequence.package_id))
                    later = next((number for number, other in own if other > found), None)
                    if later is not None:
                        drafted.insert_before(later, text, _IN.text)
                    else:
                        drafted.append_child(0, text, _IN.text)
                    _note_row(draft, shift, part, name, None, found)


def _read(draft: ExportDraft, part: str, key: str) -> list[tuple[int, str]]:
    """The rows of a part: the number of the element, and what the row is about."""
    drafted = draft.part(part)
    found = []
    for number in range(1, len(drafted.document.starts)):
        if drafted.document.tag(number).name == "string":
            row = read_row(drafted.document.embedded(number).data, Location(file=draft.export.name, part=part))
            found.append((number, row.value(key)))
    return found


def _row_text(draft: ExportDraft, part: str, element: int, owner: str) -> str:
    """The row of a child as its parent has it: only the owner differs."""
    alone = Draft(draft.part(part).document)
    row = alone.embedded(element)
    number = read_row(row.document.data, Location(file=draft.export.name, part=part)).elements.get("PackageID")
    if number is not None:
        row.set_text(number, owner, _IN.text)
    return element_text(Document(alone.apply()), element)


def _note_row(draft: ExportDraft, shift: _Shift, part: str, name: str, before: str | None, after: str | None) -> None:
    what = before or after or ""
    draft.log.add(
        kind="removed" if after is None else "added",
        location=Location(file=draft.export.name, part=part),
        element=log_number(what),
        field=f"references-info:{what}",
        label=f"{name} of {shift.sequence.task_sequence.name}",
        before=before,
        after=after,
        reasons=(_OUT if after is None else _IN,),
    )
