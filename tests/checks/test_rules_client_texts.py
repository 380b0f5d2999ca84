"""Texts that decide which client a computer gets: installation properties, and commands that install one."""

from __future__ import annotations

import pytest

from tests.checks.cases_client import CUSTOM, KNOWN, setup
from tests.checks.scenes import client, hierarchy, scene, told
from tests.made import Element, Known, Step
from tests.made import steps as basic


def properties(text: str, to: str = "LEG") -> list[tuple[str, str, str]]:
    found = scene(setup(CUSTOM, text), to=to, known=KNOWN, sites=hierarchy(client(CUSTOM, "2207"))).found()
    return [*told(found, "R6"), *told(found, "R7")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SMSSITECODE=CHQ", [("warning", "certain", "SMSSITECODE")]),
        ("smssitecode = CHQ", [("warning", "certain", "SMSSITECODE")]),
        ("SMSSITECODE=AUTO", [("info", "likely", "SMSSITECODE")]),
        ("SMSMP=chq-mp01.contoso.example", [("warning", "unknown", "SMSMP")]),
        ("CCMHOSTNAME=cmg.contoso.example/CCM_Proxy", [("warning", "unknown", "CCMHOSTNAME")]),
        ('FSP="chq-fsp01"', [("warning", "unknown", "FSP")]),
        ("DNSSUFFIX=contoso.example", [("info", "unknown", "DNSSUFFIX")]),
        (r'PATCH="%_SMSTSMDataPath%\Packages\CHQ00003\fix.msp"', [("warning", "unknown", "PATCH")]),
        ("SMSCACHESIZE=20480 CCMLOGMAXSIZE=2621440 /UsePKICert", []),
        ("SMSSITECODE=LEG SMSSITECODE=leg", []),
        ("CCMLOGLEVEL=0 RESETKEYINFORMATION=TRUE", []),
        ("", []),
    ],
)
def test_installation_properties(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert expected == properties(text)


def test_properties_of_servers_are_fine_at_the_newest_site() -> None:
    assert [] == properties("SMSMP=chq-mp01.contoso.example FSP=chq-fsp01 PATCH=a.msp", to="NEW")


def test_another_site_is_wrong_there_too() -> None:
    assert [("warning", "certain", "SMSSITECODE")] == properties("SMSSITECODE=LEG", to="NEW")


@pytest.mark.parametrize(
    ("to", "certainty"), [("2207", None), ("2111", "likely")], ids=["a site of the target's version", "of another"]
)
def test_a_version_as_target_knows_sites_by_their_version(to: str, certainty: str | None) -> None:
    found = scene(setup(CUSTOM, "SMSSITECODE=LEG"), to=to, known=KNOWN, sites=hierarchy()).found()
    assert ([] if certainty is None else [("warning", certainty, "SMSSITECODE")]) == told(found, "R6")


def test_without_a_hierarchy_a_site_code_proves_nothing() -> None:
    found = scene(setup(CUSTOM, "SMSSITECODE=LEG"), to="1706", known=KNOWN).found()
    assert [("warning", "unknown", "SMSSITECODE")] == told(found, "R6")


def test_a_step_or_a_rule_that_sets_the_variable_counts() -> None:
    rules = Element(tag="Rules", children=(basic.rule(None, ("SMSClientInstallProperties", "SMSMP=chq-mp01", False)),))
    steps = (
        basic.set_variable("Properties", "SMSClientInstallProperties", "FSP=chq-fsp01"),
        basic.set_dynamic_variables("Rules", rules),
    )
    found = scene(*steps, to="LEG", sites=hierarchy()).found()
    assert [("warning", "unknown", "FSP"), ("warning", "unknown", "SMSMP")] == told(found, "R6")


def installs(step: Step, *known: Known, to: str = "LEG") -> list[tuple[str, str, str]]:
    return told(scene(step, to=to, known=known, sites=hierarchy()).found(), "R8")


COMMANDS = (
    r"\\chq-cm01\SMS_CHQ\Client\ccmsetup.exe /mp:chq-mp01 SMSSITECODE=CHQ",
    "ccmsetup.exe",
    '"C:\\Temp\\CcmSetup.exe" /source:C:\\Temp',
    "cmd.exe /c start /wait ccmsetup.msi",
    "ccmsetup /forceinstall",
    r"msiexec.exe /i C:\Temp\client.msi /qn",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_that_install_a_client(command: str) -> None:
    ((severity, certainty, _),) = installs(basic.run_command_line("Client", command))
    assert ("warning", "likely") == (severity, certainty)


@pytest.mark.parametrize(
    "command",
    [
        r"C:\Windows\ccmsetup\ccmsetup.exe /uninstall",
        "taskkill.exe /f /im ccmsetup.exe",
        r"cmd.exe /c type C:\Windows\ccmsetup\Logs\ccmsetup.log",
        "sc.exe stop ccmsetup",
        r"robocopy C:\Windows\ccmsetup C:\Temp\ccmsetup",
        r"cmd.exe /c del C:\Windows\ccmsetup\ccmsetup.exe",
        "msiexec.exe /x client.msi",
        r"msiexec.exe /i C:\Temp\vpn-client.msi /qn",
        "woodgrove-ccmsetup.exe",
    ],
)
def test_commands_that_do_not(command: str) -> None:
    assert [] == installs(basic.run_command_line("Client", command))


def test_scripts_are_read_line_by_line() -> None:
    lines = ("# ccmsetup.exe is not needed here", "Get-Process ccmsetup.exe", r"& 'C:\Temp\ccmsetup.exe' /mp:chq-mp01")
    (finding,) = [
        one
        for one in scene(basic.run_powershell_script("Client", lines=lines), to="LEG", sites=hierarchy()).found()
        if one.rule == "R8"
    ]
    assert ["It stands in the script."] == [piece.text for piece in finding.evidence]
    assert [] == installs(basic.run_powershell_script("Client", lines=lines[:2]))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Configuration Manager Client Upgrade Package", True),
        ("Microsoft Configuration Manager Client Upgrade 5.0 ALL", True),
        ("Configuration Manager Client Package", True),
        ("Configuration Manager console", False),
        ("Contoso VPN client", False),
    ],
)
def test_packages_that_hold_a_client(name: str, found: bool) -> None:
    known = Known(id="CHQ00088", name=name)
    step = basic.run_command_line("Client", "setup.cmd", package_id=known.id)
    assert ([("warning", "likely", "CHQ00088")] if found else []) == installs(step, known)


def test_a_package_whose_client_suits_the_target_is_fine() -> None:
    step = basic.run_command_line("Client", "setup.cmd", package_id=CUSTOM)
    assert [] == told(scene(step, to="LEG", known=KNOWN, sites=hierarchy(client(CUSTOM, "2207"))).found(), "R8")


def test_at_the_newest_site_any_client_may_be_installed() -> None:
    assert [] == installs(basic.run_command_line("Client", COMMANDS[0]), to="NEW")
