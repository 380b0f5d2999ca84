"""Tells which settings of a step a copy may leave out or set back, for a target or for any older version."""

from __future__ import annotations

from tsfix.checks.feature_use import newer_features, newer_sequence_features
from tsfix.checks.subject import Subject
from tsfix.comparison.differences import Detail
from tsfix.masking import MASK
from tsfix.task_sequence import Group, Step
from tsfix.values import Position


def newer_settings(subject: Subject) -> frozenset[tuple[Position, str]]:
    """Variables and attributes that the target lacks, by step and name."""
    if subject.target is None:
        return frozenset()
    found: set[tuple[Position, str]] = set()
    for newer in newer_features(subject):
        found |= {(newer.step.position, item.name) for item in (*newer.carriers, *newer.neutral)}
        if newer.feature.match.where == "attribute":
            found.add((newer.step.position, newer.feature.match.name))
    for whole in newer_sequence_features(subject, "step-attribute"):
        if whole.item is not None:
            found.add((whole.item.position, whole.feature.match.name))
    return frozenset(found)


def can_be_left_out(step: Step, name: str, detail: Detail, subject: Subject) -> bool:
    """Without a target: the knowledge base calls the variable a newer setting that a copy may leave out or reset."""
    fact = subject.knowledge.step(step.type)
    variable = next((item for item in step.variables if item.name == name), None)
    if fact is None or variable is None or detail.before == MASK:
        return False
    return any(
        feature.property
        and feature.property.lower() == variable.property.lower()
        and (detail.kind == "removed" or feature.downlevel.set_value == detail.after)
        for feature in fact.features
    )


def is_newer_attribute(item: Group | Step, name: str, detail: Detail, subject: Subject) -> bool:
    """Without a target: the knowledge base names the attribute's new value as that of older versions."""
    fact = subject.knowledge.step(item.type) if isinstance(item, Step) else None
    own = fact.features if fact is not None else ()
    return subject.target is None and any(
        feature.match.name == name and feature.downlevel.set_value == detail.after
        for feature in (*subject.knowledge.sequence_features(), *own)
        if feature.match.where == "attribute"
    )
