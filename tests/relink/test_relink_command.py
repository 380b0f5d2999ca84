"""The command: which exports are taken, what is written, the table of mappings, exit codes."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.cli.running import DEPLOY, EXPORTS, KIOSK, run
from tests.made import export, sequence, steps

USMT = "CHQ00001"


def relink(tmp_path: Path, *more: object, maps: tuple[str, ...] = (f"{USMT}=LEG00043",)) -> dict[str, object]:
    options = [item for text in maps for item in ("--map", text)]
    ran = run("relink", EXPORTS, *options, "-o", tmp_path / "out", "--format", "json", *more)
    found = json.loads(ran.stdout)
    assert isinstance(found, dict)
    return {**found, "code": ran.code, "stderr": ran.stderr}


def outcomes(report: dict[str, object]) -> dict[str, str]:
    return {Path(item["file"]).name: item["outcome"] for item in report["exports"]}  # type: ignore[attr-defined]


def test_only_exports_with_a_mapped_id_are_copied(tmp_path: Path) -> None:
    report = relink(tmp_path)
    copied = {name for name, outcome in outcomes(report).items() if outcome == "copied"}
    assert {DEPLOY.name} <= copied
    assert KIOSK.name not in copied
    written = {path.name for path in (tmp_path / "out").rglob("*.zip")}
    assert {f"{Path(name).stem} (relinked).zip" for name in copied if name.endswith(".zip")} == written
    assert 0 == report["code"]


def test_table_says_what_matched_nothing(tmp_path: Path) -> None:
    report = relink(tmp_path, "--dry-run", maps=(f"{USMT}=LEG00043", "ABC00001=ABC00002"))
    used, unused = report["mappings"]  # type: ignore[misc]
    assert used["places"] >= 5
    assert {
        "old": "ABC00001",
        "new": "ABC00002",
        "exports": 0,
        "task_sequences": 0,
        "places": 0,
        "mentions": 0,
    } == unused
    assert not (tmp_path / "out").exists()
    text = run("relink", EXPORTS, "--map", "ABC00001=ABC00002", "-o", tmp_path / "out", "--dry-run").said
    assert "ABC00001 = ABC00002 0 matched nothing" in text


@pytest.mark.parametrize("where", ["deploy windows*", "CHQ00030", "chq"])
def test_where_takes_names_ids_and_site_codes(tmp_path: Path, where: str) -> None:
    found = outcomes(relink(tmp_path, "--dry-run", "--where", where))
    assert DEPLOY.name in found
    assert KIOSK.name not in found


def test_where_that_fits_nothing_says_so(tmp_path: Path) -> None:
    report = relink(tmp_path, "--dry-run", "--where", "no such name")
    assert [] == report["exports"]
    assert '--where "no such name" fits no task sequence.' in str(report["stderr"])


def test_second_run_says_that_the_copy_is_there(tmp_path: Path) -> None:
    relink(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    again = relink(tmp_path)
    assert "present" == outcomes(again)[DEPLOY.name]
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert 0 == again["code"]


def test_another_copy_of_that_name_is_kept_unless_forced(tmp_path: Path) -> None:
    relink(tmp_path)
    place = tmp_path / "out" / f"{DEPLOY.stem} (relinked).zip"
    first = place.read_bytes()
    other = relink(tmp_path, maps=(f"{USMT}=LEG00044",))
    assert (2, first) == (other["code"], place.read_bytes())
    relink(tmp_path, "--force", maps=(f"{USMT}=LEG00044",))
    assert first != place.read_bytes()


def test_misfit_stops_one_export_and_not_the_others(tmp_path: Path) -> None:
    report = relink(tmp_path, maps=("CHQ00030=LEG00001", f"{USMT}=LEG00043"))
    assert 2 == report["code"]
    assert [DEPLOY.name] == [Path(item["file"]).name for item in report["notices"]]  # type: ignore[attr-defined]
    assert DEPLOY.name not in outcomes(report)


def test_inputs_are_only_read(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    shutil.copy(DEPLOY, source)
    before = (source / DEPLOY.name).read_bytes()
    assert 0 == run("relink", source, "--map", f"{USMT}=LEG00043", "-o", tmp_path / "out").code
    assert before == (source / DEPLOY.name).read_bytes()
    assert 2 == run("relink", source, "--map", f"{USMT}=LEG00043", "-o", source / "out").code


def test_keep_identity_and_name_contradict(tmp_path: Path) -> None:
    ran = run("relink", DEPLOY, "--map", f"{USMT}=LEG00043", "-o", tmp_path, "--keep-identity", "--name", "x {name}")
    assert 2 == ran.code


def test_where_takes_a_package_that_is_referred_to(tmp_path: Path) -> None:
    found = outcomes(relink(tmp_path, "--dry-run", "--where", USMT.lower()))
    assert DEPLOY.name in found
    assert KIOSK.name not in found


def test_brackets_of_where_are_brackets(tmp_path: Path) -> None:
    made = export(sequence("CHQ00050", "Deploy [pilot] x64", steps.run_command_line("Do", "cmd.exe", package_id=USMT)))
    place = tmp_path / "pilot.zip"
    with zipfile.ZipFile(place, "w") as written:
        for name, data in made.parts.parts.items():
            written.writestr(name, data)
    options = ("--map", f"{USMT}=LEG00043", "-o", tmp_path / "out", "--dry-run", "--where")
    assert "1 input: 1 planned" in run("relink", place, *options, "deploy [pilot]*").said
    assert "0 inputs" in run("relink", place, *options, "deploy p*").said
