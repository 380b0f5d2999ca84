"""Download Package Content shows the names of its packages: they follow the IDs."""

from __future__ import annotations

from msgspec.structs import replace

from tests.made import Known, export, own_step, request, rewritten, sequence, step_values
from tsfix.conversion import Rewritten
from tsfix.request import PackageMapping
from tsfix.values import PackageId

ROWS = (
    ("OSDPackage", "PackageInfo", "2"),
    ("OSDPackage0Name", "PackageInfo0Name", "Old drivers"),
    ("OSDPackage0PackageId", "PackageInfo0PackageId", "CHQ00081"),
    ("OSDPackage0PkgType", "PackageInfo0PkgType", "3"),
    ("OSDPackage0Size", "PackageInfo0Size", "10"),
    ("OSDPackage1Name", "PackageInfo1Name", "Scripts"),
    ("OSDPackage1PackageId", "PackageInfo1PackageId", "CHQ00082"),
    ("OSDPackage1PkgType", "PackageInfo1PkgType", "0"),
    ("OSDPackage1Size", "PackageInfo1Size", "1"),
    ("OSDDownloadDownloadPackages", "DownloadPackages", "CHQ00081,CHQ00082"),
    ("OSDPackageCount", "NumPackages", "2"),
)
STEP = own_step(
    "SMS_TaskSequence_DownloadPackageContentAction",
    "Download",
    "OsdDownloadContent.exe",
    *ROWS,
    needs=("CHQ00081", "CHQ00082"),
)

FOUND = export(
    sequence("CHQ00050", "TS", STEP),
    known=(Known(id="CHQ00081", name="Old drivers"), Known(id="CHQ00082", name="Scripts")),
)


def values(done: Rewritten) -> dict[str, str]:
    return step_values(done.copy.task_sequences[0], "Download")


def test_the_new_name_where_it_is_known() -> None:
    mapping = PackageMapping(old=PackageId("CHQ00081"), new=PackageId("LEG00081"), new_name="Drivers for LEG")
    wanted = replace(request("2203"), mappings=(mapping,))
    found = values(rewritten(FOUND, wanted))
    assert ("LEG00081", "Drivers for LEG") == (found["OSDPackage0PackageId"], found["OSDPackage0Name"])
    assert ("CHQ00082", "Scripts") == (found["OSDPackage1PackageId"], found["OSDPackage1Name"])
    assert "LEG00081,CHQ00082" == found["OSDDownloadDownloadPackages"]


def test_the_new_id_where_nobody_said_the_name() -> None:
    """As in ReferencesInfo.xml: the old name must not stand beside the new package."""
    found = values(rewritten(FOUND, request("2203", maps={"CHQ00082": "LEG00082"})))
    assert ("LEG00082", "LEG00082") == (found["OSDPackage1PackageId"], found["OSDPackage1Name"])
    assert "Old drivers" == found["OSDPackage0Name"]
