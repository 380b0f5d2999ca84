"""Finds out which package took the place of which between two exports, and whether that is so everywhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from msgspec import Struct

from tsfix.comparison.compare import compare_task_sequences
from tsfix.export import ExportedTaskSequence
from tsfix.knowledge.base import KnowledgeBase
from tsfix.places import live_places
from tsfix.task_sequence import TaskSequence
from tsfix.values import APPLICATION_ID

ID = re.compile(rf"(?:(?i:{APPLICATION_ID.pattern})|(?<![0-9A-Za-z])[A-Za-z0-9]{{3}}[0-9A-Fa-f]{{5}})(?![0-9A-Za-z])")
"""A package ID as a word of its own, or the name of an application; its GUIDs begin with what looks like a package ID."""


class Pair(Struct, frozen=True, kw_only=True):
    """A task sequence of the original and its counterpart."""

    before: ExportedTaskSequence
    after: ExportedTaskSequence


class Replaced(Struct, frozen=True, kw_only=True):
    """What the differences of all steps say about replaced objects."""

    packages: Mapping[str, str]
    """New IDs by old ones in upper case; the task sequences' own are among them, and names of applications."""
    as_written: Mapping[str, str]
    """The old IDs as the original has them, by the same in upper case."""
    own: frozenset[str]
    """The old IDs of the task sequences."""
    contradictions: tuple[str, ...]
    """Old IDs that became different ones, or that still stand in a live place."""
    names: Mapping[str, str]
    """New names of the task sequences by old ones."""
    copies: Mapping[str, TaskSequence]
    """The task sequences of the copy, by the old IDs in upper case."""
    originals: Mapping[str, TaskSequence]
    """The task sequences of all originals, by their IDs in upper case."""

    in_file: Mapping[tuple[str, str], TaskSequence]
    """What was made of the task sequences, by the file of the original and the ID: exports of several days share IDs."""

    def as_copied(self, package_id: str, file: str) -> TaskSequence | None:
        """What a parent in the file gets of a child: its copy, or the child itself where that needs no copy.

        One in the same export goes before one elsewhere. None: not given.
        """
        return self.in_file.get((file, package_id)) or self.copies.get(package_id) or self.originals.get(package_id)

    def substituted(self, text: str) -> str:
        """The text with the new IDs in it."""
        return ID.sub(lambda found: self.packages.get(found.group().upper(), found.group()), text)

    @property
    def new_ids(self) -> frozenset[str]:
        """What stands in the places of others now, in upper case."""
        return frozenset(found.upper() for found in self.packages.values())


def replaced(
    pairs: Sequence[Pair], knowledge: KnowledgeBase, originals: Iterable[ExportedTaskSequence] = ()
) -> Replaced:
    """Find out which package took the place of which, over all task sequences, and whether that is so everywhere.

    ``originals`` are all task sequences of the originals, those without a copy among them.
    """
    found: dict[str, set[str]] = {}
    as_written: dict[str, str] = {}
    own: dict[str, str] = {}
    for pair in pairs:
        before, after = pair.before.task_sequence, pair.after.task_sequence
        if before.package_id and after.package_id and before.package_id != after.package_id:
            own[before.package_id.upper()] = after.package_id.upper()
        for difference in compare_task_sequences(before, after).differences:
            for detail in difference.details:
                if detail.field.startswith("variable:") or detail.field == "package-property:BootImageID":
                    for old, new in _id_changes(detail.before or "", detail.after or ""):
                        found.setdefault(old.upper(), set()).add(new)
                        as_written.setdefault(old.upper(), old)
    for old, new in own.items():
        found[old] = {new}
    packages = {old: next(iter(new)) for old, new in found.items() if len(new) == 1}
    faults = [
        f"{as_written.get(old, old)} became {' and '.join(sorted(new))}" for old, new in found.items() if len(new) > 1
    ]
    all_originals = tuple(originals)
    in_file = {
        (item.location.file, item.task_sequence.package_id.upper()): item.task_sequence
        for item in all_originals
        if item.task_sequence.package_id
    }
    for pair in pairs:
        if pair.before.task_sequence.package_id:
            in_file[pair.before.location.file, pair.before.task_sequence.package_id.upper()] = pair.after.task_sequence
    faults += _still_there(pairs, knowledge, packages, {*own, *own.values()})
    return Replaced(
        packages=packages,
        as_written=as_written,
        own=frozenset(own),
        contradictions=tuple(dict.fromkeys(faults)),
        names={pair.before.task_sequence.name: pair.after.task_sequence.name for pair in pairs},
        copies={
            pair.before.task_sequence.package_id.upper(): pair.after.task_sequence
            for pair in pairs
            if pair.before.task_sequence.package_id
        },
        originals={
            item.task_sequence.package_id.upper(): item.task_sequence
            for item in all_originals
            if item.task_sequence.package_id
        },
        in_file=in_file,
    )


def _still_there(
    pairs: Iterable[Pair], knowledge: KnowledgeBase, packages: Mapping[str, str], own: Set[str]
) -> Iterator[str]:
    """Replaced IDs that the copy still has in a live place, in words; ``own`` are the task sequences' IDs, old and new."""
    new_ids = {found.upper() for found in packages.values()}
    for pair in pairs:
        for place in live_places(pair.after, knowledge):
            if place.roll_up_of and place.roll_up_of not in own:
                continue
            where = f" of {' > '.join(place.step.path)}" if place.step is not None else ""
            for found in place.ids:
                if found.upper() in packages and found.upper() not in new_ids:
                    yield f"{found} was replaced by {packages[found.upper()]}, and still stands in the {place.label}{where}"


def _id_changes(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Pairs of IDs where two texts differ in nothing else; the old one as it is written."""
    if ID.sub("\0", before) != ID.sub("\0", after):
        return
    if "," in before and sorted(before.split(",")) == before.split(","):
        return  # a sorted list: what stands at one place may belong to another
    for old, new in zip(ID.findall(before), ID.findall(after), strict=True):
        if old.upper() != new.upper():
            yield old, new if "/" in new else new.upper()
