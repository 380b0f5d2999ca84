"""The words for the cells of a scan's matrix, for every format: one for each state, and what each means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tsfix.reports.report import Cell, CellState

_WORDS: dict[CellState, str] = {
    "safe": "safe",
    "safe after clone": "clone",
    "needs a decision": "DECIDE",
    "mend by hand": "MEND",
    "unknown": "not known",
    "not for a site": "MDT",
}
_WARNED = "read"
"""Safe, but with warnings."""
_LEGEND = {
    "safe": "nothing was found that speaks against it there",
    _WARNED: "no errors, but warnings to read first (their number)",
    "clone": "tsfix clone makes a copy for the site by itself, without a decision",
    "DECIDE": "a copy needs something from you, such as a client package or a choice for a step (how many)",
    "MEND": "errors that no copy mends (how many)",
    "not known": "tsfix has no record of something in it, so it cannot call it safe",
    "MDT": "not a site's task sequence: nothing to check for a site",
}


def cell_word(cell: Cell) -> str:
    """The word alone."""
    return _WARNED if cell.state == "safe" and cell.warnings else _WORDS[cell.state]


def cell_text(cell: Cell) -> str:
    """The word, with the number that goes with it: ``DECIDE 3``, ``read 1``, ``safe``."""
    word = cell_word(cell)
    number = cell.warnings if word == _WARNED else cell.open if word in ("DECIDE", "MEND") else 0
    return f"{word} {number}" if number else word


def legend(cells: Iterable[Cell]) -> Iterator[tuple[str, str]]:
    """The words that occur, each with its meaning."""
    used = {cell_word(cell) for cell in cells}
    return ((word, meaning) for word, meaning in _LEGEND.items() if word in used)
