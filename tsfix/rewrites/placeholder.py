"""The step that stands in for one that the target does not know: disabled, known to every version, saying what was there."""

from __future__ import annotations

from tsfix.rewrites.written import RUN_COMMAND_LINE
from tsfix.task_sequence import Step, attribute

_COMMAND = "cmd.exe /c exit 0"
_KEPT = ("runIn", "successCodeList", "retryCount", "runFromNet")
"""Attributes that every step of the same export carries; a child call lacks some of them."""
_DEFAULTS = {"runIn": "WinPEandFullOS", "successCodeList": "0", "retryCount": "0", "runFromNet": "false"}


def placeholder(step: Step, explanation: str) -> str:
    """The XML of a disabled Run Command Line step with the old name and an explanation as its description.

    Written as sites write it: attributes in their order, variables sorted by property, empty elements in full.
    """
    attributes = [
        ("type", RUN_COMMAND_LINE),
        ("name", step.name),
        ("description", explanation),
        ("disable", "true"),
        *((name, _DEFAULTS[name]) for name in _KEPT if name == "runIn" or attribute(step.attributes, name) is not None),
    ]
    variables = [
        ("CommandLine", "CommandLine", ' hidden="true"', _COMMAND),
        ("SMSTSDisableWow64Redirection", "DisableWow64Redirection", "", "false"),
        ("PackageID", "PackageID", ' hidden="true"', ""),
        ("SuccessCodes", "SuccessCodes", ' hidden="true"', "0"),
    ]
    start = " ".join(f"{name}={_quoted(value)}" for name, value in attributes)
    inside = "".join(
        f'<variable name="{name}" property="{prop}"{hidden}>{_escaped(value)}</variable>'
        for name, prop, hidden, value in variables
    )
    action = f"smsswd.exe /run: {_COMMAND}"
    return f"<step {start}><action>{_escaped(action)}</action><defaultVarList>{inside}</defaultVarList></step>"


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(value: str) -> str:
    written = _escaped(value).replace('"', "&quot;")
    return '"' + written.replace("\n", "&#xA;").replace("\r", "&#xD;").replace("\t", "&#x9;") + '"'
