"""What drafts do to the places that list references, and what the log says of it: on drafts alone, without a clone."""

from __future__ import annotations

import re

import pytest

from tests.made import (
    CLIENT,
    Application,
    Known,
    export,
    knowledge,
    osd_steps,
    parts,
    raw,
    read_parts,
    sequence,
    sequence_text,
    steps,
)
from tests.parse.documents import fixture_export
from tests.rewrites.test_rewrite_reference_lists import OBJECT
from tsfix.changes import Reason
from tsfix.export import Export
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.package_ids import replace_packages
from tsfix.rewrites.reference_lists import drop_unused
from tsfix.task_sequence import TaskSequence
from tsfix.values import RuleId

ROWS = "SMS_TaskSequencePackage/CHQ00050/ReferencesInfo.xml"
APPLICATIONS = "SMS_TaskSequencePackage/CHQ00050/AppReferencesInfo.xml"
A, B, C, BOOT = "CHQ00A01", "CHQ00B01", "CHQ00C01", "CHQ00D01"
KNOWN = (
    Known(id=A, name="Tools", description="Old words", version="1"),
    Known(id=B, name="Scripts"),
    Known(id=C, name="Drivers"),
    Known(id=BOOT, name="Boot", type=258),
)
OFFICE = Application(model="ScopeId_1/Application_1", name="Office", ci_id=5, package="CHQ00088")
WHY = Reason(rule=RuleId("R01"), text="because")
UNUSED = "no enabled step of the copy uses it any more"
LISTED = "the same package is listed already"


def command(package_id: str, **others: bool) -> steps.Step:
    return steps.run_command_line(f"Run {package_id}", "run.cmd", package_id=package_id, site=1606, **others)  # type: ignore[arg-type]


def content(*items: steps.Step, boot_image: str = "", **others: object) -> dict[str, bytes]:
    made = sequence("CHQ00050", "Deploy", *items, boot_image=boot_image)
    return parts(made, known=KNOWN, **others)  # type: ignore[arg-type]


def made(*items: steps.Step, **others: object) -> Export:
    return read_parts(content(*items, **others))  # type: ignore[arg-type]


def new(package_id: str, name: str = "", *, same_object: bool = False) -> NewReference:
    return NewReference(package_id=package_id, name=name or package_id, same_object=same_object, reason=WHY)


def replaced(found: Export, **mapping: NewReference) -> ExportDraft:
    draft = ExportDraft(found)
    replace_packages(draft, knowledge(), mapping)
    return draft


def without(found: Export, *numbers: int) -> ExportDraft:
    """The steps of these numbers are taken out, and what only they used goes."""
    draft = ExportDraft(found)
    (only,) = draft.sequences
    items = list(only.task_sequence.sequence.steps())
    for number in numbers:
        only.remove_item(items[number], WHY)
    drop_unused(draft, knowledge())
    return draft


def noted(draft: ExportDraft) -> list[tuple[str | None, ...]]:
    return [
        (
            change.kind,
            change.location.part.rpartition("/")[2],
            change.location.task_sequence,
            change.field,
            change.label,
            change.before,
            change.after,
            *(reason.text for reason in change.reasons),
        )
        for change in draft.changes
    ]


def written(draft: ExportDraft) -> dict[str, str]:
    return {name: data.decode("utf-8-sig") for name, data in draft.part_changes().replaced.items()}


def copied(draft: ExportDraft) -> Export:
    copy = read_parts(dict(draft.part_changes().apply(draft.export.parts)))
    assert not copy.problems
    return copy


def task_sequence(draft: ExportDraft) -> TaskSequence:
    (only,) = copied(draft).task_sequences
    return only.task_sequence


def entries(draft: ExportDraft) -> list[tuple[str, str | None]]:
    return [(item.package, item.program) for item in task_sequence(draft).object_references]


def rows(draft: ExportDraft) -> list[tuple[str, ...]]:
    (only,) = copied(draft).task_sequences
    return [(row.package_id, row.name, row.description, row.version) for row in only.references_info]


# What is replaced.


