"""Cases of the rules about steps, settings, variables and conditions (24 to 36)."""

from __future__ import annotations

from msgspec.structs import replace

from tests.checks.cases import Case, check
from tests.checks.scenes import Scene, scene
from tests.made import Element, Group, on, own_step
from tests.made import osd_steps as osd
from tests.made import steps as basic


def readiness(*, to: str, disable: bool = False) -> Scene:
    return scene(osd.check_readiness("Ready", memory=1, disk=1, site=1706, disable=disable), to=to, site=1706)


def script(*, to: str) -> Scene:
    return scene(basic.run_powershell_script("Inline", lines=("Get-Date",)), to=to)


def output(variable: str) -> Scene:
    return scene(basic.run_command_line("Ask", "cmd.exe /c ver", output_variable=variable), to="1706")


def disk(number: int) -> Scene:
    step = osd.partition_disk("Disk", "GPT", (("Windows", "PRIMARY", "NTFS", "100 PERCENT"),), site=1706)
    rows = tuple((name, prop, str(number) if prop == "DiskIndex" else value) for name, prop, value in step.variables)
    return scene(replace(step, variables=rows), to="1706", site=1706)


def convert_disk(kind: str) -> Scene:
    return scene(own_step(kind, "Convert", "osddiskpart.exe convert %OSDConvertDiskIndex%"), to="1706")


def token(to: str) -> Scene:
    return scene(basic.set_variable("Token", "SMSTSAllowTokenAuthURLForACP", "TRUE", site=1706), to=to)


def not_logged(value: str) -> Scene:
    steps = (
        basic.set_variable("Keep out of log", "OSDDoNotLogCommand", value, site=1706),
        basic.run_command_line("Secret", "cmd.exe /c ver", site=1706),
    )
    return scene(*steps, to="1706", site=1706)


def condition(*parts: Element, to: str = "1706") -> Scene:
    return scene(Group(name="Guarded", condition=on.when(*parts)), to=to, site=1706)


def expression(kind: str) -> Element:
    return Element(
        tag="expression",
        attributes=(("type", kind),),
        children=(Element(tag="variable", attributes=(("name", "Path"),), text=r"C:\Windows"),),
    )


def drive_letter(to: str) -> Scene:
    return scene(basic.set_variable("Letter", "OSDPreserveDriveLetter", "True", site=1606), to=to, site=1606)


CASES: dict[str, Case] = {
    "R24": check("newer_steps", "error", lambda: readiness(to="2012"), lambda: readiness(to="1706")),
    "R25": check("newer_features", "error", lambda: script(to="1706"), lambda: script(to="2309")),
    "R26": check("newer_features", "error", lambda: output("ContosoAnswer"), lambda: scene(to="1706")),
    "R27": check(
        "removed_steps",
        "info",
        lambda: convert_disk("SMS_TaskSequence_ConvertDiskAction"),
        lambda: scene(osd.partition_disk("Disk", "MBR", (), site=1706), to="1706"),
    ),
    "R28": check("newer_features", "error", lambda: disk(100), lambda: disk(99)),
    "R29": check(
        "newer_steps",
        "warning",
        lambda: readiness(to="2012", disable=True),
        lambda: readiness(to="1706", disable=True),
    ),
    "R31": check("newer_features", "warning", lambda: scene(to="1706"), lambda: scene(to="2309")),
    "R32": check("variables", "warning", lambda: token("1706"), lambda: token("2203")),
    "R33": check("variables", "error", lambda: not_logged("TRUE"), lambda: not_logged("FALSE")),
    "R34": check(
        "newer_features",
        "error",
        lambda: condition(on.variable("ContosoModel", "notLike", "Tailspin*")),
        lambda: condition(on.variable("ContosoModel", "notLike", "Tailspin*"), to="2103"),
    ),
    "R35": check(
        "conditions",
        "error",
        lambda: condition(expression("Fabrikam_TagConditionExpression")),
        lambda: condition(expression("SMS_TaskSequence_FolderConditionExpression")),
        "unknown",
    ),
    "R36": check("variables", "warning", lambda: drive_letter("1602"), lambda: drive_letter("1606")),
}
