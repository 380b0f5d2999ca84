"""Writes one step as a group of several that do the same together: Install Application in parts, Check Readiness with tests.

The group takes over name, description, condition and what happens on an error: a step in it that fails makes it fail.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tsfix.checks.equivalent_steps import EquivalentStep, newer_in_use
from tsfix.checks.readiness_tests import NAMESPACE, ReadinessTest, readiness_test
from tsfix.checks.split_applications import applications, indexed
from tsfix.checks.subject import Subject
from tsfix.knowledge.facts import Feature, StepFact
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.planned import Decided, Planned, reason_of, rewritable
from tsfix.rewrites.written import (
    RUN_COMMAND_LINE,
    condition_text,
    group_xml,
    new_condition,
    new_variable,
    step_xml,
)
from tsfix.task_sequence import Condition, Group, Step, attribute

_OF_THE_GROUP = frozenset({"disable", "continueOnError"})
_FAILS = "cmd.exe /c exit 4316"
"""The code with which Check Readiness fails itself."""


def wanted(subjects: Iterable[Subject], decided: Decided) -> bool:
    """True when there is something to do."""
    return any(rewritable(subject, decided, "split-applications", "readiness-steps") for subject in subjects)


def apply(draft: ExportDraft, subjects: Iterable[Subject], planned: Planned, decided: Decided) -> None:
    """Write every step that can be written as a group."""
    for subject, sequence in zip(subjects, draft.sequences, strict=True):
        for one in rewritable(subject, decided, "split-applications", "readiness-steps"):
            steps = _steps(subject, one)
            group = _group(one.step, steps)
            xml = group_xml(group, condition_text(sequence, one.step), [step_xml(step) for step in steps])
            reason = reason_of("R25", one.age, one.downlevel, one.source)
            sequence.replace_item(one.step, xml, f"group with {len(steps)} steps", reason)
            planned[sequence.exported.part, one.step.position] = group


def _group(step: Step, steps: tuple[Step, ...]) -> Group:
    kept = _OF_THE_GROUP | {"name", "description"}
    return Group(
        name=step.name,
        description=step.description,
        position=step.position,
        path=step.path,
        attributes=tuple((name, value) for name, value in step.attributes if name in kept),
        condition=step.condition,
        children=steps,
        element=step.element,
        line=step.line,
        in_disabled_group=step.in_disabled_group,
    )


def _inner(step: Step, name: str, condition: Condition | None = None) -> Step:
    """The step as it stands in the group: what the group has taken over is not said again."""
    attributes = tuple((key, name if key == "name" else value) for key, value in step.attributes)
    return replace(
        step,
        name=name,
        condition=condition,
        attributes=tuple(item for item in attributes if item[0] not in _OF_THE_GROUP),
    )


def _steps(subject: Subject, one: EquivalentStep) -> tuple[Step, ...]:
    fact = subject.knowledge.step(one.step.type)
    if fact is None:
        return ()
    if one.rewrite == "split-applications":
        return in_parts(one.step, most_applications(fact))
    return with_tests(one.step, newer_in_use(subject, fact, one.step))


def most_applications(fact: StepFact) -> int:
    """How many applications one step may install on targets that the facts' limit is about."""
    return min(int(one.match.values[0]) for one in fact.features if one.downlevel.rewrite == "split-applications")


def in_parts(step: Step, most: int) -> tuple[Step, ...]:
    """Install Application steps of so many applications at most, in the old order."""
    names = applications(step)
    chunks = [range(start, min(start + most, len(names))) for start in range(0, len(names), most)]
    return tuple(
        _part(step, names, chunk, f"{step.name} ({number} of {len(chunks)})") for number, chunk in enumerate(chunks, 1)
    )


def _part(step: Step, names: list[str], chunk: range, name: str) -> Step:
    before, after = ",".join(names), ",".join(names[index] for index in chunk)
    held = {"ApplicationName": after, "NumApps": str(len(chunk)), "AppInfo": str(len(chunk))}
    variables = []
    for variable in step.variables:
        place = indexed(variable.property or "")
        if place is None:
            variables.append(replace(variable, value=held.get(variable.property, variable.value)))
        elif place[0] in chunk:
            number = place[0] - chunk.start
            variables.append(new_variable(f"OSDApp{number}{place[1]}", f"AppInfo{number}{place[1]}", variable.value))
    inner = _inner(step, name)
    ordered = tuple(sorted(variables, key=lambda variable: variable.property))
    return replace(inner, action=step.action.replace(before, after, 1), variables=ordered)


def with_tests(step: Step, features: Iterable[Feature]) -> tuple[Step, ...]:
    """Check Readiness without the checks that the features are, and for each a step that fails where it is not met."""
    features = tuple(features)
    gone = {feature.variable for feature in features}
    first = replace(
        _inner(step, step.name), variables=tuple(variable for variable in step.variables if variable.name not in gone)
    )
    return (first, *(_failing(step, readiness_test(step, feature.id)) for feature in features))


def _failing(step: Step, test: ReadinessTest) -> Step:
    """A step that runs, and fails, where the test is not met."""
    kind, values = "SMS_TaskSequence_WMIConditionExpression", {"Namespace": NAMESPACE, "Query": test.query}
    if test.variable:
        kind = "SMS_TaskSequence_VariableConditionExpression"
        values = {"Operator": "equals", "Value": "true", "Variable": test.variable}
    run_in = attribute(step.attributes, "runIn") or "WinPEandFullOS"
    attributes = (
        ("type", RUN_COMMAND_LINE),
        ("name", f"{step.name}: {test.name}"),
        ("description", ""),
        ("runIn", run_in),
        ("successCodeList", "0"),
        *((name, value) for name, value in (("retryCount", "0"), ("runFromNet", "false")) if _has(step, name)),
    )
    return replace(
        step,
        type=RUN_COMMAND_LINE,
        name=f"{step.name}: {test.name}",
        description="",
        attributes=attributes,
        condition=new_condition(kind, values, negated=True),
        action=f"smsswd.exe /run: {_FAILS}",
        variables=(
            new_variable("CommandLine", "CommandLine", _FAILS, hidden=True),
            new_variable("SMSTSDisableWow64Redirection", "DisableWow64Redirection", "false"),
            new_variable("SuccessCodes", "SuccessCodes", "0", hidden=True),
        ),
    )


def _has(step: Step, name: str) -> bool:
    return attribute(step.attributes, name) is not None
