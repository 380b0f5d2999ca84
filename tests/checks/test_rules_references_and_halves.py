"""References that cannot be met, lists that disagree with steps, and steps whose two halves disagree."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.checks.scenes import ID, Scene, client, hierarchy, scene, told
from tests.made import FIXTURES, Known, Step, knowledge, own_step, parts, raw, read_parts, sequence_text
from tests.made import osd_steps as osd
from tests.made import sequence as made_sequence
from tests.made import steps as basic
from tests.made import subject as made_subject
from tsfix.checks.two_halves import halves_torn
from tsfix.containers.discover import find_exports
from tsfix.containers.found import FoundExport
from tsfix.conversion import Refused
from tsfix.hierarchy import Hierarchy
from tsfix.parse.export import read_export
from tsfix.relink import relink
from tsfix.request import PackageMapping, RelinkRequest
from tsfix.values import PackageId

TOOLS = Known(id="CHQ000D0", name="Tools")
MORE = Known(id="CHQ000D1", name="More tools")
USE = basic.run_command_line("Use", "run.cmd", package_id=TOOLS.id)


def edited(old: str, new: str, *items: Step) -> Scene:
    """An export whose object was changed by hand."""
    content = parts(made_sequence(ID, "Deploy kiosk", *items), known=(TOOLS, MORE))
    part = f"SMS_TaskSequencePackage/{ID}/object.xml"
    assert old.encode() in content[part]
    return Scene(export=read_parts(content | {part: content[part].replace(old.encode(), new.encode(), 1)}), to=None)


def r46(made: Scene) -> list[str]:
    return [one.title for one in made.found() if one.rule == "R46"]


def test_consistent_exports_are_left_alone() -> None:
    assert [] == r46(scene(USE, known=(TOOLS,), boot="CHQ00005", to=None))


def test_fixtures_are_consistent() -> None:
    for found in find_exports([FIXTURES / "exports"]):
        assert isinstance(found, FoundExport)
        made = Scene(export=read_export(found.parts), to=None)
        assert [] == [title for title in r46(made) if "disagree" in title], found.parts.name


def test_the_reference_list_lacks_a_package() -> None:
    made = edited(f'<reference package="{TOOLS.id}"/>', f'<reference package="{MORE.id}"/>', USE)
    lacking, spare = f"it lacks {TOOLS.id}", f"has {MORE.id} that nothing uses"
    of_list = f"The reference list of the sequence and the enabled steps disagree: {lacking} and {spare}"
    lacking, spare = f"it lacks {MORE.id}", f"has {TOOLS.id} that nothing uses"
    of_object = f"The References of the object and the reference list and boot image disagree: {lacking} and {spare}"
    assert [of_list, of_object] == r46(made)


def test_the_rows_beside_the_object_disagree() -> None:
    content = parts(made_sequence(ID, "Deploy kiosk", USE), known=(TOOLS, MORE))
    part = f"SMS_TaskSequencePackage/{ID}/ReferencesInfo.xml"
    changed = content | {part: content[part].replace(TOOLS.id.encode(), MORE.id.encode())}
    ((severity, certainty, about),) = told(Scene(export=read_parts(changed), to=None).found(), "R46")
    assert ("warning", "certain", "ReferencesInfo.xml") == (severity, certainty, about)


def test_a_raw_sequence_without_a_list_is_fine() -> None:
    text = sequence_text(replace(USE, references=()))
    assert [] == r46(Scene(export=raw(text), to=None))


@pytest.mark.parametrize(
    "step",
    [
        basic.run_command_line("Plain", "cmd.exe /c ver"),
        basic.run_command_line("Blanks", "cmd.exe  /c ver "),
        USE,
        basic.set_variable("Set", "ContosoSite", "LEG"),
        basic.set_variable("Set", "ContosoSite", "LEG", site=1706),
        basic.set_variable("Hide", "ContosoKey", hidden=True),
        basic.restart("Restart", "WinPE"),
        osd.enable_bitlocker("Lock"),
        osd.enable_bitlocker("Lock", site=1706),
        osd.pre_provision_bitlocker("Lock"),
        osd.disable_bitlocker("Unlock"),
        osd.apply_driver_package("Drivers", "CHQ00014"),
        osd.apply_image("Apply", "CHQ00012", answer_package="CHQ00017", answer_file="a.xml"),
        own_step("Fabrikam_Custom_Action", "Own", "fabrikam.exe", ("A", "A", "b")),
    ],
)
def test_steps_as_a_site_writes_them(step: Step) -> None:
    assert [] == r46(Scene(export=raw(sequence_text(replace(step, references=()))), to=None))


@pytest.mark.parametrize(
    "step",
    [
        replace(basic.run_command_line("Other", "cmd.exe /c ver"), action="smsswd.exe /run: cmd.exe /c other"),
        replace(USE, action=f"smsswd.exe /run:{MORE.id} run.cmd"),
        replace(
            basic.set_variable("Set", "ContosoSite", "LEG"), action='tsenv.exe "ContosoSite=NEW" /hiddenflag:False'
        ),
        replace(basic.restart("Restart", "WinPE"), action="smsboot.exe"),
        replace(osd.apply_driver_package("Drivers", "CHQ00014"), action="osddriverclient.exe /install:CHQ00015 "),
        replace(
            osd.apply_image("Apply", "CHQ00012"),
            action="OSDApplyOS.exe /image:CHQ00099,%OSDImageIndex% /target:%OSDTargetDrive%",
        ),
        replace(
            osd.disable_bitlocker("Unlock"),
            action="OSDBitLocker.exe /disable /drive:D:",
            variables=(*osd.disable_bitlocker("Unlock").variables, ("OSDBitLockerTargetDrive", "TargetDrive", "C:")),
        ),
        replace(basic.run_command_line("Codes", "cmd.exe", success_codes="0 3010"), success_codes="0"),
    ],
)
def test_steps_whose_halves_disagree(step: Step) -> None:
    (finding,) = [
        one
        for one in Scene(export=raw(sequence_text(replace(step, references=()))), to=None).found()
        if one.rule == "R46"
    ]
    assert ("warning", False, "certain") == (finding.severity, finding.blocking, finding.certainty)


def test_the_site_says_that_something_is_missing() -> None:
    sequence = replace(made_sequence(ID, "Deploy kiosk"), values=(("TaskSequenceFlags", "1"),))
    made = Scene(export=read_parts(parts(sequence)), to=None)
    assert [("warning", "certain", "TaskSequenceFlags")] == told(made.found(), "R50")


@pytest.mark.parametrize(
    ("package", "complete", "expected"),
    [
        ("CHQ000D1", True, [("warning", "likely", "CHQ000D1")]),
        ("CHQ000D1", False, []),
        ("OLD000D1", False, [("warning", "likely", "OLD000D1")]),
        ("CHQ000D0", True, []),
    ],
    ids=["an inventory lacks it", "a file written by hand need not have it", "of a foreign site", "known"],
)
def test_objects_that_nobody_has(package: str, complete: bool, expected: list[tuple[str, str, str]]) -> None:
    step = basic.run_command_line("Use", "run.cmd", package_id=package)
    sites = hierarchy(client("CHQ000D0", "2309"), complete=complete)
    made = scene(step, to="LEG", known=(Known(id=package, name="Tools"),), sites=sites)
    assert expected == [one for one in told(made.found(), "R50") if one[2] != "advice"]


def test_disabled_steps_need_packages_that_no_list_has() -> None:
    step = basic.run_command_line("Later", "run.cmd", package_id=TOOLS.id, disable=True)
    assert [("info", "likely", TOOLS.id)] == told(scene(step, known=(TOOLS,), to=None).found(), "R50")
    assert [] == told(scene(step, USE, known=(TOOLS,), to=None).found(), "R50")


APPLY = replace(osd.apply_image("Apply", "CHQ00012"), references=())
TORN = replace(APPLY, action=APPLY.action.replace("CHQ00012", "CHQ00099"))


@pytest.mark.parametrize(
    ("to", "disable", "expected"),
    [(None, False, ("warning", False)), ("1706", False, ("error", True)), ("1706", True, ("info", False))],
)
def test_the_halves_name_different_packages(to: str | None, disable: bool, expected: tuple[str, bool]) -> None:
    text = sequence_text(replace(TORN, disable=disable))
    (finding,) = [one for one in Scene(export=raw(text), to=to).found() if one.rule == "R46"]
    assert expected == (finding.severity, finding.blocking)
    assert "CHQ00099" in finding.reason
    assert "CHQ00012" in finding.reason


@pytest.mark.parametrize(
    ("old", "torn"),
    [
        (("CHQ00012",), True),
        (("CHQ00099",), True),
        (("CHQ00012", "CHQ00099"), False),
        (("CHQ00012", "CHQ00099", "CHQ00001"), False),
        (("CHQ00077",), False),
    ],
)
def test_a_mapping_that_would_reach_one_half_only(old: tuple[str, ...], torn: bool) -> None:
    subject = made_subject(raw(sequence_text(TORN)), None)
    assert torn == bool(list(halves_torn(subject, old)))
    assert [] == list(halves_torn(made_subject(raw(sequence_text(APPLY)), None), old))


def test_relink_refuses_to_map_one_half() -> None:
    mapping = PackageMapping(old=PackageId("CHQ00012"), new=PackageId("LEG00012"))
    found = relink(raw(sequence_text(TORN)), RelinkRequest(mappings=(mapping,)), knowledge(), Hierarchy())
    assert isinstance(found.outcome, Refused)
    assert ["R46"] == [reason.rule for reason in found.outcome.reasons]
