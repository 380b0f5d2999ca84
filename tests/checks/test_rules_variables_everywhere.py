"""Newer variables are found wherever a task sequence can name one, and nowhere else."""

from __future__ import annotations

import pytest

from tests.checks.scenes import scene
from tests.made import Element, Group, Step, export, on, own_step, sequence, subject
from tests.made import steps as basic
from tsfix.checks.minimum_version import minimum_version

NAME = "_SMSTSLastContentDownloadLocation"
"""Newer than 1706, severity warning."""


def evidence(*items: Group | Step, to: str = "1706") -> list[tuple[str, str, tuple[str, ...]]]:
    """Severity, certainty and how the variable is used, for each group or step that uses it."""
    return [
        (one.severity, one.certainty, tuple(piece.text for piece in one.evidence))
        for one in scene(*items, to=to, site=1706).found()
        if one.rule == "R32" and one.subject == NAME
    ]


def rules(condition: Element | None, name: str, value: str) -> Step:
    return basic.set_dynamic_variables(
        "Rules", Element(tag="Rules", children=(basic.rule(condition, (name, value, False)),))
    )


@pytest.mark.parametrize(
    ("item", "how"),
    [
        (basic.set_variable("Set", NAME, "x", site=1706), "The step sets it."),
        (basic.set_variable("Set", NAME.upper(), "x", site=1706), "The step sets it."),
        (
            Group(name="Test", condition=on.when(on.variable(NAME, "exists"))),
            f"A condition tests it: {NAME} exists is never met there (inferred), so this group never runs.",
        ),
        (
            Group(name="Test", condition=on.when(on.none_of(on.any_of(on.variable(NAME, "exists"))))),
            f"A condition tests it: {NAME} exists is never met there (inferred).",
        ),
        (
            Group(name="Test", condition=on.when(on.variable("Own", "equals", f"%{NAME}%"))),
            f"A condition holds %{NAME}%.",
        ),
        (Group(name="Test", condition=on.when(on.file(f"%{NAME}%\\a.txt"))), f"A condition holds %{NAME}%."),
        (rules(None, NAME, "x"), "A rule sets it."),
        (
            rules(on.when(on.variable(NAME, "exists")), "Own", "x"),
            f"A rule tests it: {NAME} exists is never met there (inferred).",
        ),
        (rules(None, "Own", f"%{NAME}%"), f"A rule holds %{NAME}%."),
        (
            basic.run_command_line("Show", f"cmd.exe /c echo %{NAME}%", site=1706),
            f"The setting CommandLine holds %{NAME}%.",
        ),
        (basic.connect_network_folder("Map", "L:", f"%{NAME}%", ""), f"The setting Path holds %{NAME}%."),
    ],
)
def test_a_use_whose_effect_is_known(item: Group | Step, how: str) -> None:
    assert [("warning", "certain", (how,))] == evidence(item)


@pytest.mark.parametrize(
    ("item", "how"),
    [
        (
            basic.run_powershell_script("Read", lines=(f"$tsenv.Value('{NAME}')",), site=1706),
            "The script names it.",
        ),
        (
            basic.run_command_line("Read", f"powershell.exe -Command $t.Value('{NAME}')", site=1706),
            "The setting CommandLine names it.",
        ),
    ],
)
def test_a_text_that_names_it_is_likely_at_best(item: Step, how: str) -> None:
    assert [("warning", "likely", (how,))] == evidence(item)


@pytest.mark.parametrize(
    "item",
    [
        basic.set_variable("Set", f"{NAME}Old", "x", site=1706),
        basic.set_variable("Set", f"My{NAME}", "x", site=1706),
        basic.set_variable(NAME, "Own", "x", site=1706, description=f"Once it set {NAME}"),
        Group(name="Test", condition=on.when(on.variable("Own", "equals", NAME))),
        rules(None, "Own", NAME),
        basic.restart("Restart", message="The computer restarts."),
    ],
)
def test_what_only_looks_like_it(item: Group | Step) -> None:
    assert [] == evidence(item)


def test_nothing_on_a_target_that_knows_it() -> None:
    assert [] == evidence(basic.set_variable("Set", NAME, "x", site=1706), to="1906")


def test_a_step_that_does_not_run_counts_less() -> None:
    assert [("info", "certain", ("The step sets it.",))] == evidence(
        basic.set_variable("Set", NAME, "x", site=1706, disable=True)
    )


def test_a_script_is_never_an_error() -> None:
    error = "_TSSecureBoot"

    def severity(item: Group | Step) -> list[tuple[str, bool]]:
        found = scene(item, site=1706).found()
        return [(one.severity, one.blocking) for one in found if one.rule == "R32" and one.subject == error]

    assert [("error", True)] == severity(Group(name="Test", condition=on.when(on.variable(error, "equals", "Enabled"))))
    script = own_step(
        "SMS_TaskSequence_RunPowerShellScriptAction",
        "Read",
        "OSDRunPowerShellScript.exe",
        ("OSDRunPowerShellScriptParameters", "Parameters", f"-Name {error}"),
    )
    assert [("warning", False)] == severity(script)


