"""The proof of a copy catches what was not planned. Each test plants one deviation in a copy that is right."""

from __future__ import annotations

import re
from functools import cache

import pytest
from msgspec.structs import replace

from tests.made import FIXTURES, Known, export, knowledge, live, named, read_parts, request, rewritten, sequence, steps
from tests.parse.documents import fixture_export
from tests.relink.test_relink_applications import mapped
from tests.rewrites.test_rewrite_copy_identity import WANTED, family
from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.conversion import Rewritten
from tsfix.errors import VerificationError
from tsfix.export import Export, PartChanges
from tsfix.hierarchy import Hierarchy
from tsfix.verification import verify

GONE = frozenset({"CHQ00003", "CHQ00001", "CHQ00005", "CHQ00030", "CHQ00031", "CHQ00032"})


@cache
def contoso() -> Hierarchy:
    return read_hierarchy(FIXTURES / "hierarchy" / "contoso.toml", knowledge())


@cache
def outcome(policy: str = "disable") -> Rewritten:
    wanted = request("1706", site="LEG", policy=policy)  # type: ignore[arg-type]
    done = rewritten(fixture_export("Deploy Windows 11.zip"), wanted, contoso())
    return done.last_stage or done


def proof(copy: Export, done: Rewritten, part_changes: PartChanges | None = None) -> str:
    """What the proof objects to; empty when it finds nothing."""
    try:
        verify(done.original, copy, part_changes or done.part_changes, done.changes, knowledge(), GONE)
    except VerificationError as error:
        return error.message
    return ""


def part_of(copy: Export, suffix: str) -> str:
    """The part of the parent task sequence, or a part of the whole export."""
    parent = next(item for item in copy.task_sequences if item.task_sequence.name.startswith("Deploy"))
    folder = parent.part.removesuffix("object.xml")
    return folder + suffix if folder + suffix in copy.parts.parts else suffix


def planted(suffix: str, before: str, after: str, policy: str = "disable") -> str:
    """The objection to a copy in one of whose parts one text (the first) was replaced."""
    done = outcome(policy)
    content = dict(done.copy.parts.parts)
    part = part_of(done.copy, suffix)
    text = content[part].decode("utf-8")
    assert before in text, before
    content[part] = text.replace(before, after, 1).encode("utf-8")
    return proof(read_parts(content, done.copy.name), done)


@pytest.mark.parametrize("policy", ["disable", "placeholder", "remove", "keep"])
def test_the_copy_itself_passes(policy: str) -> None:
    done = outcome(policy)
    assert proof(done.copy, done) == ""


IN_THE_SEQUENCE = [
    # attributes
    ('name="Check Readiness" ', 'name="Check Readiness" continueOnError="true" ', "attribute:continueOnError differs"),
    ('name="Partition Disk', 'name="Partition disc', "attribute:name differs without a plan"),
    ("[tsfix: disabled for 1706.", "[tsfix: disabled for 1708.", "attribute:description is not what was planned"),
    (' disable="true"', "", "attribute:disable was to differ and does not"),
    (' timeout="', ' timeout="9', "attribute:timeout differs without a plan"),
    # variables and action lines
    (
        'name="_SMSClientPackageID" property="ClientPackageID">LEG00042',
        'name="_SMSClientPackageID" property="ClientPackageID">LEG00099',
        "variable:_SMSClientPackageID is not what was planned",
    ),
    (
        'name="_SMSClientPackageID" property="ClientPackageID">LEG00042',
        'name="_SMSClientPackageID" property="ClientPackageID">CHQ00003',
        "The old ID CHQ00003 is left",
    ),
    (
        'property="ClientPackageID">LEG',
        'property="ClientPackageID2">LEG',
        "variable:_SMSClientPackageID@property differs",
    ),
    ('property="Message">', 'property="Message">x', "variable:SMSRebootMessage differs without a plan"),
    ('<variable name="OSDJoinSkipReboot"', '<variable name="OSDJoinSkipReboots"', "differs without a plan"),
    ("<action>smsboot.exe /target:", "<action>smsboot.exe /target:X", "action differs without a plan"),
    ("<action>osdwinsettings.exe", "<action>osdnetsettings.exe", "action differs without a plan"),
    # conditions
    (
        '<variable name="Operator">equals</variable>',
        '<variable name="Operator">notEquals</variable>',
        "differs without a plan",
    ),
    ('<operator type="and">', '<operator type="or">', "differs without a plan"),
    # the grammar's edges
    ("<sequence ", '<sequence extra="1" ', "the attribute extra of the sequence"),
    ("</sequence>", "<!-- x --></sequence>", "other content differ without a plan"),
    ("</sequence>", "<other/></sequence>", "other content differ without a plan"),
    ("</sequence>", '<group name="New" description=""/></sequence>', "another number of groups and steps than planned"),
    ('<sequence version="3.10">', '<sequence version="3.00">', "the attribute version of the sequence"),
    (
        '<variable name="OSDAdapterCount" property="NumAdapters">0',
        '<variable name="OSDAdapterCount" property="NumAdapters">1',
        "the sequence's own variables",
    ),
    # the reference list
    ('<reference package="CHQ00016"/>', "", "the reference list"),
    (
        '<reference package="CHQ00016"/>',
        '<reference package="CHQ00016" program="x"/>',
        "the reference list differs without a plan",
    ),
    (
        '<reference package="CHQ00016"/>',
        '<reference package="CHQ00016"/><reference package="CHQ00015"/>',
        "the reference list",
    ),
    (
        '<reference package="LEG00042"/>',
        '<reference package="LEG00042"/><reference package="CHQ00003"/>',
        "The old ID CHQ00003 is left",
    ),
    ('<reference package="LEG00042"/>', "", "the reference list is not what was planned"),
    (
        '<reference package="CHQ00012"/><reference package="CHQ00017"/>',
        '<reference package="CHQ00017"/><reference package="CHQ00012"/>',
        "the reference list differs without a plan",
    ),
]


