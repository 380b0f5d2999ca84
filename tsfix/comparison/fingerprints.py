"""Numbers that are equal exactly when two groups or steps say the same thing.

A fingerprint is not a digest: equal contents get one running number out of a table that both sequences share, so two
different contents can never be taken for one another. Element numbers, lines, positions and paths say where a thing
stands and not what it is; they do not count. Neither does the order of attributes, which means nothing in XML.
"""

from __future__ import annotations

from collections.abc import Hashable
from collections.abc import Sequence as List

from msgspec import Struct

from tsfix.comparison.outline import Outline
from tsfix.task_sequence import Attributes, Condition, ConditionPart, Group, Step, Variable

Content = tuple[Hashable, ...]
"""Everything that a thing says, as nested tuples: comparable and hashable."""

NOTHING = -1
"""What a step and an empty group hold."""


class Fingerprints(Struct, frozen=True, kw_only=True):
    """The numbers of all items of one outline; those of two outlines made together can be compared."""

    name: List[int]
    """For each item: kind, type and name."""
    own: List[int]
    """For each item: attributes, condition, action, variables and all else, without what a group holds."""
    held: List[int]
    """For each item: the subtrees of what it holds, in order; ``NOTHING`` where that is nothing."""
    subtree: List[int]
    """For each item: its own content and the subtrees of all that it holds, in order."""


def fingerprints(before: Outline, after: Outline) -> tuple[Fingerprints, Fingerprints]:
    """Number the items of both outlines from one table."""
    table: dict[Hashable, int] = {}
    own = _own_numbers([*before.items, *after.items], table)
    names: dict[Hashable, int] = {}
    name = [names.setdefault(_full_name(item), len(names)) for item in (*before.items, *after.items)]
    size = len(before.items)
    return _numbered(before, name[:size], own[:size], table), _numbered(after, name[size:], own[size:], table)


def _own_numbers(items: List[Group | Step], table: dict[Hashable, int]) -> list[int]:
    """A number for the own content of each item.

    Most items that share a name and an action are the same to the letter. So the full content, which is costly to put in
    order, is only gathered where two of them are not.
    """
    first: dict[Hashable, List[object]] = {}
    in_question: set[Hashable] = set()
    titles = [_title(item) for item in items]
    for title, item in zip(titles, items, strict=True):
        written = as_written(item)
        if first.setdefault(title, written) != written:
            in_question.add(title)
    return [
        table.setdefault(own_content(item) if title in in_question else title, len(table))
        for title, item in zip(titles, items, strict=True)
    ]


def _title(item: Group | Step) -> Hashable:
    """What is at hand of an item; equal for all items of equal content."""
    if isinstance(item, Group):
        return (item.name, item.description)
    return (item.name, item.description, item.action, len(item.variables))


def as_written(item: Group | Step) -> List[object]:
    """Everything that the group or step says itself, attributes in the order of the file; not hashable, only to compare."""
    condition = condition_content(item.condition)
    if isinstance(item, Group):
        return [item.attributes, condition, item.other]
    variables = [said for variable in item.variables for said in (variable.attributes, variable.value, variable.other)]
    lists = (item.action_element is None, item.variable_list_element is None)
    return [item.kind, item.attributes, condition, lists, item.action, variables, item.other]


def _numbered(items: Outline, name: list[int], own: list[int], table: dict[Hashable, int]) -> Fingerprints:
    held = [NOTHING] * len(own)
    subtree = own.copy()
    # What a group holds stands after it, so going backwards meets the inner ones first.
    for index in range(len(own) - 1, -1, -1):
        if items.children[index]:
            inner = tuple([subtree[child] for child in items.children[index]])
            held[index] = table.setdefault(("held", inner), len(table))
            subtree[index] = table.setdefault(("subtree", own[index], held[index]), len(table))
    return Fingerprints(name=name, own=own, held=held, subtree=subtree)


def _full_name(item: Group | Step) -> Hashable:
    return (item.kind, item.type, item.name) if isinstance(item, Step) else ("group", item.name)


def own_content(item: Group | Step) -> Content:
    """Everything that the group or step says itself."""
    return (kind_of(item), attributes_content(item.attributes), *_content_without_attributes(item))


def nameless_content(item: Group | Step) -> Content:
    """Everything but name and description: equal before and after a renaming."""
    kept = tuple(pair for pair in item.attributes if pair[0] not in ("name", "description"))
    return (kind_of(item), attributes_content(kept), *_content_without_attributes(item))


def kind_of(item: Group | Step) -> str:
    """``group``, ``step`` or ``subtasksequence``."""
    return "group" if isinstance(item, Group) else item.kind


def attributes_content(attributes: Attributes) -> Attributes:
    """The attributes in an order that does not depend on the file."""
    return tuple(sorted(attributes)) if len(attributes) > 1 else attributes


def variable_content(variable: Variable) -> Content:
    """Everything that a variable says, its name among the attributes."""
    attributes = variable.attributes
    return (tuple(sorted(attributes)) if len(attributes) > 1 else attributes, variable.value, variable.other)


def condition_content(condition: Condition | None) -> Content | None:
    """Everything that a condition says."""
    if condition is None:
        return None
    parts = tuple(_part_content(part) for part in condition.parts)
    return (attributes_content(condition.attributes), parts, condition.other)


def _part_content(part: ConditionPart) -> Content:
    variables = tuple(variable_content(variable) for variable in part.variables)
    children = tuple(_part_content(child) for child in part.children)
    return (part.kind, attributes_content(part.attributes), variables, children, part.other)


def _content_without_attributes(item: Group | Step) -> Content:
    condition = condition_content(item.condition)
    if isinstance(item, Group):
        return (condition, item.other)
    action = item.action if item.action_element is not None else None
    variables = tuple(variable_content(variable) for variable in item.variables)
    return (condition, action, item.variable_list_element is None, variables, item.other)
