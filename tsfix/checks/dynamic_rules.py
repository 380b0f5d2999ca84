"""Reads the rules inside Set Dynamic Variables steps: a condition and the variables that it sets, as XML inside a value."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree
from msgspec import Struct

from tsfix.errors import TsfixError
from tsfix.parse.sequence import read_sequence
from tsfix.task_sequence import Condition, Step
from tsfix.values import Location
from tsfix.xml_bytes.parser import parse_xml

_RULES = "osdsetdynamicvariablesrules"


class RuleVariable(Struct, frozen=True, kw_only=True):
    """One variable that a rule sets."""

    name: str
    value: str
    secret: bool
    """True where the console hides the value; an export leaves it out."""


class DynamicRule(Struct, frozen=True, kw_only=True):
    """One rule: what it tests (None for always) and what it sets."""

    condition: Condition | None
    variables: tuple[RuleVariable, ...]


class StepRules(Struct, frozen=True, kw_only=True):
    """The rules of one step."""

    step: Step
    rules: tuple[DynamicRule, ...]
    readable: bool = True
    """False when the text is no XML."""


def rules_of(steps: Iterable[Step]) -> tuple[StepRules, ...]:
    """The rules of every step that has some."""
    return tuple(
        _read(step, variable.value) for step in steps for variable in step.named(_RULES) if variable.value.strip()
    )


def is_rules(name: str) -> bool:
    """Tell whether a variable of that name holds dynamic rules."""
    return name.lower() == _RULES


def _read(step: Step, text: str) -> StepRules:
    try:
        root = parse_xml(text.strip().encode("utf-8"), location=Location(file="rules"))
        rules = tuple(_rule(element) for element in root.iter("Rule"))
    except TsfixError:
        return StepRules(step=step, rules=(), readable=False)
    return StepRules(step=step, rules=rules)


def _rule(element: etree._Element) -> DynamicRule:
    condition = element.find("condition")
    return DynamicRule(
        condition=None if condition is None else _condition(condition),
        variables=tuple(
            RuleVariable(
                name=one.get("Name", ""),
                value=one.text or "",
                secret=one.get("IsSecret", "").lower() == "true",
            )
            for one in element.iter("Variable")
        ),
    )


def _condition(element: etree._Element) -> Condition | None:
    """The condition, read as that of a group."""
    sequence, group = etree.Element("sequence"), etree.Element("group")
    group.append(element)
    sequence.append(group)
    (item,) = read_sequence(sequence).children
    return item.condition
