"""Finds properties of the task sequence object that the target's class has not, and tells which of them say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tsfix.checks.subject import Subject
from tsfix.knowledge.facts import Age, Feature
from tsfix.knowledge.matching import is_neutral
from tsfix.task_sequence import PackageProperty


class NewerProperty(Struct, frozen=True, kw_only=True):
    """One property of the object that the target lacks."""

    property: PackageProperty
    feature: Feature
    age: Age


def says_nothing(feature: Feature, found: PackageProperty) -> bool:
    """True when the property can go without a loss: it is NULL, at a neutral value, or no task sequence uses it."""
    if feature.downlevel.automatic == "always":
        return True
    if feature.downlevel.automatic != "neutral":
        return False
    return is_neutral(feature, found.value) if isinstance(found.value, str) else not found.value


def newer_properties(subject: Subject) -> Iterator[NewerProperty]:
    """Every property that stands in the object and that the target lacks, used or not. Checks and rewrites both ask here."""
    if subject.target is None or subject.exported.format != "object-xml":
        return
    for feature in subject.knowledge.sequence_features():
        if feature.scope != "package" or feature.match.where != "package-property":
            continue
        found = subject.task_sequence.property(feature.match.name)
        if found is None:
            continue
        age = subject.knowledge.feature_age(feature, subject.target.version)
        if age.newer:
            yield NewerProperty(property=found, feature=feature, age=age)


def idle_properties(subject: Subject) -> list[NewerProperty]:
    """Those that a copy for the target leaves out."""
    return [found for found in newer_properties(subject) if says_nothing(found.feature, found.property)]
