"""Pastes child task sequences into their parents as groups, for a target that cannot call a child."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tsfix.changes import Reason
from tsfix.checks import child_pasting
from tsfix.checks.subject import Subject
from tsfix.places import ChildCall, child_call
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.planned import Decided, Planned, reason_of, rewritable
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.rewrites.written import condition_text, element_text, quoted
from tsfix.task_sequence import Group, Step, TaskSequence, Variable
from tsfix.values import RuleId
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.draft import Draft

_KEPT = ("name", "description", "disable", "continueOnError")
"""What a group takes over from the call."""
_OWN_LISTS = frozenset({"referenceList", "globalVarList"})
"""What a sequence holds besides groups and steps."""


def wanted(subjects: Iterable[Subject], decided: Decided) -> bool:
    """True when there is something to do."""
    return any(rewritable(subject, decided, "paste-child") for subject in subjects)


def apply(draft: ExportDraft, subjects: Iterable[Subject], planned: Planned, decided: Decided) -> None:
    """Paste every child that can be pasted. The references follow in the next stage, from the finished sequence."""
    for subject, sequence in zip(subjects, draft.sequences, strict=True):
        paste = _Paste(draft, subject)
        for one in rewritable(subject, decided, "paste-child"):
            call = paste.pastable(one.step)
            if call is None:
                continue
            child = paste.child(call)
            count = sum(1 for _ in child.sequence.steps())
            after = f'group with the {count} {"step" if count == 1 else "steps"} of "{child.name}" ({child.package_id})'
            reason = reason_of("R25", one.age, one.downlevel, one.source)
            sequence.replace_item(one.step, paste.xml(sequence, call), after, reason)
            planned[sequence.exported.part, one.step.position] = paste.group(one.step)
        _variables(sequence, paste)


class _Paste:
    """Makes the groups for one parent, as XML and as values, each from its own source: the one proves the other."""

    def __init__(self, draft: ExportDraft, subject: Subject) -> None:
        self._subject = subject
        self._drafts = {
            str(item.task_sequence.package_id).upper(): item
            for item in draft.sequences
            if item.task_sequence.package_id is not None
        }
        self.pasted: list[SequenceDraft] = []
        """The children in the order of their pasting."""

    def pastable(self, step: Step) -> ChildCall | None:
        """The call, when the child that it names can be pasted into the parent."""
        call = child_call(step, self._subject.knowledge.step(step.type))
        return None if call is None or child_pasting.obstacle(self._subject, call) else call

    def child(self, call: ChildCall) -> TaskSequence:
        return self._drafts[call.child].task_sequence

    def xml(self, caller: SequenceDraft, call: ChildCall) -> str:
        """The group as XML, of the bytes of the caller and of the child."""
        child = self._drafts[call.child]
        self.pasted.append(child)
        start = " ".join(f"{name}={quoted(value)}" for name, value in _attributes(call.step))
        inside = condition_text(caller, call.step) + self._content(child)
        return f"<group {start}>{inside}</group>" if inside else f"<group {start}/>"

    def _content(self, child: SequenceDraft) -> str:
        """The groups and steps of the child as they stand in its file, calls of further children pasted."""
        document = child.sequence.document
        whole = Draft(document)
        for step in child.task_sequence.sequence.steps():
            call = self.pastable(step)
            if call is not None:
                whole.replace_element(step.element, self.xml(child, call), "child of a child")
        for number in range(len(document.starts)):
            if document.tag(number).name in _OWN_LISTS:
                whole.remove_element(number, "belongs to the child")
        data = whole.apply()
        span = Document(data).content_span(child.task_sequence.sequence.element)
        return data[span.start : span.end].decode("utf-8").strip()

    def group(self, step: Step) -> Group:
        """The group as a value, of the models of the caller and of the child."""
        call = self.pastable(step)
        assert call is not None
        attributes = _attributes(step)
        return Group(
            name=step.name,
            description=step.description,
            position=step.position,
            path=step.path,
            attributes=attributes,
            condition=step.condition,
            children=tuple(self._expanded(item) for item in self.child(call).sequence.children),
            element=step.element,
            line=step.line,
            in_disabled_group=step.in_disabled_group,
        )

    def _expanded(self, item: Group | Step) -> Group | Step:
        if isinstance(item, Group):
            return replace(item, children=tuple(self._expanded(child) for child in item.children))
        return item if self.pastable(item) is None else self.group(item)


def _attributes(step: Step) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in step.attributes if name in _KEPT)


def _variables(sequence: SequenceDraft, paste: _Paste) -> None:
    """The variables that a whole sequence sets: those of the children that the parent lacks come behind its own."""
    own = sequence.task_sequence.sequence
    known = {variable.name.casefold() for variable in own.global_variables}
    texts: list[str] = []
    for child in paste.pasted:
        for variable in child.task_sequence.sequence.global_variables:
            if variable.name.casefold() not in known:
                known.add(variable.name.casefold())
                texts.append(element_text(child.sequence.document, variable.element))
                _note(sequence, child, variable)
    if not texts:
        return
    reason = "variables of a pasted child"
    if own.global_variables:
        sequence.sequence.insert_after(own.global_variables[-1].element, "".join(texts), reason)
        return
    whole = f"<globalVarList>{''.join(texts)}</globalVarList>"
    if own.reference_list_element is not None:
        sequence.sequence.insert_after(own.reference_list_element, whole, reason)
    else:
        sequence.sequence.insert_before(own.children[0].element, whole, reason)


def _note(sequence: SequenceDraft, child: SequenceDraft, variable: Variable) -> None:
    name = child.task_sequence.name
    sequence.log.add(
        kind="added",
        location=sequence.exported.location,
        element=-100_000 - variable.element,
        field=f"global-variable:{variable.name}",
        label=f"variable of the task sequence {variable.name}",
        before=None,
        after=variable.value,
        reasons=(_moved(name),),
    )


def _moved(name: str) -> Reason:
    return Reason(rule=RuleId("R25"), text=f'it belongs to the pasted child "{name}"', topic="references")
