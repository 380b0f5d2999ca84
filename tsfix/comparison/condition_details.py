"""Compares two conditions: says both in words, and where they are long also names each place that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Sequence as List
from typing import TypeAlias

from tsfix.comparison.conditions import condition_in_words, part_in_words
from tsfix.comparison.differences import Detail
from tsfix.comparison.fingerprints import condition_content
from tsfix.comparison.keys import numbered_names, shown
from tsfix.comparison.nested import Change, Tree, changes, listed, text_of
from tsfix.comparison.variables import variable_tree
from tsfix.task_sequence import Condition, ConditionPart, attribute


def condition_details(before: Condition | None, after: Condition | None) -> Iterator[Detail]:
    """What differs between two conditions. The structure is compared; the words are only for showing it."""
    if condition_content(before) == condition_content(after):
        return
    words = Detail(
        field="condition",
        label="condition",
        before=None if before is None else condition_in_words(before),
        after=None if after is None else condition_in_words(after),
        kind="added" if before is None else "removed" if after is None else "changed",
    )
    if before is None or after is None:
        yield words
        return
    found = changes(condition_tree(before), condition_tree(after))
    indexes = _index(before.parts), _index(after.parts)
    places = [_place_detail(change, *indexes) for change in found]
    if words.before != words.after:
        yield words
        # One expression is said completely by its words. Several are hard to compare by eye.
        if not (_is_single(before) and _is_single(after)):
            yield from places
    elif places:
        yield from places
    else:
        # Only the order differs, of parts that are said alike.
        content = str(condition_content(before)), str(condition_content(after))
        yield Detail(field="condition", label="condition: order", before=content[0], after=content[1], kind="changed")


def condition_tree(condition: Condition) -> Tree:
    """Everything that a condition has. Parts are listed by what they test, so that a new part does not shift others."""
    return {
        "attribute": dict(condition.attributes),
        "part": _parts_tree(condition.parts),
        "other": listed(condition.other),
    }


def _parts_tree(parts: List[ConditionPart]) -> Tree:
    return {key: _part_tree(part) for key, part in zip(_part_keys(parts), parts, strict=True)}


def _part_keys(parts: List[ConditionPart]) -> list[str]:
    return numbered_names([_subject(part) for part in parts])


def _part_tree(part: ConditionPart) -> Tree:
    keys = numbered_names([variable.name for variable in part.variables])
    return {
        "attribute": dict(part.attributes),
        "variable": {key: variable_tree(found) for key, found in zip(keys, part.variables, strict=True)},
        "part": _parts_tree(part.children),
        "other": listed(part.other),
    }


def _subject(part: ConditionPart) -> str:
    """What tells a part from its neighbours: ``operator and``, ``VariableCondition OSDComputerName``."""
    kind = part.type.removeprefix("SMS_TaskSequence_").removesuffix("Expression")
    name = attribute(part.attributes, "name") or part.value("Variable") or ""
    words = (kind, name) if part.kind == "expression" and kind else (part.kind, kind, name)
    return " ".join(word for word in words if word)


def _is_single(condition: Condition) -> bool:
    return sum(1 for _ in condition.walk()) == 1


def _place_detail(change: Change, before: _Index, after: _Index) -> Detail:
    names = [shown(name) for name in _names(change.path)]
    return Detail(
        field="/".join(["condition", *names]),
        label=f"condition: {', '.join(names)}",
        before=_said(before, change.path, change.before),
        after=_said(after, change.path, change.after),
        kind=change.kind,
    )


def _names(path: tuple[str, ...]) -> Iterator[str]:
    """The names in a path, in which each stands after the section of the tree that lists it."""
    for section, name in zip(path[::2], path[1::2], strict=False):
        yield f"other#{name}" if section == "other" else name
    # What is left is the value of a variable, which needs no word of its own.


def _said(parts: _Index, path: tuple[str, ...], value: str | Tree | None) -> str | None:
    """A text as it is; a whole part in words; a whole variable by its value."""
    if value is None or isinstance(value, str):
        return value
    part = _part_at(parts, path) if path[-2] == "part" else None
    return part_in_words(part) if part else text_of(value)


_Index: TypeAlias = "Mapping[str, tuple[ConditionPart, _Index]]"
"""The parts by their keys, each with those inside it."""


def _index(parts: List[ConditionPart]) -> _Index:
    return {key: (part, _index(part.children)) for key, part in zip(_part_keys(parts), parts, strict=True)}


def _part_at(parts: _Index, path: tuple[str, ...]) -> ConditionPart | None:
    part: ConditionPart | None = None
    for key in path[1::2]:
        part, parts = parts.get(key, (None, {}))
    return part
