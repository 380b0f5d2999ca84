"""Applications in the lists of a task sequence: each stands there once, whatever was mapped to what."""

from __future__ import annotations

import html
import re

from tests.made import read_parts
from tests.relink.test_relink_applications import NEWER, OFFICE, READER, installing, mapped
from tsfix.changes import Reason
from tsfix.conversion import Rewritten
from tsfix.export import Export
from tsfix.relink import Relinked
from tsfix.rewrites.application_ids import replace_applications
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.values import PackageId, RuleId

BOTH = (OFFICE, "Office"), (READER, "Reader")
WHY = Reason(rule=RuleId("R46"), text="because")


def rows(found: Export) -> list[tuple[str, str]]:
    """Application and number of each row, as the rows stand in the file."""
    part = found.task_sequences[0].part.replace("object.xml", "AppReferencesInfo.xml")
    text = html.unescape(found.parts.parts[part].decode("utf-8-sig"))
    names, numbers = (
        re.findall(rf'NAME="{name}"[^>]*>\s*<VALUE>([^<]*)<', text) for name in ("RefAppModelName", "RefAppCI_ID")
    )
    return list(zip(names, numbers, strict=True))


def lists(done: Relinked) -> dict[str, list[str] | list[tuple[str, str]]]:
    assert isinstance(done.outcome, Rewritten)
    copy = done.outcome.copy
    (item,) = copy.task_sequences
    return {
        "reference list": [str(one.application) for one in item.task_sequence.sequence.references if one.application],
        "array": [one.package for one in item.task_sequence.object_references if one.type == "1"],
        "rows": rows(copy),
    }


def test_each_stands_in_every_list_as_the_fixture_has_it() -> None:
    assert [(OFFICE, "16801"), (READER, "16802")] == rows(installing(*BOTH))


def test_one_that_becomes_another_which_is_listed_already_goes() -> None:
    assert {"reference list": [READER], "array": [READER], "rows": [(READER, "16802")]} == lists(
        mapped(installing(*BOTH), f"{OFFICE}={READER}")
    )


def test_two_that_become_one_leave_one_entry() -> None:
    assert {"reference list": [NEWER], "array": [NEWER], "rows": [(NEWER, "0")]} == lists(
        mapped(installing(*BOTH), f"{OFFICE}={NEWER}", f"{READER}={NEWER}")
    )


def test_two_that_change_places_stay_two() -> None:
    done = mapped(installing(*BOTH), f"{OFFICE}={READER}", f"{READER}={OFFICE}")
    assert {
        "reference list": [READER, OFFICE],
        "array": [READER, OFFICE],
        "rows": [(READER, "0"), (OFFICE, "0")],
    } == lists(done)


def test_one_that_is_listed_twice_becomes_one_entry() -> None:
    """No site lists an application twice; a file that was edited by hand may."""
    found = installing((OFFICE, "Office"))
    part = found.task_sequences[0].part
    text = found.parts.parts[part].decode("utf-8-sig")
    entry = f'<reference application="{OFFICE}"/>'
    assert 1 == text.count(entry)
    twice = read_parts({**found.parts.parts, part: text.replace(entry, entry * 2).encode()})
    assert [NEWER] == lists(mapped(twice, f"{OFFICE}={NEWER}"))["reference list"]


def test_what_is_said_about_it() -> None:
    done = mapped(installing((OFFICE, "Office")), f"{OFFICE}={NEWER}")
    assert isinstance(done.outcome, Rewritten)
    why = (Reason(rule=RuleId("R46"), text=f"you asked for {OFFICE} = {NEWER}"),)
    assert [
        ("reference list", why),
        ("References array of the object", why),
        ("AppReferencesInfo.xml of Deploy", why),
    ] == [
        (change.label, change.reasons)
        for change in done.outcome.changes
        if change.field.startswith(("reference:", "object-reference:", "references-info:"))
        and (change.kind, change.before, change.after) == ("changed", OFFICE, NEWER)
    ]


def test_an_entry_that_is_taken_out_already_stays_out() -> None:
    draft = ExportDraft(installing(*BOTH))
    (sequence,) = draft.sequences
    (entry,) = (one for one in sequence.task_sequence.sequence.references if one.application == OFFICE)
    sequence.remove_reference(entry, WHY)
    (listed,) = (one for one in sequence.task_sequence.object_references if one.package == OFFICE)
    sequence.envelope.remove_element(listed.element, "because")
    part = sequence.exported.part.replace("object.xml", "AppReferencesInfo.xml")
    draft.part(part).remove_element(1, "because")
    new = NewReference(package_id=PackageId(NEWER), name=NEWER, same_object=False, reason=WHY)
    replace_applications(draft, {OFFICE.upper(): new})
    lists = ("reference:", "object-reference:", "references-info:")
    assert [("removed", f"reference:{OFFICE}", None)] == [
        (change.kind, change.field, change.after) for change in draft.changes if change.field.startswith(lists)
    ]
