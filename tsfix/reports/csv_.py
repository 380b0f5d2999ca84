"""The report as a table for a spreadsheet: one row for each finding, change and problem."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from tsfix.findings import Finding
from tsfix.reports.report import ExportReport, Report
from tsfix.reports.unseen import written_out

COLUMNS = (
    "file",
    "target",
    "outcome",
    "task_sequence",
    "path",
    "position",
    "kind",
    "severity",
    "certainty",
    "rule",
    "subject",
    "text",
    "reason",
    "remedy",
    "before",
    "after",
)
_FORMULA = re.compile(r"\s*[=+@\uff1d\uff0b\uff0d\uff20-]|[\t\r\n]")
"""A spreadsheet takes a cell that begins so for a formula, some also behind blanks or in letters of full width."""

Row = dict[str, str]
"""The cells of a row by the name of their column; a cell that is not there stays empty."""


def render(report: Report) -> str:
    """Render the report as a table; see ``table`` for its form."""
    return "".join(pieces(report))


def pieces(report: Report) -> Iterator[str]:
    """The same, row by row."""
    return table(COLUMNS, _rows(report))


def table(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """A header and rows: CRLF line ends as RFC 4180 has them, cells that could be formulas behind an apostrophe."""
    line = io.StringIO()
    writer = csv.DictWriter(line, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    yield line.getvalue()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow({name: _safe_cell(value) for name, value in row.items()})
        yield line.getvalue()


def _safe_cell(value: str) -> str:
    """The value so that no spreadsheet takes it for a formula, and nothing that steers a terminal is in it."""
    return written_out(f"'{value}" if _FORMULA.match(value) else value)


def _rows(report: Report) -> Iterator[Row]:
    for export in report.exports:
        base = {
            "file": export.file,
            "target": export.target.label if export.target else "",
            "outcome": export.outcome,
        }
        yield from (base | row for row in _export_rows(export))
    for notice in report.notices:
        yield {"file": notice.place, "kind": "problem", "text": notice.message, "remedy": notice.remedy}


def _export_rows(export: ExportReport) -> Iterator[Row]:
    for finding in export.findings:
        yield _finding(finding, "finding")
    for finding in export.reasons:
        yield _finding(finding, "in the way")
    for finding in export.remaining:
        yield _finding(finding, "accepted")
    for finding in export.still_true:
        yield _finding(finding, "still true of the copy")
    for group in export.changes:
        for change in group.changes:
            yield {
                "task_sequence": group.task_sequence,
                "path": " > ".join(group.path),
                "position": ".".join(str(index + 1) for index in group.position),
                "kind": change.kind,
                "rule": " ".join(dict.fromkeys(reason.rule for reason in change.reasons)),
                "subject": change.field,
                "text": change.label,
                "reason": "; ".join(dict.fromkeys(reason.text for reason in change.reasons)),
                "before": change.before or "",
                "after": change.after or "",
            }
    for problem in export.problems:
        yield {"path": problem.place, "kind": "problem", "text": problem.message, "remedy": problem.remedy}


def _finding(finding: Finding, kind: str) -> Row:
    location = finding.location
    return {
        "task_sequence": location.task_sequence,
        "path": " > ".join(location.path),
        "position": ".".join(str(index + 1) for index in location.position),
        "kind": kind,
        "severity": finding.severity,
        "certainty": finding.certainty,
        "rule": finding.rule,
        "subject": finding.subject,
        "text": finding.title,
        "reason": finding.reason,
        "remedy": finding.remedy,
    }
