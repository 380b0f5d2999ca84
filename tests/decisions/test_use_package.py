"""``use-package`` from the file of decisions to the files beside the copy: what is asked, written, reported and proved."""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.running import EXPORTS, Ran, run
from tests.made import cloned, export, knowledge, live, read_parts, request, sequence, steps
from tests.rewrites.written_laws import breaches
from tsfix.configuration.decisions_file import read_decisions
from tsfix.conversion import Refused
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.reports.decision_block import decision_block, script_name

LINES = ("param($Name)", "Write-Output 'Grüße'")
CONTENT = b"\xef\xbb\xbf" + "\r\n".join((*LINES, "")).encode()


def made(name: str = "Set wallpaper: blue/red", lines: tuple[str, ...] = LINES) -> Export:
    step = steps.run_powershell_script(name, lines=lines, parameters='-Name "a b"')
    return export(sequence("CHQ00D00", "Deploy", step))


def zipped(folder: Path, found: Export, name: str = "Deploy.zip") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / name
    with zipfile.ZipFile(place, "w") as written:
        for part, data in found.parts.parts.items():
            written.writestr(part, data)
    return place


def answered(folder: Path, found: Export, **more: str) -> Path:
    """The block of the refusal, with the answers filled in."""
    outcome = cloned(found, request())
    assert isinstance(outcome, Refused)
    block = decision_block(outcome.reasons, found)
    values = {"do": "use-package", "reason": "CHG0012345", "package": "LEG00050", "file": "Set-Wallpaper.ps1", **more}
    for key, value in values.items():
        block = re.sub(rf'^(?:# )?{key} = "[^"]*"', f'{key} = "{value}"', block, flags=re.MULTILINE)
    file = folder / "tsfix.toml"
    file.write_text(block, encoding="utf-8")
    return file


def clone(place: Path, file: Path, out: Path, *more: object) -> Ran:
    return run("clone", place, "--to", "1706", "-o", out, "--decisions", file, *more)


def below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.suffix == ".ps1" else b""
        for path in folder.rglob("*")
        if path.is_file()
    }


WRITTEN = {
    "Deploy (for 1706).zip": b"",
    "Deploy (for 1706) - scripts/LEG00050/Set-Wallpaper.ps1": CONTENT,
}


def test_the_block_offers_it_with_a_name_for_the_file() -> None:
    outcome = cloned(made(), request())
    assert isinstance(outcome, Refused)
    block = decision_block(outcome.reasons)
    assert [
        'do = ""  # use-package, disable, placeholder, remove, keep or accept',
        'reason = ""',
        '# package = ""  # with use-package: the ID of the package that you make for the script',
        '# file = "Set-wallpaper-blue-red.ps1"  # with use-package: the script\'s name in it',
    ] == block.splitlines()[-4:]
    assert ["do", "reason", "rule", "step", "task_sequence"] == sorted(tomllib.loads(block)["decisions"][0])


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("Größe (neu).", "Größe-neu.ps1"),
        ("???", "Script.ps1"),
        ("a" * 99, "a" * 60 + ".ps1"),
        ("%x% & $y", "x-y.ps1"),
    ],
)
def test_the_name_of_a_step_as_the_name_of_a_file(step: str, name: str) -> None:
    assert name == script_name(step)


def test_from_a_refusal_to_a_copy_and_its_script(tmp_path: Path) -> None:
    place, file, out = zipped(tmp_path / "in", made()), answered(tmp_path, made()), tmp_path / "out"
    first = clone(place, file, out)
    assert (0, WRITTEN) == (first.code, below(out))
    assert "Put these scripts into the source folders of their packages" in first.said
    assert "for package LEG00050, step Set wallpaper: blue/red" in first.said
    assert "The decision" not in first.stderr
    assert 0 == run("scan", out, "--to", "1706", "--fail-on", "warning").code
    again = clone(place, file, out, "--format", "json")
    assert (0, ["present"]) == (again.code, [one["outcome"] for one in json.loads(again.stdout)["exports"]])
    copy = clone(out / "Deploy (for 1706).zip", file, tmp_path / "twice", "--format", "json")
    assert (0, ["unchanged"]) == (copy.code, [one["outcome"] for one in json.loads(copy.stdout)["exports"]])
    assert not (tmp_path / "twice").exists()


