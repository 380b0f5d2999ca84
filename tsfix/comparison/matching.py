"""Finds out which group or step of one sequence is which of the other, and which of them moved.

There are no identifiers in a sequence, and names repeat. So pairs are found from the surest sign to the weakest:

1. what occurs once on each side with all that it holds is one and the same;
2. so is a step whose content without its name, or whose type and name, occur once on each side;
3. a group is the group that its paired content went to, which finds renamed groups;
4. inside paired groups, what stands between the same neighbours is compared first, then the rest of the group;
5. what is left is looked for everywhere.
"""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from tsfix.comparison.alignment import is_increasing, longest_increasing
from tsfix.comparison.outline import TOP
from tsfix.comparison.pairing import NOBODY, Pairing, pairing
from tsfix.comparison.passes import match_everywhere, match_inside, pair_groups_by_content, pair_unique, pairs_of
from tsfix.task_sequence import Group, Sequence, Step


class Pair(Struct, frozen=True, kw_only=True):
    """One group or step, as it was and as it is."""

    before: Group | Step
    after: Group | Step
    moved: bool
    """True when it stands in another group, or in another order among those that stayed in the group."""
    same: bool
    """True when nothing of it changed; what a group holds does not count."""


class Removed(Struct, frozen=True, kw_only=True):
    """A group or step that only the earlier sequence has. What was in a removed group and is gone has its own entry."""

    item: Group | Step


class Added(Struct, frozen=True, kw_only=True):
    """A group or step that only the later sequence has. What is new in an added group has its own entry."""

    item: Group | Step


class Matching(Struct, frozen=True, kw_only=True):
    """What became of all groups and steps of two sequences."""

    reading_order: tuple[Pair | Removed | Added, ...]
    """Everything in the order of the later sequence, what was removed where it stood."""

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """What is in both sequences."""
        return tuple(entry for entry in self.reading_order if isinstance(entry, Pair))

    @property
    def moved(self) -> tuple[Pair, ...]:
        """The pairs that moved. What went along inside a moved group did not move itself."""
        return tuple(pair for pair in self.pairs if pair.moved)

    @property
    def removed(self) -> tuple[Group | Step, ...]:
        """What only the earlier sequence has."""
        return tuple(entry.item for entry in self.reading_order if isinstance(entry, Removed))

    @property
    def added(self) -> tuple[Group | Step, ...]:
        """What only the later sequence has."""
        return tuple(entry.item for entry in self.reading_order if isinstance(entry, Added))


def match(before: Sequence, after: Sequence) -> Matching:
    """Match the groups and steps of two sequences."""
    work = pairing(before, after)
    pair_unique(work)
    pair_groups_by_content(work)
    match_inside(work, [(TOP, TOP), *pairs_of(work, work.before.outline.groups)])
    match_everywhere(work)
    return _result(work)


def _result(work: Pairing) -> Matching:
    moved = _moved(work)
    before, after = work.before, work.after
    removed: dict[int, list[Removed]] = defaultdict(list)
    for index, place in _places_of_removed(work, moved):
        removed[place].append(Removed(item=before.item(index)))
    entries: list[Pair | Removed | Added] = [*removed[TOP]]
    for index, (item, partner) in enumerate(zip(after.outline.items, after.partners, strict=True)):
        if partner == NOBODY:
            entries.append(Added(item=item))
        else:
            same = before.prints.own[partner] == after.prints.own[index]
            entries.append(Pair(before=before.item(partner), after=item, moved=partner in moved, same=same))
        if index in removed:
            entries.extend(removed[index])
    return Matching(reading_order=tuple(entries))


def _moved(work: Pairing) -> set[int]:
    """What went to another group, or stands outside the longest run that kept its order in its group."""
    before, after = work.before, work.after
    moved: set[int] = set()
    for group in (TOP, *after.outline.groups):
        home = after.partner(group)
        partners = [after.partners[child] for child in after.outline.children_of(group)]
        stayed = [partner for partner in partners if partner != NOBODY and before.outline.parents[partner] == home]
        if len(stayed) < len(partners):
            moved.update(set(partners).difference(stayed, (NOBODY,)))
        if not is_increasing(stayed):
            # Where a step and a group changed places, the step moved.
            sizes = [before.outline.ends[partner] - partner for partner in stayed]
            moved.update(set(stayed).difference(stayed[place] for place in longest_increasing(stayed, sizes)))
    return moved


def _places_of_removed(work: Pairing, moved: set[int]) -> list[tuple[int, int]]:
    """For each removed item the index in the later sequence that it is read after; -1 for the very start."""
    before, after = work.before, work.after
    found: list[tuple[int, int]] = []
    if NOBODY not in before.partners:
        return found
    last_read: dict[int, int] = {TOP: TOP}
    """For each group that was passed: what stands last in it so far."""
    for index, partner in enumerate(before.partners):
        parent = before.outline.parents[index]
        if partner == NOBODY:
            last_read[index] = last_read[parent]
            found.append((index, last_read[parent]))
        else:
            last_read[index] = partner
            if index not in moved:
                last_read[parent] = after.outline.ends[partner] - 1
    return found
