"""What to do next after a scan: one answer for each target, from the table of all task sequences."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.reports.report import Cell, Matrix
from tsfix.reports.words import count


def next_steps(matrix: Matrix) -> list[tuple[str, tuple[str, ...]]]:
    """The targets, and sentences for them; targets with the same answer together, in the order of the matrix."""
    found: dict[tuple[str, ...], list[str]] = {}
    for column, target in enumerate(matrix.targets):
        found.setdefault(tuple(_sentences(target, [row.cells[column] for row in matrix.rows])), []).append(target)
    return [(", ".join(targets), sentences) for sentences, targets in found.items()]


def _sentences(target: str, cells: list[Cell]) -> Iterator[str]:
    """The first thing to do comes first."""

    def number(state: str) -> int:
        return sum(cell.state == state for cell in cells)

    clone = f"tsfix clone EXPORT --to {target} -o copies"
    if number("mend by hand"):
        yield f"{_of(number('mend by hand'), cells)} must be mended by hand, whatever the site; see the errors below."
    if number("needs a decision"):
        one = number("needs a decision") == 1
        yield (
            f"{_of(number('needs a decision'), cells)} {'needs' if one else 'need'} a copy and something from you: "
            f"{clone} --dry-run says what you can choose."
        )
    if number("safe after clone"):
        one = number("safe after clone") == 1
        yield f"{_of(number('safe after clone'), cells)} {'needs' if one else 'need'} a copy, and no decision: {clone}"
    if number("unknown"):
        yield f"{_of(number('unknown'), cells)} cannot be judged: look at what is unknown below, and test it there."
    warned = sum(cell.state == "safe" and cell.warnings > 0 for cell in cells)
    if warned:
        as_is = "it is" if warned == 1 else "they are"
        yield f"{_of(warned, cells)} can be deployed as {as_is}, once you have read the warnings."
    fine = number("safe") - warned
    if fine:
        yield f"{_of(fine, cells)} can be deployed as {'it is' if fine == 1 else 'they are'}."


def _of(number: int, cells: list[Cell]) -> str:
    if number == len(cells):
        return "The task sequence" if number == 1 else f"All {count(number, 'task sequence')}"
    return f"{number:,} of {count(len(cells), 'task sequence')}"
