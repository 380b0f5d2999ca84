"""Finds steps whose two halves disagree: the settings that the editor shows, and the action line that the client runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tsfix.checks.subject import Subject
from tsfix.findings import Finding
from tsfix.knowledge.facts import StepFact
from tsfix.task_sequence import Step, attribute

_PIECE = re.compile(r"\{(?P<name>\w+)\}|(?P<loose>\{[^}]*\}|\[[^\]]*\]|\.\.\.)|(?P<literal>[^{\[.]+|\.)")
"""A form of an action line: settings in braces, remarks and optional parts that can be anything, and plain text."""
_AND_MORE = "..."
"""How a form begins that only says what newer sites put behind the older one."""
_SUCCESS_CODES = "SuccessCodes"


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 46: what a step says twice must be the same in both places."""
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        if fact is not None and fact.provider == "microsoft" and step.variables:
            if not action_fits(step, fact):
                yield _finding(subject, step, "action line", "The action line and the settings of the step disagree")
            if not success_codes_fit(step):
                title = "The success codes in the settings and in the attribute of the step disagree"
                yield _finding(subject, step, _SUCCESS_CODES, title)


def action_fits(step: Step, fact: StepFact) -> bool:
    """Tell whether the action line has one of its known forms, with the values of the step's settings in it."""
    if not fact.action_history or step.action_element is None:
        return True
    action = _plain(step.action)
    whole = [form.template for form in fact.action_history if not form.template.startswith(_AND_MORE)]
    longer = [""] * (len(whole) < len(fact.action_history))
    return any(_has_form(action, [*_filled(template, fact, step), *longer]) for template in whole)


def _plain(text: str) -> str:
    """Case and runs of blanks do not count."""
    return " ".join(text.split()).casefold()


def _filled(template: str, fact: StepFact, step: Step) -> list[str]:
    """The form with the step's values in it, cut where anything may stand; a name that is no setting is such a place."""
    texts = [""]
    for kind, text in _pieces(template):
        if kind == "literal":
            texts[-1] += text
        elif kind == "name" and _is_setting(fact, text):
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


def _is_setting(fact: StepFact, name: str) -> bool:
    wanted = name.lower()
    known = (*(key for key, _ in fact.base_properties), *(feature.property for feature in fact.features))
    return any(one.lower() == wanted for one in known)


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
