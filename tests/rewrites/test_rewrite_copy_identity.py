"""A copy has its own name and ID in every place where those of the original stood, so no import takes it for the original."""

from __future__ import annotations

import re

import pytest

from tests.made import (
    Group,
    Known,
    Reference,
    Step,
    cloned,
    export,
    is_unchanged,
    live,
    named,
    parts,
    raw,
    read_parts,
    request,
    rewritten,
    sequence,
    sequence_text,
    step_values,
)
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tests.parse.documents import fixture_export
from tsfix.changes import Reason
from tsfix.conversion import Rewritten
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.parse.relationships import read_manifest, read_relationships, relationship_id
from tsfix.rewrites.copy_identity import free_id
from tsfix.values import Location, PackageId, RuleId

CLIENT = osd.setup_windows("Client", "CHQ00003", "")
"""Gives every copy a reason."""

WANTED = request("2010", client="LEG00042")


def call(name: str, child: str, *needs: str, shown: str | None = None) -> Step:
    step = basic.run_task_sequence(name, child, "Child", tuple(Reference(package=found) for found in needs))
    if shown is None:
        return step
    rows = tuple((variable, prop, shown if prop == "TsName" else value) for variable, prop, value in step.variables)
    return Step(type=step.type, name=name, action=step.action, variables=rows, references=step.references)


def family(shown: str | None = None) -> Export:
    """A grandparent, a parent that calls the child twice, and the child with the client step."""
    return export(
        sequence("CHQ00060", "Grandparent", call("Parent", "CHQ00061", "CHQ00003", "CHQ00062")),
        sequence(
            "CHQ00061", "Parent", call("One", "CHQ00062", "CHQ00003", shown=shown), call("Two", "CHQ00062", "CHQ00003")
        ),
        sequence("CHQ00062", "Child", CLIENT),
    )


def ids(done: Rewritten) -> dict[str, str]:
    return {str(old): str(new) for old, new in done.new_ids}


def everything(done: Rewritten) -> bytes:
    """All parts of the copy and their names, but for the words in the description about its origin."""
    data = b"".join(done.copy.parts.parts.values()) + "".join(done.copy.parts.parts).encode()
    return re.sub(rb"\[tsfix: copy of [^]]*\]", b"", data)


def test_all_places_of_one_task_sequence() -> None:
    done = rewritten(export(sequence("CHQ00050", "TS & <1>", CLIENT)), WANTED)
    (new,) = ids(done).values()
    assert re.fullmatch("CHQF[0-9A-F]{4}", new)
    copy = done.copy
    (found,) = copy.task_sequences
    values = {item.name: item.value for item in found.task_sequence.properties}
    assert {
        "PackageID": new,
        "__PATH": f'\\\\CHQ-CM01\\root\\sms\\site_CHQ:SMS_TaskSequencePackage.PackageID="{new}"',
        "__RELPATH": f'SMS_TaskSequencePackage.PackageID="{new}"',
        "Name": "TS & <1> (for 2010)",
    } == {name: values[name] for name in ("PackageID", "__PATH", "__RELPATH", "Name")}
    assert f"SMS_TaskSequencePackage/{new}/object.xml" == found.part
    where = Location(file="")
    assert [(f"SMS_TaskSequencePackage.PackageID='{new}'", (new,))] == [
        (item.path, item.keys) for item in read_manifest(copy.parts.parts["Manifest.xml"], where).objects
    ]
    assert [(f"/SMS_TaskSequencePackage/{new}/object.xml", relationship_id("SMS_TaskSequencePackage", new))] == [
        (item.target, item.id)
        for item in read_relationships(copy.parts.parts["_rels/.rels"], where)
        if item.type == "SMS_TaskSequencePackage"
    ]
    assert {new} == {row.owner for row in found.references_info}
    assert 0 == everything(done).count(b"CHQ00050")


def test_owners_of_application_rows() -> None:
    done = rewritten(fixture_export("Deploy Windows 11.zip"), request("2203", client="LEG00042", policy="disable"))
    new = ids(done)
    for old, fresh in new.items():
        data = done.copy.parts.parts[f"SMS_TaskSequencePackage/{fresh}/AppReferencesInfo.xml"]
        assert (0, True) == (data.count(old.encode()), b"RefAppModelName" not in data or fresh.encode() in data)


