"""The matrix of a scan for a terminal: what to do about which task sequence at which target, on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tsfix.decisions import file_name
from tsfix.reports.next_steps import next_steps
from tsfix.reports.report import Cell, CellState, Matrix, MatrixRow, Report
from tsfix.reports.terminal_lines import TerminalLines
from tsfix.reports.words import printable, shorten_name

_WORDS: dict[CellState, str] = {
    "safe": "safe",
    "safe after clone": "clone",
    "needs a decision": "DECIDE",
    "mend by hand": "MEND",
    "unknown": "unknown",
}
_WARNED = "read"
"""Safe, but with warnings."""
_STYLES: dict[CellState, str] = {
    "safe": "green",
    "safe after clone": "cyan",
    "needs a decision": "red",
    "mend by hand": "red",
    "unknown": "yellow",
}
_LEGEND = {
    "safe": "nothing was found that speaks against it there",
    _WARNED: "no errors, but warnings to read first (their number)",
    "clone": "tsfix clone makes a copy for the site by itself, without a loss",
    "DECIDE": "a copy needs something from you, such as a client package or a choice for a step (number of errors)",
    "MEND": "an error that no copy mends (number of errors)",
    "unknown": "tsfix has no record of something in it, so it cannot call it safe",
}
_NARROWEST_NAME = 24


def matrix_lines(out: TerminalLines, report: Report, matrix: Matrix) -> Iterator[str]:
    """A heading, a line for each task sequence, the words that occur, what to do next.

    More targets than fit go into further blocks.
    """
    versions = {one.target.label: one.target.version for one in report.exports if one.target is not None}
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
    used = {_word(cell) for row in matrix.rows for cell in row.cells}
    for word, meaning in _LEGEND.items():
        if word in used:
            yield from out.prose(meaning, f"{word:<8} ", " " * 9, "dim")
    yield ""
    yield out.style("NEXT", "bold")
    for labels, sentences in next_steps(matrix):
        for number, sentence in enumerate(sentences):
            first = f"  {labels}: " if number == 0 else "    "
            yield from out.prose(sentence, first, "    ")
    yield ""


def _name(row: MatrixRow, *, several: bool) -> str:
    """Name and ID; with the file where another row has the same."""
    name = f"{row.name} [{row.package_id}]" if row.package_id else row.name
    return f"{name} in {file_name(row.file)}" if several else name


def _word(cell: Cell) -> str:
    return _WARNED if cell.state == "safe" and cell.warnings else _WORDS[cell.state]


def _cell(out: TerminalLines, cell: Cell, width: int) -> str:
    word = _word(cell)
    number = cell.warnings if word == _WARNED else cell.errors if word in ("DECIDE", "MEND") else 0
    text = f"{word} {number}" if number else word
    style = "yellow" if word == _WARNED else _STYLES[cell.state]
    return out.style(text, style) + " " * (width - len(text))
