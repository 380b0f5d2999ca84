"""Saved user states, extensions, conditions, collisions: cases that the table of rules has no room for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.checks.cases_client import migration, setup
from tests.checks.cases_export import CHILD, family, two
from tests.checks.scenes import ID, Scene, client, hierarchy, scene, told
from tests.made import CLIENT, Element, Group, Known, Step, on, own_step
from tests.made import osd_steps as osd
from tests.made import state_steps as state
from tests.made import steps as basic
from tsfix.hierarchy import Hierarchy, Site
from tsfix.values import SiteCode

TOOLKIT = Known(id="CHQ000D5", name="Toolkit")


def test_usmt_of_which_nothing_is_known() -> None:
    made = migration("CHQ000EE", "CHQ000EE", usmt="00000000")
    assert [("warning", "unknown", "CHQ000EE")] * 2 == told(made.found(), "R11")


def test_usmt_is_fine_at_the_newest_site() -> None:
    assert [] == told(migration("CHQ00001", "CHQ00001", to="NEW").found(), "R11")


def test_one_half_of_a_migration_where_the_sites_stand_on_both_sides_of_the_change() -> None:
    steps = (state.request_state_store("Request", "capture"), state.capture_user_state("Capture", "CHQ00001"))
    both = scene(*steps, to="LEG", usmt="CHQ00001", sites=hierarchy(older="2010"))
    assert [("info", "unknown", "2103")] == told(both.found(), "R13")
    one = scene(*steps, to="LEG", usmt="CHQ00001", sites=hierarchy(older="2207"))
    assert [] == told(one.found(), "R13")


def test_without_a_state_store_the_encryption_does_not_matter() -> None:
    steps = (
        state.capture_user_state("Capture", "CHQ00001"),
        setup(),
        state.restore_user_state("Restore", "CHQ00001"),
    )
    sites = hierarchy(client(CLIENT.id, "2309", default=True), older="2010")
    assert [] == told(scene(*steps, to="LEG", usmt="CHQ00001", sites=sites).found(), "R13")


def expression(kind: str, **values: str) -> Element:
    rows = tuple(Element(tag="variable", attributes=(("name", name),), text=value) for name, value in values.items())
    return Element(tag="expression", attributes=(("type", kind),), children=rows)


MAKE_MODEL = expression("SMS_TaskSequence_MakeModelConditionExpression", Make="Fabrikam", Model="Northwind")
UNKNOWN = expression("Fabrikam_Expression", Tag="a")


def rules(*parts: Element) -> Step:
    rule = basic.rule(on.when(*parts), ("ContosoOffice", "ZRH", False))
    return basic.set_dynamic_variables("Rules", Element(tag="Rules", children=(rule,)))


def r35(*items: Group | Step) -> list[tuple[str, str, str]]:
    return told(scene(*items, to=None).found(), "R35")


def test_conditions_inside_rules_are_looked_at_too() -> None:
    assert [("error", "unknown", "Fabrikam_Expression")] == r35(rules(UNKNOWN))
    assert [] == r35(rules(MAKE_MODEL))


def test_an_expression_of_rules_has_no_place_in_a_step() -> None:
    kind = "SMS_TaskSequence_MakeModelConditionExpression"
    assert [("error", "unknown", kind)] == r35(Group(name="Model", condition=on.when(MAKE_MODEL)))


def test_unknown_operators_and_elements() -> None:
    operator = Element(tag="operator", attributes=(("type", "xor"),), children=(on.IN_WINDOWS,))
    assert [("error", "unknown", "operator xor")] == r35(Group(name="Xor", condition=on.when(operator)))
    strange = Element(tag="when", attributes=(("a", "b"),))
    ((severity, certainty, about),) = r35(Group(name="Strange", condition=on.when(strange)))
    assert ("error", "unknown", True) == (severity, certainty, about.startswith("<when"))


def test_a_disabled_step_with_an_unknown_condition_is_a_warning() -> None:
    step = basic.restart("Restart", condition=on.when(UNKNOWN), disable=True)
    assert [("warning", "unknown", "Fabrikam_Expression")] == r35(step)


def test_rules_that_are_no_xml() -> None:
    step = own_step(
        "SMS_TaskSequence_SetDynamicVariablesAction",
        "Rules",
        "OSDSetDynamicVariables.exe",
        ("OSDSetDynamicVariablesRules", "Rules", "<Rules><Rule>"),
    )
    assert [("error", "unknown", "(rules)")] == r35(step)


def platform(name: str) -> Group:
    key = Element(tag="platformKey", attributes=(("arch", "x64"), ("type", "Win_NT")))
    group = Element(tag="osExpressionGroup", attributes=(("type", "and"), ("name", name)), children=(key,))
    part = Element(tag="osConditionGroup", attributes=(("type", "or"),), children=(group,))
    return Group(name="Platform", condition=on.when(on.any_of(part)))


@pytest.mark.parametrize(
    ("name", "to", "expected"),
    [
        ("All Windows 11 (64-bit)", "2103", [("info", "likely", "Windows 11 and Windows Server 2022")]),
        ("All Windows 11 (64-bit)", "2107", []),
        ("All Windows Server 2025", "2403", [("info", "likely", "Windows 11 24H2 and Windows Server 2025")]),
        ("All Windows 10 (64-bit)", "1706", []),
        ("Windows Server 2019 and higher", "1511", [("info", "likely", "Windows Server 2019")]),
        ("Windows Server 2019 and higher", "1806", []),
    ],
)
def test_platforms_that_the_older_console_does_not_list(
    name: str, to: str, expected: list[tuple[str, str, str]]
) -> None:
    assert expected == told(scene(platform(name), to=to, site=1706).found(), "R34")


def test_the_client_cannot_be_asked_in_windows_pe() -> None:
    condition = on.when(on.wmi("SELECT * FROM SMS_Client", r"root\ccm"))
    image = osd.partition_disk("Disk", "MBR", (), condition=condition)
    assert [("info", "likely", r"root\ccm")] == told(scene(image, to=None).found(), "R34")
    assert [] == told(scene(basic.restart("Restart", condition=condition), to=None).found(), "R34")


def test_a_vendor_is_named_once() -> None:
    steps = (
        basic.set_variable("License", "2PintTurboLicense", "x"),
        basic.restart("Restart", condition=on.when(on.variable("StifleRAgentId", "exists"))),
        basic.run_command_line("BIOS", "cctk.exe --infile x"),
    )
    assert [("info", "likely", "OSD Toolkit, ACP, StifleR")] == told(scene(*steps).found(), "R44")
    assert [] == told(scene(*steps, to=None).found(), "R44")


def test_the_end_of_the_toolkit() -> None:
    step = own_step(
        "BDD_UsePackage",
        "Toolkit",
        "smsswd.exe /run:CHQ000D5",
        ("BDDPackageID", "^PackageID", TOOLKIT.id),
        needs=(TOOLKIT.id,),
    )
    newest = Hierarchy(sites=(Site(code=SiteCode("CHQ"), version="2509"),))
    made = scene(step, to=None, known=(TOOLKIT,), sites=newest)
    assert ("warning", "certain", "end of MDT") in told(made.found(), "R45")
    assert [("warning", "likely", "BDD_UsePackage")] == told(scene(step, to="2309", known=(TOOLKIT,)).found(), "R45")


def test_a_disabled_child_fails_the_run() -> None:
    made = family((basic.run_task_sequence("Call", CHILD.id, CHILD.name, ()),), ())
    assert [] == told(made.found(), "R49")
    content = dict(made.export.parts.parts)
    part = f"SMS_TaskSequencePackage/{CHILD.id}/object.xml"
    assert b"TsEnabled" in content[part]
    sequence = made.export.task_sequences[1].task_sequence
    off = tuple(replace(one, value="FALSE") if one.name == "TsEnabled" else one for one in sequence.properties)
    child = replace(made.export.task_sequences[1], task_sequence=replace(sequence, properties=off))
    export = replace(made.export, task_sequences=(made.export.task_sequences[0], child))
    assert [("error", "certain", CHILD.id)] == told(Scene(export=export, to="2309").found(), "R49")


def test_a_child_with_a_boot_image_and_a_circle() -> None:
    to_child = basic.run_task_sequence("Call", CHILD.id, CHILD.name, ())
    back = basic.run_task_sequence("Call back", ID, "Parent", ())
    assert [("warning", "certain", CHILD.id)] == told(family((to_child,), (), boot="CHQ00005").found(), "R49")
    assert [("error", "certain", CHILD.id), ("error", "certain", ID)] == told(
        family((to_child,), (back,)).found(), "R49"
    )


def test_the_id_of_another_object() -> None:
    made = scene(to=None, sites=hierarchy(client(ID, "2309")))
    assert [("error", "certain", ID)] == told(made.found(), "R54")


def test_names_are_told_once_for_the_export() -> None:
    found = [one for one in two("Kiosk", "Kiosk").found() if one.rule == "R54"]
    assert [("", ())] == [(one.location.task_sequence, one.location.path) for one in found]


def test_an_mdt_file_gets_one_remark() -> None:
    from tests.made import FIXTURES
    from tsfix.containers.discover import find_exports
    from tsfix.containers.found import FoundExport
    from tsfix.parse.export import read_export

    (found,) = [one for one in find_exports([FIXTURES / "exports" / "mdt"]) if isinstance(one, FoundExport)]
    made = Scene(export=read_export(found.parts), to="1706")
    assert [("R45", "info", False)] == [(one.rule, one.severity, one.blocking) for one in made.found()]
