"""``tsfix diff`` as a person runs it: exit codes, formats, files, inputs that cannot be read."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from tests.cli.running import DEPLOY, EXPORTS, INVALID, KIOSK, PRETTY, run
from tests.reports import versions
from tsfix.export import Export

UNPACKED = EXPORTS / "unpacked" / "Contoso Kiosk"
NESTED = EXPORTS / "Contoso zip of zips.zip"


def written(folder: Path, found: Export) -> Path:
    """The export as its unpacked folder."""
    for name, data in found.parts.parts.items():
        file = folder.joinpath(*name.split("/"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    return written(tmp_path / "before", versions.before()), written(tmp_path / "after", versions.after())


def test_differences_end_with_0(pair: tuple[Path, Path]) -> None:
    ran = run("diff", *pair)
    assert (0, "") == (ran.code, ran.stderr)
    assert "DIFFERENT: 12 entries." in ran.stdout


def test_differences_end_with_1_on_request(pair: tuple[Path, Path]) -> None:
    assert 1 == run("diff", *pair, "--fail-on-difference").code
    assert 0 == run("diff", pair[0], pair[0], "--fail-on-difference").code


def test_same_file_is_equal_byte_for_byte() -> None:
    ran = run("diff", DEPLOY, DEPLOY)
    assert 0 == ran.code
    assert "EQUAL: the two files are the same, byte for byte." in ran.stdout


def test_zip_and_its_unpacked_folder_say_the_same() -> None:
    ran = run("diff", KIOSK, UNPACKED, "--fail-on-difference")
    assert 0 == ran.code
    assert "EQUAL: the task sequences say the same; only the bytes of the files differ." in ran.said


def test_fingerprint_is_that_of_the_file() -> None:
    found = json.loads(run("diff", KIOSK, UNPACKED, "--format", "json").stdout)
    assert (hashlib.sha256(KIOSK.read_bytes()).hexdigest(), "file") == (
        found["before"]["sha256"],
        found["before"]["digest_of"],
    )
    assert "parts" == found["after"]["digest_of"]


def test_fingerprint_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "copy"
    shutil.copytree(UNPACKED, copy)
    found = json.loads(run("diff", UNPACKED, copy, "--format", "json").stdout)
    assert found["before"]["sha256"] == found["after"]["sha256"]
    assert found["same_bytes"]


def test_zip_of_several_meets_a_zip_of_several() -> None:
    found = json.loads(run("diff", NESTED, NESTED, "--format", "json").stdout)
    assert found["summary"]["pairs"] == found["summary"]["equal_pairs"] > 1


@pytest.mark.parametrize("form", ["text", "json", "md", "html", "csv"])
def test_every_format_can_be_written(form: str, pair: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / f"answer.{form}"
    ran = run("diff", *pair, "--format", form, "--output", f"{form}={file}")
    assert 0 == ran.code
    assert file.read_bytes().decode("utf-8").replace("\r\n", "\n") == ran.stdout


def test_unknown_format_is_wrong_usage(tmp_path: Path) -> None:
    ran = run("diff", KIOSK, UNPACKED, "--output", f"sarif={tmp_path / 'x'}")
    assert 2 == ran.code
    assert "The formats are: text, json, md, html, csv." in ran.said


def test_answer_never_takes_the_place_of_an_input(pair: tuple[Path, Path], tmp_path: Path) -> None:
    before = tmp_path / "a.xml"
    before.write_bytes(PRETTY.read_bytes())
    assert 2 == run("diff", before, PRETTY, "--output", f"html={before}").code
    assert PRETTY.read_bytes() == before.read_bytes()


def test_what_cannot_be_read_is_said_and_the_rest_is_compared(tmp_path: Path) -> None:
    broken = INVALID / "truncated.xml"
    ran = run("diff", broken, PRETTY)
    assert 4 == ran.code
    assert "There may be more differences." in ran.said
    assert "ONLY AFTER: 1 task sequence" in ran.stdout


def test_one_missing_file_is_not_a_difference(tmp_path: Path) -> None:
    for arguments, word in (((tmp_path / "none.zip", PRETTY), "before"), ((PRETTY, tmp_path / "none.zip"), "after")):
        ran = run("diff", *arguments)
        assert 4 == ran.code
        assert f"NOT COMPARED: no task sequence could be read from the {word} side" in ran.said
        assert "DIFFERENT" not in ran.stdout


def test_missing_file_is_no_equality(tmp_path: Path) -> None:
    ran = run("diff", tmp_path / "nothing.zip", tmp_path / "nothing.zip")
    assert 4 == ran.code
    assert "EQUAL" not in ran.stdout
    assert "NOTHING COMPARED" in ran.stdout


def test_folder_without_a_task_sequence_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("diff", tmp_path / "empty", PRETTY)
    assert 4 == ran.code
    assert "holds no task sequence" in ran.said


def test_one_argument_is_wrong_usage() -> None:
    assert 2 == run("diff", KIOSK).code
