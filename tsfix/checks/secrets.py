"""Finds the secrets that an export has lost: what a person must type in again after the import, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from tsfix.checks.subject import Subject
from tsfix.findings import Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.sign_facts import Secret
from tsfix.task_sequence import Step


class MissingSecret(Struct, frozen=True, kw_only=True):
    """One step that lacks secrets."""

    step: Step
    what: tuple[str, ...]
    """In words: ``password of the account that joins the domain (CONTOSO\\svc-join)``."""


def missing_secrets(subject: Subject) -> Iterator[MissingSecret]:
    """Every step that lacks a secret, in the order of the sequence. MDT's own files keep theirs."""
    if subject.exported.format == "mdt":
        return
    hidden = {rules.step.element: rules for rules in subject.dynamic_rules}
    by_type = _by_type(subject.knowledge)
    for step in subject.steps:
        what = [_described(secret, step) for secret in by_type.get(step.type, ()) if _is_missing(secret, step)]
        rules = hidden.get(step.element)
        for rule in rules.rules if rules is not None else ():
            what.extend(f"value of {one.name}" for one in rule.variables if one.secret and not one.value.strip())
        if what:
            yield MissingSecret(step=step, what=tuple(dict.fromkeys(what)))


@lru_cache(maxsize=4)
def _by_type(knowledge: KnowledgeBase) -> dict[str, list[Secret]]:
    """The secrets of each step type."""
    found: dict[str, list[Secret]] = {}
    for secret in knowledge.signs.secrets:
        for step_type in secret.types:
            found.setdefault(step_type, []).append(secret)
    return found


def _is_missing(secret: Secret, step: Step) -> bool:
    held = step.property(secret.property)
    if held is not None and held.value.strip():
        return False
    if secret.needs_element and held is None:
        return False
    if secret.account and not _value(step, secret.account):
        return False
    if secret.when is None:
        return True
    name, values = secret.when
    return _value(step, name).lower() in {value.lower() for value in values}


def _value(step: Step, name: str) -> str:
    held = step.property(name)
    return held.value.strip() if held is not None else ""


def _described(secret: Secret, step: Step) -> str:
    named = _value(step, "VariableName")
    return f"{secret.what} {named}" if named else secret.what


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 53: one finding for each step. What does not run needs no secret yet."""
    rule = subject.knowledge.rule("R53")
    for missing in missing_secrets(subject):
        yield subject.finding(
            rule.id,
            rule.severity if missing.step.runs else "info",
            subject="; ".join(missing.what),
            title=f"To type in again if you import it: {'; '.join(missing.what)}",
            reason=rule.reason,
            remedy="If you export and import the task sequence, open this step there and type the secret again.",
            item=missing.step,
            sources=(rule.source,),
        )
