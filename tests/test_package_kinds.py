"""What fits in the place of what: kinds and purposes of packages, from the hierarchy file and from the export."""

from __future__ import annotations

import pytest

from tests.made import (
    Known,
    Package,
    Step,
    export,
    hierarchy,
    knowledge,
    known_package,
    osd_steps,
    own_step,
    parts,
    raw,
    read_parts,
    sequence,
    sequence_text,
    state_steps,
)
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy, PackageKind
from tsfix.package_kinds import KindsOf

OLD, NEW = "ABC00001", "XYZ00001"
OTHER_KIND = "it is another kind of object."


def misfit(
    old: PackageKind | None = None, new: PackageKind | None = None, found: Export | None = None, of: str = OLD
) -> str:
    """What is said against NEW in the place of the old package, for what the file says of both."""
    known = [known_package(package_id.lower(), kind=kind) for package_id, kind in ((OLD, old), (NEW, new)) if kind]
    return KindsOf(found, knowledge(), hierarchy(*known)).misfit(of, NEW)


KINDS: tuple[tuple[PackageKind, str, str], ...] = (
    ("client", "package", "client package"),
    ("usmt", "package", "USMT package"),
    ("package", "package", ""),
    ("driver", "driver package", ""),
    ("image", "operating system image", ""),
    ("upgrade", "upgrade package", ""),
    ("boot-image", "boot image", ""),
)


@pytest.mark.parametrize(("old", "old_kind", "old_use"), KINDS)
@pytest.mark.parametrize(("new", "new_kind", "new_use"), KINDS)
def test_kinds_of_the_hierarchy_file(
    old: PackageKind, old_kind: str, old_use: str, new: PackageKind, new_kind: str, new_use: str
) -> None:
    expected = ""
    if old_kind != new_kind:
        expected = f"{OLD} ({old_kind}) cannot be replaced by {NEW} ({new_kind}): {OTHER_KIND}"
    elif old_use and new_use and old_use != new_use:
        expected = f"{OLD} ({old_use}) cannot be replaced by {NEW} ({new_use}): it serves another purpose."
    assert expected == misfit(old, new)


@pytest.mark.parametrize("known", ["old", "new", ""])
def test_nothing_is_said_against_what_nobody_knows(known: str) -> None:
    assert "" == misfit("driver" if known == "old" else None, "image" if known == "new" else None)


@pytest.mark.parametrize(
    ("row_type", "kind"),
    [
        (0, "package"),
        (3, "driver package"),
        (4, "task sequence"),
        (257, "operating system image"),
        (258, "boot image"),
        (259, "upgrade package"),
    ],
)
def test_a_row_tells_the_kind(row_type: int, kind: str) -> None:
    found = export(
        sequence("ABC00050", "TS", own_step("Fabrikam", "S", "", needs=(OLD,))),
        known=(Known(id=OLD, name="x", type=row_type),),
    )
    new: PackageKind = "driver" if kind == "package" else "package"
    what = {"driver": "driver package", "package": "package"}[new]
    expected = f"{OLD} ({kind}) cannot be replaced by {NEW} ({what}): {OTHER_KIND}"
    assert expected == misfit(new=new, found=found)


def test_a_place_tells_kind_and_purpose() -> None:
    steps = (osd_steps.setup_windows("S", OLD, ""), state_steps.capture_user_state("T", "ABC00002"))
    known = (Known(id=OLD, name="x"), Known(id="ABC00002", name="y"))
    found = export(sequence("ABC00050", "TS", *steps), known=known)
    text = "{} ({}) cannot be replaced by {} ({}): it serves another purpose."
    assert (
        "",
        text.format(OLD, "client package", NEW, "USMT package"),
        text.format("ABC00002", "USMT package", NEW, "client package"),
        "",
        "",
    ) == (
        misfit(new="client", found=found),
        misfit(new="usmt", found=found),
        misfit(new="client", found=found, of="ABC00002"),
        misfit(new="usmt", found=found, of="ABC00002"),
        misfit(new="package", found=found),
    )


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (osd_steps.apply_image("S", OLD), "operating system image"),
        (osd_steps.apply_driver_package("S", OLD), "driver package"),
        (osd_steps.setup_windows("S", OLD, ""), "package"),
    ],
)
def test_a_place_tells_the_kind_where_no_row_does(step: Step, kind: str) -> None:
    expected = f"{OLD} ({kind}) cannot be replaced by {NEW} (upgrade package): {OTHER_KIND}"
    assert expected == misfit(new="upgrade", found=raw(sequence_text(step)))


def test_several_kinds_are_listed_and_one_in_common_is_enough() -> None:
    """The file calls it a driver package; the export uses it as an image."""
    step = osd_steps.apply_image("S", OLD)
    found = export(sequence("ABC00050", "TS", step), known=(Known(id=OLD, name="x", type=257),))
    assert (
        "",
        "",
        f"{OLD} (driver package or operating system image) cannot be replaced by {NEW} (package): {OTHER_KIND}",
    ) == (misfit("driver", "image", found), misfit("driver", "driver", found), misfit("driver", "package", found))


def test_the_hierarchy_file_knows_the_purpose_better_than_the_place() -> None:
    step = osd_steps.setup_windows("S", OLD, "")
    found = export(sequence("ABC00050", "TS", step), known=(Known(id=OLD, name="x"),))
    assert "" == misfit("usmt", "usmt", found)


def test_without_an_export_and_a_file_nothing_is_said() -> None:
    assert "" == KindsOf(None, knowledge(), Hierarchy()).misfit(OLD, NEW)


@pytest.mark.parametrize(
    ("kind", "no_package", "no_upgrade"),
    [
        (None, "", ""),
        ("package", "", "another kind of object (package)"),
        ("client", "the client package", "another kind of object (package)"),
        ("usmt", "the USMT package", "another kind of object (package)"),
        ("upgrade", "another kind of object (upgrade package)", ""),
        ("boot-image", "another kind of object (boot image)", "another kind of object (boot image)"),
    ],
)
def test_what_a_package_of_ones_own_must_not_be(kind: PackageKind | None, no_package: str, no_upgrade: str) -> None:
    known = hierarchy(*(known_package(NEW.lower(), kind=one) for one in (kind,) if one is not None))
    kinds = KindsOf(None, knowledge(), known)
    assert (no_package, no_upgrade) == (kinds.other_than_package(NEW), kinds.other_than_upgrade(NEW))


def test_an_object_that_travels_in_the_export_tells_its_kind() -> None:
    package = Package(known=Known(id=OLD, name="x"), values=(("PkgSourcePath", "x"),))
    content = parts(sequence("ABC00050", "TS", own_step("Fabrikam", "S", "")), packages=(package,))
    drivers = {
        name.replace("SMS_Package/", "SMS_DriverPackage/"): data.replace(b"SMS_Package", b"SMS_DriverPackage")
        for name, data in content.items()
    }
    text = f"{OLD} ({{}}) cannot be replaced by {NEW} (boot image): {OTHER_KIND}"
    assert [text.format("package"), text.format("driver package")] == [
        misfit(new="boot-image", found=read_parts(found)) for found in (content, drivers)
    ]
