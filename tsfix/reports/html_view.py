"""What the HTML page of a scan or a clone shows, put in order and into words; the template only lays it out."""

from __future__ import annotations

from msgspec import Struct

from tsfix.reports.cell_words import cell_word, legend
from tsfix.reports.html_export_view import ExportView, export_view, state_of
from tsfix.reports.html_finding_groups import COPIES
from tsfix.reports.html_sequence_view import SequenceView
from tsfix.reports.html_tree import kinds_in
from tsfix.reports.matrix import cell
from tsfix.reports.report import ExportReport, Report, TaskSequenceSummary
from tsfix.reports.words import SHORT_OUTCOMES, count, mapping_rows, summary_words, target_words


class IndexRow(Struct, frozen=True, kw_only=True):
    """One line of the table of contents: one task sequence against all targets."""

    file: str
    name: str
    package_id: str
    cells: tuple[IndexCell, ...]


class IndexCell(Struct, frozen=True, kw_only=True):
    """What became of one task sequence for one target."""

    href: str
    state: str
    text: str


class ReportView(Struct, frozen=True, kw_only=True):
    """The whole page."""

    report: Report
    title: str
    summary: str
    columns: tuple[str, ...]
    """The targets, or one word where there is no choice of them."""
    index: tuple[IndexRow, ...]
    """Empty where there is one task sequence and one target."""
    legend: tuple[tuple[str, str], ...]
    """The words of the table, each with its meaning; only for a scan with targets."""
    exports: tuple[ExportView, ...]
    kinds: tuple[tuple[str, str], ...]
    mappings: tuple[tuple[str, str, str, str], ...]
    """For a relink: each mapping, its task sequences, its places, and where it stands in free text."""


def report_view(report: Report) -> ReportView:
    """Put the page together."""
    exports = tuple(export_view(f"e{number}", export) for number, export in enumerate(report.exports, start=1))
    columns, index = _index(exports)
    return ReportView(
        report=report,
        title=_title(report),
        summary=summary_words(report),
        columns=columns,
        index=index if len(index) > 1 or len(columns) > 1 else (),
        legend=tuple(legend(found for row in report.matrix.rows for found in row.cells)) if report.matrix else (),
        exports=exports,
        kinds=kinds_in(sequence.rows for export in exports for sequence in export.sequences),
        mappings=tuple(mapping_rows(report)),
    )


_TITLES = {"scan": "Check", "clone": "Copy", "relink": "New links", "verify": "Proof"}


def _title(report: Report) -> str:
    what = _TITLES.get(report.command, report.command.capitalize())
    if len(report.exports) != 1:
        return f"{what} of {count(report.summary.exports, 'input')}"
    export = report.exports[0]
    name = export.file.replace("\\", "/").rsplit("/", 1)[-1]
    return f"{what} of {name}" + (f" for {target_words(export.target)}" if export.target else "")


def _index(exports: tuple[ExportView, ...]) -> tuple[tuple[str, ...], tuple[IndexRow, ...]]:
    """One row for each task sequence, one column for each target."""
    columns = tuple(dict.fromkeys(export.target for export in exports))
    rows: dict[tuple[str, str, str], dict[str, IndexCell]] = {}
    named: dict[tuple[str, str, str], TaskSequenceSummary] = {}
    for export in exports:
        for sequence in export.sequences:
            key = (export.report.file, sequence.summary.part, sequence.summary.name)
            named[key] = sequence.summary
            rows.setdefault(key, {})[export.target] = _index_cell(export.report, sequence)
    nothing = IndexCell(href="", state="", text="not checked")
    return tuple(column or "Result" for column in columns), tuple(
        IndexRow(
            file=key[0],
            name=named[key].name,
            package_id=named[key].package_id,
            cells=tuple(cells.get(column, nothing) for column in columns),
        )
        for key, cells in rows.items()
    )


_CELL_STATES = {
    "safe": "good",
    "safe after clone": "look",
    "needs a decision": "bad",
    "mend by hand": "bad",
    "unknown": "look",
    "not for a site": "",
}


def _index_cell(export: ExportReport, sequence: SequenceView) -> IndexCell:
    """For a scan with a target what it comes to, for a clone the outcome, and always what was found."""
    if export.outcome != "checked":
        words, state = SHORT_OUTCOMES[export.outcome], state_of(export)
        if export.outcome in COPIES:
            here = (sequence.summary.part, sequence.summary.name)
            still = (*export.remaining, *export.still_true)
            left = sum((one.location.part, one.location.task_sequence) == here for one in still)
            said = f"{words}; {count(left, 'finding')} still true" if left else words
            return IndexCell(href=sequence.id, state=state, text=said)
    elif export.target is not None:
        place = (sequence.summary.part, sequence.summary.name)
        found = (item for item in export.findings if (item.location.part, item.location.task_sequence) == place)
        judged = cell(found, sequence.summary.format)
        words, state = cell_word(judged), _CELL_STATES[judged.state]
        if judged.state == "safe" and judged.warnings:
            state = "look"
    else:
        words, state = "", "bad" if "error" in sequence.counts else "look" if "warning" in sequence.counts else "good"
    return IndexCell(href=sequence.id, state=state, text=f"{words}; {sequence.counts}" if words else sequence.counts)
