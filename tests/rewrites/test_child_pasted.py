"""Child task sequences pasted into their parents: the same steps run, and every list names what is used."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from tests.made import (
    LAB,
    Application,
    Group,
    Known,
    TaskSequence,
    cloned,
    findings,
    live,
    named,
    on,
    read_parts,
    refused,
    request,
    rewritten,
    sequence,
    steps,
)
from tests.made import export as made_export
from tests.rewrites.walks import differing
from tsfix.conversion import Refused
from tsfix.errors import UnsupportedEditError
from tsfix.export import Export, ExportedTaskSequence
from tsfix.task_sequence import Group as FoundGroup

PARENT, CHILD, BELOW = "CHQ00040", "CHQ00041", "CHQ00042"
PACKAGE, OTHER = "CHQ00020", "CHQ00021"


KNOWN = (
    *(Known(id=found, name=f"Package {found}") for found in (PACKAGE, OTHER, "CHQ00076", "CHQ00077")),
    Known(id="CHQ00099", name="Boot image", type=258),
)


def export(*sequences: TaskSequence) -> Export:
    return made_export(*sequences, known=KNOWN)


def command(name: str, package_id: str = "", **others: object) -> steps.Step:
    return steps.run_command_line(name, f"cmd.exe /c echo {name}", package_id=package_id, site=1706, **others)


def call(name: str, child: str, *needs: str, **others: object) -> steps.Step:
    return steps.run_task_sequence(name, child, f"Child {child}", steps.package(*needs), **others)


BELOW_ITEMS = (command("deep one"), Group(name="deep", children=(command("deep two", OTHER),), continue_on_error=True))
CHILD_ITEMS = (
    Group(name="inner", children=(command("one", PACKAGE), command("two", continue_on_error=True))),
    call("Call below", BELOW, OTHER, condition=on.when(on.variable("Office", "notEquals", "GVA"))),
    command("three", disable=True),
    command("last", condition=on.when(on.any_of(on.variable("Kind", "equals", "A"), on.folder(r"C:\Data")))),
)


def family(parent_call: steps.Step, *others: Group | steps.Step, child: TaskSequence | None = None) -> Export:
    return export(
        sequence(PARENT, "Parent", command("first", PACKAGE), parent_call, *others, command("end")),
        child or sequence(CHILD, "Child", *CHILD_ITEMS),
        sequence(BELOW, "Below", *BELOW_ITEMS),
    )


CALLS = {
    "plain": call("Call", CHILD, PACKAGE, OTHER, BELOW),
    "condition": call("Call", CHILD, PACKAGE, OTHER, BELOW, condition=on.when(on.variable("Run", "exists"))),
    "description": call("Call", CHILD, PACKAGE, OTHER, BELOW, description='Say "a" & <b>'),
    "continues": call("Call", CHILD, PACKAGE, OTHER, BELOW, continue_on_error=True),
    "disabled": call("Call", CHILD, PACKAGE, OTHER, BELOW, disable=True),
}


@pytest.mark.parametrize("kind", CALLS)
def test_the_same_steps_run_for_the_same_variables(kind: str) -> None:
    found = family(CALLS[kind])
    done = rewritten(found, request("1706"))
    assert differing(found, done.copy, seeds=200) == []
    assert not [
        step for item in done.copy.task_sequences for step in item.task_sequence.sequence.steps() if step.kind != "step"
    ]


@pytest.mark.parametrize("kind", CALLS)
def test_the_group_takes_over_what_the_call_had(kind: str) -> None:
    made = CALLS[kind]
    done = rewritten(family(made), request("1706"))
    group = next(
        item for item in done.copy.task_sequences if item.task_sequence.name.startswith("Parent")
    ).task_sequence.sequence.children[1]
    assert isinstance(group, FoundGroup)
    expected = [("name", made.name), ("description", made.description)]
    expected += [("disable", "true")] * made.disable + [("continueOnError", "true")] * made.continue_on_error
    assert expected == list(group.attributes)
    assert (made.condition is not None) == (group.condition is not None)
    assert ["inner", "Call below", "three", "last"] == [item.name for item in group.children]


def test_every_list_names_what_enabled_steps_use_and_nothing_else() -> None:
    done = rewritten(family(CALLS["plain"]), request("1706"))
    parent = next(item for item in done.copy.task_sequences if item.task_sequence.name.startswith("Parent"))
    assert {
        "action": [PACKAGE, PACKAGE, OTHER],
        "variable": [PACKAGE, PACKAGE, OTHER],
        "reference-list": [PACKAGE, OTHER],
        "object-reference": [PACKAGE, OTHER],
        "references-info": [PACKAGE, OTHER],
    } == live(parent)


def test_what_a_stale_call_did_not_repeat_is_added_sorted() -> None:
    found = family(replace(call("Call", CHILD), references=steps.package(CHILD)))
    done = rewritten(found, request("1706"))
    parent = next(item for item in done.copy.task_sequences if item.task_sequence.name.startswith("Parent"))
    assert [PACKAGE, OTHER] == live(parent)["reference-list"]
    assert [PACKAGE, OTHER] == live(parent)["object-reference"]
    assert [PACKAGE, OTHER] == live(parent)["references-info"]
    assert {parent.task_sequence.package_id} == {row.owner for row in parent.references_info}


def test_a_disabled_call_brings_no_references() -> None:
    done = rewritten(family(CALLS["disabled"]), request("1706"))
    parent = next(item for item in done.copy.task_sequences if item.task_sequence.name.startswith("Parent"))
    assert [PACKAGE] == live(parent)["reference-list"]


def test_two_calls_of_one_child() -> None:
    found = family(CALLS["plain"], Group(name="again", children=(replace(CALLS["plain"], name="Second"),)))
    assert differing(found, rewritten(found, request("1706")).copy, seeds=100) == []


def test_the_trade_off_stands_in_the_reason_and_nothing_is_out_of_action() -> None:
    done = rewritten(family(CALLS["plain"]), request("1706"))
    (change,) = (one for one in done.changes if one.kind == "replaced" and one.location.task_sequence == "Parent")
    assert ("step", "rewritten", False) == (change.field, change.reasons[0].topic, change.takes_out)
    assert 'group with the 6 steps of "Child" (CHQ00041)'.replace("6", "5") == change.after
    assert "Trade-off: Status messages name the parent" in change.reasons[0].text


def test_the_childs_steps_get_the_other_rewrites() -> None:
    script = steps.run_powershell_script("Script", lines=("Write-Output 'a'",), site=2309)
    child = sequence(CHILD, "Child", script)
    done = rewritten(family(call("Call", CHILD), child=child), request("1706"))
    kinds = [step.type for item in done.copy.task_sequences for step in item.task_sequence.sequence.steps()]
    assert {"SMS_TaskSequence_RunCommandLineAction"} == set(kinds)


REFUSED = {
    "boot image of its own": (
        sequence(CHILD, "Child", command("one"), boot_image="CHQ00099"),
        "has a boot image of its own",
    ),
    "disabled child": (
        replace(sequence(CHILD, "Child", command("one")), values=(("TsEnabled", "FALSE"),)),
        "is disabled",
    ),
    "calls itself": (sequence(CHILD, "Child", call("Again", CHILD)), "calls itself in the end"),
    "too large": (sequence(CHILD, "Child", command("x" * 2_100_000)), "a site stores 2097152"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused_with_the_reason(kind: str) -> None:
    child, reason = REFUSED[kind]
    found = family(call("Call", CHILD), child=child)
    outcome = cloned(found, request("1706"))
    assert isinstance(outcome, Refused)
    (first,) = (
        one for one in outcome.reasons if one.subject.endswith("SubTasksequence") and one.location.path == ("Call",)
    )
    assert reason in first.reason
    assert ("decision", True) == (first.fix, first.blocking)


def test_a_child_that_is_not_there_is_refused_as_before() -> None:
    found = export(sequence(PARENT, "Parent", call("Call", "CHQ00077")))
    assert "SMS_TaskSequence_SubTasksequence" in [subject for _, subject in refused(found, request("1706"))]


def test_other_success_codes_or_retries_are_refused() -> None:
    for made in (replace(CALLS["plain"], success_codes="0 3010"), replace(CALLS["plain"], retry_count=2)):
        assert "SMS_TaskSequence_SubTasksequence" in [subject for _, subject in refused(family(made), request("1706"))]


def test_scan_promises_what_clone_does() -> None:
    calls = [
        one
        for one in findings(family(CALLS["plain"]), "1706")
        if one.subject.endswith("SubTasksequence") and one.blocking
    ]
    assert ["automatic"] == sorted({one.fix for one in calls})


def test_from_1710_on_the_call_stays() -> None:
    found = export(sequence(PARENT, "Parent", call("Call", CHILD)), sequence(CHILD, "Child", command("one")))
    outcome = cloned(found, request("1802"))
    kept = outcome.copy if hasattr(outcome, "copy") else found
    assert (
        "subtasksequence"
        == named(kept, kept.task_sequences[0].task_sequence.name).task_sequence.sequence.children[0].kind
    )  # type: ignore[union-attr]


def test_keep_keeps_the_call() -> None:
    outcome = cloned(family(CALLS["plain"]), request("1706", policy="keep"))
    kept = getattr(outcome, "copy", None) or outcome.original
    assert "subtasksequence" == kept.task_sequences[0].task_sequence.sequence.children[1].kind


def test_1710_knows_one_level_and_the_deeper_ones_are_pasted() -> None:
    """The parent's call of a child that calls further ones becomes a group; the child's own call is one level and stays."""
    found = family(CALLS["plain"])
    done = rewritten(found, request("1710"))
    parent, child, below = (item.task_sequence for item in done.copy.task_sequences)
    assert [] == [step for step in parent.sequence.steps() if step.kind == "subtasksequence"]
    assert isinstance(parent.sequence.children[1], FoundGroup)
    calls = [step for step in child.sequence.steps() if step.kind == "subtasksequence"]
    assert [below.package_id] == [step.property("TsPackageID").value for step in calls]  # type: ignore[union-attr]
    assert [] == [one.rule for one in done.remaining if one.severity == "error"]
    assert differing(found, done.copy) == []


def test_1710_refuses_a_deeper_level_that_cannot_be_pasted() -> None:
    found = family(replace(CALLS["plain"], success_codes="0 5"))
    assert [("R49", "run-task-sequence-nested")] == refused(found, request("1710"))


def parent_of(found: Export) -> ExportedTaskSequence:
    return next(item for item in found.task_sequences if item.task_sequence.name.startswith("Parent"))


def stale(*child: Group | steps.Step, **others: object) -> Export:
    """A parent that does not list what its child needs."""
    return made_export(
        sequence(
            PARENT, "Parent", command("first", PACKAGE), replace(call("Call", CHILD), references=steps.package(CHILD))
        ),
        sequence(CHILD, "Child", *child),
        known=KNOWN,
        **others,  # type: ignore[arg-type]
    )


def test_what_sorts_behind_all_others_is_added_at_the_end() -> None:
    """On a site that counts the references: one goes, one comes, and their number stays."""
    found = stale(command("last", "CHQ00077"), site=replace(LAB, version=1706))
    parent = parent_of(rewritten(found, request("1706")).copy)
    assert [[PACKAGE, "CHQ00077"]] * 3 == [
        live(parent)[where] for where in ("reference-list", "object-reference", "references-info")
    ]
    count = parent.task_sequence.property("ReferencesCount")
    assert count is not None
    assert "2" == count.value


def test_the_number_of_references_grows_with_them() -> None:
    found = stale(command("one", "CHQ00076"), command("two", "CHQ00077"), site=replace(LAB, version=1706))
    changes = rewritten(found, request("1706")).changes
    (count,) = (one for one in changes if one.field == "package-property:ReferencesCount" and one.after == "3")
    assert ("changed", "number of references", "2", "R46", "references") == (
        count.kind,
        count.label,
        count.before,
        count.reasons[0].rule,
        count.reasons[0].topic,
    )


def test_applications_of_a_child_are_listed_behind_the_packages() -> None:
    office, reader = (
        Application(model=f"ScopeId_A/Application_{name}", name=name, ci_id=number, package=f"CHQ0010{number}")
        for number, name in enumerate(("Office", "Reader"), 1)
    )
    apps = tuple((one.model, one.name) for one in (reader, office))
    found = stale(
        steps.install_applications("Apps", apps, site=1606), command("x", "CHQ00077"), applications=(office, reader)
    )
    parent = parent_of(rewritten(found, request("1706")).copy)
    part = parent.part.replace("object.xml", "AppReferencesInfo.xml")
    data = rewritten(found, request("1706")).copy.parts.parts[part].decode("utf-8-sig")
    assert {
        "reference list": [PACKAGE, reader.model, office.model, "CHQ00077"],
        "array": [(PACKAGE, "0"), ("CHQ00077", "0"), (office.model, "1"), (reader.model, "1")],
        "rows": [PACKAGE, "CHQ00077"],
        "rows of applications": [office.model, reader.model],
    } == {
        "reference list": [str(one.package or one.application) for one in parent.task_sequence.sequence.references],
        "array": [(one.package, one.type) for one in parent.task_sequence.object_references],
        "rows": [row.package_id for row in parent.references_info],
        "rows of applications": re.findall(r"ScopeId_A/Application_\w+", data),
    }


def test_the_boot_image_stays_listed_when_the_call_that_repeated_it_goes() -> None:
    """Of the lists, the array and the rows name the boot image; the list in the sequence is about steps."""
    repeats = call("Call", CHILD, "CHQ00099")
    found = export(
        sequence(PARENT, "Parent", command("first", PACKAGE), repeats, boot_image="CHQ00099"),
        sequence(CHILD, "Child", command("last", OTHER)),
    )
    places = live(parent_of(rewritten(found, request("1706")).copy))
    assert [PACKAGE, OTHER] == places["reference-list"]
    assert [PACKAGE, OTHER, "CHQ00099"] == list(dict.fromkeys(places["object-reference"]))
    assert [PACKAGE, OTHER, "CHQ00099"] == list(dict.fromkeys(places["references-info"]))


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("()<referenceList>.*</referenceList>", "The task sequence has no list of references to add to."),
        ('(?<=NAME="References")(.*?)<VALUE.OBJECTARRAY>.*?</VALUE.OBJECTARRAY>', "The object has no references."),
    ],
)
def test_a_parent_without_a_list_is_refused(inner: str, message: str) -> None:
    """Somebody took the list out of a parent that calls a child, and so has an entry at least."""
    found = stale(command("one", "CHQ00077"))
    part = parent_of(found).part
    text = found.parts.parts[part].decode("utf-8-sig")
    changed, number = re.subn(inner, r"\1", text, flags=re.DOTALL)
    assert 1 == number
    with pytest.raises(UnsupportedEditError) as caught:
        cloned(read_parts({**found.parts.parts, part: changed.encode()}), request("1706"))
    assert message == caught.value.message
    assert caught.value.location is not None
    assert (part, "Parent") == (caught.value.location.part, caught.value.location.task_sequence)


def test_two_new_ones_stand_in_the_order_of_use_and_sorted() -> None:
    found = stale(command("later", "CHQ00077"), command("last", "CHQ00076"))
    parent = parent_of(rewritten(found, request("1706")).copy)
    assert [PACKAGE, "CHQ00077", "CHQ00076"] == live(parent)["reference-list"]
    assert [PACKAGE, "CHQ00076", "CHQ00077"] == live(parent)["object-reference"]
    assert [PACKAGE, "CHQ00076", "CHQ00077"] == live(parent)["references-info"]


def test_two_children_that_use_two_programs_of_one_package() -> None:
    """The list and the array name each program; the rows are about packages."""
    install, repair = (steps.install_package("Run", "CHQ00077", program) for program in ("Install", "Repair"))
    calls = (replace(call(child, child), references=steps.package(child)) for child in (CHILD, BELOW))
    found = export(
        sequence(PARENT, "Parent", command("first", PACKAGE), *calls),
        sequence(CHILD, "Child", install),
        sequence(BELOW, "Below", repair),
    )
    done = rewritten(found, request("1706"))
    parent = parent_of(done.copy)
    assert {
        "reference list": [(PACKAGE, None), ("CHQ00077", "Install"), ("CHQ00077", "Repair")],
        "array": [(PACKAGE, "*"), ("CHQ00077", "Install"), ("CHQ00077", "Repair")],
        "rows": [PACKAGE, "CHQ00077"],
    } == {
        "reference list": [(one.package, one.program) for one in parent.task_sequence.sequence.references],
        "array": [(one.package, one.program) for one in parent.task_sequence.object_references],
        "rows": [row.package_id for row in parent.references_info],
    }
    added = [change.field for change in done.changes if change.kind == "added" and change.after == "CHQ00077"]
    assert ["reference:CHQ00077"] * 2 + ["object-reference:CHQ00077"] * 2 + ["references-info:CHQ00077"] == added


@pytest.mark.parametrize("null", [True, False])
def test_a_parent_without_a_boot_image_property(null: bool) -> None:
    found = stale(command("last", OTHER))
    part = parent_of(found).part
    text = found.parts.parts[part].decode("utf-8-sig")
    (whole,) = re.findall(r'<PROPERTY NAME="BootImageID"[^>]*>.*?</PROPERTY>', text, re.DOTALL)
    changed = read_parts(
        {
            **found.parts.parts,
            part: text.replace(whole, re.sub(">.*</", "></", whole, flags=re.DOTALL) * null).encode(),
        }
    )
    assert [PACKAGE, OTHER] == live(parent_of(rewritten(changed, request("1706")).copy))["object-reference"]
