"""Compares two task sequences and lists every difference in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tsfix.comparison.differences import Comparison, Detail, Difference, What, count
from tsfix.comparison.matching import Added, Matching, Pair, Removed, match
from tsfix.comparison.package_object import package_details
from tsfix.comparison.properties import all_details, attribute_details, differing_details, other_details
from tsfix.comparison.references import object_reference_details, reference_list_details
from tsfix.comparison.variables import variables_details
from tsfix.task_sequence import Group, Sequence, Step, TaskSequence

Parts = list[tuple[What, str, Iterable[Detail]]]
"""What is compared apart from groups and steps: what it is, its name for people, its details."""


def compare_task_sequences(before: TaskSequence, after: TaskSequence, matching: Matching | None = None) -> Comparison:
    """Compare two task sequences with all that the formats hold of them.

    The names alone are no difference: where a format holds none, they come from the file. Where it holds one, it is
    among the properties. ``matching`` is that of the two sequences, for callers who have it at hand.
    """
    references = object_reference_details(before.object_references, after.object_references)
    parts: Parts = [
        ("package", "object around the sequence", package_details(before, after)),
        ("references", "References array of the object", references),
    ]
    found = tuple(_differences(parts, before.sequence, after.sequence, matching))
    return Comparison(before_name=before.name, after_name=after.name, differences=found, counts=count(found))


def _differences(parts: Parts, before: Sequence, after: Sequence, matching: Matching | None) -> Iterator[Difference]:
    own: Parts = [
        ("task-sequence", "sequence", _sequence_details(before, after)),
        ("references", "reference list of the sequence", reference_list_details(before, after)),
    ]
    for what, name, found in [*parts, *own]:
        details = tuple(found)
        if details:
            yield _difference_of_part(what, name, details)
    for entry in (matching or match(before, after)).reading_order:
        if isinstance(entry, Removed):
            yield _one_sided(entry.item, added=False)
        elif isinstance(entry, Added):
            yield _one_sided(entry.item, added=True)
        elif entry.moved or not entry.same:
            yield _difference_of_pair(entry)


def _sequence_details(before: Sequence, after: Sequence) -> Iterator[Detail]:
    yield from attribute_details(before.attributes, after.attributes)
    yield from variables_details(before.global_variables, after.global_variables, "global-variable")
    yield from other_details("other", "other content", before.other, after.other)


def _difference_of_part(what: What, name: str, details: tuple[Detail, ...]) -> Difference:
    return Difference(
        kind="changed",
        what=what,
        before_path=(),
        after_path=(),
        before_position=(),
        after_position=(),
        name=name,
        type="",
        details=details,
    )


def _difference_of_pair(pair: Pair) -> Difference:
    details = () if pair.same else differing_details(pair.before, pair.after)
    return Difference(
        kind="moved" if pair.same else "moved-and-changed" if pair.moved else "changed",
        what=_what(pair.after),
        before_path=pair.before.path,
        after_path=pair.after.path,
        before_position=pair.before.position,
        after_position=pair.after.position,
        name=pair.after.name,
        type=_type(pair.after),
        details=details,
    )


def _one_sided(item: Group | Step, *, added: bool) -> Difference:
    return Difference(
        kind="added" if added else "removed",
        what=_what(item),
        before_path=() if added else item.path,
        after_path=item.path if added else (),
        before_position=() if added else item.position,
        after_position=item.position if added else (),
        name=item.name,
        type=_type(item),
        details=all_details(item, added=added),
    )


def _what(item: Group | Step) -> What:
    return "group" if isinstance(item, Group) else "step"


def _type(item: Group | Step) -> str:
    return item.type if isinstance(item, Step) else ""
