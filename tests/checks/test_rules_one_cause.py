"""One cause is one finding, with every place as evidence, and the text says what a copy really does and costs."""

from __future__ import annotations

from msgspec.structs import replace

from tests.checks.scenes import Scene, scene
from tests.made import export, findings, own_step, raw, request, rewritten, sequence, sequence_text
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tsfix.findings import Finding

SETTING, SWITCH = "enable-bitlocker-full-disk", "enable-bitlocker-full-disk-switch"


def about(found: list[Finding], text: str) -> list[Finding]:
    return [one for one in found if text in one.subject]


def test_a_setting_and_the_switch_that_repeats_it_are_one_finding() -> None:
    plain = osd.enable_bitlocker("Lock")
    rows = tuple((*row[:2], "true") if "EncryptFullDisk" in row[0] else row for row in plain.variables)
    step = replace(plain, variables=rows, action=plain.action.replace("/full:False", "/full:True"))
    (found,) = about(scene(step, to="1706", site=2309).found(), "full")
    assert ("error", True, "decision") == (found.severity, found.blocking, found.fix)
    assert ("The setting EncryptFullDisk.", "The action line repeats it: /full:True.") == tuple(
        one.text for one in found.evidence
    )


def test_a_switch_without_its_setting_is_a_finding_of_its_own_that_promises_nothing() -> None:
    step = own_step("SMS_TaskSequence_EnableBitLockerAction", "Lock", "OSDBitLocker.exe /enable  /full:True")
    (found,) = about(Scene(export=raw(sequence_text(step)), to="1706").found(), "full")
    assert (SWITCH, "decision") == (found.subject, found.fix)
    assert "tsfix cuts" not in found.remedy


def test_what_the_rewrite_of_a_script_costs_is_said_in_the_scan_as_in_the_copy() -> None:
    made = export(sequence("CHQ00061", "Deploy kiosk", basic.run_powershell_script("Inline", lines=("Get-Date",))))
    (found,) = [one for one in findings(made, "1706") if one.rule == "R25"]
    assert "automatic" == found.fix
    assert "smsts.log" in found.trade_off
    told = [reason.text for change in rewritten(made, request("1706")).changes for reason in change.reasons]
    assert [] != [text for text in told if text.endswith(found.trade_off)]


def test_what_costs_nothing_has_no_trade_off() -> None:
    switch = basic.set_variable("Set", "Contoso", "1", site=2309)
    found = [one for one in scene(switch, to="1706", site=2309).found() if one.fix == "automatic"]
    assert {""} == {one.trade_off for one in found}
