"""Decides whether an Install Application step can be split into several, with as many applications as the target takes."""

from __future__ import annotations

import re

from tsfix.task_sequence import Step, attribute

_INDEXED = re.compile(r"AppInfo(?P<index>[0-9]{1,9})(?P<what>Name|DisplayName|Description)", re.IGNORECASE)
_SEPARATOR = ","


def applications(step: Step) -> list[str]:
    """The applications of the step, in the order in which it installs them."""
    found = step.property("ApplicationName")
    return [] if found is None else [one.strip() for one in found.value.split(_SEPARATOR) if one.strip()]


def obstacle(step: Step) -> str:
    """What forbids to split the step, in words; empty when nothing does."""
    names = applications(step)
    base = step.property("BaseVariableName")
    if base is not None and base.value.strip():
        return "the step also takes applications from numbered variables"
    if attribute(step.attributes, "timeout"):
        return "the step has a time-out for all applications together"
    properties = [variable.property.casefold() for variable in step.variables if variable.property]
    if len(set(properties)) < len(properties):
        return "the step has a variable twice"
    if _SEPARATOR.join(names) not in step.action:
        return "the action line and the settings name other applications"
    listed = {
        int(found["index"]): variable.value.strip()
        for variable in step.variables
        for found in [_INDEXED.fullmatch(variable.property or "")]
        if found is not None and found["what"].casefold() == "name"
    }
    if [listed.get(index) for index in range(len(names))] != names or len(listed) != len(names):
        return "the settings of the step name other applications than its list"
    return "the step holds more than a site writes" if step.other else ""


def indexed(name: str) -> tuple[int, str] | None:
    """The number and the kind of a setting that belongs to one application; None for the others."""
    found = _INDEXED.fullmatch(name)
    return None if found is None else (int(found["index"]), found["what"])
