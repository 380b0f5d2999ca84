"""Finds steps that newer versions gave up: they work on an older target, and are only tolerated on the newer side."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import newest_site_version
from tsfix.findings import Finding
from tsfix.knowledge.facts import StepFact, Version
from tsfix.values import Severity


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 27. Steps of other vendors and of MDT have rules of their own."""
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        if fact is None or fact.provider != "microsoft":
            continue
        since = fact.removed or fact.deprecated
        if since is None:
            continue
        severity = _severity(subject, fact)
        if severity is None:
            continue
        rule = subject.knowledge.rule("R27")
        gone = f"removed in {fact.removed}" if fact.removed else f"deprecated since {fact.deprecated}"
        yield subject.finding(
            rule.id,
            severity if step.runs else "info",
            subject=fact.type,
            title=f'The step type "{fact.name}" was {gone}',
            reason=_compared(subject, fact),
            remedy=_remedy(subject, fact),
            item=step,
            sources=(fact.deprecation_source or rule.source,),
        )


def _remedy(subject: Subject, fact: StepFact) -> str:
    """Where the target itself has given the step up, a copy keeps it, and it has to go there too."""
    if subject.target is not None and subject.knowledge.removed(fact, subject.target.version):
        return (
            f"Take the step out, or do in another way what it does. {subject.target.version.id} no longer supports it."
        )
    return subject.knowledge.rule("R27").remedy


def _severity(subject: Subject, fact: StepFact) -> Severity | None:
    """Worse only where the target itself no longer supports it; nothing where no known side has given it up."""
    target = subject.target
    if target is not None and subject.knowledge.removed(fact, target.version):
        return "warning"
    sides: list[Version] = [] if target is None else [target.version]
    newest = newest_site_version(subject.hierarchy, subject.knowledge)
    sides.append(newest or subject.knowledge.versions[-1])
    return "info" if any(subject.knowledge.deprecated(fact, version) for version in sides) else None


def _compared(subject: Subject, fact: StepFact) -> str:
    rule = subject.knowledge.rule("R27")
    if subject.target is None:
        return rule.reason
    version = subject.target.version
    if subject.knowledge.removed(fact, version):
        return f"target {version.id} >= {fact.removed}: no longer supported there"
    return f"target {version.id} still supports it; newer sites do not"
