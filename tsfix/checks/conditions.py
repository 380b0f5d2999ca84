"""Finds conditions, of steps and inside dynamic rules, that nobody knows or that the target shows or tests otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from tsfix.checks.subject import Subject
from tsfix.findings import Finding
from tsfix.knowledge.other_facts import PlatformFact
from tsfix.task_sequence import Condition, ConditionPart, Group, Step, attribute

_OPERATORS = frozenset({"and", "or", "not"})


class PlacedCondition(Struct, frozen=True, kw_only=True):
    """A condition and the group or step that it belongs to."""

    item: Group | Step
    condition: Condition
    in_rules: bool = False
    """True for the condition of a rule inside a Set Dynamic Variables step."""

    @property
    def runs(self) -> bool:
        """False when the group or step, or a group around it, is disabled."""
        return self.item.runs


def conditions(subject: Subject) -> tuple[PlacedCondition, ...]:
    """Every condition of the task sequence, then those of dynamic rules."""
    return subject.once("conditions", lambda of: tuple(_conditions(of)))


def _conditions(subject: Subject) -> Iterator[PlacedCondition]:
    for item in subject.items:
        if item.condition is not None:
            yield PlacedCondition(item=item, condition=item.condition)
    for rules in subject.dynamic_rules:
        for rule in rules.rules:
            if rule.condition is not None:
                yield PlacedCondition(item=rules.step, condition=rule.condition, in_rules=True)


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 35 for what nobody knows; platforms and namespaces are remarks of rule 34."""
    for placed in conditions(subject):
        for name in dict.fromkeys(_unknown(subject, placed)):
            yield _unknown_type(subject, placed, name)
        if subject.target is not None:
            yield from _platforms(subject, placed)
        yield from _client_namespace(subject, placed)
    for rules in subject.dynamic_rules:
        if not rules.readable:
            yield _unreadable_rules(subject, rules.step)


def _unknown(subject: Subject, placed: PlacedCondition) -> Iterator[str]:
    """Names of expression types, operators and elements that are in no record."""
    for part in placed.condition.walk():
        if part.kind == "expression":
            fact = subject.knowledge.condition(part.type)
            if fact is None or fact.place == "mdt" or (fact.place == "dynamic-rules" and not placed.in_rules):
                yield part.type or "(expression without a type)"
        elif part.kind == "operator" and part.type.lower() not in _OPERATORS:
            yield f"operator {part.type or '(without a type)'}"
        for other in part.other:
            yield _shortened(other)
    for other in placed.condition.other:
        yield _shortened(other)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."


def _unknown_type(subject: Subject, placed: PlacedCondition, name: str) -> Finding:
    rule = subject.knowledge.rule("R35")
    where = "A dynamic rule" if placed.in_rules else "A condition"
    return subject.finding(
        rule.id,
        rule.severity if placed.runs else "warning",
        subject=name,
        title=f"{where} holds something unknown: {name}",
        reason=rule.reason,
        remedy=rule.remedy,
        item=placed.item,
        certainty="unknown",
        sources=(rule.source,),
    )


def _unreadable_rules(subject: Subject, step: Step) -> Finding:
    rule = subject.knowledge.rule("R35")
    return subject.finding(
        rule.id,
        rule.severity if step.runs else "warning",
        subject="(rules)",
        title="The rules of the step are no well-formed XML",
        reason="tsfix cannot read what the rules test and set, so nothing can be said about them.",
        remedy="Open the step in the console and save it, then export again.",
        item=step,
        certainty="unknown",
        sources=(rule.source,),
    )


def _platforms(subject: Subject, placed: PlacedCondition) -> Iterator[Finding]:
    """Platforms that the older console does not list; the client still evaluates the queries behind them."""
    target = subject.target
    if target is None:
        return
    newer: dict[PlatformFact, str] = {}
    for part in placed.condition.walk():
        if part.kind != "osExpressionGroup":
            continue
        name = attribute(part.attributes, "name") or ""
        for platform in _platforms_added(subject, part):
            version = subject.knowledge.version(platform.version)
            if target.version.order < version.order and _pattern(platform.names).search(name):
                newer[platform] = name
    for platform, name in newer.items():
        rule = subject.knowledge.rule("R34")
        yield subject.finding(
            rule.id,
            "info",
            subject=platform.platform,
            title=f'A condition names the platform "{name}", which the console of the target does not list',
            reason=f"target {target.version.id} < needs {platform.version}; the client evaluates the queries all the same",
            remedy="Leave it, and edit the condition with the newer console only.",
            item=placed.item,
            certainty="likely",
            sources=(rule.source,),
        )


def _platforms_added(subject: Subject, part: ConditionPart) -> tuple[PlatformFact, ...]:
    return tuple(platform for fact in subject.knowledge.conditions for platform in fact.platforms_added)


@lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _client_namespace(subject: Subject, placed: PlacedCondition) -> Iterator[Finding]:
    """A query on the client's own namespace in a step that runs in Windows PE only: it is not there."""
    item = placed.item
    if not isinstance(item, Step) or attribute(item.attributes, "runIn") != "WinPE" or not placed.runs:
        return
    pattern = _pattern(subject.knowledge.signs.guards.wmi_namespace)
    for part in placed.condition.walk():
        namespace = part.value("Namespace")
        if namespace is not None and pattern.search(namespace.strip()):
            rule = subject.knowledge.rule("R34")
            yield subject.finding(
                rule.id,
                "info",
                subject=namespace,
                title=f"The condition asks {namespace}, which is not there in Windows PE",
                reason="The step runs in Windows PE only, where no client is installed.",
                remedy="Test a task sequence variable instead.",
                item=item,
                certainty="likely",
                sources=(rule.source,),
            )
            return