def test_children_and_grandchildren_are_called_by_their_new_ids() -> None:
    done = rewritten(family(), WANTED)
    new = ids(done)
    parent, grandparent = named(done.copy, "Parent (for 2010)"), named(done.copy, "Grandparent (for 2010)")
    for name in ("One", "Two"):
        values = step_values(parent, name)
        assert {
            "action": "SubTasksequence.exe",
            "OSDSubTasksequenceTsName": f"{new['CHQ00062']}, Child (for 2010)",
            "OSDSubTasksequencePackageID": new["CHQ00062"],
            "OSDSubTasksequenceTsReferenceApplications": "",
            "OSDSubTasksequenceTsReferencePackages": "LEG00042",
        } == values
    values = step_values(grandparent, "Parent")
    assert sorted([new["CHQ00062"], "LEG00042"]) == values["OSDSubTasksequenceTsReferencePackages"].split(",")
    places = live(grandparent)
    assert [new["CHQ00061"], "LEG00042", new["CHQ00062"]] == places["reference-list"]
    expected = sorted([new["CHQ00061"], new["CHQ00062"], "LEG00042"])
    assert expected == places["object-reference"] == places["references-info"]
    shown = {row.package_id: row.name for row in grandparent.references_info}
    assert {"Parent (for 2010)", "Child (for 2010)", "LEG00042"} == set(shown.values())
    assert [] == [old for old in new if old.encode() in everything(done)]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("CHQ00062, Child", "{new}, Child (for 2010)"),
        ("CHQ00062", "{new}"),
        ("chq00062,Child", "{new},Child (for 2010)"),
        ("Child", "Child (for 2010)"),
        ("Child of another name", "Child of another name"),
        ("CHQ00062, Child of another name", "{new}, Child of another name"),
        ("Child (CHQ00062)", "Child ({new})"),
        ("Child (chq00062), see Chq00062", "Child ({new}), see {new}"),
        ("CHQ00099, Child", "CHQ00099, Child"),
        ("", ""),
    ],
)
def test_the_text_that_shows_the_child(shown: str, expected: str) -> None:
    done = rewritten(family(shown), WANTED)
    values = step_values(named(done.copy, "Parent (for 2010)"), "One")
    assert expected.format(new=ids(done)["CHQ00062"]) == values["OSDSubTasksequenceTsName"]


def test_a_short_name_does_not_damage_the_id() -> None:
    made = export(
        sequence("CHQ00061", "Parent", call("One", "CHQ00062", "CHQ00003", shown="CHQ00062, F")),
        sequence("CHQ00062", "F", CLIENT),
    )
    done = rewritten(made, WANTED)
    assert (
        f"{ids(done)['CHQ00062']}, F (for 2010)"
        == step_values(named(done.copy, "Parent (for 2010)"), "One")["OSDSubTasksequenceTsName"]
    )


def test_two_task_sequences_of_one_name() -> None:
    made = export(
        sequence("CHQ00061", "Same", call("One", "CHQ00062", "CHQ00003")),
        sequence("CHQ00062", "Same", CLIENT, basic.restart("R")),
    )
    done = rewritten(made, WANTED)
    assert ["Same (for 2010)", "Same (for 2010)"] == [item.task_sequence.name for item in done.copy.task_sequences]
    assert 2 == len(set(ids(done).values()))
    assert ids(done)["CHQ00062"] == step_values(done.copy.task_sequences[0], "One")["OSDSubTasksequencePackageID"]


# The new IDs.


def test_ids_are_always_the_same_and_differ_by_target() -> None:
    made = family()
    once, again = rewritten(made, WANTED), rewritten(made, WANTED)
    assert dict(once.copy.parts.parts) == dict(again.copy.parts.parts)
    assert ids(once) != ids(rewritten(made, request("2002", client="LEG00042")))


def _first_choice() -> str:
    return ids(rewritten(export(sequence("CHQ00050", "TS", CLIENT)), WANTED))["CHQ00050"]


@pytest.mark.parametrize("where", ["name", "script", "package", "reserved", "client", "mapping"])
def test_an_id_that_occurs_anywhere_is_not_taken(where: str) -> None:
    taken = _first_choice()
    steps: list[Step | Group] = [CLIENT]
    wanted = WANTED
    if where == "name":
        steps.append(basic.restart(f"See x{taken.lower()}x"))
    elif where == "script":
        steps.append(basic.run_command_line("S", f"run{taken}"))
    elif where == "package":
        steps.append(basic.run_command_line("S", "x", package_id=taken))
    elif where == "reserved":
        wanted = request("2010", client="LEG00042", reserved_ids=frozenset({PackageId(taken)}))
    elif where == "client":
        wanted = request("2010", client=taken)
    else:
        wanted = request("2010", client="LEG00042", maps={"CHQ00099": taken})
    done = rewritten(export(sequence("CHQ00050", "TS", *steps), known=(Known(id=taken, name="P"),)), wanted)
    new = ids(done)["CHQ00050"]
    assert new != taken
    assert re.fullmatch("CHQF[0-9A-F]{4}", new)


