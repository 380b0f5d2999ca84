"""What a call repeats of its child follows the child: what the child lost, what was replaced; nothing else."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from tests.made import Known, export, knowledge, read_parts, sequence, steps
from tests.rewrites.test_reference_places import UNUSED, WHY, noted
from tsfix.export import Export
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.package_ids import replace_packages
from tsfix.rewrites.reference_lists import drop_unused
from tsfix.task_sequence import Step

PARENT, CHILD, BELOW = "CHQ00E00", "CHQ00E01", "CHQ00E02"
A, B, C = "CHQ00A01", "CHQ00B01", "CHQ00C01"
KNOWN = tuple(Known(id=found, name=f"Package {found}") for found in (A, B, C))
PACKAGES = "TsReferencePackages"


def command(package_id: str) -> steps.Step:
    return steps.run_command_line(f"Run {package_id}", "run.cmd", package_id=package_id, site=1706)


def call(child: str, *needs: str) -> steps.Step:
    return steps.run_task_sequence(f"Call {child}", child, child, steps.package(*needs))


def family() -> Export:
    """A parent that calls a child, which calls one below; the parent stands first in the export."""
    return export(
        sequence(PARENT, "Parent", command(A), call(CHILD, A, B, C)),
        sequence(CHILD, "Child", command(B), call(BELOW, C)),
        sequence(BELOW, "Below", command(C), command(A)),
        known=KNOWN,
    )


def names(draft: ExportDraft) -> dict[str, int]:
    return {found.task_sequence.name: number for number, found in enumerate(draft.sequences)}


def step(draft: ExportDraft, sequence_name: str, name: str) -> Step:
    found = draft.sequences[names(draft)[sequence_name]].task_sequence.sequence
    return next(one for one in found.steps() if one.name == name)


def without(found: Export, *items: tuple[str, str]) -> ExportDraft:
    draft = ExportDraft(found)
    for where, name in items:
        draft.sequences[names(draft)[where]].remove_item(step(draft, where, name), WHY)
    drop_unused(draft, knowledge())
    return draft


def repeated(draft: ExportDraft, prop: str = PACKAGES) -> dict[str, str]:
    """What each call repeats, in the copy, by the name of its task sequence."""
    copy = read_parts(dict(draft.part_changes().apply(draft.export.parts)))
    assert not copy.problems
    return {
        found.task_sequence.name: variable.value
        for found in copy.task_sequences
        for one in found.task_sequence.sequence.steps()
        for variable in [one.property(prop)]
        if variable is not None
    }


def test_what_a_child_lost_goes_from_all_calls_above_it() -> None:
    draft = without(family(), ("Below", f"Run {C}"))
    assert {"Parent": f"{A},{B}", "Child": ""} == repeated(draft)
    assert [
        ("changed", "object.xml", "Child", "variable:OSDSubTasksequenceTsReferencePackages", C, ""),
        (
            "changed",
            "object.xml",
            "Parent",
            "variable:OSDSubTasksequenceTsReferencePackages",
            f"{A},{B},{C}",
            f"{A},{B}",
        ),
    ] == [(*note[:4], note[5], note[6]) for note in noted(draft) if str(note[3]).startswith("variable")]
    assert {UNUSED} == {note[7] for note in noted(draft) if str(note[3]).startswith("variable")}


def test_two_that_call_each_other_hold_up_nobody_above_them() -> None:
    """The first of them stays as it is, for nobody can say which is the child; what calls the second follows it."""
    found = export(
        sequence(PARENT, "First", call(CHILD, B)),
        sequence(BELOW, "Above", call(CHILD, B)),
        sequence(CHILD, "Second", command(B), call(PARENT)),
        known=KNOWN,
    )
    assert {"First": B, "Above": "", "Second": ""} == repeated(without(found, ("Second", f"Run {B}")))


def test_a_call_of_which_every_setting_changes_loses_what_the_child_lost() -> None:
    """The child got another ID, and needs a package less; so does the parent's own list."""
    made = call(CHILD, C)
    bare = replace(made, variables=tuple(row for row in made.variables if row[1] in ("TsPackageID", PACKAGES)))
    found = export(
        sequence(PARENT, "Parent", bare), sequence(CHILD, "Child", command(C), steps.restart("R")), known=KNOWN
    )
    draft = ExportDraft(found)
    one = step(draft, "Parent", f"Call {CHILD}")
    child = one.property("TsPackageID")
    assert child is not None
    draft.sequences[0].set_variable(one, child, "CHQ00E09", WHY)
    draft.sequences[1].remove_item(step(draft, "Child", f"Run {C}"), WHY)
    drop_unused(draft, knowledge())
    assert {"Parent": ""} == repeated(draft)
    assert [("Child", f"reference:{C}"), ("Parent", f"reference:{CHILD}"), ("Parent", f"reference:{C}")] == [
        (note[2], note[3]) for note in noted(draft) if str(note[3]).startswith("reference:")
    ]