def logged(value: str, *steps: Step, to: str = "1706") -> list[tuple[str, str]]:
    first = basic.set_variable("Keep out", "OSDDoNotLogCommand", value, site=1706)
    found = scene(first, *steps, to=to, site=1706).found()
    return [(one.rule, one.subject) for one in found if one.rule in ("R32", "R33") and "log" in one.subject.lower()]


COMMAND = basic.run_command_line("Secret", "cmd.exe /c ver", site=1706)


@pytest.mark.parametrize(
    ("value", "to", "expected"),
    [
        ("TRUE", "1706", [("R33", "run-command-line-not-logged")]),
        ("%Mode%", "1706", [("R33", "run-command-line-not-logged")]),
        ("TRUE", "1806", [("R33", "run-command-line-not-logged")]),
        ("TRUE", "1902", []),
        ("FALSE", "1706", []),
        ("", "1706", []),
    ],
)
def test_secrets_in_the_log(value: str, to: str, expected: list[tuple[str, str]]) -> None:
    assert expected == logged(value, COMMAND, to=to)


def test_the_variable_without_a_step_that_it_is_for_is_only_a_newer_variable() -> None:
    assert [("R32", "OSDDoNotLogCommand")] == logged("TRUE", basic.restart("Restart"))


def unknown_age(*items: Group | Step, to: str) -> list[tuple[str, str]]:
    found = [one for one in scene(*items, to=to, site=1511).found() if one.rule == "R32" and one.certainty == "unknown"]
    return [(one.severity, one.subject) for one in found]


def test_variables_of_which_no_source_says_the_age_are_one_remark() -> None:
    internet = basic.set_variable("Ask", "Contoso", "%_SMSTSIsClientOnInternet%", site=1511)
    keep = basic.set_variable("Keep", "SMSTSPreserveContent", "true", site=1511)
    assert [("info", "SMSTSPreserveContent, _SMSTSIsClientOnInternet")] == [
        (severity, ", ".join(sorted(names.split(", "))))
        for severity, names in unknown_age(internet, keep, to="2012 R2")
    ]
    assert [("info", "_SMSTSIsClientOnInternet")] == unknown_age(internet, keep, to="1706")
    assert [] == unknown_age(basic.set_variable("Show", "Contoso", "%_SMSTSMake%", site=1511), to="2012 R2")


def test_no_copy_is_promised_for_a_version_that_may_lack_a_variable() -> None:
    script = basic.run_powershell_script("Inline", lines=("Get-Date",), site=1902)
    keep = basic.set_variable("Keep", "SMSTSPreserveContent", "true", site=1511)
    after = [
        minimum_version(subject(export(sequence("CHQ00061", "Keep", *items)))).after_copy.id
        for items in ((script, keep), (keep,))
    ]
    assert ["1902", "1511"] == after


@pytest.mark.parametrize(
    ("operator", "value", "result"),
    [
        ("exists", "", "never"),
        ("equals", "Enabled", "never"),
        ("notExists", "", "always"),
        ("notequals", "Enabled", "always"),
    ],
)
def test_a_test_of_what_the_engine_never_sets_always_ends_the_same(operator: str, value: str, result: str) -> None:
    """An older engine does not know the variable; it does not exist there."""
    test = f"{NAME} {operator}" + (f' "{value}"' if value else "")
    told = f"A condition tests it: {test} is {result} met there (inferred)"
    condition = on.variable(NAME, operator, value)
    alone = basic.run_command_line("Stop", "cmd.exe /c exit 99", condition=on.when(condition), site=1706)
    assert [("warning", "certain", (f"{told}, so this step {result} runs.",))] == evidence(alone)
    both = on.when(on.any_of(condition, on.variable("Own", "exists")))
    assert [("warning", "certain", (f"{told}.",))] == evidence(Group(name="Both", condition=both))


def test_of_other_tests_nobody_knows_how_they_end() -> None:
    group = Group(name="Test", condition=on.when(on.variable(NAME, "less", "3")))
    assert [("warning", "certain", ("A condition tests it.",))] == evidence(group)


def test_a_variable_that_steps_set_is_no_missing_one() -> None:
    """OSDAppInstallRetries is an input: whoever sets it can test it."""
    group = Group(name="Test", condition=on.when(on.variable("OSDAppInstallRetries", "exists")))
    (found,) = [one for one in scene(group, to="1511", site=1511).found() if one.rule == "R32"]
    assert ["A condition tests it."] == [one.text for one in found.evidence]


def test_the_command_lines_that_get_into_the_log_are_listed() -> None:
    def command(name: str) -> Step:
        return basic.run_command_line(name, "cmd.exe /c ver", site=1706)

    def switch(value: str) -> Step:
        return basic.set_variable(f"Log {value}", "OSDDoNotLogCommand", value, site=1706)

    def listed(*steps: Step) -> list[str]:
        made = scene(*steps, to="1706", site=1706).found()
        return [piece.text for one in made if one.rule == "R33" for piece in one.evidence]

    few = (command("Before"), switch("TRUE"), command("A"), basic.restart("Restart"), command("B"), switch("FALSE"))
    assert ['2 command lines are written to the log: "A", "B".'] == listed(*few, command("After"))
    many = '7 command lines are written to the log: "0", "1", "2", "3", "4" and 2 more.'
    assert [many] == listed(switch("TRUE"), *(command(str(number)) for number in range(7)))
