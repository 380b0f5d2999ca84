"""Finds steps that install a client package, and says whether it is the default one that an older site refuses."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import build_of, comparison, newer_than_target, target_is_older
from tsfix.findings import Finding, Fix
from tsfix.identity import Identity, identify
from tsfix.task_sequence import Step, Variable
from tsfix.values import Certainty, PackageId, Severity

CLIENT_PACKAGE = "client-package"


class ClientReference(Struct, frozen=True, kw_only=True):
    """One variable of a step that names a client package."""

    step: Step
    variable: Variable
    package_id: PackageId
    identity: Identity
    pre_production: bool
    """True for the variable that names the pre-production client package."""


def client_references(subject: Subject) -> tuple[ClientReference, ...]:
    """Every client package that a step of the task sequence names, with the verdict on it."""
    return subject.once("client references", lambda of: tuple(_client_references(of)))


def _client_references(subject: Subject) -> Iterator[ClientReference]:
    fact = subject.knowledge.identity(CLIENT_PACKAGE)
    pre_production = {name.lower() for name in fact.pre_production_variables}
    for step in subject.steps:
        for place in subject.places(step):
            if place.reference_kind != CLIENT_PACKAGE or place.variable is None:
                continue
            for package_id in place.ids:
                yield ClientReference(
                    step=step,
                    variable=place.variable,
                    package_id=package_id,
                    identity=identify(package_id, fact, subject.export, subject.exported, subject.hierarchy),
                    pre_production=place.variable.name.lower() in pre_production,
                )


def check(subject: Subject) -> Iterator[Finding]:
    """Rules 1 and 5 for default packages, 4 for pre-production ones, 2 and 3 for custom ones; unknown is never fine."""
    for reference in client_references(subject):
        if reference.pre_production or reference.identity.verdict == "pre-production":
            found = _pre_production(subject, reference)
        elif reference.identity.verdict == "custom":
            found = _custom(subject, reference)
        else:
            found = _default(subject, reference)
        if found is not None:
            yield found
        if reference.identity.verdict == "default" and found is not None:
            yield from _hidden_by_pre_production(subject, reference)


def _default(subject: Subject, reference: ClientReference) -> Finding | None:
    """The default package, or one that may be: refused by every site that is older than the newest one."""
    if subject.target is not None and not _default_may_be_newer(subject, reference.package_id):
        return None
    known = reference.identity.verdict == "default"
    called = _called(reference)
    title = (
        f"Installs the default client package {called}"
        if known
        else (f"Whether the client package {called} is the default one is unknown")
    )
    return _finding(
        subject, "R1", "error" if known else "warning", reference, title=title, blocking=_blocks(subject, reference)
    )


def _default_may_be_newer(subject: Subject, package_id: PackageId) -> bool:
    """The default package follows the newest site; the client that it holds today may say more."""
    held = _held_client(subject, package_id)
    return target_is_older(subject) or (held != "" and newer_than_target(subject, held) is True)


def _pre_production(subject: Subject, reference: ClientReference) -> Finding | None:
    if subject.target is not None and not _default_may_be_newer(subject, reference.package_id):
        return None
    return _finding(
        subject,
        "R4",
        subject.knowledge.rule("R4").severity,
        reference,
        title=f"The pre-production client package {_called(reference)} is used when available",
        certainty="certain" if reference.pre_production else None,
        blocking=_blocks(subject, reference),
        # A copy takes the variable out, whatever takes the place of the other client package.
        fix="automatic" if reference.pre_production and subject.target is not None else None,
    )


def _custom(subject: Subject, reference: ClientReference) -> Finding | None:
    """Rule 2 where the client in the package is newer than the target, rule 3 where it is older than the newest site."""
    if subject.target is None:
        return None
    held = _held_client(subject, reference.package_id)
    newer = newer_than_target(subject, held)
    called = _called(reference)
    if newer:
        return _finding(
            subject,
            "R2",
            "error",
            reference,
            title=f"The custom client package {called} holds a client newer than the target",
            reason=comparison(subject, held),
            blocking=_blocks(subject, reference),
        )
    if target_is_older(subject):
        if newer is False:
            return None
        return _finding(
            subject,
            "R2",
            "warning",
            reference,
            title=f"Which client version the custom client package {called} holds is not known",
            certainty="unknown",
        )
    if build_of(held) == subject.target.version.build:
        return None
    title = f"The custom client package {called} holds a client older than the target"
    if newer is None:
        title = f"Whether the custom client package {called} was brought up to date is not known"
    return _finding(
        subject,
        "R3",
        "warning",
        reference,
        title=title,
        reason=comparison(subject, held) if newer is False else "",
        certainty="unknown" if newer is None else "certain",
    )


def _hidden_by_pre_production(subject: Subject, reference: ClientReference) -> Iterator[Finding]:
    """Rule 5: the default package still holds an old client, while a newer one waits for its promotion."""
    if subject.target is None:
        return
    held = _held_client(subject, reference.package_id)
    mode = subject.hierarchy.pre_production
    if newer_than_target(subject, held) is not False or (mode is not None and not mode.enabled):
        return
    waiting = [known for known in subject.hierarchy.packages if known.pre_production and known.client_version]
    newer = [known for known in waiting if newer_than_target(subject, known.client_version)]
    if not newer and mode is None:
        return
    yield _finding(
        subject,
        "R5",
        "info",
        reference,
        title=f"The default client package {_called(reference)} still holds client {held}, until the promotion",
        reason=f"{newer[0].id} holds client {newer[0].client_version} in pre-production"
        if newer
        else "pre-production mode is switched on",
    )


def _held_client(subject: Subject, package_id: PackageId) -> str:
    """The client version that the hierarchy file gives for a package; empty where it gives none."""
    known = subject.hierarchy.package(package_id)
    return known.client_version if known is not None else ""


def _called(reference: ClientReference) -> str:
    name = reference.identity.name
    return f'{reference.package_id} "{name}"' if name else str(reference.package_id)


def _blocks(subject: Subject, reference: ClientReference) -> bool:
    return subject.target is not None and reference.step.runs


def _finding(
    subject: Subject,
    rule_id: str,
    severity: Severity,
    reference: ClientReference,
    *,
    title: str,
    reason: str = "",
    certainty: Certainty | None = None,
    blocking: bool = False,
    fix: Fix | None = None,
) -> Finding:
    """Without a target nothing is worse than a warning; in a step that does not run, everything is one degree milder."""
    rule = subject.knowledge.rule(rule_id)
    if severity == "warning" and not reference.step.runs:
        severity = "info"
    elif severity == "error" and (subject.target is None or not reference.step.runs):
        severity = "warning"
    return subject.finding(
        rule.id,
        severity,
        subject=reference.package_id,
        title=title,
        reason=f"{reason}. {rule.reason}" if reason else rule.reason,
        remedy=rule.remedy,
        item=reference.step,
        certainty=certainty or reference.identity.certainty,
        sources=(rule.source,),
        evidence=reference.identity.evidence,
        blocking=blocking,
        fix=fix,
    )
