"""Facts in words: since when, how sure, what tsfix does. Explanations, lists and reference pages share them."""

from __future__ import annotations

from tsfix.knowledge.facts import Confidence, Downlevel, Feature, Introduced, Source, StepFact
from tsfix.values import Severity

HOW_SURE: dict[Confidence, str] = {
    "documented": "documented",
    "inferred": "inferred, not documented",
    "unknown": "not known",
}

SEVERITY: dict[Severity, str] = {
    "error": "error: the run fails, or its result changes",
    "warning": "warning: it may fail or behave otherwise",
    "info": "info: for you to know",
}

_REPORTED_ONLY = frozenset({"package", "export", "behaviour"})
"""Scopes in which no rewrite changes anything."""


def since(introduced: Introduced) -> str:
    """Since which version, such as ``1710`` or ``2103 or older, not in 2010``."""
    if introduced.version is None:
        return "not known"
    if introduced.bound == "exact":
        return str(introduced.version)
    if introduced.not_before is None:
        return f"{introduced.version} or older"
    return f"{introduced.version} or older, not in {introduced.not_before}"


def source(fact: Source) -> str:
    """A source in one line, without its address: page, section, day."""
    parts = [fact.page, fact.section, f"read {fact.read}" if fact.read else ""]
    return ", ".join(part for part in parts if part)


_WRITES = (
    "writes it in another form that does the same, where that is possible, else refuses the copy until you decide."
)


def feature_measure(feature: Feature) -> str:
    """What tsfix does about a feature that the target lacks."""
    downlevel = feature.downlevel
    if downlevel.kind == "none-needed" or feature.scope in _REPORTED_ONLY or feature.match.where == "text":
        return "reports it and changes nothing"
    if downlevel.automatic == "always" and downlevel.trade_off:
        return f"leaves it out by itself, because the target ignores it. Trade-off: {' '.join(downlevel.trade_off.split())}"
    if downlevel.automatic == "always":
        return "changes it by itself, because the effect stays the same"
    if downlevel.rewrite:
        return f"{_WRITES} Trade-off: {' '.join(downlevel.trade_off.split())}"
    in_use = "refuses the copy until you decide" if feature.severity == "error" else _kept(downlevel)
    if feature.neutral and feature.match.where == "variable":
        values = ", ".join(value or "(empty)" for value in feature.neutral)
        return f'takes it out by itself at a value that means "not used" ({values}); in use, {in_use}'
    return in_use


def _kept(downlevel: Downlevel) -> str:
    return f"reports it and keeps it: {downlevel.left.rstrip('.')}" if downlevel.left else "reports it and keeps it"


def step_measure(step: StepFact) -> str:
    """What tsfix does about a step whose type the target lacks."""
    if step.introduced.version is None:
        return "reports it: the version of the site does not tell whether the target has it"
    if step.introduced.version == "2007":
        return "nothing: every version knows it"
    if step.downlevel.rewrite:
        return f"{_WRITES} Trade-off: {' '.join(step.downlevel.trade_off.split())}"
    return "refuses the copy, unless you choose with --new-steps what becomes of the step"
