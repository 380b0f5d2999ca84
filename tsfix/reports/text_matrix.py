"""The matrix of a scan for a terminal: what to do about which task sequence at which target, on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tsfix.decisions import file_name
from tsfix.reports.cell_words import cell_text, legend
from tsfix.reports.next_steps import next_steps
from tsfix.reports.report import Cell, CellState, Matrix, MatrixRow, Report
from tsfix.reports.terminal_lines import TerminalLines
from tsfix.reports.words import printable, shorten_name

_STYLES: dict[CellState, str] = {
    "safe": "green",
    "safe after clone": "cyan",
    "needs a decision": "red",
    "mend by hand": "red",
    "unknown": "yellow",
    "not for a site": "dim",
}
_NARROWEST_NAME = 24


def matrix_lines(out: TerminalLines, report: Report, matrix: Matrix) -> Iterator[str]:
    """A heading, a line for each task sequence, the words that occur, what to do next.

    More targets than fit go into further blocks.
    """
    versions = {line.target.label: line.target.version for line in report.lines if line.target is not None}
    heads = [label if versions[label] == label else f"{label} {versions[label]}" for label in matrix.targets]
    shared = Counter((row.name, row.package_id) for row in matrix.rows)
    width = max([len("DECIDE 99"), *map(len, heads)])
    most = max(1, (out.width - _NARROWEST_NAME) // (width + 2))
    for start in range(0, len(matrix.targets), most):
        columns = range(start, min(start + most, len(matrix.targets)))
        room = out.width - len(columns) * (width + 2)
        heading = "".join(f"  {heads[column]:<{width}}" for column in columns)
        yield out.style(f"{'task sequence':<{room}}{heading}".rstrip(), "bold")
        for row in matrix.rows:
            cells = "".join(f"  {_cell(out, row.cells[column], width)}" for column in columns)
            name = _name(row, several=shared[row.name, row.package_id] > 1)
            yield f"{shorten_name(printable(name), room):<{room}}{cells}".rstrip()
        yield ""
    for word, meaning in legend(cell for row in matrix.rows for cell in row.cells):
        yield from out.prose(meaning, f"{word:<9} ", " " * 10, "dim")
    yield ""
    yield out.style("NEXT", "bold")
    for labels, steps in next_steps(matrix):
        for number, step in enumerate(steps):
            first = f"  {labels}: " if number == 0 else "    "
            yield from out.prose(step.text, first, "    ")
            if step.command:
                # Whole, however long: a command that is broken into lines cannot be copied.
                yield f"      {printable(step.command)}"
    yield ""


def _name(row: MatrixRow, *, several: bool) -> str:
    """Name and ID; with the file where another row has the same."""
    name = f"{row.name} [{row.package_id}]" if row.package_id else row.name
    return f"{name} in {file_name(row.file)}" if several else name


def _cell(out: TerminalLines, cell: Cell, width: int) -> str:
    text = cell_text(cell)
    style = "yellow" if cell.state == "safe" and cell.warnings else _STYLES[cell.state]
    return out.style(text, style) + " " * (width - len(text))
