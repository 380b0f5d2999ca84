"""Cases of the rules about deployment, extensions, references, import, size and hierarchy (37 to 65)."""

from __future__ import annotations

from msgspec.structs import replace

from tests.checks.cases import Case, advice, check
from tests.checks.cases_client import setup
from tests.checks.cases_steps import readiness
from tests.checks.scenes import ID, Scene, client, deployed, hierarchy, scene
from tests.made import CLIENT, CLIENT_PACKAGE, Application, Known, Reference, Step, own_step, parts, read_parts
from tests.made import osd_steps as osd
from tests.made import sequence as made_sequence
from tests.made import state_steps as state
from tests.made import steps as basic
from tsfix.export import Parts
from tsfix.hierarchy import Deployment, Hierarchy, Site
from tsfix.values import SiteCode

CHILD = Known(id="CHQ00062", name="Child", type=4)
TOOLS = Known(id="CHQ000D0", name="Tools")
APPLICATION = "ScopeId_11111111-2222-3333-4444-555555555555/Application_00000001-0000-0000-0000-000000000000"


def at(to: str | None) -> Scene:
    """Nothing but a restart."""
    return scene(basic.restart("Restart"), to=to, sites=hierarchy())


def older() -> Scene:
    return at("LEG")


def newest() -> Scene:
    return at("NEW")


def deployment(one: Deployment, to: str | None = None) -> Scene:
    return scene(setup(), to=to, sites=hierarchy(client(CLIENT.id, "2309", default=True), deployments=(one,)))


def step_type(kind: str, *, needs: str = "") -> Scene:
    rows = (("PackageID", "^PackageID", needs),) if needs else ()
    ids = (needs,) if needs else ()
    return scene(
        own_step(kind, "Step", f"smsswd.exe /run:{needs} run.cmd", *rows, needs=ids), known=(TOOLS,), to="1706"
    )


def halves(package: str) -> Scene:
    """A step whose action line may name another package than its settings."""
    step = basic.run_command_line("Tools", "run.cmd", package_id=TOOLS.id, site=1706)
    return scene(replace(step, action=f"smsswd.exe /run:{package} run.cmd"), known=(TOOLS,), to="1706", site=1706)


def call(*needs: str, disable: bool = False) -> Step:
    return basic.run_task_sequence(
        "Call", CHILD.id, CHILD.name, tuple(Reference(package=found) for found in needs), disable=disable
    )


def family(parent: tuple[Step, ...], child: tuple[Step, ...], *, to: str = "2309", boot: str = "") -> Scene:
    sequences = (made_sequence(ID, "Parent", *parent), made_sequence(CHILD.id, CHILD.name, *child, boot_image=boot))
    return Scene(export=read_parts(parts(*sequences), "family.zip"), to=to)


def two(first: str, second: str) -> Scene:
    sequences = (made_sequence(ID, first), made_sequence(CHILD.id, second))
    return Scene(export=read_parts(parts(*sequences), "two.zip"), to="2309")


def without(part: str) -> Scene:
    whole = scene(to="2309").export
    return Scene(export=read_parts({name: data for name, data in whole.parts.parts.items() if name != part}), to="2309")


def sized(megabytes: int) -> Scene:
    """The bytes of the sequence are all that its size is taken from."""
    export = scene(to="2309").export
    part = export.task_sequences[0].part
    data = b"<sequence>" + b" " * (megabytes << 20) + b"</sequence>"
    content = {name: data if name == part else held for name, held in export.parts.parts.items()}
    return Scene(export=replace(export, parts=Parts(name="large.zip", kind="console-export", parts=content)), to="2309")


def sites(*versions: str) -> Scene:
    top, *others = (Site(code=SiteCode(f"S0{n}"), version=version) for n, version in enumerate(versions))
    known = Hierarchy(sites=(top, *(replace(one, parent=top.code) for one in others)))
    return scene(basic.restart("Restart"), to=None, sites=known)


def store(fallback: str, to: str) -> Scene:
    step = state.request_state_store("Request", "capture")
    rows = {row[0]: row for row in step.variables} | {
        "OSDStateFallbackToNAA": ("OSDStateFallbackToNAA", "FallbackToNAA", fallback)
    }
    return scene(replace(step, variables=tuple(rows.values())), to=to)


