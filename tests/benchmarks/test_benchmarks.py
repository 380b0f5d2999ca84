"""The benchmarks run and write their page. Times are looked at by people, so that no test fails on a busy machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
        timeout=300,
    )


def test_the_command_measures_every_family_and_writes_the_page(tmp_path: Path) -> None:
    first = run("--tiny", "--output", tmp_path)
    assert (0, "") == (first.returncode, first.stdout), first.stderr
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    families = [
        "Start-up",
        "Read and check one task sequence",
        "Edit bytes",
        "Compare two task sequences",
        "Many exports",
        "Memory",
    ]
    assert ["Goals", *families] == [line[3:] for line in page.splitlines() if line.startswith("## ")]
    figures = json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))["figures"]
    assert 7 == figures["diff.operations"]["value"]

    # A second run of one family, compared with the first; it is too small to become a page by itself.
    second = run("--tiny", "--only", "edit", "--compare", tmp_path / "benchmarks.json")
    assert 0 == second.returncode, second.stderr
    assert "**Only measured: edit.**" in second.stdout
    assert ["edit."] * 7 == [line[:5] for line in second.stdout.splitlines() if line.startswith(("edit.", "startup."))]
