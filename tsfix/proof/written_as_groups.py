"""Finds the groups of a copy that stand in the place of one step: a pasted child, a step in parts, a step with its tests."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct

from tsfix.comparison.differences import Difference
from tsfix.knowledge.base import KnowledgeBase
from tsfix.places import child_call
from tsfix.proof.replaced_ids import Pair, Replaced
from tsfix.proof.same_meaning import same_items
from tsfix.proof.step_groups import same_as_group
from tsfix.rewrites.reference_order import named_by
from tsfix.task_sequence import Group, Step
from tsfix.values import Position

PASTED = "a child pasted into its parent as a group"
IN_PARTS = "one step written as a group of steps that do the same"


class GroupForStep(Struct, frozen=True, kw_only=True):
    """A group in the place of a step, which does the same."""

    step: Position
    """In the original."""
    group: Position
    """In the copy."""
    words: str
    """What it is."""

    def holds(self, position: Position) -> bool:
        """Tell whether this is the group or stands in it."""
        return position[: len(self.group)] == self.group


def groups_for_steps(
    pair: Pair, after: Collection[Group | Step], knowledge: KnowledgeBase, changed: Replaced
) -> Iterator[GroupForStep]:
    """Every step of the original with the groups in its place that do the same; ``after`` is what the copy holds."""
    groups = [item for item in after if isinstance(item, Group)]
    for step in pair.before.task_sequence.sequence.steps():
        for group in groups:
            if group.path != step.path:
                continue
            call = child_call(step, knowledge.step(step.type))
            child = changed.as_copied(call.child, pair.before.location.file) if call is not None else None
            if child is not None and same_items(group.children, child.sequence.children):
                yield GroupForStep(step=step.position, group=group.position, words=PASTED)
            elif same_as_group(step, group, knowledge):
                yield GroupForStep(step=step.position, group=group.position, words=IN_PARTS)


def named_by_pasted(groups: Collection[GroupForStep], after: Collection[Group | Step]) -> frozenset[str]:
    """What the steps of pasted children name, in upper case."""
    pasted = [one for one in groups if one.words == PASTED]
    return named_by(
        item for item in after if isinstance(item, Step) and any(one.holds(item.position) for one in pasted)
    )


def part_of_group(groups: Collection[GroupForStep], difference: Difference) -> str:
    """What the difference is part of, in words; empty when it is of no step that became a group."""
    for one in groups:
        if difference.kind == "removed" and difference.before_position == one.step:
            return one.words
        if difference.kind != "removed" and one.holds(difference.after_position):
            return one.words
    return ""


def moved_into_its_group(groups: Collection[GroupForStep], difference: Difference) -> bool:
    """Tell whether this is a step that stands in the group that took its place."""
    return any(difference.before_position == one.step and one.holds(difference.after_position) for one in groups)
