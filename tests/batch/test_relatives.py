"""Parents and children in different files of one run: converted together, whatever the order and the number of processes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.batch.apart import (
    CHILD,
    GRANDCHILD,
    LEGACY_CLIENT,
    PARENT,
    TOOLS,
    call,
    call_of,
    client_step,
    read,
    write,
    write_all,
)
from tests.cli.running import run
from tests.made import CLIENT, knowledge, sequence, steps
from tsfix.containers.discover import open_candidate
from tsfix.containers.found import FoundExport
from tsfix.containers.walk import Candidate, list_candidates
from tsfix.export import Export
from tsfix.rewrites.copy_identity import free_id
from tsfix.use_cases.relatives import Relatives
from tsfix.use_cases.survey import homes, kin_of

KNOWS = ("--to", "2203", "--client-package", LEGACY_CLIENT)
"""A target that can call a child."""
LACKS = ("--to", "1706", "--client-package", LEGACY_CLIENT)
"""A target that cannot."""


def tools(name: str = "Tools") -> Any:
    return steps.install_package(name, TOOLS.id, "Install")


def family(folder: Path) -> tuple[Path, Path, Path]:
    """A parent that needs nothing itself, its child with the default client, and a grandchild that suits every target."""
    return (
        write(folder, "a parent", PARENT, "Parent", call(CHILD, CLIENT.id, GRANDCHILD, TOOLS.id), tools()),
        write(folder, "b child", CHILD, "Child", client_step(), call(GRANDCHILD, TOOLS.id, name="Further")),
        write(folder, "c grandchild", GRANDCHILD, "Grandchild", tools("Tools of the grandchild")),
    )


def report_of(*arguments: object) -> tuple[int, dict[str, Any]]:
    ran = run(*arguments, "--format", "json")
    return ran.code, json.loads(ran.stdout)


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {Path(item["file"]).stem: item["outcome"] for item in report["exports"]}


def reasons(report: dict[str, Any], name: str) -> list[tuple[str, str]]:
    (found,) = (item for item in report["exports"] if Path(item["file"]).stem == name)
    return [(item["rule"], item["title"]) for item in found["reasons"]]


def own_id(export: Export) -> str:
    return str(export.task_sequences[0].task_sequence.package_id)


def step_names(export: Export) -> list[str]:
    return [step.name for step in export.task_sequences[0].task_sequence.sequence.steps()]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_call_leads_to_the_copy_of_the_child(tmp_path: Path) -> None:
    family(tmp_path / "in")
    code, report = report_of("clone", tmp_path / "in", *KNOWS, "-o", tmp_path / "out")
    assert {"a parent": "copied", "b child": "copied", "c grandchild": "unchanged"} == outcomes(report)
    assert 0 == code
    parent, child = (read(tmp_path / "out" / f"{name} (for 2203).zip") for name in ("a parent", "b child"))
    found = call_of(parent)
    assert (own_id(child), "CHQ00A02,CHQ00C01,LEG00042") == (found["PackageID"], found["TsReferencePackages"])
    assert found["TsName"].startswith(own_id(child))
    assert GRANDCHILD == call_of(child, "Further")["PackageID"]  # no copy of it is needed
    (task,) = (item for item in report["exports"][0]["tasks"] if item["rule"] == "R47")
    assert own_id(child) in task["places"][0]
    assert "b child.zip" in task["places"][0]


@pytest.mark.parametrize("to", [KNOWS, LACKS], ids=["called", "pasted"])
def test_order_and_processes_make_no_difference(tmp_path: Path, to: tuple[str, ...]) -> None:
    parent, child, grandchild = family(tmp_path / "in")
    copies = []
    for number, (inputs, jobs) in enumerate(
        [((parent, child, grandchild), 1), ((grandchild, child, parent), 1), ((child, grandchild, parent), 3)]
    ):
        out = tmp_path / f"out{number}"
        assert 0 == run("clone", *inputs, *to, "-o", out, "--jobs", jobs).code
        copies.append(contents(out))
    assert copies[0] == copies[1] == copies[2]
    assert 2 == len(copies[0])


def test_target_without_the_step_gets_the_content_of_the_other_file(tmp_path: Path) -> None:
    family(tmp_path / "in")
    code, report = report_of("clone", tmp_path / "in", *LACKS, "-o", tmp_path / "out")
    assert 0 == code
    parent = read(tmp_path / "out" / "a parent (for 1706).zip")
    assert ["Setup", "Tools of the grandchild", "Tools"] == step_names(parent)
    listed = [str(item.package) for item in parent.task_sequences[0].task_sequence.sequence.references]
    assert [LEGACY_CLIENT, TOOLS.id] == listed
    assert [] == [task for task in report["exports"][0]["tasks"] if task["rule"] == "R47"]


def test_refused_child_stands_in_the_way_by_name_and_file(tmp_path: Path) -> None:
    family(tmp_path / "in")
    code, report = report_of("clone", tmp_path / "in", "--to", "2203", "-o", tmp_path / "out")
    assert 3 == code
    assert {"a parent": "refused", "b child": "refused", "c grandchild": "unchanged"} == outcomes(report)
    (reason,) = reasons(report, "a parent")
    assert reason == (
        "R47",
        f'The child task sequence {CHILD} "Child" in {tmp_path / "in" / "b child.zip"} gets no copy',
    )
    assert not (tmp_path / "out").exists() or not contents(tmp_path / "out")


def test_unreadable_child_stands_in_the_way(tmp_path: Path) -> None:
    _, child, _ = family(tmp_path / "in")
    with zipfile.ZipFile(child) as archive:
        content = {info.filename: archive.read(info) for info in archive.infolist()}
    part = next(name for name in content if name.endswith(f"{CHILD}/object.xml"))
    with zipfile.ZipFile(child, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data[: len(data) // 2] if name == part else data)
    code, report = report_of("clone", tmp_path / "in", *KNOWS, "-o", tmp_path / "out")
    assert 4 == code
    assert "refused" == outcomes(report)["a parent"]
    ((rule, title),) = reasons(report, "a parent")
    assert ("R47", True, True) == (rule, CHILD in title, "b child.zip" in title)


def test_child_that_needs_no_copy_is_called_as_before(tmp_path: Path) -> None:
    write(tmp_path / "in", "parent", PARENT, "Parent", call(CHILD, TOOLS.id), client_step())
    write(tmp_path / "in", "child", CHILD, "Child", tools())
    _, report = report_of("clone", tmp_path / "in", *KNOWS, "-o", tmp_path / "out")
    assert {"parent": "copied", "child": "unchanged"} == outcomes(report)
    parent = read(tmp_path / "out" / "parent (for 2203).zip")
    assert (CHILD, TOOLS.id) == tuple(call_of(parent)[name] for name in ("PackageID", "TsReferencePackages"))


def test_exports_that_call_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "in", "one", PARENT, "One", call(CHILD), client_step())
    write(tmp_path / "in", "two", CHILD, "Two", call(PARENT), client_step())
    code, report = report_of("clone", tmp_path / "in", *KNOWS, "-o", tmp_path / "out")
    assert 3 == code
    assert {"one": "refused", "two": "refused"} == outcomes(report)


def test_exports_inside_one_zip_are_relatives_too(tmp_path: Path) -> None:
    family(tmp_path / "in")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in sorted((tmp_path / "in").iterdir()):
            archive.write(path, path.name)
    assert 0 == run("clone", tmp_path / "all.zip", *KNOWS, "-o", tmp_path / "out").code
    assert 0 == run("clone", tmp_path / "in", *KNOWS, "-o", tmp_path / "apart").code
    assert contents(tmp_path / "apart") == contents(tmp_path / "out")


@pytest.mark.parametrize("to", [KNOWS, LACKS], ids=["called", "pasted"])
def test_grandchild_stands_beside_the_child_in_the_other_file(tmp_path: Path, to: tuple[str, ...]) -> None:
    write(tmp_path / "in", "parent", PARENT, "Parent", call(CHILD, CLIENT.id, GRANDCHILD))
    child = sequence(CHILD, "Child", call(GRANDCHILD, CLIENT.id, name="Further"))
    write_all(tmp_path / "in" / "others.zip", child, sequence(GRANDCHILD, "Grandchild", client_step()))
    code, report = report_of("clone", tmp_path / "in", *to, "-o", tmp_path / "out")
    assert (0, {"parent": "copied", "others": "copied"}) == (code, outcomes(report))
    parent = read(next((tmp_path / "out").glob("parent*")))
    expected = ["Setup"] if to is LACKS else ["Call"]
    assert expected == step_names(parent)
    assert LEGACY_CLIENT in [str(item.package) for item in parent.task_sequences[0].task_sequence.sequence.references]


def test_child_whose_file_is_gone_stands_in_the_way(tmp_path: Path) -> None:
    """It was there when the run began."""
    parent, child, _ = family(tmp_path / "in")
    seen = [
        (candidate, kin)
        for candidate in list_candidates([tmp_path / "in"])
        if isinstance(candidate, Candidate)
        for found in open_candidate(candidate)
        if isinstance(found, FoundExport) and (kin := kin_of(found, knowledge())) is not None
    ]
    relatives = Relatives(knowledge=knowledge(), homes=homes(seen))
    assert {CHILD, GRANDCHILD} == set(relatives.homes)
    child.unlink()
    wide = relatives.known_to(read(parent))
    assert [(CHILD, str(child))] == [(item.package_id, item.file) for item in wide.parts.borrowed.withheld]


def test_child_that_is_not_the_same_in_two_files_is_told(tmp_path: Path) -> None:
    family(tmp_path / "in")
    write(tmp_path / "in", "d newer child", CHILD, "Child", client_step(), tools())
    found = []
    for jobs in (1, 2):
        out = tmp_path / f"out{jobs}"
        ran = run("clone", tmp_path / "in", *KNOWS, "-o", out, "--jobs", jobs)
        assert f"{CHILD} is not the same in {tmp_path / 'in' / 'b child.zip'} and in" in ran.stderr
        found.append(call_of(read(out / "a parent (for 2203).zip")))
    assert found[0] == found[1]
    assert "CHQ00A02,CHQ00C01,LEG00042" == found[0]["TsReferencePackages"]


def test_scan_knows_a_child_in_another_file(tmp_path: Path) -> None:
    parent, *others = family(tmp_path / "in")

    def about_children(*inputs: Path) -> list[str]:
        _, report = report_of("scan", *inputs, "--to", "2203")
        found = next(item for item in report["exports"] if item["file"] == str(parent))
        return [item["subject"] for item in found["findings"] if item["rule"] == "R47"]

    assert [CHILD] == about_children(parent)
    assert [] == about_children(parent, *others)
    assert [] == about_children(*others, parent)


def test_scan_says_that_a_child_in_another_file_can_be_pasted(tmp_path: Path) -> None:
    parent, *others = family(tmp_path / "in")

    def fixes(*inputs: Path) -> set[str]:
        _, report = report_of("scan", *inputs, "--to", "1706")
        found = next(item for item in report["exports"] if item["file"] == str(parent))
        return {item["fix"] for item in found["findings"] if item["rule"] in ("R24", "R25")}

    assert {"decision"} == fixes(parent)
    assert {"automatic"} == fixes(parent, *others)


def test_relink_changes_parent_and_child_together(tmp_path: Path) -> None:
    parent, child, _ = family(tmp_path / "in")
    mapped = ("--map", f"{CLIENT.id}={LEGACY_CLIENT}")
    code, report = report_of("relink", parent, *mapped, "-o", tmp_path / "alone")
    assert 3 == code  # the child would still need the old package
    code, report = report_of("relink", parent, child, *mapped, "-o", tmp_path / "out")
    assert (0, {"a parent": "copied", "b child": "copied"}) == (code, outcomes(report))
    copied = read(tmp_path / "out" / "b child (relinked).zip")
    assert own_id(copied) == call_of(read(tmp_path / "out" / "a parent (relinked).zip"))["PackageID"]


def test_second_run_finds_everything_there(tmp_path: Path) -> None:
    family(tmp_path / "in")
    run("clone", tmp_path / "in", *KNOWS, "-o", tmp_path / "out")
    _, report = report_of("clone", tmp_path / "in", *KNOWS, "-o", tmp_path / "out")
    assert {"a parent": "present", "b child": "present", "c grandchild": "unchanged"} == outcomes(report)


def test_no_two_copies_of_a_run_get_one_id(tmp_path: Path) -> None:
    """Four digits are made from the original's ID; two originals for which they are the same are looked for here."""
    firsts: dict[str, str] = {}
    pair: tuple[str, str] | None = None
    for number in range(1, 5_000):
        old = f"CHQ{number:05X}"
        other = firsts.setdefault(free_id(old, "2203", ()), old)
        if other != old:
            pair = other, old
            break
    assert pair is not None
    for position, package_id in enumerate(pair):
        write(tmp_path / "in", f"ts{position}", package_id, f"Number {position}", client_step())
    copies = []
    for number, inputs in enumerate(((0, 1), (1, 0))):
        out = tmp_path / f"out{number}"
        paths = [tmp_path / "in" / f"ts{position}.zip" for position in inputs]
        assert 0 == run("clone", *paths, *KNOWS, "-o", out, "--jobs", number + 1).code
        copies.append(contents(out))
        ids = [own_id(read(path)) for path in sorted(out.iterdir())]
        assert 2 == len(set(ids))
    assert copies[0] == copies[1]
