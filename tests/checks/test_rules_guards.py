"""Guards: what keeps the target's clients away from a step, what only looks like it, and what a finding becomes behind one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.checks.scenes import Scene, scene
from tests.made import Element, Group, Step, on
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tsfix.checks.guards import guarded_positions, holds

NEW_STEP = basic.run_powershell_script("Inline", lines=("Get-Date",), parameters="-Name 'a b' %Quote% \"x\"")
"""A setting that 1706 lacks."""

CLIENT_VERSION = "SELECT * FROM SMS_Client WHERE ClientVersion {} '{}'"


def client_query(operator: str, version: str) -> Element:
    return on.wmi(CLIENT_VERSION.format(operator, version), r"root\ccm")


def guarded(*parts: Element, to: str = "1706", before: tuple[Step, ...] = ()) -> bool:
    """Is a step in a group with this condition guarded?"""
    made = scene(*before, Group(name="Guarded", condition=on.when(*parts), children=(NEW_STEP,)), to=to)
    (subject,) = made.subjects()
    return (len(before), 0)[:1] in guarded_positions(subject)


@pytest.mark.parametrize(
    "part",
    [
        client_query(">=", "5.00.8790.1000"),
        client_query(">", "5.00.8577"),
        client_query("=", "5.00.9122.1002"),
        client_query("LIKE", "5.00.9%"),
        on.wmi(
            "select ClientVersion from SMS_Client where ClientVersion>='5.00.8790' and ClientId <> 'x'", r"ROOT\ccm"
        ),
        on.variable("_TS_CRCLIENTMINVER", "equals", "1"),
        on.variable("_ts_crclientminver", "exists"),
        on.all_of(on.IN_WINDOWS, client_query(">=", "5.00.8790")),
        on.any_of(on.variable("_TS_CRCLIENTMINVER", "equals", "1"), client_query(">=", "5.00.9000.1000")),
        on.none_of(on.variable("_TS_CRCLIENTMINVER", "notExists")),
    ],
)
def test_a_condition_that_is_false_on_older_clients_guards(part: Element) -> None:
    assert guarded(part)


@pytest.mark.parametrize(
    "part",
    [
        client_query("<", "5.00.8790.1000"),
        client_query(">=", "5.00.8325.1000"),
        client_query(">=", "5.00.8540.1500"),
        client_query("LIKE", "5.00.8%"),
        client_query("LIKE", "%1000"),
        on.wmi("SELECT * FROM SMS_Client WHERE ClientVersion >= '5.00.9000' OR ClientVersion IS NULL", r"root\ccm"),
        on.wmi("SELECT * FROM SMS_Client WHERE NOT ClientVersion >= '5.00.9000'", r"root\ccm"),
        on.wmi("SELECT * FROM CCM_Client WHERE ClientVersion >= '5.00.9000'", r"root\cimv2"),
        on.wmi("SELECT * FROM SMS_ClientOther WHERE ClientVersion >= '5.00.9000'", r"root\ccm"),
        on.wmi("SELECT * FROM Win32_OperatingSystem WHERE Version >= '10.0'"),
        on.variable("_TS_CRCLIENTMINVER", "notEquals", "0"),
        on.variable("_TS_CRCLIENTMINVER", "notExists"),
        on.variable("_SMSTSInWinPE", "equals", "FALSE"),
        on.any_of(on.IN_WINDOWS, client_query(">=", "5.00.8790")),
        on.none_of(client_query(">=", "5.00.8790")),
    ],
)
def test_a_condition_that_can_be_true_on_older_clients_does_not(part: Element) -> None:
    assert not guarded(part)


def test_an_equal_build_says_nothing() -> None:
    assert not guarded(client_query(">", "5.00.8540.1000"))


def test_the_target_decides() -> None:
    part = client_query(">=", "5.00.8790.1000")
    assert [True, False] == [guarded(part, to="1802"), guarded(part, to="1902")]


def readiness(minimum: str, **common: bool) -> Step:
    step = osd.check_readiness("Ready", memory=1, disk=1, on=("CheckCMClientMinVersion",))
    rows = {row[1]: row for row in step.variables}
    rows["CMClientMinVersion"] = ("OSDCMClientMinVersion", "CMClientMinVersion", minimum)
    return replace(step, variables=tuple(rows.values()), **common)  # type: ignore[arg-type]


RESULT = on.variable("_TS_CRCLIENTMINVER", "equals", "1")


def test_the_result_of_check_readiness_counts_where_the_target_knows_it() -> None:
    goes_on = readiness("5.00.9096.1000", continue_on_error=True)
    assert guarded(RESULT, to="2207", before=(goes_on,))
    assert not guarded(RESULT, to="2211", before=(goes_on,))
    assert not guarded(RESULT, to="2303", before=(goes_on,))
    assert not guarded(RESULT, to="2207")


def behind(step: Step, to: str) -> bool:
    (subject,) = scene(step, NEW_STEP, to=to).subjects()
    return (1,) in guarded_positions(subject)


def test_check_readiness_stops_older_clients() -> None:
    assert behind(readiness("5.00.9096.1000"), "2207")


@pytest.mark.parametrize(
    ("step", "to"),
    [
        (readiness("5.00.9096.1000"), "2211"),
        (readiness("5.00.9096.1000"), "1706"),
        (readiness("5.00.9096.1000", continue_on_error=True), "2207"),
        (readiness("5.00.9096.1000", disable=True), "2207"),
        (readiness(" .  .    ."), "2207"),
        (replace(readiness("5.00.9096.1000"), condition=on.when(on.IN_WINDOWS)), "2207"),
        (osd.check_readiness("Ready", memory=1, disk=1), "2207"),
    ],
    ids=[
        "new enough",
        "the check is ignored",
        "goes on",
        "disabled",
        "no version",
        "not always run",
        "not switched on",
    ],
)
def test_check_readiness_does_not_always_stop(step: Step, to: str) -> None:
    assert not behind(step, to)


def finding_of(made: Scene) -> list[tuple[str, str, bool, bool, str]]:
    return [
        (one.rule, one.severity, one.blocking, one.guarded, one.fix)
        for one in made.found()
        if one.location.path[-1:] == ("Ask",)
    ]


def test_a_guarded_error_is_a_warning_that_stands_in_no_way() -> None:
    step = basic.run_command_line("Ask", "cmd.exe /c ver", output_variable="ContosoAnswer")
    free = scene(Group(name="Free", children=(step,)))
    condition = on.when(client_query(">=", "5.00.8913"))
    behind_a_guard = scene(Group(name="Guarded", children=(step,), condition=condition))
    assert [("R26", "error", True, False, "decision")] == finding_of(free)
    assert [("R26", "warning", False, True, "advice")] == finding_of(behind_a_guard)
    (found,) = [one for one in behind_a_guard.found() if one.guarded]
    assert found.reason.endswith("guarded: its condition is false on clients as old as the target")


def test_in_a_disabled_group_it_is_marked_too() -> None:
    step = basic.run_command_line("Ask", "cmd.exe /c ver", output_variable="ContosoAnswer")
    made = scene(Group(name="Off", disable=True, children=(step,)))
    assert [("R26", "warning", False, True, "advice")] == finding_of(made)


def test_the_guard_itself_is_only_a_remark() -> None:
    made = scene(Group(name="Guarded", condition=on.when(RESULT), children=(basic.restart("Restart"),)))
    (found,) = [one for one in made.found() if one.rule == "R32"]
    assert ("info", False, True) == (found.severity, found.blocking, found.guarded)


def test_what_must_be_typed_in_again_does_not_depend_on_a_guard() -> None:
    step = osd.join_domain("Join", "contoso.example", "", r"CONTOSO\svc-join")
    made = scene(Group(name="Guarded", condition=on.when(client_query(">=", "5.00.9000")), children=(step,)))
    (found,) = [one for one in made.found() if one.rule == "R53"]
    assert ("warning", False) == (found.severity, found.guarded)


def test_several_conditions_count_together() -> None:
    made = scene(Group(name="Guarded", condition=on.when(on.IN_WINDOWS, client_query(">=", "5.00.8790"))))
    (subject,) = made.subjects()
    (group,) = subject.task_sequence.sequence.children
    assert group.condition is not None
    assert holds(subject, group.condition) is False
