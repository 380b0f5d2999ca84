"""The whole estate at a glance: one row for each task sequence, one column for each target."""

from __future__ import annotations

from collections.abc import Iterable

from tsfix.findings import Finding
from tsfix.reports.report import Cell, CellState, ExportReport, Matrix, MatrixRow

MDT = "mdt"
"""The format of a file of the Microsoft Deployment Toolkit. No site imports one."""


class MatrixRows:
    """The rows of a matrix, put together from one export after the other."""

    def __init__(self) -> None:
        self._targets: dict[str, None] = {}
        self._rows: dict[tuple[str, str], dict[str, Cell]] = {}
        self._names: dict[tuple[str, str], tuple[str, str, str]] = {}

    def add(self, export: ExportReport) -> None:
        """Add what one export is for one target."""
        if export.target is None:
            return
        self._targets[export.target.label] = None
        # What is known is not mended: it makes a task sequence no safer.
        known = [one.finding for one in export.accepted if one.decision.do == "known"]
        for item in export.task_sequences:
            key = (export.file, item.part or item.name)
            self._names[key] = (export.file, item.name, item.package_id)
            found = [
                finding
                for finding in (*export.findings, *known)
                if (finding.location.part or finding.location.task_sequence) == (item.part or item.name)
            ]
            self._rows.setdefault(key, {})[export.target.label] = cell(found, item.format)

    def matrix(self) -> Matrix | None:
        """The matrix of a scan; None where no target was asked for or one line would be all it shows."""
        if not self._targets or (len(self._targets) == 1 and len(self._rows) < 2):
            return None
        return Matrix(
            targets=tuple(self._targets),
            rows=tuple(
                MatrixRow(
                    file=self._names[key][0],
                    name=self._names[key][1],
                    package_id=self._names[key][2],
                    cells=tuple(cells.get(target, cell(())) for target in self._targets),
                )
                for key, cells in self._rows.items()
            ),
        )


def cell(findings: Iterable[Finding], format: str = "") -> Cell:
    """What the findings in one task sequence of that format mean for one target; the worst of them decides."""
    findings = tuple(findings)
    state: CellState = "safe"
    undecided = [finding for finding in findings if finding.blocking and finding.fix != "automatic"]
    by_hand = [one for one in findings if one.severity == "error" and not one.blocking and one.fix == "advice"]
    if format == MDT:
        state = "not for a site"
    elif undecided:
        state = "needs a decision"
    elif by_hand:
        state = "mend by hand"
    elif any(finding.certainty == "unknown" and finding.severity != "info" for finding in findings):
        state = "unknown"
    elif any(finding.fix == "automatic" and finding.severity == "error" for finding in findings):
        state = "safe after clone"
    return Cell(
        state=state,
        errors=sum(finding.severity == "error" for finding in findings),
        warnings=sum(finding.severity == "warning" for finding in findings),
        open=0 if format == MDT else len(undecided) or len(by_hand),
    )
