"""Three invented estates with planted faults: hierarchy, exports, and a note at each thing that is planted."""

from __future__ import annotations

from msgspec.structs import replace

from tests.checks.scenes import Scene
from tests.made import CHQ, Element, Group, Known, Reference, on, own_step, parts, read_parts
from tests.made import osd_steps as osd
from tests.made import sequence as made_sequence
from tests.made import state_steps as state
from tests.made import steps as basic
from tsfix.hierarchy import (
    Deployment,
    Hierarchy,
    Inventory,
    KnownPackage,
    Members,
    PackageKind,
    Replacement,
    Site,
)
from tsfix.values import PackageId, SiteCode


def package(found: Known, kind: PackageKind, **others: object) -> KnownPackage:
    return KnownPackage(id=PackageId(found.id), kind=kind, name=found.name, **others)  # type: ignore[arg-type]


def site(code: str, version: str, parent: str = "", **others: object) -> Site:
    up = SiteCode(parent) if parent else None
    return Site(code=SiteCode(code), version=version, parent=up, **others)  # type: ignore[arg-type]


# Northwind: the central site was updated to 2309 in the night; PLA still runs 2207. The inventory script wrote the file.

N_CLIENT = Known(
    id="NWC00002",
    name="Configuration Manager Client Package",
    description="This package is automatically created and distributed so that client can upgrade itself from the closest.",
)
N_OLD_CLIENT = Known(id="NWC00077", name="ConfigMgr client 2207")
N_USMT = Known(
    id="NWC00001", name="User State Migration Tool for Windows", description="This package is created during setup."
)
N_BOOT = Known(
    id="NWC00005",
    name="Boot image (x64)",
    type=258,
    version="10.0.22621.1",
    description="This boot image is created during setup.",
)
N_OLD_BOOT = Known(id="NWC00088", name="Boot image 2207", type=258, version="10.0.22621.1")
N_IMAGE = Known(id="NWC00010", name="Windows 11 23H2", type=257, version="10.0.22631.2861")
N_TOOLS = Known(id="NWC00011", name="Deployment tools")
N_KNOWN = (N_CLIENT, N_OLD_CLIENT, N_USMT, N_BOOT, N_OLD_BOOT, N_IMAGE, N_TOOLS)

NORTHWIND_SITES = Hierarchy(
    sites=(
        site("NWC", "5.00.9122.1000", kind="central"),
        site("PLA", "5.00.9088.1000", "NWC", kind="primary"),
        site("PLB", "5.00.9122.1000", "NWC", kind="primary"),
    ),
    packages=(
        package(N_CLIENT, "client", default=True, client_version="5.00.9122.1002"),
        package(N_OLD_CLIENT, "client", default=False, client_version="5.00.9088.1007"),
        package(N_USMT, "usmt", default=True),
        package(N_BOOT, "boot-image", default=True, client_version="5.00.9122.1002", pe_version="10.0.22621.1"),
        package(N_OLD_BOOT, "boot-image", default=False, client_version="5.00.9088.1007", pe_version="10.0.22621.1"),
        package(N_IMAGE, "image"),
        package(N_TOOLS, "package"),
    ),
    deployments=(
        Deployment(
            id="NWC20001",
            task_sequence=PackageId("NWC00030"),
            collection="NWC00014",
            collection_name="All new computers",
            members=(
                Members(site="PLA", count=140, lowest_client="5.00.9088.1007"),
                Members(site="PLB", count=310, lowest_client="5.00.9122.1002"),
            ),
        ),
    ),
    inventory=Inventory(site="NWC"),
)


