"""Finds steps that another step, or a group, can replace without a loss; the facts name the rewrite and what it costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from tsfix.checks import child_pasting, split_applications
from tsfix.checks.out_of_action import out_of_action
from tsfix.checks.readiness_tests import readiness_test
from tsfix.checks.script_command import command_line
from tsfix.checks.subject import Subject
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.context import inline_script
from tsfix.knowledge.facts import Age, Downlevel, Feature, Rewrite, Source, StepFact
from tsfix.knowledge.matching import in_use
from tsfix.places import child_call
from tsfix.task_sequence import Step
from tsfix.values import StepType

_OF_STEPS: tuple[Rewrite, ...] = ("paste-child", "command-line", "split-applications", "readiness-steps")
"""Rewrites of a step that a feature of it asks for."""

KEPT_PROPERTIES = ("WorkingDirectory",)
"""Properties that Run Command Line has under the same name, so that they go over."""


class EquivalentStep(Struct, frozen=True, kw_only=True):
    """A step that the target cannot run, and the rewrite that the facts name for it."""

    step: Step
    downlevel: Downlevel
    age: Age
    source: Source
    obstacle: str
    """What stands against the rewrite, in words; empty when it can be made."""

    @property
    def rewrite(self) -> Rewrite:
        """The rewrite that the facts name."""
        return self.downlevel.rewrite

    @property
    def trade_off(self) -> str:
        """What the rewrite costs, in words; empty where it is not made."""
        return "" if self.obstacle else cost_of(self.downlevel)

    def told(self, reason: str) -> str:
        """The reason of a finding, with what stands against the rewrite."""
        return f"{reason}; cannot be rewritten: {self.obstacle}" if self.obstacle else reason


def cost_of(downlevel: Downlevel) -> str:
    """What a rewrite costs, in one line; empty where the facts say that it costs nothing."""
    text = " ".join(downlevel.trade_off.split())
    return "" if text.startswith("None ") else text


def equivalent_steps(subject: Subject) -> tuple[EquivalentStep, ...]:
    """Every step for which the facts name a rewrite, in the order of the sequence. Checks and rewrites both ask here."""
    return subject.once_for_target("equivalent steps", lambda of: tuple(_equivalent_steps(of)))


def _equivalent_steps(subject: Subject) -> Iterator[EquivalentStep]:
    target = subject.target
    if target is None:
        return
    knowledge = subject.knowledge
    rewritten = _rewritten_types(knowledge)
    for step in subject.steps:
        fact = knowledge.step(step.type)
        if fact is None or fact.type not in rewritten:
            continue
        age = knowledge.step_age(fact, target.version)
        downlevel, source = fact.downlevel, fact.source
        if not age.newer:
            found = _newer_feature(subject, fact, step)
            if found is None:
                continue
            feature, age = found
            downlevel, source = feature.downlevel, feature.source
        if downlevel.rewrite in _OF_STEPS:
            yield EquivalentStep(
                step=step,
                downlevel=downlevel,
                age=age,
                source=source,
                obstacle=_obstacle(subject, fact, step, downlevel),
            )


@lru_cache(maxsize=4)
def _rewritten_types(knowledge: KnowledgeBase) -> frozenset[StepType]:
    """The step types for which the facts name such a rewrite."""
    return frozenset(
        fact.type
        for fact in knowledge.step_types()
        if any(one.rewrite in _OF_STEPS for one in (fact.downlevel, *(feature.downlevel for feature in fact.features)))
    )


def _newer_feature(subject: Subject, fact: StepFact, step: Step) -> tuple[Feature, Age] | None:
    """The first feature in use that the target lacks and for which the facts name a rewrite of the step."""
    if subject.target is None:
        return None
    for feature in fact.features:
        if feature.downlevel.rewrite in _OF_STEPS and in_use(feature, step, subject.context):
            age = subject.knowledge.feature_age(feature, subject.target.version)
            if age.newer:
                return feature, age
    return None


def _obstacle(subject: Subject, fact: StepFact, step: Step, downlevel: Downlevel) -> str:
    if out_of_action(step):
        return "an earlier copy took it out of action"
    if downlevel.rewrite == "paste-child":
        call = child_call(step, fact)
        return "the step names no child" if call is None else child_pasting.obstacle(subject, call)
    if downlevel.rewrite == "split-applications":
        return split_applications.obstacle(step)
    if downlevel.rewrite == "readiness-steps":
        return _against_readiness_steps(subject, fact, step)
    return _against_a_command(subject, fact, step, downlevel)


def newer_in_use(subject: Subject, fact: StepFact, step: Step) -> list[Feature]:
    """Features of the step in use that the target lacks and that a copy cannot leave as they are."""
    if subject.target is None:
        return []
    return [
        feature
        for feature in fact.features
        if feature.severity == "error"
        and in_use(feature, step, subject.context)
        and subject.knowledge.feature_age(feature, subject.target.version).newer
    ]


def _against_readiness_steps(subject: Subject, fact: StepFact, step: Step) -> str:
    names = [variable.property.casefold() for variable in step.variables if variable.property]
    if len(set(names)) < len(names):
        return "the step has a variable twice"
    for feature in newer_in_use(subject, fact, step):
        found = readiness_test(step, feature.id)
        if found.obstacle:
            return f"{feature.property}: {found.obstacle}"
    return "the step holds more than a site writes" if step.other else ""


def _against_a_command(subject: Subject, fact: StepFact, step: Step, downlevel: Downlevel) -> str:
    for feature in fact.features:
        if feature.downlevel.rewrite or feature.behaviour_only or feature.severity != "error":
            continue
        if feature.property not in KEPT_PROPERTIES and in_use(feature, step, subject.context):
            return f"the step also uses {feature.property}"
    script = step.property("SourceScript")
    text = inline_script(script.value) if script is not None else None
    if downlevel.not_if and text is not None and re.search(downlevel.not_if, text):
        return "the script asks for its own file or folder"
    command = command_line(step)
    if command.obstacle:
        return command.obstacle
    if downlevel.limit and len(command.text) >= downlevel.limit:
        return f"the command would have {len(command.text)} characters, the limit is {downlevel.limit}"
    return ""
