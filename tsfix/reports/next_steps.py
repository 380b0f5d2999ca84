"""What to do next after a scan: one answer for each target, from the table of all task sequences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from tsfix.reports.report import Cell, Matrix
from tsfix.reports.words import count

_PLAIN = re.compile(r"[\w.:/\\+,=-]+")
"""Arguments that no shell reads in another way."""
_MOST_EXPORTS = 8


class NextStep(Struct, frozen=True, kw_only=True):
    """One thing to do."""

    text: str
    command: str = ""
    """What to type for it, on one line; the text ends with a colon then."""


def next_steps(matrix: Matrix) -> list[tuple[str, tuple[NextStep, ...]]]:
    """The targets, and what to do for them; targets with the same answer together, in the order of the matrix."""
    found: dict[tuple[NextStep, ...], list[str]] = {}
    for column, target in enumerate(matrix.targets):
        found.setdefault(
            tuple(_steps(clone_command(matrix, target), [row.cells[column] for row in matrix.rows])), []
        ).append(target)
    return [(", ".join(targets), steps) for steps, targets in found.items()]


def clone_command(matrix: Matrix, target: str) -> str:
    """The command that makes the copies for a target, with the options that the scan had.

    Many exports come from a pattern that the shell has replaced; one word stands for them.
    """
    few = 0 < len(matrix.exports) <= _MOST_EXPORTS
    exports = [_argument(one) for one in matrix.exports] if few else ["EXPORT"]
    options = map(_argument, matrix.options)
    return " ".join(["tsfix clone", *exports, "--to", _argument(target), *options, "-o copies"])


def _argument(text: str) -> str:
    """In double quotes where needed, which PowerShell, cmd and the shells of Linux all read."""
    return text if _PLAIN.fullmatch(text) else f'"{text}"'


def _steps(clone: str, cells: list[Cell]) -> Iterator[NextStep]:
    """The first thing to do comes first."""

    def number(state: str) -> int:
        return sum(cell.state == state for cell in cells)

    if number("mend by hand"):
        yield NextStep(
            text=f"{_of(number('mend by hand'), cells)} must be mended by hand, whatever the site; see the errors below."
        )
    if number("needs a decision"):
        need = "needs" if number("needs a decision") == 1 else "need"
        yield NextStep(
            text=(
                f"{_of(number('needs a decision'), cells)} {need} a copy and something from you. "
                "This says what you can choose:"
            ),
            command=f"{clone} --dry-run",
        )
    if number("safe after clone"):
        need = "needs" if number("safe after clone") == 1 else "need"
        yield NextStep(text=f"{_of(number('safe after clone'), cells)} {need} a copy, and no decision:", command=clone)
    if number("unknown"):
        yield NextStep(
            text=f"{_of(number('unknown'), cells)} cannot be judged: look at what is unknown below, and test it there."
        )
    if number("not for a site"):
        other = number("not for a site")
        yield NextStep(
            text=f"{_of(other, cells)} {'is' if other == 1 else 'are'} not for a site (MDT): nothing to check for one."
        )
    warned = sum(cell.state == "safe" and cell.warnings > 0 for cell in cells)
    if warned:
        as_is = "it is" if warned == 1 else "they are"
        yield NextStep(text=f"{_of(warned, cells)} can be deployed as {as_is}, once you have read the warnings.")
    fine = number("safe") - warned
    if fine:
        yield NextStep(text=f"{_of(fine, cells)} can be deployed as {'it is' if fine == 1 else 'they are'}.")


def _of(number: int, cells: list[Cell]) -> str:
    if number == len(cells):
        return "The task sequence" if number == 1 else f"All {count(number, 'task sequence')}"
    return f"{number:,} of {count(len(cells), 'task sequence')}"
