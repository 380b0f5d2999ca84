"""Finds built-in variables that the target lacks or reads otherwise, in every place where a task sequence can name one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from tsfix.checks.conditions import PlacedCondition, conditions
from tsfix.checks.dynamic_rules import is_rules
from tsfix.checks.set_variables import SetVariable
from tsfix.checks.subject import Subject
from tsfix.findings import Evidence, Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.context import Text, whole_word
from tsfix.knowledge.facts import Age, Feature, StepFact
from tsfix.knowledge.names import same_name
from tsfix.knowledge.other_facts import VariableFact
from tsfix.task_sequence import ConditionPart, Group, Step
from tsfix.values import Certainty, Severity, VersionId

_NAMING = frozenset({"variablename", "outputvariablename"})
"""Properties whose value is the name of a variable; what they do with it is known better than from the text."""


class VariableUse(Struct, frozen=True, kw_only=True):
    """One group or step that uses a built-in variable."""

    fact: VariableFact
    item: Group | Step
    how: tuple[str, ...]
    """In words: ``a condition tests it``."""
    direct: bool
    """False when only a script or a text names it; what it does with the variable is not known then."""


@lru_cache(maxsize=64)
def newer_variables(knowledge: KnowledgeBase, version_id: VersionId) -> tuple[tuple[VariableFact, Age], ...]:
    """The variables that make a difference and that a version lacks."""
    version = knowledge.version(version_id)
    found = []
    for fact in (*knowledge.variables, *knowledge.step_inputs):
        if fact.on_older is not None:
            age = knowledge.age(fact.introduced, version, fact.confidence)
            if age.newer:
                found.append((fact, age))
    return tuple(found)


def uses_of(subject: Subject) -> tuple[VariableUse, ...]:
    """Every group or step that uses a variable which makes a difference to some target, in the order of the sequence."""
    return subject.once("variable uses", lambda of: tuple(_uses(of)))


def _uses(subject: Subject) -> Iterator[VariableUse]:
    named = {fact.name.casefold(): fact for fact in subject.named_variables}
    wanted = {name: fact for name, fact in named.items() if "#" not in name}
    indexed = [fact for name, fact in named.items() if "#" in name]
    if not named:
        return
    found: dict[tuple[int, str], dict[str, bool]] = {}
    items: dict[int, Group | Step] = {}

    def note(item: Group | Step, name: str, how: str, *, direct: bool) -> None:
        items[item.element] = item
        found.setdefault((item.element, name), {})[how] = direct

    for one in subject.set_variables:
        if one.name.casefold() in wanted:
            note(one.step, one.name.casefold(), one.how, direct=True)
        elif (fact := next((fact for fact in indexed if same_name(fact.name, one.name)), None)) is not None:
            note(one.step, fact.name.casefold(), f"{one.how} ({one.name})", direct=True)
    for placed in conditions(subject):
        for part in placed.condition.walk():
            tested = (part.value("Variable") or "").strip().casefold()
            if tested in wanted:
                how = _tested(placed, part, wanted[tested], subject.knowledge.without_value)
                note(placed.item, tested, how, direct=True)
    for name, fact in wanted.items():
        for text in subject.context.texts_with(name):
            for replaced in _namings(text, name):
                label = "a rule" if _in_rules(text) else text.label
                how = f"{label} holds %{fact.name}%" if replaced else f"{label} names it"
                note(text.item, name, how, direct=replaced)
    for (element, name), ways in sorted(found.items()):
        yield VariableUse(fact=named[name], item=items[element], how=tuple(ways), direct=any(ways.values()))


def _tested(placed: PlacedCondition, part: ConditionPart, fact: VariableFact, passes: Mapping[str, bool]) -> str:
    """The test in words; of a variable that the target's engine never sets, also how the test ends there."""
    where = "a rule tests it" if placed.in_rules else "a condition tests it"
    operator = part.value("Operator") or ""
    met = passes.get(operator.casefold())
    if fact.kind != "read-only" or fact.on_older is None or met is None:
        return where
    value = part.value("Value") or ""
    test = f'{operator} "{value}"' if value else operator
    told = f"{where}: {fact.name} {test} is {'always' if met else 'never'} met there (inferred)"
    tests = [one for one in placed.condition.walk() if one.kind != "operator" or one.type.casefold() == "not"]
    if placed.in_rules or tests != [part]:
        return told
    what = "group" if isinstance(placed.item, Group) else "step"
    return f"{told}, so this {what} {'always' if met else 'never'} runs"


