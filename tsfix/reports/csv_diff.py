"""The diff as a table for a spreadsheet: one row for each value that differs, and for what is on one side only."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.comparison.differences import Detail, Difference
from tsfix.reports.csv_ import Row, table
from tsfix.reports.diff_report import DiffReport, PartDiff, TaskSequenceDiff
from tsfix.reports.outline import number_of

COLUMNS = (
    "task_sequence",
    "package_id",
    "kind",
    "what",
    "type",
    "position_before",
    "position_after",
    "path_before",
    "path_after",
    "field",
    "label",
    "before",
    "after",
)


def render(report: DiffReport) -> str:
    """Render the diff as a table; see ``csv_.table`` for its form."""
    return "".join(table(COLUMNS, _rows(report)))


def _rows(report: DiffReport) -> Iterator[Row]:
    for pair in report.pairs:
        for difference in pair.comparison.differences:
            yield from _difference(pair, difference)
    for kind, sides in (("removed", report.only_before), ("added", report.only_after)):
        for side in sides:
            yield {
                "task_sequence": side.name,
                "package_id": side.package_id,
                "kind": kind,
                "what": "whole task sequence",
                "path_before" if kind == "removed" else "path_after": side.export,
            }
    for part in report.parts:
        yield from _part(part)
    for problem in report.problems:
        yield {"kind": "problem", "label": problem.place, "after": f"{problem.message} {problem.remedy}"}


def _difference(pair: TaskSequenceDiff, difference: Difference) -> Iterator[Row]:
    base = {
        "task_sequence": pair.after.name,
        "package_id": pair.after.package_id,
        "kind": difference.kind,
        "what": difference.what,
        "type": difference.type,
        "position_before": number_of(difference.before_position),
        "position_after": number_of(difference.after_position),
        "path_before": " > ".join(difference.before_path),
        "path_after": " > ".join(difference.after_path),
    }
    yield from _with_details(base, difference.details)


def _part(part: PartDiff) -> Iterator[Row]:
    base = {"kind": part.kind, "what": part.what, "path_before": part.before_part, "path_after": part.after_part}
    yield from _with_details(base, part.details)


def _with_details(base: Row, details: tuple[Detail, ...]) -> Iterator[Row]:
    """One row for each value that differs; one row for all where no value is told."""
    for detail in details:
        yield base | {
            "field": detail.field,
            "label": detail.label,
            "before": detail.before or "",
            "after": detail.after or "",
        }
    if not details:
        yield base
