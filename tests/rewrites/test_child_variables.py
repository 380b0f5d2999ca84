"""Variables that a whole child task sequence sets go to the parent that the child is pasted into."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.made import Known, export, read_parts, request, rewritten, sequence, steps
from tsfix.export import Export

PARENT, CHILD, TOOLS = "CHQ00040", "CHQ00041", "CHQ00020"


def variables(*pairs: tuple[str, str]) -> str:
    inside = "".join(f'<variable name="{name}" property="{name}">{value}</variable>' for name, value in pairs)
    return f"<globalVarList>{inside}</globalVarList>" if pairs else ""


def family(parent: str, child: str, *, with_list: bool = True) -> Export:
    """A parent with these variables that calls a child with those."""
    call = steps.run_task_sequence("Call", CHILD, "Child", ())
    first = steps.run_command_line("First", "a.cmd", package_id=TOOLS) if with_list else steps.restart("First")
    made = export(
        sequence(PARENT, "Parent", first, call),
        sequence(CHILD, "Child", steps.restart("Inner")),
        known=(Known(id=TOOLS, name="Tools"),),
    )
    content = dict(made.parts.parts)
    for found, own in zip(made.task_sequences, (parent, child), strict=True):
        text = content[found.part].decode("utf-8-sig")
        before = "</referenceList>" if "</referenceList>" in text else '<sequence version="3.10">'
        assert 1 == text.count(before)
        content[found.part] = text.replace(before, before + own).encode()
    return read_parts(content)


@pytest.mark.parametrize("with_list", [True, False])
@pytest.mark.parametrize(
    ("parent", "child", "after"),
    [
        ((), (("A", "1"), ("B", "2")), (("A", "1"), ("B", "2"))),
        ((("C", "3"),), (("A", "1"), ("B", "2")), (("C", "3"), ("A", "1"), ("B", "2"))),
        ((("a", "1"),), (("A", "1"), ("B", "2")), (("a", "1"), ("B", "2"))),
        ((("A", "1"),), (("A", "1"),), (("A", "1"),)),
    ],
)
def test_those_that_the_parent_lacks_come_behind_its_own(
    parent: tuple[tuple[str, str], ...],
    child: tuple[tuple[str, str], ...],
    after: tuple[tuple[str, str], ...],
    with_list: bool,
) -> None:
    done = rewritten(family(variables(*parent), variables(*child), with_list=with_list), request("1706"))
    copy = next(one for one in done.copy.task_sequences if one.task_sequence.name.startswith("Parent"))
    assert after == tuple((one.name, one.value) for one in copy.task_sequence.sequence.global_variables)
    noted = [
        (one.kind, one.location.task_sequence, one.field, one.label, one.before, one.after, one.reasons[0].text)
        for one in done.changes
        if one.field.startswith("global-variable")
    ]
    why = 'it belongs to the pasted child "Child"'
    added = [pair for pair in after if pair not in parent]
    assert [
        ("added", "Parent", f"global-variable:{name}", f"variable of the task sequence {name}", None, value, why)
        for name, value in added
    ] == noted
    assert {("R25", "references")} >= {
        (one.reasons[0].rule, one.reasons[0].topic) for one in done.changes if one.field.startswith("global-variable")
    }


def parent_text(found: Export) -> str:
    copy = next(one for one in found.task_sequences if one.task_sequence.name.startswith("Parent"))
    return found.parts.parts[copy.part].decode("utf-8-sig")


def with_parent(found: Export, edit: Callable[[str], str]) -> Export:
    part = next(one for one in found.task_sequences if one.task_sequence.name == "Parent").part
    text = found.parts.parts[part].decode("utf-8-sig")
    assert text != edit(text)
    return read_parts({**found.parts.parts, part: edit(text).encode()})


def test_they_stand_right_behind_the_list_of_references() -> None:
    """As in what a site writes: before the first group or step, whatever white space is between."""
    found = with_parent(
        family("", variables(("A", "1"))), lambda text: text.replace("</referenceList>", "</referenceList>\r\n  ")
    )
    expected = f"</referenceList>{variables(('A', '1'))}\r\n  <step "
    assert 1 == parent_text(rewritten(found, request("1706")).copy).count(expected)


def test_without_a_list_of_references_they_stand_before_the_first_step() -> None:
    found = with_parent(
        family("", variables(("A", "1")), with_list=False),
        lambda text: re.sub("<referenceList>.*</referenceList>", "", text, flags=re.DOTALL),
    )
    expected = f'<sequence version="3.10">{variables(("A", "1"))}<step '
    assert 1 == parent_text(rewritten(found, request("1706")).copy).count(expected)


def test_a_colon_in_the_name_of_a_variable() -> None:
    """No site takes such a name in; the proof of the copy finds the variable all the same."""
    done = rewritten(family("", variables(("A:B", "1"))), request("1706"))
    copy = next(one for one in done.copy.task_sequences if one.task_sequence.name.startswith("Parent"))
    assert [("A:B", "1")] == [(one.name, one.value) for one in copy.task_sequence.sequence.global_variables]
