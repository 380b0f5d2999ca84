"""Finds what depends on steps that go out of action: variables that nothing sets any more, functions that are lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tsfix.checks.conditions import conditions
from tsfix.checks.subject import Subject
from tsfix.findings import Evidence, Finding
from tsfix.knowledge.context import inline_script
from tsfix.task_sequence import Group, Step
from tsfix.values import Position, RuleId

_OUT_OF_ACTION = frozenset({"R24", "R25", "R26", "R34", "R44"})
"""Rules whose errors a copy can only answer by taking the step out of action."""
_SET_IN_SCRIPT = re.compile(r"""\.Value\(\s*["'](?P<name>\w+)["']\s*\)\s*=(?!=)""", re.IGNORECASE)
_DESTINATION = "DestinationVariable"
_DOWNLOAD = "SMS_TaskSequence_DownloadPackageContentAction"
"""The step whose destination variable is an output: the folders come as the name with 01, 02 and so on."""
_EMPTY_PASSES = frozenset({"notequals", "notexists", "notlike"})
_ANYTHING = frozenset(
    {
        "SMS_TaskSequence_RunCommandLineAction",
        "SMS_TaskSequence_RunPowerShellScriptAction",
        "SMS_TaskSequence_SetVariableAction",
        "SMS_TaskSequence_SetDynamicVariablesAction",
        "SMS_TaskSequence_RebootAction",
        "SMS_TaskSequence_SubTasksequence",
    }
)
"""Step types that have no one function of their own: another step of the type does something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lost:
    """A variable that only steps set which go out of action."""

    name: str
    setters: tuple[Step, ...]


def after_effects(subject: Subject, gone: Mapping[Position, RuleId]) -> Iterator[Finding]:
    """What the groups and steps at these positions leave behind in a copy; each with the rule that took it out."""
    yield from _variables(subject, gone, in_copy=True)
    yield from _functions(subject, gone)


def would_follow(subject: Subject, found: Iterable[Finding]) -> Iterator[Finding]:
    """The same as remarks, for the steps that findings say a copy would have to take out of action."""
    gone = {
        one.location.position: one.rule
        for one in found
        if one.blocking and one.fix == "decision" and one.rule in _OUT_OF_ACTION and one.location.position
    }
    if gone:
        yield from _variables(subject, gone, in_copy=False)


def _rule_of(position: Position, gone: Mapping[Position, RuleId]) -> RuleId | None:
    """The rule that takes a place out, by itself or with a group around it."""
    return next((gone[position[:end]] for end in range(1, len(position) + 1) if position[:end] in gone), None)


def _runs(item: Group | Step) -> bool:
    return item.runs if isinstance(item, Step) else not (item.disabled or item.in_disabled_group)


def _outputs(subject: Subject) -> Iterator[tuple[Step, str]]:
    """Every variable that a running step sets, with the step: by name, by its type, by its script."""
    for one in subject.set_variables:
        if one.step.runs:
            yield one.step, one.name
    by_step: dict[str, list[str]] = {}
    for known in subject.knowledge.variables:
        for name in known.applies_to if "output" in known.kind else ():
            by_step.setdefault(name, []).append(known.name)
    for step in subject.steps:
        if not step.runs:
            continue
        if step.type == _DOWNLOAD and (held := step.property(_DESTINATION)) is not None and held.value.strip():
            yield step, held.value.strip()
        fact = subject.knowledge.step(step.type)
        for name in by_step.get(fact.name, ()) if fact is not None else ():
            yield step, name
        for variable in step.variables:
            for found in _SET_IN_SCRIPT.finditer(inline_script(variable.value) or ""):
                yield step, found["name"]


def _lost(subject: Subject, gone: Mapping[Position, RuleId]) -> list[_Lost]:
    setters: dict[str, list[Step]] = {}
    names: dict[str, str] = {}
    kept: set[str] = set()
    for step, name in _outputs(subject):
        if _rule_of(step.position, gone) is None:
            kept.add(name.casefold())
        elif "%" not in name:
            names.setdefault(name.casefold(), name)
            if step not in setters.setdefault(name.casefold(), []):
                setters[name.casefold()].append(step)
    return [_Lost(name=names[key], setters=tuple(steps)) for key, steps in setters.items() if key not in kept]


def _variables(subject: Subject, gone: Mapping[Position, RuleId], *, in_copy: bool) -> Iterator[Finding]:
    for lost in _lost(subject, gone):
        first = min(step.position for step in lost.setters)
        for item, how in _uses(subject, lost.name):
            if item.position <= first or not _runs(item) or _rule_of(item.position, gone) is not None:
                continue
            rule = next(found for step in lost.setters if (found := _rule_of(step.position, gone)) is not None)
            yield _variable_finding(subject, rule, lost, item, how, in_copy=in_copy)


def _variable_finding(
    subject: Subject, rule: RuleId, lost: _Lost, item: Group | Step, how: tuple[str, ...], *, in_copy: bool
) -> Finding:
    places = ", ".join(dict.fromkeys(f'"{" > ".join(step.path)}"' for step in lost.setters))
    what = "group" if isinstance(item, Group) else "step"
    return subject.finding(
        rule,
        "warning" if in_copy else "info",
        subject=lost.name,
        title=(
            f"Nothing in the copy sets {lost.name} any more, which this {what} uses"
            if in_copy
            else f"Without a step that the target cannot run, nothing sets {lost.name}, which this {what} uses"
        ),
        reason=f"Set only in {places}; {'; '.join(how)}",
        remedy=f"Decide what this {what} does while {lost.name} is empty: set it in another way, or change the {what}.",
        item=item,
        certainty="likely",
        sources=(subject.knowledge.rule(rule).source,),
        evidence=tuple(Evidence(text=f"{text[0].upper()}{text[1:]}.") for text in how),
        blocking=False,
    )


def _uses(subject: Subject, name: str) -> Iterator[tuple[Group | Step, tuple[str, ...]]]:
    """Every group and step that tests or uses the variable, or one that is numbered behind its name."""
    wanted = re.compile(rf"{re.escape(name)}\d*", re.IGNORECASE)
    replaced = re.compile(rf"%{re.escape(name)}\d*%", re.IGNORECASE)
    word = re.compile(rf"(?<!\w){re.escape(name)}\d*(?!\w)", re.IGNORECASE)
    found: dict[int, dict[str, None]] = {}
    items: dict[int, Group | Step] = {item.element: item for item in subject.items}
    for placed in conditions(subject):
        for part in placed.condition.walk():
            if wanted.fullmatch((part.value("Variable") or "").strip()):
                how = _test(part.value, "a rule" if placed.in_rules else "the condition")
                found.setdefault(placed.item.element, {})[how] = None
            elif any(replaced.search(variable.value) for variable in part.variables):
                found.setdefault(placed.item.element, {})[f"a condition holds %{name}%"] = None
    for step in subject.steps:
        for label, text, pattern in _texts(step, replaced, word):
            if pattern.search(text):
                found.setdefault(step.element, {})[f"{label} uses {name}"] = None
        base = step.property("BaseVariableName")
        if base is not None and wanted.fullmatch(base.value.strip()):
            found.setdefault(step.element, {})[f"it installs what {name}01 and so on name"] = None
    for element in sorted(found):
        yield items[element], tuple(found[element])


def _test(value: Callable[[str], str | None], where: str) -> str:
    """The test in words, and what an empty variable makes of it."""
    name, operator, right = (value(key) or "" for key in ("Variable", "Operator", "Value"))
    passes = operator.casefold() in _EMPTY_PASSES
    told = f"{where} tests {name} {operator}" + (f' "{right}"' if right else "")
    return f"{told}, which an empty variable {'can pass: it may run where it did not' if passes else 'fails'}"


def _texts(step: Step, replaced: re.Pattern[str], word: re.Pattern[str]) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    for variable in step.variables:
        script = inline_script(variable.value)
        if script is not None:
            yield "the script", script, word
        else:
            yield f"the setting {variable.property or variable.name}", variable.value, replaced
    if not step.variables:
        yield "the action line", step.action, replaced


def _functions(subject: Subject, gone: Mapping[Position, RuleId]) -> Iterator[Finding]:
    """Step types of which no step is left that runs."""
    left = {step.type for step in subject.steps if step.runs and _rule_of(step.position, gone) is None}
    said: set[str] = set()
    for step in subject.steps:
        fact, rule = subject.knowledge.step(step.type), _rule_of(step.position, gone)
        if fact is None or rule is None or not step.runs or step.type in left | said | _ANYTHING:
            continue
        said.add(step.type)
        yield subject.finding(
            rule,
            "warning",
            subject=fact.type,
            title=f'No "{fact.name}" step runs in the copy any more',
            reason="Every step of that type is out of action, so what it did is not done on the computers that run the copy.",
            remedy="Do it in another way, or make sure that the computers of the older site can do without it.",
            item=step,
            sources=(fact.source,),
            blocking=False,
        )
