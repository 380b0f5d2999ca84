"""Cases of the rules about boot images, Windows PE and the Windows to install (15 to 23, 30)."""

from __future__ import annotations

from msgspec.structs import replace

from tests.checks.cases import Case, advice, check
from tests.checks.scenes import Scene, boot_image, hierarchy, scene
from tests.made import Known
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tsfix.values import SiteCode

DEFAULT = Known(
    id="CHQ00005",
    name="Boot image (x64)",
    type=258,
    version="10.0.22621.1",
    description="This boot image is created during setup.",
)
CUSTOM = Known(id="CHQ000B0", name="Our boot image", type=258, version="10.0.19041.1")
OLD_PE = Known(id="CHQ000B0", name="Our boot image", type=258, version="10.0.17763.1")
ARM64 = Known(id="CHQ000B1", name="Boot image (arm64)", type=258, version="10.0.26100.1")
X86 = Known(id="CHQ000B2", name="Boot image (x86)", type=258, version="10.0.19041.1")
WINDOWS_11 = Known(id="CHQ000C0", name="Windows 11", type=257, version="10.0.22631.2861")


def images(boot: Known, *, to: str = "LEG", held: str = "", image: bool = False) -> Scene:
    known = (boot_image(boot.id, held),) if held else ()
    steps = (osd.apply_image("Apply", WINDOWS_11.id),) if image else ()
    return scene(*steps, to=to, boot=boot.id, known=(boot, WINDOWS_11), sites=hierarchy(*known))


def distributed(*sites: str) -> Scene:
    known = replace(boot_image(CUSTOM.id, "2207"), content_at=tuple(map(SiteCode, sites)))
    return scene(to="LEG", boot=CUSTOM.id, known=(CUSTOM,), sites=hierarchy(known))


def downloader(program: str) -> Scene:
    name = "SMSTSDownloadProgram" if program else "ContosoProgram"
    return scene(basic.set_variable("Downloads", name, program or "none"), to="LEG", sites=hierarchy())


def mode(*, enabled: bool) -> Scene:
    return scene(basic.restart("Restart"), to="LEG", sites=hierarchy(pre_production=enabled))


CASES: dict[str, Case] = {
    "R15": check("boot_image", "warning", lambda: images(DEFAULT), lambda: images(CUSTOM)),
    "R16": check(
        "boot_image",
        "warning",
        lambda: images(CUSTOM, held="2309"),
        lambda: images(CUSTOM, held="2207"),
    ),
    "R17": advice(lambda: downloader("BITSACP.exe"), lambda: downloader("")),
    "R18": check(
        "boot_image", "warning", lambda: images(DEFAULT, to="1706"), lambda: images(DEFAULT, to="2309"), "likely"
    ),
    "R19": check(
        "windows_images",
        "warning",
        lambda: images(OLD_PE, to="2309", image=True),
        lambda: images(DEFAULT, to="2309", image=True),
        "likely",
    ),
    "R20": advice(lambda: mode(enabled=True), lambda: mode(enabled=False)),
    "R21": check("boot_image", "error", lambda: images(ARM64, to="2309"), lambda: images(ARM64, to="2403")),
    "R22": check("content", "warning", lambda: distributed("CHQ"), lambda: distributed("CHQ", "LEG")),
    "R23": check("boot_image", "info", lambda: images(X86), lambda: images(CUSTOM)),
    "R30": check(
        "windows_images",
        "warning",
        lambda: images(DEFAULT, to="1706", image=True),
        lambda: images(DEFAULT, to="2309", image=True),
        "likely",
    ),
}