def test_every_replaced_place_is_noted_once_with_both_values_and_the_reason() -> None:
    draft = replaced(made(command(A), boot_image=BOOT), **{A: new("LEG00A01", "New tools"), BOOT: new("LEG00D01")})
    object_xml = ("object.xml", "Deploy")
    assert [
        ("changed", *object_xml, "variable:PackageID", "PackageID", A, "LEG00A01", "because"),
    ] == [note for note in noted(draft) if str(note[3]).startswith("variable")]
    assert [
        ("changed", *object_xml, f"reference:{A}", "reference list", A, "LEG00A01", "because"),
        (
            "changed",
            *object_xml,
            "package-property:BootImageID",
            "boot image of the task sequence",
            BOOT,
            "LEG00D01",
            "because",
        ),
        (
            "changed",
            *object_xml,
            f"object-reference:{A}",
            "References array of the object",
            A,
            "LEG00A01",
            "because",
        ),
        (
            "changed",
            *object_xml,
            f"object-reference:{BOOT}",
            "References array of the object",
            BOOT,
            "LEG00D01",
            "because",
        ),
        (
            "changed",
            "ReferencesInfo.xml",
            "",
            f"references-info:{A}",
            "ReferencesInfo.xml of Deploy",
            f"{A} Tools",
            "LEG00A01 New tools",
            "because",
        ),
        (
            "changed",
            "ReferencesInfo.xml",
            "",
            f"references-info:{BOOT}",
            "ReferencesInfo.xml of Deploy",
            f"{BOOT} Boot",
            "LEG00D01 LEG00D01",
            "because",
        ),
    ] == [note for note in noted(draft) if not str(note[3]).startswith(("variable", "action"))]


def test_the_edits_themselves_carry_the_reasons() -> None:
    draft = replaced(made(command(A), command(B)), **{A: new("LEG00A01"), B: new("LEG00A01")})
    (only,) = draft.sequences
    assert {("because",), (LISTED,)} == {edit.reasons for edit in only.envelope.edits()}
    assert {("row of a referenced package",), (LISTED,)} == {edit.reasons for edit in draft.part(ROWS).edits()}


@pytest.mark.parametrize(
    ("same_object", "row"), [(True, ("LEG00A01", "New", "Old words", "1")), (False, ("LEG00A01", "New", "", ""))]
)
def test_a_row_keeps_description_and_version_where_only_the_id_changes(same_object: bool, row: tuple[str, ...]) -> None:
    assert [row] == rows(replaced(made(command(A)), **{A: new("LEG00A01", "New", same_object=same_object)}))


def test_entries_and_rows_that_became_the_same_go_with_their_lines() -> None:
    draft = replaced(made(command(A), command(B), command(C)), **{A: new(C), B: new("LEG00B01")})
    assert [(C, "*"), ("LEG00B01", "*")] == entries(draft)
    assert [C, "LEG00B01"] == [row[0] for row in rows(draft)]
    for name, text in written(draft).items():
        assert not re.search(r"\n[ \t]*\r?\n", text), name


NULL_PROGRAM = re.compile(r"\r?\n *<VALUE>\*</VALUE>")


def with_program(number: int, program: str | None, *ids: str) -> Export:
    """The entry of that number has another program; None is NULL."""
    found = content(*(command(package_id) for package_id in ids))
    text = found[OBJECT].decode("utf-8-sig")
    match = list(NULL_PROGRAM.finditer(text))[number]
    value = "" if program is None else match[0].replace("*", program)
    changed = b"\xef\xbb\xbf" * found[OBJECT].startswith(b"\xef\xbb\xbf")
    return read_parts({**found, OBJECT: changed + (text[: match.start()] + value + text[match.end() :]).encode()})


def test_an_entry_that_became_the_same_goes_and_those_behind_it_change_all_the_same() -> None:
    """Entries with and without a program do not move."""
    draft = replaced(with_program(2, None, A, B, C), **{B: new(A), C: new("LEG00C01")})
    assert [(A, "*"), ("LEG00C01", None)] == entries(draft)


