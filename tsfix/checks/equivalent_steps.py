"""Finds steps that another step, or a group, can replace without a loss; the facts name the rewrite and what it costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tsfix.checks import child_pasting
from tsfix.checks.out_of_action import out_of_action
from tsfix.checks.script_command import command_line
from tsfix.checks.subject import Subject
from tsfix.knowledge.context import inline_script
from tsfix.knowledge.facts import Age, Downlevel, Feature, Rewrite, Source, StepFact
from tsfix.knowledge.matching import in_use
from tsfix.places import child_call
from tsfix.task_sequence import Step

KEPT_PROPERTIES = ("WorkingDirectory",)
"""Properties that Run Command Line has under the same name, so that they go over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalentStep:
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

    def told(self, reason: str) -> str:
        """The reason of a finding, with what stands against the rewrite."""
        return f"{reason}; cannot be rewritten: {self.obstacle}" if self.obstacle else reason


def equivalent_steps(subject: Subject) -> Iterator[EquivalentStep]:
    """Every step for which the facts name a rewrite, in the order of the sequence. Checks and rewrites both ask here."""
    target = subject.target
    if target is None:
        return
    knowledge = subject.knowledge
    for step in subject.task_sequence.sequence.steps():
        fact = knowledge.step(step.type)
        if fact is None:
            continue
        age = knowledge.step_age(fact, target.version)
        downlevel, source = fact.downlevel, fact.source
        if not age.newer:
            found = _newer_feature(subject, fact, step)
            if found is None:
                continue
            feature, age = found
            downlevel, source = feature.downlevel, feature.source
        if downlevel.rewrite in ("paste-child", "command-line"):
            yield EquivalentStep(
                step=step,
                downlevel=downlevel,
                age=age,
                source=source,
                obstacle=_obstacle(subject, fact, step, downlevel),
            )


def mendable(subject: Subject) -> frozenset[int]:
    """The elements of the steps that a copy replaces by something that does the same."""
    return frozenset(found.step.element for found in equivalent_steps(subject) if not found.obstacle)


def _newer_feature(subject: Subject, fact: StepFact, step: Step) -> tuple[Feature, Age] | None:
    """The first feature in use that the target lacks and for which the facts name a rewrite of the step."""
    if subject.target is None:
        return None
    for feature in fact.features:
        if feature.downlevel.rewrite == "command-line" and in_use(feature, step, subject.context):
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
    return _against_a_command(subject, fact, step, downlevel)


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
