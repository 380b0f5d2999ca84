"""Whatever is given as an export: one clear paragraph with place and remedy, the right exit code, nothing half-written."""

from __future__ import annotations

import io
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import DEPLOY, EXPORTS, INVALID, KIOSK, PRETTY, Ran, files_below, run

INVALID_FILES = sorted(path for path in INVALID.iterdir() if path.suffix != ".txt")
DISABLE = ("--client-package", "LEG00042", "--new-steps", "disable")


def assert_told(ran: Ran, code: int, *phrases: str) -> None:
    """The exit code, every phrase in what was said, and never a traceback."""
    said = ran.said.casefold()
    assert [] == [phrase for phrase in phrases if phrase.casefold() not in said], said
    assert "traceback" not in said
    assert code == ran.code


@pytest.mark.parametrize("path", INVALID_FILES, ids=lambda path: path.name)
def test_faulty_fixture_is_explained(path: Path) -> None:
    phrases = path.with_name(f"{path.name}.errors.txt").read_text(encoding="utf-8").splitlines()
    assert_told(run("scan", path, "--to", "1706"), 4, path.name, *filter(None, phrases))


@pytest.mark.parametrize("path", INVALID_FILES, ids=lambda path: path.name)
def test_no_copy_is_made_of_a_faulty_fixture(path: Path, tmp_path: Path) -> None:
    ran = run("clone", path, "--to", "1706", "-o", tmp_path, *DISABLE)
    assert_told(ran, 4)
    # The rest of an export with a missing part is still an export, and the copy says what is missing.
    expected = ["missing-part (for 1706).zip"] if path.name == "missing-part.zip" else []
    assert expected == files_below(tmp_path)


