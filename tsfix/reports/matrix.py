"""The whole estate at a glance: one row for each task sequence, one column for each target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tsfix.findings import Finding
from tsfix.reports.report import Cell, CellState, ExportReport, Matrix, MatrixRow

MDT = "mdt"
"""The format of a file of the Microsoft Deployment Toolkit. No site imports one."""


def build_matrix(exports: Sequence[ExportReport]) -> Matrix | None:
    """The matrix of a scan; None where no target was asked for or one line would be all it shows."""
    targets = list(dict.fromkeys(export.target.label for export in exports if export.target is not None))
    rows: dict[tuple[str, str], dict[str, Cell]] = {}
    names: dict[tuple[str, str], tuple[str, str, str]] = {}
    for export in exports:
        if export.target is None:
            continue
        for item in export.task_sequences:
            key = (export.file, item.part or item.name)
            names[key] = (export.file, item.name, item.package_id)
            # What is known is not mended: it makes a task sequence no safer.
            known = [one.finding for one in export.accepted if one.decision.do == "known"]
            found = [
                finding
                for finding in (*export.findings, *known)
                if (finding.location.part or finding.location.task_sequence) == (item.part or item.name)
            ]
            rows.setdefault(key, {})[export.target.label] = cell(found, item.format)
    if not targets or (len(targets) == 1 and len(rows) < 2):
        return None
    return Matrix(
        targets=tuple(targets),
        rows=tuple(
            MatrixRow(
                file=names[key][0],
                name=names[key][1],
                package_id=names[key][2],
                cells=tuple(cells.get(target, cell(())) for target in targets),
            )
            for key, cells in rows.items()
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
