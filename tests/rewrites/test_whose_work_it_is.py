"""Each difference between an original and its copy is told as the work of tsfix, of a site or of nobody, in fixed words."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from tests.decisions.test_use_upgrade_package import decision, upgrade
from tests.made import (
    LAB,
    Group,
    Known,
    Step,
    export,
    knowledge,
    own_step,
    raw,
    read_parts,
    request,
    rewritten,
    sequence,
    sequence_text,
    steps,
    subject,
)
from tests.made import osd_steps as osd
from tests.rewrites.test_rewrites_are_proved import explained
from tests.rewrites.test_what_is_explained import by_hand, whole
from tsfix.comparison.compare import compare_task_sequences
from tsfix.export import Export
from tsfix.proof.copy_proof import BOTH_FOLDERS, explain
from tsfix.proof.explained import Explained
from tsfix.proof.named_packages import NamedPackages
from tsfix.proof.replaced_ids import Pair, Replaced, replaced

PART = "SMS_TaskSequencePackage/CHQ00050/object.xml"
NAME_AND_ID = ("tsfix", "name and ID of the copy")
ANEW = ("site", "the site wrote dates and counters anew")
NUMBER = ("site", "the site writes another number of properties")
NOBODY = ("unexplained", "changed by neither tsfix nor a site")
LISTS = ("tsfix", "lists of what the steps refer to")
REPLACED = ("tsfix", "a package was replaced by another")


def all_of(pairs: list[Pair], to: str | None = None, packages: NamedPackages | None = None) -> tuple[Explained, ...]:
    """What is said about the first of the pairs."""
    first = pairs[0]
    comparison = compare_task_sequences(first.before.task_sequence, first.after.task_sequence)
    about = subject(export(sequence("CHQ00050", "Any", steps.restart("R"))), to)
    about = replace(about, exported=first.before)
    return explain(first, replaced(pairs, knowledge()), about, comparison, comparison, frozenset(), packages)


def pairs(before: Export, after: Export) -> list[Pair]:
    return [
        Pair(before=one, after=other) for one, other in zip(before.task_sequences, after.task_sequences, strict=True)
    ]


# Properties of the object, and the sequence as a whole.

OLD_SITE = export(sequence("CHQ00050", "TS", steps.restart("R")), site=replace(LAB, version=1706))  # type: ignore[arg-type]


def with_value(found: Export, name: str, value: str | None) -> Export:
    """The export with another value of one property of the object; None: without the property."""
    text = found.parts.parts[PART].decode("utf-8-sig")
    old = re.findall(rf'  <PROPERTY NAME="{name}"[^>]*>.*?</PROPERTY>', text, re.DOTALL)[0]
    new = "" if value is None else re.sub(">.*</", f"><VALUE>{value}</VALUE></", old, flags=re.DOTALL)
    return read_parts({**found.parts.parts, PART: text.replace(old, new, 1).encode()})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Name", "TS (for 1706)", NAME_AND_ID),
        ("PackageID", "CHQF0001", NAME_AND_ID),
        ("__PATH", "x", NAME_AND_ID),
        ("__RELPATH", "x", NAME_AND_ID),
        ("Description", "mine [tsfix: copy of CHQ00050]", ("tsfix", "description of the copy")),
        ("Description", "tsfix: copy", ("tsfix", "description of the copy")),
        ("Description", "mine", NOBODY),
        ("ReferencesCount", "9", LISTS),
        ("BootImageID", "CHQ00005", NOBODY),
        ("SourceDate", "20200101000000.000000+***", ANEW),
        ("SourceSite", "LEG", ANEW),
        ("__PROPERTY_COUNT", "999", ANEW),
        ("ProgramFlags", "1", NOBODY),
        ("ProgramFlags", None, NUMBER),
        ("SourceDate", None, ANEW),
    ],
)
def test_a_property_of_the_object(name: str, value: str | None, said: tuple[str, str]) -> None:
    copy = with_value(OLD_SITE, name, value)
    (item,) = copy.task_sequences
    found = [one for one in all_of(pairs(OLD_SITE, copy), "1706") if one.field == f"package-property:{name}"]
    assert [said] == [(one.by, one.kind) for one in found]
    assert item.task_sequence.sequence == OLD_SITE.task_sequences[0].task_sequence.sequence


def test_a_property_that_only_the_copy_has() -> None:
    found = all_of(pairs(with_value(OLD_SITE, "ProgramFlags", None), OLD_SITE), "1706")
    assert [NUMBER] == [(one.by, one.kind) for one in found if one.field == "package-property:ProgramFlags"]


def test_a_boot_image_that_was_replaced() -> None:
    made = sequence("CHQ00050", "TS", osd.setup_windows("Client", "CHQ00003", ""), boot_image="CHQ00005")
    original = export(made, known=(Known(id="CHQ00005", name="Boot image", type=258),))
    copy = rewritten(original, request("1706", client="LEG00042", maps={"CHQ00005": "LEG00044"})).copy
    found = {one.field: (one.by, one.kind) for one in explained(original, copy, "1706")}
    assert (REPLACED, REPLACED) == (found["package-property:BootImageID"], found["variable:_SMSClientPackageID"])


def test_the_number_of_all_properties_that_older_versions_lack() -> None:
    """Without a target, a copy that left out every one of them is still explained."""
    original = export(sequence("CHQ00050", "TS", osd.setup_windows("Client", "CHQ00003", "")))
    copy = rewritten(original, request("2012-sp1", client="LEG00042")).copy
    (count,) = (one for one in explained(original, copy, None) if one.field == "package-property:__PROPERTY_COUNT")
    assert ("tsfix", "a setting that older versions lack") == (count.by, count.kind)


@pytest.mark.parametrize(
    ("before", "after", "field", "said"),
    [
        ('version="3.10"', 'version="3.00"', "attribute:version", ("tsfix", "version of the sequence")),
        ('version="3.10"', 'version="3.10" name="TS"', "attribute:name", NAME_AND_ID),
        ('version="3.10"', 'version="3.10" other="TS"', "attribute:other", NOBODY),
    ],
)
def test_an_attribute_of_the_sequence(before: str, after: str, field: str, said: tuple[str, str]) -> None:
    assert {field: said} == by_hand(steps.restart("R"), f"<sequence {before}", f"<sequence {after}")


def test_a_raw_sequence_has_no_boot_image() -> None:
    one, other = (raw(sequence_text(steps.restart("R"), version=version)) for version in ("3.10", "3.00"))
    assert [("tsfix", "version of the sequence")] == [(item.by, item.kind) for item in explained(one, other, None)]


# Groups and steps.


def rebooting(*names: str) -> Export:
    """Two groups, the first with these steps."""
    items = tuple(Step(type="SMS_TaskSequence_RebootAction", name=name, action=name) for name in names)
    kept = Step(type="SMS_TaskSequence_RebootAction", name="Kept", action="kept")
    return export(sequence("CHQ00050", "TS", Group(name="Group", children=items), Group(name="Rest", children=(kept,))))


def test_a_step_that_stands_elsewhere() -> None:
    found = explained(rebooting("A", "B", "C"), rebooting("B", "C", "A"), "1706")
    assert (
        Explained(
            by="unexplained",
            kind="a group or step stands elsewhere",
            place=("Group", "A"),
            label="place",
            field="moved",
            before=None,
            after=None,
        ),
    ) == found


def test_a_placeholder_that_has_no_counterpart() -> None:
    text = "[tsfix: stands for a step that 1706 does not know. x]"
    items = (
        Step(type="SMS_TaskSequence_RebootAction", name="A", action="a"),
        replace(
            own_step("SMS_TaskSequence_SetVariableAction", "B", "tsenv.exe", ("VariableValue", "VariableValue", "x")),
            description=text,
            disable=True,
        ),
    )
    one, two = (export(sequence("CHQ00050", "TS", Group(name="Group", children=found))) for found in (items[:1], items))
    assert (whole("placeholder", "B", "added", "tsfix"),) == explained(one, two, "1706")


def test_what_may_come_from_a_child_that_is_not_here() -> None:
    call = steps.run_task_sequence("Call", "CHQ00077", "Child", ())
    known = (Known(id="CHQ00077", name="Child", type=4),)
    one = export(sequence("CHQ00050", "TS", Group(name="Group", children=(call,))), known=known)
    two = export(
        sequence("CHQ00050", "TS", Group(name="Group", children=(Group(name="Call", children=(steps.restart("R"),)),)))
    )
    words = f"content that may come from the task sequence CHQ00077, of which no copy is here: {BOTH_FOLDERS}"
    found = [(item.by, item.kind, item.place, item.label, item.field) for item in explained(one, two, "1802")]
    assert {
        ("unexplained", words, ("Group", "Call"), "Call", "added"),
        ("unexplained", words, ("Group", "Call"), "Call", "removed"),
        ("unexplained", words, ("Group", "Call", "R"), "R", "added"),
    } == {item for item in found if item[2]}


# Settings of steps.


def test_a_switch_that_was_cut_and_one_that_the_site_wrote() -> None:
    step = osd.enable_bitlocker("Encrypt")
    original = export(sequence("CHQ00050", "TS", step))
    copy = rewritten(original, request("1706")).copy
    cut = {one.field: (one.by, one.kind) for one in explained(original, copy, "1706")}
    back = {one.field: (one.by, one.kind) for one in explained(copy, original, "1706")}
    assert (
        ("tsfix", "a switch that older versions lack"),
        ("site", "the site wrote the action line anew, from the settings of the step"),
    ) == (cut["action"], back["action"])


def test_an_action_line_that_nobody_writes() -> None:
    step = steps.run_command_line("Run", "a.cmd")
    assert {"action": ("unexplained", "the action line does not follow the settings of the step")} == by_hand(
        step, ">smsswd.exe /run: a.cmd<", ">smsswd.exe /run: b.cmd<"
    )


def test_variables_in_another_order() -> None:
    """The order of the variables of a step is the site's."""
    step = own_step("SMS_TaskSequence_RunCommandLineAction", "Run", "", ("A", "A", "1"), ("B", "B", "2"))
    one, two = (
        '<variable name="A" property="A">1</variable>',
        '<variable name="B" property="B">2</variable>',
    )
    found = by_hand(step, one + two, two + one)
    assert {("site", "the site wrote lists in another order")} == set(found.values())


