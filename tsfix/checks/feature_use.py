"""Which features newer than the target a task sequence uses, and what mends them: checks, rewrites and proofs ask here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from tsfix.checks.subject import Subject
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Age, Feature, StepFact
from tsfix.knowledge.matching import in_use, users
from tsfix.task_sequence import Group, Step, Variable
from tsfix.values import StepType, VersionId

EquivalentChange = Literal["cut", "strip", "set"]


_STEP_LEVEL = frozenset({"variable", "attribute", "action", "reference", "step"})


NAME_SHOWS = frozenset({"present", "not-in", "nonempty", "equals"})
"""Predicates of the object's properties whose name alone shows the version: the property is as old as the feature."""


class NewerFeature(Struct, frozen=True, kw_only=True):
    """A feature of one step that the target lacks."""

    step: Step
    fact: StepFact
    feature: Feature
    age: Age
    used: bool
    """False when its variables are there, but at values that mean "not used"."""
    carriers: tuple[Variable, ...]
    """The variables that carry it, used or not."""
    neutral: tuple[Variable, ...]
    """Those of them that can be taken out without a loss."""


class NewerSequenceFeature(Struct, frozen=True, kw_only=True):
    """A feature of the whole sequence, or of a condition in it, that the target lacks."""

    feature: Feature
    age: Age
    item: Group | Step | None
    """The group or step whose condition holds it."""


def equivalent_change(feature: Feature) -> EquivalentChange | None:
    """The change that mends the feature's use without a loss, where the facts name one that tsfix can make.

    ``cut``: take a switch out of the action line; ``strip``: take the variable or attribute out; ``set``: write the
    value that the facts give. Checks and rewrites both ask here, so that what is promised is what is done.
    """
    downlevel, where = feature.downlevel, feature.match.where
    if downlevel.automatic != "always":
        return None
    if where == "action":
        return "cut" if downlevel.cut else None
    if where in ("variable", "attribute", "sequence-attribute") and downlevel.set_value is not None:
        return "set"
    if where in ("variable", "attribute") and downlevel.kind == "strip":
        return "strip"
    return None


def mending_change(newer: NewerFeature) -> EquivalentChange | None:
    """The equivalent change for the feature as this step uses it.

    A switch is cut only at a value that means "not used", or where it repeats a variable, which is looked at by itself.
    """
    change = equivalent_change(newer.feature)
    if change == "cut":
        neutral = {value.casefold() for feature in newer.fact.features for value in feature.neutral}
        for found in re.finditer(newer.feature.downlevel.cut, newer.step.action):
            value = found.group().partition(":")[2].strip()
            if not value.startswith("%") and value.casefold() not in neutral:
                return None
    return change


def needs_decision(newer: NewerFeature) -> bool:
    """Tell whether the target cannot run the step as it is, and no equivalent change mends that."""
    return newer.used and newer.feature.severity == "error" and mending_change(newer) is None


def newer_features(subject: Subject) -> tuple[NewerFeature, ...]:
    """Every feature newer than the target in steps of known, old enough types. The rewrites use this too."""
    return subject.once_for_target("newer features", lambda of: tuple(_newer_features(of)))


def _newer_features(subject: Subject) -> Iterator[NewerFeature]:
    target = subject.target
    if target is None:
        return
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        if fact is None:
            continue
        for feature, age in newer_of_type(subject.knowledge, fact.type, target.version.id):
            use = subject.use_of(step, feature)
            if use.used or use.neutral:
                yield NewerFeature(
                    step=step,
                    fact=fact,
                    feature=feature,
                    age=age,
                    used=use.used,
                    carriers=use.carriers,
                    neutral=use.neutral,
                )


@lru_cache(maxsize=2048)
def newer_of_type(
    knowledge: KnowledgeBase, step_type: StepType, version_id: VersionId
) -> tuple[tuple[Feature, Age], ...]:
    """What a version lacks of a step type that it knows; nothing for a type that it lacks as a whole."""
    fact, version = knowledge.step(step_type), knowledge.version(version_id)
    if fact is None or knowledge.step_age(fact, version).newer:
        return ()
    ages = ((one, knowledge.feature_age(one, version)) for one in fact.features if one.match.where in _STEP_LEVEL)
    return tuple((feature, age) for feature, age in ages if age.newer)


@lru_cache(maxsize=64)
def newer_of_sequences(knowledge: KnowledgeBase, version_id: VersionId) -> tuple[tuple[Feature, Age], ...]:
    """What a version lacks of whole sequences, conditions and objects."""
    version = knowledge.version(version_id)
    ages = ((feature, knowledge.feature_age(feature, version)) for feature in knowledge.sequence_features())
    return tuple((feature, age) for feature, age in ages if age.newer)


def newer_sequence_features(subject: Subject, *scopes: str) -> Iterator[NewerSequenceFeature]:
    """Features of the sequence or of conditions that the target lacks, of the given scopes."""
    target = subject.target
    if target is None:
        return
    context = subject.context
    for feature, age in newer_of_sequences(subject.knowledge, target.version.id):
        if feature.scope not in scopes:
            continue
        if feature.match.where in ("condition", "attribute", "action"):
            for item in users(feature, context):
                yield NewerSequenceFeature(feature=feature, age=age, item=item)
        elif in_use(feature, None, context):
            yield NewerSequenceFeature(feature=feature, age=age, item=None)


def feature_value(feature: Feature) -> str:
    """The value that a feature is about, such as an operator; its property where it is about none."""
    return feature.match.values[0] if feature.match.values else feature.property


def feature_name(newer: NewerFeature) -> str:
    """What the feature is called: its property, or the switch as it stands in the action line."""
    feature = newer.feature
    if feature.match.where != "action":
        return feature.property or feature.id
    found = re.search(feature.downlevel.cut or feature.match.values[0], newer.step.action)
    return found.group().strip() if found else feature.detect