def _namings(text: Text, name: str) -> Iterator[bool]:
    """Every place where the text names the variable: True for ``%name%``. In conditions and rules only that counts."""
    variable, in_rules = text.variable, _in_rules(text)
    if text.repeats or (text.in_condition and variable is not None and variable.name == "Variable"):
        return
    if variable is not None and not (text.is_script or in_rules) and variable.property.lower() in _NAMING:
        return
    for found in whole_word(name).finditer(text.folded):
        replaced = text.folded[found.start() - 1 : found.start()] == "%" == text.folded[found.end() : found.end() + 1]
        if replaced or not (text.in_condition or in_rules):
            yield replaced


def _in_rules(text: Text) -> bool:
    return text.variable is not None and not text.is_script and is_rules(text.variable.name)


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 32 for newer variables, 33 for the one that keeps command lines out of the log, 36 for changed ones."""
    if subject.target is None:
        return
    kept = tuple(kept_out_of_log(subject))
    answered = {one.feature.match.name.casefold() for one in kept} | _never_switched_on(subject)
    for switched in kept:
        age = subject.knowledge.feature_age(switched.feature, subject.target.version)
        if age.newer:
            yield _logged(subject, switched, age)
    newer = newer_variables(subject.knowledge, subject.target.version.id)
    ages = {fact.name: age for fact, age in newer}
    inputs = {fact.name for fact in subject.knowledge.step_inputs}
    together: dict[tuple[int, tuple[str, ...]], list[VariableUse]] = {}
    for use in uses_of(subject):
        if use.fact.name not in ages or use.fact.name.casefold() in answered:
            continue
        if use.fact.name in inputs:
            together.setdefault((use.item.element, use.fact.applies_to), []).append(use)
        else:
            yield _newer(subject, (use,), ages[use.fact.name])
    for uses in together.values():
        yield _newer(subject, tuple(uses), ages[uses[0].fact.name])
    yield from _of_unknown_age(subject)
    yield from _changed(subject)


def _of_unknown_age(subject: Subject) -> Iterator[Finding]:
    """One remark for all variables of which nobody can tell whether the target knows them."""
    assert subject.target is not None
    used: dict[str, list[str]] = {}
    for use in uses_of(subject):
        since = use.fact.introduced.version
        known = since is not None and subject.target.version.order >= subject.knowledge.version(since).order
        if use.fact.age_unknown and use.item.runs and not known:
            used.setdefault(use.fact.name, []).append(" > ".join(use.item.path))
    if not used:
        return
    rule, names = subject.knowledge.rule("R32"), ", ".join(used)
    yield subject.finding(
        rule.id,
        "info",
        subject=names,
        title=f"Whether the target knows {names} is not known",
        reason=f"No source says which version brought {'it' if len(used) == 1 else 'them'}. {rule.reason}",
        remedy=f"Try it on a computer with the client of {subject.target.version.id}.",
        certainty="unknown",
        sources=(rule.source,),
        evidence=tuple(Evidence(text=f"{name}: {', '.join(dict.fromkeys(places))}.") for name, places in used.items()),
    )


def _newer(subject: Subject, uses: tuple[VariableUse, ...], age: Age) -> Finding:
    """One finding for a variable, or for all inputs of one newer step that a group or step uses."""
    use = uses[0]
    older, item = use.fact.on_older, use.item
    assert older is not None
    rule = subject.knowledge.rule("R32")
    severity: Severity = older.severity
    certainty: Certainty = age.certainty
    if not any(one.direct for one in uses):
        severity = "warning" if severity == "error" else severity
        certainty = "likely" if certainty == "certain" else certainty
    if not item.runs:
        severity = "warning" if severity == "error" else "info"
    names = ", ".join(one.fact.name for one in uses)
    plural = len(uses) > 1
    return subject.finding(
        rule.id,
        severity,
        subject=names,
        title=f"The {'variables' if plural else 'variable'} {names} {'are' if plural else 'is'} newer than the target",
        reason=f"{age.reason}; {older.effect}" + (f": {older.note}" if older.note else ""),
        remedy=rule.remedy,
        item=item,
        certainty=certainty,
        sources=(use.fact.source,),
        evidence=tuple(
            Evidence(text=(f"{one.fact.name}: {how}." if plural else f"{how[0].upper()}{how[1:]}."))
            for one in uses
            for how in one.how
        ),
    )


class KeptOutOfLog(Struct, frozen=True, kw_only=True):
    """A variable that keeps the command lines of one step type out of the log."""

    step: Step
    """The step that switches it on."""
    fact: StepFact
    feature: Feature


def kept_out_of_log(subject: Subject) -> Iterator[KeptOutOfLog]:
    """Every step type of the task sequence whose command lines a variable keeps out of the log."""
    switched = {one.name.casefold(): one.step for one in subject.set_variables if one.step.runs and _is_on(one)}
    for fact, feature in _log_features(subject):
        step = switched.get(feature.match.name.casefold())
        if step is not None:
            yield KeptOutOfLog(step=step, fact=fact, feature=feature)


def _is_on(one: SetVariable) -> bool:
    """Set to true, or to something that only the run decides."""
    value = one.value.strip().lower()
    return value == "true" or "%" in value


def _log_features(subject: Subject) -> Iterator[tuple[StepFact, Feature]]:
    """The features by which a variable keeps a command line out of the log, for the step types of the task sequence."""
    seen: set[str] = set()
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        if fact is None or not step.runs or fact.type in seen:
            continue
        seen.add(fact.type)
        for feature in fact.features:
            if feature.rule == "R33":
                yield fact, feature


def _never_switched_on(subject: Subject) -> set[str]:
    """Such variables that are only ever switched off: that an older client does not know them changes nothing."""
    values = list(subject.set_variables)
    names = {feature.match.name.casefold() for _, feature in _log_features(subject)}
    return {name for name in names if not any(one.name.casefold() == name and _is_on(one) for one in values)}


def _logged(subject: Subject, switched: KeptOutOfLog, age: Age) -> Finding:
    rule, feature = subject.knowledge.rule("R33"), switched.feature
    return subject.finding(
        rule.id,
        rule.severity,
        subject=feature.id,
        title=f'{feature.match.name} does not keep the command lines of "{switched.fact.name}" out of the target\'s log',
        reason=f"{age.reason}; {feature.effect_on_older}",
        remedy=feature.downlevel.text,
        item=switched.step,
        certainty=age.certainty,
        sources=(feature.source,),
        evidence=_shown(exposed_steps(subject, switched)),
    )


def exposed_steps(subject: Subject, switched: KeptOutOfLog) -> tuple[Step, ...]:
    """The steps whose command lines the variable was to keep out of the log: those that run while it is on."""
    name = switched.feature.match.name.casefold()
    states = {one.step.element: _is_on(one) for one in subject.set_variables if one.name.casefold() == name}
    found, is_on = [], False
    for step in subject.steps:
        if step.runs and step.element in states:
            is_on = states[step.element]
        elif step.runs and is_on and step.type == switched.fact.type:
            found.append(step)
    return tuple(found)


_MOST_SHOWN = 5


def _shown(steps: tuple[Step, ...]) -> tuple[Evidence, ...]:
    """A few of the steps, and how many there are besides."""
    if not steps:
        return ()
    names = ", ".join(f'"{step.path[-1]}"' for step in steps[:_MOST_SHOWN])
    more = f" and {len(steps) - _MOST_SHOWN:,} more" if len(steps) > _MOST_SHOWN else ""
    what = "1 command line is" if len(steps) == 1 else f"{len(steps):,} command lines are"
    return (Evidence(text=f"{what} written to the log: {names}{more}."),)


def _changed(subject: Subject) -> Iterator[Finding]:
    """Variables that still count on the target and no longer on the newer side."""
    assert subject.target is not None
    order = subject.target.version.order
    for one in subject.set_variables:
        fact = subject.knowledge.variable(one.name) if one.step.runs else None
        if fact is None or fact.deprecated is None or order >= subject.knowledge.version(fact.deprecated).order:
            continue
        rule = subject.knowledge.rule("R36")
        yield subject.finding(
            rule.id,
            rule.severity,
            subject=fact.name,
            title=f"The variable {fact.name} does not mean the same on the target as on newer sites",
            reason=f"target {subject.target.version.id} < {fact.deprecated}, from which on it no longer counts; {fact.note}",
            remedy=rule.remedy,
            item=one.step,
            sources=(fact.source,),
        )
