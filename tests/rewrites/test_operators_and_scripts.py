"""Operators and inline scripts that the target lacks, written in a form that it knows."""

from __future__ import annotations

import base64

import pytest
from msgspec.structs import replace

from tests.made import SCRIPTS, cloned, export, findings, on, refused, request, rewritten, sequence, step_values, steps
from tests.rewrites.walks import differing
from tsfix.conversion import Unchanged
from tsfix.export import Export
from tsfix.proof.same_meaning import same_script
from tsfix.rewrites.inline_scripts import as_command
from tsfix.task_sequence import ConditionPart, Step


def conditional(*parts: object) -> Export:
    step = steps.run_command_line("Step", "cmd.exe", site=1706, condition=on.when(*parts))
    return export(sequence("CHQ00040", "Parent", step))


def shape(part: ConditionPart) -> object:
    """The condition as nested tuples."""
    if part.children:
        return (part.type, *map(shape, part.children))
    return part.value("Operator"), part.value("Value")


def condition_of(found: Export) -> list[object]:
    (step,) = found.task_sequences[0].task_sequence.sequence.steps()
    assert step.condition is not None
    return [shape(part) for part in step.condition.parts]


@pytest.mark.parametrize(
    ("target", "operator", "value", "expected"),
    [
        ("2010", "notLike", "HP*", ("not", ("like", "HP*"))),
        ("1706", "NOTLIKE", "HP?", ("not", ("like", "HP?"))),
        ("2010", "notLike", "HP", ("notEquals", "HP")),
        ("1511", "notLike", "HP", ("notEquals", "HP")),
        ("1511", "like", "HP", ("equals", "HP")),
        ("2010", "notLike", "%Model%", ("not", ("like", "%Model%"))),
    ],
)
def test_an_operator_that_the_target_lacks(target: str, operator: str, value: str, expected: object) -> None:
    found = conditional(on.any_of(on.variable("Make", operator, value), on.variable("Make", "exists")))
    done = rewritten(found, request(target))
    assert [("or", expected, ("exists", ""))] == condition_of(done.copy)
    assert differing(found, done.copy) == []


@pytest.mark.parametrize(("operator", "value"), [("like", "HP*"), ("notLike", "HP*"), ("like", "%Model%")])
def test_wildcards_need_like(operator: str, value: str) -> None:
    found = conditional(on.variable("Make", operator, value))
    assert {"R34"} == {rule for rule, _ in refused(found, request("1511"))}


def test_a_condition_is_changed_as_a_whole_or_not_at_all() -> None:
    found = conditional(on.variable("Make", "notLike", "HP"), on.variable("Make", "like", "D*"))
    assert {"decision"} == {one.fix for one in findings(found, "1511") if one.rule == "R34"}
    refused(found, request("1511"))


def test_operators_that_the_target_knows_stay() -> None:
    assert isinstance(cloned(conditional(on.variable("Make", "notLike", "HP*")), request("2103")), Unchanged)


def rules(*operators: tuple[str, str]) -> Export:
    conditions = tuple(on.when(on.variable("Make", operator, value)) for operator, value in operators)
    element = steps.Element(
        tag="Rules", children=tuple(steps.rule(one, ("Office", "a & b", False)) for one in conditions)
    )
    return export(sequence("CHQ00040", "Parent", steps.set_dynamic_variables("Rules", element)))


def test_rules_of_set_dynamic_variables() -> None:
    before = rules(("notLike", "HP*"), ("notLike", "HP"), ("equals", "x"))
    text = step_values(before.task_sequences[0], "Rules")["OSDSetDynamicVariablesRules"]
    start = text.index("<expression")
    end = text.index("</expression>") + len("</expression>")
    wrapped = f'<operator type="not">{text[start:end].replace("notLike", "like")}</operator>'
    expected = text[:start] + wrapped + text[end:].replace("notLike", "notEquals")
    done = rewritten(before, request("2010"))
    assert expected == step_values(done.copy.task_sequences[0], "Rules")["OSDSetDynamicVariablesRules"]


def test_rules_with_wildcards_need_like() -> None:
    assert {"R34"} == {rule for rule, _ in refused(rules(("notLike", "HP*"), ("notLike", "HP")), request("1511"))}


SCRIPT = ("$x = 'ä & <b>'", 'Write-Output "$x"')


