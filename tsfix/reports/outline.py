"""The groups and steps of a task sequence as the console shows them, each with a mark that says what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from tsfix.knowledge.base import KnowledgeBase
from tsfix.task_sequence import Group, Sequence, Step
from tsfix.values import Position, StepType

Mark = Literal["", "changed", "disabled", "replaced", "removed", "added", "moved", "moved-and-changed"]
"""What became of a group or step; empty where it stayed as it was."""

TitleOf = Callable[[StepType], str]
"""What the console calls a step type."""


class OutlineItem(Struct, frozen=True, kw_only=True):
    """One group or step."""

    what: Literal["group", "step"]
    depth: int
    """How many groups stand around it. What follows a group with a greater depth is in the group."""
    name: str
    type: str
    """The step type; empty for a group."""
    title: str
    """What the console calls the step type; empty where that is not known."""
    position: Position
    """Where it stands: after the change, or before it for what was removed (and in a scan or clone, in the original)."""
    before_position: Position
    """Where it stood; empty for what was added. The same as ``position`` in a scan or clone."""
    before_path: tuple[str, ...]
    """Where it stood, by names, of what has moved; else empty."""
    disabled: bool
    """True when it is disabled itself, after the change if there is one."""
    mark: Mark = ""


def titles(knowledge: KnowledgeBase) -> TitleOf:
    """The names of step types in the console's editor, as far as the knowledge base has them."""
    known: dict[StepType, str] = {}

    def title(step_type: StepType) -> str:
        if step_type not in known:
            fact = knowledge.step(step_type) if step_type else None
            known[step_type] = fact.name if fact is not None else ""
        return known[step_type]

    return title


def outline_of(sequence: Sequence, title_of: TitleOf, marks: Mapping[Position, Mark]) -> tuple[OutlineItem, ...]:
    """The outline of one sequence; ``marks`` says what became of which position."""
    return tuple(
        item_of(item, item.position, len(item.position) - 1, title_of, mark=marks.get(item.position, ""))
        for item in sequence.walk()
    )


def item_of(item: Group | Step, before_position: Position, depth: int, title_of: TitleOf, *, mark: Mark) -> OutlineItem:
    """One group or step, marked."""
    step_type = item.type if isinstance(item, Step) else StepType("")
    return OutlineItem(
        what="group" if isinstance(item, Group) else "step",
        depth=depth,
        name=item.name,
        type=step_type,
        title=title_of(step_type),
        position=item.position,
        before_position=before_position,
        before_path=(),
        disabled=item.disabled,
        mark=mark,
    )


def number_of(position: Position) -> str:
    """A position as people read it: ``1.3.2``, counted from 1. It is not the number that smsts.log shows."""
    return ".".join(str(index + 1) for index in position)