def northwind(to: str | None = "PLA") -> Scene:
    """One task sequence with everything at its default, and one that was made for the older site and is fine."""
    faulty = (
        state.request_state_store("Request store", "capture"),
        state.capture_user_state("Capture state", N_USMT.id),  # the default USMT package
        osd.apply_image("Apply Windows", N_IMAGE.id),
        osd.apply_network_settings("Network", domain="northwind.example", account=r"NW\svc-join"),  # a password is lost
        # the default client package, with the site code of the other primary and a server that nobody can place
        osd.setup_windows("Install client", N_CLIENT.id, "SMSSITECODE=PLB SMSMP=plb-mp.northwind.example"),
        basic.set_variable("Retry applications", "OSDAppInstallRetries", "3"),  # needs 2211
        basic.run_command_line(
            "Repair client", r".\ccmsetup.exe /mp:plb-mp", package_id=N_TOOLS.id
        ),  # installs one too
        basic.run_command_line("Gone tool", "tool.exe", package_id="NWC000FF"),  # the inventory does not have it
        state.restore_user_state("Restore state", N_USMT.id),
        state.release_state_store("Release store"),
    )
    fine = (
        osd.apply_image("Apply Windows", N_IMAGE.id),
        osd.apply_network_settings("Network"),
        osd.setup_windows("Install client", N_OLD_CLIENT.id, "SMSSITECODE=PLA"),
        basic.run_command_line("Tools", "tools.cmd", package_id=N_TOOLS.id),
        basic.run_command_line("Wait for setup", "taskkill.exe /im ccmsetup.exe", continue_on_error=True),
        basic.restart("Restart"),
    )
    content = parts(
        made_sequence("NWC00030", "New computer", *faulty, boot_image=N_BOOT.id),
        made_sequence("NWC00031", "New computer (for PLA)", *fine, boot_image=N_OLD_BOOT.id),
        known=(*N_KNOWN, Known(id="NWC000FF", name="Gone tool")),
        site=replace(CHQ, code="NWC", version=2309, usmt=N_USMT.id),
    )
    return Scene(export=read_parts(content, "northwind.zip"), to=to, hierarchy=NORTHWIND_SITES)


# Litware: the central site went from 2012 to 1511; the site BER still runs 2012 R2 SP1. The file was written by hand.

L_CLIENT = Known(
    id="LIT00002", name="Configuration Manager Client Package"
)  # an export of 2016: no description to confirm
L_BOOT = Known(id="LIT00004", name="Boot image (x64)", type=258, version="10.0.10240.16384")
L_SCRIPTS = Known(id="LIT00020", name="Scripts")
L_TOOLKIT = Known(id="LIT00021", name="MDT toolkit")
L_KNOWN = (L_CLIENT, L_BOOT, L_SCRIPTS, L_TOOLKIT)

LITWARE_SITES = Hierarchy(
    sites=(
        site("LIT", "1511"),
        site(
            "BER",
            "2012 R2 SP1",
            "LIT",
            replacements=(Replacement(old=PackageId("LIT00002"), new=PackageId("BER00042")),),
        ),
    )
)


def litware(to: str | None = "BER") -> Scene:
    """A 2012 site knows neither the upgrade step nor the engine's newer variables, and no Windows PE 10."""
    computers = on.when(on.variable("Model", "like", "Tailspin*"))  # not known in 2012
    items = (
        basic.run_command_line("Check disk", "cmd.exe /c vol", site=1511),
        Group(
            name="Upgrade",
            children=(
                own_step(  # the step type came with 1511
                    "SMS_TaskSequence_UpgradeOperatingSystemAction",
                    "Upgrade Windows",
                    "OSDUpgradeOS.exe ",
                    ("OSDUpgradeScanOnly", "ScanOnly", "false"),
                ),
                Group(  # tested by the engine of 1511 only
                    name="Roll back",
                    condition=on.when(on.variable("_SMSTSSetupRollback", "equals", "TRUE")),
                    children=(basic.run_command_line("Report", "report.cmd", package_id=L_SCRIPTS.id, site=1511),),
                ),
            ),
        ),
        Group(
            name="Off",
            disable=True,
            children=(own_step("SMS_TaskSequence_DownloadPackageContentAction", "Later", "OsdDownloadContent.exe"),),
        ),
        Group(name="Tailspin", condition=computers, children=(basic.restart("Restart Tailspin"),)),
        own_step(
            "BDD_Gather",
            "Gather",
            "smsswd.exe /run:LIT00021 cscript.exe ZTIGather.wsf",
            ("PackageID", "^PackageID", L_TOOLKIT.id),
            needs=(L_TOOLKIT.id,),
        ),
        own_step("SMS_TaskSequence_InstallDeployToolsAction", "Sysprep files", "osdprepareos.exe /install:"),
        osd.setup_windows("Install client", L_CLIENT.id, "SMSCACHESIZE=10240"),
        basic.run_command_line("Half changed", "run.cmd", package_id=L_SCRIPTS.id, site=1511),
    )
    halved = tuple(
        replace(item, action="smsswd.exe /run:LIT000AA run.cmd") if item.name == "Half changed" else item
        for item in items
    )  # type: ignore[call-overload]
    content = parts(
        made_sequence("LIT00050", "Upgrade to Windows 10", *halved, boot_image=L_BOOT.id, version="3.00"),
        known=L_KNOWN,
        site=replace(CHQ, code="LIT", version=1511, usmt="00000000"),
    )
    return Scene(export=read_parts(content, "litware.zip"), to=to, hierarchy=LITWARE_SITES)


