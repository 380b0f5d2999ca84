"""Names for the entries of a list in which names may repeat, so that an entry before meets the same entry after."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from collections.abc import Sequence as List

_NUMBER = "\0"
"""Stands between a name and a number; XML text cannot hold it."""


def numbered_names(names: Iterable[str]) -> list[str]:
    """The names, the second and further ones of the same name with a number."""
    seen: Counter[str] = Counter()
    keys: list[str] = []
    for name in names:
        seen[name] += 1
        keys.append(_numbered(name, seen[name]))
    return keys


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}{_NUMBER}{number}"


def shown(key: str) -> str:
    """The key as people and programs see it: ``Name`` or, for the second of that name, ``Name#2``."""
    return key.replace(_NUMBER, "#")


def name_of(key: str) -> str:
    """The name without its number."""
    return key.split(_NUMBER, maxsplit=1)[0]


def common_keys(before: List[tuple[str, Hashable]], after: List[tuple[str, Hashable]]) -> tuple[list[str], list[str]]:
    """A key for each entry of both lists; an entry is its name and its content.

    Keys differ within a list. Of entries that share a name, those with equal content get the same key first, the others
    in the order of the lists.
    """
    before_names, after_names = [name for name, _ in before], [name for name, _ in after]
    if _are_unique(before_names) and _are_unique(after_names):
        return before_names, after_names
    before_keys = numbered_names(before_names)
    equal: dict[tuple[str, Hashable], list[str]] = defaultdict(list)
    for key, entry in _backwards(before_keys, before):
        equal[entry].append(key)
    found = [equal[entry].pop() if equal[entry] else None for entry in after]

    taken = set(found)
    left: dict[str, list[str]] = defaultdict(list)
    for key, (name, _) in _backwards(before_keys, before):
        if key not in taken:
            left[name].append(key)
    highest = Counter(before_names)
    after_keys: list[str] = []
    for key_found, (name, _) in zip(found, after, strict=True):
        if key_found is not None:
            after_keys.append(key_found)
        elif left[name]:
            after_keys.append(left[name].pop())
        else:
            highest[name] += 1
            after_keys.append(_numbered(name, highest[name]))
    return before_keys, after_keys


def _are_unique(names: List[str]) -> bool:
    return len(set(names)) == len(names)


def _backwards(keys: List[str], entries: List[tuple[str, Hashable]]) -> Iterator[tuple[str, tuple[str, Hashable]]]:
    return zip(reversed(keys), reversed(entries), strict=True)


def other_order(before: List[str], after: List[str]) -> tuple[str, str] | None:
    """The keys that are in both lists, in either order, when the two orders differ; else None."""
    kept = set(before) & set(after)
    old, new = [key for key in before if key in kept], [key for key in after if key in kept]
    if old == new:
        return None
    return ", ".join(map(shown, old)), ", ".join(map(shown, new))
