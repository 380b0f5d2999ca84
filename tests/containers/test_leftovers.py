"""What a dead run left is taken away; what is not surely left by a dead run stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tsfix.containers.files import read_bytes
from tsfix.containers.leftovers import is_alive, sweep, temporary_name
from tsfix.containers.output import put_in_place, write_text_atomically
from tsfix.errors import UnreadableError


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left_by(folder: Path, process: int) -> Path:
    """A temporary file as that process of this computer would name it."""
    own = temporary_name(folder / "x")
    path = own.with_name(own.name.replace(f"-{os.getpid()}-", f"-{process}-"))
    path.write_bytes(b"half a cop")
    return path


def test_only_what_a_dead_run_left_goes(tmp_path: Path) -> None:
    dead = left_by(tmp_path, dead_process())
    folder = left_by(tmp_path, dead_process())
    folder.unlink()
    (folder / "SMS_TaskSequencePackage").mkdir(parents=True)
    (folder / "SMS_TaskSequencePackage" / "object.xml").write_bytes(b"half")
    young, old = (tmp_path / f".tsfix-{'0' * 8}-1-{digit * 16}.tmp" for digit in "12")
    earlier = tmp_path / f".tsfix-{'3' * 16}.tmp"
    kept = [
        left_by(tmp_path, os.getpid()),
        young,
        tmp_path / ".tsfix-notes.tmp",
        tmp_path / "copy.zip",
        tmp_path / f"x{dead.name}",
        tmp_path / f"{dead.name}.zip",
        dead.with_suffix(".old"),
    ]
    for path in (*kept, old, earlier):
        path.write_bytes(b"x")
    yesterday = time.time() - 90_000
    for path in (old, earlier, tmp_path / "copy.zip"):
        os.utime(path, (yesterday, yesterday))
    assert 4 == sweep(tmp_path)
    assert sorted(kept) == sorted(tmp_path.iterdir())


def test_folders_below_are_swept_when_asked(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    left_by(below, dead_process())
    assert (0, 1) == (sweep(tmp_path), sweep(tmp_path, below=True))
    assert [] == list(below.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_link_of_such_a_name_is_nobody_of_ours(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.mkdir()
    link = left_by(tmp_path, dead_process())
    link.unlink()
    link.symlink_to(target)
    assert (0, True) == (sweep(tmp_path), target.exists())


def test_first_copy_into_a_folder_sweeps_it(tmp_path: Path) -> None:
    left = left_by(tmp_path, dead_process())
    put_in_place(tmp_path / "copy.zip", b"whole")
    assert [tmp_path / "copy.zip"] == list(tmp_path.iterdir()), left


def test_processes_that_run_and_that_do_not() -> None:
    assert is_alive(os.getpid())
    assert not is_alive(dead_process())


def test_same_copy_of_another_run_at_the_last_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs write the very same copy: the second one finds it there, and that is no failure."""
    destination = tmp_path / "copy.zip"
    real = os.fsync

    def meanwhile(descriptor: int) -> None:
        if not destination.exists():
            destination.write_bytes(b"whole")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert "unchanged" == put_in_place(destination, b"whole")
    assert [destination] == list(tmp_path.iterdir())


def test_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ts.xml"
    path.write_bytes(b"one")
    real = os.fstat

    def changed(descriptor: int) -> os.stat_result:
        path.write_bytes(b"two")  # as long as before
        os.utime(path, (1, 1))
        return real(descriptor)

    monkeypatch.setattr(os, "fstat", changed)
    with pytest.raises(UnreadableError, match="changed while it was read"):
        read_bytes(path, "ts.xml", limit=100)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux shows it")
def test_a_process_that_has_ended_unnoticed_is_not_alive() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    try:
        deadline = time.monotonic() + 30
        while is_alive(ended.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not is_alive(ended.pid)
    finally:
        ended.wait()


def test_a_report_takes_away_what_a_killed_run_left_beside_it(tmp_path: Path) -> None:
    left_by(tmp_path, dead_process())
    write_text_atomically(tmp_path / "r.md", "whole")
    assert ["r.md"] == [path.name for path in tmp_path.iterdir()]
