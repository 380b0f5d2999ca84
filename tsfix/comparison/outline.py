"""A sequence laid out as one list in reading order, so that matching works on plain numbers."""

from __future__ import annotations

from msgspec import Struct

from tsfix.task_sequence import Group, Sequence, Step

TOP = -1
"""Stands for the sequence itself: the parent of the outermost groups and steps."""


class Outline(Struct, frozen=True, kw_only=True):
    """All groups and steps of one sequence; most fields have one entry for each of ``items``."""

    items: tuple[Group | Step, ...]
    """In reading order, so the content of a group follows it without a gap."""
    parents: tuple[int, ...]
    """The index of the group around the item, or ``TOP``."""
    children: tuple[tuple[int, ...], ...]
    """The indexes of what the group holds directly; empty for a step."""
    groups: tuple[int, ...]
    """The indexes of the groups that hold something, in reading order."""
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
    children: list[tuple[int, ...]] = []
    ends: list[int] = []

    def lay_out(held: tuple[Group | Step, ...], parent: int) -> tuple[int, ...]:
        indexes: list[int] = []
        for item in held:
            index = len(items)
            indexes.append(index)
            items.append(item)
            parents.append(parent)
            children.append(())
            ends.append(index + 1)
            if isinstance(item, Group):
                children[index] = lay_out(item.children, index)
                ends[index] = len(items)
        return tuple(indexes)

    top = lay_out(sequence.children, TOP)
    return Outline(
        items=tuple(items),
        parents=tuple(parents),
        children=tuple(children),
        groups=tuple(index for index, held in enumerate(children) if held),
        top=top,
        ends=tuple(ends),
    )
