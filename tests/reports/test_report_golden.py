"""Every format of the same few runs, as files that a person can open: fixtures/reports.

A wanted change is accepted with ``pytest tests/reports --update-golden``; then look at the difference before you commit.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import GOLDEN
from tests.reports.runs import RUNS, report
from tsfix.reports import csv_, json_, markdown, sarif, text
from tsfix.reports.report import Report

FORMS: dict[str, Callable[[Report], str]] = {
    "80.txt": lambda value: text.render(value, width=80),
    "120.txt": lambda value: text.render(value, width=120),
    "md": markdown.render,
    "json": json_.render,
    "csv": csv_.render,
    "sarif": sarif.render,
}
READ = ("80.txt", "120.txt", "md")
"""What people read. What machines read has a schema, and is kept for a run that holds a little of everything."""
CASES = [(run, form) for run in RUNS for form in READ] + [
    *(("clone-several", form) for form in ("json", "csv")),
    *(("scan-several", form) for form in ("json", "sarif")),
]


@pytest.mark.parametrize(("run", "form"), CASES)
def test_report_is_as_it_was(run: str, form: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{run}.{form}", FORMS[form](report(run)))


def test_no_golden_file_is_left_over() -> None:
    found = {path.name for path in GOLDEN.iterdir()}
    assert {f"{run}.{form}" for run, form in CASES} == {name for name in found if name.startswith(tuple(RUNS))}
