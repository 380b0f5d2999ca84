"""Unexpected faults: one line for the person, a log without any content of the export, the rest of the batch still done."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.running import DEPLOY, KIOSK, ROOT, Ran, environment, files_below, run

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
    with mock.patch("tsfix.use_cases.app.scan", fail):
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

    with mock.patch("tsfix.use_cases.app.run_checks", fail_because):
        log = log_of(run("scan", DEPLOY, "--to", "1706"))
    assert log.index("ValueError") < log.index("which led to") < log.index("KeyError")
    assert "Zürich" not in log


def test_log_that_cannot_be_written_is_shown_instead() -> None:
    with (
        mock.patch("tsfix.use_cases.app.scan", fail),
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
