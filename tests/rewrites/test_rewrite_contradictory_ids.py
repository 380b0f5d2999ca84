"""Archives edited by hand: folders, properties and relationships may disagree about whose ID is whose."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.made import cloned, osd_steps, parts, read_parts, request, rewritten, sequence
from tsfix.errors import UnsupportedEditError

Parts = dict[str, bytes]
OBJECT = "SMS_TaskSequencePackage/{}/object.xml"
RELATIONSHIPS = "_rels/.rels"
WANTED = request("1706", client="LEG00042")


def two() -> Parts:
    step = osd_steps.setup_windows("Setup", "CHQ00003", "")
    return parts(sequence("CHQ00050", "One", step), sequence("CHQ00051", "Other", step))


def folder(content: Parts, old: str, new: str) -> Parts:
    return {name.replace(f"/{old}/", f"/{new}/"): data for name, data in content.items()}


def own_id(content: Parts, where: str, old: str, new: str) -> Parts:
    part = OBJECT.format(where)
    before, after = (f"<VALUE>{value}</VALUE>".encode() for value in (old, new))
    assert before in content[part]
    return {**content, part: content[part].replace(before, after)}


def relationship(content: Parts, old: str, new: str) -> Parts:
    assert old.encode() in content[RELATIONSHIPS]
    return {**content, RELATIONSHIPS: content[RELATIONSHIPS].replace(f"/{old}/".encode(), f"/{new}/".encode())}


def named(target: str, part: str) -> str:
    return f"It names the part {target}, but the task sequence with that ID stands in {part}."


REFUSED: dict[str, tuple[Callable[[Parts], Parts], str, str]] = {
    "the folder alone was renamed": (
        lambda content: folder(content, "CHQ00050", "CHQ00060"),
        RELATIONSHIPS,
        named("/SMS_TaskSequencePackage/CHQ00050/object.xml", "SMS_TaskSequencePackage/CHQ00060/object.xml"),
    ),
    "property and relationship bear another ID than the folder": (
        lambda content: relationship(own_id(content, "CHQ00050", "CHQ00050", "CHQ00060"), "CHQ00050", "CHQ00060"),
        RELATIONSHIPS,
        named("/SMS_TaskSequencePackage/CHQ00060/object.xml", "SMS_TaskSequencePackage/CHQ00050/object.xml"),
    ),
    "two task sequences have one ID": (
        lambda content: own_id(content, "CHQ00051", "CHQ00051", "CHQ00050"),
        OBJECT.format("CHQ00051"),
        "Two task sequences have the ID CHQ00050: see SMS_TaskSequencePackage/CHQ00050/object.xml.",
    ),
    "two task sequences have each other's ID": (
        lambda content: own_id(own_id(content, "CHQ00051", "CHQ00051", "CHQ00050"), "CHQ00050", "CHQ00050", "CHQ00051"),
        OBJECT.format("CHQ00050"),
        "The ID of this task sequence is CHQ00051, the name of another's folder.",
    ),
    "one has the ID of the other's folder": (
        lambda content: own_id(own_id(content, "CHQ00051", "CHQ00051", "CHQ00060"), "CHQ00050", "CHQ00050", "CHQ00051"),
        OBJECT.format("CHQ00050"),
        "The ID of this task sequence is CHQ00051, the name of another's folder.",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_contradiction_is_refused_with_its_place(what: str) -> None:
    edit, part, message = REFUSED[what]
    with pytest.raises(UnsupportedEditError) as caught:
        cloned(read_parts(edit(two())), WANTED)
    assert caught.value.location is not None
    assert ("made.zip", part, message) == (caught.value.location.file, caught.value.location.part, caught.value.message)
    assert "The archive was edited by hand. Export the task sequence from the console again." == caught.value.remedy


HANDLED: dict[str, Callable[[Parts], Parts]] = {
    "nothing": dict,
    "the property alone": lambda content: own_id(content, "CHQ00050", "CHQ00050", "CHQ00060"),
    "the folder and its relationship": lambda content: relationship(
        folder(content, "CHQ00050", "CHQ00060"), "CHQ00050", "CHQ00060"
    ),
    "small letters in the folder and its relationship": lambda content: relationship(
        folder(content, "CHQ00050", "chq00050"), "CHQ00050", "chq00050"
    ),
    "a relationship to what is not there": lambda content: relationship(content, "CHQ00050", "CHQ00060"),
}


@pytest.mark.parametrize("what", HANDLED)
def test_what_is_clear_is_converted(what: str) -> None:
    """Each task sequence gets its own new ID, and its folder that name."""
    copy = rewritten(read_parts(HANDLED[what](two())), WANTED).copy
    ids = [str(item.task_sequence.package_id) for item in copy.task_sequences]
    assert 2 == len(set(ids))
    assert [OBJECT.format(found) for found in ids] == [item.part for item in copy.task_sequences]
