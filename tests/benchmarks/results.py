"""What a measurement comes to, as values: figures with their goals, what was left out, and extra tables for the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict

from tests.benchmarks.timing import Spread

Unit = Literal["x", "%", "power", "MB", "count"]
"""``x``: times the floor. ``%``: share of the limit's speed. ``power``: exponent of the growth."""

Verdict = Literal["met", "missed", ""]


class Goal(Struct, frozen=True, kw_only=True):
    """What a figure should be."""

    id: str
    limit: float
    kind: Literal["at most", "at least", "exactly"] = "at most"

    def verdict(self, value: float) -> Verdict:
        """Whether the value reaches the goal."""
        reached = {"at most": value <= self.limit, "at least": value >= self.limit, "exactly": value == self.limit}
        return "met" if reached[self.kind] else "missed"


class Figure(Struct, frozen=True, kw_only=True):
    """One line of the page: a ratio, with what it is a ratio to."""

    key: str
    """Names the figure in all runs, such as ``startup.scan``."""
    title: str
    base: str
    """What it is compared with."""
    spread: Spread
    unit: Unit = "x"
    seconds: float | None = None
    """The candidate's own median time: a hint only, as it is this machine's."""
    note: str = ""
    of: str = "rounds"
    """What the spread is over."""


class Table(Struct, frozen=True, kw_only=True):
    """A table that shows several figures side by side."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remark: str = ""


class Family(Struct, frozen=True, kw_only=True):
    """All that one family of measurements found."""

    name: str
    title: str
    about: str
    """What was measured and against what, for the page."""
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    left_out: tuple[str, ...] = ()
    """What was not measured here, and why."""


def figure(
    key: str,
    title: str,
    base: str,
    found: Spread | None,
    *,
    unit: Unit = "x",
    seconds: Spread | None = None,
    note: str = "",
    of: str = "rounds",
) -> tuple[Figure, ...]:
    """One figure, or none where nothing was found."""
    if found is None:
        return ()
    own = None if seconds is None else seconds.value
    return (Figure(key=key, title=title, base=base, spread=found, unit=unit, seconds=own, note=note, of=of),)


def counted(number: int, what: str) -> str:
    """``1 round``, ``2 rounds``."""
    return f"{number} {what if number != 1 else what.removesuffix('s')}"


def to_json(families: tuple[Family, ...], about: Mapping[str, Any]) -> dict[str, Any]:
    """The whole run in a form that another run can be compared with."""
    return {
        "format": 1,
        "about": dict(about),
        "figures": {
            found.key: {"title": found.title, "unit": found.unit, "seconds": found.seconds, **asdict(found.spread)}
            for family in families
            for found in family.figures
        },
    }
