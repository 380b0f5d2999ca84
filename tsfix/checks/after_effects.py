"""Finds what depends on steps that go out of action: lost functions, what never or always runs, variables left empty."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from tsfix.checks.conditions import PlacedCondition, conditions
from tsfix.checks.one_run import Placed, Run, family, is_on, runs
from tsfix.checks.subject import Subject
from tsfix.checks.without_setters import Cause, Consequences, Emptied, Gone, follow, output_names
from tsfix.findings import Evidence, Finding
from tsfix.knowledge.context import whole_word
from tsfix.task_sequence import ConditionPart, Group, Step
from tsfix.values import Position, RuleId

_OUT_OF_ACTION = frozenset({"R24", "R25", "R26", "R34", "R44"})
"""Rules whose errors a copy can only answer by taking the step out of action."""
_MAY_RUN = "it may run where it did not"
_MOST_NAMED = 3
"""So many steps are named; of more, the number is said."""


def after_effects(subjects: Sequence[Subject], gone: Gone) -> tuple[Finding, ...]:
    """What a copy leaves behind that takes this out of action; the most dangerous first: functions, groups, variables.

    ``subjects`` are those of one export: a child task sequence shares the variables of its parent.
    """
    followed = [(run, follow(run, gone)) for run in runs(subjects)]
    return _once(
        (
            *(one for run, found in followed for one in _functions(run, found)),
            *(one for run, found in followed for one in _runs_otherwise(run, found, in_copy=True)),
            *(one for run, found in followed for one in _variables(run, found, in_copy=True)),
        )
    )


def never_run(subjects: Sequence[Subject], gone: Gone) -> frozenset[tuple[str, Position]]:
    """Parts and positions of what the copy leaves in place, but can never run in any of the runs it is a part of."""
    dead: set[tuple[str, Position]] = set()
    live: set[tuple[str, Position]] = set()
    for run in runs(subjects):
        found = follow(run, gone)
        for number, placed in enumerate(run):
            (dead if number in found.dead else live).add((placed.subject.exported.part, placed.item.position))
    return frozenset(dead - live)


def would_follow(
    subject: Subject, found: Iterable[Finding], look: Callable[[Subject], Iterable[Finding]]
) -> Iterator[Finding]:
    """The same as remarks on one task sequence, for the steps that findings say a copy would have to take out of action.

    ``look`` finds what is wrong with another task sequence of the export: only asked where its variables are used here.
    """
    related = family(subject)
    gone = {subject.exported.part: _taken_out(found)}
    for other in related[1:]:
        if any(name in subject.context.text for name in output_names(other)):
            gone[other.exported.part] = _taken_out(look(other))
    if not any(gone.values()):
        return
    followed = [(run, follow(run, gone)) for run in runs(related)]
    yield from _once(
        one
        for tell in (_runs_otherwise, _variables)
        for run, consequences in followed
        for one in tell(run, consequences, in_copy=False)
        if one.location.part == subject.exported.part
    )


def _taken_out(found: Iterable[Finding]) -> dict[Position, RuleId]:
    return {
        one.location.position: one.rule
        for one in found
        if one.blocking and one.fix == "decision" and one.rule in _OUT_OF_ACTION and one.location.position
    }


def _once(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """A child that several task sequences call is a part of several runs."""
    told: dict[tuple[str, Position, str, str], Finding] = {}
    for one in found:
        told.setdefault((one.location.part, one.location.position, one.subject, one.title), one)
    return tuple(told.values())


def _functions(run: Run, found: Consequences) -> Iterator[Finding]:
    """Step types of which no step is left that runs."""
    lost: dict[str, tuple[Placed, Cause]] = {}
    left: set[str] = set()
    for number, placed in enumerate(run):
        if not isinstance(placed.item, Step) or not is_on(placed.item):
            continue
        if placed.item.type in placed.subject.knowledge.signs.any_purpose_types:
            continue
        cause = found.dead.get(number)
        if cause is None:
            left.add(placed.item.type)
        else:
            lost.setdefault(placed.item.type, (placed, cause))
    for kind, (placed, cause) in lost.items():
        fact = placed.subject.knowledge.step(kind)
        if fact is None or kind in left:
            continue
        how = "is out of action" if cause.certain else "is out of action, or stands where nothing runs any more"
        yield placed.subject.finding(
            cause.rule,
            "warning",
            subject=fact.type,
            title=f'No "{fact.name}" step runs in the copy any more',
            reason=f"Every step of that type {how}: what it did is not done on the computers that run the copy.",
            remedy="Do it in another way, or make sure that the computers of the older site can do without it.",
            item=placed.item,
            certainty="certain" if cause.certain else "likely",
            blocking=False,
        )


def _runs_otherwise(run: Run, found: Consequences, *, in_copy: bool) -> Iterator[Finding]:
    """Groups and steps whose condition an empty variable decides; what stands in a group that never runs needs no word."""
    decided = {number: (cause.empty, "never") for number, cause in found.dead.items() if cause.empty}
    decided.update({number: (names, "always") for number, names in found.always.items()})
    for number, (names, when) in sorted(decided.items()):
        placed = run[number]
        emptied = [found.emptied[name.casefold()] for name in names]
        what, listed = _kind(placed), _or(names)
        runs_so = f"this {what} {when} runs" if when == "never" else f"the condition of this {what} always holds"
        yield _told(
            placed,
            emptied,
            in_copy=in_copy,
            title=f"Nothing in the copy sets {listed} any more: {runs_so}"
            if in_copy
            else f"Without a step that the target cannot run, nothing sets {listed}: {runs_so}",
            reason=f"{_set_only(number, placed, emptied)}; {'; '.join(_tests(placed, emptied, passed=when == 'always'))}",
            evidence=_content(run, number, found),
        )


def _variables(run: Run, found: Consequences, *, in_copy: bool) -> Iterator[Finding]:
    """Every other use of an empty variable, in what still runs; worded alike, so that one variable is said once."""
    subjects = {placed.subject.exported.part: placed.subject for placed in run}
    numbers = {(placed.subject.exported.part, placed.item.element): number for number, placed in enumerate(run)}
    for emptied in found.emptied.values():
        uses = {
            numbers[part, element]: how
            for part, subject in subjects.items()
            for element, how in _uses(subject, emptied.name)
        }
        for number, how in sorted(uses.items()):
            placed = run[number]
            said = emptied.name in found.always.get(number, ()) or number == emptied.until
            if said or number in found.dead or not is_on(placed.item) or not emptied.at(number):
                continue
            risky = any(text.endswith(_MAY_RUN) for text in how)
            used = f"which is tested here: {_MAY_RUN}" if risky else "which is used here"
            yield _told(
                placed,
                [emptied],
                in_copy=in_copy,
                title=f"Nothing in the copy sets {emptied.name} any more, {used}"
                if in_copy
                else f"Without a step that the target cannot run, nothing sets {emptied.name}, {used}",
                reason=_set_only(number, placed, [emptied]),
                evidence=tuple(f"{text[0].upper()}{text[1:]}." for text in how),
            )


def _told(
    placed: Placed, emptied: Sequence[Emptied], *, in_copy: bool, title: str, reason: str, evidence: Iterable[str]
) -> Finding:
    """A finding that tsfix concludes by itself: the sources of the rule say nothing about it, so it names none."""
    names = _or([one.name for one in emptied])
    return placed.subject.finding(
        emptied[0].rule,
        "warning" if in_copy else "info",
        subject=emptied[0].name,
        title=title,
        reason=reason,
        remedy=f"Decide what happens here while {names} is empty: set it in another way, or change the condition or step.",
        item=placed.item,
        certainty="likely",
        evidence=tuple(Evidence(text=text) for text in evidence),
        blocking=False,
    )


def _kind(placed: Placed) -> str:
    return "group" if isinstance(placed.item, Group) else "step"


def _or(names: Sequence[str]) -> str:
    return " or ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _set_only(number: int, placed: Placed, emptied: Sequence[Emptied]) -> str:
    """Where the variables were set before the place; in another task sequence with its name."""
    places: dict[str, None] = {}
    for setter in (setter for one in emptied for at, setter in one.setters if at < number):
        own = setter.subject.exported.part == placed.subject.exported.part
        within = "" if own else f' of the task sequence "{setter.subject.task_sequence.name}"'
        places[f'"{" > ".join(setter.item.path)}"{within}'] = None
    named = list(places)[:_MOST_NAMED]
    more = f" and {len(places) - len(named)} more" if len(places) > len(named) else ""
    later = "" if all(one.until is None for one in emptied) else ", before this place"
    return f"Set only in {', '.join(named)}{more}{later}"


def _content(run: Run, number: int, found: Consequences) -> Iterator[str]:
    """What stands in a group that never or always runs."""
    within = {number}
    steps: list[str] = []
    for at in range(number + 1, len(run)):
        placed = run[at]
        if placed.around not in within:
            break
        within.add(at)
        own = found.dead.get(at)
        if isinstance(placed.item, Step) and is_on(placed.item) and (own is None or number in found.dead):
            steps.append(f'"{placed.item.name}"')
    if steps:
        more = f" and {len(steps) - _MOST_NAMED} more" if len(steps) > _MOST_NAMED else ""
        yield f"In it: {', '.join(steps[:_MOST_NAMED])}{more}."


def _tests(placed: Placed, emptied: Sequence[Emptied], *, passed: bool) -> tuple[str, ...]:
    """What the condition asks about the variables, in words: the tests that decide, or all where "not" turns them round."""
    names = [_numbered(one.name) for one in emptied]
    condition = placed.item.condition
    parts = [
        part
        for part in (condition.walk() if condition is not None else ())
        if any(name.fullmatch((part.value("Variable") or "").strip()) for name in names)
    ]
    deciding = [part for part in parts if _passes(placed.subject, part.value("Operator")) is passed] or parts
    return tuple(dict.fromkeys(_test(placed.subject, part.value, "the condition") for part in deciding))[:_MOST_NAMED]


def _numbered(name: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(name)}\d*", re.IGNORECASE)


def _uses(subject: Subject, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The elements of all groups and steps that test or use the variable, or one that is numbered behind its name."""
    key = name.casefold()
    texts = [text for text in subject.context.texts_with(key) if not text.repeats]
    if not texts:
        return
    wanted = _numbered(name)
    replaced, word = re.compile(rf"%{re.escape(key)}\d*%"), whole_word(key, numbered=True)
    found: dict[int, dict[str, None]] = {}
    for placed, part, values in subject.once("tests", _tests_of):
        if key not in values:
            continue
        if wanted.fullmatch((part.value("Variable") or "").strip()):
            how = _test(subject, part.value, "a rule" if placed.in_rules else "the condition")
            found.setdefault(placed.item.element, {})[how] = None
        elif replaced.search(values):
            found.setdefault(placed.item.element, {})[f"a condition holds %{name}%"] = None
    of_steps = [text for text in texts if not text.in_condition]
    for text in of_steps:
        if (word if text.is_script else replaced).search(text.folded):
            found.setdefault(text.item.element, {})[f"{text.label} uses {name}"] = None
    for text in of_steps:
        is_base = text.variable is not None and text.variable.property.casefold() == "basevariablename"
        if is_base and wanted.fullmatch(text.text.strip()):
            found.setdefault(text.item.element, {})[f"it installs what {name}01 and so on name"] = None
    for element in sorted(found):
        yield element, tuple(found[element])


def _tests_of(subject: Subject) -> tuple[tuple[PlacedCondition, ConditionPart, str], ...]:
    """Every part of a condition that tests something, with all its values in lower case."""
    return tuple(
        (placed, part, "\n".join(variable.value for variable in part.variables).casefold())
        for placed in conditions(subject)
        for part in placed.condition.walk()
        if part.variables
    )


def _test(subject: Subject, value: Callable[[str], str | None], where: str) -> str:
    """The test in words, and what an empty variable makes of it."""
    name, operator, right = (value(key) or "" for key in ("Variable", "Operator", "Value"))
    passes = _passes(subject, operator)
    told = f"{where} tests {name} {operator}" + (f' "{right}"' if right else "")
    return f"{told}, which an empty variable {f'can pass: {_MAY_RUN}' if passes else 'fails'}"


def _passes(subject: Subject, operator: str | None) -> bool:
    """Tell whether an empty variable passes a test with the operator."""
    return subject.knowledge.without_value.get((operator or "").casefold(), False)
