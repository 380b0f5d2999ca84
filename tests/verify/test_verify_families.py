"""Proof of copies that hold less than their originals, or more: removed steps, and children that stand in other exports."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.batch.apart import CHILD, GRANDCHILD, LEGACY_CLIENT, PARENT, TOOLS, client_step, write, write_all
from tests.cli.running import DEPLOY, run
from tests.made import CLIENT, Step, osd_steps, sequence, steps
from tests.verify.test_verify_copies import kinds, proof

PASTED = "a child pasted into its parent as a group"
FOLDERS = "give verify the folder of the copies and the folder of the originals"
ABSENT = f"the task sequence {CHILD}, of which no copy is here: {FOLDERS}"


@pytest.mark.parametrize("to", ["1610", "1706", "1806"])
def test_removed_steps_are_proved_for_their_target(tmp_path: Path, to: str) -> None:
    """Without the target nobody can tell that a step had to go."""
    wanted = ("--to", to, "--client-package", "LEG00042", "--new-steps", "remove")
    assert run("clone", DEPLOY, *wanted, "-o", tmp_path).code in (0, 1)
    copy = tmp_path / f"{DEPLOY.stem} (for {to}).zip"
    report = proof(copy, DEPLOY, "--to", to)
    assert (True, set()) == (report["proved"], kinds(report, "unexplained"))
    assert "taken out: the target cannot run it" in kinds(report, "tsfix")
    assert {"a group or step is missing"} == kinds(proof(copy, DEPLOY), "unexplained")


def test_a_step_that_the_target_can_run_may_not_be_missing(tmp_path: Path) -> None:
    original = write(tmp_path, "in", PARENT, "Parent", client_step(), steps.restart("Restart"))
    copy = write(tmp_path, "out", PARENT, "Parent", client_step())
    report = proof(copy, original, "--to", "1706")
    assert (False, {"a group or step is missing"}) == (report["proved"], kinds(report, "unexplained"))


def call(child: str, title: str, *needs: str) -> Step:
    return steps.run_task_sequence(f"Call {title}", child, title, steps.package(*needs))


def family(folder: Path) -> Path:
    """A parent, its child with the default client, and a grandchild that suits every target: three exports."""
    tools = steps.install_package("Tools", TOOLS.id, "Install")
    write(folder, "a parent", PARENT, "Outer", call(CHILD, "Middle", CLIENT.id, GRANDCHILD, TOOLS.id))
    write(folder, "b child", CHILD, "Middle", client_step(), call(GRANDCHILD, "Inner", TOOLS.id))
    write(folder, "c grandchild", GRANDCHILD, "Inner", tools)
    return folder


def copies(folder: Path, to: str) -> tuple[Path, Path]:
    originals, out = family(folder / "in"), folder / "out"
    assert 0 == run("clone", originals, "--to", to, "--client-package", LEGACY_CLIENT, "-o", out).code
    return originals, out


@pytest.mark.parametrize("to", ["2203", "1706"], ids=["called", "pasted"])
@pytest.mark.parametrize("target", [True, False])
def test_copies_of_a_batch_are_proved_together(tmp_path: Path, to: str, target: bool) -> None:
    originals, out = copies(tmp_path, to)
    report = proof(out, originals, *(("--to", to) if target else ()))
    assert set() == kinds(report, "unexplained")
    assert (0, True, [["CHQ00003", LEGACY_CLIENT]]) == (report["code"], report["proved"], report["packages"])
    pairs = [(item["before_name"], item["after_name"]) for item in report["task_sequences"]]  # type: ignore[attr-defined]
    assert [("Outer", f"Outer (for {to})"), ("Middle", f"Middle (for {to})")] == pairs
    (uncopied,) = report["missing"]  # type: ignore[misc]
    assert uncopied.startswith(f"The task sequence Inner [{GRANDCHILD}] is only in the original: no copy of ")


def test_what_a_pasted_child_needs_is_the_work_of_tsfix(tmp_path: Path) -> None:
    originals, out = copies(tmp_path, "1706")
    report = proof(out, originals)
    assert PASTED in kinds(report, "tsfix")
    assert not any(kind.startswith("lists of what") for kind in kinds(report, "site"))


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("2203", f"a call repeats what its child needs; that is {ABSENT}"),
        ("1706", f"content that may come from {ABSENT}"),
    ],
    ids=["called", "pasted"],
)
@pytest.mark.parametrize("against", ["a parent.zip", "."])
def test_without_the_childs_copy_the_report_names_the_child(
    tmp_path: Path, to: str, expected: str, against: str
) -> None:
    originals, out = copies(tmp_path, to)
    report = proof(out / f"a parent (for {to}).zip", originals / against)
    assert (1, False, {expected}) == (report["code"], report["proved"], kinds(report, "unexplained"))


def test_a_hand_in_a_pasted_child_is_not_explained(tmp_path: Path) -> None:
    originals, out = copies(tmp_path, "1706")
    copy = out / "a parent (for 1706).zip"
    with zipfile.ZipFile(copy) as old:
        contents = [(member, old.read(member)) for member in old.infolist()]
    assert any(b'name="Tools"' in data for _, data in contents)
    with zipfile.ZipFile(copy, "w") as new:
        for member, data in contents:
            new.writestr(member, data.replace(b'name="Tools"', b'name="Fools"'))
    report = proof(out, originals)
    both = {"a group or step is missing", "a group or step was added"}
    assert (False, both) == (report["proved"], kinds(report, "unexplained"))


def test_a_task_sequence_that_the_copy_of_its_export_lost_is_missing(tmp_path: Path) -> None:
    one, other = sequence(PARENT, "Outer", client_step()), sequence(CHILD, "Other", client_step())
    original, copy = write_all(tmp_path / "in.zip", one, other), write_all(tmp_path / "out.zip", one)
    report = proof(copy, original)
    lost = [f"The task sequence Other [{CHILD}] is only in the original"]
    assert (1, False, lost) == (report["code"], report["proved"], report["missing"])


def test_original_that_was_exported_again_is_found_by_its_id(tmp_path: Path) -> None:
    """Its bytes are others, so that the hash in the copy's description is not that of this file."""
    originals, out = copies(tmp_path, "2203")
    write(originals, "a parent", PARENT, "Outer (new name)", call(CHILD, "Middle", CLIENT.id, GRANDCHILD, TOOLS.id))
    report = proof(out, originals)
    pairs = [(item["before_id"], item["after_name"]) for item in report["task_sequences"]]  # type: ignore[attr-defined]
    assert [(PARENT, "Outer (for 2203)"), (CHILD, "Middle (for 2203)")] == pairs


