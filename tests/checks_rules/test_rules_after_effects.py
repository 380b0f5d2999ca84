"""What depends on a step that goes out of action is said, with both places."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.checks_rules.scenes import ID
from tests.made import Group, Step, export, findings, knowledge, on, request, rewritten, sequence, subject
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tsfix.checks.after_effects import after_effects
from tsfix.reports.converted import converted
from tsfix.request import NewSteps
from tsfix.values import RuleId

R26 = RuleId("R26")
ASK = basic.run_command_line("Ask for user", "cmd.exe /c query user", output_variable="UserLoggedOn")
QUIET = on.when(on.variable("UserLoggedOn", "notEquals", "TRUE"))


def said(*items: Group | Step, gone: tuple[tuple[int, ...], ...] = ((0,),)) -> list[tuple[str, str]]:
    """Subject and the place that depends on it."""
    made = subject(export(sequence(ID, "Deploy kiosk", *items)))
    found = list(after_effects(made, dict.fromkeys(gone, R26)))
    assert {("R26", "warning", False)} >= {(one.rule, one.severity, one.blocking) for one in found}
    return [(one.subject, one.location.path[-1]) for one in found]


def test_a_condition_tests_what_nothing_sets_any_more() -> None:
    made = subject(export(sequence(ID, "Deploy kiosk", ASK, basic.restart("Restart later", condition=QUIET))))
    (found,) = after_effects(made, {(0,): R26})
    assert 'Set only in "Ask for user"; the condition tests UserLoggedOn notEquals "TRUE"' in found.reason
    assert "it may run where it did not" in found.reason
    assert ("Restart later",) == found.location.path


@pytest.mark.parametrize(
    "user",
    [
        Group(name="User", condition=on.when(on.variable("UserLoggedOn", "exists"))),
        basic.run_command_line("User", "cmd.exe /c echo %userloggedon%"),
        basic.run_powershell_script("User", lines=("$env.Value('UserLoggedOn')",)),
    ],
)
def test_every_use_counts(user: Group | Step) -> None:
    assert [("UserLoggedOn", "User")] == said(ASK, user)


@pytest.mark.parametrize(
    "items",
    [
        (ASK, basic.set_variable("Set", "userloggedon", "FALSE"), basic.restart("Restart", condition=QUIET)),
        (
            ASK,
            basic.run_powershell_script("S", lines=("$t.Value('UserLoggedOn') = '1'",)),
            Group(name="U", condition=QUIET),
        ),
        (ASK, basic.restart("Restart", condition=QUIET, disable=True)),
        (ASK, basic.run_command_line("Other", "cmd.exe /c echo %UserLoggedOnAt%")),
        (replace(ASK, disable=True), basic.restart("Restart", condition=QUIET)),
    ],
    ids=["set again", "set by a script", "disabled", "another variable", "never ran"],
)
def test_what_is_still_set_or_does_not_run_is_left_alone(items: tuple[Group | Step, ...]) -> None:
    assert [] == said(*items)


def test_what_goes_out_of_action_itself_needs_nothing() -> None:
    assert [] == said(ASK, basic.restart("Restart", condition=QUIET), gone=((0,), (1,)))


def test_a_group_takes_its_steps_along() -> None:
    group = Group(name="Questions", children=(ASK,))
    assert [("UserLoggedOn", "Restart")] == said(group, basic.restart("Restart", condition=QUIET))


def test_a_function_of_which_no_step_is_left() -> None:
    lock = osd.enable_bitlocker("Lock")
    assert [("SMS_TaskSequence_EnableBitLockerAction", "Lock")] == said(lock)
    assert [] == said(lock, replace(lock, name="Lock again"))
    assert [] == said(basic.run_command_line("Any", "cmd.exe /c ver"))


def test_a_scan_says_what_would_follow() -> None:
    made = export(sequence(ID, "Deploy kiosk", ASK, basic.restart("Restart", condition=QUIET)))
    (found,) = [one for one in findings(made, "1706") if one.subject == "UserLoggedOn"]
    assert ("R26", "info", False) == (found.rule, found.severity, found.blocking)
    assert "Without a step that the target cannot run" in found.title
    assert [] == [one for one in findings(made, "2309") if one.subject == "UserLoggedOn"]


@pytest.mark.parametrize("policy", ["disable", "remove", "placeholder"])
def test_the_report_of_a_copy_says_it_first(policy: NewSteps) -> None:
    made = export(sequence(ID, "Deploy kiosk", ASK, basic.restart("Restart", condition=QUIET)))
    wanted = request("1706", policy=policy)
    report = converted(rewritten(made, wanted), (subject(made),), knowledge(), wanted, "", written=False)
    first = report.still_true[0]
    assert ("UserLoggedOn", "warning", ("Restart",)) == (first.subject, first.severity, first.location.path)