def test_an_id_in_utf_16_is_seen() -> None:
    taken = _first_choice()
    content = parts(sequence("CHQ00050", "TS", CLIENT))
    content["note.xml"] = b"\xff\xfe" + f"<a>{taken}</a>".encode("utf-16-le")
    assert taken != ids(rewritten(read_parts(content), WANTED))["CHQ00050"]


class Refusing:
    """Takes an ID only after so many were asked for."""

    def __init__(self, refused: int) -> None:
        self.asked: list[str] = []
        self._refused = refused

    def __contains__(self, package_id: object) -> bool:
        self.asked.append(str(package_id))
        return len(self.asked) <= self._refused


def test_after_64_taken_ids_any_later_one_will_do() -> None:
    last, first_later = free_id("chq00050", "2010", Refusing(63)), free_id("chq00050", "2010", Refusing(64))
    assert ("CHQF", "CHQ8", 8) == (last[:4], first_later[:4], len(first_later))


def test_ids_given_by_the_person() -> None:
    done = rewritten(family(), request("2010", client="LEG00042", new_ids={"CHQ00062": "LEG0F001"}))
    assert "LEG0F001" == ids(done)["CHQ00062"]
    assert "LEG0F001" == step_values(named(done.copy, "Parent (for 2010)"), "One")["OSDSubTasksequencePackageID"]


@pytest.mark.parametrize(
    "given",
    [
        {"CHQ00062": "CHQ00061"},
        {"CHQ00062": "CHQ00003"},
        {"CHQ00062": "LEG0F001", "CHQ00061": "leg0f001"},
        {"CHQ00062": "CHQ00062"},
    ],
)
def test_a_given_id_that_is_in_use(given: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        cloned(family(), request("2010", client="LEG00042", new_ids=given))
    old, new = next(iter(given.items()))
    assert (
        f"The ID {new} for the copy of {old} is in use already.",
        "Give an ID that occurs neither in the export nor in the hierarchy file.",
    ) == (caught.value.message, caught.value.remedy)
    assert caught.value.location is not None
    assert f"SMS_TaskSequencePackage/{old}/object.xml" == caught.value.location.part


# Names.


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{name} (for {target})", "TS {1} (for 2010)"),
        ("{target} {name}", "2010 TS {1}"),
        ("{id}-{version}-{name}", "CHQ00050-2010-TS {1}"),
        ("Copy", "Copy"),
    ],
)
def test_name_templates(template: str, expected: str) -> None:
    done = rewritten(
        export(sequence("CHQ00050", "TS {1}", CLIENT)), request("2010", client="LEG00042", name_template=template)
    )
    assert expected == done.copy.task_sequences[0].task_sequence.name


@pytest.mark.parametrize("template", ["{nme}", "{name", "{0}"])
def test_templates_that_cannot_be_used(template: str) -> None:
    with pytest.raises(UsageError, match="cannot be used") as caught:
        cloned(export(sequence("CHQ00050", "TS", CLIENT)), request("2010", client="LEG00042", name_template=template))
    assert "The fields are {name}, {target}, {version}, {id}; at least {name} should be there." == caught.value.remedy


@pytest.mark.parametrize(
    ("name", "template", "expected"),
    [
        ("N" * 39, "{name} (for {target})", "N" * 39 + " (for 2010)"),
        ("N" * 40, "{name} (for {target})", "N" * 36 + "... (for 2010)"),
        ("N" * 50, "{name} (for {target})", "N" * 36 + "... (for 2010)"),
        (
            "Windows 10 x64 Build and Capture - Core Apps",
            "{name} (for {target})",
            "Windows 10 x64 Build and Capture - C... (for 2010)",
        ),
        (
            "Windows 10 x64 Build and Capture   - Core Apps",
            "{target}: {name}",
            "2010: Windows 10 x64 Build and Capture   - Core...",
        ),
        ("N" * 30, "{name} {name}", "N" * 21 + "... " + "N" * 21 + "..."),
        ("N" * 51, "{name} (for {target})", "N" * 51 + " (for 2010)"),
        ("N" * 50, "C" * 60, "C" * 60),
    ],
)
def test_a_site_takes_names_of_50_characters(name: str, template: str, expected: str) -> None:
    """A name that was longer already, and one that the person gives as a whole, are not ours to cut."""
    wanted = request("2010", client="LEG00042", name_template=template)
    done = rewritten(export(sequence("CHQ00050", name, CLIENT)), wanted)
    assert expected == done.copy.task_sequences[0].task_sequence.name


