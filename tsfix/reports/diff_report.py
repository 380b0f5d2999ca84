"""The value of a diff: everything that any format shows of the differences of two exports, masked and in order."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import Struct

from tsfix.comparison.differences import Comparison, Detail
from tsfix.reports.outline import OutlineItem
from tsfix.reports.report import Notice

DIFF_SCHEMA_VERSION = 1
"""Raised when the meaning or form of a field of the JSON form changes; new fields may come without."""

PairedBy = Literal["package ID and name", "package ID", "name", "the only ones", "position"]
"""Why two task sequences are taken for one."""


class DiffSide(Struct, frozen=True, kw_only=True):
    """One of the two inputs."""

    file: str
    """As the person named it."""
    sha256: str
    """Of the file; of all its parts where it is a folder. Empty where nothing could be read."""
    digest_of: Literal["file", "parts"]
    """``file``: any program that computes SHA-256 gives the same; ``parts``: only tsfix does."""
    exports: int
    task_sequences: int


class TaskSequenceSide(Struct, frozen=True, kw_only=True):
    """One task sequence of one input."""

    export: str
    """The export that holds it."""
    part: str
    name: str
    package_id: str
    """Empty where the format holds none."""
    steps: int
    groups: int


class TaskSequenceDiff(Struct, frozen=True, kw_only=True):
    """Two task sequences that are taken for one, and what differs."""

    page_only: ClassVar[frozenset[str]] = frozenset({"outline"})
    before: TaskSequenceSide
    after: TaskSequenceSide
    paired_by: PairedBy
    comparison: Comparison
    """With all secrets masked. Two equal values are two that differ and are masked."""
    outline: tuple[OutlineItem, ...] = ()
    """Both sequences in one, for renderers that show the tree; the JSON form leaves it out."""


class PartDiff(Struct, frozen=True, kw_only=True):
    """A part of the exports besides the task sequences that differs: a dependency, the rows of a list, a table of contents."""

    kind: Literal["changed", "added", "removed"]
    what: str
    """What the part is, in words."""
    before_part: str
    """The part's name before; empty for one that was added."""
    after_part: str
    export: str
    """The export that it belongs to; where the two sides differ, the later one's name."""
    details: tuple[Detail, ...]
    """What differs. Empty where that cannot be said, and for parts that were added or removed."""


class DiffSummary(Struct, frozen=True, kw_only=True):
    """Counts over everything."""

    pairs: int
    equal_pairs: int
    only_before: int
    only_after: int
    changed: int
    """Entries of all pairs: groups, steps, and other parts of a task sequence."""
    moved: int
    moved_and_changed: int
    added: int
    removed: int
    parts: int
    """Other parts that differ."""
    entries: int
    """All entries: those of the pairs, task sequences on one side only, and other parts."""


class DiffReport(Struct, frozen=True, kw_only=True):
    """The answer of ``tsfix diff``."""

    tool_version: str
    before: DiffSide
    after: DiffSide
    same_bytes: bool
    """True when the two files are the same, byte for byte."""
    summary: DiffSummary
    pairs: tuple[TaskSequenceDiff, ...]
    only_before: tuple[TaskSequenceSide, ...]
    only_after: tuple[TaskSequenceSide, ...]
    parts: tuple[PartDiff, ...]
    problems: tuple[Notice, ...]
    """What could not be read: there may be more differences."""
    command: str = "diff"
    schema_version: int = DIFF_SCHEMA_VERSION

    @property
    def equal(self) -> bool:
        """True when there is no difference. White space between elements and the order of attributes are none."""
        return self.summary.entries == 0
