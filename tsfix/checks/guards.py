"""Does the task sequence itself keep the target's clients away from a step? Conditions on the client's version, in short."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from msgspec.structs import replace

from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import build_of
from tsfix.findings import Finding
from tsfix.knowledge.matching import in_use
from tsfix.knowledge.sign_facts import Guards
from tsfix.task_sequence import Condition, ConditionPart, Group, Step, attribute
from tsfix.values import Position

RUN_RULES = frozenset(
    {
        "R1",
        "R2",
        "R4",
        "R6",
        "R7",
        "R8",
        "R11",
        "R13",
        "R24",
        "R25",
        "R26",
        "R28",
        "R29",
        "R32",
        "R33",
        "R34",
        "R36",
        "R49",
    }
)
"""Rules about what happens when a client of the target runs a step; the others hold for steps that never run there too."""

_COMPARISON = re.compile(
    r"(?<!\w)(?P<name>\w+)\s*(?P<operator>>=|<=|<>|!=|=|>|<|like)\s*['\"](?P<value>[^'\"]*)['\"]", re.IGNORECASE
)


def with_guards(subject: Subject, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, with those behind a guard or in a disabled group marked; what a guard answers is no error any more."""
    found = list(findings)
    if subject.target is None or not found:
        yield from found
        return
    why = guarded_positions(subject)
    in_disabled_groups = _in_disabled_groups(subject)
    results = {name.casefold() for name in subject.knowledge.signs.guards.result_variables}
    for finding in found:
        position = finding.location.position
        reason = _reason(why, position) if finding.rule in RUN_RULES else ""
        if reason:
            own = finding.rule == "R32" and finding.subject.casefold() in results
            yield replace(
                finding,
                severity="warning" if finding.severity == "error" and not own else "info",
                blocking=False,
                guarded=True,
                fix=finding.fix if finding.fix == "automatic" else "advice",
                reason=f"{finding.reason}; guarded: {reason}",
            )
        elif position in in_disabled_groups:
            yield replace(finding, guarded=True)
        else:
            yield finding


def _in_disabled_groups(subject: Subject) -> frozenset[Position]:
    return frozenset(item.position for item in subject.items if item.in_disabled_group)


def _reason(why: Mapping[Position, str], position: Position) -> str:
    """Why the place is guarded: by its own condition, or by that of a group around it; empty where it is not."""
    return next((why[position[:end]] for end in range(1, len(position) + 1) if position[:end] in why), "")


def guarded_positions(subject: Subject) -> dict[Position, str]:
    """The groups and steps that no client of the target runs, as far as their conditions show it, with the reason."""
    facts = subject.knowledge.signs.guards
    signs = (*facts.result_variables, facts.wmi_property, facts.enabled_by)
    if subject.target is None or not any(sign.casefold() in subject.context.text for sign in signs):
        return {}
    found: dict[Position, str] = {}
    readiness: Step | None = None
    stopped = False
    for item in subject.items:
        if stopped:
            found[item.position] = "Check Readiness before it stops clients as old as the target"
            continue
        if item.condition is not None and holds(subject, item.condition, readiness) is False:
            found[item.position] = "its condition is false on clients as old as the target"
        if isinstance(item, Step) and item.type == facts.step and item.runs and _checks_version(subject, item):
            readiness = item
            stopped = not _reason(found, item.position) and _stops(subject, item)
    return found


def _checks_version(subject: Subject, step: Step) -> bool:
    """Tell whether the step checks the client's version, on a client of the target: an older one ignores the check."""
    facts, target = subject.knowledge.signs.guards, subject.target
    fact = subject.knowledge.step(step.type)
    feature = (
        next((one for one in fact.features if one.variable == facts.enabled_by), None) if fact is not None else None
    )
    if target is None or feature is None or not in_use(feature, step, subject.context):
        return False
    return not subject.knowledge.feature_age(feature, target.version).newer


def _stops(subject: Subject, step: Step) -> bool:
    """Tell whether the step certainly stops a client of the target: always run, errors count, version too low."""
    around = [step.position[:end] for end in range(1, len(step.position))]
    groups = [item for item in subject.items if item.position in around]
    free = all(item.condition is None and not _continues(item) for item in (step, *groups))
    return free and _passes(subject, step) is False


