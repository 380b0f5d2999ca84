"""``use-upgrade-package``: an upgrade by a feature update, which versions below 2103 lack, upgrades from a package instead."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.made import Step, export, request, rewritten, sequence
from tests.rewrites.written_laws import breaches
from tsfix.decisions import Decision
from tsfix.errors import UsageError
from tsfix.export import Export

UPDATE = "8d7e4a1c-2222-4333-8444-555555555555"
PACKAGE = "LEG00060"
CLONE = ("--to", "2010")


def upgrade(name: str = "Upgrade", **values: str) -> Step:
    rows = {
        "DynamicUpdateSettings": ("OSDUpgradeDynamicUpdateSettings", "Disable"),
        "FeatureUpdateAssignmentId": ("OSDFeatureUpdateAssignmentID", UPDATE),
        "FeatureUpdateName": ("OSDUpgradeFeatureUpdateName", "Windows 11, version 23H2"),
        "InstallEditionIndex": ("OSDUpgradeInstallEditionIndex", "1"),
        "InstallPath": ("OSDUpgradeInstallPath", ""),
        "ScanOnly": ("OSDUpgradeScanOnly", "false"),
    }
    return Step(
        type="SMS_TaskSequence_UpgradeOperatingSystemAction",
        name=name,
        action="OSDUpgradeOS.exe ",
        variables=tuple((variable, key, values.get(key, value)) for key, (variable, value) in rows.items()),
        run_in="FullOS",
    )


def of(*items: Step) -> Export:
    return export(sequence("CHQ00D00", "Deploy", *items))


def decision(package: str = PACKAGE, step: str = "Upgrade") -> Decision:
    return Decision(
        task_sequence="Deploy", rule="R26", do="use-upgrade-package", reason="CHG0012345", step=step, package=package
    )


def test_the_step_upgrades_from_the_package_and_every_list_has_it() -> None:
    made = of(upgrade())
    done = rewritten(made, request("2010", decisions=(decision(),)))
    (exported,) = done.copy.task_sequences
    (step,) = exported.task_sequence.sequence.steps()
    assert [
        ("DynamicUpdateSettings", "Disable"),
        ("InstallEditionIndex", "1"),
        ("InstallPackageID", PACKAGE),
        ("InstallPath", ""),
        ("ScanOnly", "false"),
    ] == [(one.property, one.value) for one in step.variables]
    assert [PACKAGE] == [one.package for one in exported.task_sequence.sequence.references]
    assert [PACKAGE] == [one.package for one in exported.task_sequence.object_references]
    assert [(PACKAGE, "259")] == [(row.package_id, row.package_type) for row in exported.references_info]
    assert not breaches(done.copy.parts.parts) - breaches(made.parts.parts)
    assert [] == [one.title for one in done.remaining if one.blocking]


@pytest.mark.parametrize(
    ("step", "package", "why"),
    [
        (upgrade(FeatureUpdateAssignmentId=""), PACKAGE, "names no feature update"),
        (upgrade(InstallPath=r"\\contoso\media"), PACKAGE, "names a package or a folder besides"),
        (upgrade(), "CHQ00005", "another kind of object (boot image)"),
    ],
)
def test_what_does_not_go_is_refused(step: Step, package: str, why: str) -> None:
    made = export(sequence("CHQ00D00", "Deploy", step, boot_image="CHQ00005"))
    with pytest.raises(UsageError, match=re.escape(why)):
        rewritten(made, request("2010", decisions=(decision(package),)))


def test_a_refusal_offers_it_and_the_copy_is_proved(tmp_path: Path) -> None:
    place, file, out = tmp_path / "Deploy.zip", tmp_path / "tsfix.toml", tmp_path / "out"
    with zipfile.ZipFile(place, "w") as written:
        for name, data in of(upgrade()).parts.parts.items():
            written.writestr(name, data)
    first = run("clone", place, *CLONE, "-o", out, "--format", "json")
    (report,) = json.loads(first.stdout)["exports"]
    block = report["decision_block"]
    assert (3, True) == (first.code, 'do = ""  # use-upgrade-package, disable' in block)
    answered = block.replace('do = ""', 'do = "use-upgrade-package"').replace('reason = ""', 'reason = "CHG0012345"')
    file.write_text(answered, encoding="utf-8")
    assert "package needs one" not in first.said
    assert "use-upgrade-package needs one" in run("clone", place, *CLONE, "-o", out, "--decisions", file).said
    file.write_text(answered.replace('# package = ""', f'package = "{PACKAGE}"'), encoding="utf-8")
    second = run("clone", place, *CLONE, "-o", out, "--decisions", file)
    assert (0, False) == (second.code, "The decision" in second.stderr)
    copy = out / "Deploy (for 2010).zip"
    proved = run("verify", copy, "--against", place, *CLONE, "--decisions", file)
    assert 0 == proved.code, proved.stdout
    assert "an upgrade package in place of a feature update" in proved.said
    assert 1 == run("verify", copy, "--against", place, *CLONE).code
    again = run("clone", copy, *CLONE, "-o", tmp_path / "again", "--decisions", file)
    assert "no copy needed" in again.said
