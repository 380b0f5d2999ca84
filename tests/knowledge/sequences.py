"""Small sequences for the tests of the knowledge base, built by hand."""

from __future__ import annotations

from tsfix.task_sequence import (
    Condition,
    ConditionPart,
    Group,
    PackageProperty,
    Reference,
    Sequence,
    Step,
    TaskSequence,
    Variable,
)
from tsfix.values import PackageId, StepType


def variable(name: str, value: str, property_name: str = "") -> Variable:
    return Variable(name=name, property=property_name, value=value, attributes=(), element=0)


def step(
    step_type: str = "SMS_TaskSequence_RebootAction",
    *variables: Variable,
    action: str = "",
    attributes: tuple[tuple[str, str], ...] = (),
    condition: Condition | None = None,
    element: int = 1,
) -> Step:
    return Step(
        kind="subtasksequence" if step_type.endswith("SubTasksequence") else "step",
        type=StepType(step_type),
        name="A step",
        description="",
        position=(0,),
        path=("A step",),
        attributes=attributes,
        condition=condition,
        action=action,
        action_element=None,
        variables=variables,
        variable_list_element=None,
        element=element,
        line=1,
    )


def condition(name: str, value: str) -> Condition:
    expression = ConditionPart(
        kind="expression",
        type="SMS_TaskSequence_VariableConditionExpression",
        attributes=(),
        variables=(variable(name, value),),
        children=(),
        element=0,
    )
    return Condition(parts=(expression,), attributes=(), element=0)


def sequence(
    *children: Step | Group,
    version: str = "3.10",
    references: tuple[Reference, ...] = (),
    global_variables: tuple[Variable, ...] = (),
) -> Sequence:
    return Sequence(
        version=version,
        attributes=(("version", version),),
        references=references,
        reference_list_element=None,
        global_variables=global_variables,
        children=children,
        element=0,
    )


def reference(package: str | None = None, application: str | None = None) -> Reference:
    return Reference(
        package=None if package is None else PackageId(package),
        program=None,
        application=application,
        attributes=(),
        element=0,
    )


def task_sequence(content: Sequence, **properties: str | tuple[str, ...] | None) -> TaskSequence:
    return TaskSequence(
        name="A task sequence",
        package_id=None,
        sequence=content,
        properties=tuple(
            PackageProperty(name=name, value=value, attributes=(), element=0, value_element=None)
            for name, value in properties.items()
        ),
    )
