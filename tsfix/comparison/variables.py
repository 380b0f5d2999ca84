"""Compares two lists of task sequence variables by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Sequence as List

from tsfix.comparison.differences import Detail
from tsfix.comparison.fingerprints import variable_content
from tsfix.comparison.keys import common_keys, name_of, other_order, shown
from tsfix.comparison.labels import variable_label
from tsfix.comparison.nested import Change, Tree, changes, listed, text_of
from tsfix.comparison.readable import readable
from tsfix.task_sequence import Variable


def variables_details(before: List[Variable], after: List[Variable], subject: str = "variable") -> Iterator[Detail]:
    """What differs between the lists; of variables with the same name the second and further ones are numbered.

    ``subject`` starts every field and label: ``variable``, ``global-variable``.
    """
    old_content, new_content = _content(before), _content(after)
    if old_content == new_content:
        return
    before_keys, after_keys = common_keys(old_content, new_content)
    # Most say the same on both sides, and are told apart by their content at once.
    contents = dict(zip(before_keys, old_content, strict=True))
    alike = {key for key, content in zip(after_keys, new_content, strict=True) if contents.get(key) == content}
    old = {key: variable for key, variable in zip(before_keys, before, strict=True) if key not in alike}
    new = {key: variable for key, variable in zip(after_keys, after, strict=True) if key not in alike}
    for change in changes(_trees(old), _trees(new)):
        key, *inner = change.path
        told = new.get(key) or old[key]
        label = variable_label(name_of(key), told.property, subject.replace("-", " "))
        yield from _details(change, inner, f"{subject}:{shown(key)}", label, name_of(key))
    orders = other_order(before_keys, after_keys)
    if orders is not None:
        label = f"order of the {subject.replace('-', ' ')}s"
        yield Detail(field=f"order:{subject}", label=label, before=orders[0], after=orders[1], kind="changed")


def _trees(variables: Mapping[str, Variable]) -> Tree:
    return {key: variable_tree(variable) for key, variable in variables.items()}


def variable_tree(variable: Variable) -> Tree:
    """Everything that a variable has, but for the name that it is listed under."""
    return {
        "value": variable.value,
        # An empty name and no name at all are listed alike, so there the attribute has to tell.
        "attribute": {name: value for name, value in variable.attributes if name != "name" or not variable.name},
        "other": listed(variable.other),
    }


def _content(variables: List[Variable]) -> list[tuple[str, object]]:
    return [(variable.name, variable_content(variable)) for variable in variables]


def _details(change: Change, inner: List[str], field: str, label: str, name: str) -> Iterator[Detail]:
    match inner:
        case []:
            # A variable that is only on one side: its value, and what the label does not say.
            parts = {part.path[1:]: part for part in change.parts()}
            parts.pop(("attribute", "property"), None)
            hidden = parts.get(("attribute", "hidden"))
            if hidden and "true" in (hidden.before, hidden.after):
                del parts["attribute", "hidden"]
                label += ", hidden"
            for path, part in parts.items():
                yield from _details(part, path, field, label, name)
        case ["value"]:
            yield _value_detail(change, field, label, name)
        case ["attribute", attribute]:
            yield change.detail(f"{field}@{attribute}", f"{label}: {attribute}")
        case _:
            yield change.detail(f"{field}/{'#'.join(inner)}", f"{label}: other content")


def _value_detail(change: Change, field: str, label: str, name: str) -> Detail:
    """The value, decoded where that shows more."""
    before, after = text_of(change.before), text_of(change.after)
    clear_before = None if before is None else readable(name, before)
    clear_after = None if after is None else readable(name, after)
    if clear_before is None and clear_after is None:
        return change.detail(field, label)
    before = before if clear_before is None else clear_before
    after = after if clear_after is None else clear_after
    if before == after:
        return change.detail(field, f"{label}: the raw value; decoded there is no difference")
    return Detail(field=field, label=f"{label}, decoded", before=before, after=after, kind=change.kind)