def test_no_program_and_an_empty_one_are_the_same_reference() -> None:
    found = with_program(0, None, A, B)
    first, second = found.task_sequences[0].task_sequence.object_references
    assert ((A, None), (B, "*")) == ((first.package, first.program), (second.package, second.program))
    assert [(A, None), (A, "*")] == entries(replaced(found, **{B: new(A)}))
    empty = content(command(A), command(B))
    one, two = (match for match in NULL_PROGRAM.finditer(empty[OBJECT].decode("utf-8-sig")))
    text = empty[OBJECT].decode("utf-8-sig")
    text = text[: one.start()] + text[one.end() : two.start()] + two[0].replace("*", "") + text[two.end() :]
    assert [(A, None)] == entries(replaced(read_parts({**empty, OBJECT: text.encode()}), **{B: new(A)}))


def test_a_row_without_a_number_stays_as_it_is() -> None:
    found = content(command(A), command(B))
    text = found[ROWS].decode("utf-8-sig")
    nameless = re.sub(
        rf'  &lt;PROPERTY NAME="ReferencePackageID" TYPE="string"&gt;\s*&lt;VALUE&gt;{B}&lt;/VALUE&gt;\s*&lt;/PROPERTY&gt;\r?\n',
        "",
        text,
    )
    assert nameless != text
    draft = replaced(read_parts({**found, ROWS: nameless.encode()}), **{A: new("LEG00A01"), B: new("LEG00B01")})
    assert [("LEG00A01", "LEG00A01", "", ""), ("", "Scripts", "", "")] == rows(draft)
    assert [f"references-info:{A}"] == [note[3] for note in noted(draft) if str(note[3]).startswith("references-info")]


def programs(draft: ExportDraft) -> list[tuple[str, str]]:
    (only,) = copied(draft).task_sequences
    return [(row.package_id, row.program) for row in only.references_info]


def test_two_programs_of_what_became_one_package_are_two_references() -> None:
    found = made(steps.install_package("One", A, "First"), steps.install_package("Two", B, "Second"))
    draft = replaced(found, **{A: new(C), B: new(C)})
    expected = [(C, "First"), (C, "Second")]
    assert [expected] * 2 == [entries(draft), programs(draft)]


def test_lists_are_sorted_by_package_whatever_the_programs_are() -> None:
    found = made(steps.install_package("One", A, "Second"), steps.install_package("Two", B, "First"))
    draft = replaced(found, **{A: new("XYZ00A01")})
    expected = [(B, "First"), ("XYZ00A01", "Second")]
    assert [expected] * 2 == [entries(draft), programs(draft)]


def test_a_list_that_was_not_sorted_is_not_sorted_now() -> None:
    found = content(command(A), command(B))
    text = found[OBJECT].decode("utf-8-sig")
    one, two = re.findall(r"<VALUE.OBJECT>.*?</VALUE.OBJECT>", text, re.DOTALL)
    turned = text.replace(one, "\0").replace(two, one).replace("\0", two)
    draft = replaced(read_parts({**found, OBJECT: turned.encode()}), **{A: new("LEG00A01")})
    assert [(B, "*"), ("LEG00A01", "*")] == entries(draft)
    draft = replaced(read_parts({**found, OBJECT: turned.encode()}), **{B: new("XYZ00B01")})
    assert [("XYZ00B01", "*"), (A, "*")] == entries(draft)


# What is dropped.


def test_every_dropped_reference_is_noted_once_in_each_list() -> None:
    apps = steps.install_applications("Apps", ((OFFICE.model, OFFICE.name),), site=1606)
    draft = without(made(command(A), command(B), apps, applications=(OFFICE,)), 1, 2)
    lists: list[tuple[str | None, ...]] = [
        ("removed", part, where, f"{field}:{name}", label, name, None, UNUSED)
        for part, where, field, label, names in (
            ("object.xml", "Deploy", "reference", "reference list", (B, OFFICE.model)),
            ("object.xml", "Deploy", "object-reference", "References array of the object", (B, OFFICE.model)),
            ("ReferencesInfo.xml", "", "references-info", "ReferencesInfo.xml of Deploy", (B,)),
            ("AppReferencesInfo.xml", "", "references-info", "AppReferencesInfo.xml of Deploy", (OFFICE.model,)),
        )
        for name in names
    ]
    assert lists == [note for note in noted(draft) if note[3] != "step"]
    assert {(UNUSED,)} == {edit.reasons for name in (ROWS, APPLICATIONS) for edit in draft.part(name).edits()}
    assert {"references"} == {change.topic for change in draft.changes if change.field != "step"}


