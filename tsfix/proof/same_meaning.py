"""Tells whether conditions, rules or steps that are written otherwise mean the same: the forms that tsfix writes itself."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from tsfix.comparison.properties import differing_details
from tsfix.knowledge.context import inline_script
from tsfix.task_sequence import Condition, ConditionPart, Group, Step

_WILDCARD = re.compile(r"[*?%_\[]")
_NOT = re.compile(
    r'<operator type="not">\s*(<expression\b(?:(?!</expression>).)*</expression>)\s*</operator>', re.DOTALL
)
_LIKE = re.compile(r'(<variable name="Operator">)\s*like\s*(</variable>)', re.IGNORECASE)
_COMMAND = re.compile(
    r"powershell\.exe -NoProfile -ExecutionPolicy (?P<policy>\S+) -EncodedCommand (?P<script>\S+)", re.IGNORECASE
)
_BETWEEN = re.compile(r">\s+<")

_Form = tuple[object, ...]


def same_tests(before: Condition | None, after: Condition | None) -> bool:
    """Tell whether two conditions test the same: "not like" may be written as "not" around "like"."""
    if before is None or after is None:
        return before is after
    return (before.attributes, before.other, tuple(map(_form, before.parts))) == (
        after.attributes,
        after.other,
        tuple(map(_form, after.parts)),
    )


def _form(part: ConditionPart) -> _Form:
    if part.kind == "operator" and part.type == "not" and len(part.children) == 1:
        form = _form(part.children[0])
        if form[0] == "test" and not form[1]:
            return ("test", True, *form[2:])
    operator = (part.value("Operator") or "").lower()
    if part.kind == "expression" and operator:
        plain = operator.removeprefix("not")
        if plain == "equals" or (plain == "like" and not _WILDCARD.search(part.value("Value") or "")):
            plain = "the same"
        rest = tuple((item.name, item.value) for item in part.variables if item.name != "Operator")
        return ("test", operator.startswith("not"), plain, part.type, rest, part.other)
    variables = tuple((item.name, item.value) for item in part.variables)
    return (part.kind, part.type, part.attributes, variables, tuple(map(_form, part.children)), part.other)


def same_rules(before: str, after: str) -> bool:
    """The same for the text of the rules of a Set Dynamic Variables step."""
    return _plain(before) == _plain(after)


def _plain(text: str) -> str:
    joined = _BETWEEN.sub("><", text.strip())
    return _NOT.sub(lambda found: _LIKE.sub(r"\g<1>notLike\g<2>", found.group(1)), joined)


def same_items(one: Sequence[Group | Step], other: Sequence[Group | Step]) -> bool:
    """Tell whether two lists of groups and steps hold the same, with everything that is in them."""
    if len(one) != len(other):
        return False
    for left, right in zip(one, other, strict=True):
        if type(left) is not type(right) or differing_details(left, right):
            return False
        if isinstance(left, Group) and isinstance(right, Group) and not same_items(left.children, right.children):
            return False
    return True


def same_script(old: Step, new: Step) -> bool:
    """Tell whether a command line runs the script that stood inline in a Run PowerShell Script step, in the same way."""
    script, command = old.property("SourceScript"), new.property("CommandLine")
    if script is None or command is None:
        return False
    found = _COMMAND.fullmatch(command.value)
    if found is None or found["policy"] != _value(old, "ExecutionPolicy") or _value(old, "Parameters"):
        return False
    try:
        encoded = base64.b64decode(found["script"], validate=True).decode("utf-16-le")
    except ValueError:
        return False
    same = ("SuccessCodes", "WorkingDirectory", "UserName")
    return (
        encoded == inline_script(script.value)
        and new.action == f"smsswd.exe /run: {command.value}"
        and all(_value(old, name) == _value(new, name) for name in same)
    )


def _value(step: Step, name: str) -> str:
    found = step.property(name)
    return found.value if found is not None else ""
