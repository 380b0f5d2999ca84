"""Finds what the knowledge base does not cover: step types of extensions, types and properties that nobody recorded."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tsfix.checks.subject import Subject
from tsfix.findings import Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import StepFact
from tsfix.task_sequence import Step, Variable


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 44 for unknown types, rule 45 for MDT's, rule 26 for unknown properties of known types."""
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        if fact is None:
            yield _unknown_type(subject, step)
            continue
        if fact.introduced.bound == "unknown":
            yield _type_without_history(subject, step, fact)
        unknown = unknown_variables(subject, step, fact)
        if unknown:
            yield _unknown_properties(subject, step, fact, unknown)


def unknown_variables(subject: Subject, step: Step, fact: StepFact) -> tuple[Variable, ...]:
    """Variables of the step whose property is in no record of its type."""
    if fact.provider != "microsoft":
        return ()
    names = tuple([(variable.property, variable.name) for variable in step.variables])
    return tuple([step.variables[number] for number in _unknown(subject.knowledge, fact, names)])


@lru_cache(maxsize=4096)
def _unknown(knowledge: KnowledgeBase, fact: StepFact, names: tuple[tuple[str, str], ...]) -> tuple[int, ...]:
    """Which of these names of properties and variables no record has. Steps of a type mostly have the same names."""
    found = enumerate(names)
    return tuple(number for number, (shown, name) in found if not knowledge.known_property(fact, shown, name))


def _unknown_type(subject: Subject, step: Step) -> Finding:
    rule = subject.knowledge.rule("R44")
    return subject.finding(
        rule.id,
        "error" if step.runs else "warning",
        subject=step.type or "(no type)",
        title=f'The step type "{step.type or "(none)"}" is unknown',
        reason="No record says what it does or since when it exists, so it cannot be called safe.",
        remedy=(
            "If it belongs to an extension, ask its vendor whether the target supports it. "
            "Add it to the knowledge base, or decide what becomes of the step."
        ),
        item=step,
        certainty="unknown",
        sources=(rule.source,),
    )


def _type_without_history(subject: Subject, step: Step, fact: StepFact) -> Finding:
    rule = subject.knowledge.rule("R45" if fact.provider == "mdt" else "R44")
    return subject.finding(
        rule.id,
        rule.severity if step.runs else "info",
        subject=fact.type,
        title=f'"{fact.name}" is a step of an extension ({fact.provider})',
        reason=rule.reason,
        remedy=rule.remedy,
        item=step,
        # What MDT's steps are is known; only whether the target has the toolkit is not.
        certainty="likely" if fact.provider == "mdt" else "unknown",
        sources=(rule.source,),
    )


def _unknown_properties(subject: Subject, step: Step, fact: StepFact, unknown: tuple[Variable, ...]) -> Finding:
    rule = subject.knowledge.rule("R26")
    names = ", ".join(variable.property or variable.name for variable in unknown)
    return subject.finding(
        rule.id,
        "warning",
        subject=names,
        title=f'Unknown setting of "{fact.name}": {names}',
        reason="No record of this step type has it: it is newer than the knowledge base, or custom.",
        remedy="Look at the setting in the console. Take it out by hand if the target's console does not show it.",
        item=step,
        certainty="unknown",
        sources=(fact.source,),
    )
