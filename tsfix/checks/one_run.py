"""Lays out what runs together: a task sequence with the child task sequences of its export, in the order of the run.

A child runs in the environment of its parent: what one sets, the other sees (Microsoft's page on the step Run Task Sequence).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tsfix.checks.subject import Subject
from tsfix.export import ExportedTaskSequence
from tsfix.knowledge.base import KnowledgeBase
from tsfix.places import child_call
from tsfix.task_sequence import Group, Step
from tsfix.values import Position


class Placed(Struct, frozen=True, kw_only=True):
    """A group or step in a run."""

    subject: Subject
    item: Group | Step
    around: int | None
    """The number of what stands around it in the run: a group, or the step that calls its task sequence."""


Run = tuple[Placed, ...]
"""Groups and steps in the order of the run; each is known by its number."""


def is_on(item: Group | Step) -> bool:
    """Tell whether neither the group or step nor a group around it is disabled."""
    return item.runs


def runs(subjects: Sequence[Subject]) -> tuple[Run, ...]:
    """One run for each task sequence that no other one of them calls; a circle of calls begins with its first."""
    by_id = {_package_id(subject.exported): subject for subject in subjects}
    called = {child for subject in subjects for child in _called(subject.exported, subject.knowledge)}
    found: list[Run] = []
    seen: set[str] = set()
    first = (subject for subject in subjects if _package_id(subject.exported) not in called)
    for subject in (*first, *subjects):
        if subject.exported.part not in seen:
            run = _run(subject, by_id)
            seen.update(placed.subject.exported.part for placed in run)
            found.append(run)
    return tuple(found)


def family(subject: Subject) -> tuple[Subject, ...]:
    """The task sequence, then those of its export that run together with it: callers, called, and what those call."""
    everything = subject.export.task_sequences
    if len(everything) == 1:
        return (subject,)
    calls = {exported.part: frozenset(_called(exported, subject.knowledge)) for exported in everything}
    found = {subject.exported.part: subject.exported}
    waiting = [subject.exported]
    while waiting:
        one = waiting.pop()
        for other in everything:
            linked = _package_id(other) in calls[one.part] or _package_id(one) in calls[other.part]
            if linked and other.part not in found:
                found[other.part] = other
                waiting.append(other)
    others = (replace(subject, exported=exported) for part, exported in found.items() if part != subject.exported.part)
    return (subject, *others)


def _package_id(exported: ExportedTaskSequence) -> str:
    return (exported.task_sequence.package_id or "").upper()


def _called(exported: ExportedTaskSequence, knowledge: KnowledgeBase) -> Iterator[str]:
    for step in exported.task_sequence.sequence.steps():
        if step.kind == "subtasksequence" and step.runs:
            call = child_call(step, knowledge.step(step.type))
            if call is not None:
                yield call.child


def _run(subject: Subject, by_id: Mapping[str, Subject]) -> Run:
    found: list[Placed] = []
    _add(found, subject, None, by_id, {subject.exported.part})
    return tuple(found)


def _add(
    found: list[Placed], subject: Subject, around: int | None, by_id: Mapping[str, Subject], seen: set[str]
) -> None:
    """Add a task sequence and, behind their first call, its children."""
    numbers: dict[Position, int] = {}
    for item in subject.items:
        numbers[item.position] = len(found)
        found.append(Placed(subject=subject, item=item, around=numbers.get(item.position[:-1], around)))
        if isinstance(item, Group) or item.kind != "subtasksequence" or not item.runs:
            continue
        call = child_call(item, subject.knowledge.step(item.type))
        child = by_id.get(call.child) if call is not None else None
        if child is not None and child.exported.part not in seen:
            seen.add(child.exported.part)
            _add(found, child, numbers[item.position], by_id, seen)
