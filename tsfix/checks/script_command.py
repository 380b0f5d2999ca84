"""Writes a Run PowerShell Script step as one command line: ``-EncodedCommand`` for an inline script, else ``-File``."""

from __future__ import annotations

import base64
import re

from msgspec import Struct

from tsfix.knowledge.context import inline_script
from tsfix.task_sequence import Step

_START = "powershell.exe -NoProfile -ExecutionPolicy"
_UNSIGNED = {"bypass": "Bypass", "undefined": "Undefined"}
"""The policies under which a script need not be signed, as the step writes them and as PowerShell does."""
_SIMPLE = re.compile(r"-?[A-Za-z0-9][\w.\\/:-]*(\s+-?[A-Za-z0-9][\w.\\/:-]*)*")
"""Names and plain words: nothing that PowerShell or the client would replace, split or calculate."""
_FIRST_ONLY = re.compile(r"^[^\S\n]*(using\s|#requires\b)", re.IGNORECASE | re.MULTILINE)
"""What PowerShell takes at the start of a script only, not in a script block."""
_SIGNED = {"allsigned": "AllSigned"}


class ScriptCommand(Struct, frozen=True, kw_only=True):
    """The command, or why there is none."""

    text: str = ""
    obstacle: str = ""


def command_line(step: Step) -> ScriptCommand:
    """The command line that runs the step's script.

    PowerShell's ``-EncodedCommand`` takes base64 of UTF-16LE without a byte order mark. It checks no signature.
    """
    names = [variable.property.casefold() for variable in step.variables if variable.property]
    if len(set(names)) < len(names):
        return ScriptCommand(obstacle="the step has a variable twice")
    script, parameters = _value(step, "SourceScript"), _value(step, "Parameters").strip()
    policy = (_value(step, "ExecutionPolicy").strip() or "AllSigned").casefold()
    if script.strip():
        if policy not in _UNSIGNED:
            return ScriptCommand(obstacle="the script must be signed, and an encoded command is not checked")
        text = inline_script(script)
        if text is None:
            return ScriptCommand(obstacle="the inline script cannot be read")
        if parameters and (_SIMPLE.fullmatch(parameters) is None or _FIRST_ONLY.search(text)):
            return ScriptCommand(obstacle="the inline script has parameters that an encoded command cannot pass on")
        if parameters:
            # A script block takes parameters as a script does; plain words mean the same in both.
            text = f"& {{\r\n{text}\r\n}} {parameters}"
        encoded = base64.b64encode(text.encode("utf-16-le")).decode("ascii")
        return ScriptCommand(text=f"{_START} {_UNSIGNED[policy]} -EncodedCommand {encoded}")
    name = _value(step, "ScriptName").strip()
    if not name or '"' in name or policy not in {**_UNSIGNED, **_SIGNED}:
        return ScriptCommand(obstacle="the step names no script that a command line can name")
    if _value(step, "WorkingDirectory").strip():
        return ScriptCommand(obstacle="the step starts its script in another folder than the package")
    command = f'{_START} {({**_UNSIGNED, **_SIGNED})[policy]} -File "{name}"'
    return ScriptCommand(text=f"{command} {parameters}" if parameters else command)


def _value(step: Step, name: str) -> str:
    found = step.property(name)
    return "" if found is None else found.value
