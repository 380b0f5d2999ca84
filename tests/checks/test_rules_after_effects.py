"""What depends on a step that goes out of action is said, with both places."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.checks.scenes import ID
from tests.made import Group, Step, export, findings, knowledge, on, request, rewritten, sequence, state_steps, subject
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tsfix.checks.after_effects import after_effects
from tsfix.checks.one_run import runs
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.reports.converted import converted
from tsfix.request import NewSteps
from tsfix.values import RuleId

R26 = RuleId("R26")
ASK = basic.run_command_line("Ask for user", "cmd.exe /c query user", output_variable="UserLoggedOn")
QUIET = on.when(on.variable("UserLoggedOn", "notEquals", "TRUE"))


def said(*items: Group | Step, gone: tuple[tuple[int, ...], ...] = ((0,),)) -> list[tuple[str, str]]:
    """Subject and the place that depends on it."""
    made = subject(export(sequence(ID, "Deploy kiosk", *items)))
    found = after_effects([made], {made.exported.part: dict.fromkeys(gone, R26)})
    assert {("R26", "warning", False)} >= {(one.rule, one.severity, one.blocking) for one in found}
    return [(one.subject, one.location.path[-1]) for one in found]


def test_a_condition_tests_what_nothing_sets_any_more() -> None:
    made = subject(export(sequence(ID, "Deploy kiosk", ASK, basic.restart("Restart later", condition=QUIET))))
    (found,) = after_effects([made], {made.exported.part: {(0,): R26}})
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


KNOWN_USER = on.when(on.variable("UserLoggedOn", "exists"))
NOBODY = on.when(on.variable("UserLoggedOn", "notExists"))
CHILD = "CHQ00301"


def in_words(*items: Group | Step) -> list[tuple[str, str]]:
    """The last words of the title and the place, in the order of the report; the first step is out of action."""
    made = subject(export(sequence(ID, "Deploy kiosk", *items)))
    found = after_effects([made], {made.exported.part: {(0,): R26}})
    return [(one.title.rpartition(": ")[2], one.location.path[-1]) for one in found]


def estate(*parent: Group | Step, child: tuple[Group | Step, ...] = (ASK,)) -> Export:
    return export(sequence(CHILD, "Questions", *child), sequence(ID, "Deploy kiosk", *parent))


CALL = basic.run_task_sequence("Ask", CHILD, "Questions", ())


def still_true(made: Export, to: str = "1806") -> tuple[Finding, ...]:
    wanted = request(to, policy="disable")
    subjects = tuple(subject(made, to, index=index) for index in range(len(made.task_sequences)))
    return converted(rewritten(made, wanted), subjects, knowledge(), wanted, "", written=False).still_true


def test_a_parent_sees_what_its_child_no_longer_sets() -> None:
    made = estate(
        CALL,
        Group(name="Found", condition=KNOWN_USER, children=(basic.restart("Restart"),)),
        Group(name="Not found", condition=NOBODY, children=(basic.run_command_line("Fail", "cmd.exe /c exit 1"),)),
    )
    found = [one for one in still_true(made) if one.subject == "UserLoggedOn"]
    assert [
        ("Nothing in the copy sets UserLoggedOn any more: this group never runs", ("Found",)),
        ("Nothing in the copy sets UserLoggedOn any more: the condition of this group always holds", ("Not found",)),
    ] == [(one.title, one.location.path) for one in found]
    assert 'Set only in "Ask for user" of the task sequence "Questions"' in found[0].reason
    assert ['In it: "Fail".'] == [one.text for one in found[1].evidence]


def test_a_child_sees_what_its_parent_no_longer_sets() -> None:
    made = estate(ASK, CALL, child=(Group(name="Found", condition=KNOWN_USER),))
    assert ["Questions"] == [one.location.task_sequence for one in still_true(made) if one.subject == "UserLoggedOn"]


def test_what_the_parent_sets_by_itself_is_not_lost_with_the_child() -> None:
    group = Group(name="Found", condition=KNOWN_USER)
    told = estate(basic.set_variable("Set", "UserLoggedOn", "TRUE"), CALL, group)
    assert () == tuple(one for one in still_true(told) if one.subject == "UserLoggedOn")


def test_a_disabled_call_shares_nothing() -> None:
    made = estate(replace(CALL, disable=True), Group(name="Found", condition=KNOWN_USER))
    assert () == tuple(one for one in still_true(made) if one.subject == "UserLoggedOn")


def test_a_scan_follows_variables_into_the_parent() -> None:
    made = estate(CALL, Group(name="Found", condition=KNOWN_USER))
    for to in ("1806", "1706"):
        found = [one for index in (0, 1) for one in findings(made, to, index=index) if one.subject == "UserLoggedOn"]
        assert [("info", ("Found",))] == [(one.severity, one.location.path) for one in found]
    assert [] == [one for one in findings(made, "2309", index=1) if one.subject == "UserLoggedOn"]


def test_task_sequences_that_call_each_other_come_to_an_end() -> None:
    made = estate(CALL, child=(ASK, basic.run_task_sequence("Again", ID, "Deploy kiosk", ())))
    subjects = [subject(made, index=index) for index in (0, 1)]
    assert [["Ask for user", "Again", "Ask"]] == [[placed.item.name for placed in run] for run in runs(subjects)]


def test_a_setter_in_what_never_runs_is_lost_too() -> None:
    inner = basic.set_variable("Set answer", "Answer", "yes")
    group = Group(name="Known", condition=KNOWN_USER, children=(Group(name="Inner", children=(inner,)),))
    after = basic.restart("Restart", condition=on.when(on.variable("Answer", "equals", "yes")))
    assert [("this group never runs", "Known"), ("this step never runs", "Restart")] == in_words(ASK, group, after)


def test_a_condition_that_depends_on_more_is_not_decided() -> None:
    either = on.when(on.any_of(on.variable("UserLoggedOn", "exists"), on.folder("C:\\Kiosk")))
    both = on.when(on.all_of(on.variable("UserLoggedOn", "exists"), on.folder("C:\\Kiosk")))
    none = on.when(on.none_of(on.variable("UserLoggedOn", "exists")))
    use = "Nothing in the copy sets UserLoggedOn any more, which is used here"
    assert [(use, "Group")] == in_words(ASK, Group(name="Group", condition=either))
    assert [("this group never runs", "Group")] == in_words(ASK, Group(name="Group", condition=both))
    assert [("the condition of this group always holds", "Group")] == in_words(ASK, Group(name="Group", condition=none))


def test_the_order_of_the_run_counts() -> None:
    later = basic.set_variable("Later", "UserLoggedOn", "TRUE")
    group, again = (Group(name=name, condition=KNOWN_USER) for name in ("Before", "After"))
    assert [("this group never runs", "Before")] == in_words(ASK, group, later, again)


def test_what_stands_in_a_group_that_never_runs_needs_no_word() -> None:
    echo = basic.run_command_line("Echo", "cmd.exe /c echo %UserLoggedOn%")
    quiet = basic.restart("Restart", condition=QUIET)
    assert [("this group never runs", "Known")] == in_words(
        ASK, Group(name="Known", condition=KNOWN_USER, children=(echo, quiet))
    )


def test_lost_functions_come_first_then_groups_then_single_uses() -> None:
    echo = basic.run_command_line("Echo", "cmd.exe /c echo %UserLoggedOn%")
    group = Group(name="Known", condition=KNOWN_USER, children=(osd.enable_bitlocker("Lock"),))
    assert ["Lock", "Known", "Echo"] == [place for _, place in in_words(ASK, echo, group)]


def test_an_after_effect_names_no_source() -> None:
    """No page says it: tsfix concludes it from the task sequence."""
    made = subject(export(sequence(ID, "Deploy kiosk", ASK, Group(name="Known", condition=KNOWN_USER))))
    assert [()] == [one.sources for one in after_effects([made], {made.exported.part: {(0,): R26}})]


def test_several_uses_of_a_variable_are_worded_alike() -> None:
    echo = [basic.run_command_line(name, "cmd.exe /c echo %UserLoggedOn%") for name in ("One", "Two")]
    made = subject(export(sequence(ID, "Deploy kiosk", ASK, *echo)))
    found = after_effects([made], {made.exported.part: {(0,): R26}})
    assert 2 == len(found)
    assert 1 == len({(one.title, one.reason, one.remedy) for one in found})


def test_what_was_disabled_in_the_original_is_not_still_true_of_the_copy() -> None:
    script = basic.run_powershell_script("Read me", lines=("# how to",), disable=True)
    signed = tuple(
        (name, key, "AllSigned" if key == "ExecutionPolicy" else value) for name, key, value in script.variables
    )
    made = export(sequence(ID, "Deploy kiosk", ASK, replace(script, variables=signed)))
    assert [("warning", False)] == [
        (one.severity, one.blocking) for one in findings(made, "1806") if one.location.path == ("Read me",)
    ]
    assert () == still_true(made)


def test_a_step_that_works_otherwise_is_still_true_of_the_copy() -> None:
    made = export(sequence(ID, "Deploy kiosk", ASK, state_steps.prepare_client("Prepare")))
    (found,) = still_true(made, "1511")
    assert ("R28", "info", ("Prepare",)) == (found.rule, found.severity, found.location.path)


def test_a_step_that_works_otherwise_but_never_runs_is_left_out() -> None:
    group = Group(name="Known", condition=KNOWN_USER, children=(state_steps.prepare_client("Prepare"),))
    assert "R28" not in {one.rule for one in still_true(export(sequence(ID, "Deploy kiosk", ASK, group)), "1511")}


def test_only_uses_between_the_lost_and_the_next_setter_count() -> None:
    first, between, last = (
        basic.run_command_line(name, "cmd.exe /c echo %UserLoggedOn%") for name in ("First", "Between", "Last")
    )
    later = basic.set_variable("Later", "UserLoggedOn", "TRUE")
    assert [("UserLoggedOn", "Between")] == said(first, ASK, between, later, last, gone=((1,),))


def test_a_step_that_may_run_where_it_did_not_is_told_apart() -> None:
    both = on.when(on.all_of(on.variable("UserLoggedOn", "notEquals", "TRUE"), on.folder("C:\\Kiosk")))
    assert [("it may run where it did not", "Restart")] == in_words(ASK, basic.restart("Restart", condition=both))
