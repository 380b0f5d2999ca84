"""Finds steps whose type the target does not know, or that no version knows."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tsfix.checks.equivalent_steps import equivalent_steps
from tsfix.checks.script_packages import offered
from tsfix.checks.subject import Subject
from tsfix.findings import Finding
from tsfix.knowledge.facts import Age, StepFact
from tsfix.task_sequence import Step


class NewerStep(Struct, frozen=True, kw_only=True):
    """A step that the target lacks."""

    step: Step
    fact: StepFact
    age: Age


def newer_steps(subject: Subject) -> Iterator[NewerStep]:
    """Every step whose type is newer than the target. The rewrites use this too."""
    if subject.target is None:
        return
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        if fact is None:
            continue
        age = subject.knowledge.step_age(fact, subject.target.version)
        if age.newer:
            yield NewerStep(step=step, fact=fact, age=age)


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 24, rule 25 where a copy replaces the step, and rule 29 for disabled steps."""
    equivalent = {found.step.element: found for found in equivalent_steps(subject)}
    for newer in newer_steps(subject):
        found = equivalent.get(newer.step.element)
        known = "R25" if found is not None and not found.obstacle else "R24"
        rule = subject.knowledge.rule(known if newer.step.runs else "R29")
        finding = subject.finding(
            rule.id,
            rule.severity,
            subject=newer.fact.type,
            title=f'The step type "{newer.fact.name}" is newer than the target',
            reason=found.told(newer.age.reason) if found else newer.age.reason,
            remedy=newer.fact.downlevel.text,
            item=newer.step,
            certainty=newer.age.certainty,
            sources=(newer.fact.source,),
            fix="automatic" if found and not found.obstacle else None,
            trade_off=found.trade_off if found else "",
        )
        yield offered(subject, found, finding)
