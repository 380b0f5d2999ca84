"""Compares two groups or two steps property by property; everything that the model holds of them is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as List

from msgspec.structs import replace

from tsfix.comparison.condition_details import condition_details
from tsfix.comparison.differences import Detail
from tsfix.comparison.fingerprints import as_written
from tsfix.comparison.labels import attribute_label
from tsfix.comparison.nested import Tree, changes, listed
from tsfix.comparison.variables import variables_details
from tsfix.task_sequence import Attributes, Group, Step, Variable


def differing_details(before: Group | Step, after: Group | Step) -> tuple[Detail, ...]:
    """What differs between a group or step before and after."""
    # Most are the same to the letter, which takes a fraction of the time to see.
    return () if as_written(before) == as_written(after) else tuple(_details(before, after))


def all_details(item: Group | Step, *, added: bool) -> tuple[Detail, ...]:
    """Everything that an added or removed group or step has."""
    bare = _bare(item)
    return tuple(_details(bare, item) if added else _details(item, bare))


def attribute_details(before: Attributes, after: Attributes) -> Iterator[Detail]:
    """What differs between the attributes of a group, step or sequence; their order is no difference."""
    for change in changes(dict(before), dict(after)):
        (name,) = change.path
        yield change.detail(f"attribute:{name}", attribute_label(name))


def other_details(field: str, label: str, before: List[str], after: List[str]) -> Iterator[Detail]:
    """What differs between texts that the model has no field for."""
    for change in changes(listed(before), listed(after)):
        yield change.detail(f"{field}#{change.path[0]}", label)


def _details(before: Group | Step, after: Group | Step) -> Iterator[Detail]:
    yield from attribute_details(before.attributes, after.attributes)
    for change in changes(_action(before), _action(after)):
        yield change.detail("action", "command line (action)")
    yield from condition_details(before.condition, after.condition)
    yield from variables_details(_variables(before), _variables(after))
    if not _variables(before) and not _variables(after):
        for change in changes(_variable_list(before), _variable_list(after)):
            yield change.detail("variable-list", "list of variables")
    yield from other_details("other", "other content", before.other, after.other)


def _action(item: Group | Step) -> Tree:
    return {"": item.action} if isinstance(item, Step) and item.action_element is not None else {}


def _variables(item: Group | Step) -> tuple[Variable, ...]:
    return item.variables if isinstance(item, Step) else ()


def _variable_list(item: Group | Step) -> Tree:
    return {"": "empty"} if isinstance(item, Step) and item.variable_list_element is not None else {}


def _bare(item: Group | Step) -> Group | Step:
    """The same without anything in it, to compare an added or removed one with."""
    if isinstance(item, Group):
        return replace(item, attributes=(), condition=None, other=())
    return replace(
        item,
        attributes=(),
        condition=None,
        action_element=None,
        variables=(),
        variable_list_element=None,
        other=(),
    )
