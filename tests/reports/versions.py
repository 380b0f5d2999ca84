"""Two versions of one invented export, in which something of every kind differs."""

from __future__ import annotations

from msgspec.structs import replace

from tests.made import CHQ, Element, Group, Known, Step, on, osd_steps, read_parts, sequence, steps
from tests.made import parts as made_parts
from tsfix.export import Export

SCRIPT = ("param($Share)", "New-Item $Share", "foreach ($x in 1..3) {", "    Write-Host $x", "}", "exit 0")


def before() -> Export:
    """The earlier version."""
    prepare = Group(
        name="Prepare",
        children=(
            steps.set_variable("Set office", "Office", "ZRH"),
            steps.run_powershell_script("Make folder", lines=SCRIPT),
            steps.run_command_line("Old tool", "cmd.exe /c old.cmd"),
            steps.set_dynamic_variables("Set names", rules("ZRH-*", "ZRH")),
        ),
    )
    install = Group(
        name="Install",
        children=(
            steps.restart("Restart"),
            osd_steps.setup_windows("Setup Windows and ConfigMgr", "CHQ00003", "SMSMP=mp.contoso.example"),
        ),
    )
    return _export(prepare, install, site_server="CHQ-CM01")


def after() -> Export:
    """The later version."""
    condition = on.when(on.variable("_SMSTSInWinPE", "equals", "true"))
    prepare = Group(
        name="Prepare",
        condition=condition,
        children=(
            replace(steps.set_variable("Set site", "Office", "ZRH"), name="Set site"),
            steps.run_powershell_script("Make folder", lines=(*SCRIPT[:3], "    Write-Output $x", *SCRIPT[4:])),
            steps.set_dynamic_variables("Set names", rules("GVA-*", "GVA")),
            steps.restart("Restart"),
        ),
    )
    install = Group(
        name="Install",
        children=(
            osd_steps.setup_windows("Setup Windows and ConfigMgr", "CHQ00042", "SMSMP=mp.contoso.example"),
            steps.run_command_line("New tool", "cmd.exe /c new.cmd"),
        ),
    )
    return _export(prepare, install, site_server="CHQ-CM02", known=(Known(id="CHQ00042", name="Client 2309", type=0),))


def rules(pattern: str, office: str) -> Element:
    """One rule, and what holds always."""
    return Element(
        tag="Rules",
        children=(
            steps.rule(on.when(on.variable("_SMSTSMachineName", "like", pattern)), ("Office", office, False)),
            steps.rule(None, ("Language", "de-CH", False)),
        ),
    )


def _export(*items: Group | Step, site_server: str, known: tuple[Known, ...] = ()) -> Export:
    made = sequence("CHQ0000D", "Deploy Windows", *items)
    return read_parts(made_parts(made, known=known, site=replace(CHQ, server=site_server)), name="deploy.zip")