@pytest.mark.parametrize(("before", "after", "expected"), IN_THE_SEQUENCE)
def test_in_the_sequence(before: str, after: str, expected: str) -> None:
    assert expected in planted("object.xml", before, after)


AROUND = [
    ("object.xml", "<VALUE>LEG00044</VALUE>", "<VALUE>CHQ00005</VALUE>", "The old ID CHQ00005 is left"),
    (
        "object.xml",
        "<VALUE>LEG00044</VALUE>",
        "<VALUE>LEG00045</VALUE>",
        "the property BootImageID is not what was planned",
    ),
    ("object.xml", "(for LEG)", "(for NEW)", "the property Name is not what was planned"),
    ("object.xml", "(for LEG)", "", "the property Name is not what was planned"),
    ("object.xml", "<VALUE>152084496</VALUE>", "<VALUE>1</VALUE>", "the property ProgramFlags is not what was planned"),
    ("object.xml", "<VALUE>CHQ</VALUE>", "<VALUE>LEG</VALUE>", "the property SourceSite is not what was planned"),
    ("object.xml", 'NAME="Duration" ', 'NAME="Durations" ', "the object has other properties"),
    (
        "object.xml",
        'NAME="Duration" CLASSORIGIN=',
        'NAME="Duration" X="" CLASSORIGIN=',
        "the object around the sequence differs in more than values",
    ),
    (
        "object.xml",
        "<VALUE>CHQ00012</VALUE>",
        "<VALUE>CHQ00011</VALUE>",
        "the References array is not what was planned",
    ),
    (
        "object.xml",
        "<VALUE>LEG00042</VALUE>",
        "<VALUE>CHQ00003</VALUE>",
        "the References array is not what was planned",
    ),
    ("object.xml", "<VALUE>*</VALUE>", "<VALUE>other</VALUE>", "the References array is not what was planned"),
    ("ReferencesInfo.xml", "LEG00042", "CHQ00003", "The old ID CHQ00003 is left"),
    ("ReferencesInfo.xml", "LEG00042", "LEG00041", "the rows are not what was planned"),
    ("ReferencesInfo.xml", "Windows 11 Enterprise 23H2", "Windows 11 Enterprise 24H2", "a row differs without a plan"),
    ("ReferencesInfo.xml", "&gt;257&lt;", "&gt;258&lt;", "a row differs without a plan"),
    (
        "Manifest.xml",
        "SMS_TaskSequencePackage.PackageID='CHQF2767'",
        "SMS_TaskSequencePackage.PackageID='CHQ00030'",
        "the objects are not those of the copy",
    ),
    (
        "Manifest.xml",
        "SMS_Package.PackageID='CHQ00016'",
        "SMS_Package.PackageID='CHQ00003'",
        "the objects are not those of the copy",
    ),
    (
        "_rels/.rels",
        "/SMS_Package/CHQ00016/object.xml",
        "/SMS_Package/CHQ00003/object.xml",
        "the relationships are not those of the copy",
    ),
    (
        "_rels/.rels",
        "SMS_TaskSequencePackage/CHQF2767/",
        "SMS_TaskSequencePackage/CHQ00030/",
        "the relationships are not those of the copy",
    ),
    ("_rels/.rels", 'Id="SMS_TaskSequencePackage-', 'Id="SMS_TaskSequencePackage-0', "is not that of its ID"),
    (
        "SMS_Package/CHQ00016/object.xml",
        "<VALUE>CHQ00016</VALUE>",
        "<VALUE>CHQ00016 </VALUE>",
        "differs without a plan",
    ),
    ("SMS_TaskSequencePackage/USERSTATE_MIGRATION_PACKAGE.xml", "CHQ00001", "CHQ00002", "differs without a plan"),
    ("[Content_Types].xml", "?>", "?> ", "differs without a plan"),
]


