"""The list of what a person must type in again: what is missing, and nothing that was never there."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.checks.scenes import scene
from tests.made import Element, Step, raw
from tests.made import osd_steps as osd
from tests.made import state_steps as state
from tests.made import steps as basic
from tests.made import subject as subject_of
from tsfix.checks.secrets import missing_secrets


def listed(step: Step) -> tuple[str, ...]:
    (subject,) = scene(step, to=None).subjects()
    return tuple(what for missing in missing_secrets(subject) for what in missing.what)


def changed(step: Step, **values: str) -> Step:
    """The step with other values of properties; ``None`` is not needed here."""
    rows = tuple((name, prop, values.get(prop.removeprefix("^"), value)) for name, prop, value in step.variables)
    return replace(step, variables=rows)


def without(step: Step, prop: str) -> Step:
    return replace(step, variables=tuple(row for row in step.variables if row[1].removeprefix("^") != prop))


JOIN = osd.join_domain("Join", "contoso.example", "", r"CONTOSO\svc-join")
WINDOWS = osd.apply_windows_settings("Windows", "Contoso", "Contoso")
AS_USER = basic.run_command_line("Copy", "robocopy.exe", user=r"CONTOSO\svc-copy")
RULES = Element(
    tag="Rules",
    children=(
        basic.rule(None, ("Site", "ZRH", False), ("Key", "", True)),
        basic.rule(None, ("Other", "", False), ("Known", "typed", True)),
    ),
)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (JOIN, "password of the account that joins the domain"),
        (without(JOIN, "DomainPassword"), "password of the account that joins the domain"),
        (WINDOWS, "password of the local administrator"),
        (AS_USER, "password of the account that runs the command"),
        (state.capture_image("Capture", r"\\a\b.wim", r"CONTOSO\svc"), "password of the account that writes the image"),
        (basic.connect_network_folder("Map", "L:", r"\\a\b", r"CONTOSO\svc"), "password of the account that connects"),
        (basic.set_variable("Hide", "Key", hidden=True), "hidden value of the variable Key"),
        (changed(osd.enable_bitlocker("Lock"), Mode="TPMAndPIN"), "PIN of BitLocker"),
        (basic.set_dynamic_variables("Rules", RULES), "value of Key"),
    ],
)
def test_a_secret_is_missing(step: Step, expected: str) -> None:
    assert (expected,) == listed(step)


@pytest.mark.parametrize(
    "step",
    [
        changed(JOIN, DomainPassword="typed"),
        changed(JOIN, DomainUsername=""),
        changed(WINDOWS, RandomAdminPassword="true"),
        without(WINDOWS, "AdminPassword"),
        basic.run_command_line("Plain", "cmd.exe"),
        basic.run_powershell_script("Plain", lines=("Get-Date",)),
        changed(AS_USER, RunAsUser="false"),
        basic.connect_network_folder("Map", "L:", r"\\a\b", ""),
        basic.set_variable("Show", "Key"),
        osd.enable_bitlocker("Lock"),
        osd.apply_network_settings("Workgroup"),
    ],
)
def test_nothing_is_missing(step: Step) -> None:
    assert () == listed(step)


def test_one_finding_for_each_step() -> None:
    found = [one for one in scene(JOIN, AS_USER, to=None).found() if one.rule == "R53"]
    assert [(("Join",), "warning", False), (("Copy",), "warning", False)] == [
        (one.location.path, one.severity, one.blocking) for one in found
    ]


def test_files_of_mdt_keep_theirs() -> None:
    text = (
        '<sequence version="3.00" name="Client" description="">'
        '<step type="SMS_TaskSequence_JoinDomainWorkgroupAction" name="Join"><defaultVarList>'
        '<variable name="OSDJoinAccount" property="DomainUsername">a</variable></defaultVarList></step></sequence>'
    )
    assert [] == list(missing_secrets(subject_of(raw(text))))
