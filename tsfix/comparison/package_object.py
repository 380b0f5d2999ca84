"""Compares the objects around two sequences: the properties of ``object.xml``."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as List

from msgspec.structs import replace

from tsfix.comparison.differences import Detail
from tsfix.comparison.fingerprints import Content, attributes_content
from tsfix.comparison.keys import common_keys, name_of, other_order, shown
from tsfix.comparison.nested import Change, Tree, changes, listed
from tsfix.comparison.properties import other_details
from tsfix.task_sequence import PackageProperty, TaskSequence

_REFERENCES = "References"

_NULL = "(NULL)"
"""How a property without a value is shown when all of it was added or removed."""


def package_details(before: TaskSequence, after: TaskSequence) -> Iterator[Detail]:
    """What differs between the properties of the objects, and in all else that the objects hold."""
    yield from _property_details(_compared(before, after), _compared(after, before))
    old, new = _in_both(before.object_other, after.object_other)
    yield from other_details("object-other", "other content of the object", old, new)


def _in_both(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """What belongs to properties of both objects, or to none; a property of one object alone is a difference already."""
    names = {text.partition(" ")[0] for text in before} & {text.partition(" ")[0] for text in after}
    old, new = (
        [text for text in texts if " " not in text or text.partition(" ")[0] in names] for texts in (before, after)
    )
    return old, new


def _compared(task_sequence: TaskSequence, other: TaskSequence) -> tuple[PackageProperty, ...]:
    """The properties without the digest of the references, where their number differs: then it must differ too."""
    if len(task_sequence.object_references) == len(other.object_references):
        return task_sequence.compared_properties()
    return tuple(found for found in task_sequence.compared_properties() if found.name != _REFERENCES)


def _property_details(before: List[PackageProperty], after: List[PackageProperty]) -> Iterator[Detail]:
    before_keys, after_keys = common_keys(
        [(found.name, _content(found)) for found in before], [(found.name, _content(found)) for found in after]
    )
    old = {key: _tree(found) for key, found in zip(before_keys, before, strict=True)}
    new = {key: _tree(found) for key, found in zip(after_keys, after, strict=True)}
    for change in changes(old, new):
        key, *inner = change.path
        yield from _details(change, inner, f"package-property:{shown(key)}", f"property {name_of(key)}")
    orders = other_order(before_keys, after_keys)
    if orders is not None:
        label = "order of the properties"
        yield Detail(field="order:package-property", label=label, before=orders[0], after=orders[1], kind="changed")


def _content(found: PackageProperty) -> Content:
    return (found.value, attributes_content(found.attributes), found.other)


def _tree(found: PackageProperty) -> Tree:
    return {
        **_value_tree(found.value),
        "attribute": dict(found.attributes),
        "other": listed(found.other),
    }


def _value_tree(value: str | tuple[str, ...] | None) -> Tree:
    """NULL, a text and an array are told apart by the name under which the value stands."""
    if value is None:
        return {}
    return {"value": value} if isinstance(value, str) else {"array": listed(value)}


def _details(change: Change, inner: List[str], field: str, label: str) -> Iterator[Detail]:
    match inner:
        case []:
            parts = list(change.parts())
            if not any(part.path[1] in ("value", "array") for part in parts):
                null = replace(change.detail(field, label), before=None, after=None)
                yield replace(null, before=_NULL) if change.kind == "removed" else replace(null, after=_NULL)
            for part in parts:
                yield from _details(part, part.path[1:], field, label)
        case ["value"]:
            yield change.detail(field, label)
        case ["array", *rest]:
            yield change.detail("#".join([field, *rest]), ", entry ".join([label, *rest]))
        case ["attribute", name]:
            yield change.detail(f"{field}@{name}", f"{label}: {name}")
        case _:
            yield change.detail(f"{field}/{'#'.join(inner)}", f"{label}: other content")
