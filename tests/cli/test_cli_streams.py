"""Answers go to stdout, remarks to stderr; colours, encodings and closed pipes as the other end has them."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.running import DEPLOY, EXPORTS, KIOSK, PRETTY, ROOT, environment, run, run_process
from tsfix.progress import Progress

ANSI = b"\x1b["


def in_terminal(*arguments: object, columns: int = 80, env: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Run with stdout and stderr on a terminal of so many columns; returns the code and everything that was shown."""
    pty = pytest.importorskip("pty", reason="needs a terminal that a test can make")
    import fcntl
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    command = [sys.executable, "-m", "tsfix", *map(str, arguments)]
    process = subprocess.Popen(
        command, stdout=follower, stderr=follower, env=environment(TERM="xterm", **(env or {})), cwd=ROOT
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    return process.wait(timeout=60), shown


def test_remarks_go_to_stderr_and_only_there(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "ts.xml").write_bytes(PRETTY.read_bytes())
    ran = run("scan", tmp_path, "--to", "1706")
    assert f"{tmp_path}: 1 entry left aside (not a task sequence)\n" == ran.stderr
    assert "left aside" not in ran.stdout
    assert b"" == run("scan", tmp_path, "--to", "1706", "--quiet").err


def is_kept_whole(line: str) -> bool:
    """An address or a command that is broken in two cannot be copied."""
    return "http" in line or line.strip().startswith("tsfix ")


def test_piped_output_has_no_colours_and_a_fixed_width() -> None:
    ran = run_process("scan", DEPLOY, "--to", "1706", env={"COLUMNS": "40"})
    assert ANSI not in ran.out + ran.err
    assert 100 == max(len(line) for line in ran.stdout.splitlines() if not is_kept_whole(line))


def test_terminal_gets_colours_unless_told_otherwise() -> None:
    scan = ("scan", KIOSK, "--to", "1706")
    assert ANSI in in_terminal(*scan)[1]
    assert ANSI not in in_terminal(*scan, "--no-color")[1]
    assert ANSI not in in_terminal(*scan, env={"NO_COLOR": "1"})[1]
    assert ANSI not in in_terminal(*scan, "--format", "md")[1]


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_answer_is_as_wide_as_the_terminal(columns: int) -> None:
    _, shown = in_terminal("scan", DEPLOY, "--to", "1706", "--no-color", columns=columns)
    lines = [line for line in shown.decode("utf-8").splitlines() if not is_kept_whole(line)]
    assert max(min(columns - 1, 120), 60) == max(map(len, lines))


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252", "utf-16-le", "utf-8"])
def test_console_that_lacks_characters_gets_them_written_out(encoding: str) -> None:
    ran = run_process("scan", DEPLOY, "--to", "1706", env={"PYTHONIOENCODING": encoding})
    assert (1, b"") == (ran.code, ran.err)
    text = ran.out.decode(encoding)
    expected = "Deploy Windows 11 – Zürich & Genève".encode(encoding, "backslashreplace").decode(encoding)
    assert expected in text


@pytest.mark.parametrize("encoding", ["ascii", "cp437"])
@pytest.mark.parametrize("form", ["json", "md", "csv", "sarif"])
def test_formats_for_machines_are_utf_8_whatever_the_console_is(form: str, encoding: str) -> None:
    ran = run_process("scan", DEPLOY, "--to", "1706", "--format", form, env={"PYTHONIOENCODING": encoding})
    assert "Zürich" in ran.out.decode("utf-8")
    if form in ("json", "sarif"):
        assert json.loads(ran.out)


def test_errors_with_characters_that_the_console_lacks_are_no_crash(tmp_path: Path) -> None:
    ran = run_process("scan", tmp_path / "Zürich – 東京.zip", env={"PYTHONIOENCODING": "ascii"})
    assert 4 == ran.code
    assert b"Z\\xfcrich" in ran.out


@pytest.mark.parametrize(
    "arguments",
    [("scan", DEPLOY, "--to", "1706"), ("scan", DEPLOY, "--to", "1706", "--format", "json"), ("list", "features")],
    ids=["text", "json", "list"],
)
def test_reader_that_has_seen_enough_is_no_trouble(arguments: tuple[object, ...]) -> None:
    command = [sys.executable, "-m", "tsfix", *map(str, arguments)]
    read, write = os.pipe()
    process = subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE, env=environment(), cwd=ROOT)
    os.close(write)
    os.close(read)
    _, err = process.communicate(timeout=60)
    assert (1 if arguments[0] == "scan" else 0, b"") == (process.returncode, err)


@pytest.mark.parametrize("arguments", [("scan", str(PRETTY)), ("--help",), ("--version",), ("clone", "--help")])
def test_full_disk_behind_stdout_is_said(arguments: tuple[str, ...]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no device here that is always full")
    with Path("/dev/full").open("wb") as full:
        found = subprocess.run(
            [sys.executable, "-m", "tsfix", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd=ROOT,
            check=False,
        )
    assert 2 == found.returncode
    assert b"The answer cannot be written" in found.stderr
    assert b"Traceback" not in found.stderr


def test_folder_run_shows_one_line_that_renews_itself(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"ts {number:03}.zip").write_bytes(DEPLOY.read_bytes())
    _, shown = in_terminal("scan", tmp_path, "--to", "1706", "--format", "csv", "--jobs", "1")
    progress = [piece.decode() for piece in shown.split(b"\r") if piece.startswith(b"checked ")]
    assert len(progress) > 1, "a run of more than a second says how far it is"
    assert [] == [line for line in progress if not re.match(r"checked \d+ of 100 exports, \d+/s, \d+ s left: ", line)]
    assert max(map(len, progress)) < 80


def test_long_run_is_silent_where_nobody_watches(tmp_path: Path) -> None:
    ran = run("scan", EXPORTS, "--to", "1706")
    assert b"\r" not in ran.err + ran.out


def test_progress_is_one_line_that_fits_and_goes_away() -> None:
    shown = io.StringIO()
    shown.isatty = lambda: True  # type: ignore[method-assign]
    with (
        mock.patch("tsfix.progress.sys.stderr", shown),
        mock.patch("tsfix.progress.time.monotonic", side_effect=[0, 0.5, 2, 2.1, 4]),
        mock.patch("tsfix.progress.shutil.get_terminal_size", return_value=os.terminal_size((50, 20))),
    ):
        progress = Progress("checked", quiet=False, total=8)
        for name in ("a.zip", "b\x1b[31m.zip", "c.zip", "a long name " * 9 + ".zip"):
            progress.step(name)
        progress.done()
        progress.done()
    first, second, blank, end = shown.getvalue().split("\r")[1:]
    assert "checked 2 of 8 exports, 1/s, 6 s left: b<U+001B>[" == first
    assert "checked 4 of 8 exports, 1/s, 4 s left: a long nam" == second.rstrip()
    assert (49, 49, " " * 49, "") == (len(first), len(second), blank, end)
