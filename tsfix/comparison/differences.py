"""What a comparison finds: differences of groups, steps and the task sequence itself, each with its details."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from tsfix.values import Position

DetailKind = Literal["changed", "added", "removed"]
DifferenceKind = Literal["changed", "moved", "moved-and-changed", "added", "removed"]
What = Literal["step", "group", "task-sequence", "references", "package"]


class Detail(Struct, frozen=True, kw_only=True):
    """One property that differs."""

    field: str
    """A stable name for programs, such as ``variable:_SMSClientPackageID``, ``attribute:disable`` or ``action``.

    A second variable of the same name has ``#2`` at the end of its name; ``@`` leads to an attribute of the variable.
    """
    label: str
    """The same for people: ``variable _SMSClientPackageID (ClientPackageID)``."""
    before: str | None
    """The text before; None where there was none, which differs from an empty text."""
    after: str | None
    kind: DetailKind


class Difference(Struct, frozen=True, kw_only=True):
    """What happened to one group or step, or to one other part of the task sequence."""

    kind: DifferenceKind
    what: What
    """``task-sequence``: the ``<sequence>`` element itself and its variables; ``package``: the object around it."""
    before_path: tuple[str, ...]
    """The names of the groups around it and its own; empty for what was added and for what is no group or step."""
    after_path: tuple[str, ...]
    before_position: Position
    after_position: Position
    name: str
    """The name after the change; of something removed the name that it had."""
    type: str
    """The step type; empty for everything else."""
    details: tuple[Detail, ...]
    """What differs. For something added or removed: all that it has; for something that only moved: nothing."""


class Counts(Struct, frozen=True, kw_only=True):
    """How many differences of each kind there are."""

    changed: int = 0
    moved: int = 0
    moved_and_changed: int = 0
    added: int = 0
    removed: int = 0

    @property
    def total(self) -> int:
        """All differences."""
        return self.changed + self.moved + self.moved_and_changed + self.added + self.removed


class Comparison(Struct, frozen=True, kw_only=True):
    """The differences of two task sequences, in the reading order of the later one."""

    before_name: str
    after_name: str
    differences: tuple[Difference, ...]
    counts: Counts

    @property
    def identical(self) -> bool:
        """True when there is no difference. White space between elements and the order of attributes are none."""
        return not self.differences


def count(differences: Iterable[Difference]) -> Counts:
    """Count the differences by kind."""
    kinds = [difference.kind for difference in differences]
    return Counts(
        changed=kinds.count("changed"),
        moved=kinds.count("moved"),
        moved_and_changed=kinds.count("moved-and-changed"),
        added=kinds.count("added"),
        removed=kinds.count("removed"),
    )
