"""Finds steps whose two halves disagree: the settings that the editor shows, and the action line that the client runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from tsfix.checks.subject import Subject
from tsfix.findings import Finding
from tsfix.knowledge.facts import StepFact
from tsfix.task_sequence import Step, attribute

_PIECE = re.compile(r"\{(?P<name>\w+)\}|(?P<loose>\{[^}]*\}|\[[^\]]*\]|\.\.\.)|(?P<literal>[^{\[.]+|\.)")
"""A form of an action line: settings in braces, remarks and optional parts that can be anything, and plain text."""
_OPTIONAL = re.compile(r"\[[^\]]*\]")
_SWITCH = re.compile(r"(?P<switch>/\w+:)\{(?P<name>\w+)\}")
_AND_MORE = "..."
"""How a form begins that only says what newer sites put behind the older one."""
_SUCCESS_CODES = "SuccessCodes"


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 46: what a step says twice must be the same in both places."""
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        apart = ids_apart(subject, step)
        if apart is not None:
            yield _ids_finding(subject, step, apart)
        if fact is not None and fact.provider == "microsoft" and step.variables:
            if apart is None and not action_fits(step, fact):
                yield _finding(subject, step, "action line", "The action line and the settings of the step disagree")
            if not success_codes_fit(step):
                title = "The success codes in the settings and in the attribute of the step disagree"
                yield _finding(subject, step, _SUCCESS_CODES, title)


def action_fits(step: Step, fact: StepFact) -> bool:
    """Tell whether the action line has one of its known forms, with the values of the step's settings in it."""
    if not fact.action_history or step.action_element is None:
        return True
    action = _plain(step.action)
    whole = _whole_forms(fact)
    longer = [""] * (len(whole) < len(fact.action_history))
    return _optional_parts_fit(step, fact) and any(
        _has_form(action, [*_filled(template, fact, step), *longer]) for template in whole
    )


@lru_cache(maxsize=1024)
def _whole_forms(fact: StepFact) -> tuple[str, ...]:
    """The forms that are no mere addition to an older one, the newest first: most exports have it."""
    return tuple(form.template for form in reversed(fact.action_history) if not form.template.startswith(_AND_MORE))


def _optional_parts_fit(step: Step, fact: StepFact) -> bool:
    """Tell whether the switches of the optional parts, where the line has them, hold what the settings hold."""
    for form in fact.action_history:
        for switch, name in _optional_switches(form.template):
            held = step.property(name)
            said = switch.search(step.action) if held is not None else None
            if held is not None and said is not None and _plain(held.value) != _plain(said[1]):
                return False
    return True