def script(*lines: str, **others: object) -> Export:
    return export(sequence("CHQ00040", "Parent", steps.run_powershell_script("Script", lines=lines, **others)))


def only_step(found: Export) -> Step:
    (step,) = found.task_sequences[0].task_sequence.sequence.steps()
    return step


def test_an_inline_script_becomes_an_encoded_command() -> None:
    condition = on.when(on.variable("Make", "notLike", "HP*"))
    found = script(*SCRIPT, description='Say "x"', continue_on_error=True, timeout=900, condition=condition)
    before, after = only_step(found), only_step(rewritten(found, request("1806")).copy)
    command = after.variables[0].value
    start, encoded = command.rsplit(" ", 1)
    assert "powershell.exe -NoProfile -ExecutionPolicy Bypass -EncodedCommand" == start
    assert "\r\n".join(SCRIPT) + "\r\n" == base64.b64decode(encoded).decode("utf-16-le")
    assert f"smsswd.exe /run: {command}" == after.action
    kept = [(name, value) for name, value in before.attributes if name != "type"]
    assert [("type", "SMS_TaskSequence_RunCommandLineAction"), *kept] == list(after.attributes)
    properties = [one.property for one in after.variables]
    assert ["CommandLine", "DisableWow64Redirection", "SuccessCodes"] == properties == sorted(properties)
    assert "0 3010" == after.variables[-1].value
    assert after.condition is not None
    assert [("not", ("like", "HP*"))] == [shape(part) for part in after.condition.parts]


def test_the_working_directory_goes_over() -> None:
    found = script(*SCRIPT)
    made = steps.run_powershell_script("Script", lines=SCRIPT)
    variables = tuple((*row[:2], r"C:\Work") if row[1] == "WorkingDirectory" else row for row in made.variables)
    found = export(sequence("CHQ00040", "Parent", replace(made, variables=variables)))
    assert (
        r"C:\Work"
        == step_values(rewritten(found, request("1806")).copy.task_sequences[0], "Script")["WorkingDirectory"]
    )


