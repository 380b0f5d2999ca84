"""Takes settings, switches and values that the target lacks out of steps, where the knowledge base calls that equivalent."""

from __future__ import annotations

import re

from msgspec.structs import replace

from tsfix.changes import Reason
from tsfix.checks.equivalent_steps import cost_of
from tsfix.checks.feature_use import (
    NewerFeature,
    equivalent_change,
    mending_change,
    needs_decision,
    newer_features,
    newer_sequence_features,
)
from tsfix.checks.subject import Subject
from tsfix.knowledge.facts import Feature
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import Group, Step
from tsfix.values import RuleId


def unresolved(subject: Subject) -> list[NewerFeature]:
    """Newer features in use that block a copy because no equivalent change is known. A policy must decide."""
    return [newer for newer in newer_features(subject) if needs_decision(newer)]


def apply(subject: Subject, draft: SequenceDraft) -> None:
    """Make every equivalent change in what stands in the copy.

    A step that needs a decision is left as it is, whatever the decision: half of it changed would be neither the old
    step nor one that the target can run.
    """
    left_alone = {newer.step.element for newer in unresolved(subject)}
    for newer in newer_features(subject):
        if not draft.gone(newer.step) and newer.step.element not in left_alone:
            _apply_to_step(newer, draft)
    for whole in newer_sequence_features(subject, "sequence", "step-attribute"):
        change = equivalent_change(whole.feature)
        reason = _with_cost(reason_of(whole.feature, whole.age.reason), whole.feature)
        if change is None or (whole.item is not None and draft.gone(whole.item)):
            continue
        if whole.item is not None and whole.item.element in left_alone:
            continue
        if whole.item is not None:
            _change_attribute(draft, whole.item, whole.feature, reason)
        elif whole.feature.match.where == "sequence-attribute" and whole.feature.downlevel.set_value is not None:
            draft.set_version(whole.feature.downlevel.set_value, reason)


def reason_of(feature: Feature, age: str) -> Reason:
    """Why a feature is changed: the comparison of versions and where the fact comes from."""
    return Reason(rule=RuleId("R26"), text=age, sources=(feature.source,))


def _with_cost(reason: Reason, feature: Feature) -> Reason:
    cost = cost_of(feature.downlevel)
    return replace(reason, text=f"{reason.text}. Trade-off: {cost}") if cost else reason


def _apply_to_step(newer: NewerFeature, draft: SequenceDraft) -> None:
    feature, step = newer.feature, newer.step
    reason = reason_of(feature, newer.age.reason)
    change = mending_change(newer) if newer.used else None
    if change is not None:
        reason = _with_cost(reason, feature)
    if change is None:
        for variable in newer.neutral:
            draft.remove_variable(step, variable, replace(reason, topic="neutral"))
    elif change == "cut":
        draft.set_action(step, re.sub(feature.downlevel.cut, "", draft.action(step)), reason)
    elif feature.match.where == "attribute":
        _change_attribute(draft, step, feature, reason)
    else:
        for variable in newer.carriers:
            if feature.downlevel.set_value is not None:
                draft.set_variable(step, variable, feature.downlevel.set_value, reason)
            else:
                draft.remove_variable(step, variable, reason)


def _change_attribute(draft: SequenceDraft, item: Group | Step, feature: Feature, reason: Reason) -> None:
    if feature.downlevel.set_value is not None:
        draft.set_attribute(item, feature.match.name, feature.downlevel.set_value, reason)
    else:
        draft.remove_attribute(item, feature.match.name, reason)