def test_nothing_is_left_of_a_dropped_reference_not_even_its_line() -> None:
    draft = without(made(command(A), command(B)), 1)
    texts = written(draft)
    assert {OBJECT, ROWS} == set(texts)
    for name, text in texts.items():
        assert B not in text, name
        assert not re.search(r"\n[ \t]*\r?\n", text), name
    assert [(A, "*")] == entries(draft)
    assert [A] == [row[0] for row in rows(draft)]


def test_an_entry_without_a_package_stays_and_those_behind_it_go() -> None:
    found = content(command(A), command(B), command(C))
    text = found[OBJECT].decode("utf-8-sig")
    nameless = re.sub(
        rf"(<PROPERTY NAME=\"Package\"(?:(?!</PROPERTY>).)*?)\r?\n *<VALUE>{A}</VALUE>", r"\1", text, flags=re.DOTALL
    )
    assert nameless != text
    draft = without(read_parts({**found, OBJECT: nameless.encode()}), 1)
    assert [("", "*"), (C, "*")] == entries(draft)


def test_an_entry_that_is_gone_already_does_not_hide_those_behind_it() -> None:
    draft = ExportDraft(made(command(A), command(B), command(C)))
    (only,) = draft.sequences
    items = list(only.task_sequence.sequence.steps())
    first = only.task_sequence.object_references[0]
    only.envelope.remove_element(first.element, "gone before", with_line=True)
    only.remove_item(items[1], WHY)
    drop_unused(draft, knowledge())
    assert [(C, "*")] == entries(draft)


@pytest.mark.parametrize("stranger", ["<FABRIKAM/>", "some text", "<!-- a remark -->"])
def test_a_list_that_holds_something_else_stays(stranger: str) -> None:
    found = content(steps.restart("Restart"), command(A))
    text = found[OBJECT].decode("utf-8-sig")
    text = re.sub(r"(</VALUE.OBJECT>\s*)(</VALUE.OBJECTARRAY>)", rf"\1{stranger}\2", text)
    text = text.replace("</referenceList>", f"{stranger}</referenceList>")
    assert 2 == text.count(stranger)
    after = written(without(read_parts({**found, OBJECT: text.encode()}), 1))[OBJECT]
    assert (2, 1, False) == (after.count(stranger), after.count("</referenceList>"), A in after)
    assert text.count("</VALUE.OBJECTARRAY>") == after.count("</VALUE.OBJECTARRAY>")


def test_an_empty_list_goes_whole() -> None:
    found = content(steps.restart("Restart"), command(A))
    before, after = found[OBJECT].decode("utf-8-sig"), written(without(read_parts(found), 1))[OBJECT]
    assert (1, 0) == (before.count("</referenceList>"), after.count("referenceList"))
    assert 1 == before.count("</VALUE.OBJECTARRAY>") - after.count("</VALUE.OBJECTARRAY>")
    assert A not in after


def test_the_client_package_of_an_enabled_step_is_no_reason_to_keep_others() -> None:
    client = osd_steps.setup_windows("Client", CLIENT.id, "")
    draft = without(export(sequence("CHQ00050", "Deploy", client, command(A), command(A)), known=KNOWN), 1)
    assert [(CLIENT.id, "*"), (A, "*")] == entries(draft)
    draft = without(export(sequence("CHQ00050", "Deploy", client, command(A), command(A)), known=KNOWN), 1, 2)
    assert [(CLIENT.id, "*")] == entries(draft)


