"""What a stage of rewriting means to write: the groups and steps as they shall stand in the copy, for the proof."""

from __future__ import annotations

from tsfix.changes import Reason
from tsfix.knowledge.facts import Age, Downlevel, Source
from tsfix.task_sequence import Group, Step
from tsfix.values import Position, RuleId

Planned = dict[tuple[str, Position], Group | Step]
"""Part and position of a group or step, and what shall stand there."""


Decided = frozenset[tuple[str, Position]]
"""Part and position of groups and steps about which the person decided: no rewrite touches them."""


def reason_of(rule: str, age: Age, downlevel: Downlevel, source: Source) -> Reason:
    """Why something is written in another way that does the same, with what that costs."""
    text = f"{age.reason}. Trade-off: {' '.join(downlevel.trade_off.split())}"
    return Reason(rule=RuleId(rule), text=text, sources=(source,), topic="rewritten")
