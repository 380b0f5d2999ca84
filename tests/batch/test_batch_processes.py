"""Many exports in one run: the same bytes with one process or two, in the order of the input, whatever goes wrong."""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.running import EXPORTS, INVALID, KIOSK, run
from tsfix.containers.found import FoundExport
from tsfix.export import Export
from tsfix.reports import packed
from tsfix.use_cases import batch
from tsfix.use_cases.gathered import Gathered

CLONE = ("--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable")


def many(folder: Path, number: int, source: Path = KIOSK) -> Path:
    """A folder with copies of one export and some files that cannot be read."""
    folder.mkdir(parents=True)
    for index in range(number):
        shutil.copy(source, folder / f"ts{index:03}.zip")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def note_name(found: FoundExport, export: Export, gathered: Gathered, taken: dict[str, str]) -> None:
    gathered.notes.append(Path(export.name).name)


def note_threshold(found: FoundExport, export: Export, gathered: Gathered, taken: dict[str, str]) -> None:
    gathered.notes.append(gc.get_threshold()[0])


def end_at_four(found: FoundExport, export: Export, gathered: Gathered, taken: dict[str, str]) -> None:
    if Path(export.name).name == "ts004.zip":
        os._exit(9)
    gathered.notes.append(Path(export.name).name)


def fail_at_four(found: FoundExport, export: Export, gathered: Gathered, taken: dict[str, str]) -> None:
    if Path(export.name).name == "ts004.zip":
        raise RuntimeError("a text that may hold what an export holds")
    gathered.notes.append(Path(export.name).name)


@pytest.mark.parametrize("command", ["scan", "clone", "relink"])
def test_one_and_two_processes_give_the_same_bytes(tmp_path: Path, command: str) -> None:
    source = many(tmp_path / "in", 4)
    shutil.copytree(EXPORTS, source / "more")
    shutil.copytree(INVALID, source / "worse")
    answers, copies = [], []
    for jobs in (1, 2):
        out = tmp_path / "copies"
        options = {
            "scan": ("--to", "1706"),
            "clone": (*CLONE, "-o", out),
            "relink": ("--map", "CHQ00001=LEG00043", "-o", out),
        }[command]
        ran = run(command, source, *options, "--jobs", jobs, "--format", "json")
        answers.append((ran.code, ran.stdout, ran.stderr.replace("tsfix-", "")))
        copies.append(contents(out) if out.exists() else {})
        shutil.rmtree(out, ignore_errors=True)
    assert answers[0][:2] == answers[1][:2]
    assert copies[0] == copies[1]
    assert bool(copies[0]) == (command != "scan")


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_long_report_says_the_same_packed_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    folder = many(tmp_path / "in", 8)
    scan = ("scan", folder, "--to", "1706", "--to", "2103", "--jobs", "1", "--format", form)
    plain = run(*scan)
    monkeypatch.setattr(packed, "_MOST_PLAIN", 3)
    other = run(*scan)
    assert (plain.code, plain.stdout) == (other.code, other.stdout)
    assert "ts007.zip" in plain.stdout


def test_results_come_in_the_order_of_the_input(tmp_path: Path) -> None:
    source = many(tmp_path / "in", 24)
    gathered = batch.run([source], note_name, verb="read", quiet=True, jobs=2)
    assert [f"ts{index:03}.zip" for index in range(24)] == gathered.notes


def test_other_processes_seldom_search_for_cycles_either(tmp_path: Path) -> None:
    gathered = batch.run([many(tmp_path / "in", 2)], note_threshold, verb="read", quiet=True, jobs=2)
    assert [200_000, 200_000] == gathered.notes


def test_process_that_is_ended_costs_one_export(tmp_path: Path) -> None:
    source = many(tmp_path / "in", 8)
    gathered = batch.run([source], end_at_four, verb="read", quiet=True, jobs=2)
    assert [f"ts{index:03}.zip" for index in range(8) if index != 4] == gathered.notes
    assert ["ts004.zip"] == [Path(notice.file).name for notice in gathered.notices]
    assert 70 == gathered.code


@pytest.mark.parametrize("jobs", [1, 2])
def test_fault_costs_one_export_and_leaves_a_trace_without_content(tmp_path: Path, jobs: int) -> None:
    source = many(tmp_path / "in", 8)
    gathered = batch.run([source], fail_at_four, verb="read", quiet=True, jobs=jobs)
    assert [f"ts{index:03}.zip" for index in range(8) if index != 4] == gathered.notes
    from tsfix.crash import write_log

    said = write_log(gathered.faults)
    log = Path(said.partition(" in ")[2].partition(";")[0])
    text = log.read_text(encoding="utf-8")
    log.unlink()
    assert "RuntimeError" in text
    assert "in fail_at_four" in text
    assert "may hold what" not in text.replace('raise RuntimeError("a text that may hold what an export holds")', "")


def test_copies_that_want_one_name_collide_alike(tmp_path: Path) -> None:
    """The first in the order of the input gets the name, also where two processes share the work."""
    for folder in ("a", "b", "c"):
        many(tmp_path / folder, 3)
    answers = []
    for jobs in (1, 2):
        out = tmp_path / f"out{jobs}"
        ran = run(
            "clone",
            tmp_path / "a",
            tmp_path / "b",
            tmp_path / "c",
            *CLONE,
            "-o",
            out,
            "--jobs",
            jobs,
            "--format",
            "json",
        )
        report = json.loads(ran.stdout)
        answers.append(
            (ran.code, [item["file"] for item in report["exports"]], [item["file"] for item in report["notices"]])
        )
    assert answers[0] == answers[1]
    assert 2 == answers[0][0]
    assert [str(tmp_path / "a" / f"ts00{index}.zip") for index in range(3)] == answers[0][1]


def test_zip_of_zips_beside_its_folder_shares_a_group() -> None:
    from pathlib import PurePosixPath

    from tsfix.containers.walk import Candidate

    outer = Candidate(kind="zip", path=Path("x/All.zip"))
    inner = Candidate(kind="zip", path=Path("x/all/one.zip"), below=PurePosixPath("all"))
    other = Candidate(kind="zip", path=Path("x/other.zip"))
    assert [[(0, outer), (1, inner)], [(2, other)]] == batch._groups([outer, inner, other])


def test_number_of_processes_must_be_one_or_more(tmp_path: Path) -> None:
    assert 2 == run("scan", KIOSK, "--jobs", "0").code
    assert 2 == run("scan", KIOSK, "--jobs", "two").code


def test_progress_says_how_much_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from tsfix import progress

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    seconds = iter([0.0, 10.0, 20.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(seconds))
    shown = progress.Progress("checked", quiet=False, total=14)
    shown.step("a.zip")
    shown.step("b.zip")
    assert "checked 2 of 14 exports, 0.1/s, 2 min 00 s left: b.zip" in screen.getvalue()


def test_each_failure_is_one_line_at_once_unless_quiet(tmp_path: Path) -> None:
    source = many(tmp_path / "in", 2)
    (source / "ts001.zip").write_bytes(b"PK\3\4 cut off")
    refused = ("clone", source, "--to", "1706", "-o", tmp_path / "out", "--format", "json")
    said = run(*refused).stderr.splitlines()
    assert 1 == sum(line.startswith(f"not done: {source / 'ts001.zip'}: ") for line in said)
    assert said[-1].startswith("2 inputs: ")  # stdout goes to a program, so the summary stands here
    assert "" == run(*refused, "--quiet").stderr
    assert not any(line.startswith("not done") for line in run("scan", source / "ts001.zip").stderr.splitlines())