def _continues(item: Group | Step) -> bool:
    return (attribute(item.attributes, "continueOnError") or "").strip().lower() == "true"


def _passes(subject: Subject, step: Step) -> bool | None:
    """Does a client of the target pass the step's check? None where the number cannot be read."""
    minimum = step.variable(subject.knowledge.signs.guards.minimum)
    build = build_of(minimum.value) if minimum is not None else None
    if build is None or subject.target is None:
        return None
    return None if build == subject.target.version.build else build < subject.target.version.build


def holds(subject: Subject, condition: Condition, readiness: Step | None = None) -> bool | None:
    """Is the condition true on a client of the target? None where that depends on more than the client's version."""
    return _all(_part(subject, part, readiness) for part in condition.parts)


def _all(values: Iterable[bool | None]) -> bool | None:
    found = list(values)
    if any(value is False for value in found):
        return False
    return True if found and all(value is True for value in found) else None


def _part(subject: Subject, part: ConditionPart, readiness: Step | None) -> bool | None:
    if part.kind == "operator":
        inner = [_part(subject, child, readiness) for child in part.children]
        kind = part.type.lower()
        if kind == "and":
            return _all(inner)
        opposite = _all(None if value is None else not value for value in inner)
        if kind == "or":
            return None if opposite is None else not opposite
        return opposite if kind == "not" else None
    if part.kind != "expression":
        return None
    if part.value("Query") is not None:
        return _query(subject, part.value("Namespace") or "", part.value("Query") or "")
    return _variable(subject, part, readiness)


def _variable(subject: Subject, part: ConditionPart, readiness: Step | None) -> bool | None:
    """A test of the result of Check Readiness: an older client has no such variable, so its value is blank there."""
    facts, target = subject.knowledge.signs.guards, subject.target
    name = (part.value("Variable") or "").strip()
    if target is None or name.casefold() not in {one.casefold() for one in facts.result_variables}:
        return None
    fact = subject.knowledge.variable(name)
    value = ""
    if fact is None or not subject.knowledge.age(fact.introduced, target.version).newer:
        passes = _passes(subject, readiness) if readiness is not None else None
        if passes is None:
            return None
        value = facts.passed if passes else facts.failed
    return _compared((part.value("Operator") or "").lower(), value, (part.value("Value") or "").strip())


def _compared(operator: str, value: str, wanted: str) -> bool | None:
    if operator == "exists":
        return value != ""
    if operator == "notexists":
        return value == ""
    if operator == "equals":
        return value == wanted
    return value != wanted if operator == "notequals" else None


def _query(subject: Subject, namespace: str, query: str) -> bool | None:
    """A query for the version of the client. Anything else in the query can only make it find less."""
    facts = subject.knowledge.signs.guards
    if not _namespace(facts).search(namespace.strip()) or not _class(facts).search(query):
        return None
    if re.search(r"\b(or|not)\b", query, re.IGNORECASE):
        return None
    compared = [
        _version_compared(subject, found["operator"].lower(), found["value"])
        for found in _COMPARISON.finditer(query)
        if found["name"].lower() == facts.wmi_property.lower()
    ]
    return False if any(value is False for value in compared) else None


@lru_cache(maxsize=8)
def _namespace(facts: Guards) -> re.Pattern[str]:
    return re.compile(facts.wmi_namespace, re.IGNORECASE)


@lru_cache(maxsize=8)
def _class(facts: Guards) -> re.Pattern[str]:
    return re.compile(rf"\bfrom\s+{re.escape(facts.wmi_class)}\b", re.IGNORECASE)


def _version_compared(subject: Subject, operator: str, value: str) -> bool | None:
    """Compare the target's client with a version in a query. Only builds count, and equal ones say nothing."""
    if subject.target is None:
        return None
    own, version = subject.target.version.build, subject.target.version.client_version
    if operator == "like":
        start = re.split("[%_]", value, maxsplit=1)[0]
        known = version.rsplit(".", 1)[0]
        return None if known.startswith(start) or start.startswith(known) else False
    build = build_of(value if value.count(".") >= 2 else "")
    if build is None or build == own:
        return None
    return {">": own > build, ">=": own > build, "<": own < build, "<=": own < build, "=": False}.get(operator)
