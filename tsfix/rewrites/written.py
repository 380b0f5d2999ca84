"""Groups, steps and conditions that a copy writes anew, as values and as XML in the style of the sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import Condition, ConditionPart, Group, Step, Variable
from tsfix.values import StepType
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.escaping import escape_attribute, escape_text


def quoted(value: str) -> str:
    """The value of an attribute, in quotes."""
    return f'"{escape_attribute(value, chr(34)).decode("utf-8")}"'


def text(value: str) -> str:
    """The text of an element. The draft that takes it in writes the line ends as the file has them."""
    return escape_text(value, crlf=False).decode("utf-8")


def element_text(document: Document, element: int) -> str:
    """An element as it stands in the file."""
    span = document.element_span(element)
    return document.data[span.start : span.end].decode("utf-8")


def condition_text(sequence: SequenceDraft, item: Group | Step) -> str:
    """The condition of a group or step as it stands in the file; empty where there is none."""
    return "" if item.condition is None else element_text(sequence.sequence.document, item.condition.element)


RUN_COMMAND_LINE = StepType("SMS_TaskSequence_RunCommandLineAction")
"""The step type in whose form what the target lacks is written: every version knows it."""


def new_variable(name: str, prop: str, value: str, *, hidden: bool = False) -> Variable:
    """A variable of a step that stands in no file yet."""
    attributes = (("name", name), ("property", prop), *((("hidden", "true"),) if hidden else ()))
    return Variable(name=name, property=prop, value=value, attributes=attributes, element=-1)


def new_condition(kind: str, values: Mapping[str, str], *, negated: bool) -> Condition:
    """A condition of one expression, or of its contrary; sites sort the values by name."""
    variables = tuple(
        Variable(name=name, property="", value=value, attributes=(("name", name),), element=-1)
        for name, value in sorted(values.items())
    )
    part = ConditionPart(
        kind="expression", type=kind, attributes=(("type", kind),), variables=variables, children=(), element=-1
    )
    if negated:
        part = ConditionPart(
            kind="operator", type="not", attributes=(("type", "not"),), variables=(), children=(part,), element=-1
        )
    return Condition(parts=(part,), attributes=(), element=-1)


def step_xml(step: Step, condition: str | None = None) -> str:
    """A step as XML; ``condition`` is its condition as it stands in a file, None to write the one of the step."""
    if condition is None:
        condition = "" if step.condition is None else _condition_xml(step.condition)
    return (
        f"<step {_attributes(step.attributes)}>{condition}<action>{text(step.action)}</action>"
        f"<defaultVarList>{_variables(step.variables)}</defaultVarList></step>"
    )


def group_xml(group: Group, condition: str, steps: Iterable[str]) -> str:
    """A group as XML, of its condition and its steps as XML."""
    return f"<group {_attributes(group.attributes)}>{condition}{''.join(steps)}</group>"


def _attributes(attributes: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"{name}={quoted(value)}" for name, value in attributes)


def _variables(variables: Iterable[Variable]) -> str:
    return "".join(f"<variable {_attributes(one.attributes)}>{text(one.value)}</variable>" for one in variables)


def _condition_xml(condition: Condition) -> str:
    return f"<condition>{''.join(map(_part_xml, condition.parts))}</condition>"


def _part_xml(part: ConditionPart) -> str:
    inside = _variables(part.variables) + "".join(map(_part_xml, part.children))
    return f"<{part.kind} {_attributes(part.attributes)}>{inside}</{part.kind}>"