def test_an_attribute_of_a_step_that_nobody_knows() -> None:
    step = Step(type="Fabrikam", name="S", action="x", timeout=60)
    original = export(sequence("CHQ00050", "TS", step))
    text = original.parts.parts[PART].decode("utf-8-sig")
    copy = read_parts({**original.parts.parts, PART: text.replace('timeout="60"', 'timeout="90"').encode()})
    assert {"attribute:timeout": NOBODY} == {one.field: (one.by, one.kind) for one in explained(original, copy, None)}


def test_a_call_that_repeats_an_id_in_other_letters() -> None:
    call = steps.run_task_sequence("Call", "CHQ00060", "Child", steps.package("CHQ00B01"))
    child = sequence("CHQ00060", "Child", steps.run_command_line("New", "x.cmd", package_id="CHQ00B01"))
    one = export(sequence("CHQ00050", "Parent", call), child, known=(Known(id="CHQ00B01", name="Tools"),))
    text, old = one.parts.parts[PART].decode("utf-8-sig"), 'property="TsReferencePackages">CHQ00B01<'
    assert 1 == text.count(old)
    other = read_parts({**one.parts.parts, PART: text.replace(old, old.replace("CHQ00B01", "chq00b01")).encode()})
    found = {item.field: (item.by, item.kind) for item in all_of(pairs(one, other), "1802")}
    assert {"variable:OSDSubTasksequenceTsReferencePackages": LISTS} == found


