"""Pairs of sequences for the comparison: a few edits, every step changed, groups shuffled, all steps the same."""

from __future__ import annotations

import random
from collections.abc import Callable

from msgspec.structs import replace

from tests.benchmarks.inputs import Group, Items, Step, items, steps

Pair = tuple[Items, Items]

EDITS = 7
"""The edits of ``few``: that many differences are right."""


def few(number: int) -> Pair:
    """Seven edits: an attribute, a variable, a step out, a step in, a group renamed, a move in a group, a move to another."""
    before = items(number)
    return before, _with_seven(before)


def every(number: int) -> Pair:
    """A variable of every step has another value."""
    before = items(number)
    return before, tuple(_mapped(item, _changed) for item in before)


def shuffled(number: int) -> Pair:
    """All groups, and what is in them, in another order."""
    before = items(number)
    rng = random.Random(1706)
    return before, _shuffled(before, rng)


def identical(number: int) -> Pair:
    """As many times the very same step; one of them is taken out."""
    one = steps.run_command_line("Wait", "timeout.exe /t 30")
    return (Group(name="All", children=(one,) * number),), (Group(name="All", children=(one,) * (number - 1)),)


def smallest() -> Pair:
    """One step that is changed: enough that a tool imports all it needs."""
    one = steps.run_command_line("Wait", "timeout.exe /t 30")
    return (one,), (_changed(one),)


SCENARIOS: dict[str, Callable[[int], Pair]] = {
    "few": few,
    "every": every,
    "shuffled": shuffled,
    "identical": identical,
}


def _with_seven(before: Items) -> Items:
    """The edits are made in the first copy of the fixtures, whose shape is known."""
    main, *rest = before
    assert isinstance(main, Group)
    prepare, save, install, configure, *others = main.children
    assert isinstance(prepare, Group)
    assert isinstance(save, Group)
    assert isinstance(configure, Group)
    first, second, _, *tail = prepare.children
    assert isinstance(first, Step)
    assert isinstance(second, Step)
    new = steps.run_command_line("Write a mark", "cmd.exe /c echo done > %OSDisk%\\mark.txt")
    prepare = replace(
        prepare,
        children=(
            replace(first, disable=True),  # an attribute
            _changed(second),  # a variable
            *tail[:-1],  # the third is taken out
            new,  # one is put in
        ),
    )
    one, two, three, *more = save.children
    save = replace(save, children=(two, three, *more, one))  # a move in its group
    # A group is renamed; a step moves to it from another group.
    configure = replace(configure, name="Set up and configure", children=(*configure.children, tail[-1]))
    return (replace(main, children=(prepare, save, install, configure, *others)), *rest)


def _changed(step: Step) -> Step:
    """Another value for the first variable that has one."""
    place = next((number for number, row in enumerate(step.variables) if row[2]), None)
    if place is None:
        return replace(step, description=f"{step.description} (changed)")
    name, prop, value = step.variables[place]
    rows = (*step.variables[:place], (name, prop, f"{value} changed"), *step.variables[place + 1 :])
    return replace(step, variables=rows)


def _mapped(item: Group | Step, change: Callable[[Step], Step]) -> Group | Step:
    if isinstance(item, Step):
        return change(item)
    return replace(item, children=tuple(_mapped(child, change) for child in item.children))


def _shuffled(found: Items, rng: random.Random) -> Items:
    moved = [
        replace(item, children=_shuffled(item.children, rng)) if isinstance(item, Group) else item for item in found
    ]
    rng.shuffle(moved)
    return tuple(moved)