# Woodgrove: 2103 at the top, 2010 at WGB; a parent with children, one of them left out of the export, guards, an extension.

W_BOOT = Known(id="WGA00060", name="Woodgrove PE", type=258, version="10.0.19041.1")
W_CHILD = Known(id="WGA00041", name="Applications", type=4)
W_ABSENT = Known(id="WGA00042", name="Drivers", type=4)
W_CLIENT = Known(
    id="WGA00002",
    name="Configuration Manager Client Package",
    description="This package is automatically created and distributed so that client can upgrade itself from the closest.",
)
W_PING = Known(id="OLD00099", name="Ping")
W_KNOWN = (W_BOOT, W_CHILD, W_ABSENT, W_CLIENT, W_PING)

WOODGROVE_SITES = Hierarchy(
    sites=(site("WGA", "2103"), site("WGB", "2010", "WGA")),
    packages=(
        package(W_BOOT, "boot-image", default=False, client_version="5.00.9040.1010", pe_version="10.0.19041.1"),
    ),
)


def woodgrove(to: str | None = "WGB") -> Scene:
    """A newer operator in a rule and in a guarded group, a child that nobody can see, an extension from elsewhere."""
    new_enough = on.when(on.wmi("SELECT * FROM SMS_Client WHERE ClientVersion >= '5.00.9049'", r"root\ccm"))
    not_tailspin = on.when(on.variable("Model", "notLike", "Tailspin*"))
    rules = Element(
        tag="Rules", children=(basic.rule(not_tailspin, ("Vendor", "other", False), ("UnlockCode", "", True)),)
    )
    parent = (
        basic.set_dynamic_variables("Rules", rules),  # notLike needs 2103, and a secret is lost
        Group(  # guarded: only clients of 2103 get in
            name="New clients only",
            condition=new_enough,
            children=(Group(name="Not Tailspin", condition=not_tailspin, children=(basic.restart("Restart"),)),),
        ),
        basic.run_task_sequence("Applications", W_CHILD.id, W_CHILD.name, ()),
        basic.run_task_sequence(
            "Drivers", W_ABSENT.id, W_ABSENT.name, (Reference(package=W_CLIENT.id),)
        ),  # not exported
        own_step(
            "Fabrikam_PingAction",
            "Ping",
            "smsswd.exe /run:OLD00099 ping.exe",
            ("FabrikamPackageID", "PackageID", W_PING.id),
            needs=(W_PING.id,),
        ),
        basic.set_variable("Downloads", "SMSTSDownloadProgram", "SMSTSNomad.exe"),
    )
    child = (
        basic.run_command_line("Connect", "net.exe use L:", user=r"WG\svc-files"),  # a password is lost
        basic.run_command_line("Same name", "one.cmd"),
    )
    content = parts(
        made_sequence("WGA00040", "Refresh", *parent, boot_image=W_BOOT.id),
        made_sequence(W_CHILD.id, W_CHILD.name, *child, boot_image=W_BOOT.id),  # a child must not have a boot image
        made_sequence("WGA00043", "refresh", basic.restart("Restart")),  # the same name once more
        known=W_KNOWN,
        site=replace(CHQ, code="WGA", version=2103, usmt="00000000"),
    )
    del content["Manifest.xml"]  # unpacked and zipped again by somebody
    return Scene(export=read_parts(content, "woodgrove.zip"), to=to, hierarchy=WOODGROVE_SITES)