def zip_with(*members: tuple[str, bytes], flags: int = 0) -> bytes:
    """A zip; ``flags`` are set in both headers of every member, such as 1 for "encrypted"."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    data = bytearray(file.getvalue())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = data.find(signature)
        while flags and start >= 0:
            struct.pack_into("<H", data, start + offset, flags)
            start = data.find(signature, start + 4)
    return bytes(data)


OBJECT = "SMS_TaskSequencePackage/CHQ00001/object.xml"
SEQUENCE = b'<sequence version="3.10"><referenceList/></sequence>'
BOMB = b"<!DOCTYPE a [<!ENTITY b 'cc'><!ENTITY c '&b;&b;'>]>" + SEQUENCE
BAD: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "entities.xml": (BOMB, ("DOCTYPE", "line 1")),
    "bomb.zip": (zip_with((OBJECT, b" " * 5_000_000)), (OBJECT, "packed")),
    "encrypted.zip": (zip_with((OBJECT, SEQUENCE), flags=1), ("encrypted",)),
    "absolute.zip": (zip_with(("C:\\x\\" + OBJECT, SEQUENCE)), ("refused",)),
    "other.zip": (zip_with(("readme.txt", b"hello")), ("holds no task sequence",)),
    "empty.zip": (zip_with(), ("empty",)),
    "page.xml": (b"<html><body>no</body></html>", ("No task sequence",)),
    "nul.xml": (b"<sequence version='3.10'>\0</sequence>", ("nul.xml",)),
    "utf16.xml": (SEQUENCE.decode().encode("utf-16-le")[:-3], ("utf16.xml",)),
    "declared.xml": (b'<?xml version="1.0" encoding="klingon"?>' + SEQUENCE, ("klingon",)),
}


@pytest.mark.parametrize("name", BAD)
def test_made_up_trouble_is_explained(name: str, tmp_path: Path) -> None:
    data, phrases = BAD[name]
    path = tmp_path / name
    path.write_bytes(data)
    assert_told(run("scan", path), 4, name, *phrases)


def test_deeply_nested_groups_are_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "deep.xml"
    path.write_bytes(b'<sequence version="3.10">' + b'<group name="g">' * 5000 + b"</group>" * 5000 + b"</sequence>")
    assert_told(run("scan", path, "--to", "1706"), 4, "deep.xml")


def test_no_such_path_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    ran = run("scan", tmp_path / "nothing.zip", PRETTY, "--to", "1706")
    assert_told(ran, 4, "nothing.zip", "There is no such file or folder", "pretty.xml", "1 checked")


def test_folder_without_exports_is_said(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("hello", encoding="utf-8")
    assert_told(run("scan", tmp_path), 4, "holds no task sequence")


def test_good_file_of_a_folder_is_copied_beside_three_bad_ones(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for path in (DEPLOY, INVALID / "truncated.zip", INVALID / "traversal.zip"):
        shutil.copy(path, folder)
    (folder / "broken.xml").write_bytes(b'<sequence version="3.10"><group></sequence>')
    ran = run("clone", folder, "--to", "1706", "-o", tmp_path / "out", *DISABLE)
    assert_told(ran, 4, "truncated.zip", "traversal.zip", "broken.xml", "1 copied", "3 not done")
    assert ["Contoso Deploy Windows 11 (for 1706).zip"] == files_below(tmp_path / "out")


def test_names_cannot_drive_the_terminal(tmp_path: Path) -> None:
    evil = "Deploy \x1b[31mred\x1b[0m\x07 \u202egnp.exe"
    path = tmp_path / "evil.xml"
    # XML 1.0 has no escape character, so only the mark that turns the reading direction can come out of a file.
    named = '<sequence version="3.10" name="{}" description=""><step name="\u202egnp" type="X_Unknown"/></sequence>'
    path.write_text(named.format("turn \u202egnp.exe"), encoding="utf-8")
    for arguments in (
        ("scan", path),
        ("scan", path, "--format", "md"),
        ("scan", tmp_path / evil),
        ("scan", path, "--to", evil),
    ):
        ran = run(*arguments)
        for stream in (ran.stdout, ran.stderr):
            assert [] == [char for char in stream if char in "\x1b\x07\u202e"]


def test_very_long_names_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "long.xml"
    step = f'<step name="{"n" * 5000}" type="X_Unknown" description="{"d " * 5000}"><action>a</action></step>'
    path.write_text(f'<sequence version="3.10"><group name="{"g" * 3000}">{step}</group></sequence>', encoding="utf-8")
    ran = run("scan", path, "--to", "1706")
    assert_told(ran, 1, "X_Unknown")
    assert [] == [line for line in ran.stdout.splitlines() if len(line) > 100 and "http" not in line]
    ran = run("clone", path, "--to", "1706", "-o", tmp_path / "out", "--new-steps", "disable")
    assert_told(ran, 1, "n" * 50, "X_Unknown")


def _read_only(folder: Path) -> Path:
    """A folder in which nothing can be made, also not by root: it is below a file."""
    (folder / "file").write_bytes(b"")
    return folder / "file" / "deep"


OUTPUTS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "the input": (lambda folder: folder / "in", "lies inside the input folder"),
    "inside the input": (lambda folder: folder / "in" / "copies", "lies inside the input folder"),
    "a file": (lambda folder: folder / "in" / "a.zip", "is not a folder"),
    "below a file": (_read_only, "is not a folder"),
}


@pytest.mark.parametrize("where", OUTPUTS)
def test_unfit_output_folder_is_refused_before_any_work(where: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(DEPLOY, tmp_path / "in" / "a.zip")
    make, phrase = OUTPUTS[where]
    output = make(tmp_path)
    before = files_below(tmp_path)
    source = tmp_path / "in" if "input" in where else tmp_path / "in" / "a.zip"
    ran = run("clone", source, "--to", "1706", "-o", output, *DISABLE)
    assert_told(ran, 2, phrase)
    assert b"" == ran.out
    assert before == files_below(tmp_path)


def test_output_folder_inside_the_input_through_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(DEPLOY, tmp_path / "in")
    try:
        (tmp_path / "link").symlink_to(tmp_path / "in", target_is_directory=True)
    except OSError:
        pytest.skip("no right to make links here")
    ran = run("clone", tmp_path / "in", "--to", "1706", "-o", tmp_path / "link" / "x", *DISABLE)
    assert_told(ran, 2, "lies inside the input folder")


def test_existing_copy_is_only_replaced_with_force(tmp_path: Path) -> None:
    clone = ("clone", DEPLOY, "--to", "1706", "-o", tmp_path, *DISABLE)
    copy = tmp_path / "Contoso Deploy Windows 11 (for 1706).zip"
    assert 1 == run(*clone).code
    made = copy.read_bytes()
    assert 1 == run(*clone).code, "the very same copy is there already: nothing to replace"
    copy.write_bytes(b"something else")
    assert_told(run(*clone), 2, copy.name, "--force")
    assert b"something else" == copy.read_bytes()
    assert 1 == run(*clone, "--force").code
    assert made == copy.read_bytes()


def test_two_inputs_with_one_destination_are_told_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        shutil.copy(KIOSK, tmp_path / name / "a.zip")
    out = tmp_path / "out"
    ran = run("clone", tmp_path / "one" / "a.zip", tmp_path / "two" / "a.zip", "--to", "1706", "-o", out, *DISABLE)
    assert_told(ran, 2, "would both become", "1 copied", "1 not done")
    assert ["a (for 1706).zip"] == files_below(out)


def test_export_that_is_named_twice_is_read_once() -> None:
    assert "1 input: 1 checked." in run("scan", PRETTY, PRETTY, "--to", "1706").said


def test_nothing_is_written_in_a_dry_run(tmp_path: Path) -> None:
    ran = run("clone", DEPLOY, "--to", "1706", "-o", tmp_path / "out", "--dry-run", *DISABLE)
    assert_told(ran, 1, "dry run, nothing written")
    assert [] == list(tmp_path.iterdir())


def test_every_fixture_is_read() -> None:
    ran = run("scan", EXPORTS, "--to", "1706", "--fail-on", "never")
    assert_told(ran, 0, "task sequences")
