"""Runs that are killed, that meet a full disk or each other: what has its final name is whole, and the next run completes."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.running import DEPLOY, KIOSK, environment, run
from tsfix.containers.found import FoundExport
from tsfix.export import Export
from tsfix.use_cases import batch
from tsfix.use_cases.gathered import Gathered

CLONE = ("clone", "--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable")
RELINK = ("relink", "--map", "CHQ00016=LEG00042")
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has neither these signals nor these limits")
MANY = 8


def many(folder: Path, number: int = MANY) -> Path:
    folder.mkdir(parents=True)
    for index in range(number):
        shutil.copy(KIOSK, folder / f"ts{index:03}.zip")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def finished(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in contents(folder).items() if not Path(name).name.startswith(".")}


def started(source: Path, out: Path, wanted: tuple[str, ...], *more: str) -> subprocess.Popen[bytes]:
    command, *options = wanted
    arguments = [sys.executable, "-m", "tsfix", command, str(source), *options, "-o", str(out), *more]
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())


def wait_for_entries(folder: Path, number: int, process: subprocess.Popen[bytes]) -> None:
    """Until so many files are there, temporary ones included, or the process has ended."""
    while process.poll() is None and (not folder.exists() or len(list(folder.iterdir())) < number):
        time.sleep(0.001)


def wait_for_a_copy(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Until a finished copy is there, or the process has ended."""
    while process.poll() is None and not list(folder.glob("[!.]*")):
        time.sleep(0.001)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], dict[str, bytes]]:
    """What a run leaves that nothing disturbs."""
    found = {}
    for wanted in (CLONE, RELINK):
        folder = tmp_path_factory.mktemp("undisturbed")
        source = many(folder / "in")
        command, *options = wanted
        assert run(command, source, *options, "-o", folder / "out").code in (0, 1)
        found[wanted] = contents(folder / "out")
        assert MANY == len(found[wanted])
    return found


@POSIX
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("wanted", [CLONE, RELINK], ids=["clone", "relink"])
def test_killed_at_any_moment(
    tmp_path: Path, wanted: tuple[str, ...], jobs: str, undisturbed: dict[tuple[str, ...], dict[str, bytes]]
) -> None:
    source, out = many(tmp_path / "in"), tmp_path / "out"
    before, whole = contents(source), undisturbed[wanted]
    moments = random.Random(f"{wanted[0]} {jobs}")
    process = started(source, out, wanted, "--jobs", jobs, "--quiet")
    wait_for_entries(out, moments.randint(1, MANY - 2), process)
    time.sleep(moments.random() * 0.03)
    process.send_signal(signal.SIGKILL)
    process.communicate()  # ends when the processes that worked for it have ended too
    done = finished(out)
    assert done == {name: whole[name] for name in done}
    assert before == contents(source)
    there = len(done)
    again = started(source, out, wanted, "--jobs", "1", "--output", f"json={tmp_path / 'report.json'}")
    again.communicate()
    assert again.returncode in (0, 1)
    assert whole == contents(out)  # and no temporary file of the killed run
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert there == [item["outcome"] for item in report["exports"]].count("present")


@POSIX
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_within_a_second(tmp_path: Path, jobs: str) -> None:
    source, out = many(tmp_path / "in", 150), tmp_path / "out"
    process = started(source, out, CLONE, "--jobs", jobs)
    wait_for_a_copy(out, process)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    took = time.monotonic() - begin
    assert 130 == process.returncode, said
    assert ["Stopped. Finished copies are whole; nothing half-written is left."] == said.decode().split("\n")[-2:-1]
    assert b"Traceback" not in said
    assert took < 5  # about half a second; the machine that tests may be busy
    assert [] == [name for name in contents(out) if Path(name).name.startswith(".")]
    assert 1 <= len(contents(out)) < 150


@POSIX
def test_disk_that_takes_no_large_file(tmp_path: Path) -> None:
    source, out = many(tmp_path / "in", 3), tmp_path / "out"
    shutil.copy(DEPLOY, source / "large.zip")
    limit = "import resource, signal, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
    limit += "sys.argv = ['tsfix', *sys.argv[1:]]; runpy.run_module('tsfix', run_name='__main__', alter_sys=True)"
    command, *options = CLONE
    arguments = [command, str(source), *options, "-o", str(out), "--jobs", "1", "--format", "json"]
    ran = subprocess.run(
        [sys.executable, "-c", limit, *arguments], capture_output=True, env=environment(), check=False, timeout=60
    )
    assert 2 == ran.returncode, ran.stderr
    report = json.loads(ran.stdout)
    (failed,) = report["notices"]
    assert failed["file"].endswith("large (for 1706).zip")
    assert "larger than this disk or this account allows" in failed["message"]
    assert failed["remedy"]
    assert [f"ts{index:03} (for 1706).zip" for index in range(3)] == sorted(contents(out))


