"""Tells how much two steps, or two groups, have in common, for those that no stronger sign has paired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping

from tsfix.comparison.fingerprints import kind_of
from tsfix.task_sequence import Group, Step

MOST_CANDIDATES = 50
"""Nothing is compared with all others: what more than so many have in common leads to no candidate."""

ALIKE = 0.5
"""From this share on, two steps are taken for one that was changed."""

Features = Mapping[Hashable, int]
"""What a thing can be recognised by, and how much each of it says."""


_TELLING = 8
"""Shorter values, such as ``true`` or ``0 3010``, stand in many steps that have nothing to do with one another."""


def features(item: Group | Step, *, telling: bool = False) -> Features:
    """What the group or step can be recognised by, its name apart; with ``telling`` only what few others have.

    For a step the values of its variables, weighed by their length: nearly every command line step has
    ``RunAsUser = false``, but few have the same command line. The action repeats the variables, so it only counts where
    there are none. For a group the types and names of what it holds.
    """
    found: dict[Hashable, int] = defaultdict(int)
    if isinstance(item, Group):
        for child in item.children:
            found["group", kind_of(child), child.type if isinstance(child, Step) else "", child.name] += 1
        return found
    if not item.variables:
        found[item.kind, item.type, item.action] = len(item.action) + 1
    for variable in item.variables:
        if not telling or len(variable.value) >= _TELLING:
            found[item.kind, item.type, variable.name, variable.value] += len(variable.value) + 1
    return found


def likeness(before: Features, after: Features) -> float:
    """The share that both have in common, of the one that has more; 0.0 where there is nothing to compare."""
    larger = max(sum(before.values()), sum(after.values()))
    common = sum(min(weight, after.get(feature, 0)) for feature, weight in before.items())
    return common / larger if larger else 0.0


def candidates(wanted: Mapping[int, Features], offered: Mapping[int, Features]) -> dict[int, list[int]]:
    """For each of the wanted, which of the offered share a feature with it that is not too common."""
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for index, found in offered.items():
        for feature in found:
            holders[feature].append(index)
    result: dict[int, list[int]] = {}
    for index, found in wanted.items():
        near = (holders.get(feature, []) for feature in found)
        result[index] = sorted({other for few in near if len(few) <= MOST_CANDIDATES for other in few})
    return result