def test_what_the_child_still_needs_stays_in_the_call() -> None:
    draft = without(family(), ("Child", f"Run {B}"))
    assert {"Parent": f"{A},{C}", "Child": C} == repeated(draft)


def test_a_call_that_is_taken_out_is_not_changed_as_well() -> None:
    draft = without(family(), ("Below", f"Run {C}"), ("Parent", f"Call {CHILD}"))
    assert {"Child": ""} == repeated(draft)
    assert ["Child"] == [note[2] for note in noted(draft) if str(note[3]).startswith("variable")]


def test_a_list_that_is_taken_out_does_not_keep_the_others_from_changing() -> None:
    """The call lists packages, applications and software updates, in this order."""
    found = family()
    part = found.task_sequences[1].part
    text = found.parts.parts[part].decode("utf-8-sig")
    more, count = re.subn(
        r'(property="TsReferenceApplications"[^>]*)(?:/>|></variable>)', rf"\1>{C},other</variable>", text
    )
    assert 1 == count
    draft = ExportDraft(read_parts({**found.parts.parts, part: more.encode()}))
    parent, child, below = draft.sequences
    one = step(draft, "Child", f"Call {BELOW}")
    variable = one.property(PACKAGES)
    assert variable is not None
    child.remove_variable(one, variable, WHY)
    below.remove_item(step(draft, "Below", f"Run {C}"), WHY)
    drop_unused(draft, knowledge())
    assert "other" == repeated(draft, "TsReferenceApplications")["Child"]
    assert "Child" not in repeated(draft)
    assert parent.task_sequence.name == "Parent"


def test_what_was_replaced_is_replaced_in_the_call_which_stays_sorted() -> None:
    new = NewReference(package_id="XYZ00B01", name="New", same_object=False, reason=WHY)
    draft = ExportDraft(family())
    replace_packages(draft, knowledge(), {B: new})
    assert {"Parent": f"{A},{C},XYZ00B01", "Child": C} == repeated(draft)


@pytest.mark.parametrize(
    ("children", "mapped", "changes"), [((), (), False), ((CHILD,), (), True), ((), (CHILD,), True)]
)
def test_a_call_of_a_child_outside_of_the_export_changes_with_the_child_only(
    children: tuple[str, ...], mapped: tuple[str, ...], changes: bool
) -> None:
    found = export(
        sequence(PARENT, "Parent", command(B), call(CHILD, A, B)), known=(*KNOWN, Known(id=CHILD, name="Child", type=4))
    )
    mapping = {
        old: NewReference(package_id=f"XYZ{old[3:]}", name="New", same_object=False, reason=WHY) for old in (B, *mapped)
    }
    draft = ExportDraft(found)
    replace_packages(draft, knowledge(), mapping, frozenset(children))
    assert {"Parent": f"{A},XYZ00B01" if changes else f"{A},{B}"} == repeated(draft)
