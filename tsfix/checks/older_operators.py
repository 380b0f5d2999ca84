"""Decides how a test with an operator that the target lacks can be written without it, in conditions and dynamic rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from tsfix.checks.out_of_action import out_of_action
from tsfix.checks.subject import Subject
from tsfix.errors import TsfixError
from tsfix.knowledge.facts import Age, Feature
from tsfix.task_sequence import Condition, Group, Step, Variable
from tsfix.values import Location
from tsfix.xml_bytes.parser import parse_xml

OperatorChange = Literal["exact", "not-like"]
"""``exact``: compare with the whole text; ``not-like``: ``like`` inside ``not``."""

EXACT = {"exact-operator": "equals", "not-like": "notEquals"}
"""The exact comparison that says the same for a pattern without wildcards, by the rewrite that the facts name."""

LIKE = "like"
"""The operator that stands inside ``not``."""

_OPERATOR, _VALUE = "Operator", "Value"
_OPEN = re.compile(r"[*?%]")
"""Wildcards; also a variable, whose value may hold some."""


class Test(Struct, frozen=True, kw_only=True):
    """One expression that compares a variable with a text."""

    element: int
    """The number of the expression in its document."""
    operator_element: int
    operator: str
    value: str


class OlderTest(Struct, frozen=True, kw_only=True):
    """A test whose operator the target lacks."""

    test: Test
    feature: Feature
    age: Age
    change: OperatorChange | None
    """How to write it for the target; None where nothing says the same."""


def of_condition(condition: Condition) -> list[Test]:
    """The tests of a condition, in document order."""
    found = []
    for part in condition.walk():
        operator = next((one for one in part.variables if one.name == _OPERATOR), None)
        if operator is not None:
            value = part.value(_VALUE) or ""
            found.append(
                Test(
                    element=part.element,
                    operator_element=operator.element,
                    operator=operator.value.strip(),
                    value=value,
                )
            )
    return found


def of_rules(text: str) -> list[Test]:
    """The tests in the text of dynamic rules, with the numbers of the elements there; none where it is no XML."""
    try:
        root = parse_xml(text.strip().encode("utf-8"), location=Location(file="rules"))
    except TsfixError:
        return []
    numbers = {element: number for number, element in enumerate(root.iter("*"))}
    found = []
    for expression in root.iter("expression"):
        variables = {one.get("name", ""): one for one in expression.iterchildren("variable")}
        if _OPERATOR in variables:
            value = variables[_VALUE].text or "" if _VALUE in variables else ""
            found.append(
                Test(
                    element=numbers[expression],
                    operator_element=numbers[variables[_OPERATOR]],
                    operator=(variables[_OPERATOR].text or "").strip(),
                    value=value,
                )
            )
    return found


def older_tests(subject: Subject, tests: Iterable[Test]) -> list[OlderTest]:
    """Those tests whose operator the target lacks, each with what can be done about it."""
    newer = _newer_operators(subject)
    found = []
    for test in tests:
        known = newer.get(test.operator.casefold())
        if known is not None:
            feature, age = known
            change = _change(feature, test, has_like=LIKE not in newer)
            found.append(OlderTest(test=test, feature=feature, age=age, change=change))
    return found


def mends_condition(subject: Subject, item: Group | Step) -> bool:
    """True when every test of the item's condition can be written for the target."""
    if item.condition is None or out_of_action(item):
        return False
    found = older_tests(subject, of_condition(item.condition))
    return bool(found) and all(one.change is not None for one in found)


def mends_rules(subject: Subject, variable: Variable) -> bool:
    """True when every test in the dynamic rules can be written for the target."""
    found = older_tests(subject, of_rules(variable.value))
    return bool(found) and all(one.change is not None for one in found)


def _newer_operators(subject: Subject) -> dict[str, tuple[Feature, Age]]:
    """The operators that the target lacks and that the facts say how to write, in lower case."""
    if subject.target is None:
        return {}
    found: dict[str, tuple[Feature, Age]] = {}
    for feature in subject.knowledge.sequence_features():
        if feature.scope == "condition" and feature.match.name == _OPERATOR:
            age = subject.knowledge.feature_age(feature, subject.target.version)
            if age.newer:
                found.update({value.casefold(): (feature, age) for value in feature.match.values})
    return found


def _change(feature: Feature, test: Test, *, has_like: bool) -> OperatorChange | None:
    rewrite = feature.downlevel.rewrite
    if rewrite in EXACT and not _OPEN.search(test.value):
        return "exact"
    return "not-like" if rewrite == "not-like" and has_like else None
