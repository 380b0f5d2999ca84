"""Tells where in the original a place of a copy was: what is taken out of a copy moves all that follows it up."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tsfix.changes import Change
from tsfix.export import Export, ExportedTaskSequence
from tsfix.findings import Finding
from tsfix.values import Position


def taken_out(changes: Iterable[Change], exported: ExportedTaskSequence) -> frozenset[Position]:
    """The positions of the groups and steps of one task sequence of the original that the copy has not."""
    place = (exported.location.part, exported.task_sequence.name)
    return frozenset(
        change.location.position
        for change in changes
        if change.kind == "removed"
        and change.field in ("step", "group")
        and (change.location.part, change.location.task_sequence) == place
    )


def former_position(position: Position, gone: frozenset[Position]) -> Position:
    """The position that a group or step of the copy had in the original, of which ``gone`` was taken out."""
    if not gone:
        return position
    former: Position = ()
    for number in position:
        index = number
        for before in sorted(place[-1] for place in gone if place[:-1] == former):
            if before <= index:
                index += 1
        former = (*former, index)
    return former


def at_former_places(
    findings: Iterable[Finding], original: Export, copy: Export, changes: Iterable[Change]
) -> tuple[Finding, ...]:
    """Findings in the copy with the parts and positions of the original, by which decisions tell things apart."""
    changes = tuple(changes)
    places = {
        after.location.part: (before.location.part, taken_out(changes, before))
        for before, after in zip(original.task_sequences, copy.task_sequences, strict=True)
    }
    return tuple(_moved(finding, places) for finding in findings)


def _moved(finding: Finding, places: dict[str, tuple[str, frozenset[Position]]]) -> Finding:
    where = finding.location
    found = places.get(where.part)
    if found is None:
        return finding
    part, gone = found
    return replace(finding, location=replace(where, part=part, position=former_position(where.position, gone)))
