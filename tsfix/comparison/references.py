"""Compares what two task sequences refer to: the reference list of the sequence and the array of the object."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from collections.abc import Sequence as List

from tsfix.comparison.differences import Detail
from tsfix.comparison.fingerprints import attributes_content
from tsfix.comparison.keys import common_keys, name_of, other_order, shown
from tsfix.comparison.nested import Tree, changes
from tsfix.task_sequence import ObjectReference, Reference, Sequence

Entry = tuple[str, Tree]
"""What is referred to, and everything that the reference says."""


def reference_list_details(before: Sequence, after: Sequence) -> Iterator[Detail]:
    """What differs between the two reference lists."""
    yield from _entries_details(
        "reference",
        "reference to",
        [_reference(reference) for reference in before.references],
        [_reference(reference) for reference in after.references],
    )
    if not before.references and not after.references:
        for change in changes(_list(before), _list(after)):
            yield change.detail("reference-list", "reference list")


def object_reference_details(before: List[ObjectReference], after: List[ObjectReference]) -> Iterator[Detail]:
    """What differs between the two ``References`` arrays."""
    yield from _entries_details(
        "object-reference",
        "entry of the References array for",
        [_object_reference(reference) for reference in before],
        [_object_reference(reference) for reference in after],
    )


def _reference(reference: Reference) -> Entry:
    return (reference.package or reference.application or "", dict(reference.attributes))


def _object_reference(reference: ObjectReference) -> Entry:
    tree = {"Package": reference.package, "Type": reference.type}
    # NULL is no text: it has to differ from the empty one.
    return (reference.package, tree if reference.program is None else {**tree, "Program": reference.program})


def _list(sequence: Sequence) -> Tree:
    return {"": "empty"} if sequence.reference_list_element is not None else {}


def _entries_details(field: str, label: str, before: List[Entry], after: List[Entry]) -> Iterator[Detail]:
    before_keys, after_keys = common_keys([_content(entry) for entry in before], [_content(entry) for entry in after])
    old = {key: tree for key, (_, tree) in zip(before_keys, before, strict=True)}
    new = {key: tree for key, (_, tree) in zip(after_keys, after, strict=True)}
    for change in changes(old, new):
        key, *inner = change.path
        own_field, own_label = f"{field}:{shown(key)}", f"{label} {name_of(key) or 'nothing'}"
        if inner:
            yield change.detail(f"{own_field}@{inner[0]}", f"{own_label}: {inner[0]}")
        else:
            yield change.detail(own_field, own_label)
    orders = other_order(before_keys, after_keys)
    if orders is not None:
        yield Detail(
            field=f"order:{field}", label="order of the references", before=orders[0], after=orders[1], kind="changed"
        )


def _content(entry: Entry) -> tuple[str, Hashable]:
    name, tree = entry
    return name, attributes_content(tuple((key, str(value)) for key, value in tree.items()))
