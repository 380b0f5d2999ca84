"""A mapped package changes in every live place at once, and nowhere else."""

from __future__ import annotations

import pytest

from tests.made import (
    CLIENT,
    CLIENT_PACKAGE,
    Application,
    Known,
    Package,
    Step,
    cloned,
    export,
    is_unchanged,
    knowledge,
    live,
    named,
    own_step,
    parts,
    raw,
    read_parts,
    refused,
    request,
    rewritten,
    sequence,
    sequence_text,
    step_values,
    target,
)
from tests.made import osd_steps as osd
from tests.made import state_steps as state
from tests.made import steps as basic
from tests.parse.documents import fixture_export
from tsfix.changes import Reason
from tsfix.conversion import Rewritten
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy, KnownPackage, PackageKind, Replacement, Site
from tsfix.parse.references_info import read_references_info
from tsfix.values import Location, PackageId, RuleId, SiteCode
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import decode_source

OLD, NEW = "ABC00010", "XYZ00020"


def leftovers(done: Rewritten, old: str) -> list[str]:
    """The parts of the copy whose bytes or names still hold the ID."""
    return [
        name
        for name, data in done.copy.parts.parts.items()
        if old in name.upper() or old.encode() in data.replace(b"\0", b"").upper()
    ]


KINDS = {
    "driver package": osd.apply_driver_package("S", OLD, site=1606),
    "image": osd.apply_image("S", OLD, site=1606),
    "answer file": osd.apply_image("S", "ABC00011", answer_package=OLD, answer_file="u.xml", site=1606),
    "run command line": basic.run_command_line("S", "run.cmd", package_id=OLD, site=1606),
    "powershell": basic.run_powershell_script("S", package_id=OLD, script="a.ps1", site=1606),
    "program": basic.install_package("S", OLD, "Install quiet"),
    "capture": state.capture_user_state("S", OLD),
    "restore": state.restore_user_state("S", OLD),
    "client": osd.setup_windows("S", OLD, ""),
    "upgrade": own_step(
        "SMS_TaskSequence_UpgradeOperatingSystemAction",
        "S",
        "OSDUpgradeOS.exe ",
        ("OSDUpgradeInstallPackageID", "InstallPackageID", OLD),
        needs=(OLD,),
    ),
    "upgrade drivers": own_step(
        "SMS_TaskSequence_UpgradeOperatingSystemAction",
        "S",
        "OSDUpgradeOS.exe ",
        ("OSDUpgradeDriverPackageID", "DriverPackageID", OLD),
        needs=(OLD,),
    ),
    "download": own_step(
        "SMS_TaskSequence_DownloadPackageContentAction",
        "S",
        "OsdDownloadContent.exe ",
        ("OSDDownloadDownloadPackages", "DownloadPackages", f"ABC00011,{OLD}"),
        ("OSDPackage0PackageId", "PackageInfo0PackageId", "ABC00011"),
        ("OSDPackage1PackageId", "PackageInfo1PackageId", OLD),
        needs=("ABC00011", OLD),
    ),
    "sysprep": own_step(
        "SMS_TaskSequence_InstallDeployToolsAction",
        "S",
        f"osdprepareos.exe /install:{OLD}",
        ("SysprepPackageID", "SysprepPackageID", OLD),
        needs=(OLD,),
    ),
    "toolkit": own_step(
        "BDD_UsePackage", "S", f"smsswd.exe /run:{OLD} x", ("BDDPackageID", "PackageID", OLD), needs=(OLD,)
    ),
    "disabled": basic.run_command_line("S", "run.cmd", package_id=OLD, site=1606, disable=True),
}
KNOWN = (Known(id=OLD, name="Old package", description="Old words", version="1"), Known(id="ABC00011", name="Other"))


