"""Two task sequences of one name in one export: nothing that is said or decided about the one is taken for the other."""

from __future__ import annotations

import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from tests.batch.apart import LEGACY_CLIENT, client_step
from tests.cli.running import run
from tests.made import CLIENT, Group, parts, sequence, steps

FIRST, SECOND = "CHQ00D01", "CHQ00D02"


def twins(folder: Path) -> Path:
    """Both are named alike and hold alike steps; in the second one, two steps share a path as well."""
    content = parts(
        sequence(FIRST, "Deploy", Group(name="Install", children=(client_step(),))),
        sequence(
            SECOND,
            "Deploy",
            Group(name="Install", children=(client_step(), steps.run_powershell_script("Same"), client_step())),
        ),
        known=(CLIENT,),
    )
    folder.mkdir(parents=True)
    path = folder / "twins.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in content.items():
            archive.writestr(part, data)
    return path


def clone(path: Path, out: Path, *more: object) -> dict[str, Any]:
    found = json.loads(run("clone", path, "--to", "2203", "-o", out, "--format", "json", *more).stdout)
    (export,) = found["exports"]
    assert isinstance(export, dict)
    return export


def test_decisions_name_the_one_that_is_meant(tmp_path: Path) -> None:
    export = clone(twins(tmp_path / "in"), tmp_path / "out")
    assert "refused" == export["outcome"]
    asked = tomllib.loads(export["decision_block"])["decisions"]
    assert [
        (FIRST, "Install > Setup"),
        (SECOND, "1.1"),
        (SECOND, "1.3"),
    ] == [(item["task_sequence"], item["step"]) for item in asked]


def test_decision_about_the_one_leaves_the_other_alone(tmp_path: Path) -> None:
    path = twins(tmp_path / "in")
    decisions = tmp_path / "decided.toml"
    entry = '[[decisions]]\ntask_sequence = "{}"\nrule = "R1"\ndo = "accept"\nreason = "a test"\n'
    decisions.write_text(entry.format(FIRST), encoding="utf-8")
    export = clone(path, tmp_path / "out", "--decisions", decisions)
    assert "refused" == export["outcome"]
    assert {SECOND} == {item["location"]["part"].split("/")[1] for item in export["reasons"]}


def test_reports_keep_findings_and_changes_apart(tmp_path: Path) -> None:
    path = twins(tmp_path / "in")
    text = run("scan", path, "--to", "2203", "--format", "md").stdout
    assert 1 == text.count("At: Install \\> Setup\n") - 2  # one in the first, two in the second
    shown = run("scan", path, "--to", "2203").stdout
    assert 3 == sum(line.strip() == "at   Install > Setup" for line in shown.splitlines())
    sarif = json.loads(run("scan", path, "--to", "2203", "--format", "sarif").stdout)
    (ran,) = sarif["runs"]
    prints = [
        item["partialFingerprints"]["primaryLocationLineHash"] for item in ran["results"] if item["ruleId"] == "R1"
    ]
    assert 3 == len(set(prints))
    export = clone(path, tmp_path / "out", "--client-package", LEGACY_CLIENT)
    changed = {(group["task_sequence"], tuple(group["position"])) for group in export["changes"] if group["position"]}
    assert {(f"Deploy [{FIRST}]", (0, 0)), (f"Deploy [{SECOND}]", (0, 0)), (f"Deploy [{SECOND}]", (0, 2))} == changed


def test_sarif_tells_the_two_apart(tmp_path: Path) -> None:
    sarif = json.loads(run("scan", twins(tmp_path / "in"), "--to", "2203", "--format", "sarif").stdout)
    found = [item for item in sarif["runs"][0]["results"] if item["ruleId"] == "R1"]
    named = {item["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for item in found}
    assert {f"Deploy [{package_id}] > Install > Setup" for package_id in (FIRST, SECOND)} == named
