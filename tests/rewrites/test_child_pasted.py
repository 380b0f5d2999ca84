"""Child task sequences pasted into their parents: the same steps run, and every list names what is used."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.made import (
    Group,
    Known,
    TaskSequence,
    cloned,
    findings,
    live,
    named,
    on,
    refused,
    request,
    rewritten,
    sequence,
    steps,
)
from tests.made import export as made_export
from tests.rewrites.walks import differing
from tsfix.conversion import Refused
from tsfix.export import Export
from tsfix.task_sequence import Group as FoundGroup

PARENT, CHILD, BELOW = "CHQ00040", "CHQ00041", "CHQ00042"
PACKAGE, OTHER = "CHQ00020", "CHQ00021"


KNOWN = (
    *(Known(id=found, name=f"Package {found}") for found in (PACKAGE, OTHER, "CHQ00077")),
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
