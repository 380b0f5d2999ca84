"""Finds settings, values, switches and conditions newer than the target inside steps that the target knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from tsfix.checks import upgrade_packages
from tsfix.checks.equivalent_steps import EquivalentStep, cost_of, equivalent_steps
from tsfix.checks.feature_use import (
    NAME_SHOWS,
    NewerFeature,
    NewerSequenceFeature,
    equivalent_change,
    feature_name,
    feature_value,
    mending_change,
    needs_decision,
    newer_features,
    newer_of_sequences,
    newer_of_type,
    newer_sequence_features,
)
from tsfix.checks.older_operators import EXACT, mends_condition, mends_rules
from tsfix.checks.script_packages import offered
from tsfix.checks.subject import Subject
from tsfix.findings import Evidence, Finding
from tsfix.knowledge.facts import Age, Feature
from tsfix.request import Target
from tsfix.task_sequence import Group, Step, attribute

OTHER_CHECKS = frozenset({"R13", "R32", "R33", "R36", "R58"})
"""Rules with a check of their own: it needs more than the predicate of the feature."""


def rule_of(feature: Feature) -> str:
    """The rule that reports the use of a feature of a step: 28 for limits and behaviour, 26 for settings."""
    if feature.rule:
        return feature.rule
    return "R28" if feature.behaviour_only or feature.match.op == "gt" else "R26"


def check(subject: Subject) -> Iterator[Finding]:
    """Rules 26 and 28 for steps, 34 for conditions, 31 for the object around the sequence; others as the facts say."""
    yield from _of_steps(subject)
    for newer in newer_sequence_features(subject, "condition"):
        title = f'A condition uses "{feature_value(newer.feature)}", which the target lacks'
        mended = newer.item is not None and mends_condition(subject, newer.item)
        yield _finding(subject, "R34", newer.feature, newer.age, newer.item, title, automatic=mended)
    for newer in newer_sequence_features(subject, "sequence", "step-attribute"):
        if _repeats_setting(subject, newer):
            continue
        title = f"{newer.feature.property or newer.feature.detect} is newer than the target"
        found = _finding(subject, "R26", newer.feature, newer.age, newer.item, title)
        yield replace(found, trade_off=cost_of(newer.feature.downlevel)) if found.fix == "automatic" else found
    for newer in newer_sequence_features(subject, "export"):
        if newer.feature.severity == "error":
            yield _finding(
                subject, "R56", newer.feature, newer.age, None, "The target does not read this kind of export"
            )
    yield from _of_the_object(subject)


def _repeats_setting(subject: Subject, newer: NewerSequenceFeature) -> bool:
    """True for an attribute that only repeats a setting of its step that is newer too: one cause, not two."""
    if newer.feature.match.where != "attribute" or not isinstance(newer.item, Step) or subject.target is None:
        return False
    held = newer.item.property(newer.feature.match.name[:1].upper() + newer.feature.match.name[1:])
    value = attribute(newer.item.attributes, newer.feature.match.name)
    if held is None or held.value != value:
        return False
    fact = subject.knowledge.step(newer.item.type)
    features = newer_of_type(subject.knowledge, newer.item.type, subject.target.version.id) if fact else ()
    return any(feature.property == held.property for feature, _ in features)


def feature_title(newer: NewerFeature) -> str:
    """What a step uses that the target lacks, in words."""
    feature, name = newer.feature, newer.fact.name
    if feature.behaviour_only:
        return f'"{name}" works differently on the target'
    if feature.match.where == "action":
        return f'The action line of "{name}" has a switch that the target does not know: {feature_name(newer)}'
    if feature.rule == "R34":
        return f'A rule of "{name}" tests with an operator that the target lacks'
    if feature.match.where == "attribute":
        return f'"{name}" has the attribute {feature.match.name}, at a value newer than the target'
    return f'"{name}" uses the setting {feature.property or feature.detect}, which the target lacks'


def _of_steps(subject: Subject) -> Iterator[Finding]:
    """A finding for each feature in use, and one for all those that stand at a neutral value."""
    neutral: list[NewerFeature] = []
    newer_ones = list(newer_features(subject))
    equivalent = {found.step.element: found for found in equivalent_steps(subject)}
    replaced = {element for element, found in equivalent.items() if not found.obstacle}
    left_alone = {newer.step.element for newer in newer_ones if needs_decision(newer) and not _rewrites(subject, newer)}
    left_alone -= replaced
    repeated = _repeating_switches(newer_ones)
    for newer in newer_ones:
        element = newer.step.element
        if rule_of(newer.feature) in OTHER_CHECKS or any(newer is one for one in repeated.values()):
            continue
        if element in replaced and not newer.used:
            continue
        if newer.feature.behaviour_only and newer.feature.severity == "info" and not newer.step.runs:
            continue
        if newer.used:
            switch = repeated.get((element, newer.feature.id))
            yield _in_use(subject, newer, equivalent.get(element), switch, left_alone=element in left_alone)
        elif element not in left_alone:
            neutral.append(newer)
    if neutral and subject.target is not None:
        yield _neutral(subject, subject.target, neutral)


def _in_use(
    subject: Subject,
    newer: NewerFeature,
    against: EquivalentStep | None,
    switch: NewerFeature | None,
    *,
    left_alone: bool,
) -> Finding:
    """The finding of a feature in use.

    ``against`` is what can stand in the place of the step, ``switch`` the switch of the action line that repeats the
    setting; ``left_alone`` tells that something else in the step waits for a decision.
    """
    replaced = against is not None and not against.obstacle
    rule_id = "R25" if replaced and newer.feature.downlevel.rewrite else rule_of(newer.feature)
    mended = replaced or (not left_alone and (mending_change(newer) is not None or _rewrites(subject, newer)))
    found = _finding(subject, rule_id, newer.feature, newer.age, newer.step, feature_title(newer), automatic=mended)
    if against and newer.feature.downlevel.rewrite:
        found = offered(subject, against, replace(found, reason=against.told(found.reason)))
    found = upgrade_packages.offered(subject, newer.step, found)
    if switch is not None:
        found = _with_switch(found, newer, switch)
    if found.fix == "automatic":
        found = replace(found, trade_off=against.trade_off if against else cost_of(newer.feature.downlevel))
    return found


def _neutral(subject: Subject, target: Target, neutral: list[NewerFeature]) -> Finding:
    """The finding of all newer settings at values that mean "not used"."""
    rule = subject.knowledge.rule("R26")
    names = sorted({newer.feature.property or newer.feature.id for newer in neutral})
    steps = len({newer.step.position for newer in neutral})
    one = len(neutral) == 1
    return subject.finding(
        "R26",
        "info",
        subject="neutral settings",
        title=(
            f"{len(neutral)} newer {'setting' if one else 'settings'} in {steps} {'step' if steps == 1 else 'steps'} "
            f'{"stands at a value that means" if one else "stand at values that mean"} "not used"'
        ),
        reason=f"newer than {target.version.id}: {', '.join(names)}",
        remedy="Nothing is lost without them; a copy for the target leaves them out.",
        sources=(rule.source,),
        fix="automatic",
    )


_SWITCH = re.compile(r"(?P<switch>/\w+:)\{(?P<name>\w+)[^}]*\}")
"""A switch of the forms of an action line, and the setting that it repeats."""


def _repeating_switches(newer_ones: list[NewerFeature]) -> dict[tuple[int, str], NewerFeature]:
    """Switches in use that only repeat a setting in use, by the step and the setting's feature: one cause, not two."""
    used = [newer for newer in newer_ones if newer.used]
    settings = {(one.step.element, one.feature.property): one for one in used if one.feature.match.where == "variable"}
    found: dict[tuple[int, str], NewerFeature] = {}
    for newer in used if settings else ():
        if newer.feature.match.where != "action":
            continue
        switch = feature_name(newer).partition(":")[0] + ":"
        for form in newer.fact.action_history:
            for repeated, name in _SWITCH.findall(form.template):
                setting = settings.get((newer.step.element, name))
                if setting is not None and repeated.casefold() == switch.casefold():
                    found[(newer.step.element, setting.feature.id)] = newer
    return found