def test_answers_for_pasted_steps_are_used(tmp_path: Path) -> None:
    """A child's step stands in its parent as well, once it is pasted: both answers are asked for, and both are used."""
    step = steps.run_powershell_script("Script", lines=LINES, parameters='-Name "a b"')
    family = export(
        sequence("CHQ00D01", "Parent", steps.run_task_sequence("Call", "CHQ00D00", "Child", ())),
        sequence("CHQ00D00", "Child", step),
    )
    place, file, out = zipped(tmp_path / "in", family), answered(tmp_path, family), tmp_path / "out"
    assert {"Call > Script", "Script"} == {one["step"] for one in tomllib.loads(file.read_text("utf-8"))["decisions"]}
    ran = clone(place, file, out)
    assert (0, WRITTEN) == (ran.code, below(out))
    assert "The decision" not in ran.stderr
    assert 0 == run("verify", out, "--against", place.parent, "--to", "1706", "--decisions", file).code


def test_the_proof_knows_what_parents_repeat(tmp_path: Path) -> None:
    step = steps.run_powershell_script("Script", lines=LINES, parameters='-Name "a b"')
    family = export(
        sequence("CHQ00D01", "Parent", steps.run_task_sequence("Call", "CHQ00D00", "Child", ())),
        sequence("CHQ00D00", "Child", step),
    )
    place, file, out = zipped(tmp_path / "in", family), tmp_path / "tsfix.toml", tmp_path / "out"
    file.write_text(
        "[[decisions]]\n" + "".join(f'{key} = "{value}"\n' for key, value in ENTRY.items()), encoding="utf-8"
    )
    assert 0 == run("clone", place, "--to", "1806", "-o", out, "--decisions", file).code
    copy = out / "Deploy (for 1806).zip"
    proof = run("verify", copy, "--against", place, "--to", "1806", "--decisions", file)
    assert (0, True) == (proof.code, "lists of what the steps refer to" in proof.said)


def test_a_dry_run_writes_no_script(tmp_path: Path) -> None:
    ran = clone(zipped(tmp_path / "in", made()), answered(tmp_path, made()), tmp_path / "out", "--dry-run")
    assert "Set-Wallpaper.ps1: for package LEG00050" in ran.said
    assert not (tmp_path / "out").exists()


def test_a_script_that_somebody_changed_is_not_written_over(tmp_path: Path) -> None:
    place, file, out = zipped(tmp_path / "in", made()), answered(tmp_path, made()), tmp_path / "out"
    clone(place, file, out)
    script = out / "Deploy (for 1706) - scripts" / "LEG00050" / "Set-Wallpaper.ps1"
    script.write_bytes(b"mine")
    assert "There is already something else with this name." in clone(place, file, out).said
    assert b"mine" == script.read_bytes()
    assert 0 == clone(place, file, out, "--force").code
    assert CONTENT == script.read_bytes()


def test_two_exports_with_two_scripts_of_one_name(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    zipped(folder, made(), "One.zip")
    zipped(folder, made(lines=("other",)), "Two.zip")
    ran = clone(folder, answered(tmp_path, made()), tmp_path / "out")
    assert "The scripts Set-Wallpaper.ps1 for package LEG00050 of" in ran.said
    assert "differ: give one of them another file name" in ran.said


def test_the_proof_needs_the_decision(tmp_path: Path) -> None:
    place, file, out = zipped(tmp_path / "in", made()), answered(tmp_path, made()), tmp_path / "out"
    clone(place, file, out)
    copy, empty = out / "Deploy (for 1706).zip", tmp_path / "empty.toml"
    empty.write_text("", encoding="utf-8")
    with_it = run("verify", copy, "--against", place, "--to", "1706", "--decisions", file)
    assert (0, True) == (with_it.code, "a script that runs from a package now: you decided so" in with_it.said)
    assert 1 == run("verify", copy, "--against", place, "--to", "1706", "--decisions", empty).code


def test_the_proof_sees_another_package(tmp_path: Path) -> None:
    place, file, out = zipped(tmp_path / "in", made()), answered(tmp_path, made()), tmp_path / "out"
    clone(place, file, out)
    copy = out / "Deploy (for 1706).zip"
    answered(tmp_path, made(), package="LEG00051")
    assert 1 == run("verify", copy, "--against", place, "--to", "1706", "--decisions", file).code


ENTRY = {
    "task_sequence": "*",
    "step": "Script",
    "rule": "R26",
    "do": "use-package",
    "reason": "x",
    "package": "LEG00050",
    "file": "a.ps1",
}


def faults(tmp_path: Path, *entries: dict[str, str]) -> list[str]:
    file = tmp_path / "tsfix.toml"
    text = "".join(
        "[[decisions]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in entry.items())
        for entry in entries
    )
    file.write_text(text, encoding="utf-8")
    try:
        read_decisions(file, knowledge())
    except UsageError as error:
        return [line.strip(" -") for line in error.message.splitlines()[1:] if line.strip()]
    return []


@pytest.mark.parametrize("name", ["a.ps1", "Set-Wallpaper (2).PS1", "Größe.ps1"])
def test_names_that_are_taken(tmp_path: Path, name: str) -> None:
    assert [] == faults(tmp_path, {**ENTRY, "file": name})


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a.txt",
        "..\\a.ps1",
        "x/a.ps1",
        "C:a.ps1",
        "%x%.ps1",
        "$a.ps1",
        "a;b.ps1",
        'a".ps1',
        "con.ps1",
        " a.ps1",
        "-a.ps1",
    ],
)
def test_names_that_are_not(tmp_path: Path, name: str) -> None:
    (fault,) = faults(tmp_path, {**ENTRY, "file": name})
    assert fault.startswith("decisions[1].file: ")


