"""The lowest version that a task sequence needs, what forces it, and the least version of the site that exported it."""

from __future__ import annotations

import pytest

from tests.checks.scenes import scene
from tests.made import CLIENT, Group, Known, Step, on, raw, sequence_text
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tests.made import subject as subject_of
from tsfix.checks.minimum_version import MinimumVersion, exported_by, minimum_version

READY = osd.check_readiness("Ready", memory=1, disk=1, site=1706)
INLINE = basic.run_powershell_script("Inline", lines=("Get-Date",))
ASK = basic.run_command_line("Ask", "cmd.exe /c ver", output_variable="ContosoAnswer")
CALL = basic.run_task_sequence("Call", "CHQ00062", "Child", ())
CHILD = Known(id="CHQ00062", name="Child", type=4)


def needs(*items: Group | Step, version: str = "3.00") -> MinimumVersion:
    """Of a raw sequence: no object around it says anything."""
    return minimum_version(subject_of(raw(sequence_text(*items, version=version)), None))


def ids(found: MinimumVersion) -> tuple[str, str, str]:
    return found.site.id, found.client.id, found.after_copy.id


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((), ("2007", "2007", "2007")),
        ((basic.restart("Restart"),), ("2007", "2007", "2007")),
        ((READY,), ("2012-r2", "2012-r2", "2012-r2")),
        ((CALL,), ("1710", "1710", "1710")),
        ((INLINE,), ("1902", "1902", "1902")),
        ((ASK, INLINE, CALL), ("1910", "1910", "1910")),
        ((basic.set_variable("Token", "SMSTSAllowTokenAuthURLForACP", "TRUE", site=1706),), ("2007", "2203", "2203")),
        ((Group(name="Test", condition=on.when(on.variable("A", "notLike", "b*"))),), ("2103", "2103", "2103")),
    ],
)
def test_the_newest_fact_decides(items: tuple[Group | Step, ...], expected: tuple[str, str, str]) -> None:
    assert expected == ids(needs(*items))


def test_what_is_not_used_forces_nothing() -> None:
    step = basic.run_command_line("Plain", "cmd.exe /c ver")
    assert ("2007", "2007", "2007") == ids(needs(step))


def test_a_disabled_step_must_be_stored_but_no_client_runs_it() -> None:
    call = basic.run_task_sequence("Call", "CHQ00062", "Child", (), disable=True)
    assert ("1710", "2007", "1710") == ids(needs(call))


def test_a_switch_that_a_copy_cuts_does_not_count_for_the_copy() -> None:
    found = needs(basic.set_variable("Site", "ContosoSite", "LEG"))
    assert ("2007", "1806", "2007") == ids(found)
    assert [("switch /hiddenflag:False in the action line of Set Task Sequence Variable", True)] == [
        (force.what, force.mended) for force in found.forcing("client")
    ]


def test_the_schema_version_is_mended_by_a_copy() -> None:
    assert ("1606", "1606", "2007") == ids(needs(version="3.10"))


def test_a_variable_that_keeps_command_lines_out_of_the_log() -> None:
    keep = basic.set_variable("Keep out", "OSDDoNotLogCommand", "TRUE", site=1706)
    run = basic.run_command_line("Secret", "cmd.exe /c ver", site=1706)
    assert "1902" == needs(keep, run).client.id
    assert "1806" == needs(keep).client.id


def test_a_name_in_a_script_proves_nothing() -> None:
    step = basic.run_command_line("Read", "powershell.exe -Command $t.Value('_TSSecureBoot')", site=1706)
    assert "2007" == needs(step).client.id


def test_every_force_has_a_place_a_source_and_a_grade() -> None:
    found = needs(ASK, INLINE, CALL)
    assert {"certain", "likely"} >= {force.certainty for force in found.forces}
    assert all(force.source.page and force.location.path for force in found.forces)
    assert ["1910", "1902", "1710", "2012-r2"] == [force.version.id for force in found.forces]


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        (1302, "1602"),
        (1610, "1602"),
        (1702, "1702"),
        (1706, "1706"),
        (1810, "1810"),
        (1902, "1902"),
        (2010, "2010"),
        (2309, "2010"),
    ],
)
def test_the_properties_of_the_object_tell_the_exporting_site(site: int, expected: str) -> None:
    (subject,) = scene(site=site).subjects()
    found = exported_by(subject)
    assert found is not None
    assert expected == found.id


def test_steps_raise_the_lower_bound() -> None:
    (subject,) = scene(osd.check_readiness("Ready", memory=1, disk=1), site=2309).subjects()
    found = minimum_version(subject)
    assert found.exported_by is not None
    assert ("2111", "2012-r2") == (found.exported_by.id, found.after_copy.id)


def test_a_2012_export_names_no_version() -> None:
    text = sequence_text(osd.setup_windows("Client", CLIENT.id, ""), version="3.00")
    assert exported_by(subject_of(raw(text), None)) is None