def _with_switch(found: Finding, setting: NewerFeature, switch: NewerFeature) -> Finding:
    """The finding of a setting that also tells of the switch; as bad as the worse of the two."""
    worst = switch.feature.severity if switch.step.runs else "warning"
    if found.severity != "error" and worst == "error":
        found = replace(found, severity="error", blocking=True, fix="decision")
    texts = (f"The setting {setting.feature.property}.", f"The action line repeats it: {feature_name(switch)}.")
    return replace(found, evidence=(*found.evidence, *(Evidence(text=text) for text in texts)))


def _rewrites(subject: Subject, newer: NewerFeature) -> bool:
    """True when the feature is an operator in dynamic rules that can be written for the target."""
    if newer.feature.downlevel.rewrite not in EXACT:
        return False
    return all(mends_rules(subject, variable) for variable in newer.carriers)


def _finding(
    subject: Subject,
    rule_id: str,
    feature: Feature,
    age: Age,
    item: Group | Step | None,
    title: str,
    *,
    automatic: bool | None = None,
) -> Finding:
    rule = subject.knowledge.rule(rule_id)
    severity = feature.severity
    if automatic is None:
        automatic = equivalent_change(feature) is not None
    if item is not None and not item.runs:
        severity = "warning" if severity == "error" else "info"
    return subject.finding(
        rule.id,
        severity,
        subject=feature.id,
        title=title,
        reason=f"{age.reason}; {feature.effect_on_older}",
        remedy=_remedy(feature, automatic=automatic),
        item=item,
        certainty=age.certainty,
        sources=(feature.source,),
        fix="automatic" if automatic else None,
    )


