"""Programs and inputs of step types newer than the target are found where a task sequence uses them by name."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.checks.scenes import scene
from tests.made import (
    SCRIPTS,
    Element,
    Group,
    Step,
    export,
    request,
    rewritten,
    sequence,
    subject,
)
from tests.made import refused as refused_reasons
from tests.made import steps as basic
from tsfix.checks.minimum_version import minimum_version

DOWNLOAD = "OsdDownloadContent.exe"


def command(line: str, *, package_id: str = "", disable: bool = False) -> Step:
    return basic.run_command_line("Fetch", line, package_id=package_id, disable=disable, site=2309)


def script(*lines: str) -> Step:
    return basic.run_powershell_script("Fetch", lines=lines, site=2309)


def said(*items: Group | Step, to: str = "2012 R2") -> list[tuple[str, str, bool]]:
    """Severity, certainty and whether it blocks, for each finding about the program."""
    found = scene(*items, to=to, site=2309).found()
    return [
        (one.severity, one.certainty, one.blocking) for one in found if one.rule == "R26" and one.subject == DOWNLOAD
    ]


@pytest.mark.parametrize(
    "line",
    [
        "OSDDownloadContent.exe",
        "osddownloadcontent",
        r"%WinDir%\CCM\OSDDownloadContent.exe",
        r'"C:\Windows\CCM\OSDDownloadContent.exe"',
        r"X:\sms\bin\x64\OSDDownloadContent.exe",
        "cmd.exe /c OSDDownloadContent.exe",
        'cmd.exe /c "OSDDownloadContent.exe"',
        "cmd /c set A=B & OSDDownloadContent.exe",
        "cmd /c start /wait OSDDownloadContent.exe",
        "powershell.exe -Command OSDDownloadContent.exe",
    ],
)
def test_a_command_line_runs_a_program_that_the_target_lacks(line: str) -> None:
    assert [("error", "likely", True)] == said(command(line))


@pytest.mark.parametrize("line", ["& OSDDownloadContent.exe", "Start-Process -FilePath OSDDownloadContent.exe -Wait"])
def test_a_script_runs_it(line: str) -> None:
    assert [("error", "likely", True)] == said(script("Write-Output 1", line))


def test_a_program_whose_name_stands_somewhere_in_a_command_is_only_a_hint() -> None:
    found = [("warning", "unknown", False)]
    assert found == said(command(r"Contoso.Launcher.exe /run:1 OSDDownloadContent.exe"))
    assert found == said(script('$program = "OSDDownloadContent.exe"'))


def test_a_package_can_hold_a_program_of_that_name() -> None:
    assert [("warning", "unknown", False)] == said(command("OSDDownloadContent.exe", package_id=SCRIPTS.id))


@pytest.mark.parametrize(
    "item",
    [
        command(r"C:\Contoso\OSDDownloadContent.exe"),
        command(r".\OSDDownloadContent.exe"),
        command("OSDDownloadContent.log"),
        command("MyOSDDownloadContent.exe"),
        replace(command("cmd.exe /c ver"), description="Runs OSDDownloadContent.exe"),
        script("# OSDDownloadContent.exe fetches it", "Get-Date"),
        script("<# see", "OSDDownloadContent.exe", "#>", "Get-Date"),
        script("Write-Host 'OSDDownloadContent.exe'"),
        command("echo OSDDownloadContent.exe"),
        basic.set_variable("Note", "Contoso", "OSDDownloadContent.exe", site=2309),
    ],
)
def test_what_only_looks_like_it_is_left_alone(item: Step) -> None:
    assert [] == said(item)


def test_a_target_that_has_the_step_has_the_program() -> None:
    assert [] == said(command("OSDDownloadContent.exe"), to="1511")


def test_a_program_of_every_version_is_no_matter() -> None:
    found = scene(command("osddiskpart.exe"), command("OSDPrestartCheck.exe"), to="2012 R2", site=2309).found()
    assert [] == [
        one.title for one in found if "which the target lacks" in one.title and "command" in one.title.lower()
    ]


def test_a_disabled_step_runs_nothing() -> None:
    assert [("info", "likely", False)] == said(command("OSDDownloadContent.exe", disable=True))


def test_the_lowest_version_counts_the_program() -> None:
    made = export(sequence("CHQ00061", "Fetch", command("OSDDownloadContent.exe"), version="3.00"))
    assert "1511" == minimum_version(subject(made)).client.id
    named = export(sequence("CHQ00061", "Fetch", command("Contoso.exe OSDDownloadContent.exe"), version="3.00"))
    assert "2007" == minimum_version(subject(named)).client.id


def test_a_copy_asks_for_a_decision_and_carries_it_out() -> None:
    made = export(sequence("CHQ00061", "Fetch", command("OSDDownloadContent.exe")))
    assert [("R26", DOWNLOAD)] == refused_reasons(made, request("2012 R2"))
    copy = rewritten(made, request("2012 R2", policy="disable")).copy
    (step,) = copy.task_sequences[0].task_sequence.sequence.steps()
    assert step.disabled
    assert "Fetch" == step.name
    assert "OsdDownloadContent.exe" in step.description


def rules(name: str, value: str) -> Step:
    return basic.set_dynamic_variables(
        "Rules", Element(tag="Rules", children=(basic.rule(None, (name, value, False)),))
    )


def inputs(*items: Group | Step, to: str = "2012 R2") -> list[tuple[str, str, str]]:
    found = scene(*items, to=to, site=2309).found()
    return [(one.severity, one.certainty, one.subject) for one in found if one.rule == "R32"]


@pytest.mark.parametrize(
    "name",
    ["OSDDownloadDestinationPath", "OSDUpgradeStagedContent", "osdupgradestagedcontent", "OSDPackage01PackageId"],
)
def test_a_variable_that_only_a_newer_step_reads(name: str) -> None:
    (one,) = inputs(basic.set_variable("Set", name, "x", site=2309))
    assert ("warning", "likely" if "ownload" in name or "Package0" in name else "certain") == one[:2]
    (by_rule,) = inputs(rules(name, "x"))
    assert one == by_rule
    assert [] == inputs(basic.set_variable("Set", name, "x", site=2309), to="1511")


def test_inputs_of_one_step_that_are_set_together_are_one_finding() -> None:
    names = ("OSDDownloadDestinationPath", "OSDDownloadDestinationVariable")
    both = basic.set_dynamic_variables(
        "Rules", Element(tag="Rules", children=(basic.rule(None, *((name, "x", False) for name in names)),))
    )
    assert [("warning", "likely", ", ".join(names))] == inputs(both)


def test_an_own_variable_of_like_name_is_left_alone() -> None:
    assert [] == inputs(basic.set_variable("Set", "OSDDownloadContosoPath", "x", site=2309))
    assert [] == inputs(basic.set_variable("Set", "ApplicationName", "x", site=2309), to="2007")
