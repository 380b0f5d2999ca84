"""Putting copies in place: whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from tests.containers.zips import SEQUENCE
from tsfix.containers.output import put_in_place, write_pieces_atomically, write_text_atomically
from tsfix.errors import OutputError

FOLDER = {"SMS_TaskSequencePackage/LEG00001/object.xml": b"<o/>\r\n", "[Content_Types].xml": b"\xef\xbb\xbf<t/>"}
IS_THERE = "There is already something else with this name."


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, hidden and temporary ones too."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def refusal(destination: Path, data: bytes | dict[str, bytes], *, force: bool = False) -> str:
    with pytest.raises(OutputError) as caught:
        put_in_place(destination, data, force=force)
    assert 2 == caught.value.exit_code
    assert caught.value.remedy
    return caught.value.message


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    assert "written" == put_in_place(tmp_path / "a" / "b" / "TS (for LEG).zip", b"one\r\ntwo\0")
    assert {"a/b/TS (for LEG).zip": b"one\r\ntwo\0"} == tree(tmp_path)


def test_a_folder_is_written(tmp_path: Path) -> None:
    assert "written" == put_in_place(tmp_path / "out" / "TS (for LEG)", FOLDER)
    assert {f"out/TS (for LEG)/{name}": data for name, data in FOLDER.items()} == tree(tmp_path)


def test_an_earlier_copy_is_only_replaced_with_force(tmp_path: Path) -> None:
    file = tmp_path / "TS.zip"
    put_in_place(file, b"old")
    assert IS_THERE == refusal(file, b"new")
    assert {"TS.zip": b"old"} == tree(tmp_path)
    assert "replaced" == put_in_place(file, b"new", force=True)
    assert {"TS.zip": b"new"} == tree(tmp_path)


def test_an_identical_copy_is_left_alone(tmp_path: Path) -> None:
    put_in_place(tmp_path / "TS.zip", b"same")
    put_in_place(tmp_path / "TS", FOLDER)
    before = (tmp_path / "TS.zip").stat().st_mtime_ns
    assert "unchanged" == put_in_place(tmp_path / "TS.zip", b"same")
    assert "unchanged" == put_in_place(tmp_path / "TS", FOLDER)
    assert before == (tmp_path / "TS.zip").stat().st_mtime_ns


def test_an_earlier_folder_is_only_replaced_with_force(tmp_path: Path) -> None:
    folder = tmp_path / "TS"
    put_in_place(folder, FOLDER)
    new = dict.fromkeys(FOLDER, b"new")
    assert IS_THERE == refusal(folder, new)
    assert FOLDER == tree(folder)
    assert "replaced" == put_in_place(folder, new, force=True)
    assert {f"TS/{name}": data for name, data in new.items()} == tree(tmp_path)


def test_a_folder_with_files_of_others_is_never_replaced(tmp_path: Path) -> None:
    put_in_place(tmp_path / "TS", FOLDER)
    (tmp_path / "TS" / "notes.txt").write_bytes(b"mine")
    message = refusal(tmp_path / "TS", dict.fromkeys(FOLDER, b"new"), force=True)
    assert "The folder is there already and holds files that the copy does not, such as notes.txt." == message
    assert FOLDER | {"notes.txt": b"mine"} == tree(tmp_path / "TS")


def test_a_file_never_replaces_a_folder_nor_a_folder_a_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    assert IS_THERE == refusal(tmp_path / "folder", b"new", force=True)
    assert IS_THERE == refusal(tmp_path / "file", FOLDER, force=True)
    assert {"file": b"x"} == tree(tmp_path)


def test_never_over_an_input(tmp_path: Path) -> None:
    source = tmp_path / "TS.zip"
    source.write_bytes(b"original")
    with pytest.raises(OutputError, match="would write over the input"):
        put_in_place(source, b"new", force=True, inputs=[source])
    with pytest.raises(OutputError, match="over something that is read"):
        write_text_atomically(source, "report", inputs=[source])
    assert {"TS.zip": b"original"} == tree(tmp_path)


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target.zip", tmp_path / "link.zip"
    target.write_bytes(b"target")
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("links cannot be made here")
    put_in_place(link, b"new", force=True)
    assert b"target" == target.read_bytes()


UNSAFE = {
    "../evil.xml": "the name holds the path component '..'",
    "/evil.xml": "the name is an absolute path",
    "a/nul.xml": "'nul.xml' is the name of a device on Windows",
    "a?.xml": "the name holds characters that no file name may hold",
    "a/": "the name holds characters that no file name may hold",
}


@pytest.mark.parametrize(("name", "reason"), UNSAFE.items())
def test_part_names_that_are_no_file_names(tmp_path: Path, name: str, reason: str) -> None:
    message = refusal(tmp_path / "out", {"good.xml": b"", name: b""})
    assert f"The part {name} cannot be written as a file: {reason}." == message
    assert [] == list(tmp_path.iterdir())


def test_a_file_where_a_folder_is_needed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert "A file stands where a folder is needed." == refusal(tmp_path / "file" / "TS.zip", b"x")


FAILURES = {
    "disk full": (OSError(errno.ENOSPC, "No space left on device"), "There is no room left on the disk."),
    "no right": (PermissionError(errno.EACCES, "Permission denied"), "The file may not be written."),
    "long path": (OSError(errno.ENAMETOOLONG, "File name too long"), "The path is too long for this system."),
    "anything": (OSError(errno.EIO, "Input/output error"), "The file cannot be written: Input/output error."),
}


@pytest.mark.parametrize("data", [b"new", FOLDER], ids=["file", "folder"])
@pytest.mark.parametrize("at", ["fsync", "rename"])
@pytest.mark.parametrize(("error", "message"), FAILURES.values(), ids=FAILURES)
def test_a_failure_leaves_nothing_behind(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes | dict[str, bytes],
    at: str,
    error: OSError,
    message: str,
) -> None:
    def fail(*_: object) -> None:
        raise error

    if at == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(os, "link", fail)
        monkeypatch.setattr(Path, "rename", fail)
    assert message == refusal(tmp_path / "TS", data)
    assert [] == list(tmp_path.iterdir())


def test_a_failure_keeps_the_earlier_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_place(tmp_path / "TS.zip", b"old")
    put_in_place(tmp_path / "TS", FOLDER)
    real_rename = Path.rename

    def fail(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    def fail_for_the_copy(self: Path, target: Path) -> Path:
        if target == tmp_path / "TS" and len(list(self.rglob("object.xml"))) == 1 and b"new" in tree(self).values():
            raise PermissionError(errno.EACCES, "Permission denied")
        return real_rename(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    monkeypatch.setattr(Path, "rename", fail_for_the_copy)
    refusal(tmp_path / "TS.zip", b"new", force=True)
    refusal(tmp_path / "TS", dict.fromkeys(FOLDER, b"new"), force=True)
    assert {"TS.zip": b"old"} | {f"TS/{name}": data for name, data in FOLDER.items()} == tree(tmp_path)


def test_a_disk_that_returns_other_bytes_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: hashlib.sha256(b"something else"))
    assert "What was read back from the disk is not what was written." == refusal(tmp_path / "TS.zip", b"new")
    monkeypatch.undo()
    assert {} == tree(tmp_path)


def test_a_name_taken_at_the_last_moment_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_fsync = os.fsync

    def fsync_while_another_program_writes(descriptor: int) -> None:
        real_fsync(descriptor)
        (tmp_path / "TS.zip").write_bytes(b"another program")

    monkeypatch.setattr(os, "fsync", fsync_while_another_program_writes)
    refusal(tmp_path / "TS.zip", b"new")
    assert {"TS.zip": b"another program"} == tree(tmp_path)


def test_where_there_are_no_hard_links_a_rename_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", fail, raising=False)
    assert "written" == put_in_place(tmp_path / "TS.zip", b"new")
    assert {"TS.zip": b"new"} == tree(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="file modes are a matter of Unix")
def test_a_copy_has_ordinary_rights(tmp_path: Path) -> None:
    (tmp_path / "ordinary").write_bytes(b"")
    put_in_place(tmp_path / "TS.zip", b"new")
    assert (tmp_path / "ordinary").stat().st_mode == (tmp_path / "TS.zip").stat().st_mode


def test_a_report_is_utf8_with_plain_line_ends_and_replaces_an_earlier_one(tmp_path: Path) -> None:
    report = tmp_path / "reports" / "report.md"
    write_text_atomically(report, "old")
    write_pieces_atomically(report, iter(["Größe\n", "zwei\n"]))
    assert {"reports/report.md": b"Gr\xc3\xb6\xc3\x9fe\nzwei\n"} == tree(tmp_path)


def test_a_report_inside_an_input_folder_replaces_nothing_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "ts.xml").write_bytes(SEQUENCE)
    (tmp_path / "TS.zip").write_bytes(b"")
    for name in ("ts.xml", "TS.zip"):
        with pytest.raises(OutputError, match="over something that is read"):
            write_text_atomically(tmp_path / name, "report", inputs=[tmp_path])
    write_text_atomically(tmp_path / "report.html", "old", inputs=[tmp_path])
    write_text_atomically(tmp_path / "report.html", "new", inputs=[tmp_path])
    assert {"ts.xml": SEQUENCE, "TS.zip": b"", "report.html": b"new"} == tree(tmp_path)


def test_a_report_never_replaces_a_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="A folder has this name"):
        write_text_atomically(tmp_path, "text")


@pytest.mark.skipif(not Path(os.devnull).exists() or os.name == "nt", reason="no device to write to")
def test_a_report_may_go_to_a_device() -> None:
    write_text_atomically(Path(os.devnull), "text")
    assert not Path(os.devnull).is_file()
