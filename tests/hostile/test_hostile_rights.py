"""Files and folders that the account may not read or write: named with a remedy, the others are done, nothing is left half."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import KIOSK, PRETTY, Ran, environment, files_below

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")

CLONE = ("clone", "--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable", "--jobs", "1", "-o")
AS_NOBODY = """
import json, os, sys
from tsfix.cli import main

def run(arguments):
    sys.argv = ["tsfix", *arguments]
    try:
        main()
    except SystemExit as end:
        return end.code or 0
    return 0

before, wanted = json.loads(sys.argv[1])
streams = sys.stdout, sys.stderr
for arguments in before:  # imports what the account without rights may not read
    with open(os.devnull, "w") as sys.stdout, open(os.devnull, "w") as sys.stderr:
        run(arguments)
sys.stdout, sys.stderr = streams
if os.geteuid() == 0:  # nothing is forbidden to it
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.exit(run(wanted))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account may use; the usual one of a test belongs to the account that runs it."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o777)
    yield made
    for path in made.rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o666)
    shutil.rmtree(made)


def without_rights(folder: Path, *arguments: object) -> Ran:
    aside = folder / "aside"
    aside.mkdir()
    before = [
        ["scan", str(KIOSK), str(aside / "missing.zip"), "--output", f"html={aside / 'a.html'}"],
        ["scan", str(KIOSK), "--output", f"html={aside / 'no folder' / 'a.html'}"],
        [*CLONE, str(aside / "out"), str(KIOSK)],
        [*CLONE, str(KIOSK / "out"), str(KIOSK)],
    ]
    given = json.dumps([before, [str(argument) for argument in arguments]])
    ran = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, given],
        capture_output=True,
        env={**environment(), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        timeout=60,
    )
    shutil.rmtree(aside)
    found = Ran(code=ran.returncode, out=ran.stdout, err=ran.stderr)
    assert "Traceback" not in found.said
    assert "fault of tsfix" not in found.said
    return found


def inputs(folder: Path) -> Path:
    """A good export, and beside it a file and a folder to take the rights from."""
    source = folder / "in"
    (source / "closed").mkdir(parents=True)
    for path in (source / "good.zip", source / "secret.zip", source / "closed" / "hidden.zip"):
        shutil.copy(KIOSK, path)
        path.chmod(0o644)
    source.chmod(0o755)
    return source


def test_an_input_that_may_not_be_read_is_named_and_the_others_are_done(folder: Path) -> None:
    source, out = inputs(folder), folder / "out"
    (source / "secret.zip").chmod(0)
    ran = without_rights(folder, *CLONE, out, source)
    assert 4 == ran.code, ran.said[-800:]
    assert "secret.zip" in ran.said
    assert "The file or folder may not be read." in ran.said
    assert ["closed/hidden (for 1706).zip", "good (for 1706).zip"] == sorted(files_below(out))


def test_a_folder_that_may_not_be_read_is_named_and_the_others_are_done(folder: Path) -> None:
    source, out = inputs(folder), folder / "out"
    (source / "closed").chmod(0)
    ran = without_rights(folder, *CLONE, out, source)
    assert 4 == ran.code, ran.said[-800:]
    assert "closed" in ran.said
    assert "The file or folder may not be read." in ran.said
    assert ["good (for 1706).zip", "secret (for 1706).zip"] == sorted(files_below(out))


def test_an_output_folder_that_may_not_be_written_is_named(folder: Path) -> None:
    source, out = inputs(folder), folder / "out"
    out.mkdir(mode=0o555)
    ran = without_rights(folder, *CLONE, out, source)
    assert 2 == ran.code, ran.said[-800:]
    assert f"The output folder {out} cannot be written to." in ran.said
    assert "check your rights" in ran.said
    assert [] == files_below(out)


def test_a_report_that_may_not_be_written_is_named(folder: Path) -> None:
    closed = folder / "reports"
    closed.mkdir(mode=0o555)
    copy = Path(shutil.copy(PRETTY, folder / "pretty.xml"))
    copy.chmod(0o644)
    ran = without_rights(folder, "scan", copy, "--output", f"html={closed / 'a.html'}")
    assert 2 == ran.code, ran.said[-800:]
    assert "a.html" in ran.said
    assert [] == files_below(closed)
