"""Finds settings, values, switches and conditions newer than the target inside steps that the target knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tsfix.checks.equivalent_steps import cost_of, equivalent_steps
from tsfix.checks.older_operators import EXACT, mends_condition, mends_rules
from tsfix.checks.subject import Subject
from tsfix.findings import Evidence, Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Age, Feature, StepFact
from tsfix.knowledge.matching import in_use, neutral_carriers, users
from tsfix.task_sequence import Group, Step, Variable, attribute
from tsfix.values import StepType, VersionId

EquivalentChange = Literal["cut", "strip", "set"]

_STEP_LEVEL = frozenset({"variable", "attribute", "action", "reference", "step"})


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


def newer_features(subject: Subject) -> Iterator[NewerFeature]:
    """Every feature newer than the target in steps of known, old enough types. The rewrites use this too."""
    target = subject.target
    if target is None:
        return
    context = subject.context
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        if fact is None:
            continue
        for feature, age in _newer_of_type(subject.knowledge, fact.type, target.version.id):
            found = context.named(step, feature.variable) if feature.variable else ()
            neutral = neutral_carriers(feature, step, context) if found else ()
            used = in_use(feature, step, context) and not (found and len(neutral) == len(found))
            if used or neutral:
                yield NewerFeature(
                    step=step, fact=fact, feature=feature, age=age, used=used, carriers=found, neutral=neutral
                )


@lru_cache(maxsize=2048)
def _newer_of_type(
    knowledge: KnowledgeBase, step_type: StepType, version_id: VersionId
) -> tuple[tuple[Feature, Age], ...]:
    """What a version lacks of a step type that it knows; nothing for a type that it lacks as a whole."""
    fact, version = knowledge.step(step_type), knowledge.version(version_id)
    if fact is None or knowledge.step_age(fact, version).newer:
        return ()
    ages = ((one, knowledge.feature_age(one, version)) for one in fact.features if one.match.where in _STEP_LEVEL)
    return tuple((feature, age) for feature, age in ages if age.newer)


def newer_sequence_features(subject: Subject, *scopes: str) -> Iterator[NewerSequenceFeature]:
    """Features of the sequence or of conditions that the target lacks, of the given scopes."""
    target = subject.target
    if target is None:
        return
    context = subject.context
    for feature in subject.knowledge.sequence_features():
        if feature.scope not in scopes:
            continue
        age = subject.knowledge.feature_age(feature, target.version)
        if not age.newer:
            continue
        if feature.match.where in ("condition", "attribute", "action"):
            for item in users(feature, context):
                yield NewerSequenceFeature(feature=feature, age=age, item=item)
        elif in_use(feature, None, context):
            yield NewerSequenceFeature(feature=feature, age=age, item=None)


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
        yield _finding(subject, "R26", newer.feature, newer.age, newer.item, title)
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
    features = _newer_of_type(subject.knowledge, newer.item.type, subject.target.version.id) if fact else ()
    return any(feature.property == held.property for feature, _ in features)


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
    neutral: list[NewerFeature] = []
    newer_ones = list(newer_features(subject))
    equivalent = {found.step.element: found for found in equivalent_steps(subject)}
    replaced = {element for element, found in equivalent.items() if not found.obstacle}
    left_alone = {newer.step.element for newer in newer_ones if needs_decision(newer) and not _rewrites(subject, newer)}
    left_alone -= replaced
    repeated = _repeating_switches(newer_ones)
    for newer in newer_ones:
        if rule_of(newer.feature) in OTHER_CHECKS or any(newer is one for one in repeated.values()):
            continue
        if newer.step.element in replaced and not newer.used:
            continue
        if newer.feature.behaviour_only and newer.feature.severity == "info" and not newer.step.runs:
            continue
        if newer.used:
            known = newer.step.element in replaced and newer.feature.downlevel.rewrite
            rule_id = "R25" if known else rule_of(newer.feature)
            mended = mending_change(newer) is not None or _rewrites(subject, newer)
            mended = newer.step.element in replaced or (mended and newer.step.element not in left_alone)
            found = _finding(
                subject, rule_id, newer.feature, newer.age, newer.step, feature_title(newer), automatic=mended
            )
            against = equivalent.get(newer.step.element)
            if against and newer.feature.downlevel.rewrite:
                found = replace(found, reason=against.told(found.reason))
            switch = repeated.get((newer.step.element, newer.feature.id))
            if switch is not None:
                found = _with_switch(found, newer, switch)
            if found.fix == "automatic":
                cost = against.trade_off if against else cost_of(newer.feature.downlevel)
                found = replace(found, trade_off=cost)
            yield found
        elif newer.step.element not in left_alone:
            neutral.append(newer)
    if neutral and subject.target is not None:
        rule = subject.knowledge.rule("R26")
        names = sorted({newer.feature.property or newer.feature.id for newer in neutral})
        steps = len({newer.step.position for newer in neutral})
        one = len(neutral) == 1
        yield subject.finding(
            "R26",
            "info",
            subject="neutral settings",
            title=(
                f"{len(neutral)} newer {'setting' if one else 'settings'} in {steps} {'step' if steps == 1 else 'steps'} "
                f'{"stands at a value that means" if one else "stand at values that mean"} "not used"'
            ),
            reason=f"newer than {subject.target.version.id}: {', '.join(names)}",
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
    if item is not None and not _runs(item):
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
    return feature.downlevel.text


def _runs(item: Group | Step) -> bool:
    return item.runs if isinstance(item, Step) else not (item.disabled or item.in_disabled_group)


NAME_SHOWS = frozenset({"present", "not-in", "nonempty", "equals"})
"""Predicates of the object's properties whose name alone shows the version: the property is as old as the feature."""


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
    for feature in subject.knowledge.sequence_features() if subject.target is not None else ():
        if (
            feature.scope != "package"
            or feature.match.where != "package-property"
            or feature.match.op not in NAME_SHOWS
        ):
            continue
        if feature.property in found or subject.task_sequence.property(feature.match.name) is None:
            continue
        if subject.target is not None and subject.knowledge.feature_age(feature, subject.target.version).newer:
            found.add(feature.property)
    return sorted(found)
