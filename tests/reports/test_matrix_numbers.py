"""The number in a cell of the matrix counts what waits for a person, and nothing that a copy mends."""

from __future__ import annotations

import pytest

from tests.reports.test_report_words import finding
from tsfix.findings import Finding
from tsfix.reports.cell_words import cell_text
from tsfix.reports.matrix import cell

MENDED = finding(severity="error", blocking=True, fix="automatic")
UNDECIDED = finding(severity="error", blocking=True, fix="decision")
BY_HAND = finding(severity="error", blocking=False, fix="advice")


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("DECIDE 1", (MENDED, UNDECIDED, MENDED)),
        ("DECIDE 2", (UNDECIDED, BY_HAND, UNDECIDED)),
        ("MEND 1", (MENDED, BY_HAND)),
        ("clone", (MENDED, MENDED)),
    ],
)
def test_what_a_copy_mends_is_not_counted(expected: str, found: tuple[Finding, ...]) -> None:
    assert expected == cell_text(cell(found))
    assert sum(one.severity == "error" for one in found) == cell(found).errors
