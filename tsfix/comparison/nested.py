"""Compares nested mappings of text; the only place that imports deepdiff."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as List
from typing import TypeAlias

from msgspec import Struct

from tsfix.comparison.differences import Detail, DetailKind

Tree: TypeAlias = "Mapping[str, str | Tree]"
"""Names to text, or to further names."""

_LARGE = 50
"""Names in a tree and in all its branches. A condition with an operator and two tests has 45."""


class Change(Struct, frozen=True, kw_only=True):
    """One place in which two trees differ; something added or removed may be a whole branch."""

    path: tuple[str, ...]
    kind: DetailKind
    before: str | Tree | None
    after: str | Tree | None

    def detail(self, field: str, label: str) -> Detail:
        """The change as a detail; a whole branch is put on one line."""
        return Detail(field=field, label=label, before=text_of(self.before), after=text_of(self.after), kind=self.kind)

    def parts(self) -> Iterator[Change]:
        """The texts of an added or removed branch, each as a change of its own."""
        branch = self.after if self.before is None else self.before
        for path, text in [] if branch is None else _leaves(branch, self.path):
            before, after = (None, text) if self.before is None else (text, None)
            yield Change(path=path, kind=self.kind, before=before, after=after)


def listed(texts: List[str]) -> Tree:
    """Texts by their number, counted from 1."""
    return {str(number): text for number, text in enumerate(texts, start=1)}


def text_of(value: str | Tree | None) -> str | None:
    """A text as it is, a branch on one line."""
    if value is None or isinstance(value, str):
        return value
    return "; ".join(f"{path[-1]}={text}" for path, text in _leaves(value, ()))


def _leaves(value: str | Tree, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str):
        yield path, value
    else:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))


def changes(before: Tree, after: Tree) -> list[Change]:
    """All places in which the trees differ, in the order of the names; what is in none of them is equal.

    deepdiff takes a tenth of a second to import and half a millisecond to call. So texts that stand side by side are
    compared by a plain loop, also those one branch further in; only branches of branches, as conditions have them, are
    left to it. Large ones are not: it copies the way to each place anew, which takes minutes for what is deep or wide.
    """
    small = _is_small(before) and _is_small(after)
    return [_change(path, before, after) for path in _paths(before, after, (), small=small)]


def _paths(before: Tree, after: Tree, way: tuple[str, ...], *, small: bool) -> Iterator[tuple[str, ...]]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if old is None or new is None or isinstance(old, str) or isinstance(new, str):
            yield (*way, name)
        elif small and (_is_deep(old) or _is_deep(new)):
            yield from ((*way, name, *path) for path in _deep_paths(old, new))
        else:
            yield from _paths(old, new, (*way, name), small=small)


def _is_deep(tree: Tree) -> bool:
    branches = (branch for branch in tree.values() if not isinstance(branch, str))
    return any(not isinstance(inner, str) for branch in branches for inner in branch.values())


def _is_small(tree: Tree) -> bool:
    waiting, seen = [tree], 0
    while waiting:
        inner = waiting.pop()
        seen += len(inner)
        if seen > _LARGE:
            return False
        waiting.extend(branch for branch in inner.values() if not isinstance(branch, str))
    return True


def _deep_paths(before: Tree, after: Tree) -> list[tuple[str, ...]]:
    from deepdiff import DeepDiff

    # By default deepdiff leaves out names that start with two underscores, such as the property __PATH, and gives up on
    # mappings that share few names.
    found = DeepDiff(
        _differing(before, after),
        _differing(after, before),
        view="tree",
        ignore_private_variables=False,
        threshold_to_diff_deeper=0,
    )
    paths = [tuple(place.path(output_format="list")) for places in found.values() for place in places]
    return sorted(paths, key=_ranks(before, after))


def _differing(tree: Tree, other: Tree) -> Tree:
    """The names and branches that are not the same in the other tree: what deepdiff does not see costs no time."""
    found: dict[str, str | Tree] = {}
    for name, value in tree.items():
        beside = other.get(name)
        if value == beside:
            continue
        if beside is None or isinstance(value, str) or isinstance(beside, str):
            found[name] = _one_line(value)
        else:
            found[name] = _differing(value, beside)
    return found


def _one_line(value: str | Tree) -> str | Tree:
    """The same without line breaks: of texts with several lines deepdiff would make a line-by-line comparison."""
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\n", "\\n")
    return {name: _one_line(inner) for name, inner in value.items()}


def _change(path: tuple[str, ...], before: Tree, after: Tree) -> Change:
    old, new = _at(path, before), _at(path, after)
    kind: DetailKind = "added" if old is None else "removed" if new is None else "changed"
    return Change(path=path, kind=kind, before=old, after=new)


def _at(path: tuple[str, ...], tree: Tree) -> str | Tree | None:
    value: str | Tree | None = tree
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _ranks(before: Tree, after: Tree) -> Callable[[tuple[str, ...]], tuple[int, ...]]:
    """Tells the place of each name of a path among the names before, followed by those that are new."""
    orders: dict[tuple[str, ...], dict[str, int]] = {}

    def order(path: tuple[str, ...]) -> dict[str, int]:
        if path not in orders:
            sides = (_at(path, before), _at(path, after))
            names = dict.fromkeys(name for side in sides if isinstance(side, Mapping) for name in side)
            orders[path] = {name: place for place, name in enumerate(names)}
        return orders[path]

    return lambda path: tuple(order(path[:depth])[name] for depth, name in enumerate(path))