def test_step_removed_by_a_decision_is_proved_with_the_decisions(tmp_path: Path) -> None:
    """The target could run the step: only the decision says why it is gone."""
    step = osd_steps.setup_windows("Old setup", CLIENT.id, "SMSMP=mp1.contoso.com")
    original = write(tmp_path, "in", PARENT, "Outer", client_step(), step, steps.restart("Restart"))
    decided = tmp_path / "tsfix.toml"
    decided.write_text(
        '[[decisions]]\ntask_sequence = "Outer"\nstep = "2"\nrule = "R6"\ndo = "remove"\nreason = "not used"\n',
        encoding="utf-8",
    )
    wanted = ("--to", "1706", "--client-package", LEGACY_CLIENT, "--decisions", decided)
    assert run("clone", original, *wanted, "-o", tmp_path / "out").code in (0, 1)
    copy = tmp_path / "out" / "in (for 1706).zip"
    assert {"a group or step is missing"} == kinds(proof(copy, original, "--to", "1706"), "unexplained")
    report = proof(copy, original, "--to", "1706", "--decisions", decided)
    assert (True, set()) == (report["proved"], kinds(report, "unexplained"))
    assert "taken out: you decided so" in kinds(report, "tsfix")
    decided.write_text(decided.read_text(encoding="utf-8") + 'target = "2203"\n', encoding="utf-8")
    assert not proof(copy, original, "--to", "1706", "--decisions", decided)["proved"]


def test_exports_of_several_days_share_ids(tmp_path: Path) -> None:
    """Each parent is explained by the child of its own export, not by another day's child of the same ID."""
    originals, out = tmp_path / "in", tmp_path / "out"
    for day in ("monday", "tuesday"):
        child = sequence(CHILD, "Middle", steps.run_command_line(f"Only {day}", f"cmd.exe /c {day}", site=1706))
        write_all(originals / f"{day}.zip", sequence(PARENT, "Outer", call(CHILD, "Middle")), child)
    assert run("clone", originals, "--to", "1706", "-o", out).code in (0, 1)
    report = proof(out, originals, "--to", "1706")
    assert (set(), True) == (kinds(report, "unexplained"), report["proved"])