def test_a_cut_name_stays_when_the_copy_is_cloned_again() -> None:
    done = rewritten(export(sequence("CHQ00050", "N" * 50, CLIENT)), WANTED)
    assert is_unchanged(done.copy, WANTED)
    again = rewritten(done.copy, request("2010", client="LEG00043"))
    assert done.copy.task_sequences[0].task_sequence.name == again.copy.task_sequences[0].task_sequence.name


def test_a_template_without_room_for_the_name() -> None:
    with pytest.raises(UsageError, match="leaves no room"):
        cloned(
            export(sequence("CHQ00050", "N" * 10, CLIENT)),
            request("2010", client="LEG00042", name_template="{name} " + "x" * 47),
        )


def test_where_the_name_goes_in_other_formats() -> None:
    package = rewritten(fixture_export("package-2007.xml"), request("1706", client="LEG00042"))
    assert "Install Windows XP branch (for 1706)" == package.copy.task_sequences[0].task_sequence.name
    bare = rewritten(raw(sequence_text(CLIENT)), request("1706", client="LEG00042"))
    assert ("raw", []) == (bare.copy.task_sequences[0].task_sequence.name, [new for _, new in bare.new_ids])
    mdt = sequence_text(CLIENT, version="3.00").replace("<sequence ", '<sequence name="Old &amp; good" ', 1)
    renamed = rewritten(raw(mdt), request("1706", client="LEG00042"))
    assert b'<sequence name="Old &amp; good (for 1706)" version="3.00">' in renamed.copy.parts.parts["raw.xml"]


# Exports that somebody edited.


def test_a_folder_that_is_not_named_like_its_task_sequence() -> None:
    content = {
        name.replace("CHQ00050", "XXX00001"): data.replace(b"CHQ00050", b"XXX00001")
        if name in ("Manifest.xml", "_rels/.rels")
        else data
        for name, data in parts(sequence("CHQ00050", "TS", CLIENT)).items()
    }
    done = rewritten(read_parts(content), WANTED)
    new = ids(done)["CHQ00050"]
    assert f"SMS_TaskSequencePackage/{new}/object.xml" == done.copy.task_sequences[0].part
    assert (0, 0) == (everything(done).count(b"CHQ00050"), everything(done).count(b"XXX00001"))


def test_folders_in_another_case_and_below_a_folder() -> None:
    for prefix, old, new in (("", "SMS_TaskSequencePackage", "sms_tasksequencepackage"), ("My export/", "a", "a")):
        content = {
            prefix + name.replace(old, new): data for name, data in parts(sequence("CHQ00050", "TS", CLIENT)).items()
        }
        done = rewritten(read_parts(content), WANTED)
        assert 0 == everything(done).count(b"CHQ00050")


@pytest.mark.parametrize(
    "gone",
    [
        "Manifest.xml",
        "_rels/.rels",
        "SMS_TaskSequencePackage/CHQ00050/ReferencesInfo.xml",
        "SMS_TaskSequencePackage/CHQ00050/AppReferencesInfo.xml",
    ],
)
def test_without_one_of_the_small_parts(gone: str) -> None:
    content = {name: data for name, data in parts(sequence("CHQ00050", "TS", CLIENT)).items() if name != gone}
    done = rewritten(read_parts(content), WANTED)
    assert len(content) == len(done.copy.parts.parts)
    assert 0 == everything(done).count(b"CHQ00050")


def test_a_stale_hash_is_written_anew() -> None:
    content = parts(sequence("CHQ00050", "TS", CLIENT))
    content["_rels/.rels"] = content["_rels/.rels"].replace(
        relationship_id("SMS_TaskSequencePackage", "CHQ00050").encode(), b"SMS_TaskSequencePackage-00"
    )
    done = rewritten(read_parts(content), WANTED)
    new = ids(done)["CHQ00050"]
    assert relationship_id("SMS_TaskSequencePackage", new).encode() in done.copy.parts.parts["_rels/.rels"]


def test_lower_case_ids() -> None:
    """Somebody typed the folder's name; the object says the ID."""
    content = {
        name.replace("CHQ00050", "chq00050"): data for name, data in parts(sequence("CHQ00050", "TS", CLIENT)).items()
    }
    content["_rels/.rels"] = content["_rels/.rels"].replace(b"/CHQ00050/", b"/chq00050/")
    done = rewritten(read_parts(content), WANTED)
    assert [] == [name for name in done.copy.parts.parts if "CHQ00050" in name.upper()]


