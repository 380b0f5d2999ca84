"""A step that has one variable twice: nobody knows which one counts, so a copy that must change it is refused, with the place."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.made import knowledge, own_step, raw, refused, request, rewritten, sequence_text
from tests.made import steps as basic
from tsfix.conversion import clone
from tsfix.errors import UnsupportedEditError
from tsfix.hierarchy import Hierarchy
from tsfix.request import NewSteps

CLIENT = ("_SMSClientPackageID", "ClientPackageID", "CHQ00003")
OUTPUT = ("SMSTSRunCommandLineOutputVariableName", "OutputVariableName", "")
TWICE = {
    "package": own_step("SMS_TaskSequence_SetupWindowsAndSMSAction", "Setup", "OSDSetupWindows.exe", CLIENT, CLIENT),
    "neutral": own_step(
        "SMS_TaskSequence_RunCommandLineAction",
        "Run",
        "smsswd.exe /run: cmd.exe",
        ("CommandLine", "CommandLine", "cmd.exe"),
        OUTPUT,
        OUTPUT,
    ),
}


@pytest.mark.parametrize("policy", ["auto", "disable", "remove", "keep"])
@pytest.mark.parametrize("kind", TWICE)
def test_refused_with_the_step_and_the_variable(kind: str, policy: NewSteps) -> None:
    found = raw(sequence_text(TWICE[kind]))
    with pytest.raises(UnsupportedEditError, match=r"has the variable .* twice") as caught:
        clone(found, request("1706", client="LEG00042", policy=policy), knowledge(), Hierarchy())
    assert 4 == caught.value.exit_code
    assert caught.value.location is not None
    assert (TWICE[kind].name,) == caught.value.location.path


def test_another_variable_of_such_a_step_can_change() -> None:
    other = ("Other", "", "x")
    step = own_step("SMS_TaskSequence_SetupWindowsAndSMSAction", "Setup", "OSDSetupWindows.exe", CLIENT, other, other)
    done = rewritten(raw(sequence_text(step)), request("1706", client="LEG00042"))
    assert ["variable:_SMSClientPackageID"] == [change.field for change in done.changes]


def test_a_script_that_is_there_twice_is_no_command_line() -> None:
    """The step itself can be taken out of action, as any other."""
    script = basic.run_powershell_script("Script", lines=("exit 0",))
    row = next(row for row in script.variables if row[1] == "SourceScript")
    found = raw(sequence_text(replace(script, variables=(*script.variables, row))))
    assert [("R26", "run-powershell-inline-script")] == refused(found, request("1806"))
    done = rewritten(found, request("1806", policy="disable"))
    assert ["attribute:disable", "attribute:description"] == [change.field for change in done.changes]