def test_a_reference_that_is_gone_already_is_not_dropped_twice_and_hides_none() -> None:
    draft = ExportDraft(made(command(A), command(B), command(C)))
    (only,) = draft.sequences
    first = next(one for one in only.task_sequence.sequence.references if one.package == A)
    only.remove_reference(first, WHY)
    for number in (0, 1):
        only.remove_item(list(only.task_sequence.sequence.steps())[number], WHY)
    drop_unused(draft, knowledge())
    assert [(f"reference:{A}", ("because",)), (f"reference:{B}", (UNUSED,))] == [
        (note[3], note[7:]) for note in noted(draft) if str(note[3]).startswith("reference:")
    ]
    assert [C] == [str(one.package) for one in task_sequence(draft).sequence.references]


def test_what_the_list_of_the_sequence_still_names_stays_in_the_object() -> None:
    """A stale entry of the list became the package that a step which goes had used."""
    found = content(steps.install_package("One", A, "First"), command(C))
    text = found[OBJECT].decode("utf-8-sig")
    stale = text.replace("</referenceList>", f'<reference package="{B}" program="Second"/></referenceList>')
    assert stale != text
    draft = ExportDraft(read_parts({**found, OBJECT: stale.encode()}))
    replace_packages(draft, knowledge(), {B: new(A)})
    (only,) = draft.sequences
    only.remove_item(next(iter(only.task_sequence.sequence.steps())), WHY)
    drop_unused(draft, knowledge())
    assert [(C, None), (A, "Second")] == [
        (str(one.package), one.program) for one in task_sequence(draft).sequence.references
    ]
    assert [(A, "First"), (C, "*")] == entries(draft)


def test_the_true_number_of_references_is_corrected_and_noted() -> None:
    found = content(command(A), command(B))
    pattern = r'(<PROPERTY NAME="ReferencesCount"(?:(?!</PROPERTY>).)*<VALUE>)0(</VALUE>\s*</PROPERTY>)'
    text, count = re.subn(pattern, r"\g<1>2\2", found[OBJECT].decode("utf-8-sig"), flags=re.DOTALL)
    assert 1 == count
    draft = without(read_parts({**found, OBJECT: text.encode()}), 1)
    assert [
        (
            "changed",
            "object.xml",
            "Deploy",
            "package-property:ReferencesCount",
            "number of references",
            "2",
            "1",
            UNUSED,
        )
    ] == [note for note in noted(draft) if str(note[3]).startswith("package-property")]


def test_an_empty_list_goes_for_a_reason() -> None:
    draft = without(made(steps.restart("Restart"), command(A)), 1)
    (only,) = draft.sequences
    assert {("because",), (UNUSED,)} == {edit.reasons for edit in only.envelope.edits()}


def test_a_reference_of_a_sequence_by_itself_goes_too() -> None:
    draft = without(raw(sequence_text(command(A), command(B))), 1)
    assert [(f"reference:{B}", UNUSED)] == [
        (note[3], note[7]) for note in noted(draft) if str(note[3]).startswith("reference")
    ]


def test_a_2007_package_lists_references_in_the_sequence_alone() -> None:
    """It names a boot image, and has neither an array nor rows beside the sequence."""
    draft = without(fixture_export("package-2007.xml"), 0)
    assert [("removed", "step"), ("removed", "reference:C0700010")] == [
        (change.kind, change.field) for change in draft.changes
    ]


def test_a_row_without_a_name_is_noted_by_its_id() -> None:
    found = content(command(A))
    text = found[ROWS].decode("utf-8-sig")
    bare, number = re.subn(r'\s*&lt;PROPERTY NAME="ReferenceName".*?&lt;/PROPERTY&gt;', "", text, flags=re.DOTALL)
    assert 1 == number
    draft = replaced(read_parts({**found, ROWS: bare.encode()}), **{A: new("LEG00A01", "New tools")})
    assert [(A, "LEG00A01 New tools")] == [
        (change.before, change.after) for change in draft.changes if change.field == f"references-info:{A}"
    ]
