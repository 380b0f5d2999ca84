"""Turns values that nobody can read as they stand in the file into text: scripts in base64, rules on one line."""

from __future__ import annotations

import re
from collections.abc import Callable

from tsfix.knowledge.context import inline_script

_SCRIPT = "OSDRunPowerShellScriptSourceScript"
_RULES = "OSDSetDynamicVariablesRules"

_BETWEEN_TAGS = re.compile(r">\s*<")


def readable(name: str, value: str) -> str | None:
    """The readable form of the value of the variable with that name; None where the value is as readable as it gets."""
    decode = _DECODERS.get(name.lower())
    return decode(value) if decode else None


def _rules(value: str) -> str | None:
    """The rules of a dynamic variables step are XML on one line; here every element gets a line of its own."""
    return _BETWEEN_TAGS.sub(">\n<", value.strip()) if value.strip() else None


_DECODERS: dict[str, Callable[[str], str | None]] = {_SCRIPT.lower(): inline_script, _RULES.lower(): _rules}
