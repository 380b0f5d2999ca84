"""Decides whether a child task sequence can be pasted into its parent without a loss; says what stands against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tsfix.checks.subject import Subject
from tsfix.export import Export, ExportedTaskSequence
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.context import Context
from tsfix.knowledge.matching import in_use
from tsfix.places import ChildCall, child_calls
from tsfix.task_sequence import Sequence, Step
from tsfix.xml_bytes.source_text import decode_source

_NEUTRAL = {"successCodeList": "0", "retryCount": "0", "runFromNet": "false", "runIn": "WinPEandFullOS"}
"""Attributes of a call that a group has not, at the values that mean nothing. Every call of real exports has these."""

_KEPT = frozenset({"type", "name", "description", "disable", "continueOnError"})
_SWITCHED_OFF = "task-sequence-enabled"
"""The feature that tells whether a task sequence is disabled as a whole."""


def held(export: Export) -> Mapping[str, ExportedTaskSequence]:
    """The task sequences of a console export by their upper-case ID."""
    return {
        item.task_sequence.package_id.upper(): item
        for item in export.task_sequences
        if item.task_sequence.package_id is not None and item.format == "object-xml"
    }


def obstacle(subject: Subject, call: ChildCall) -> str:
    """What forbids to paste the child that the call names, in words; empty when nothing does."""
    children = held(subject.export)
    child = children.get(call.child)
    if child is None:
        return f"{call.child} is not in the export"
    if subject.exported.format != "object-xml":
        return "the file holds one task sequence only"
    if _runs_in_circles(call.child, children, subject.knowledge):
        return f"{call.child} calls itself in the end"
    return (
        _of_the_call(call.step)
        or _of_the_child(subject, child, call.child)
        or _of_the_size(subject, children)
        or _of_nested(subject, children, child)
    )


def _of_the_call(step: Step) -> str:
    """A group has no success codes, retries or time-out."""
    for name, value in step.attributes:
        if name not in _KEPT and value.strip() != _NEUTRAL.get(name, ""):
            return f"the step has {name}={value}, which a group cannot have"
    return "the step holds more than a site writes" if step.other else ""


def _of_the_child(subject: Subject, child: ExportedTaskSequence, child_id: str) -> str:
    parent, other = subject.task_sequence, child.task_sequence
    context = Context(sequence=other.sequence, task_sequence=other)
    for feature in subject.knowledge.sequence_features():
        if feature.id == _SWITCHED_OFF and in_use(feature, None, context):
            return f"{child_id} is disabled"
    own = _plain(other.property("BootImageID"))
    if own and own != _plain(parent.property("BootImageID")):
        return f"{child_id} has a boot image of its own, {own}"
    if other.sequence.attributes != parent.sequence.attributes:
        return f"{child_id} has another schema version, {other.sequence.version}"
    if other.sequence.other:
        return f"{child_id} holds more than a site writes"
    return _of_the_variables(parent.sequence, other.sequence, child_id)


def _of_the_variables(parent: Sequence, child: Sequence, child_id: str) -> str:
    """Variables that a whole sequence sets: both in one list must not contradict each other."""
    known = {variable.name.casefold(): variable.value for variable in parent.global_variables}
    for variable in child.global_variables:
        if known.get(variable.name.casefold(), variable.value) != variable.value:
            return f"{child_id} sets {variable.name} to another value than its parent"
    return ""


def _of_nested(subject: Subject, children: Mapping[str, ExportedTaskSequence], child: ExportedTaskSequence) -> str:
    """A child of the child that contradicts the parent, or the child: all lists become one."""
    for below in _below(child, children, subject.knowledge):
        found = _of_the_variables(child.task_sequence.sequence, below.task_sequence.sequence, below.task_sequence.name)
        if found:
            return found
    return ""


def _below(
    item: ExportedTaskSequence, children: Mapping[str, ExportedTaskSequence], knowledge: KnowledgeBase
) -> Iterator[ExportedTaskSequence]:
    """Everything that the item calls, on all levels. It must not run in circles."""
    for call in child_calls(item.task_sequence, knowledge):
        child = children.get(call.child)
        if child is not None:
            yield child
            yield from _below(child, children, knowledge)


def _runs_in_circles(start: str, children: Mapping[str, ExportedTaskSequence], knowledge: KnowledgeBase) -> bool:
    """True when following the calls from ``start`` leads back to a task sequence on the way."""
    finished: set[str] = set()

    def visit(child_id: str, way: frozenset[str]) -> bool:
        if child_id in way:
            return True
        if child_id in finished or child_id not in children:
            return False
        called = {call.child for call in child_calls(children[child_id].task_sequence, knowledge)}
        if any(visit(one, way | {child_id}) for one in sorted(called)):
            return True
        finished.add(child_id)
        return False

    return visit(start, frozenset())


def _of_the_size(subject: Subject, children: Mapping[str, ExportedTaskSequence]) -> str:
    """The stored text with everything pasted in must stay below the limit of the sites."""
    limit = size_limit(subject.knowledge)
    if not limit:
        return ""
    parts = subject.export.parts.parts

    def whole(item: ExportedTaskSequence, *, exact: bool) -> int:
        own = _text_size(subject.export, item) if exact else len(parts[item.part])
        calls = [children.get(call.child) for call in child_calls(item.task_sequence, subject.knowledge)]
        return own + sum(whole(child, exact=exact) for child in calls if child is not None)

    if _runs_in_circles(str(subject.task_sequence.package_id).upper(), children, subject.knowledge):
        return "a child calls itself in the end"
    if whole(subject.exported, exact=False) <= limit:
        return ""
    size = whole(subject.exported, exact=True)
    return f"the text would have {size} bytes, and a site stores {limit}" if size > limit else ""


def size_limit(knowledge: KnowledgeBase) -> int:
    """The greatest length of a stored sequence in bytes; 0 where no fact says one."""
    return next(
        (int(one.match.values[0]) for one in knowledge.sequence_features() if one.match.where == "text-size"), 0
    )


def _text_size(export: Export, item: ExportedTaskSequence) -> int:
    found = item.task_sequence.property("Sequence")
    if found is None or found.value_element is None:
        return 0
    # Few exports call a child that has to be pasted, and it takes longer to import than it takes.
    from tsfix.xml_bytes.document import Document

    document = Document(decode_source(export.parts.parts[item.part], item.location).utf8)
    return len(document.embedded(found.value_element).data)


def _plain(found: object) -> str:
    value = getattr(found, "value", None)
    return value.strip().upper() if isinstance(value, str) else ""
