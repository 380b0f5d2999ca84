"""Tells whether conditions, rules or steps that are written otherwise mean the same: the forms that tsfix writes itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tsfix.checks.script_command import command_line
from tsfix.comparison.properties import differing_details
from tsfix.rewrites.script_packages import packaged
from tsfix.task_sequence import Condition, ConditionPart, Group, Step

_WILDCARD = re.compile(r"[*?%_\[]")
_NOT = re.compile(
    r'<operator type="not">\s*(<expression\b(?:(?!</?expression\b).)*</expression>)\s*</operator>', re.DOTALL
)
_LIKE = re.compile(r'(<variable name="Operator">)\s*like\s*(</variable>)', re.IGNORECASE)
_BETWEEN = re.compile(r">\s+<")

_Form = tuple[object, ...]


def same_but_for_site(before: str, after: str, names: Sequence[str]) -> bool:
    """Tell whether two texts with installation properties differ only in the values of the named ones."""
    value = re.compile(rf"(?<![\w/])({'|'.join(map(re.escape, names))})\s*=\s*(\"[^\"]*\"|\S+)", re.IGNORECASE)
    return value.sub(r"\1=", before) == value.sub(r"\1=", after)


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
    """Tell whether a command line runs the script of a Run PowerShell Script step, in the same way."""
    command, expected = new.property("CommandLine"), command_line(old)
    if command is None or expected.obstacle or command.value != expected.text:
        return False
    package = "" if _value(old, "SourceScript").strip() else _value(old, "PackageID")
    same = ("SuccessCodes", "WorkingDirectory")
    as_user = _value(old, "RunAsUser").strip().casefold() == "true"
    return (
        new.action == f"smsswd.exe /run:{package} {command.value}"
        and all(_value(old, name) == _value(new, name) for name in same)
        and _value(new, "UserName") == (_value(old, "UserName") if as_user else "")
        and (_value(new, "RunAsUser").casefold() == "true") == as_user
    )


SCRIPT_IN_PACKAGE = frozenset({"PackageID", "ScriptName", "SourceScript"})
"""The settings of a Run PowerShell Script step that say where its script is."""

_FROM_PACKAGE = ("PackageID", "ScriptName", "SourceScript", "CommandLine", "ExecutionPolicy", "Parameters")
_OF_A_COMMAND = ("SuccessCodes", "WorkingDirectory", "RunAsUser", "UserName")


def script_from_package(old: Step, new: Step, package: str, file: str) -> bool:
    """Tell whether a step runs what was its own script from the package, as tsfix writes it for that decision."""
    for as_line in (False, True):
        expected = packaged(old, package, file, as_line=as_line)
        names = _FROM_PACKAGE + (_OF_A_COMMAND if as_line else ())
        if (new.type, new.action) == (expected.type, expected.action) and all(
            _value(new, name) == _value(expected, name) for name in names
        ):
            return True
    return False


def _value(step: Step, name: str) -> str:
    found = step.property(name)
    return found.value if found is not None else ""