def test_two_runs_at_once_into_one_folder(tmp_path: Path, undisturbed: dict[tuple[str, ...], dict[str, bytes]]) -> None:
    source, out = many(tmp_path / "in"), tmp_path / "out"
    both = [started(source, out, CLONE, "--jobs", "1") for _ in range(2)]
    ended = [(process.communicate(timeout=60)[1], process.returncode) for process in both]
    assert {code for _, code in ended} <= {0, 1}, ended
    assert undisturbed[CLONE] == contents(out)


def take_the_next_away(found: FoundExport, export: Export, gathered: Gathered, taken: dict[str, str]) -> None:
    gathered.notes.append(Path(export.name).name)
    if found.origin.path.name == "ts001.zip":
        found.origin.path.with_name("ts002.zip").unlink()


def test_file_that_vanishes_after_the_folder_was_listed(tmp_path: Path) -> None:
    source = many(tmp_path / "in", 4)
    gathered = batch.run([source], take_the_next_away, verb="read", quiet=True, jobs=1)
    assert ["ts000.zip", "ts001.zip", "ts003.zip"] == gathered.notes
    (notice,) = gathered.notices
    assert (str(source / "ts002.zip"), 4) == (notice.file, gathered.code)
    assert notice.remedy


def test_full_disk_costs_one_copy_and_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    source, out = many(tmp_path / "in", 4), tmp_path / "out"
    calls = iter(range(1000))
    real = os.fsync

    def full(descriptor: int) -> None:
        if next(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    command, *options = CLONE
    ran = run(command, source, *options, "-o", out, "--jobs", 1, "--format", "json")
    assert 2 == ran.code
    (failed,) = json.loads(ran.stdout)["notices"]
    assert "There is no room left on the disk." == failed["message"]
    assert 3 == len(contents(out))
    assert all(name.startswith("ts") for name in contents(out))


@POSIX
@pytest.mark.parametrize("seed", range(3))
def test_reports_of_a_killed_run_are_whole_or_as_they_were(tmp_path: Path, seed: int) -> None:
    source, out = many(tmp_path / "in", 3), tmp_path / "out"
    names = ("r.html", "r.json", "r.sarif", "known.toml")
    arguments = [sys.executable, "-m", "tsfix", "scan", str(source), "--to", "1602", "--jobs", "1", "--quiet"]
    arguments += [word for name in names[:3] for word in ("--output", f"{name.partition('.')[2]}={out / name}")]
    arguments += ["--write-baseline", str(out / names[3]), "--reason", "x"]

    def run_it(kill_after: float | None = None) -> None:
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())
        if kill_after is not None:
            while process.poll() is None and not (out.exists() and any(out.glob("*known*"))):
                time.sleep(0.001)
            time.sleep(kill_after)
            process.kill()
        process.communicate()

    run_it()
    whole = contents(out)
    assert set(names) == set(whole)
    (out / names[3]).unlink()
    for name in names[:3]:
        (out / name).write_bytes(b"earlier")
    run_it(random.Random(seed).random() * 0.1)
    left = finished(out)
    assert {name: left[name] in (whole[name], b"earlier") for name in left} == dict.fromkeys(left, True)
    (out / names[3]).unlink(missing_ok=True)
    run_it()
    assert whole == contents(out)  # and no temporary file of the killed run


@POSIX
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_output_folder_that_somebody_takes_away_is_named(tmp_path: Path, jobs: str) -> None:
    source, out = many(tmp_path / "in"), tmp_path / "out"
    process = started(source, out, CLONE, "--jobs", jobs)
    while process.poll() is None:
        shutil.rmtree(out, ignore_errors=True)
    said = process.communicate()[1].decode()
    assert process.returncode in (0, 1, 2), said
    assert "fault of tsfix" not in said
    assert "has a fault" not in said
    again = started(source, out, CLONE, "--jobs", jobs)
    assert again.communicate() is not None
    assert again.returncode in (0, 1)
    assert MANY == len(contents(out))


@POSIX
def test_inputs_that_change_while_they_are_read_give_whole_copies_or_none(
    tmp_path: Path, undisturbed: dict[tuple[str, ...], dict[str, bytes]]
) -> None:
    source, out = many(tmp_path / "in"), tmp_path / "out"
    data, moments = KIOSK.read_bytes(), random.Random(5)
    process = started(source, out, CLONE, "--jobs", "1")
    while process.poll() is None:
        path = source / f"ts{moments.randrange(MANY):03}.zip"
        path.write_bytes(data[: moments.randrange(len(data))])
        path.write_bytes(data)
    said = process.communicate()[1].decode()
    assert process.returncode in (0, 1, 4), said
    done = contents(out) if out.exists() else {}
    assert done == {name: undisturbed[CLONE][name] for name in done}
