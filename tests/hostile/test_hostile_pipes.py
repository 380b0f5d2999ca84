"""Pipes, devices and files without an end where a file is expected: read within bounds or refused in words, never waited for for ever."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import HIERARCHY, PRETTY, Ran, run
from tsfix.configuration import text_file
from tsfix.containers import output
from tsfix.containers.files import file_digest, read_bytes
from tsfix.errors import UnreadableError

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")

OPTIONS = ("--hierarchy", "--facts", "--decisions", "--baseline", "--map-file")
EMPTY = {"--map-file": b"old,new\nCHQ00002,LEG00042\n", "--hierarchy": HIERARCHY.read_bytes()}
"""What a file holds that has no fault; the others may be without content."""


def with_file(option: str, path: object, folder: Path) -> Ran:
    if option == "--map-file":
        return run("relink", PRETTY, option, path, "-o", folder / "out")
    return run("scan", PRETTY, "--to", "1706", option, path)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def later(wait: float, write: Callable[[], object]) -> threading.Thread:
    def wait_and_write() -> None:
        time.sleep(wait)
        write()

    thread = threading.Thread(target=wait_and_write, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("option", OPTIONS)
def test_a_pipe_without_a_writer_is_refused(
    option: str, pipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_file, "WAITS_FOR_WRITER", 0.1)
    ran = with_file(option, pipe, tmp_path)
    assert 2 == ran.code, ran.said[-500:]
    assert "it is a pipe that no program writes to" in ran.said
    assert ["pipe"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("wait", [0, 0.3])
def test_what_a_shell_substitutes_is_read(option: str, wait: float, tmp_path: Path) -> None:
    """``<(...)`` is a pipe under ``/dev/fd``; its writer may have ended already, or not have begun."""
    if not Path("/dev/fd").exists():
        pytest.skip("no /dev/fd here")
    reader, writer = os.pipe()
    content = EMPTY.get(option, b"# nothing\n")

    def write() -> None:
        os.write(writer, content)
        os.close(writer)

    thread = later(wait, write)
    if not wait:
        thread.join()
    try:
        ran = with_file(option, f"/dev/fd/{reader}", tmp_path)
    finally:
        os.close(reader)
    assert 0 == ran.code, ran.said[-500:]


def test_a_named_pipe_is_read_when_its_writer_comes(pipe: Path, tmp_path: Path) -> None:
    later(0.2, lambda: pipe.write_bytes(HIERARCHY.read_bytes()))
    assert 0 == with_file("--hierarchy", pipe, tmp_path).code


def test_a_writer_that_never_ends_is_left(pipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "WAITS_FOR_END", 0.3)
    holds = os.open(pipe, os.O_RDWR)
    os.write(holds, b"# begun\n")
    ran = with_file("--facts", pipe, tmp_path)
    os.close(holds)
    assert 2 == ran.code
    assert "it has not ended after 0.3 seconds" in ran.said


def test_a_pipe_with_too_much_is_refused(pipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "LARGEST", 100_000)
    holds = os.open(pipe, os.O_RDWR)
    later(0, lambda: [os.write(holds, b"#" * 4_000) for _ in range(30)])
    ran = with_file("--decisions", pipe, tmp_path)
    assert 2 == ran.code
    assert "it has more than 100,000 bytes" in ran.said


def test_a_terminal_is_refused(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    main, other = pty.openpty()
    ran = with_file("--facts", os.ttyname(other), tmp_path)
    os.close(main)
    os.close(other)
    assert 2 == ran.code
    assert "it is a terminal" in ran.said


@pytest.mark.parametrize("arguments", [("scan", "{}"), ("diff", "{}", PRETTY), ("diff", PRETTY, "{}")])
def test_a_pipe_is_no_export(arguments: tuple[object, ...], pipe: Path) -> None:
    ran = run(*(pipe if argument == "{}" else argument for argument in arguments))
    assert 4 == ran.code
    assert "This is a folder, a device or a pipe, not a file." in ran.said


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("kind", ["pipe", "folder", "loop", "zero", "missing", "cut", "no text", "numbers"])
def test_verify_names_what_it_cannot_read(kind: str, turned: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    contents = {"cut": PRETTY.read_bytes()[:-40], "no text": b"\xff\xfe\x00", "numbers": b'{"a": NaN}'}
    if kind in contents:
        path.write_bytes(contents[kind])
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(tmp_path / "b.xml")
        (tmp_path / "b.xml").symlink_to(path)
    elif kind == "zero":
        path = Path("/dev/zero")
    sides = (PRETTY, path) if turned else (path, PRETTY)
    ran = run("verify", sides[0], "--against", sides[1])
    assert 4 == ran.code, ran.said[-500:]
    assert path.name in ran.said
    assert "fault of tsfix" not in ran.said


@pytest.mark.parametrize("command", ["diff", "verify"])
def test_a_file_of_terabytes_takes_no_time(command: str, tmp_path: Path) -> None:
    """Its digest, of which nobody has a use, would take minutes to hours."""
    path = tmp_path / "large.zip"
    try:
        with path.open("wb") as file:
            file.truncate(1 << 40)
    except OSError:
        pytest.skip("no such files here")
    started = time.process_time()
    ran = run(command, PRETTY, path) if command == "diff" else run(command, path, "--against", PRETTY)
    assert 4 == ran.code, ran.said[-500:]
    assert "at most 536,870,912 are read" in ran.said
    assert time.process_time() - started < 5
    assert "" == file_digest(path)


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"x")
    real = os.open

    def swapped(name: str, flags: int) -> int:
        path.unlink()
        os.mkfifo(path)
        return real(name, flags)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(UnreadableError, match="not a file"):
        read_bytes(path, "a.xml", limit=100)


def test_a_report_into_a_pipe_without_a_reader_is_refused(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "WAITS_FOR_READER", 0.1)
    ran = run("scan", PRETTY, "--output", f"json={pipe}")
    assert 2 == ran.code
    assert "It is a pipe, and no program reads what is written to it." in ran.said
    assert "pretty" in ran.stdout, "the answer comes all the same"


def test_a_report_into_a_pipe_is_whole(pipe: Path) -> None:
    found: list[bytes] = []
    thread = later(0.2, lambda: found.append(pipe.read_bytes()))
    assert 0 == run("scan", PRETTY, "--output", f"html={pipe}").code
    thread.join(timeout=10)
    assert found[0].rstrip().endswith(b"</html>")


def test_what_lies_in_the_place_of_a_copy_is_not_read_whole(tmp_path: Path) -> None:
    clone = ("clone", PRETTY, "--to", "1602", "--new-steps", "disable", "-o", tmp_path)
    path = tmp_path / "pretty (for 1602).xml"
    try:
        with path.open("wb") as file:
            file.truncate(1 << 40)
    except OSError:
        pytest.skip("no such files here")
    assert 2 == run(*clone).code
    assert 1 << 40 == path.stat().st_size
    assert run(*clone, "--force").code in (0, 1)
    assert path.stat().st_size < 1_000_000
