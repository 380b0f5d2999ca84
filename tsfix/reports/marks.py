"""Says in the outline of a task sequence what became of each group and step in the copy."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tsfix.changes import Change
from tsfix.reports.outline import Mark, OutlineItem
from tsfix.reports.report import TaskSequenceSummary
from tsfix.values import Position


def marked_outline(summary: TaskSequenceSummary, changes: Iterable[Change]) -> tuple[OutlineItem, ...]:
    """The outline of the original with a mark at each group or step whose content changes.

    Newer settings that were not in use and IDs of the copy itself are no marks: nothing behaves otherwise for them.
    """
    marks: dict[Position, Mark] = {}
    for change in changes:
        where = change.location
        if not where.position or (where.part, where.task_sequence) != (summary.part, summary.name):
            continue
        mark = _mark(change)
        # What takes a step out of action says more than that it was changed.
        if mark and marks.get(where.position, "changed") == "changed":
            marks[where.position] = mark
    return tuple(replace(item, mark=marks.get(item.position, "")) for item in summary.outline)


def _mark(change: Change) -> Mark:
    if change.takes_out and change.kind in ("disabled", "replaced", "removed"):
        return change.kind
    return "changed" if change.topic == "content" else ""
