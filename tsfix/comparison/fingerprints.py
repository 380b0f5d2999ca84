"""Numbers that are equal exactly when two groups or steps say the same thing.

A fingerprint is not a digest: equal contents get one running number out of a table that both sequences share, so two
different contents can never be taken for one another. Element numbers, lines, positions and paths say where a thing
stands and not what it is; they do not count. Neither does the order of attributes, which means nothing in XML.
"""

from __future__ import annotations

from collections.abc import Hashable

from msgspec import Struct

from tsfix.comparison.outline import Outline
from tsfix.task_sequence import Attributes, Condition, ConditionPart, Group, Step, Variable

Content = tuple[Hashable, ...]
"""Everything that a thing says, as nested tuples: comparable and hashable."""


class Fingerprints(Struct, frozen=True, kw_only=True):
    """The numbers of all items of one outline; those of two outlines made together can be compared."""

    own: tuple[int, ...]
    """For each item: attributes, condition, action, variables and all else, without what a group holds."""
    held: tuple[int, ...]
    """For each item: the subtrees of what it holds, in order."""
    subtree: tuple[int, ...]
    """For each item: its own content and the subtrees of all that it holds, in order."""


def fingerprints(before: Outline, after: Outline) -> tuple[Fingerprints, Fingerprints]:
    """Number the items of both outlines from one table."""
    table: dict[Content, int] = {}
    return _numbered(before, table), _numbered(after, table)


def _numbered(items: Outline, table: dict[Content, int]) -> Fingerprints:
    own = [table.setdefault(own_content(item), len(table)) for item in items.items]
    held = [0] * len(own)
    subtree = [0] * len(own)
    # What a group holds stands after it, so going backwards meets the inner ones first.
    for index in range(len(own) - 1, -1, -1):
        inner = tuple(subtree[child] for child in items.children[index])
        held[index] = table.setdefault(("held", inner), len(table))
        subtree[index] = table.setdefault(("subtree", own[index], held[index]), len(table))
    return Fingerprints(own=tuple(own), held=tuple(held), subtree=tuple(subtree))


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
    return (attributes_content(variable.attributes), variable.value, variable.other)


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