@pytest.mark.parametrize(("suffix", "before", "after", "expected"), AROUND)
def test_around_the_sequence(suffix: str, before: str, after: str, expected: str) -> None:
    assert expected in planted(suffix, before, after)


def test_the_content_of_a_package_in_the_manifest() -> None:
    done = outcome()
    text = done.copy.parts.parts["Manifest.xml"].decode("utf-8-sig")
    (entry,) = re.findall('<Content UniqueId="[^>]*Contoso deployment scripts[^>]*/>', text)
    assert "an entry for content is missing" in planted("Manifest.xml", entry, "")


def test_the_owner_of_a_row() -> None:
    done = outcome()
    new_id = dict(done.new_ids)["CHQ00030"]  # type: ignore[index]
    assert "a row differs without a plan" in planted("ReferencesInfo.xml", f"&gt;{new_id}&lt;", "&gt;CHQ00030&lt;")


def _step(text: str, name: str) -> str:
    found = re.search(rf'<step [^>]*name="{name}".*?</step>', text)
    assert found
    return found.group()


def _sequence_edit(edit: str, policy: str = "disable") -> str:
    done = outcome(policy)
    content = dict(done.copy.parts.parts)
    part = part_of(done.copy, "object.xml")
    text = content[part].decode("utf-8")
    one = _step(text, "Apply Network Settings")
    other = _step(text, "Apply Windows Settings")
    if edit == "swapped":
        text = text.replace(one, "\0").replace(other, one).replace("\0", other)
    elif edit == "removed":
        text = text.replace(one, "")
    elif edit == "doubled":
        text = text.replace(one, one + one)
    elif edit == "another kind":
        text = text.replace(one, one.replace("<step ", "<subtasksequence ").replace("</step>", "</subtasksequence>"))
    elif edit == "in another group":
        text = re.sub('(<group name="Drivers"[^>]*>)', lambda found: found.group() + one, text.replace(one, ""))
    content[part] = text.encode("utf-8")
    return proof(read_parts(content), done)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("swapped", "attribute:name differs without a plan"),
        ("removed", "another number of groups and steps than planned"),
        ("doubled", "another number of groups and steps than planned"),
        ("another kind", "it was a step and is a subtasksequence"),
        ("in another group", "another number of groups and steps than planned"),
    ],
)
def test_steps_out_of_place(edit: str, expected: str) -> None:
    assert expected in _sequence_edit(edit)


def test_a_removed_step_is_missed_when_another_goes() -> None:
    assert "another number of groups and steps than planned" in _sequence_edit("removed", "remove")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('name="Check Readiness" description="[tsfix: stands for', 'name="Check" description="[tsfix: stands for'),
        (
            'know. CheckNetworkWired: target 1706 &lt; needs 2002]" disable="true"',
            'know. CheckNetworkWired: target 1706 &lt; needs 2002]"',
        ),
    ],
)
def test_the_placeholder(before: str, after: str) -> None:
    assert "is not the placeholder" in planted("object.xml", before, after, "placeholder")


def test_parts_missing_added_renamed_or_in_another_order() -> None:
    done = outcome()
    content = dict(done.copy.parts.parts)
    name = "SMS_Package/CHQ00016/PACKAGE_CONTENT.xml"
    missing = {key: data for key, data in content.items() if key != name}
    added = {**content, "new.xml": b"<a/>"}
    renamed = {key.replace(name, name + "l"): data for key, data in content.items()}
    reordered = dict(sorted(content.items()))
    for planted_parts in (missing, added, renamed, reordered):
        assert "Its parts are" in proof(read_parts(planted_parts), done)


