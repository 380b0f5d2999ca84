"""The matrix of a scan for a terminal: what to do about which task sequence at which target, on one screen."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.reports.report import Cell, CellState, Matrix, MatrixRow
from tsfix.reports.terminal_lines import TerminalLines
from tsfix.reports.words import printable, shorten_name

_WORDS: dict[CellState, str] = {
    "safe": "safe",
    "safe after clone": "clone",
    "needs a decision": "DECIDE",
    "unknown": "unknown",
}
_STYLES: dict[CellState, str] = {
    "safe": "green",
    "safe after clone": "cyan",
    "needs a decision": "red",
    "unknown": "yellow",
}
LEGEND = (
    "safe: nothing was found that breaks there. clone: tsfix clone mends everything by itself. DECIDE: a copy needs a "
    "client package or a choice for steps that the target lacks (number of errors). unknown: something is in no record."
)
_NARROWEST_NAME = 24


def matrix_lines(out: TerminalLines, matrix: Matrix) -> Iterator[str]:
    """A heading, a line for each task sequence, the legend. More targets than fit go into further blocks."""
    width = max([len("DECIDE 99"), *(len(target) for target in matrix.targets)])
    most = max(1, (out.width - _NARROWEST_NAME) // (width + 2))
    for start in range(0, len(matrix.targets), most):
        columns = range(start, min(start + most, len(matrix.targets)))
        room = out.width - len(columns) * (width + 2)
        heading = "".join(f"  {matrix.targets[column]:<{width}}" for column in columns)
        yield out.style(f"{'task sequence':<{room}}{heading}".rstrip(), "bold")
        for row in matrix.rows:
            cells = "".join(f"  {_cell(out, row.cells[column], width)}" for column in columns)
            yield f"{shorten_name(printable(_name(row)), room):<{room}}{cells}".rstrip()
        yield ""
    yield from out.prose(LEGEND, "", "", "dim")
    yield ""


def _name(row: MatrixRow) -> str:
    return f"{row.name} [{row.package_id}]" if row.package_id else row.name


def _cell(out: TerminalLines, cell: Cell, width: int) -> str:
    word = _WORDS[cell.state]
    if cell.state == "needs a decision" and cell.errors:
        word = f"{word} {cell.errors}"
    return out.style(word, _STYLES[cell.state]) + " " * (width - len(word))
