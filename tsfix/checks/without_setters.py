"""Follows what goes out of action through a run: variables that stay empty, what then never runs, what always does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct, field

from tsfix.checks.one_run import Placed, Run, is_on
from tsfix.checks.subject import Subject
from tsfix.knowledge.base import KnowledgeBase
from tsfix.task_sequence import Condition, ConditionPart, Step
from tsfix.values import Position, RuleId

Gone = Mapping[str, Mapping[Position, RuleId]]
"""What a copy takes out of action: by the part of the task sequence and the position, with the rule."""

_SET_IN_SCRIPT = re.compile(r"""\.Value\(\s*["'](?P<name>\w+)["']\s*\)\s*=(?!=)""", re.IGNORECASE)
_DESTINATION = "DestinationVariable"
_DOWNLOAD = "SMS_TaskSequence_DownloadPackageContentAction"
"""The step whose destination variable is an output: the folders come as the name with 01, 02 and so on."""


class Cause(Struct, frozen=True, kw_only=True):
    """Why something in the run is out of action in the copy."""

    rule: RuleId
    empty: tuple[str, ...] = ()
    """The empty variables that its own condition needs; none where the copy takes it out, or what stands around it."""
    certain: bool = True
    """False when it follows from a condition."""


class Emptied(Struct, kw_only=True):
    """A variable that was set, until the steps that set it went out of action."""

    name: str
    rule: RuleId
    setters: list[tuple[int, Placed]]
    """What set it and is out of action, each with its number in the run."""
    since: int
    """The number of the first of them in the run."""
    until: int | None = None
    """The number of the first step that still sets it; None when there is none."""

    def at(self, number: int) -> bool:
        """Tell whether it is empty there, and was not in the original."""
        return self.since < number and (self.until is None or number <= self.until)


class Consequences(Struct, kw_only=True):
    """What follows in one run."""

    dead: dict[int, Cause] = field(default_factory=dict)
    """By number in the run: what is out of action in the copy and was not before."""
    always: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """What certainly passes its condition while these variables are empty."""
    emptied: dict[str, Emptied] = field(default_factory=dict)
    """By name in lower case."""


def follow(run: Run, gone: Gone) -> Consequences:
    """Go through the run once, in its order: a variable is empty as long as every step that set it before is out."""
    found = Consequences()
    outputs = {id(subject): _by_element(subject) for subject in {id(one.subject): one.subject for one in run}.values()}
    kept: set[str] = set()
    idle: set[int] = set()
    for number, placed in enumerate(run):
        if not is_on(placed.item) or placed.around in idle:
            idle.add(number)
            continue
        cause = _cause(found, number, placed, gone, kept)
        if cause is not None:
            found.dead[number] = cause
        for name in outputs[id(placed.subject)].get(placed.item.element, ()):
            _set(found, number, placed, name, kept)
    return found


def _cause(found: Consequences, number: int, placed: Placed, gone: Gone, kept: set[str]) -> Cause | None:
    around = found.dead.get(placed.around) if placed.around is not None else None
    rule = gone.get(placed.subject.exported.part, {}).get(placed.item.position)
    if rule is not None:
        return Cause(rule=rule)
    if around is not None:
        return Cause(rule=around.rule, certain=around.certain)
    condition = placed.item.condition
    if condition is None or not found.emptied:
        return None
    empty = {name: one for name, one in found.emptied.items() if one.at(number)}
    passes, used = truth(
        condition,
        lambda name: _emptied(name, empty, found.emptied, kept),
        placed.subject.knowledge.without_value,
    )
    if passes is None or not used:
        return None
    names = tuple(empty[name].name for name in used)
    if passes:
        found.always[number] = names
        return None
    return Cause(rule=empty[used[0]].rule, empty=names, certain=False)


def _emptied(
    name: str, empty: Mapping[str, Emptied], emptied: Mapping[str, Emptied], kept: Iterable[str]
) -> str | None:
    """The empty variable that the name means: itself, or one that is numbered behind its name and that nothing else sets."""
    key = name.casefold()
    if key in emptied or key in kept:
        return key if key in empty else None
    base = key.rstrip("0123456789")
    return base if base in empty else None


def _set(found: Consequences, number: int, placed: Placed, name: str, kept: set[str]) -> None:
    key, cause = name.casefold(), found.dead.get(number)
    known = found.emptied.get(key)
    if cause is None:
        if known is not None and known.until is None:
            known.until = number
        kept.add(key)
    elif known is not None:
        known.setters.append((number, placed))
    elif "%" not in name and key not in kept:
        found.emptied[key] = Emptied(name=name, rule=cause.rule, setters=[(number, placed)], since=number)


def truth(
    condition: Condition, emptied: Callable[[str], str | None], passes: Mapping[str, bool]
) -> tuple[bool | None, tuple[str, ...]]:
    """Is the condition true while variables are empty? None where that depends on more. With the variables that decide."""
    used: dict[str, None] = {}
    return _all([_part(part, emptied, passes, used) for part in condition.parts]), tuple(used)


def _all(values: list[bool | None]) -> bool | None:
    if any(value is False for value in values):
        return False
    return True if values and all(value is True for value in values) else None


def _part(
    part: ConditionPart, emptied: Callable[[str], str | None], passes: Mapping[str, bool], used: dict[str, None]
) -> bool | None:
    if part.kind == "operator":
        inner = [_part(child, emptied, passes, used) for child in part.children]
        if part.type.lower() == "and":
            return _all(inner)
        opposite = _all([None if value is None else not value for value in inner])
        if part.type.lower() == "or":
            return None if opposite is None else not opposite
        return opposite if part.type.lower() == "not" else None
    name = emptied((part.value("Variable") or "").strip()) if part.kind == "expression" else None
    if name is None:
        return None
    found = _compared((part.value("Operator") or "").casefold(), (part.value("Value") or "").strip(), passes)
    if found is not None:
        used[name] = None
    return found


def _compared(operator: str, wanted: str, passes: Mapping[str, bool]) -> bool | None:
    """Compare an empty variable. How "less" and "greater" take it is not documented."""
    if operator in ("exists", "notexists"):
        return passes.get(operator)
    if not wanted or "%" in wanted:
        return None
    return passes.get(operator) if operator in ("equals", "notequals") else None


def _by_element(subject: Subject) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for step, name in subject.once("outputs", lambda one: tuple(_outputs(one))):
        names = found.setdefault(step.element, [])
        if name not in names:
            names.append(name)
    return found


def output_names(subject: Subject) -> frozenset[str]:
    """The names, in lower case, of what the running steps of a task sequence set."""
    return frozenset(name.casefold() for _, name in subject.once("outputs", lambda one: tuple(_outputs(one))))


def _outputs(subject: Subject) -> Iterator[tuple[Step, str]]:
    """Every variable that a running step sets, with the step: by name, by its type, by its script."""
    for one in subject.set_variables:
        if one.step.runs:
            yield one.step, one.name
    by_step = _outputs_of_steps(subject.knowledge)
    for step in subject.steps:
        if not step.runs:
            continue
        if step.type == _DOWNLOAD and (held := step.property(_DESTINATION)) is not None and held.value.strip():
            yield step, held.value.strip()
        fact = subject.knowledge.step(step.type)
        for name in by_step.get(fact.name, ()) if fact is not None else ():
            yield step, name
    for text in subject.context.texts_with(".value("):
        if text.is_script and isinstance(text.item, Step) and text.item.runs:
            for found in _SET_IN_SCRIPT.finditer(text.text):
                yield text.item, found["name"]


@lru_cache(maxsize=4)
def _outputs_of_steps(knowledge: KnowledgeBase) -> dict[str, list[str]]:
    """The variables that steps set by their type, by the name of the step type."""
    found: dict[str, list[str]] = {}
    for known in knowledge.variables:
        for name in known.applies_to if "output" in known.kind else ():
            found.setdefault(name, []).append(known.name)
    return found
