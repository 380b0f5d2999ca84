"""What becomes of the lists of references when steps are taken out: entries, counts, whole lists."""

from __future__ import annotations

import re

import pytest

from tests.made import CLIENT_PACKAGE, Known, export, osd_steps, parts, read_parts, request, rewritten, sequence, steps
from tsfix.export import Export
from tsfix.rewrites.reference_order import named_in

OBJECT = "SMS_TaskSequencePackage/CHQ00050/object.xml"
NEWER = steps.run_powershell_script("Script", package_id="CHQ00016", script="x.ps1", output_variable="Y")
CLIENT = osd_steps.setup_windows("Client", "CHQ00003", "SMSMP=srv")
TOOLS = Known(id="CHQ00016", name="Tools")
REMOVE = request("1706", client="LEG00042", policy="remove")


def copied(found: Export) -> bytes:
    (copy,) = rewritten(found, REMOVE).copy.task_sequences
    return rewritten(found, REMOVE).copy.parts.parts[copy.part]


def counted(number: str, *items: object) -> Export:
    content = parts(sequence("CHQ00050", "Deploy", *items), known=(TOOLS,))  # type: ignore[arg-type]
    pattern = rb'(<PROPERTY NAME="ReferencesCount".*?<VALUE>)0(</VALUE>\s*</PROPERTY>)'
    data, changed = re.subn(pattern, rb"\g<1>" + number.encode() + rb"\g<2>", content[OBJECT], count=1, flags=re.DOTALL)
    assert changed or number == "0"
    return read_parts({**content, OBJECT: data})


@pytest.mark.parametrize(("before", "after"), [("2", "1"), ("0", "0"), ("7", "7")])
def test_a_true_count_stays_true_and_another_one_stays(before: str, after: str) -> None:
    (copy,) = rewritten(counted(before, CLIENT, NEWER), REMOVE).copy.task_sequences
    count = copy.task_sequence.property("ReferencesCount")
    assert count is not None
    assert (after, 1) == (count.value, len(copy.task_sequence.object_references))


def test_what_the_end_of_one_text_and_the_start_of_another_would_name_is_no_name() -> None:
    assert frozenset({"CHQ0", "0016", "RUN"}) == named_in(["run CHQ0", "0016"])


def test_nothing_but_lines_go_with_an_entry() -> None:
    found = export(sequence("CHQ00050", "Deploy", CLIENT, NEWER), known=(TOOLS,))
    before, after = found.parts.parts[OBJECT], copied(found)
    assert (2, 1) == (before.count(b"<VALUE.OBJECT>"), after.count(b"<VALUE.OBJECT>"))
    assert b"CHQ00016" not in after
    assert not re.search(rb"\n[ \t]*\r?\n", after), "no blank line is left"


def test_a_list_without_entries_goes_and_the_property_stays() -> None:
    found = export(sequence("CHQ00050", "Deploy", steps.restart("Restart"), NEWER), known=(TOOLS,))
    after = copied(found)
    (array,) = re.findall(rb'<PROPERTY.OBJECTARRAY NAME="References".*?</PROPERTY.OBJECTARRAY>', after, re.DOTALL)
    assert (0, 0) == (array.count(b"VALUE.OBJECT"), after.count(b"referenceList"))
    assert not re.search(rb"\n[ \t]*\r?\n", after)


def test_a_boot_image_stays_listed_when_the_step_that_names_it_goes() -> None:
    step = steps.run_powershell_script("S", package_id="CHQ00004", script="x.ps1", output_variable="Y")
    boot = Known(id="CHQ00004", name="Boot", type=258)
    made = sequence("CHQ00050", "Deploy", CLIENT, step, boot_image="CHQ00004")
    (copy,) = rewritten(export(made, known=(boot,), packages=(CLIENT_PACKAGE,)), REMOVE).copy.task_sequences
    assert "CHQ00004" in {item.package for item in copy.task_sequence.object_references}
    assert "CHQ00004" not in {item.package for item in copy.task_sequence.sequence.references}