REFUSED = {
    "parameters": (script(*SCRIPT, parameters="-A $env:x"), "parameters that an encoded command cannot pass on"),
    "variable": (script(*SCRIPT, parameters="-A %Name%"), "parameters that an encoded command cannot pass on"),
    "quotes": (script(*SCRIPT, parameters='-A "a b"'), "parameters that an encoded command cannot pass on"),
    "using": (
        script("using namespace System.IO", parameters="-A 1"),
        "parameters that an encoded command cannot pass on",
    ),
    "output": (script(*SCRIPT, output_variable="Out"), "the step also uses OutputVariableName"),
    "long": (script("x" * 12_500), "the limit is 32000"),
    "own folder": (script("Get-Content $PSScriptRoot\\a.txt"), "asks for its own file or folder"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused_with_the_reason(kind: str) -> None:
    found, reason = REFUSED[kind]
    assert "run-powershell-inline-script" in [subject for _, subject in refused(found, request("1806"))]
    (finding,) = (one for one in findings(found, "1806") if one.subject == "run-powershell-inline-script")
    assert reason in finding.reason
    assert "decision" == finding.fix


def test_a_signed_script_is_refused() -> None:
    made = steps.run_powershell_script("Script", lines=SCRIPT)
    variables = tuple((*row[:2], "AllSigned") if row[1] == "ExecutionPolicy" else row for row in made.variables)
    found = export(sequence("CHQ00040", "Parent", replace(made, variables=variables)))
    assert "run-powershell-inline-script" in [subject for _, subject in refused(found, request("1806"))]


def test_the_length_just_below_the_limit_is_taken() -> None:
    # 32,000 characters less the command itself, four for each three bytes, two bytes for each character.
    found = script("x" * 11_950)
    assert len(only_step(rewritten(found, request("1806")).copy).variables[0].value) < 32_000


def test_scan_promises_what_clone_does() -> None:
    fixes = {one.subject: one.fix for one in findings(script(*SCRIPT), "1806")}
    assert "automatic" == fixes["run-powershell-inline-script"]


def test_a_script_of_a_package_stays_where_the_step_is_known() -> None:
    found = export(
        sequence(
            "CHQ00040",
            "Parent",
            steps.run_powershell_script("Script", package_id=SCRIPTS.id, script="a.ps1", site=1706),
        )
    )
    assert isinstance(cloned(found, request("1706")), Unchanged)


def test_a_script_of_a_package_below_2012_r2() -> None:
    made = steps.run_powershell_script("Script", package_id=SCRIPTS.id, script="a.ps1", parameters="-A %B%", site=1706)
    found = export(sequence("CHQ00040", "Parent", made))
    after = only_step(rewritten(found, request("2012-sp1")).copy)
    command = 'powershell.exe -NoProfile -ExecutionPolicy Bypass -File "a.ps1" -A %B%'
    assert f"smsswd.exe /run:{SCRIPTS.id} {command}" == after.action
    assert [command, "false", SCRIPTS.id, "0"] == [one.value for one in after.variables]


def test_what_an_earlier_copy_disabled_stays_as_it_is() -> None:
    found = script(*SCRIPT, disable=True, description="Old [tsfix: disabled for 1806. x]")
    outcome = cloned(found, request("1806"))
    kept = getattr(outcome, "copy", outcome.original)
    assert "SMS_TaskSequence_RunPowerShellScriptAction" == only_step(kept).type


@pytest.mark.parametrize("parameters", ["-A 1", "-Mode Full -Path C:\\Temp\\a.txt -Force", "one two"])
def test_plain_parameters_go_to_the_script_block(parameters: str) -> None:
    found = script("param($A)", "exit 0", parameters=parameters)
    command = only_step(rewritten(found, request("1806")).copy).variables[0].value
    text = base64.b64decode(command.rsplit(" ", 1)[1]).decode("utf-16-le")
    assert f"& {{\r\nparam($A)\r\nexit 0\r\n\r\n}} {parameters}" == text


def test_another_user_goes_over_and_the_settings_stay_sorted() -> None:
    made = steps.run_powershell_script("Script", lines=SCRIPT)
    values = {"RunAsUser": "true", "UserName": r"CONTOSO\svc-osd"}
    rows = tuple((name, prop, values.get(prop, value)) for name, prop, value in made.variables)
    found = export(sequence("CHQ00040", "Parent", replace(made, variables=rows)))
    after = only_step(rewritten(found, request("1806")).copy)
    assert [
        ("DisableWow64Redirection", "false"),
        ("RunAsUser", "true"),
        ("SuccessCodes", "0 3010"),
        ("UserName", r"CONTOSO\svc-osd"),
        ("UserPassword", ""),
    ] == [(one.property, one.value) for one in after.variables[1:]]
    assert [
        "CommandLine",
        "SMSTSDisableWow64Redirection",
        "_SMSTSRunCommandLineAsUser",
        "SuccessCodes",
        "SMSTSRunCommandLineUserName",
        "SMSTSRunCommandLineUserPassword",
    ] == [one.name for one in after.variables]


def test_a_step_without_a_list_of_success_codes_succeeds_with_0() -> None:
    step = only_step(script(*SCRIPT))
    bare = replace(step, attributes=tuple(pair for pair in step.attributes if pair[0] != "successCodeList"))
    assert ["0"] == [one.value for one in as_command(bare).variables if one.property == "SuccessCodes"]


def test_a_package_beside_an_inline_script_is_not_used() -> None:
    """The step runs its own script; a package that an earlier choice left in its settings plays no part."""
    made = steps.run_powershell_script("Script", lines=SCRIPT)
    rows = tuple((name, prop, SCRIPTS.id if prop == "PackageID" else value) for name, prop, value in made.variables)
    if not any(prop == "PackageID" for _, prop, _ in rows):
        rows = (*rows, ("PackageID", "PackageID", SCRIPTS.id))
    after = only_step(
        rewritten(export(sequence("CHQ00040", "Parent", replace(made, variables=rows))), request("1806")).copy
    )
    assert after.action.startswith("smsswd.exe /run: powershell.exe ")
    assert [] == [one.value for one in after.variables if one.property == "PackageID"]


def test_the_proof_knows_all_forms_of_a_command_line() -> None:
    named = steps.run_powershell_script("Script", package_id=SCRIPTS.id, script="Set-Name.ps1", parameters="-A %Name%")
    for step in (named, steps.run_powershell_script("Script", lines=SCRIPT, parameters="-A 1")):
        found = export(sequence("CHQ00040", "Parent", step))
        before, after = only_step(found), as_command(only_step(found))
        assert same_script(before, after)
        assert not same_script(before, replace(after, action=after.action + " "))
