"""Tells whether a group in a copy is what tsfix writes in the place of one step: parts of it, or the step and tests."""

from __future__ import annotations

from tsfix.checks.readiness_tests import readiness_test
from tsfix.comparison.properties import differing_details
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import StepFact
from tsfix.rewrites.step_groups import in_parts, most_applications, with_tests
from tsfix.task_sequence import Group, Step


def same_as_group(step: Step, group: Group, knowledge: KnowledgeBase) -> bool:
    """Tell whether the steps of the group do together what the step did; settings that older versions lack may be gone."""
    fact = knowledge.step(step.type)
    if fact is None or not all(isinstance(item, Step) for item in group.children):
        return False
    held = [item for item in group.children if isinstance(item, Step)]
    expected = _expected(step, held, fact)
    return len(expected) == len(held) and all(
        _same(one, other, fact) for one, other in zip(expected, held, strict=True)
    )


def _expected(step: Step, held: list[Step], fact: StepFact) -> tuple[Step, ...]:
    rewrites = {feature.downlevel.rewrite for feature in fact.features}
    if "split-applications" in rewrites:
        return in_parts(step, most_applications(fact))
    if "readiness-steps" not in rewrites or not held:
        return ()
    left = {variable.name for variable in held[0].variables}
    on = {variable.name for variable in step.variables if variable.value.strip().casefold() == "true"}
    gone = [
        feature
        for feature in fact.features
        if feature.downlevel.rewrite == "readiness-steps" and feature.variable in on - left
    ]
    return () if any(readiness_test(step, feature.id).obstacle for feature in gone) else with_tests(step, gone)


def _same(expected: Step, held: Step, fact: StepFact) -> bool:
    newer = {feature.variable for feature in fact.features if feature.variable}
    for detail in differing_details(expected, held):
        what, _, name = detail.field.partition(":")
        if not (what == "variable" and detail.kind == "removed" and name.partition("@")[0] in newer):
            return False
    return True
