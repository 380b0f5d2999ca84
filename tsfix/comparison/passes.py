"""The passes of a matching, from the surest sign to the weakest.

Every pass works on tables or on a bounded number of candidates, so the time grows with the number of steps.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from collections.abc import Sequence as List

from tsfix.comparison.alignment import common_subsequence, longest_increasing
from tsfix.comparison.fingerprints import nameless_content
from tsfix.comparison.outline import TOP
from tsfix.comparison.pairing import (
    NOBODY,
    Key,
    Pairing,
    Side,
    by_all_but_name,
    by_name,
    by_name_alone,
    by_name_and_held,
    by_own,
    by_subtree,
)
from tsfix.comparison.similarity import ALIKE, MOST_CANDIDATES, candidates, features, likeness
from tsfix.task_sequence import Group, Step

Keys = Callable[[Side], List[Hashable]]
"""A key for every item of a side."""

_LARGEST_TABLE = MOST_CANDIDATES * MOST_CANDIDATES

_VOTE = 2
"""What one paired child adds for the pair of its two groups."""
_SAME_NAME = 3
"""What a name adds that no other group has: more than one stray child, less than two."""


def pair_unique(work: Pairing) -> None:
    """Pair what occurs once on each side: whole subtrees, renamed steps, changed steps."""
    _pair_unique_by(work, lambda side: side.prints.subtree)
    in_question = _in_question(work)
    _pair_unique_by(work, lambda side: _nameless(side, in_question))
    _pair_unique_by(work, lambda side: side.prints.name, Step)


def _pair_unique_by(work: Pairing, keys: Keys, kind: type[Group] | type[Step] | None = None) -> None:
    for index, other in _unique(work, keys, kind):
        if work.are_free(index, other):
            work.pair(index, other)


def _unique(work: Pairing, keys: Keys, kind: type[Group] | type[Step] | None = None) -> list[tuple[int, int]]:
    """The free items of both sides, of one kind only if that is given, whose key occurs once on each side."""
    if not work.before.all_free() or not work.after.all_free():
        return []
    before, after = _once(keys(work.before)), _once(keys(work.after))
    return [
        (index, after[key])
        for key, index in before.items()
        if key in after
        and work.are_free(index, after[key])
        and (kind is None or isinstance(work.before.item(index), kind))
    ]


def _once(keys: List[Hashable]) -> dict[Hashable, int]:
    """The place of each key that occurs once; None counts for no key."""
    times = Counter(keys)
    return {key: place for place, key in enumerate(keys) if times[key] == 1 and key is not None}


def _in_question(work: Pairing) -> set[tuple[str, str]]:
    """Types and actions of the steps that are free: only among those can a renamed step be."""
    free = (side.item(index) for side in (work.before, work.after) for index in side.all_free())
    return {(item.type, item.action) for item in free if isinstance(item, Step)}


def _nameless(side: Side, in_question: set[tuple[str, str]]) -> list[Hashable]:
    """All but the name, for the steps in question: the full content is costly to gather."""
    return [
        nameless_content(item) if isinstance(item, Step) and (item.type, item.action) in in_question else None
        for item in side.outline.items
    ]


def pair_groups_by_content(work: Pairing) -> None:
    """Pair groups by the votes of their paired children, the innermost first, the heaviest agreement first."""
    votes = _votes(work)
    levels = _free_groups_from_inside(work.before)
    # First only where no other group has a better claim; what lost its rival to another group gets its turn later.
    for yielding in (True, False):
        for groups in levels:
            _pair_by_votes(work, votes, groups, yielding=yielding)


def _votes(work: Pairing) -> Counter[tuple[int, int]]:
    """For each group before and each group after, what speaks for their being one."""
    votes: Counter[tuple[int, int]] = Counter()
    for pair in _unique(work, lambda side: side.prints.name, Group):
        votes[pair] += _SAME_NAME
    for group in _free_groups(work.before):
        for index in work.before.outline.children[group]:
            if work.before.partners[index] != NOBODY:
                _vote(work, votes, index, work.before.partners[index])
    return votes


def _vote(work: Pairing, votes: Counter[tuple[int, int]], before: int, after: int) -> None:
    group, home = work.before.outline.parents[before], work.after.outline.parents[after]
    if TOP not in (group, home) and work.are_free(group, home):
        votes[group, home] += _VOTE


def _pair_by_votes(work: Pairing, votes: Counter[tuple[int, int]], groups: List[int], *, yielding: bool) -> None:
    best: dict[int, int] = defaultdict(int)
    claims: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (group, home), count in votes.items():
        if work.are_free(group, home):
            best[home] = max(best[home], count)
            claims[group].append((count, home))
    asked = [(-count, group, home) for group in groups for count, home in claims[group]]
    for count, group, home in sorted(asked):
        if work.are_free(group, home) and not (yielding and -count < best[home]):
            work.pair(group, home)
            _vote(work, votes, group, home)


def _free_groups(side: Side) -> list[int]:
    return [index for index in side.all_free() if isinstance(side.item(index), Group)]


def _free_groups_from_inside(side: Side) -> list[list[int]]:
    """The free groups, those of one depth together, the innermost first."""
    levels: dict[int, list[int]] = defaultdict(list)
    for index in _free_groups(side):
        levels[len(side.item(index).position)].append(index)
    return [levels[depth] for depth in sorted(levels, reverse=True)]


def match_inside(work: Pairing, pairs: Iterable[tuple[int, int]]) -> None:
    """Match what paired groups hold, and what the groups paired on the way hold, from the outside inwards."""
    waiting = deque(pairs)
    while waiting:
        before, after = waiting.popleft()
        inner, others = work.before.outline.children_of(before), work.after.outline.children_of(after)
        free = work.before.free(inner)
        if not free or not work.after.free(others):
            continue
        _pair_equal_in_order(work, inner, others)
        for left, right in _gaps(work, inner, others):
            _match_in_gap(work, left, right)
        for key in (by_subtree, by_own, by_name):
            _pair_in_order(work, free, others, key)
        waiting.extend(pairs_of(work, free))


def pairs_of(work: Pairing, indexes: Iterable[int]) -> list[tuple[int, int]]:
    """Those of the items that have a partner, with the partner."""
    partners = work.before.partners
    return [(index, partners[index]) for index in indexes if partners[index] != NOBODY]


def _pair_equal_in_order(work: Pairing, inner: Iterable[int], others: Iterable[int]) -> None:
    """Pair equal free children so that as many children as possible, the paired ones included, keep their order."""
    # A child that is paired already is marked by its partner, so that it can only meet that one.
    left = {one: work.before.partners[one] for one in inner}
    right = {other: other if work.after.partners[other] != NOBODY else NOBODY for other in others}
    before = [_mark(work.before, one, partner) for one, partner in left.items()]
    after = [_mark(work.after, other, partner) for other, partner in right.items()]
    lefts, rights = list(left), list(right)
    for one, other in common_subsequence(before, after, _LARGEST_TABLE):
        if work.are_free(lefts[one], rights[other]):
            work.pair(lefts[one], rights[other])


def _mark(side: Side, index: int, later: int) -> int:
    return side.prints.subtree[index] if later == NOBODY else -1 - later


def _gaps(work: Pairing, inner: tuple[int, ...], others: tuple[int, ...]) -> list[tuple[list[int], list[int]]]:
    """The free children of both groups, cut into runs by the neighbours that are paired and stayed in order."""
    places = {index: place for place, index in enumerate(others)}
    paired = [(place, places.get(work.before.partners[index], -1)) for place, index in enumerate(inner)]
    paired = [pair for pair in paired if pair[1] >= 0]
    fixed = [paired[index] for index in longest_increasing([there for _, there in paired])]
    gaps = []
    here = there = 0
    for next_here, next_there in [*fixed, (len(inner), len(others))]:
        left, right = work.before.free(inner[here:next_here]), work.after.free(others[there:next_there])
        if left and right:
            gaps.append((left, right))
        here, there = next_here, next_there
    return gaps


def _match_in_gap(work: Pairing, left: list[int], right: list[int]) -> None:
    """Match what stands between the same two neighbours; here a weak sign is enough."""
    _pair_equal_in_order(work, left, right)
    for key in (by_subtree, by_name_and_held, by_own, by_name, by_all_but_name):
        _pair_in_order(work, left, right, key)
    _pair_similar(work, left, right)
    _pair_in_order(work, left, right, by_name_alone)
    _pair_extended_names(work, left, right)


def match_everywhere(work: Pairing) -> None:
    """Match what is left, wherever it stands."""
    for key in (by_subtree, by_own, by_name):
        left = work.before.all_free()
        _pair_in_order(work, left, work.after.all_free(), key)
        match_inside(work, pairs_of(work, left))
    left = work.before.all_free()
    _pair_similar(work, left, work.after.all_free(), telling=True)
    match_inside(work, pairs_of(work, left))


def _pair_in_order(work: Pairing, left: Iterable[int], right: Iterable[int], key: Key) -> None:
    """Pair free items with equal keys: the first with the first, the second with the second."""
    left, right = work.before.free(left), work.after.free(right)
    if not left or not right:
        return
    offered: dict[Hashable, deque[int]] = defaultdict(deque)
    for index in right:
        value = key(work.after, index)
        if value is not None:
            offered[value].append(index)
    for index in left:
        queue = offered.get(key(work.before, index))
        # Pairing a group may have paired what it holds, which then is no longer free.
        while queue and work.after.partners[queue[0]] != NOBODY:
            queue.popleft()
        if queue and work.before.partners[index] == NOBODY:
            work.pair(index, queue.popleft())


def _pair_similar(work: Pairing, left: Iterable[int], right: Iterable[int], *, telling: bool = False) -> None:
    """Pair free items that have at least half in common, each with the one that is most like it.

    ``telling``: without what many steps have in common, for items that do not stand in the same place.
    """
    left, right = work.before.free(left), work.after.free(right)
    if not left or not right:
        return
    wanted = {index: features(work.before.item(index), telling=telling) for index in left}
    offered = {index: features(work.after.item(index), telling=telling) for index in right}
    for index, near in candidates(wanted, offered).items():
        shares = [(likeness(wanted[index], offered[other]), -other) for other in work.after.free(near)]
        share, other = max(shares, default=(0.0, 0))
        if share >= ALIKE:
            work.pair(index, -other)


def _pair_extended_names(work: Pairing, left: Iterable[int], right: Iterable[int]) -> None:
    """Pair free steps of one type when one name holds the other: people, and tsfix, add to a name what they did."""
    offered = work.after.free(right)
    for index in work.before.free(left):
        item = work.before.item(index)
        for other in offered[:MOST_CANDIDATES]:
            if _is_extended(item, work.after.item(other)):
                work.pair(index, other)
                offered.remove(other)
                break


def _is_extended(before: Group | Step, after: Group | Step) -> bool:
    if not (isinstance(before, Step) and isinstance(after, Step)) or before.type != after.type:
        return False
    return bool(before.name and after.name) and (before.name in after.name or after.name in before.name)
