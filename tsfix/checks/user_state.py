"""Finds trouble with saved user states: the default USMT package, two packages, stores that the other side cannot read."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tsfix.checks.client_package import client_references
from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import build_of, newest_site_version, target_is_older
from tsfix.findings import Finding
from tsfix.identity import Identity, identify
from tsfix.knowledge.facts import Feature, Version
from tsfix.task_sequence import Step
from tsfix.values import PackageId

USMT_PACKAGE = "usmt-package"
CAPTURE = "SMS_TaskSequence_CaptureUserStateAction"
RESTORE = "SMS_TaskSequence_RestoreUserStateAction"

_LOCAL_CAPTURE = ("OfflineUserState", "UseHardlinks")
"""Settings with which the state never leaves the computer."""


class StateReference(Struct, frozen=True, kw_only=True):
    """One step that names a USMT package."""

    step: Step
    package_id: PackageId
    identity: Identity


def state_references(subject: Subject) -> Iterator[StateReference]:
    """Every USMT package that a step names, with the verdict on it."""
    fact = subject.knowledge.identity(USMT_PACKAGE)
    for step in subject.steps:
        for place in subject.places(step):
            for package_id in place.ids if place.reference_kind == USMT_PACKAGE else ():
                identity = identify(package_id, fact, subject.export, subject.exported, subject.hierarchy)
                yield StateReference(step=step, package_id=package_id, identity=identity)


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 11 for default packages, 12 for unlike ones, 13 and 14 for the encryption of the store."""
    found = tuple(state_references(subject))
    if target_is_older(subject):
        for reference in found:
            if reference.identity.verdict != "custom":
                yield _default(subject, reference)
    running = tuple(reference for reference in found if reference.step.runs)
    yield from _unlike(subject, running)
    yield from _encryption(subject)


def _default(subject: Subject, reference: StateReference) -> Finding:
    rule, identity = subject.knowledge.rule("R11"), reference.identity
    known = identity.verdict == "default"
    name = f'{identity.package_id} "{identity.name}"' if identity.name else str(identity.package_id)
    return subject.finding(
        rule.id,
        rule.severity if reference.step.runs else "info",
        subject=identity.package_id,
        title=f"Uses the default USMT package {name}"
        if known
        else f"Whether the USMT package {name} is the default one is unknown",
        reason=rule.reason,
        remedy=rule.remedy,
        item=reference.step,
        certainty=identity.certainty if known else "unknown",
        sources=(rule.source,),
        evidence=identity.evidence,
    )


def _unlike(subject: Subject, references: tuple[StateReference, ...]) -> Iterator[Finding]:
    """What captures and what restores should be one package; true for every target."""
    captured = {one.package_id.upper(): one for one in references if one.step.type == CAPTURE}
    restored = {one.package_id.upper(): one for one in references if one.step.type == RESTORE}
    if not captured or not restored or set(restored) <= set(captured):
        return
    rule = subject.knowledge.rule("R12")
    for key, reference in restored.items():
        if key not in captured:
            yield subject.finding(
                rule.id,
                rule.severity,
                subject=reference.package_id,
                title=f"Restores with {reference.package_id} what was captured with {', '.join(sorted(captured))}",
                reason=rule.reason,
                remedy=rule.remedy,
                item=reference.step,
                sources=(rule.source,),
            )


def _encryption(subject: Subject) -> Iterator[Finding]:
    """Rule 13: a store written on one side of the change cannot be read on the other."""
    target, change = subject.target, _encryption_change(subject)
    if target is None or change is None:
        return
    feature, version = change
    steps = [step for step in subject.steps if step.runs]
    kinds = {step.type for step in steps}
    if not kinds & {CAPTURE, RESTORE} or not kinds & set(feature.match.values):
        return
    if any(_is_local(step) for step in steps if step.type == CAPTURE):
        yield from _local(subject, steps, version)
        return
    if {CAPTURE, RESTORE} <= kinds:
        yield from _captured_and_restored(subject, steps, version)
    elif _straddles(subject, version):
        yield _one_half(subject, steps, version)


def _encryption_change(subject: Subject) -> tuple[Feature, Version] | None:
    """The fact that the encryption of stores changed, and in which version."""
    fact = subject.knowledge.step(CAPTURE)
    for feature in fact.features if fact is not None else ():
        if feature.rule == "R13" and feature.introduced.version is not None:
            return feature, subject.knowledge.version(feature.introduced.version)
    return None


def _is_local(step: Step) -> bool:
    values = (step.property(name) for name in _LOCAL_CAPTURE)
    return any(value is not None and value.value.strip().lower() == "true" for value in values)


def _straddles(subject: Subject, change: Version) -> bool:
    newest = newest_site_version(subject.hierarchy, subject.knowledge)
    target = subject.target
    return target is not None and newest is not None and target.version.order < change.order <= newest.order


def _first(steps: list[Step], *types: str) -> Step | None:
    return next((step for step in steps if step.type in types), None)


def _captured_and_restored(subject: Subject, steps: list[Step], change: Version) -> Iterator[Finding]:
    """The client that is there captures; the one that the task sequence installs restores."""
    assert subject.target is not None
    installed = _installed_client(subject)
    captures_old = subject.target.version.order < change.order
    if installed is None or (installed < change.build) == captures_old:
        return
    rule = subject.knowledge.rule("R13")
    yield subject.finding(
        rule.id,
        rule.severity,
        subject=change.id,
        title="The client that restores the state cannot read what the older client captured"
        if captures_old
        else "The client that restores the state is older than the one that captured it",
        reason=f"captured on {subject.target.version.id} (build {subject.target.version.build}), restored by a client of "
        f"build {installed}; the encryption changed in {change.id}. {rule.reason}",
        remedy=rule.remedy,
        item=_first(steps, RESTORE),
        certainty="certain" if captures_old else "likely",
        sources=(rule.source,),
    )


def _installed_client(subject: Subject) -> int | None:
    """The build of the client that the task sequence installs; None where it is not known or none is installed."""
    newest = newest_site_version(subject.hierarchy, subject.knowledge)
    for reference in client_references(subject):
        if not reference.step.runs or reference.pre_production:
            continue
        known = subject.hierarchy.package(reference.package_id)
        build = build_of(known.client_version) if known is not None else None
        if build is None and reference.identity.verdict == "default" and newest is not None:
            build = newest.build
        if build is not None:
            return build
    return None


def _one_half(subject: Subject, steps: list[Step], change: Version) -> Finding:
    rule = subject.knowledge.rule("R13")
    step = _first(steps, CAPTURE, RESTORE)
    capture = step is not None and step.type == CAPTURE
    return subject.finding(
        rule.id,
        "info",
        subject=change.id,
        title=f"{'Captures' if capture else 'Restores'} a user state; the other half runs elsewhere",
        reason=f"the sites of the hierarchy stand on both sides of {change.id}. {rule.reason}",
        remedy=rule.remedy,
        item=step,
        certainty="unknown",
        sources=(rule.source,),
    )


def _local(subject: Subject, steps: list[Step], change: Version) -> Iterator[Finding]:
    if not _straddles(subject, change):
        return
    rule = subject.knowledge.rule("R14")
    yield subject.finding(
        rule.id,
        rule.severity,
        subject=change.id,
        title="The captured state stays on the computer",
        reason=rule.reason,
        remedy=rule.remedy,
        item=_first(steps, CAPTURE),
        sources=(rule.source,),
    )
