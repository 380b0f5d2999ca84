"""Finds out which task sequence of one input is which of the other, through other files, other IDs and other names."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from collections.abc import Sequence as List
from typing import TypeVar

from msgspec import Struct

from tsfix.checks.out_of_action import MARK
from tsfix.export import Export, ExportedTaskSequence
from tsfix.reports.diff_report import PairedBy

T = TypeVar("T")


class Held(Struct, frozen=True, kw_only=True):
    """A task sequence and the export that holds it."""

    export: Export
    exported: ExportedTaskSequence


class HeldPair(Struct, frozen=True, kw_only=True):
    """Two task sequences that are taken for one."""

    before: Held
    after: Held
    paired_by: PairedBy


class Paired(Struct, frozen=True, kw_only=True):
    """What belongs together, and what is left on either side; all in the order of the inputs."""

    exports: tuple[tuple[Export, Export], ...]
    pairs: tuple[HeldPair, ...]
    only_before: tuple[Held, ...]
    only_after: tuple[Held, ...]


def pair_exports(before: List[Export], after: List[Export]) -> Paired:
    """Pair exports, then the task sequences in them.

    Task sequences are paired by package ID and name, else by package ID, else by name, else because they are the only
    ones left in their exports, else by position where both exports have as many left. Those of exports without a
    counterpart are paired with any other, but only by package ID or name.
    """
    export_pairs = _paired(before, after)
    left = {id(export): _held(export) for export in before}
    right = {id(export): _held(export) for export in after}
    found: list[HeldPair] = []
    for one, other in export_pairs:
        _match(left[id(one)], right[id(other)], found)
        _match_rest(left[id(one)], right[id(other)], found)
    loose_left = [held for export in before for held in left[id(export)]]
    loose_right = [held for export in after for held in right[id(export)]]
    _match(loose_left, loose_right, found)
    order = {
        id(held): number for number, held in enumerate(held.exported for export in after for held in _held(export))
    }
    found.sort(key=lambda pair: order[id(pair.after.exported)])
    return Paired(
        exports=tuple(export_pairs),
        pairs=tuple(found),
        only_before=tuple(loose_left),
        only_after=tuple(loose_right),
    )


def _held(export: Export) -> list[Held]:
    return [Held(export=export, exported=exported) for exported in export.task_sequences]


Key = Callable[[T], Hashable]
"""What two things must have in common; None for a thing that has nothing of the kind."""


def _id(held: Held) -> Hashable:
    found = held.exported.task_sequence.package_id
    return found.upper() if found else None


def _name(held: Held) -> Hashable:
    return held.exported.task_sequence.name.casefold() or None


def _id_and_name(held: Held) -> Hashable:
    return (_id(held), _name(held)) if _id(held) and _name(held) else None


_KEYS: tuple[tuple[PairedBy, Key[Held]], ...] = (
    ("package ID and name", _id_and_name),
    ("package ID", _id),
    ("name", _name),
)


def _base_name(export: Export) -> Hashable:
    return export.name.replace("\\", "/").replace("!", "/").rsplit("/", 1)[-1].casefold()


def _all_ids(export: Export) -> Hashable:
    return tuple(str(_id(held)) for held in _held(export) if _id(held)) or None


def _all_names(export: Export) -> Hashable:
    return tuple(str(_name(held)) for held in _held(export)) or None


def _first_id(export: Export) -> Hashable:
    return next((_id(held) for held in _held(export)), None)


def _first_name(export: Export) -> Hashable:
    return next((_name(held) for held in _held(export)), None)


def _all_digests(export: Export) -> Hashable:
    """The digests of the parts that hold the task sequences, as the descriptions of copies have them."""
    digests = (hashlib.sha256(export.parts.parts[held.exported.part]).hexdigest()[:16] for held in _held(export))
    return tuple(sorted(digests)) or None


def _origin_digests(export: Export) -> Hashable:
    return _origins(export, "digest")


def _origin_ids(export: Export) -> Hashable:
    return _origins(export, "id")


def _origins(export: Export, what: str) -> Hashable:
    """What the descriptions of copies say about their originals; None as soon as one says nothing."""
    found: list[str] = []
    for held in _held(export):
        description = held.exported.task_sequence.property("Description")
        value = description.value if description is not None else None
        match = _ORIGIN.search(value) if isinstance(value, str) else None
        if match is None or not match[what]:
            return None
        found.append(match[what])
    return tuple(sorted(found) if what == "digest" else (item.upper() for item in found)) or None


_ORIGIN = re.compile(
    rf"{re.escape(MARK)}copy of (?P<id>\w+) (?:(?!{re.escape(MARK)})[^\]])*?(?:SHA-256 (?P<digest>[0-9a-f]{{16}}))?\]"
)
"""How the description of a copy names its original."""

_EXPORT_KEYS: tuple[tuple[Key[Export], Key[Export]], ...] = (
    (_all_ids, _all_ids),
    (_all_digests, _origin_digests),
    (_all_ids, _origin_ids),
    *((key, key) for key in (_base_name, _all_names, _first_id, _first_name)),
)
"""What an export before and one after must have in common."""


def _paired(before: List[Export], after: List[Export]) -> list[tuple[Export, Export]]:
    """Exports that belong together; what is the only one left of both inputs always does."""
    left, right = list(before), list(after)
    found: list[tuple[Export, Export]] = []
    for key, other_key in _EXPORT_KEYS:
        for pair in _equal(left, right, key, other_key):
            found.append(pair)
            left, right = _without(left, pair[0]), _without(right, pair[1])
    if len(left) == len(right) == 1:
        found.append((left[0], right[0]))
    order = {id(export): number for number, export in enumerate(after)}
    return sorted(found, key=lambda pair: order[id(pair[1])])


def _without(items: list[T], gone: T) -> list[T]:
    """By identity: two exports may hold equal things."""
    return [item for item in items if item is not gone]


def _equal(left: Iterable[T], right: Iterable[T], key: Key[T], right_key: Key[T] | None = None) -> list[tuple[T, T]]:
    """Pairs with equal keys: the first with the first, the second with the second."""
    offered: dict[Hashable, list[T]] = defaultdict(list)
    for item in right:
        offered[(right_key or key)(item)].append(item)
    pairs: list[tuple[T, T]] = []
    for item in left:
        value = key(item)
        if value is not None and offered.get(value):
            pairs.append((item, offered[value].pop(0)))
    return pairs


def _match(left: list[Held], right: list[Held], found: list[HeldPair]) -> None:
    """Pair what has a key in common; what is paired leaves the lists."""
    for paired_by, key in _KEYS:
        for before, after in _equal(left, right, key):
            _take(left, right, before, after, paired_by, found)


def _match_rest(left: list[Held], right: list[Held], found: list[HeldPair]) -> None:
    if len(left) != len(right):
        return
    paired_by: PairedBy = "the only ones" if len(left) == 1 else "position"
    for before, after in list(zip(left, right, strict=True)):
        _take(left, right, before, after, paired_by, found)


def _take(
    left: list[Held], right: list[Held], before: Held, after: Held, paired_by: PairedBy, found: list[HeldPair]
) -> None:
    left[:] = _without(left, before)
    right[:] = _without(right, after)
    found.append(HeldPair(before=before, after=after, paired_by=paired_by))
