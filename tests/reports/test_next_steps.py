"""The commands that a scan prints for what to do next: they work as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.running import DEPLOY, HIERARCHY, KIOSK, run
from tsfix.reports.next_steps import NextStep, clone_command, next_steps
from tsfix.reports.report import Cell, Matrix, MatrixRow


def matrix(*exports: str, options: tuple[str, ...] = ()) -> Matrix:
    cells = (Cell(state="safe after clone", errors=1, warnings=0),)
    row = MatrixRow(file="a.zip", name="Kiosk", package_id="CHQ00061", cells=cells)
    return Matrix(targets=("LEG",), rows=(row,), exports=exports, options=options)


def test_the_command_has_what_the_scan_had() -> None:
    made = matrix("my exports/a.zip", "b.zip", options=("--hierarchy", "our sites.toml", "--facts", "own.toml"))
    expected = 'tsfix clone "my exports/a.zip" b.zip --to LEG --hierarchy "our sites.toml" --facts own.toml -o copies'
    assert expected == clone_command(made, "LEG")
    assert [
        ("LEG", (NextStep(text="The task sequence needs a copy, and no decision:", command=expected),))
    ] == next_steps(made)


def test_one_word_stands_for_many_exports() -> None:
    assert "tsfix clone EXPORT --to 1706 -o copies" == clone_command(matrix(*"abcdefghi"), "1706")
    assert "tsfix clone EXPORT --to 1706 -o copies" == clone_command(matrix(), "1706")


@pytest.mark.parametrize("options", [("--to", "LEG", "--hierarchy", HIERARCHY), ("--to", "2012 R2", "--to", "1706")])
def test_the_printed_commands_run(options: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sites = Path("our sites.toml")
    sites.write_bytes(HIERARCHY.read_bytes())
    given = [sites if one is HIERARCHY else one for one in options]
    for export in (DEPLOY, KIOSK):
        Path(export.name).write_bytes(export.read_bytes())
    told = run("scan", DEPLOY.name, KIOSK.name, *given, "--format", "md").stdout
    commands = re.findall(r"`(tsfix clone [^`]*)`", told)
    text = run("scan", DEPLOY.name, KIOSK.name, *given).stdout
    assert commands == [line.strip() for line in text.splitlines() if line.startswith("      tsfix clone ")]
    assert commands
    for command in commands:
        done = run(*shlex.split(command)[1:])
        assert done.code in (0, 3), done.said
        assert "there is no hierarchy file" not in done.said
    assert list(Path("copies").rglob("*.zip"))
