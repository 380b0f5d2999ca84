"""Steps that tsfix writes itself, as wholes: placeholders, and the tests that stand in for checks that are newer."""

from __future__ import annotations

from msgspec.structs import replace

from tests.made import Known, export, knowledge, on, own_step, sequence, steps
from tests.made import Step as Made
from tsfix.rewrites.placeholder import placeholder
from tsfix.rewrites.step_groups import with_tests
from tsfix.rewrites.written import step_xml
from tsfix.task_sequence import Step


def only_step(made: Made) -> Step:
    found = export(sequence("CHQ00050", "TS", made), known=(Known(id="CHQ00016", name="Tools"),))
    (step,) = found.task_sequences[0].task_sequence.sequence.steps()
    return step


VARIABLES = (
    '<defaultVarList><variable name="CommandLine" property="CommandLine" hidden="true">cmd.exe /c exit 0</variable>'
    '<variable name="SMSTSDisableWow64Redirection" property="DisableWow64Redirection">false</variable>'
    '<variable name="PackageID" property="PackageID" hidden="true"></variable>'
    '<variable name="SuccessCodes" property="SuccessCodes" hidden="true">0</variable></defaultVarList></step>'
)


def test_a_placeholder_is_one_step_of_its_own() -> None:
    attributes = (("retryCount", "3"), ("timeout", "9"))
    step = replace(only_step(steps.restart("A")), name='A & "B" <C>\tD', attributes=attributes)
    assert (
        '<step type="SMS_TaskSequence_RunCommandLineAction" name="A &amp; &quot;B&quot; &lt;C&gt;&#x9;D"'
        ' description="one&#xA;two&#xD;" disable="true" runIn="WinPEandFullOS" retryCount="0">'
        f"<action>smsswd.exe /run: cmd.exe /c exit 0</action>{VARIABLES}"
    ) == placeholder(step, "one\ntwo\r")


def test_a_placeholder_has_the_attributes_that_the_steps_around_it_have() -> None:
    kept = (("runFromNet", "true"), ("runIn", "WinPE"), ("successCodeList", "7"), ("retryCount", "3"))
    step = replace(only_step(steps.restart("A")), attributes=kept)
    assert (
        '<step type="SMS_TaskSequence_RunCommandLineAction" name="A" description="" disable="true"'
        ' runIn="WinPEandFullOS" successCodeList="0" retryCount="0" runFromNet="false">'
        f"<action>smsswd.exe /run: cmd.exe /c exit 0</action>{VARIABLES}"
    ) == placeholder(step, "")


def test_a_check_that_is_newer_becomes_a_step_that_fails() -> None:
    made = own_step(
        "SMS_TaskSequence_PrestartCheckAction",
        "Check Readiness",
        "osdprestartcheck.exe",
        ("_OSDCheckUEFI", "CheckUEFI", "true"),
        ("OSDCheckMemory", "CheckMemory", "false"),
        description="words",
        continue_on_error=True,
    )
    step = only_step(made)
    fact = knowledge().step(step.type)
    assert fact is not None
    features = [one for one in fact.features if one.downlevel.rewrite == "readiness-steps" and one.variable]
    names = [one.variable for one in features]
    whole = with_tests(step, features)
    assert len(features) + 1 == len(whole)
    first, *tests = whole
    assert ("Check Readiness", step.type, step.action, None) == (first.name, first.type, first.action, first.condition)
    assert [one for one in step.variables if one.name not in names] == list(first.variables)
    assert "continueOnError" not in dict(first.attributes)
    run_in = dict(step.attributes).get("runIn") or "WinPEandFullOS"
    for one in tests:
        expected = {
            "type": "SMS_TaskSequence_RunCommandLineAction",
            "name": one.name,
            "description": "",
            "runIn": run_in,
            "successCodeList": "0",
            "retryCount": "0",
            "runFromNet": "false",
        }
        kept = {name: value for name, value in expected.items() if name not in ("retryCount", "runFromNet")}
        kept |= {name: expected[name] for name in ("retryCount", "runFromNet") if name in dict(step.attributes)}
        assert kept == dict(one.attributes)
        assert one.name.startswith("Check Readiness: ")
        assert ("SMS_TaskSequence_RunCommandLineAction", "", "smsswd.exe /run: cmd.exe /c exit 4316") == (
            one.type,
            one.description,
            one.action,
        )
        assert [
            ("CommandLine", "CommandLine", "cmd.exe /c exit 4316", "true"),
            ("SMSTSDisableWow64Redirection", "DisableWow64Redirection", "false", None),
            ("SuccessCodes", "SuccessCodes", "0", "true"),
        ] == [(item.name, item.property, item.value, dict(item.attributes).get("hidden")) for item in one.variables]
        assert one.condition is not None
        (part,) = one.condition.parts
        assert ("operator", "not", 1) == (part.kind, part.type, len(part.children))


def test_a_condition_is_written_with_all_its_tests() -> None:
    parts = (on.any_of(on.variable("A", "exists"), on.none_of(on.variable("B", "equals", "<1>"))), on.folder(r"C:\D"))
    step = only_step(steps.restart("A", condition=on.when(*parts)))
    found = export(sequence("CHQ00050", "TS", steps.restart("A", condition=on.when(*parts))))
    text = found.parts.parts[found.task_sequences[0].part].decode("utf-8-sig")
    condition = text[text.index("<condition>") : text.index("</condition>") + len("</condition>")]
    assert condition in step_xml(step)
