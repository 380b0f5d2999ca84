"""Answers ``tsfix list``: versions, steps, features, variables or rules as a table, also between two versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from msgspec import Struct

from tsfix.errors import UsageError
from tsfix.knowledge import words
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Introduced, Version

Kind = Literal["versions", "steps", "features", "variables", "rules"]

Row = tuple[str, ...]


class Listing(Struct, frozen=True, kw_only=True):
    """A table with a heading for each column."""

    kind: Kind
    columns: Row
    rows: tuple[Row, ...]
    note: str = ""
    """What a reader must know about the rows, such as entries that were left out."""


def listing(kb: KnowledgeBase, kind: str, since: str | None = None, until: str | None = None) -> Listing:
    """The table of one kind; ``since`` and ``until`` keep what came in these versions and between them.

    Raises UsageError for an unknown kind or version, and for a range of rules, which have no version.
    """
    first = None if since is None else kb.find_version(since)
    last = None if until is None else kb.find_version(until)
    if first is not None and last is not None and first.order > last.order:
        raise UsageError(f"--since {first.id} is newer than --until {last.id}.", remedy="Exchange the two.")
    bounds = _Bounds(kb=kb, first=first, last=last)
    match kind:
        case "versions":
            return _versions(kb, bounds)
        case "steps":
            return _steps(kb, bounds)
        case "features":
            return _features(kb, bounds)
        case "variables":
            return _variables(kb, bounds)
        case "rules":
            if first is not None or last is not None:
                raise UsageError("rules have no version.", remedy="Leave --since and --until out.")
            return _rules(kb)
        case _:
            raise UsageError(f"there is no list of {kind!r}.", remedy=f"Known lists: {', '.join(get_args(Kind))}.")


class _Bounds(Struct, frozen=True, kw_only=True):
    kb: KnowledgeBase
    first: Version | None
    last: Version | None

    @property
    def open(self) -> bool:
        return self.first is None and self.last is None

    def hold(self, introduced: Introduced) -> bool:
        if introduced.version is None:
            return self.open
        return self.hold_version(self.kb.version(introduced.version))

    def hold_version(self, version: Version) -> bool:
        after = self.first is None or version.order >= self.first.order
        return after and (self.last is None or version.order <= self.last.order)

    def note(self, all_of_them: Iterator[Introduced]) -> str:
        """How many entries of unknown age the range leaves out."""
        unknown = sum(1 for introduced in all_of_them if introduced.version is None)
        if self.open or not unknown:
            return ""
        entries = "1 entry whose version is" if unknown == 1 else f"{unknown} entries whose versions are"
        return f"{entries} not known {'is' if unknown == 1 else 'are'} left out."


def _versions(kb: KnowledgeBase, bounds: _Bounds) -> Listing:
    rows = tuple(
        (
            version.id,
            version.site_version,
            version.release_date,
            version.end_of_support,
            str(version.min_update_from or ""),
        )
        for version in kb.versions
        if bounds.hold_version(version)
    )
    columns = ("version", "site", "released", "support ends", "update from")
    return Listing(kind="versions", columns=columns, rows=rows)


def _steps(kb: KnowledgeBase, bounds: _Bounds) -> Listing:
    steps = sorted(kb.step_types(), key=lambda step: (step.provider != "microsoft", step.name))
    rows = tuple(
        (step.name, step.type, words.since(step.introduced), str(step.removed or ""), step.provider)
        for step in steps
        if bounds.hold(step.introduced)
    )
    columns = ("name", "type", "since", "removed", "provider")
    note = bounds.note(step.introduced for step in steps)
    return Listing(kind="steps", columns=columns, rows=rows, note=note)


def _features(kb: KnowledgeBase, bounds: _Bounds) -> Listing:
    pairs = [(step.name, feature) for step in kb.step_types() for feature in step.features]
    pairs += [(f"({feature.scope})", feature) for feature in kb.sequence_features()]
    rows = tuple(
        (feature.id, name, words.since(feature.introduced), feature.severity, words.HOW_SURE[feature.confidence])
        for name, feature in pairs
        if bounds.hold(feature.introduced)
    )
    columns = ("feature", "step", "since", "severity", "how sure")
    note = bounds.note(feature.introduced for _, feature in pairs)
    return Listing(kind="features", columns=columns, rows=rows, note=note)


def _variables(kb: KnowledgeBase, bounds: _Bounds) -> Listing:
    rows = tuple(
        (
            variable.name,
            words.since(variable.introduced),
            variable.kind,
            ", ".join(variable.applies_to) or "whole task sequence",
            variable.on_older.severity if variable.on_older else "",
        )
        for variable in kb.variables
        if bounds.hold(variable.introduced)
    )
    columns = ("variable", "since", "kind", "belongs to", "on older")
    note = bounds.note(variable.introduced for variable in kb.variables)
    return Listing(kind="variables", columns=columns, rows=rows, note=note)


def _rules(kb: KnowledgeBase) -> Listing:
    rows = tuple((rule.id, rule.severity, rule.needs, rule.title) for rule in kb.rules)
    return Listing(kind="rules", columns=("rule", "severity", "needs", "title"), rows=rows)