@pytest.mark.parametrize(("to", "said"), [("CHQ00B01", LISTS), ("CHQ00C01", NOBODY)])
def test_a_call_that_repeats_what_the_copy_of_its_child_needs(to: str, said: tuple[str, str]) -> None:
    known = tuple(Known(id=one, name=one) for one in ("CHQ00A01", "CHQ00B01", "CHQ00C01"))

    def family(needs: str, *children: Step) -> Export:
        call = steps.run_task_sequence("Call", "CHQ00060", "Child", steps.package(*needs.split()))
        return export(sequence("CHQ00050", "Parent", call), sequence("CHQ00060", "Child", *children), known=known)

    one = family("", steps.restart("R"))
    other = family(to, steps.run_command_line("New", "x.cmd", package_id="CHQ00B01"))
    found = {item.field: (item.by, item.kind) for item in all_of(pairs(one, other), "1802")}
    assert said == found["variable:OSDSubTasksequenceTsReferencePackages"]


def test_an_upgrade_package_in_place_of_a_feature_update() -> None:
    original = export(sequence("CHQ00D00", "Deploy", upgrade()))
    copy = rewritten(original, request("2010", decisions=(decision("LEG00060"),))).copy
    words = "an upgrade package in place of a feature update: you decided so"

    def said(package: str) -> dict[str, set[tuple[str, str]]]:
        found = all_of(pairs(original, copy), "2010", {(0,): (package, "")})
        kinds: dict[str, set[tuple[str, str]]] = {}
        for item in found:
            if item.place:
                kinds.setdefault(item.field, set()).add((item.by, item.kind))
        return kinds

    assert {("tsfix", words)} == set().union(*said("LEG00060").values())
    lacks = ("tsfix", "a setting that the target lacks")
    assert {NOBODY, lacks} == set().union(*said("LEG00061").values())


# IDs that were replaced in one place and stand in another.


def test_an_old_id_that_still_stands_is_told_with_its_place() -> None:
    known = (Known(id="CHQ00A01", name="Tools"),)
    items = (
        Group(name="Group", children=(steps.run_command_line("One", "a.cmd", package_id="CHQ00A01"),)),
        steps.run_command_line("Two", "a.cmd", package_id="CHQ00A01"),
    )
    original = export(sequence("CHQ00050", "TS", *items), known=known)
    text = original.parts.parts[PART].decode("utf-8-sig")
    first = text.index("CHQ00A01", text.index('name="Two"'))
    changed = text[:first] + text[first:].replace("CHQ00A01", "LEG00A01")
    copy = read_parts({**original.parts.parts, PART: changed.encode()})
    found: Replaced = replaced(pairs(original, copy), knowledge())
    start = "CHQ00A01 was replaced by LEG00A01, and still stands in the"
    assert {
        f"{start} action line of Group > One",
        f"{start} variable PackageID of Group > One",
        f"{start} reference list",
    } <= set(found.contradictions)
    assert [] == [one for one in found.contradictions if "Two" in one]
