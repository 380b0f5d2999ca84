"""Steps that are taken out of action in the same run in which their packages are replaced."""

from __future__ import annotations

import pytest

from tests.copies import check_outcome
from tests.made import Known, export, request, sequence, steps
from tsfix.conversion import Rewritten
from tsfix.decisions import Decision
from tsfix.export import Export
from tsfix.request import NewSteps

TOOLS = Known(id="CHQ00C01", name="Tools", type=0)
SCRIPTS = Known(id="CHQ00C02", name="Scripts", type=0)
MAPS = {TOOLS.id: "LEG00C01", SCRIPTS.id: "LEG00C02"}


def listed(copy: Export) -> tuple[list[str], list[str], list[str]]:
    """The packages in the reference list, in the References array and in the rows."""
    (found,) = copy.task_sequences
    return (
        [str(item.package) for item in found.task_sequence.sequence.references],
        [str(item.package) for item in found.task_sequence.object_references],
        [str(row.package_id) for row in found.references_info],
    )


def made() -> Export:
    """The target lacks the second step's output variable; both steps need Tools, only the second needs Scripts."""
    return export(
        sequence(
            "CHQ00E00",
            "Deploy",
            steps.install_package("Tools", TOOLS.id, "Install"),
            steps.run_command_line("Script", "cmd.exe /c one", package_id=SCRIPTS.id, output_variable="Saved"),
        ),
        known=(TOOLS, SCRIPTS),
    )


@pytest.mark.parametrize("policy", ["remove", "placeholder", "disable"])
def test_what_only_the_step_needed_goes_and_the_rest_is_replaced(policy: NewSteps) -> None:
    done = check_outcome(made(), request("1706", policy=policy, maps=MAPS))
    assert isinstance(done, Rewritten)
    assert (["LEG00C01"], ["LEG00C01"], ["LEG00C01"]) == listed(done.copy)


@pytest.mark.parametrize("policy", ["remove", "placeholder", "disable"])
def test_a_package_that_a_step_before_needs_as_well_stays_and_is_replaced_once(policy: NewSteps) -> None:
    found = export(
        sequence(
            "CHQ00E00",
            "Deploy",
            steps.install_package("Tools", TOOLS.id, "Install"),
            steps.run_powershell_script("Script", package_id=TOOLS.id, script="x.ps1", output_variable="Saved"),
        ),
        known=(TOOLS,),
    )
    done = check_outcome(found, request("1706", policy=policy, maps={TOOLS.id: "LEG00C01"}))
    assert isinstance(done, Rewritten)
    assert {"LEG00C01"} == {item for places in listed(done.copy) for item in places}


@pytest.mark.parametrize("policy", ["remove", "placeholder", "disable"])
def test_two_packages_become_one_while_a_step_goes(policy: NewSteps) -> None:
    """Both IDs become the same, and the step that needed one of them is gone: the other still needs it."""
    done = check_outcome(made(), request("1706", policy=policy, maps=dict.fromkeys(MAPS, "LEG00C01")))
    assert isinstance(done, Rewritten)
    assert {"LEG00C01"} == {item for places in listed(done.copy) for item in places}


def test_a_removed_child_call_is_not_shortened() -> None:
    """The child loses its only package in the same run in which the call of it is removed."""
    child = sequence(
        "CHQ00E01",
        "Child",
        steps.run_powershell_script("Script", package_id=SCRIPTS.id, script="x.ps1", output_variable="Saved"),
        steps.restart("Restart"),
    )
    call = steps.run_task_sequence("Call", "CHQ00E01", "Child", steps.package(SCRIPTS.id))
    parent = sequence("CHQ00E00", "Parent", steps.install_package("Tools", TOOLS.id, "Install"), call)
    found = export(parent, child, known=(TOOLS, SCRIPTS))
    gone = Decision(task_sequence="Parent", rule="R25", do="remove", reason="not used", step="2")
    done = check_outcome(found, request("1706", policy="remove", maps=MAPS, decisions=(gone,)))
    assert isinstance(done, Rewritten)
    names = [[step.name for step in item.task_sequence.sequence.steps()] for item in done.copy.task_sequences]
    assert [["Tools"], ["Restart"]] == names
    parent_list = done.copy.task_sequences[0].task_sequence.sequence.references
    assert ["LEG00C01"] == [str(item.package) for item in parent_list]
