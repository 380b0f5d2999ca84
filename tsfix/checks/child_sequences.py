"""Finds calls of child task sequences that nobody can check, that the target limits, or that cannot work anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.checks.child_packages import absent_children, listed_ids
from tsfix.checks.client_package import CLIENT_PACKAGE
from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import newer_than_target, target_is_older
from tsfix.export import ExportedTaskSequence, Withheld
from tsfix.findings import Evidence, Finding
from tsfix.identity import Identity, identify
from tsfix.places import ChildCall, child_call
from tsfix.values import NO_PACKAGE, Severity


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 47 for children outside of the export, 49 for the limits of versions and for calls that cannot work."""
    yield from (_absent(subject, call) for call in absent_children(subject))
    calls = subject.child_calls
    children = {
        other.task_sequence.package_id.upper(): other
        for other in subject.export.task_sequences
        if other.task_sequence.package_id is not None
    }
    for call in calls:
        child = children.get(call.child)
        if child is not None:
            yield from _faulty(subject, call, child)
    running = tuple(call for call in calls if call.step.runs)
    if running:
        yield from _switched_on(subject, running)
        yield from _loop(subject, running)


def _absent(subject: Subject, call: ChildCall) -> Finding:
    """The child is not in the export: only the call's list says what it installs."""
    rule = subject.knowledge.rule("R47")
    withheld = next((item for item in subject.export.parts.borrowed.withheld if item.package_id == call.child), None)
    if withheld is not None:
        return _withheld(subject, call, withheld)
    found = _client_package(subject, call)
    severity: Severity = "warning"
    if found is not None and found.verdict != "unknown" and subject.target is not None:
        severity = "error"
    installs = f", and installs the client package {found.package_id}" if found is not None else ""
    return subject.finding(
        rule.id,
        severity if call.step.runs else "info",
        subject=call.child,
        title=f"The child task sequence {call.child} is not in the export{installs}",
        reason=rule.reason,
        remedy=rule.remedy,
        item=call.step,
        certainty=found.certainty if found is not None else "unknown",
        sources=(rule.source,),
        evidence=found.evidence if found is not None else (),
    )


def _withheld(subject: Subject, call: ChildCall, child: Withheld) -> Finding:
    """Another export of the same run holds the child, and it gets no copy: a copy of the parent would call the original."""
    rule = subject.knowledge.rule("R47")
    name = child.name or subject.package_name(call.child)
    named = f'{call.child} "{name}"' if name else call.child
    return subject.finding(
        rule.id,
        "error" if call.step.runs else "info",
        subject=call.child,
        title=f"The child task sequence {named} in {child.file} gets no copy",
        reason=child.reason,
        remedy="See what the report says about that export; mend or decide it, then convert both in one run.",
        item=call.step,
        sources=(rule.source,),
    )


def _client_package(subject: Subject, call: ChildCall) -> Identity | None:
    """A client package that the child needs, by name or hierarchy file, unless it is known to suit the target."""
    if subject.target is not None and not target_is_older(subject):
        return None
    fact = subject.knowledge.identity(CLIENT_PACKAGE)
    names = {name.lower() for name in (*fact.names, *fact.pre_production_names)}
    for package_id in listed_ids(call):
        known = subject.hierarchy.package(package_id)
        is_client = known is not None and known.kind == "client"
        if not is_client and subject.package_name(package_id).strip().lower() not in names:
            continue
        identity = identify(package_id, fact, subject.export, subject.exported, subject.hierarchy)
        held = known.client_version if known is not None else ""
        if identity.verdict != "custom" or newer_than_target(subject, held):
            return identity
    return None


def _faulty(subject: Subject, call: ChildCall, child: ExportedTaskSequence) -> Iterator[Finding]:
    """A child that is switched off fails the run; one with a boot image cannot be a child."""
    enabled = child.task_sequence.property("TsEnabled")
    if enabled is not None and isinstance(enabled.value, str) and enabled.value.strip().upper() == "FALSE":
        yield _limit(
            subject,
            call,
            "error" if call.step.runs else "info",
            f'The child task sequence "{child.task_sequence.name}" is disabled',
            "The run fails when it calls a disabled child, whatever the step says about errors.",
            "Enable the child, or disable the step that calls it.",
        )
    boot_image = child.task_sequence.property("BootImageID")
    if (
        boot_image is not None
        and isinstance(boot_image.value, str)
        and boot_image.value.strip() not in ("", NO_PACKAGE)
    ):
        yield _limit(
            subject,
            call,
            "warning" if call.step.runs else "info",
            f'The child task sequence "{child.task_sequence.name}" has a boot image',
            "The console does not let you choose a task sequence with a boot image as a child.",
            "Take the boot image out of the child's properties.",
        )


def _limit(subject: Subject, call: ChildCall, severity: Severity, title: str, reason: str, remedy: str) -> Finding:
    rule = subject.knowledge.rule("R49")
    return subject.finding(
        rule.id,
        severity,
        subject=call.child,
        title=title,
        reason=reason,
        remedy=remedy,
        item=call.step,
        blocking=False,
        sources=(rule.source,),
    )


def _switched_on(subject: Subject, calls: tuple[ChildCall, ...]) -> Iterator[Finding]:
    """Versions that know child task sequences, but only where somebody switched them on."""
    target = subject.target
    since = subject.knowledge.signs.limit("child-task-sequences-on").since
    if target is None or since is None:
        return
    fact = subject.knowledge.step(calls[0].step.type)
    if fact is None or subject.knowledge.step_age(fact, target.version).newer:
        return
    if target.version.order >= subject.knowledge.version(since).order:
        return
    rule = subject.knowledge.rule("R49")
    yield subject.finding(
        rule.id,
        "warning",
        subject=fact.type,
        title=f"Child task sequences must be switched on at the target ({len(calls)} called here)",
        reason=f"target {target.version.id} < {since}, from which on they need no switch; before, they are optional",
        remedy="Look under Updates and Servicing, Features, whether it is switched on.",
        certainty="certain",
        sources=(fact.source,),
        evidence=tuple(Evidence(text=f"{' > '.join(call.step.path)} calls {call.child}.") for call in calls),
    )


def _loop(subject: Subject, calls: tuple[ChildCall, ...]) -> Iterator[Finding]:
    """A task sequence that calls itself, directly or through its children."""
    own = subject.task_sequence.package_id
    if own is None:
        return
    for call in calls:
        if own.upper() in _reachable(subject, call):
            yield _limit(
                subject,
                call,
                "error",
                f"The task sequence calls itself through {call.child}",
                "Such a call never ends.",
                "Take the call out of one of the two.",
            )


def _reachable(subject: Subject, call: ChildCall) -> set[str]:
    """The IDs of everything that the call runs, children of children included."""
    others = {package_id.upper(): sequence for package_id, sequence in subject.context.others.items()}
    seen: set[str] = set()
    waiting = [call.child]
    while waiting:
        package_id = waiting.pop()
        if package_id in seen or not package_id:
            continue
        seen.add(package_id)
        sequence = others.get(package_id)
        for step in sequence.steps() if sequence is not None else ():
            further = child_call(step, subject.knowledge.step(step.type)) if step.runs else None
            if further is not None:
                waiting.append(further.child)
    return seen