def application(*, wanted: bool) -> Scene:
    step = basic.install_applications("Applications", ((APPLICATION, "App"),), site=2203)
    known = Application(model=APPLICATION, name="App", ci_id=1, package="CHQ000E0")
    content = parts(made_sequence(ID, "Deploy kiosk", *[step] * wanted), applications=(known,))
    return Scene(export=read_parts(content, "kiosk.zip"), to="LEG", hierarchy=hierarchy())


def settings(account: str) -> Scene:
    domain = "contoso.example" if account else ""
    return scene(osd.apply_network_settings("Network", domain=domain, account=account), to="2309")


def packages(*ids: str, complete: bool = True) -> Scene:
    steps = tuple(basic.run_command_line(f"Use {one}", "run.cmd", package_id=one) for one in ids)
    rows = tuple(Known(id=one, name="Tools") for one in ids)
    return scene(*steps, to="2309", known=rows, sites=hierarchy(client("CHQ000D0", "2309"), complete=complete))


CASES: dict[str, Case] = {
    "R37": advice(older, newest),
    "R38": advice(older, newest),
    "R39": advice(older, newest),
    "R40": check("deployments", "error", lambda: deployment(deployed("LEG")), lambda: deployment(deployed("NEW"))),
    "R41": check(
        "deployments",
        "error",
        lambda: deployment(deployed("LEG", "5.00.7711.0000")),
        lambda: deployment(deployed("LEG", "5.00.9088.1007")),
    ),
    "R42": advice(older, newest),
    "R43": advice(older, newest),
    "R44": check(
        "unknown_steps",
        "error",
        lambda: step_type("Fabrikam_Custom_Action"),
        lambda: step_type("SMS_TaskSequence_RunCommandLineAction"),
        "unknown",
    ),
    "R45": check(
        "unknown_steps",
        "warning",
        lambda: step_type("BDD_UsePackage", needs=TOOLS.id),
        lambda: step_type("SMS_TaskSequence_RunCommandLineAction"),
        "likely",
    ),
    "R46": check("two_halves", "error", lambda: halves("CHQ000D1"), lambda: halves(TOOLS.id)),
    "R47": check(
        "child_sequences",
        "error",
        lambda: scene(call(CLIENT.id), to="2010", known=(CHILD,)),
        lambda: family((call(CLIENT.id),), (setup(),), to="2010"),
    ),
    "R49": check(
        "child_sequences",
        "warning",
        lambda: family((call(),), (), to="1802"),
        lambda: family((call(),), (), to="1910"),
    ),
    "R50": check(
        "references",
        "warning",
        lambda: packages("CHQ000D0", "CHQ000D1"),
        lambda: packages("CHQ000D0"),
        "likely",
    ),
    "R51": advice(lambda: application(wanted=True), lambda: application(wanted=False)),
    "R52": advice(older, newest),
    "R53": check("secrets", "warning", lambda: settings(r"CONTOSO\svc-join"), lambda: settings("")),
    "R54": check("export_form", "warning", lambda: two("Kiosk", "kiosk "), lambda: two("Kiosk", "Kiosk 2")),
    "R55": advice(
        lambda: scene(setup(), packages=(CLIENT_PACKAGE,)),
        lambda: scene(setup()),
    ),
    "R56": advice(lambda: scene(to="1706", site=2309), lambda: scene(to="2309", site=2309)),
    "R57": check("export_form", "warning", lambda: without("Manifest.xml"), lambda: without("Nothing.xml")),
    "R58": check("size", "error", lambda: sized(3), lambda: sized(1)),
    "R59": check("size", "warning", lambda: sized(27), lambda: sized(3), "likely"),
    "R60": check("sites", "warning", lambda: sites("2309", "2207", "2211"), lambda: sites("2309", "2207", "2207")),
    "R61": advice(older, newest),
    "R62": advice(lambda: readiness(to="2012"), lambda: readiness(to="1706")),
    "R63": advice(lambda: store("true", "2309"), lambda: store("true", "2403")),
    "R64": advice(older, newest),
    "R65": check("sites", "info", newest, older),
}
