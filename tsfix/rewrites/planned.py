"""What a stage of rewriting means to write: the groups and steps as they shall stand in the copy, for the proof."""

from __future__ import annotations

from tsfix.changes import Reason
from tsfix.checks.equivalent_steps import EquivalentStep, equivalent_steps
from tsfix.checks.subject import Subject
from tsfix.knowledge.facts import Age, Downlevel, Rewrite, Source
from tsfix.task_sequence import Group, Step
from tsfix.values import Position, RuleId

Planned = dict[tuple[str, Position], Group | Step]
"""Part and position of a group or step, and what shall stand there."""


Decided = frozenset[tuple[str, Position]]
"""Part and position of groups and steps about which the person decided: no rewrite touches them."""


def rewritable(subject: Subject, decided: Decided, *rewrites: Rewrite) -> list[EquivalentStep]:
    """The steps that one of the rewrites can write anew, without those about which the person decided."""
    return [
        one
        for one in equivalent_steps(subject)
        if one.rewrite in rewrites and not one.obstacle and (subject.exported.part, one.step.position) not in decided
    ]


def reason_of(rule: str, age: Age, downlevel: Downlevel, source: Source) -> Reason:
    """Why something is written in another way that does the same, with what that costs."""
    text = f"{age.reason}. Trade-off: {' '.join(downlevel.trade_off.split())}"
    return Reason(rule=RuleId(rule), text=text, sources=(source,), topic="rewritten")
