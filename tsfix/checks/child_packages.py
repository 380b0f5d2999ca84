"""Finds calls of child task sequences that are not in the export: what they need shows only in the list of the call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from tsfix.checks.client_package import CLIENT_PACKAGE
from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import newer_than_target, target_is_older
from tsfix.findings import Finding
from tsfix.identity import Identity, known_default
from tsfix.places import ChildCall, child_calls, id_spans
from tsfix.task_sequence import Step
from tsfix.values import PackageId


def absent_children(subject: Subject) -> Iterator[ChildCall]:
    """Every call of a child that the export does not hold."""
    here = {str(item.task_sequence.package_id).upper() for item in subject.export.task_sequences}
    for call in child_calls(subject.task_sequence, subject.knowledge):
        if call.child not in here:
            yield call


def listed_ids(call: ChildCall) -> list[PackageId]:
    """The IDs that the call repeats of its child, in the order of the lists."""
    return [
        PackageId(variable.value[start:end]) for variable in call.roll_ups for start, end in id_spans(variable.value)
    ]


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 47: an error where the list names a client that the target refuses, else a warning that nothing was checked."""
    for call in absent_children(subject):
        found = next(_newer_clients(subject, call), None)
        yield _unseen(subject, call) if found is None else _installs(subject, call, found)


def _newer_clients(subject: Subject, call: ChildCall) -> Iterator[Identity]:
    """Client packages of the child that are newer than the target, or follow the newest site."""
    fact = subject.knowledge.identity(CLIENT_PACKAGE)
    for package_id in listed_ids(call):
        known = subject.hierarchy.package(package_id)
        identity = known_default(package_id, fact, subject.export, subject.exported, subject.hierarchy)
        if identity is not None and (subject.target is None or target_is_older(subject)):
            yield identity
        elif known is not None and known.kind == "client" and newer_than_target(subject, known.client_version):
            yield Identity(
                package_id=package_id,
                role=fact.role,
                verdict="custom",
                certainty="certain",
                evidence=(),
                name=known.name,
            )


def _installs(subject: Subject, call: ChildCall, identity: Identity) -> Finding:
    rule = subject.knowledge.rule("R47")
    wanted = subject.target is not None and call.step.runs
    return subject.finding(
        rule.id,
        "error" if wanted else "warning",
        subject=call.child,
        title=(
            f"The child task sequence {call.child} is not in the export, and needs the {identity.verdict} "
            f"client package {identity.package_id}"
        ),
        reason=rule.reason,
        remedy=rule.remedy,
        item=call.step,
        certainty=identity.certainty,
        sources=(rule.source,),
        evidence=identity.evidence,
    )


def _unseen(subject: Subject, call: ChildCall) -> Finding:
    rule = subject.knowledge.rule("R47")
    return subject.finding(
        rule.id,
        "warning",
        subject=call.child,
        title=f"The child task sequence {call.child} is not in the export, so it was not checked",
        reason="Its steps may need a newer version or install another client; this file does not show them.",
        remedy=rule.remedy,
        item=call.step,
        certainty="unknown",
        sources=(rule.source,),
    )


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