@pytest.mark.parametrize("package", ["", "LEG5", "00000000", "Contoso scripts"])
def test_packages_that_are_none(tmp_path: Path, package: str) -> None:
    assert [f'decisions[1].package: "{package}" is not a package ID such as LEG00050; use-package needs one'] == faults(
        tmp_path, {**ENTRY, "package": package}
    )


def test_it_is_about_one_step(tmp_path: Path) -> None:
    assert ["decisions[1].step: it is missing; use-package is about one step and its script"] == faults(
        tmp_path, {**ENTRY, "step": ""}
    )


def test_package_and_file_go_with_it_alone(tmp_path: Path) -> None:
    assert ["decisions[1]: package and file go with use-package only, not with disable"] == faults(
        tmp_path, {**ENTRY, "do": "disable"}
    )


def test_two_packages_for_one_step(tmp_path: Path) -> None:
    assert [
        "decisions[2]: it says use-package LEG00051 a.ps1, but decisions[1] says use-package LEG00050 a.ps1"
    ] == faults(tmp_path, ENTRY, {**ENTRY, "package": "LEG00051"})


def test_the_fixture_whose_script_is_too_long(tmp_path: Path) -> None:
    place, file, out = EXPORTS / "Contoso Wallpaper.zip", tmp_path / "tsfix.toml", tmp_path / "out"
    entry = {**ENTRY, "task_sequence": "Set wallpaper", "step": "2", "file": "Set-Wallpaper.ps1"}
    file.write_text(
        "[[decisions]]\n" + "".join(f'{key} = "{value}"\n' for key, value in entry.items()), encoding="utf-8"
    )
    refusal = run("clone", place, "--to", "1706", "-o", out)
    assert (3, True) == (refusal.code, "the command would have 41494 characters" in refusal.said)
    assert 0 == clone(place, file, out).code
    script = out / "Contoso Wallpaper (for 1706) - scripts" / "LEG00050" / "Set-Wallpaper.ps1"
    lines = script.read_bytes().decode("utf-8-sig").split("\r\n")
    assert ("Write-Output 'Grüße aus Genf'", "", 186) == (lines[-2], lines[-1], len(lines))
    with zipfile.ZipFile(out / "Contoso Wallpaper (for 1706).zip") as copy:
        parts = {name: copy.read(name) for name in copy.namelist()}
    assert Counter() == breaches(parts)
    exported = read_parts(parts).task_sequences[0]
    step = next(one for one in exported.task_sequence.sequence.steps() if one.name == "Set wallpaper")
    assert ("900", "SMS_TaskSequence_RunPowerShellScriptAction") == (dict(step.attributes)["timeout"], step.type)
    assert {
        "ExecutionPolicy": "Bypass",
        "PackageID": "LEG00050",
        "Parameters": "",
        "ScriptName": "Set-Wallpaper.ps1",
    } == {one.property: one.value for one in step.variables}
    assert ["CHQ00016", "LEG00050", "CHQ00018"] == [one.package for one in exported.task_sequence.sequence.references]
    assert (
        ["CHQ00016", "CHQ00018", "LEG00050"] == live(exported)["object-reference"] == live(exported)["references-info"]
    )
