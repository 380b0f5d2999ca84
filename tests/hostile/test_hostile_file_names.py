"""Names of files: not UTF-8, the same in two spellings, too long in bytes; and consoles that know few characters."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
import unicodedata
from pathlib import Path

import pytest

from tests.cli.running import KIOSK, PRETTY, files_below, run, run_process
from tsfix.containers.names import safe_file_name, why_unsafe

CLONE = ("--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable")
FORMATS = ("text", "json", "md", "html", "csv", "sarif")


@pytest.fixture
def not_utf8(tmp_path: Path) -> Path:
    """A folder with a zip, a file and a folder whose names are Latin-1, as old archives unpack on Linux."""
    if sys.platform != "linux":
        pytest.skip("this system has no such names")
    folder = tmp_path / "in"
    folder.mkdir()
    try:
        shutil.copy(KIOSK, folder / "Z\udcfcrich.zip")
        shutil.copy(PRETTY, folder / "pr\udce9tty.xml")
        shutil.copytree(KIOSK.parent / "unpacked" / "Contoso Kiosk", folder / "f\udcfcr" / "Kiosk")
    except OSError:
        pytest.skip("this file system has no such names")
    (folder / "bad\udcfe.zip").write_bytes(b"x")
    return folder


@pytest.mark.parametrize("form", FORMATS)
def test_names_that_are_not_utf8_are_no_fault(form: str, not_utf8: Path) -> None:
    out = not_utf8.with_name("o\udcfct")
    commands: list[tuple[object, ...]] = [
        ("scan", not_utf8, "--to", "1602", "--output", f"{form}={not_utf8.parent}/r\udcfc"),
        ("clone", not_utf8, *CLONE, "-o", out),
        ("relink", not_utf8, "--map", "CHQ00016=LEG00042", "-o", not_utf8.with_name("r\udcfct")),
    ]
    commands += [] if form == "sarif" else [("diff", not_utf8, out)]
    commands += [("verify", out, "--against", not_utf8)] if form in ("text", "json", "md") else []
    for command in commands:
        ran = run(*command, "--format", form)
        assert 4 == ran.code or command[0] == "verify", ran.said[-500:]
        assert ran.code in (0, 1, 4)
        assert "has a fault" not in ran.said
        assert "fault of tsfix" not in ran.said
    assert 3 == len([name for name in files_below(out) if "/" not in name or name.endswith("object.xml")])


def test_a_baseline_of_such_a_file_can_be_read_again(not_utf8: Path) -> None:
    known = not_utf8.with_name("known.toml")
    assert 4 == run("scan", not_utf8, "--to", "1602", "--write-baseline", known, "--reason", "x").code
    text = known.read_text(encoding="utf-8")
    assert tomllib.loads(text)
    (not_utf8 / "bad\udcfe.zip").unlink()
    ran = run("scan", not_utf8, "--to", "1602", "--baseline", known)
    assert 0 == ran.code, ran.said[-500:]


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_name_in_two_spellings_gets_one_copy(jobs: int, tmp_path: Path) -> None:
    """On a Mac both are one file: the second copy would take the place of the first one."""
    names = [unicodedata.normalize(form, "Zürich.zip") for form in ("NFC", "NFD")]
    (tmp_path / "in").mkdir()
    for name in names:
        shutil.copy(KIOSK, tmp_path / "in" / name)
    if 1 == len(list((tmp_path / "in").iterdir())):
        pytest.skip("one file here")
    ran = run("clone", tmp_path / "in", *CLONE, "-o", tmp_path / "out", "--force", "--jobs", jobs)
    assert 2 == ran.code
    assert "would both become" in ran.said
    assert 1 == len(files_below(tmp_path / "out"))


@pytest.mark.parametrize("char", ["日", "é", "😀", "e\u0301", "x"])
def test_a_copy_of_a_long_name_has_a_name_that_linux_takes(char: str, tmp_path: Path) -> None:
    name = char * (250 // len(char.encode()))
    made = safe_file_name(name, added=" (for 1706)", suffix=".zip")
    assert len(made.encode()) <= 255
    assert "" == why_unsafe(made)
    assert made.endswith(" (for 1706).zip")
    path = tmp_path / f"{name}.zip"
    try:
        shutil.copy(KIOSK, path)
    except OSError:
        pytest.skip("no such name here")
    assert run("clone", path, *CLONE, "-o", tmp_path / "out").code in (0, 1)
    assert [made] == files_below(tmp_path / "out")


DEVICES = ("CON", "nul.zip", "aux.tar.gz", "COM¹", "lpt9 .x", "CONIN$")


@pytest.mark.parametrize("name", [*DEVICES, "a.", "a ", " ", "...", "a:b", "C:\\x", "x\u202egpj", "a\n", "\0", "q?*"])
def test_no_copy_gets_a_name_that_windows_does_not_take(name: str) -> None:
    for made in (safe_file_name(name, added=" (for 1706)", suffix=".zip"), safe_file_name(name)):
        assert "" == why_unsafe(made), made
        assert not set('<>:"/\\|?*') & set(made)


CONSOLES = {
    "cp437": {"PYTHONIOENCODING": "cp437:strict"},
    "cp1252": {"PYTHONIOENCODING": "cp1252:strict"},
    "ascii": {"PYTHONIOENCODING": "ascii:strict"},
    "locale C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.mark.skipif(os.name == "nt", reason="the locale of a Windows console is set otherwise")
@pytest.mark.parametrize("console", CONSOLES)
def test_a_console_that_knows_few_characters_shows_all(console: str, tmp_path: Path) -> None:
    path = tmp_path / "Zürich 東京 \u202e😀.zip"
    shutil.copy(KIOSK, path)
    commands: tuple[tuple[object, ...], ...] = (
        ("clone", tmp_path, *CLONE, "-o", tmp_path.with_name(f"{tmp_path.name} out")),
        ("diff", path, KIOSK, "--format", "json"),
        ("verify", path, "--against", KIOSK),
        ("scan", path, "--to", "1602", "--format", "md"),
        ("script", "inventory"),
    )
    for command in commands:
        ran = run_process(*command, env=CONSOLES[console])
        assert ran.code in (0, 1), ran.err[-500:]
        assert b"fault of tsfix" not in ran.err
