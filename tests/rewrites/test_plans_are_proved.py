"""The proof asks for each planned change in the copy, and for a plan behind each change: on drafts alone, one at a time."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.made import Group as Made
from tests.made import Known, export, knowledge, on, pretty_text, raw, read_parts, sequence, steps
from tsfix.changes import Change, Reason
from tsfix.errors import VerificationError
from tsfix.export import Export
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import Group, Step
from tsfix.values import Location, RuleId
from tsfix.verification import refuse_second_run, verify

OBJECT = "SMS_TaskSequencePackage/CHQ00050/object.xml"
TOOLS, SCRIPTS = "CHQ00A01", "CHQ00B01"
WHY = Reason(rule=RuleId("R01"), text="because")
START = "The copy is not what was planned: "


def found() -> Export:
    """A group with two steps, and a step beside it; one variable has an attribute that only it has."""
    inner = (
        steps.run_command_line("One", "one.cmd", package_id=TOOLS, timeout=60),
        steps.restart("Two", condition=on.when(on.variable("Kind", "equals", "A"))),
    )
    last = steps.run_command_line("Last", "last.cmd", package_id=SCRIPTS)
    made = export(
        sequence(
            "CHQ00050",
            "Deploy",
            steps.Step(type="X", name="Zero", action="zero"),
            Made(name="Group", children=inner),
            last,
        ),
        known=(Known(id=TOOLS, name="Tools"), Known(id=SCRIPTS, name="Scripts")),
    )
    part = made.parts.parts[OBJECT].decode("utf-8-sig")
    assert part.count('<variable name="CommandLine" ') == 2
    part = part.replace('<variable name="CommandLine" ', '<variable name="CommandLine" extra="1" ')
    return read_parts({**made.parts.parts, OBJECT: part.encode()})


def item(draft: SequenceDraft, name: str) -> Group | Step:
    return next(one for one in draft.task_sequence.sequence.walk() if one.name == name)


def step(draft: SequenceDraft, name: str) -> Step:
    one = item(draft, name)
    assert isinstance(one, Step)
    return one


def remove(draft: SequenceDraft, name: str, variable: str) -> None:
    one = step(draft, name)
    draft.remove_variable(one, next(found for found in one.variables if found.name == variable), WHY)


def set_value(draft: SequenceDraft, name: str, variable: str, value: str) -> None:
    one = step(draft, name)
    draft.set_variable(one, next(found for found in one.variables if found.name == variable), value, WHY)


def listed(draft: SequenceDraft, package: str) -> None:
    (one,) = (one for one in draft.task_sequence.sequence.references if one.package == package)
    draft.remove_reference(one, WHY)


def relisted(draft: SequenceDraft, package: str, new: str) -> None:
    (one,) = (one for one in draft.task_sequence.sequence.references if one.package == package)
    draft.set_reference(one, new, WHY)


def set_property(draft: SequenceDraft, name: str, value: str | None) -> None:
    one = draft.task_sequence.property(name)
    assert one is not None
    if value is None:
        draft.remove_property(one, WHY)
    else:
        draft.set_property(one, value, WHY)


# The change; what is said where nothing planned it; what is said where it was planned and did not happen.
CHANGES: dict[str, tuple[Callable[[SequenceDraft], None], str, str]] = {
    "variable": (
        lambda d: set_value(d, "Last", "CommandLine", "x"),
        '"Deploy", Last: variable:CommandLine differs without a plan.',
        '"Deploy", Last: variable:CommandLine was to differ and does not.',
    ),
    "variable taken out, with its attributes": (
        lambda d: remove(d, "One", "CommandLine"),
        '"Deploy", Group > One: variable:CommandLine differs without a plan.',
        '"Deploy", Group > One: variable:CommandLine was to differ and does not.',
    ),
    "action": (
        lambda d: d.set_action(step(d, "Zero"), "other", WHY),
        '"Deploy", Zero: action differs without a plan.',
        '"Deploy", Zero: action was to differ and does not.',
    ),
    "attribute": (
        lambda d: d.set_attribute(item(d, "One"), "timeout", "90", WHY),
        '"Deploy", Group > One: attribute:timeout differs without a plan.',
        '"Deploy", Group > One: attribute:timeout was to differ and does not.',
    ),
    "attribute added to a group": (
        lambda d: d.set_attribute(item(d, "Group"), "continueOnError", "true", WHY),
        '"Deploy", Group: attribute:continueOnError differs without a plan.',
        '"Deploy", Group: attribute:continueOnError was to differ and does not.',
    ),
    "attribute taken away": (
        lambda d: d.remove_attribute(item(d, "One"), "timeout", WHY),
        '"Deploy", Group > One: attribute:timeout differs without a plan.',
        '"Deploy", Group > One: attribute:timeout was to differ and does not.',
    ),
    "step taken out": (
        lambda d: d.remove_item(item(d, "Two"), WHY),
        '"Deploy", Group: another number of groups and steps than planned.',
        '"Deploy", Group: another number of groups and steps than planned.',
    ),
    "group taken out": (
        lambda d: d.remove_item(item(d, "Group"), WHY),
        '"Deploy", the whole: another number of groups and steps than planned.',
        '"Deploy", the whole: another number of groups and steps than planned.',
    ),
    "step replaced by a placeholder": (
        lambda d: d.replace_item(
            item(d, "Two"),
            '<step type="Y" name="Two" description="" disable="true"><action>y</action></step>',
            "Y",
            WHY,
        ),
        '"Deploy", Group > Two: attribute:disable differs without a plan.',
        '"Deploy", Group > Two: what stands in its place is not the placeholder.',
    ),
    "reference taken out": (
        lambda d: listed(d, TOOLS),
        '"Deploy": the reference list is not what was planned.',
        '"Deploy": the reference list is not what was planned.',
    ),
    "reference changed": (
        lambda d: relisted(d, TOOLS, "LEG00A01"),
        '"Deploy": the reference list differs without a plan.',
        '"Deploy": the reference list is not what was planned.',
    ),
    "version": (
        lambda d: d.set_version("3.00", WHY),
        '"Deploy": the attribute version of the sequence is not what was planned.',
        '"Deploy": the attribute version of the sequence is not what was planned.',
    ),
    "property": (
        lambda d: set_property(d, "Duration", "7"),
        '"Deploy": the property Duration is not what was planned.',
        '"Deploy": the property Duration is not what was planned.',
    ),
    "property taken out": (
        lambda d: set_property(d, "Duration", None),
        '"Deploy": the object has other properties.',
        '"Deploy": the object has other properties.',
    ),
}


def changed(kind: str) -> ExportDraft:
    draft = ExportDraft(found())
    CHANGES[kind][0](draft.sequences[0])
    return draft


def faults(draft: ExportDraft, copy: Export, planned: tuple[Change, ...]) -> str:
    try:
        verify(draft.export, copy, draft.part_changes(), planned, knowledge(), frozenset())
    except VerificationError as error:
        return error.message
    return ""


def copy_of(draft: ExportDraft) -> Export:
    return read_parts(dict(draft.part_changes().apply(draft.export.parts)))


@pytest.mark.parametrize("kind", CHANGES)
def test_a_planned_change_that_is_there_is_right(kind: str) -> None:
    draft = changed(kind)
    assert "" == faults(draft, copy_of(draft), draft.changes)


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_that_nobody_planned_is_found(kind: str) -> None:
    draft = changed(kind)
    said = faults(draft, copy_of(draft), ())
    assert said.startswith(START)
    assert CHANGES[kind][1] in said


@pytest.mark.parametrize("kind", CHANGES)
def test_a_planned_change_that_is_not_there_is_found(kind: str) -> None:
    draft = changed(kind)
    assert START + CHANGES[kind][2] == faults(draft, draft.export, draft.changes)


@pytest.mark.parametrize("kind", CHANGES)
def test_a_plan_for_another_task_sequence_is_no_plan(kind: str) -> None:
    draft = changed(kind)
    elsewhere = tuple(
        replace(change, location=replace(change.location, task_sequence="Other")) for change in draft.changes
    )
    assert CHANGES[kind][1] in faults(draft, copy_of(draft), elsewhere)


VALUES = [
    kind for kind in CHANGES if kind not in ("step taken out", "group taken out", "step replaced by a placeholder")
]


@pytest.mark.parametrize("kind", VALUES)
def test_another_value_than_the_planned_one_is_found(kind: str) -> None:
    draft = changed(kind)
    other = tuple(replace(change, after="something else") for change in draft.changes)
    assert faults(draft, copy_of(draft), other).startswith(START)


@pytest.mark.parametrize("field", ["variable:CommandLine@extra", "variable:CommandLine/other", "action", "step"])
def test_only_what_belongs_to_a_variable_goes_with_it(field: str) -> None:
    """A plan with another field does not answer for the variable that went."""
    draft = changed("variable taken out, with its attributes")
    other = tuple(replace(change, field=field) for change in draft.changes)
    assert faults(draft, copy_of(draft), other).startswith(START)


def test_a_variable_that_was_to_go_and_only_changed_is_found() -> None:
    draft, other = changed("variable taken out, with its attributes"), ExportDraft(found())
    set_value(other.sequences[0], "One", "CommandLine", "two.cmd")
    said = faults(draft, copy_of(other), draft.changes)
    assert f'{START}"Deploy", Group > One: variable:CommandLine is not what was planned.' == said


def test_what_goes_with_a_variable_hides_no_other_change_of_the_step() -> None:
    draft = changed("variable taken out, with its attributes")
    copy = copy_of(draft)
    text = copy.parts.parts[OBJECT].decode("utf-8-sig")
    start = text.index('name="One"')
    for old, new in (("SMSTSDisableWow64Redirection", "SMSTSOther"), ("SuccessCodes", "Other")):
        at = text.index(f'<variable name="{old}"', start)
        text = text[:at] + text[at:].replace(old, new, 1)
    said = faults(draft, read_parts({**copy.parts.parts, OBJECT: text.encode()}), draft.changes)
    assert [
        f'"Deploy", Group > One: variable:{name} differs without a plan.'
        for name in ("Other", "SMSTSDisableWow64Redirection", "SMSTSOther", "SuccessCodes")
    ] == sorted(re.findall(r'"Deploy", Group > One: variable:\w+ differs without a plan\.', said))


def test_a_deviation_is_called_a_fault_of_the_program() -> None:
    draft = changed("variable")
    with pytest.raises(VerificationError) as caught:
        verify(draft.export, copy_of(draft), draft.part_changes(), (), knowledge(), frozenset())
    assert (
        "Nothing was written. This is a fault of tsfix: please send in the report and, if you may, the export.",
        Location(file=draft.export.name),
    ) == (caught.value.remedy, caught.value.location)


COMMAND = "variable:CommandLine", "CommandLine"
NOTED: dict[str, tuple[str, str, str, str | None, str | None]] = {
    "variable": ("changed", *COMMAND, "last.cmd", "x"),
    "variable taken out, with its attributes": ("removed", *COMMAND, "one.cmd", None),
    "action": ("changed", "action", "action line", "zero", "other"),
    "attribute": ("changed", "attribute:timeout", "time limit in seconds (timeout)", "60", "90"),
    "attribute added to a group": (
        "added",
        "attribute:continueOnError",
        "continue on error (continueOnError)",
        None,
        "true",
    ),
    "attribute taken away": ("removed", "attribute:timeout", "time limit in seconds (timeout)", "60", None),
    "step taken out": ("removed", "step", "step", "Two", None),
    "group taken out": ("removed", "group", "group", "Group", None),
    "step replaced by a placeholder": ("replaced", "step", "step", "SMS_TaskSequence_RebootAction", "Y"),
    "reference taken out": ("removed", f"reference:{TOOLS}", "reference list", TOOLS, None),
    "reference changed": ("changed", f"reference:{TOOLS}", "reference list", TOOLS, "LEG00A01"),
    "version": ("changed", "sequence-attribute:version", "version of the sequence", "3.10", "3.00"),
    "property": ("changed", "package-property:Duration", "Duration", "0", "7"),
    "property taken out": ("removed", "package-property:Duration", "Duration", "0", None),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_noted_with_its_kind_its_words_and_both_values(kind: str) -> None:
    (change,) = changed(kind).changes
    assert (*NOTED[kind], (WHY,)) == (
        change.kind,
        change.field,
        change.label,
        change.before,
        change.after,
        change.reasons,
    )


def test_a_name_that_the_sequence_lacked_is_noted_as_added() -> None:
    draft = ExportDraft(raw('<sequence version="3.00"><step name="S"><action>x</action></step></sequence>'))
    draft.sequences[0].set_sequence_name("New", WHY)
    (change,) = draft.changes
    assert ("added", "sequence-attribute:name", "name", None, "New", (WHY,)) == (
        change.kind,
        change.field,
        change.label,
        change.before,
        change.after,
        change.reasons,
    )


def test_a_variable_that_goes_leaves_no_blank_line() -> None:
    text = pretty_text(steps.run_command_line("One", "one.cmd"))
    (line,) = (line for line in text.splitlines(keepends=True) if 'name="CommandLine"' in line)
    draft = ExportDraft(raw(text))
    remove(draft.sequences[0], "One", "CommandLine")
    assert text.replace(line, "").encode() == draft.part_changes().replaced["raw.xml"]


def test_what_a_second_run_would_change_is_named() -> None:
    draft = changed("variable")
    copy = draft.export
    place = Location(file=copy.name)
    for changes, said in ((draft.changes * 2, "Last CommandLine; Last CommandLine"), ((), "other parts")):
        with pytest.raises(VerificationError) as caught:
            refuse_second_run(copy, changes)
        assert (f"A second run would change the copy again: {said}.", place) == (
            caught.value.message,
            caught.value.location,
        )
        assert caught.value.remedy.startswith("Nothing was written. This is a fault of tsfix: ")
