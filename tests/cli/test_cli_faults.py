"""Unexpected faults: one line for the person, a log without any content of the export, the rest of the batch still done."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.running import DEPLOY, KIOSK, PRETTY, ROOT, Ran, environment, files_below, run
from tsfix.crash import write_log

CONTENT = "Deploy Windows 11 – Zürich & Genève"
"""The name of a task sequence: content of an export that no log may hold."""


def fail(*_arguments: object, **_options: object) -> None:
    secret = f"no step {CONTENT} with Geheim-4711"
    raise ValueError(secret)


def log_of(ran: Ran) -> str:
    path = Path(re.search(r"The details are in (\S+\.log);", ran.stderr)[1])  # type: ignore[index]
    text = path.read_text(encoding="utf-8")
    path.unlink()
    return text


def test_fault_in_one_export_leaves_the_others_alone(tmp_path: Path) -> None:
    from tsfix.conversion import clone as real

    def fail_for_one(export: object, *others: object) -> object:
        return fail() if "Windows 11" in export.name else real(export, *others)  # type: ignore[attr-defined]

    with mock.patch("tsfix.use_cases.cloning.clone", fail_for_one):
        ran = run("clone", DEPLOY, KIOSK, "--to", "1706", "-o", tmp_path)
    assert 70 == ran.code
    assert [f"{KIOSK.stem} (for 1706).zip"] == files_below(tmp_path)
    assert f"{DEPLOY.name} tsfix has a fault here (ValueError)" in ran.said
    assert "Geheim" not in ran.said
    log = log_of(ran)
    assert "ValueError" in log
    assert "tests/cli/test_cli_faults.py, line " in log
    assert re.match(r"tsfix \S+, Python 3\.\d+\.\d+", log)
    assert [] == [word for word in ("Geheim", "Zürich", str(ROOT), str(Path.home())) if word in log]


def test_fault_outside_of_an_export_is_one_line_and_a_log() -> None:
    with mock.patch("tsfix.use_cases.scanning.scan_exports", fail):
        ran = run("scan", DEPLOY)
    assert (70, b"") == (ran.code, ran.out)
    assert "tsfix: an unexpected fault of tsfix (ValueError)." == ran.stderr.splitlines()[0]
    assert "Geheim" not in ran.stderr + log_of(ran)


def test_log_tells_causes_apart() -> None:
    def fail_because(*_: object) -> None:
        try:
            fail()
        except ValueError as error:
            raise KeyError(CONTENT) from error

    with mock.patch("tsfix.use_cases.scanning.run_checks", fail_because):
        log = log_of(run("scan", DEPLOY, "--to", "1706"))
    assert log.index("ValueError") < log.index("which led to") < log.index("KeyError")
    assert "Zürich" not in log


def test_log_that_cannot_be_written_is_shown_instead() -> None:
    with (
        mock.patch("tsfix.use_cases.scanning.scan_exports", fail),
        mock.patch("tempfile.NamedTemporaryFile", side_effect=PermissionError),
    ):
        ran = run("scan", DEPLOY)
    assert 70 == ran.code
    assert "ValueError" in ran.stderr
    assert "in fail" in ran.stderr
    assert "Geheim" not in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="sends the signal of Ctrl+C to one process")
def test_ctrl_c_is_answered_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"ts {number:03}.zip").write_bytes(DEPLOY.read_bytes())
    out = tmp_path.with_name(f"{tmp_path.name}-out")
    options = ("--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable", "--jobs", "1", "-o", out)
    process = subprocess.Popen(
        [sys.executable, "-m", "tsfix", "clone", str(tmp_path), *map(str, options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
    )
    deadline = time.monotonic() + 30
    while not (out.is_dir() and len(list(out.glob("*.zip"))) > 2) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    shown, err = process.communicate(timeout=60)
    assert 130 == process.returncode
    assert b"Stopped. Finished copies are whole" in err
    assert b"Traceback" not in err
    assert b"" == shown
    copies = list(out.iterdir())
    assert 2 < len(copies) < 100
    assert {len(path.read_bytes()) for path in copies} == {len(copies[0].read_bytes())}
    assert [] == [path.name for path in copies if path.suffix != ".zip"]


@pytest.mark.parametrize("module", ["tsfix.cli", "typer", "tsfix.use_cases.scanning", "lxml"])
def test_ctrl_c_while_modules_are_imported_is_answered_too(module: str) -> None:
    code = (
        "import sys\n"
        "class Pressed:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Pressed())\n"
        "from tsfix.__main__ import main\n"
        "main()\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, "scan", str(KIOSK)],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert (130, b"") == (found.returncode, found.stdout)
    assert ["Stopped. Finished copies are whole; nothing half-written is left."] == found.stderr.decode().split("\n")[
        -2:-1
    ]
    assert b"Traceback" not in found.stderr


def test_log_of_a_recursion_ends() -> None:
    """Making it went into the same recursion and became a fault of its own."""
    fault: Exception = ValueError(CONTENT)
    for _ in range(5_000):
        later = KeyError(CONTENT)
        later.__context__ = fault
        fault = later

    def deeper(level: int) -> None:
        if not level:
            raise RuntimeError(CONTENT) from fault
        deeper(level - 1)

    try:
        deeper(500)
    except RuntimeError as error:
        told = write_log([error])
    path = Path(re.search(r"The details are in (\S+\.log);", told)[1])  # type: ignore[index]
    log = path.read_text(encoding="utf-8")
    path.unlink()
    assert "RuntimeError" in log
    assert "in deeper" in log
    assert "KeyError" in log
    assert len(log.splitlines()) < 500


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX closes streams this way")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", [("scan", PRETTY, "--to", "1706"), ("diff", PRETTY, PRETTY, "--format", "json")])
def test_closed_streams_change_no_exit_code(command: tuple[object, ...], closed: str) -> None:
    line = shlex.join([sys.executable, "-m", "tsfix", *map(str, command)])
    shell = ["/bin/sh", "-c", f"exec {line} {closed}"]
    found = subprocess.run(shell, capture_output=True, env=environment(), cwd=ROOT, check=False, timeout=60)
    assert 0 == found.returncode, found.stderr
    assert b"fault" not in found.stderr
    assert (closed == "2>&-") == bool(found.stdout)
