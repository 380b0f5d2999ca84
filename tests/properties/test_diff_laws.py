"""A comparison reports every place that was changed and no other."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.made import Group, Step, raw, sequence_text
from tests.properties.sequences import NAMES, examples, items, steps
from tsfix.comparison.compare import compare_task_sequences
from tsfix.comparison.differences import Comparison
from tsfix.task_sequence import TaskSequence

Items = tuple[Group | Step, ...]
EDITS = ("description", "disable", "action", "variable", "run in", "name", "remove", "add before")


def model(found: Items) -> TaskSequence:
    (exported,) = raw(sequence_text(*found)).task_sequences
    return exported.task_sequence


def numbered(found: Items, numbers: Iterator[int]) -> Items:
    """The same with names of which each stands there once, so that it is clear which step is which."""
    return tuple(
        replace(item, name=f"{next(numbers)} {item.name[:20]}", children=numbered(item.children, numbers))
        if isinstance(item, Group)
        else replace(item, name=f"{next(numbers)} {item.name[:20]}")
        for item in found
    )


def names(found: Items) -> list[str]:
    return [name for item in found for name in (item.name, *(names(item.children) if isinstance(item, Group) else ()))]


def edited(found: Items, plan: dict[str, str], new: Iterator[Step], expected: set[tuple[str, str]]) -> Items:
    """The items after the planned edits; what has to be reported is added to ``expected``."""
    result: list[Group | Step] = []
    for item in found:
        kind = plan.get(item.name, "")
        changed = (
            replace(item, children=edited(item.children, plan, new, expected)) if isinstance(item, Group) else item
        )
        match kind:
            case "":
                result.append(changed)
            case "remove" if isinstance(item, Step):
                expected.add(("removed", item.name))
            case "add before":
                added = replace(next(new), name=f"new {item.name}")
                expected.add(("added", added.name))
                result += [added, changed]
            case _:
                result.append(_changed(changed, kind))
                expected.add(("changed", result[-1].name))
    return tuple(result)


def _changed(item: Group | Step, kind: str) -> Group | Step:
    if kind == "disable":
        return replace(item, disable=not item.disable)
    if kind == "name":
        return replace(item, name=f"{item.name} renamed")
    if isinstance(item, Step) and kind == "action":
        return replace(item, action=f"{item.action} more")
    if isinstance(item, Step) and kind == "variable":
        return replace(item, variables=(*item.variables, ("Added", "Added", "value")))
    if isinstance(item, Step) and kind == "run in":
        return replace(item, run_in="WinPE" if item.run_in != "WinPE" else "FullOS")
    return replace(item, description=f"{item.description}.")


def reported(comparison: Comparison) -> set[tuple[str, str]]:
    return {(one.kind, one.name) for one in comparison.differences if one.what in ("step", "group")}


@examples(40)
@given(items())
def test_equal_is_empty(found: list[Group | Step]) -> None:
    assert compare_task_sequences(model(tuple(found)), model(tuple(found))).identical


@examples(100)
@given(items(), st.data())
def test_exactly_the_edited_places_are_reported(found: list[Group | Step], data: st.DataObject) -> None:
    before = numbered(tuple(found), iter(range(1000)))
    plan = data.draw(st.dictionaries(st.sampled_from(names(before)), st.sampled_from(EDITS), max_size=4))
    expected: set[tuple[str, str]] = set()
    new = iter(data.draw(st.lists(steps(), min_size=4, max_size=4), label="new steps"))
    after = edited(before, plan, new, expected)
    there, back = (
        compare_task_sequences(model(before), model(after)),
        compare_task_sequences(model(after), model(before)),
    )
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert expected == reported(there)
    old_names = {f"{name} renamed": name for name, kind in plan.items() if kind == "name"}
    assert {(opposite[kind], old_names.get(name, name)) for kind, name in expected} == reported(back)


@examples(60)
@given(items(), NAMES, st.data())
def test_a_step_that_moved_is_reported_as_moved(found: list[Group | Step], name: str, data: st.DataObject) -> None:
    before = list(numbered(tuple(found), iter(range(1000))))
    if len(before) < 2:
        return
    source = data.draw(st.integers(0, len(before) - 1))
    after = before.copy()
    item = after.pop(source)
    after.insert(data.draw(st.sampled_from([at for at in range(len(before)) if at != source])), item)
    comparison = compare_task_sequences(model(tuple(before)), model(tuple(after)))
    assert {"moved"} == {one.kind for one in comparison.differences if one.what in ("step", "group")}