@lru_cache(maxsize=256)
def _optional_switches(template: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The switches of the optional parts of a form, each with the setting that it repeats."""
    return tuple(
        (re.compile(re.escape(switch) + r'([^\s,"]*)', re.IGNORECASE), name)
        for part in _OPTIONAL.findall(template)
        for switch, name in _SWITCH.findall(part)
    )


class IdsApart(Struct, frozen=True, kw_only=True):
    """The package IDs by which the halves of a step differ, in upper case."""

    in_action: frozenset[str]
    in_settings: frozenset[str]
    """What the settings name in their place; empty where they name none."""


def ids_apart(subject: Subject, step: Step) -> IdsApart | None:
    """The IDs that the halves of a step do not share; None where the action line names none of its own.

    A setting alone is no fault: many of them do not stand in the action line.
    """
    action: set[str] = set()
    settings: set[str] = set()
    for place in subject.places(step):
        (action if place.kind == "action" else settings).update(found.upper() for found in place.ids)
    if not step.variables or not action - settings:
        return None
    fact = subject.knowledge.step(step.type)
    said = _said(fact) if fact is not None else frozenset()
    shown = {
        found.upper()
        for place in subject.places(step)
        if place.variable is not None and (not said or place.variable.property.lower() in said)
        for found in place.ids
    }
    return IdsApart(in_action=frozenset(action - settings), in_settings=frozenset(shown - action))


@lru_cache(maxsize=1024)
def _said(fact: StepFact) -> frozenset[str]:
    """The settings that the action line repeats behind a switch, in lower case."""
    return frozenset(name.lower() for form in fact.action_history for _, name in _SWITCH.findall(form.template))


def halves_torn(subject: Subject, replaced: Collection[str]) -> Iterator[Finding]:
    """Steps in which a change of these IDs (upper case) would reach one half and not the other."""
    for step in subject.steps:
        apart = ids_apart(subject, step)
        if apart is None or not apart.in_settings:
            continue
        if bool(apart.in_action.intersection(replaced)) != bool(apart.in_settings.intersection(replaced)):
            yield replace(_ids_finding(subject, step, apart), severity="error", blocking=True, fix="decision")


def _ids_finding(subject: Subject, step: Step, apart: IdsApart) -> Finding:
    rule = subject.knowledge.rule("R46")
    run, shown = (", ".join(sorted(ids)) for ids in (apart.in_action, apart.in_settings))
    return subject.finding(
        rule.id,
        "info" if not step.runs else "warning" if subject.target is None else "error",
        subject=run,
        title="The action line and the settings of the step name different packages",
        reason=f"The client runs the action line, which names {run}. The console shows the settings"
        f"{f', which name {shown}' if shown else ', which do not name it'}.",
        remedy="Open the step in the console, check which package is meant and save it: the console writes both anew. "
        "Then export again.",
        item=step,
        sources=(rule.source,),
    )


def _plain(text: str) -> str:
    """Case and runs of blanks do not count."""
    return " ".join(text.split()).casefold()


def _filled(template: str, fact: StepFact, step: Step) -> list[str]:
    """The form with the step's values in it, cut where anything may stand; a name that is no setting is such a place."""
    texts = [""]
    for kind, text in _pieces(template):
        if kind == "literal":
            texts[-1] += text
        elif kind == "name" and text.lower() in _settings(fact):
            held = step.property(text)
            texts[-1] += held.value if held is not None else ""
        else:
            texts.append("")
    return [_plain(text) for text in texts]


def _has_form(action: str, texts: list[str]) -> bool:
    """Tell whether the texts stand in the action line in their order, the first at its start, the last at its end."""
    first, *others = texts
    if not others:
        return action == first
    if not action.startswith(first):
        return False
    place = len(first)
    for text in others[:-1]:
        found = action.find(text, place)
        if found < 0:
            return False
        place = found + len(text)
    return action.endswith(others[-1]) and len(action) - len(others[-1]) >= place


@lru_cache(maxsize=256)
def _pieces(template: str) -> tuple[tuple[str, str], ...]:
    return tuple((found.lastgroup or "", found[found.lastgroup or 0]) for found in _PIECE.finditer(template))


@lru_cache(maxsize=1024)
def _settings(fact: StepFact) -> frozenset[str]:
    """The names of all settings of a step type, in lower case."""
    names = [*(name for name, _ in fact.base_properties), *(feature.property for feature in fact.features)]
    return frozenset(name.lower() for name in names)


def success_codes_fit(step: Step) -> bool:
    """Tell whether the success codes are the same in the settings and in the step's attribute."""
    held, codes = step.property(_SUCCESS_CODES), attribute(step.attributes, "successCodeList")
    return held is None or codes is None or held.value.split() == codes.split()


def _finding(subject: Subject, step: Step, about: str, title: str) -> Finding:
    rule = subject.knowledge.rule("R46")
    return subject.finding(
        rule.id,
        "warning" if step.runs else "info",
        subject=about,
        title=title,
        reason="The console shows the one and the client runs the other, so the step does something else than it shows.",
        remedy="Open the step in the console, check it and save it: the console writes both anew.",
        item=step,
        sources=(rule.source,),
    )
