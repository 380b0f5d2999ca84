"""Cases of the rules about the client, its installation and saved user states (1 to 14)."""

from __future__ import annotations

from msgspec.structs import replace

from tests.checks.cases import Case, advice, check
from tests.checks.scenes import Scene, client, hierarchy, scene
from tests.made import CLIENT, Known, Step
from tests.made import osd_steps as osd
from tests.made import state_steps as state
from tests.made import steps as basic

CUSTOM = "LEG00042"
KNOWN = (
    Known(id=CUSTOM, name="Client for LEG"),
    Known(id="CHQ00099", name="USMT, our own"),
    Known(id="CHQ000EE", name=""),
)


def setup(package: str = CLIENT.id, properties: str = "", **others: str) -> Step:
    step = osd.setup_windows("Setup Windows and ConfigMgr", package, properties)
    rows = tuple((name, f"^{name}", value) for name, value in others.items())
    return replace(step, variables=(*step.variables, *rows))


def default_client(to: str = "LEG") -> Scene:
    return scene(setup(), to=to, sites=hierarchy())


def custom_client(held: str, to: str = "LEG") -> Scene:
    return scene(setup(CUSTOM), to=to, known=KNOWN, sites=hierarchy(client(CUSTOM, held)))


def pre_production(to: str) -> Scene:
    step = setup(CUSTOM)
    row = ("_SMSClientPreProductionPackageID", "ClientPreProductionPackageID", "CHQ000AA")
    return scene(
        replace(step, variables=(*step.variables, row)), to=to, known=KNOWN, sites=hierarchy(client(CUSTOM, "2207"))
    )


def promotion(*, enabled: bool) -> Scene:
    known = (client(CLIENT.id, "2207", default=True), client("CHQ000AA", "2309", pre_production=True))
    return scene(setup(), to="LEG", sites=hierarchy(*known, pre_production=enabled))


def properties(text: str, to: str = "LEG") -> Scene:
    return scene(setup(CUSTOM, text), to=to, known=KNOWN, sites=hierarchy(client(CUSTOM, "2207")))


def command(text: str) -> Scene:
    return scene(basic.run_command_line("Client", text), to="LEG", sites=hierarchy())


def migration(capture: str, restore: str, *, to: str | None = "LEG", usmt: str = "CHQ00001") -> Scene:
    steps = (state.capture_user_state("Capture", capture), state.restore_user_state("Restore", restore))
    return scene(*steps, to=to, known=KNOWN, sites=hierarchy(), usmt=usmt)


def replacement(package: str = CLIENT.id, *, hard_links: str = "false", held: str = "2309") -> Scene:
    capture = state.capture_user_state("Capture", "CHQ00099")
    rows = {row[0]: row for row in capture.variables}
    rows["_OSDMigrateUseHardlinks"] = ("_OSDMigrateUseHardlinks", "UseHardlinks", hard_links)
    steps = (
        state.request_state_store("Request", "capture"),
        replace(capture, variables=tuple(rows.values())),
        setup(package),
        state.restore_user_state("Restore", "CHQ00099"),
    )
    return scene(*steps, to="LEG", known=KNOWN, sites=hierarchy(client(package, held), older="2010"))


CASES: dict[str, Case] = {
    "R1": check("client_package", "error", default_client, lambda: default_client("NEW")),
    "R2": check("client_package", "error", lambda: custom_client("2309"), lambda: custom_client("2207")),
    "R3": check(
        "client_package", "warning", lambda: custom_client("2207", "NEW"), lambda: custom_client("2309", "NEW")
    ),
    "R4": check("client_package", "error", lambda: pre_production("LEG"), lambda: pre_production("NEW")),
    "R5": check("client_package", "info", lambda: promotion(enabled=True), lambda: promotion(enabled=False)),
    "R6": check(
        "client_properties",
        "warning",
        lambda: properties("SMSSITECODE=CHQ SMSCACHESIZE=20480"),
        lambda: properties("SMSSITECODE=LEG SMSCACHESIZE=20480"),
    ),
    "R7": check(
        "client_properties",
        "warning",
        lambda: properties(r'PATCH="C:\Fixes\client.msp"'),
        lambda: properties("DISPATCH=1 SMSCACHESIZE=20480"),
        "unknown",
    ),
    "R8": check(
        "client_installers",
        "warning",
        lambda: command(r".\ccmsetup.exe /mp:chq-mp01.contoso.example"),
        lambda: command(r"C:\Windows\ccmsetup\ccmsetup.exe /uninstall"),
        "likely",
    ),
    "R9": advice(default_client, lambda: custom_client("2207")),
    "R10": advice(default_client, lambda: custom_client("2207")),
    "R11": check(
        "user_state",
        "warning",
        lambda: migration("CHQ00001", "CHQ00001"),
        lambda: migration("CHQ00099", "CHQ00099"),
    ),
    "R12": check(
        "user_state",
        "warning",
        lambda: migration("CHQ00001", "CHQ00099", to=None),
        lambda: migration("CHQ00099", "CHQ00099", to=None),
    ),
    "R13": check("user_state", "error", replacement, lambda: replacement(CUSTOM, held="2010")),
    "R14": check("user_state", "info", lambda: replacement(hard_links="true"), lambda: replacement(hard_links="false")),
}