def made(*items: Step, boot_image: str = "", **others: object) -> Export:
    return export(sequence("ABC00050", "TS", *items, boot_image=boot_image), known=KNOWN, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_step(kind: str) -> None:
    step = KINDS[kind]
    done = rewritten(made(step), request("1706", maps={OLD: NEW}))
    assert leftovers(done, OLD) == []
    before = live(made(step).task_sequences[0])
    expected = {where: [NEW if found == OLD else found for found in ids] for where, ids in before.items()}
    after = live(done.copy.task_sequences[0])
    for where in ("object-reference", "references-info"):
        assert sorted(expected.get(where, [])) == after.get(where, [])
    for where in ("variable", "action", "reference-list"):
        assert expected.get(where, []) == after.get(where, [])
    # Both halves of the step say the same.
    values, old_values = step_values(done.copy.task_sequences[0], "S"), step_values(made(step).task_sequences[0], "S")
    assert {name: value.replace(OLD, NEW) for name, value in old_values.items()} == values


def test_an_unknown_type_with_a_package() -> None:
    step = own_step(
        "Fabrikam_Custom_Action",
        "S",
        f"smsswd.exe /run:{OLD} f.exe",
        ("FabrikamPackage", "PackageID", OLD),
        needs=(OLD,),
    )
    done = rewritten(made(step), request("1706", maps={OLD: NEW}, policy="disable"))
    assert leftovers(done, OLD) == []
    assert {"action": f"smsswd.exe /run:{NEW} f.exe", "FabrikamPackage": NEW} == step_values(
        done.copy.task_sequences[0], "S"
    )


def test_the_boot_image_and_its_references() -> None:
    done = rewritten(made(KINDS["image"], boot_image="CHQ00005"), request("1706", maps={"CHQ00005": NEW}))
    assert leftovers(done, "CHQ00005") == []
    assert [NEW] == live(done.copy.task_sequences[0])["boot-image"]
    assert ["ABC00010", NEW] == live(done.copy.task_sequences[0])["object-reference"]


def test_the_boot_image_of_a_2007_package() -> None:
    done = rewritten(fixture_export("package-2007.xml"), request("1706", maps={"C0700004": NEW}, client="LEG00042"))
    assert leftovers(done, "C0700004") == []
    assert [NEW] == live(done.copy.task_sequences[0])["boot-image"]


def test_case_does_not_matter() -> None:
    step = own_step(
        "SMS_TaskSequence_RunCommandLineAction",
        "S",
        "smsswd.exe /run:abc00010 a",
        ("PackageID", "PackageID", "abc00010"),
        ("CommandLine", "CommandLine", "a"),
    )
    done = rewritten(made(step), request("1706", maps={OLD: NEW}))
    assert (f"smsswd.exe /run:{NEW} a", NEW) == tuple(
        step_values(done.copy.task_sequences[0], "S")[name] for name in ("action", "PackageID")
    )


def test_free_text_stays_and_is_reported() -> None:
    step = basic.run_command_line(
        "S", f"robocopy \\\\srv\\{OLD} C:\\x", package_id=OLD, site=1606, description=f"uses {OLD}"
    )
    done = rewritten(made(step), request("1706", maps={OLD: NEW}))
    values = step_values(done.copy.task_sequences[0], "S")
    assert (f"smsswd.exe /run:{NEW} robocopy \\\\srv\\{OLD} C:\\x", f"robocopy \\\\srv\\{OLD} C:\\x") == (
        values["action"],
        values["CommandLine"],
    )
    assert ["description", "variable CommandLine", "action line"] == [mention.label for mention in done.mentions]
    assert is_unchanged(done.copy, request("1706", maps={OLD: NEW}))


def test_old_ids_of_task_sequences_in_free_text_are_reported() -> None:
    step = basic.run_command_line("S", "start.cmd ABC00050", site=1606)
    done = rewritten(made(step, KINDS["image"]), request("1706", maps={OLD: NEW}))
    assert ["ABC00050", "ABC00050"] == [mention.package_id for mention in done.mentions]


# Lists.


def test_a_row_of_the_new_package_says_nothing_of_the_old_one() -> None:
    done = rewritten(made(KINDS["image"]), request("1706", maps={OLD: NEW}))
    (row,) = done.copy.task_sequences[0].references_info
    assert (NEW, NEW, "", "", "0", "*") == (
        row.package_id,
        row.name,
        row.description,
        row.version,
        row.package_type,
        row.program,
    )


TWO = (
    basic.run_command_line("A", "a", package_id="ABC00010", site=1606),
    basic.run_command_line("B", "b", package_id="ABC00011", site=1606),
)


def test_sorted_lists_stay_sorted() -> None:
    done = rewritten(made(*TWO), request("1706", maps={"ABC00010": "XYZ00001"}))
    places = live(done.copy.task_sequences[0])
    assert ["XYZ00001", "ABC00011"] == places["reference-list"]
    assert ["ABC00011", "XYZ00001"] == places["object-reference"] == places["references-info"]
    assert ["Other", "XYZ00001"] == [row.name for row in done.copy.task_sequences[0].references_info]


def test_two_packages_become_one() -> None:
    done = rewritten(made(*TWO, site=_site(1902)), request("1706", maps={"ABC00010": NEW, "ABC00011": NEW}))
    places = live(done.copy.task_sequences[0])
    assert {
        "variable": [NEW, NEW],
        "action": [NEW, NEW],
        "reference-list": [NEW],
        "object-reference": [NEW],
        "references-info": [NEW],
    } == places
    assert "1" == _count(done.copy)


def test_a_package_becomes_one_that_is_listed_already() -> None:
    done = rewritten(made(*TWO, site=_site(1902)), request("1706", maps={"ABC00010": "ABC00011"}))
    places = live(done.copy.task_sequences[0])
    assert [["ABC00011"]] * 3 == [places[where] for where in ("reference-list", "object-reference", "references-info")]
    # The row of the package that was there stays; it knows the package's name.
    assert ["Other"] == [row.name for row in done.copy.task_sequences[0].references_info]
    assert "1" == _count(done.copy)


def test_a_count_of_zero_stays_zero() -> None:
    """Newer sites write 0 whatever the list holds."""
    done = rewritten(made(*TWO), request("1706", maps={"ABC00010": "ABC00011"}))
    assert ("0", "0") == (_count(made(*TWO)), _count(done.copy))


def test_the_same_package_with_two_programs() -> None:
    steps = (basic.install_package("A", OLD, "One"), basic.install_package("B", OLD, "Two"))
    found = raw(
        sequence_text(*steps).replace("</referenceList>", f'<reference package="{OLD}" program="Two"/></referenceList>')
    )
    done = rewritten(found, request("1706", maps={OLD: NEW}))
    assert [(NEW, "One"), (NEW, "Two")] == [
        (item.package, item.program) for item in done.copy.task_sequences[0].task_sequence.sequence.references
    ]


def test_rows_that_do_not_have_the_same_properties_do_not_move() -> None:
    content = parts(sequence("ABC00050", "TS", *TWO), known=KNOWN)
    part = "SMS_TaskSequencePackage/ABC00050/ReferencesInfo.xml"
    text = content[part].decode("utf-8-sig")
    empty = '&lt;PROPERTY NAME="ReferenceDescription" TYPE="string"&gt;\r\n    &lt;VALUE&gt;Old words&lt;/VALUE&gt;\r\n  &lt;/PROPERTY&gt;'
    assert empty in text
    content[part] = (
        b"\xef\xbb\xbf"
        + text.replace(empty, '&lt;PROPERTY NAME="ReferenceDescription" TYPE="string"&gt;&lt;/PROPERTY&gt;').encode()
    )
    done = rewritten(read_parts(content), request("1706", maps={"ABC00010": "XYZ00001"}))
    where = Location(file="")
    data = next(data for name, data in done.copy.parts.parts.items() if name.endswith("/ReferencesInfo.xml"))
    rows = read_references_info(parse_xml(decode_source(data, where).utf8, location=where), where)
    assert [("XYZ00001", "XYZ00001"), ("ABC00011", "Other")] == [(row.package_id, row.name) for row in rows]


def test_applications_keep_their_place() -> None:
    office = Application(model="ScopeId_A/Application_B", name="Office", ci_id=1, package="ABC00090")
    items = (*TWO, basic.install_applications("Apps", ((office.model, office.name),), site=1606))
    done = rewritten(made(*items, applications=(office,)), request("1706", maps={"ABC00010": "ABC00009"}))
    before, after = (found.task_sequences[0].task_sequence.object_references for found in (done.original, done.copy))
    assert [("ABC00009", "0"), ("ABC00011", "0"), (office.model, "1")] == [(item.package, item.type) for item in after]
    assert [item.program for item in before] == [item.program for item in after]


def _count(found: Export) -> str:
    value = found.task_sequences[0].task_sequence.property("ReferencesCount")
    assert value is not None
    return str(value.value)


def _site(version: int) -> object:
    from msgspec.structs import replace

    from tests.made import CHQ

    return replace(CHQ, version=version)


# Dependencies that travel in the export.


def test_the_object_of_a_replaced_package_goes() -> None:
    items = (osd.setup_windows("Client", CLIENT.id, ""), basic.install_package("VPN", "CHQ00019", "Install quiet"))
    vpn = Package(
        known=Known(id="CHQ00019", name="Woodgrove VPN client"),
        values=(("PkgSourcePath", "\\\\s\\CHQ00019"),),
        programs=(("Install quiet", "a"), ("Remove CHQ00003", "b")),
    )
    found = read_parts(parts(sequence("CHQ00050", "TS", *items), packages=(CLIENT_PACKAGE, vpn)))
    done = rewritten(found, request("1706", maps={"CHQ00019": NEW}, client="LEG00042"))
    assert [] == [name for name in done.copy.parts.parts if name.startswith(("SMS_Package/", "SMS_Program/"))]
    assert leftovers(done, "CHQ00019") == leftovers(done, "CHQ00003") == []
    assert done.copy.problems == ()
    other = rewritten(found, request("1706", client="LEG00042"))
    assert ["SMS_Package/CHQ00019/object.xml", "SMS_Package/CHQ00019/PACKAGE_CONTENT.xml"] == [
        name for name in other.copy.parts.parts if name.startswith("SMS_Package/")
    ]
    # A program whose name holds the ID of another package is no place of that package.
    assert 2 == sum(1 for name in other.copy.parts.parts if name.startswith("SMS_Program/CHQ00019_"))


@pytest.mark.parametrize(
    "missing", ["SMS_Package/CHQ00003/object.xml", "SMS_Package/CHQ00003/PACKAGE_CONTENT.xml", "SMS_Package/CHQ00003/"]
)
def test_a_replaced_package_whose_parts_are_not_all_there(missing: str) -> None:
    """Somebody deleted them; what the tables of contents say of the package goes all the same."""
    items = (osd.setup_windows("Client", CLIENT.id, ""),)
    content = parts(sequence("CHQ00050", "TS", *items), packages=(CLIENT_PACKAGE,))
    content = {name: data for name, data in content.items() if not name.startswith(missing)}
    done = rewritten(read_parts(content), request("1706", client="LEG00042"))
    assert [] == [name for name in done.copy.parts.parts if name.startswith("SMS_Package/")]
    assert 0 == done.copy.parts.parts["_rels/.rels"].count(b"CHQ00003")
    assert 0 == done.copy.parts.parts["Manifest.xml"].count(b"PackageID='CHQ00003'")


# What decides what replaces what.


def test_a_mapping_wins_over_the_client_package_and_that_over_the_site() -> None:
    site = Site(
        code=SiteCode("LEG"),
        version="1706",
        replacements=(Replacement(old=PackageId("CHQ00003"), new=PackageId("LEG00003")),),
    )
    known = Hierarchy(sites=(site,))
    found = export(sequence("CHQ00050", "TS", osd.setup_windows("S", "CHQ00003", "")))

    def client(**wanted: object) -> str:
        done = rewritten(found, request("1706", site="LEG", **wanted), known)  # type: ignore[arg-type]
        return step_values(done.copy.task_sequences[0], "S")["_SMSClientPackageID"]

    assert ["LEG00003", "LEG00002", "LEG00001"] == [
        client(accept=("R1",)),
        client(client="LEG00002"),
        client(client="LEG00002", maps={"CHQ00003": "LEG00001"}),
    ]


def test_the_site_replaces_every_package_that_the_file_names() -> None:
    """Also one that is not the default package, and packages of other kinds."""
    replacements = {"CHQ00077": "LEG00042", "CHQ00079": "LEG00043", "CHQ00078": "LEG00044"}
    site = Site(
        code=SiteCode("LEG"),
        version="1706",
        replacements=tuple(Replacement(old=PackageId(old), new=PackageId(new)) for old, new in replacements.items()),
    )
    names = tuple(
        KnownPackage(id=PackageId(new), name=f"Name of {new}", default=False) for new in replacements.values()
    )
    done = rewritten(
        fixture_export("Refresh Windows 10.zip"), request("1706", site="LEG"), Hierarchy(sites=(site,), packages=names)
    )
    assert [[], [], []] == [leftovers(done, old) for old in replacements]
    shown = {row.package_id: row.name for row in done.copy.task_sequences[0].references_info}
    assert {new: f"Name of {new}" for new in replacements.values()} == {
        new: shown[PackageId(new)] for new in replacements.values()
    }


def test_a_site_that_is_not_the_target_replaces_nothing() -> None:
    site = Site(
        code=SiteCode("LEG"),
        version="1706",
        replacements=(Replacement(old=PackageId("CHQ00077"), new=PackageId("LEG00042")),),
    )
    assert is_unchanged(fixture_export("Refresh Windows 10.zip"), request("1706"), Hierarchy(sites=(site,)))


def test_chains_are_refused() -> None:
    with pytest.raises(
        UsageError, match="XYZ00020 takes the place of ABC00010, and is itself to be replaced by XYZ00021"
    ):
        cloned(made(*TWO), request("1706", maps={OLD: NEW, NEW: "XYZ00021"}))
    with pytest.raises(UsageError, match="takes the place of"):
        cloned(made(*TWO), request("1706", maps={OLD: NEW, NEW: OLD}))


def test_a_mapped_client_package_counts_as_custom() -> None:
    """The person put it there; an ID that looks like one of the first of a site is no reason against it."""
    found = export(sequence("CHQ00050", "TS", osd.setup_windows("S", "CHQ00003", "")))
    rewritten(found, request("1706", maps={"CHQ00003": "LEG00003"}))
    bare = raw(sequence_text(osd.setup_windows("S", "CHQ00003", "")))
    rewritten(bare, request("1706", maps={"CHQ00003": "LEG00003"}))


def test_a_mapped_client_package_that_the_file_calls_default_is_refused() -> None:
    known = Hierarchy(packages=(KnownPackage(id=PackageId("LEG00003"), kind="client", default=True),))
    found = export(sequence("CHQ00050", "TS", osd.setup_windows("S", "CHQ00003", "")))
    assert [("R1", "LEG00003")] == refused(found, request("1706", maps={"CHQ00003": "LEG00003"}), known)
    with pytest.raises(UsageError, match="is a default or pre-production package"):
        cloned(found, request("1706", client="LEG00003"), known)


def test_pre_production_goes() -> None:
    step = osd.setup_windows("S", "CHQ00003", "")
    with_pre = own_step(
        step.type,
        "S",
        step.action,
        *step.variables,
        ("_SMSClientPreProductionPackageID", "ClientPreProductionPackageID", "CHQ00009"),
        needs=("CHQ00003", "CHQ00009"),
    )
    found = export(
        sequence("CHQ00050", "TS", with_pre),
        known=(Known(id="CHQ00009", name="Configuration Manager Client Piloting Package"),),
    )
    done = rewritten(found, request("1706", client="LEG00042"))
    assert leftovers(done, "CHQ00009") == []
    assert "_SMSClientPreProductionPackageID" not in step_values(done.copy.task_sequences[0], "S")


def test_nothing_to_replace_changes_nothing() -> None:
    assert is_unchanged(made(*TWO), request("1706", maps={"ABC00099": NEW}))
    assert target("1706").version.id == "1706"
    assert knowledge().rule("R46").id == "R46"
    assert named(made(*TWO), "TS").part.endswith("object.xml")


# What is said about it.


@pytest.mark.parametrize(
    ("kind", "rule"), [("client", "R1"), ("usmt", "R11"), ("boot-image", "R15"), ("package", "R46"), (None, "R46")]
)
def test_the_reason_names_the_site_and_the_rule_for_that_kind_of_package(kind: PackageKind | None, rule: str) -> None:
    site = Site(
        code=SiteCode("LEG"), version="1706", replacements=(Replacement(old=PackageId(OLD), new=PackageId(NEW)),)
    )
    packages = () if kind is None else (KnownPackage(id=PackageId(OLD), kind=kind),)
    known = Hierarchy(sites=(site,), packages=packages)
    done = rewritten(made(KINDS["program"]), request("1706", site="LEG", accept=("R1", "R11", "R15")), known)
    (change,) = (one for one in done.changes if one.field == f"references-info:{OLD}")
    assert [NEW] == [row.name for row in done.copy.task_sequences[0].references_info]
    source = knowledge().rule(rule).source
    assert (Reason(rule=RuleId(rule), text=f"the hierarchy file replaces {OLD} at LEG", sources=(source,)),) == (
        change.reasons
    )


def test_a_piloting_package_in_the_place_of_the_usual_one_is_called_so() -> None:
    """Somebody chose it as the client package; its name gives it away."""
    name = "Configuration Manager Client Piloting Package"
    found = export(
        sequence("CHQ00050", "TS", osd.setup_windows("S", "CHQ00009", "")), known=(Known(id="CHQ00009", name=name),)
    )
    done = rewritten(found, request("1706", client="LEG00042"))
    (change,) = (one for one in done.changes if one.field == "variable:_SMSClientPackageID")
    assert ("LEG00042", "R1", "CHQ00009 is the pre-production client package") == (
        change.after,
        change.reasons[0].rule,
        change.reasons[0].text,
    )