def _remedy(feature: Feature, *, automatic: bool) -> str:
    """What to do. A switch that tsfix would cut at another value is not cut where it is in use."""
    if feature.match.where == "action" and feature.downlevel.cut and not automatic:
        return "The switch is in use, so tsfix does not cut it by itself. Decide what becomes of the step."
    if not automatic and feature.downlevel.text.startswith("tsfix "):
        waits = "Something else in this step needs your decision; until then tsfix leaves the step as it is."
        return f"{waits} Without that: {feature.downlevel.text}"
    return feature.downlevel.text


def _of_the_object(subject: Subject) -> Iterator[Finding]:
    """The provider of an older site does not know these properties, whatever their values are."""
    found = _newer_properties(subject)
    if not found or subject.target is None:
        return
    rule = subject.knowledge.rule("R31")
    names = ", ".join(found)
    yield subject.finding(
        "R31",
        rule.severity,
        subject="object properties",
        title=(
            "1 setting of the task sequence object is newer than the target"
            if len(found) == 1
            else f"{len(found)} settings of the task sequence object are newer than the target"
        ),
        reason=f"newer than {subject.target.version.id}: {names}",
        remedy=rule.remedy,
        sources=(rule.source,),
    )


def _newer_properties(subject: Subject) -> list[str]:
    """Settings of the object that are in use, and properties that are only there, newer than the target."""
    found = {newer.feature.property for newer in newer_sequence_features(subject, "package")}
    held = subject.context.package_properties
    version_id = subject.target.version.id if subject.target is not None else None
    for feature, _ in newer_of_sequences(subject.knowledge, version_id) if version_id is not None else ():
        match = feature.match
        name_shows = feature.scope == "package" and match.where == "package-property" and match.op in NAME_SHOWS
        if name_shows and match.name.lower() in held:
            found.add(feature.property)
    return sorted(found)