def edited(*edits: tuple[str, str, str]) -> Export:
    """The export with texts of its parts replaced, each of which stands there once."""
    content = parts(sequence("CHQ00050", "TS", CLIENT))
    for part, before, after in edits:
        text = content[part].decode("utf-8")
        assert 1 == text.count(before), (text.count(before), before)
        content[part] = text.replace(before, after).encode("utf-8")
    return read_parts(content)


OBJECT = "SMS_TaskSequencePackage/CHQ00050/object.xml"
RELPATH = 'SMS_TaskSequencePackage.PackageID="CHQ00050"'


def test_small_letters_in_the_path_of_the_object() -> None:
    path = f"<VALUE>{RELPATH}</VALUE>"
    done = rewritten(edited((OBJECT, path, path.replace("CHQ00050", "chq00050"))), WANTED)
    found = done.copy.task_sequences[0].task_sequence.property("__RELPATH")
    assert found is not None
    assert f'SMS_TaskSequencePackage.PackageID="{ids(done)["CHQ00050"]}"' == found.value


@pytest.mark.parametrize("null", [True, False])
def test_an_object_without_its_path(null: bool) -> None:
    """Somebody took the property out, or it says NULL: there is nothing to change in it."""
    text = parts(sequence("CHQ00050", "TS", CLIENT))[OBJECT].decode("utf-8")
    whole = re.findall(r'<PROPERTY NAME="__RELPATH"[^>]*>.*?</PROPERTY>', text, re.DOTALL)[0]
    assert "CHQ00050" in whole
    empty = re.sub(r">.*</PROPERTY>", "></PROPERTY>", whole, flags=re.DOTALL) if null else ""
    done = rewritten(edited((OBJECT, whole, empty)), WANTED)
    assert [None] * null == [
        item.value for item in done.copy.task_sequences[0].task_sequence.properties if item.name == "__RELPATH"
    ]
    assert 0 == everything(done).count(b"CHQ00050")


def test_a_relationship_without_the_first_slash() -> None:
    target = "/SMS_TaskSequencePackage/CHQ00050/object.xml"
    done = rewritten(edited(("_rels/.rels", f'"{target}"', f'"{target[1:]}"')), WANTED)
    new = ids(done)["CHQ00050"]
    assert [(f"SMS_TaskSequencePackage/{new}/object.xml", relationship_id("SMS_TaskSequencePackage", new))] == [
        (item.target, item.id)
        for item in read_relationships(done.copy.parts.parts["_rels/.rels"], Location(file=""))
        if item.type == "SMS_TaskSequencePackage"
    ]


def test_a_relationship_to_a_part_that_stands_in_no_folder() -> None:
    """Nobody can say which object it means; it stays."""
    target, alone = "/SMS_TaskSequencePackage/CHQ00050/object.xml", "object.xml"
    found = edited(("_rels/.rels", f'"{target}"', f'"{alone}"'))
    done = rewritten(found, WANTED)
    assert [alone] == [
        item.target
        for item in read_relationships(done.copy.parts.parts["_rels/.rels"], Location(file=""))
        if item.type == "SMS_TaskSequencePackage"
    ]
    assert f"SMS_TaskSequencePackage/{ids(done)['CHQ00050']}/object.xml" == done.copy.task_sequences[0].part


def test_what_is_said_about_the_tables_of_contents() -> None:
    done = rewritten(export(sequence("CHQ00050", "TS", CLIENT)), WANTED)
    new = ids(done)["CHQ00050"]
    folder, target = "SMS_TaskSequencePackage/{}/", "/SMS_TaskSequencePackage/{}/object.xml"
    manifest = "SMS_TaskSequencePackage.PackageID='{}'"
    reason = Reason(
        rule=RuleId("R54"), text="a copy must not be taken for the original when it is imported", topic="identity"
    )
    said = {
        change.field: (change.kind, change.location.part, change.label, change.before, change.after, change.reasons)
        for change in done.changes
        if change.field in ("folder", "manifest:Path", "relationship", "owner")
    }
    rows = "SMS_TaskSequencePackage/CHQ00050/ReferencesInfo.xml"
    assert {
        "folder": ("changed", OBJECT, "folder of the task sequence", *_both(folder, new), (reason,)),
        "manifest:Path": ("changed", "Manifest.xml", "entry in Manifest.xml", *_both(manifest, new), (reason,)),
        "relationship": ("changed", "_rels/.rels", "relationship (target and hash)", *_both(target, new), (reason,)),
        "owner": ("changed", rows, "owner of the rows in ReferencesInfo.xml", "CHQ00050", new, (reason,)),
    } == said


def _both(text: str, new: str) -> tuple[str, str]:
    return text.format("CHQ00050"), text.format(new)
