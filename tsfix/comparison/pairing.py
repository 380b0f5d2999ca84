"""The state of a matching: two outlines, and which of their items have been paired so far."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from msgspec import Struct

from tsfix.comparison.fingerprints import Fingerprints, fingerprints, kind_of, nameless_content
from tsfix.comparison.outline import TOP, Outline, outline
from tsfix.task_sequence import Group, Sequence, Step

NOBODY = -2
"""The partner of an item that has none yet. ``TOP`` is -1 and its own partner."""


class Side(Struct, kw_only=True):
    """One of the two sequences; ``partners`` has the index on the other side for each item, or ``NOBODY``."""

    outline: Outline
    prints: Fingerprints
    partners: list[int]

    def free(self, indexes: Iterable[int]) -> list[int]:
        """Those that have no partner yet."""
        return [index for index in indexes if self.partners[index] == NOBODY]

    def all_free(self) -> list[int]:
        """All items of this side that have no partner yet, in reading order."""
        return self.free(range(len(self.partners)))

    def partner(self, index: int) -> int:
        """The partner of an item or of ``TOP``."""
        return TOP if index == TOP else self.partners[index]

    def item(self, index: int) -> Group | Step:
        """The group or step itself."""
        return self.outline.items[index]


class Pairing(Struct, kw_only=True):
    """Both sides; only its methods change them."""

    before: Side
    after: Side

    def are_free(self, before: int, after: int) -> bool:
        """Tell whether neither has a partner yet."""
        return self.before.partners[before] == NOBODY and self.after.partners[after] == NOBODY

    def pair(self, before: int, after: int) -> None:
        """Pair two free items; where they are equal with all that they hold, that is paired as well."""
        size = 1
        if self.before.prints.subtree[before] == self.after.prints.subtree[after]:
            size = self.before.outline.ends[before] - before
        for offset in range(size):
            if self.are_free(before + offset, after + offset):
                self.before.partners[before + offset] = after + offset
                self.after.partners[after + offset] = before + offset


def pairing(before: Sequence, after: Sequence) -> Pairing:
    """Everything unpaired."""
    first, second = outline(before), outline(after)
    first_prints, second_prints = fingerprints(first, second)
    return Pairing(
        before=Side(outline=first, prints=first_prints, partners=[NOBODY] * len(first.items)),
        after=Side(outline=second, prints=second_prints, partners=[NOBODY] * len(second.items)),
    )


Key = Callable[[Side, int], Hashable]
"""What two items must have in common to be paired in a pass; None leaves the item out of the pass."""


def by_subtree(side: Side, index: int) -> Hashable:
    """Equal with all that it holds."""
    return side.prints.subtree[index]


def by_own(side: Side, index: int) -> Hashable:
    """Equal, whatever it holds."""
    return side.prints.own[index]


def by_name(side: Side, index: int) -> Hashable:
    """The same kind, type and name."""
    return side.prints.name[index]


def by_name_and_held(side: Side, index: int) -> Hashable:
    """Groups of the same name that hold the same."""
    return (side.prints.name[index], side.prints.held[index]) if side.outline.children[index] else None


def by_all_but_name(side: Side, index: int) -> Hashable:
    """Equal but for name and description.

    Not for groups that hold something: most groups have no more than a name, so they all would be equal.
    """
    return None if side.outline.children[index] else nameless_content(side.item(index))


def by_name_alone(side: Side, index: int) -> Hashable:
    """The same kind and name, even if the type differs."""
    item = side.item(index)
    return (kind_of(item), item.name)
