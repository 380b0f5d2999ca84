"""Words for what differs, as an administrator knows it from the console."""

from __future__ import annotations

_ATTRIBUTES = {
    "name": "name",
    "description": "description",
    "type": "step type",
    "disable": "disabled",
    "continueOnError": "continue on error",
    "timeout": "time limit in seconds",
    "runIn": "runs in",
    "successCodeList": "success codes",
    "retryCount": "number of retries",
    "runFromNet": "run from the network",
    "startIn": "start in",
    "expand": "expanded in the editor",
    "version": "version of the schema",
}
"""Attributes of groups, steps and sequences."""


def attribute_label(name: str) -> str:
    """What an attribute of a group, step or sequence is called."""
    words = _ATTRIBUTES.get(name)
    if words is None:
        return f"attribute {name}"
    return words if words == name else f"{words} ({name})"


def variable_label(name: str, property_name: str, subject: str = "variable") -> str:
    """What a variable is called: the name for the client, and the editor's name where that is another one."""
    label = f"{subject} {name}" if name else f"{subject} without a name"
    return f"{label} ({property_name})" if property_name and property_name != name else label
