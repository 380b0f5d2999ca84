"""A sequence laid out as one list in reading order, so that matching works on plain numbers."""

from __future__ import annotations

from msgspec import Struct

from tsfix.task_sequence import Group, Sequence, Step

TOP = -1
"""Stands for the sequence itself: the parent of the outermost groups and steps."""


class Outline(Struct, frozen=True, kw_only=True):
    """All groups and steps of one sequence; every other field has one entry for each of ``items``."""

    items: tuple[Group | Step, ...]
    """In reading order, so the content of a group follows it without a gap."""
    parents: tuple[int, ...]
    """The index of the group around the item, or ``TOP``."""
    children: tuple[tuple[int, ...], ...]
    """The indexes of what the group holds directly; empty for a step."""
    top: tuple[int, ...]
    """The indexes of the outermost groups and steps."""
    ends: tuple[int, ...]
    """The index after the last item inside the group; for a step its own index + 1."""

    def children_of(self, index: int) -> tuple[int, ...]:
        """What the group holds directly; for ``TOP`` the outermost groups and steps."""
        return self.top if index == TOP else self.children[index]


def outline(sequence: Sequence) -> Outline:
    """Lay the sequence out."""
    items: list[Group | Step] = []
    parents: list[int] = []
    stack: list[tuple[Group | Step, int]] = [(child, TOP) for child in reversed(sequence.children)]
    while stack:
        item, parent = stack.pop()
        index = len(items)
        items.append(item)
        parents.append(parent)
        if isinstance(item, Group):
            stack.extend((child, index) for child in reversed(item.children))

    children: list[list[int]] = [[] for _ in items]
    top: list[int] = []
    ends = [index + 1 for index in range(len(items))]
    for index in range(len(items) - 1, -1, -1):
        parent = parents[index]
        if parent == TOP:
            top.append(index)
        else:
            children[parent].append(index)
            ends[parent] = max(ends[parent], ends[index])
    return Outline(
        items=tuple(items),
        parents=tuple(parents),
        children=tuple(tuple(reversed(held)) for held in children),
        top=tuple(reversed(top)),
        ends=tuple(ends),
    )
