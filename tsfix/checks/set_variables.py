"""Which variables does a task sequence set, where, and to what? Steps, their own settings and dynamic rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from tsfix.checks.dynamic_rules import StepRules
from tsfix.task_sequence import Step


class SetVariable(Struct, frozen=True, kw_only=True):
    """One variable that a step sets for all steps behind it."""

    step: Step
    name: str
    value: str
    how: str
    """In words: ``the step sets it``."""


def own_values(steps: Iterable[Step], names: Collection[str]) -> Iterator[SetVariable]:
    """Settings of steps, which the client reads as variables while the step runs; only those with the names (no case)."""
    wanted = {name.casefold() for name in names}
    for step in steps:
        for variable in step.variables:
            if variable.name.casefold() in wanted:
                yield SetVariable(
                    step=step, name=variable.name, value=variable.value, how="it is a setting of the step"
                )


def set_by_name(steps: Iterable[Step], dynamic_rules: Iterable[StepRules]) -> Iterator[SetVariable]:
    """Variables that steps set by name: Set Task Sequence Variable, output variables, dynamic rules."""
    for step in steps:
        named, value = step.property("VariableName"), step.property("VariableValue")
        if named is not None and named.value.strip():
            text = "" if value is None else value.value
            yield SetVariable(step=step, name=named.value.strip(), value=text, how="the step sets it")
        output = step.property("OutputVariableName")
        if output is not None and output.value.strip():
            yield SetVariable(step=step, name=output.value.strip(), value="", how="the step writes its output there")
    for rules in dynamic_rules:
        for rule in rules.rules:
            for one in rule.variables:
                yield SetVariable(step=rules.step, name=one.name.strip(), value=one.value, how="a rule sets it")
