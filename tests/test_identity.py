"""Default or custom: the order of the evidence, as a table. The first source that decides gives the verdict."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.made import (
    CLIENT,
    CLIENT_PACKAGE,
    LAB,
    Known,
    Package,
    export,
    knowledge,
    own_step,
    parts,
    raw,
    read_parts,
    sequence,
    sequence_text,
)
from tests.made import osd_steps as osd
from tests.made import state_steps as state
from tests.parse.documents import fixture_export
from tsfix.hierarchy import Hierarchy, KnownPackage, PackageKind
from tsfix.identity import Identity, identify
from tsfix.values import PackageId

CLIENT_NAME = "Configuration Manager Client Package"
CLIENT_WORDS = "This package is automatically created and distributed so that client can upgrade itself from the"
USMT_NAME = "User State Migration Tool for Windows"
SETUP_WORDS = "This package is created during setup."
BOOT_WORDS = "This boot image is created during setup."
PILOT = "Configuration Manager Client Piloting Package"


def listed(package_id: str, kind: PackageKind = "client", default: bool | None = None, pre: bool = False) -> Hierarchy:
    return Hierarchy(packages=(KnownPackage(id=PackageId(package_id), kind=kind, default=default, pre_production=pre),))


def verdict(
    role: str,
    package_id: str,
    *,
    row: tuple[str, str] | None = None,
    marker: str = "00000000",
    flag: str | None = None,
    object_name: str = "Some package",
    known: Hierarchy | None = None,
) -> Identity:
    """The verdict on a package of which an export says this much."""
    step = {
        "client-package": osd.setup_windows("S", package_id, ""),
        "usmt-package": state.capture_user_state("S", package_id),
        "boot-image": own_step("X", "S", ""),
    }[role]
    name, words = row or ("", "")
    flags = {
        "client-package": "IsPredefinedPackage",
        "usmt-package": "DefaultImageFlags",
        "boot-image": "IsPredefinedPackage",
    }
    packages = ()
    if flag is not None:
        values = (("PkgSourcePath", "x"), (flags[role], flag))
        packages = (Package(known=Known(id=package_id, name=object_name), values=values),)
    made = read_parts(
        parts(
            sequence("ABC00050", "TS", step, boot_image=package_id if role == "boot-image" else ""),
            known=(Known(id=package_id, name=name, description=words),),
            packages=packages,
            site=replace(LAB, usmt=marker),
        )
    )
    return identify(
        PackageId(package_id), knowledge().identity(role), made, made.task_sequences[0], known or Hierarchy()
    )


TABLE = [
    # 1. The inventory decides.
    (
        "client-package",
        "ABC00003",
        {"known": listed("ABC00003", default=True), "row": ("Custom client", "")},
        ("default", "certain"),
    ),
    (
        "client-package",
        "ABC00003",
        {"known": listed("ABC00003", default=False), "row": (CLIENT_NAME, CLIENT_WORDS)},
        ("custom", "certain"),
    ),
    ("client-package", "ABC00003", {"known": listed("abc00003", default=False), "flag": "TRUE"}, ("custom", "certain")),
    ("client-package", "ABC00099", {"known": listed("ABC00099", pre=True)}, ("pre-production", "certain")),
    (
        "client-package",
        "ABC00003",
        {"known": listed("ABC00003"), "row": (CLIENT_NAME, CLIENT_WORDS)},
        ("default", "certain"),
    ),
    (
        "client-package",
        "ABC00003",
        {"known": listed("ABC00004", default=False), "row": (CLIENT_NAME, CLIENT_WORDS)},
        ("default", "certain"),
    ),
    # 2. The package's own object.
    ("client-package", "ABC00099", {"flag": "TRUE", "row": ("Custom client", "")}, ("default", "certain")),
    ("client-package", "ABC00003", {"flag": "FALSE", "row": (CLIENT_NAME, CLIENT_WORDS)}, ("custom", "certain")),
    ("client-package", "ABC00099", {"flag": "FALSE", "object_name": PILOT}, ("pre-production", "certain")),
    ("usmt-package", "ABC00099", {"flag": "2"}, ("default", "certain")),
    ("usmt-package", "ABC00001", {"flag": "0", "marker": "ABC00001"}, ("custom", "certain")),
    # 3. The marker file, for the USMT package only.
    ("usmt-package", "ABC00099", {"marker": "ABC00099", "row": ("Custom", "")}, ("default", "certain")),
    ("usmt-package", "ABC00099", {"marker": "abc00099"}, ("default", "certain")),
    ("client-package", "ABC00099", {"marker": "ABC00099"}, ("unknown", "unknown")),
    ("usmt-package", "ABC00099", {"marker": "00000000"}, ("unknown", "unknown")),
    # 4. The row in ReferencesInfo.xml.
    ("client-package", "ABC00099", {"row": (CLIENT_NAME, CLIENT_WORDS)}, ("default", "certain")),
    ("client-package", "ABC00099", {"row": (f" {CLIENT_NAME.upper()} ", "")}, ("default", "likely")),
    ("client-package", "ABC00003", {"row": (f"{CLIENT_NAME} - old", CLIENT_WORDS)}, ("custom", "likely")),
    ("client-package", "ABC00099", {"row": (PILOT, "")}, ("pre-production", "likely")),
    ("usmt-package", "ABC00099", {"row": (USMT_NAME, SETUP_WORDS), "marker": "ABC00001"}, ("default", "certain")),
    ("usmt-package", "ABC00001", {"row": ("USMT of ours", ""), "marker": "XYZ00001"}, ("custom", "likely")),
    ("boot-image", "ABC00099", {"row": ("Boot image (x64)", BOOT_WORDS)}, ("default", "certain")),
    ("boot-image", "ABC00099", {"row": ("Boot image (x86)", "")}, ("default", "likely")),
    ("boot-image", "ABC00005", {"row": ("Boot image (x64) with drivers", BOOT_WORDS)}, ("custom", "likely")),
    # 5. The form of the ID: a hint.
    ("client-package", "ABC00003", {}, ("default", "likely")),
    ("client-package", "ABC00005", {}, ("default", "likely")),
    ("client-package", "ABC00006", {}, ("unknown", "unknown")),
    ("client-package", "ABC00013", {}, ("unknown", "unknown")),
    # The marker names another package, and nothing else says "default": custom. Something else does: default.
    ("usmt-package", "ABC00099", {"marker": "XYZ00001"}, ("custom", "likely")),
    ("usmt-package", "ABC00001", {"marker": "XYZ00001"}, ("default", "likely")),
]


@pytest.mark.parametrize(("role", "package_id", "said", "expected"), TABLE)
def test_decision_order(role: str, package_id: str, said: dict[str, object], expected: tuple[str, str]) -> None:
    found = verdict(role, package_id, **said)  # type: ignore[arg-type]
    assert expected == (found.verdict, found.certainty), found.evidence
    assert found.evidence
    assert found.evidence[0].speaks_for in (found.verdict, "")


def test_everything_that_was_seen_is_evidence_in_the_order_of_its_weight() -> None:
    found = verdict(
        "usmt-package",
        "ABC00001",
        known=listed("ABC00001", "usmt", default=False),
        flag="2",
        marker="XYZ00001",
        row=(USMT_NAME, ""),
    )
    assert ["custom", "default", "default", "default", "custom"] == [one.speaks_for for one in found.evidence]
    assert [
        "It is given as a custom package, in the hierarchy file or on the command line.",
        "Its object travels in the export and says DefaultImageFlags = 2.",
        f'The exporting site called it "{USMT_NAME}", the name that setup gives; the description does not confirm it.',
        "The ID ABC00001 is one of the first that a site gives. This is a hint only.",
        "The export's marker file names another package, XYZ00001, as the default.",
    ] == [one.text for one in found.evidence]


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        ({"known": listed("ABC00099", default=True)}, "The hierarchy file lists it as a default package."),
        (
            {"known": listed("ABC00099", default=False)},
            "It is given as a custom package, in the hierarchy file or on the command line.",
        ),
        (
            {"known": listed("ABC00099", pre=True)},
            "The hierarchy file lists it as the pre-production client package.",
        ),
        ({"flag": "TRUE"}, "Its object travels in the export and says IsPredefinedPackage = TRUE."),
        ({"flag": "FALSE"}, "Its object travels in the export and says IsPredefinedPackage = FALSE."),
        (
            {"flag": "TRUE", "object_name": PILOT},
            f'Its object travels in the export and says IsPredefinedPackage = TRUE. It is named "{PILOT}".',
        ),
        ({"row": (PILOT, "")}, f'The exporting site called it "{PILOT}".'),
        (
            {"row": ("ABC00099", "")},
            "The export has its ID in place of a name, which is not the name that setup gives.",
        ),
        (
            {"row": (CLIENT_NAME, CLIENT_WORDS)},
            f'The exporting site called it "{CLIENT_NAME}", with the description that setup writes.',
        ),
    ],
)
def test_the_first_evidence_in_words(seen: dict[str, object], text: str) -> None:
    found = verdict("client-package", "ABC00099", **seen)  # type: ignore[arg-type]
    assert (text, "ABC00099", "client-package") == (found.evidence[0].text, found.package_id, found.role)


def test_nothing_known_says_so() -> None:
    found = raw(sequence_text(osd.setup_windows("S", "ABC00099", "")))
    identity = identify(
        PackageId("ABC00099"), knowledge().identity("client-package"), found, found.task_sequences[0], Hierarchy()
    )
    assert ("unknown", "unknown", "") == (identity.verdict, identity.certainty, identity.name)
    assert ["Neither the export nor the hierarchy file says anything about this package."] == [
        one.text for one in identity.evidence
    ]


def test_the_name_comes_from_the_file_the_row_or_the_object() -> None:
    known = Hierarchy(packages=(KnownPackage(id=PackageId("ABC00099"), name="Of the file"),))
    assert ["Of the file", "Of the row", "Of the object"] == [
        verdict("client-package", "ABC00099", row=("Of the row", ""), flag="FALSE", known=known).name,
        verdict("client-package", "ABC00099", row=("Of the row", ""), flag="FALSE").name,
        verdict("client-package", "ABC00099", flag="FALSE", object_name="Of the object").name,
    ]


def test_a_row_of_another_task_sequence_of_the_export_counts() -> None:
    """A parent knows the packages of its children, and the other way about."""
    made = fixture_export("Deploy Windows 11.zip")
    child = made.task_sequences[2]
    assert [] == [row for row in child.references_info if row.package_id == CLIENT.id]
    identity = identify(PackageId(CLIENT.id), knowledge().identity("client-package"), made, child, Hierarchy())
    assert ("default", "certain") == (identity.verdict, identity.certainty)
    assert [one for one in identity.evidence if one.text.startswith("The exporting site called it")]


def test_the_object_of_another_package_says_nothing() -> None:
    tools = Package(known=Known(id="CHQ00016", name="Tools"), values=(("PkgSourcePath", "x"),))
    step = osd.setup_windows("S", "CHQ00016", "")
    for packages in ((CLIENT_PACKAGE, tools), (CLIENT_PACKAGE,)):
        made = export(sequence("CHQ00050", "TS", step), known=(tools.known,), packages=packages)
        exported, fact = made.task_sequences[0], knowledge().identity("client-package")
        assert "default" == identify(PackageId(CLIENT.id), fact, made, exported, Hierarchy()).verdict
        assert "default" != identify(PackageId("CHQ00016"), fact, made, exported, Hierarchy()).verdict


def test_the_object_counts_wherever_it_stands_among_others() -> None:
    tools = Package(known=Known(id="CHQ00016", name="Tools"), values=(("PkgSourcePath", "x"),))
    step = osd.setup_windows("S", CLIENT.id, "")
    for packages in ((CLIENT_PACKAGE, tools), (tools, CLIENT_PACKAGE)):
        made = export(sequence("CHQ00050", "TS", step), known=(tools.known,), packages=packages)
        found = identify(
            PackageId(CLIENT.id), knowledge().identity("client-package"), made, made.task_sequences[0], Hierarchy()
        )
        flag = "Its object travels in the export and says IsPredefinedPackage = "
        assert [flag] == [one.text[: len(flag)] for one in found.evidence if one.text.startswith("Its object")]


def test_an_object_without_a_name_gives_none() -> None:
    nameless = Package(
        known=Known(id="ABC00099", name="gone"), values=(("PkgSourcePath", "x"), ("IsPredefinedPackage", "TRUE"))
    )
    content = parts(
        sequence("ABC00050", "TS", osd.setup_windows("S", "ABC00099", "")),
        known=(Known(id="ABC00099", name=""),),
        packages=(nameless,),
        site=LAB,
    )
    part = "SMS_Package/ABC00099/object.xml"
    text = content[part].decode("utf-8-sig")
    assert text.count("<VALUE>gone</VALUE>") == 1
    made = read_parts({**content, part: text.replace("<VALUE>gone</VALUE>", "").encode()})
    fact = knowledge().identity("client-package")
    found = identify(PackageId("ABC00099"), fact, made, made.task_sequences[0], Hierarchy())
    assert ("", "default", "certain") == (found.name, found.verdict, found.certainty)


def test_the_marker_file_says_what_it_says() -> None:
    assert [("The export's marker file names it as the site's default package.", "default")] == [
        (one.text, one.speaks_for) for one in verdict("usmt-package", "ABC00099", marker="ABC00099").evidence
    ]


def test_a_row_without_a_name_does_not_hide_one_that_has_it() -> None:
    step = osd.setup_windows("S", "ABC00099", "")
    content = parts(
        sequence("ABC00050", "One", step),
        sequence("ABC00051", "Two", step),
        known=(Known(id="ABC00099", name=CLIENT_NAME, description=CLIENT_WORDS),),
        site=LAB,
    )
    part = "SMS_TaskSequencePackage/ABC00050/ReferencesInfo.xml"
    nameless = content[part].replace(CLIENT_NAME.encode(), b" ")
    assert nameless != content[part]
    made = read_parts({**content, part: nameless})
    fact = knowledge().identity("client-package")
    found = identify(PackageId("ABC00099"), fact, made, made.task_sequences[0], Hierarchy())
    assert ("default", "certain") == (found.verdict, found.certainty)


def test_an_id_in_place_of_a_name_is_no_name() -> None:
    """A copy made without knowing the package's name holds its ID there; no site called it so."""
    identity = verdict("client-package", "LEG00042", row=("LEG00042", ""))
    expected = "The export has its ID in place of a name, which is not the name that setup gives."
    assert ("custom", "likely", "") == (identity.verdict, identity.certainty, identity.name)
    assert expected in [one.text for one in identity.evidence]
