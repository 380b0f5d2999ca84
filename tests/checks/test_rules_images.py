"""Boot images, Windows PE and the Windows to install: what is newer than the target, and how sure that is."""

from __future__ import annotations

import pytest

from tests.checks.cases_images import ARM64, CUSTOM, DEFAULT, images
from tests.checks.scenes import boot_image, hierarchy, scene, told
from tests.made import Known, knowledge
from tests.made import osd_steps as osd
from tsfix.checks.windows_versions import adk_for, adk_table, named_build, windows_build
from tsfix.hierarchy import Hierarchy, KnownPackage
from tsfix.values import PackageId

UNKNOWN = Known(id="CHQ000B9", name="", type=258)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.22621.1", 22621),
        ("10.0.17763", 17763),
        ("22631.2861", 22631),
        ("19045", 19045),
        (" 10.0.26100.1 ", 26100),
        ("", None),
        ("1607 Prod", None),
        ("x64 1607 Vanilla", None),
        ("20H2", None),
        ("20231105", None),
        ("6.1.7601.24214", None),
        ("3.2", None),
    ],
)
def test_builds_of_windows(text: str, expected: int | None) -> None:
    assert expected == windows_build(text)


@pytest.mark.parametrize(
    ("build", "key"), [(22621, "11-22h2"), (22631, "11-22h2"), (19045, "10-2004"), (10586, "10-1511"), (9600, None)]
)
def test_the_adk_of_a_build(build: int, key: str | None) -> None:
    found = [adk.key for adk in adk_for(knowledge(), build)]
    assert ([] if key is None else [key]) == found


def test_a_version_without_a_table_takes_that_of_a_newer_one() -> None:
    base = knowledge()
    without = [one for one in base.versions if one.family == "current-branch" and not one.adk]
    assert without, "every version has a table now: this test and the rule for such versions can go"
    for version in without:
        table = adk_table(base, version)
        assert table is not None
        assert table.version.adk
    sp1 = adk_table(base, base.find_version("2012 SP1"))
    assert sp1 is not None
    assert "2012-r2" == sp1.version.id


def test_the_default_image_at_a_2012_site_does_not_work() -> None:
    assert [("error", "certain", DEFAULT.id)] == told(images(DEFAULT, to="2012 R2").found(), "R15")


def test_the_default_image_whose_client_is_old_enough_is_fine() -> None:
    known = hierarchy(boot_image(DEFAULT.id, "2207", default=True))
    assert [] == told(scene(to="LEG", boot=DEFAULT.id, known=(DEFAULT,), sites=known).found(), "R15")


def test_an_image_of_which_nothing_is_known() -> None:
    made = scene(to="1706", boot=UNKNOWN.id, known=(UNKNOWN,))
    assert [("warning", "unknown", UNKNOWN.id)] == told(made.found(), "R15")


def test_a_custom_image_of_which_no_client_is_known_is_what_a_copy_should_have() -> None:
    found = images(CUSTOM).found()
    assert [] == [one.title for rule in ("R15", "R16", "R18") for one in found if one.rule == rule]


def test_without_a_target_nothing_is_too_new() -> None:
    made = scene(to=None, boot=DEFAULT.id, known=(DEFAULT,))
    assert [] == [one.title for one in made.found() if one.rule in ("R15", "R18", "R23", "R30")]


def test_the_hierarchy_file_knows_architectures() -> None:
    known = KnownPackage(id=PackageId(CUSTOM.id), kind="boot-image", default=False, architecture="arm64")
    made = scene(to="2309", boot=CUSTOM.id, known=(CUSTOM,), sites=Hierarchy(packages=(known,)))
    assert [("error", "certain", CUSTOM.id)] == told(made.found(), "R21")
    assert [] == told(images(ARM64, to="2403").found(), "R21")


def test_a_windows_pe_that_the_table_names_as_not_supported() -> None:
    image = Known(id="CHQ000B0", name="Our boot image", type=258, version="10.0.16299.15")
    made = scene(to="1706", boot=image.id, known=(image,))
    assert [] == told(made.found(), "R18")
    older = scene(to="1702", boot=image.id, known=(image,))
    assert [("warning", "certain", image.id)] == told(older.found(), "R18")
    newer = scene(to="2309", boot=image.id, known=(image,))
    assert [("info", "likely", image.id)] == told(newer.found(), "R18")


@pytest.mark.parametrize(("build", "said"), [("10.0.10240.16384", ("info", "unknown")), ("10.0.14393.0", None)])
def test_the_table_of_a_newer_version_never_makes_an_image_too_old(build: str, said: tuple[str, str] | None) -> None:
    """1606 has no table; that of 1610 begins with Windows PE 10.0.14393."""
    image = Known(id="CHQ000B0", name="Our boot image", type=258, version=build)
    found = scene(to="1606", boot=image.id, known=(image,)).found()
    assert ([(*said, image.id)] if said else []) == told(found, "R18")


def test_the_table_of_a_newer_version_bounds_what_is_too_new() -> None:
    image = Known(id="CHQ000B0", name="Our boot image", type=258, version="10.0.15063.0")
    assert [("warning", "likely", image.id)] == told(scene(to="1606", boot=image.id, known=(image,)).found(), "R18")


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("Windows 10 Enterprise", "x64 1607 Contoso", (14393, "Windows 10 1607")),
        ("Win10 v1709 (golden)", "", (16299, "Windows 10 1709")),
        ("Windows 10 Pro 20H2", "replaces 2004", (19041, "Windows 10 2004")),
        ("Windows 11 21H2", "", (22000, "Windows 11 21H2")),
        ("W11_24h2", "", (26100, "Windows 11 24H2")),
        ("Windows 11 26H2", "", (26300, "Windows 11 26H2")),
        ("Windows 11 26H1 for new devices", "", (28000, "Windows 11 26H1")),
        ("Windows 11 Enterprise", "", (22000, "Windows 11")),
        ("Windows 10 2016 LTSB", "", (10240, "Windows 10")),
        ("Windows 10 (04-2004)", "17.1809.2", (10240, "Windows 10")),
        ("Windows 11 1809", "", (22000, "Windows 11")),
        ("Windows 10 and Windows 11", "22H2", None),
        ("Windows Server 2016", "Windows 10 1607", None),
        ("Windows 7 for the Windows 10 project", "1607", None),
        ("Boot image (ADK for Windows 10 1607)", "", None),
        ("Contoso image", "1607", None),
        ("Windows 10.5", "", None),
    ],
)
def test_what_the_name_of_an_image_says(name: str, others: str, expected: tuple[int, str] | None) -> None:
    assert expected == named_build(knowledge(), name, others)


@pytest.mark.parametrize(
    ("to", "fires"), [("2012 R2", True), ("2012 R2 SP1", True), ("1511", True), ("1610", False), ("2309", False)]
)
def test_an_image_without_a_version_is_judged_by_its_name(to: str, fires: bool) -> None:
    image = Known(id="CHQ000C1", name="Windows 10 Enterprise", type=257, version="x64 1607 Contoso")
    made = scene(osd.apply_image("Apply", image.id), to=to, known=(image,), site=1511)
    assert ([("warning", "likely", image.id)] if fires else []) == told(made.found(), "R30")
