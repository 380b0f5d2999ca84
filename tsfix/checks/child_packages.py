"""Which called child task sequences does an export not hold, and which packages do they need? Only the call's list says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from tsfix.checks.subject import Subject
from tsfix.findings import Finding
from tsfix.places import ChildCall, id_spans
from tsfix.task_sequence import Step
from tsfix.values import PackageId


def absent_children(subject: Subject) -> Iterator[ChildCall]:
    """Every call of a child that the export does not hold."""
    here = {str(item.task_sequence.package_id).upper() for item in subject.export.task_sequences}
    for call in subject.child_calls:
        if call.child not in here:
            yield call


def listed_ids(call: ChildCall) -> list[PackageId]:
    """The IDs that the call repeats of its child, in the order of the lists."""
    return [
        PackageId(variable.value[start:end]) for variable in call.roll_ups for start, end in id_spans(variable.value)
    ]


def needs_replaced(subject: Subject, replaced: Collection[str], runs: Callable[[Step], bool]) -> Iterator[Finding]:
    """Rule 47 for calls of a child that is not in the export and needs an object that the copy replaces.

    ``replaced`` has upper-case IDs; ``runs`` tells whether a step runs in the copy. A child that is replaced itself is
    another task sequence, of which nothing is known.
    """
    rule = subject.knowledge.rule("R47")
    for call in absent_children(subject):
        needed = ", ".join(dict.fromkeys(found for found in listed_ids(call) if found.upper() in replaced))
        if not needed or call.child in replaced or not runs(call.step):
            continue
        yield subject.finding(
            rule.id,
            "error",
            subject=call.child,
            title=f"The child task sequence {call.child} is not in the export, and still needs {needed}",
            reason=f"The copy replaces {needed}; the child does not change, and the copy's lists can name only one of the two.",
            remedy=rule.remedy,
            item=call.step,
            sources=(rule.source,),
        )