def test_a_task_sequence_that_is_gone() -> None:
    done = outcome()
    child = done.copy.task_sequences[1].part
    content = {key: data for key, data in done.copy.parts.parts.items() if key != child}
    assert "It holds 2 task sequences instead of 3." in proof(read_parts(content), done)


def test_a_task_sequence_that_cannot_be_read() -> None:
    assert "It holds 2 task sequences instead of 3." in planted("object.xml", "</sequence>", "")


def test_the_name_of_a_part_holds_an_old_id() -> None:
    done = outcome()
    moved = {
        name: f"SMS_TaskSequencePackage/CHQ00030/{name.rpartition('/')[2]}"
        for name, new in done.part_changes.renamed.items()
        if "CHQ00030" in name
    }
    back = {new: moved.get(old, new) for old, new in done.part_changes.renamed.items()}
    content = {back.get(name, name): data for name, data in done.copy.parts.parts.items()}
    changes = replace(done.part_changes, renamed={**done.part_changes.renamed, **moved})
    assert "holds the old ID CHQ00030" in proof(read_parts(content), done, changes)


def test_every_deviation_is_named() -> None:
    done = outcome()
    content = dict(done.copy.parts.parts)
    part = part_of(done.copy, "object.xml")
    content[part] = content[part].replace(b"LEG00042", b"CHQ00003").replace(b"(for LEG)", b"")
    message = proof(read_parts(content), done)
    expected = ("variable:_SMSClientPackageID", "property Name", "reference list", "References array")
    assert [True] * 4 == [text in message for text in expected], message


def test_an_old_id_in_what_a_call_repeats_of_its_child() -> None:
    """The child stands in the export, so that its copy needs the new package."""
    done = rewritten(family(), WANTED)
    content = dict(done.copy.parts.parts)
    part = named(done.copy, "Parent (for 2010)").part
    listed = b'property="TsReferencePackages">'
    assert 2 == content[part].count(listed + b"LEG00042<")
    content[part] = content[part].replace(listed + b"LEG00042<", listed + b"CHQ00003<", 1)
    variable = "variable OSDSubTasksequenceTsReferencePackages"
    with pytest.raises(VerificationError) as caught:
        verify(
            done.original,
            read_parts(content),
            done.part_changes,
            done.changes,
            knowledge(),
            frozenset({"CHQ00003"}),
        )
    assert caught.value.message.endswith(f" The old ID CHQ00003 is left in One, {variable}.")


def test_two_packages_that_change_places_stay_two() -> None:
    """Done at once: one after the other, both would end as the same package."""
    tools, scripts = Known(id="CHQ00A01", name="Tools"), Known(id="CHQ00B01", name="Scripts")
    items = (steps.run_command_line(one.name, "a.cmd", package_id=one.id) for one in (tools, scripts))
    done = mapped(
        export(sequence("CHQ00050", "TS", *items), known=(tools, scripts)),
        f"{tools.id}={scripts.id}",
        f"{scripts.id}={tools.id}",
    )
    assert isinstance(done.outcome, Rewritten)
    (copy,) = done.outcome.copy.task_sequences
    assert {
        "variable": [scripts.id, tools.id],
        "action": [scripts.id, tools.id],
        "reference-list": [scripts.id, tools.id],
        "object-reference": [tools.id, scripts.id],
        "references-info": [tools.id, scripts.id],
    } == live(copy)


def test_two_packages_that_change_places_keep_their_programs() -> None:
    tools, scripts = Known(id="CHQ00A01", name="Tools"), Known(id="CHQ00B01", name="Scripts")
    items = (steps.install_package("A", tools.id, "Install"), steps.install_package("B", scripts.id, "Repair"))
    done = mapped(
        export(sequence("CHQ00050", "TS", *items), known=(tools, scripts)),
        f"{tools.id}={scripts.id}",
        f"{scripts.id}={tools.id}",
    )
    assert isinstance(done.outcome, Rewritten)
    (copy,) = done.outcome.copy.task_sequences
    assert {
        "reference list": [(scripts.id, "Install"), (tools.id, "Repair")],
        "array": [(tools.id, "Repair"), (scripts.id, "Install")],
        "rows": [(tools.id, "Repair"), (scripts.id, "Install")],
    } == {
        "reference list": [(one.package, one.program) for one in copy.task_sequence.sequence.references],
        "array": [(one.package, one.program) for one in copy.task_sequence.object_references],
        "rows": [(row.package_id, row.program) for row in copy.references_info],
    }
