"""The report value: everything that any format shows, counted, masked and put in order once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from msgspec import Struct

from tsfix.changes import Change, MappingUse, Mention
from tsfix.decisions import Accepted
from tsfix.findings import Finding
from tsfix.reports.outline import OutlineItem
from tsfix.values import Position

SCHEMA_VERSION = 1
"""Raised when the meaning or form of a field of the JSON report changes; new fields may come without."""

Outcome = Literal["checked", "copied", "planned", "present", "unchanged", "refused", "unreadable"]
"""``planned``: a dry run that would have written a copy; ``present``: the very same copy was there already."""


class TargetSummary(Struct, frozen=True, kw_only=True):
    """What the report is for."""

    label: str
    """The site code where one was given, else the version."""
    version: str
    version_name: str


class PackageSummary(Struct, frozen=True, kw_only=True):
    """One client package that a task sequence installs, with the verdict on it."""

    package_id: str
    role: str
    verdict: str
    certainty: str
    evidence: tuple[str, ...]
    steps: tuple[str, ...]
    """Paths of the steps that name it; none in a parent that only repeats what its children need."""
    places: tuple[str, ...]
    """Every kind of place where the ID stands; they have to change together."""


class Needs(Struct, frozen=True, kw_only=True):
    """The lowest versions that a task sequence needs, as it is and after a copy."""

    site: str
    """The lowest version of a site that can hold it as it is."""
    client: str
    """The lowest version of a client that runs it as it was meant."""
    after_copy: str
    """The lowest version of both for a copy in which everything was changed that can be without a loss."""
    because: tuple[str, ...]
    """What forces the highest of these versions, the newest first."""
    exported_by: str
    """The exporting site has this version or a newer one; empty where nothing tells."""


class TaskSequenceSummary(Struct, frozen=True, kw_only=True):
    """One task sequence of an export."""

    page_only: ClassVar[frozenset[str]] = frozenset({"outline"})
    name: str
    package_id: str
    new_name: str
    """Empty where no copy was made."""
    new_id: str
    format: str
    part: str
    """The part of the export that holds it; empty in a single file."""
    steps: int
    groups: int
    packages: tuple[PackageSummary, ...]
    outline: tuple[OutlineItem, ...] = ()
    """All groups and steps of the original, for renderers that show the tree; the JSON form leaves it out."""
    needs: Needs | None = None
    """Only in a scan; null for a file of the Microsoft Deployment Toolkit."""


class StepChanges(Struct, frozen=True, kw_only=True):
    """All changes at one group or step, or (with an empty path) at the task sequence as a whole."""

    task_sequence: str
    path: tuple[str, ...]
    position: Position
    changes: tuple[Change, ...]


class Notice(Struct, frozen=True, kw_only=True):
    """Something that could not be read, with the remedy."""

    place: str
    """File, part, task sequence, step and line, as far as they are known."""
    message: str
    remedy: str
    file: str = ""
    """The file alone."""


class Task(Struct, frozen=True, kw_only=True):
    """One thing for a person to do after the import, or instead of it."""

    rule: str
    text: str
    places: tuple[str, ...] = ()


class FindingGroup(Struct, frozen=True, kw_only=True):
    """Findings that say the same about several places."""

    finding: Finding
    """The first of them."""
    places: tuple[str, ...]


class ExportReport(Struct, frozen=True, kw_only=True):
    """What became of one export."""

    page_only: ClassVar[frozenset[str]] = frozenset(
        {"finding_groups", "reason_groups", "remaining_groups", "still_true_groups"}
    )
    file: str
    target: TargetSummary | None
    outcome: Outcome
    destination: str
    sha256: str
    """A fingerprint that only tsfix computes: SHA-256 over the parts (their names, lengths and bytes, in order), not over the
    file. ``file_sha256`` is that of the file."""
    copy_sha256: str
    """The same over the parts of the copy; empty where there is none."""
    task_sequences: tuple[TaskSequenceSummary, ...]
    findings: tuple[Finding, ...]
    finding_groups: tuple[FindingGroup, ...]
    remaining: tuple[Finding, ...]
    """Errors that stand in the copy because the policy accepted them."""
    remaining_groups: tuple[FindingGroup, ...]
    still_true: tuple[Finding, ...]
    """What is true of the copy as well and stops nothing: warnings, and errors about the target itself. Remarks are not
    among them, nor what ``out_of_action`` and ``tasks`` already say."""
    still_true_groups: tuple[FindingGroup, ...]
    reasons: tuple[Finding, ...]
    """Why there is no copy."""
    reason_groups: tuple[FindingGroup, ...]
    choices: tuple[str, ...]
    """What can be done about the reasons, in sentences."""
    out_of_action: tuple[Change, ...]
    """Steps that were disabled, replaced or removed."""
    changes: tuple[StepChanges, ...]
    change_count: int
    mentions: tuple[Mention, ...]
    tasks: tuple[Task, ...]
    problems: tuple[Notice, ...]
    decision_block: str = ""
    """What to put into tsfix.toml and to complete, where decisions are open; TOML."""
    accepted: tuple[Accepted, ...] = ()
    """Findings that a decision answers; they count nowhere else."""
    file_sha256: str = ""
    """The SHA-256 of the original as a file, which any program computes; empty for a folder."""
    copy_file_sha256: str = ""
    """The same of the copy; empty where none was written."""
    decisions: int = 0
    """How many decisions of the decisions file (``tsfix.toml``) answer something in this export; only for a copy or a
    refusal."""


class ExportLine(Struct, frozen=True, kw_only=True):
    """One export and target in a line: all that an overview of thousands has to know."""

    file: str
    target: TargetSummary | None
    outcome: Outcome
    outcome_words: str
    """The same in two or three words, for tables."""
    task_sequences: int
    errors: int
    warnings: int
    infos: int
    problems: int
    accepted: int
    """Findings that a decision answers."""
    known: int
    """Those of them that a baseline names."""
    has_details: bool
    """Whether there is more to say than this line."""


class Summary(Struct, frozen=True, kw_only=True):
    """Counts over all exports."""

    exports: int
    task_sequences: int
    outcomes: tuple[tuple[str, int], ...]
    errors: int
    warnings: int
    infos: int
    problems: int
    accepted: int = 0
    """Findings that a decision answers; they count nowhere else."""
    known: int = 0
    """Those of them that a baseline names."""


CellState = Literal["safe", "safe after clone", "needs a decision", "mend by hand", "unknown", "not for a site"]
"""``safe after clone``: a copy mends everything by itself, without a loss; ``mend by hand``: an error that no copy mends,
in the task sequence itself, in its children or in its deployments; ``not for a site``: a file of the Microsoft Deployment
Toolkit, which no site imports."""


class Cell(Struct, frozen=True, kw_only=True):
    """One task sequence against one target."""

    state: CellState
    errors: int
    warnings: int
    open: int = 0
    """How many findings wait for a person: for a decision, or to be mended by hand."""


class MatrixRow(Struct, frozen=True, kw_only=True):
    """One task sequence against all targets."""

    file: str
    name: str
    package_id: str
    cells: tuple[Cell, ...]
    """In the order of the matrix's targets."""


class Matrix(Struct, frozen=True, kw_only=True):
    """All task sequences against all targets."""

    page_only: ClassVar[frozenset[str]] = frozenset({"exports", "options"})
    targets: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    exports: tuple[str, ...] = ()
    """The exports as the scan was given them, for the commands of what to do next; empty where nobody knows."""
    options: tuple[str, ...] = ()
    """The options of the scan that these commands need too, each name followed by its value."""


class Report(Struct, frozen=True, kw_only=True):
    """The answer of one command."""

    page_only: ClassVar[frozenset[str]] = frozenset({"lines", "common_tasks"})
    command: str
    tool_version: str
    policy: str
    """The policy for what the target lacks; empty where nothing was rewritten."""
    exports: Sequence[ExportReport]
    """A tuple for a few. Many are packed, and each is unpacked whenever it is asked for."""
    notices: tuple[Notice, ...]
    """Inputs that could not be read at all."""
    summary: Summary
    lines: tuple[ExportLine, ...] = ()
    """One for each of ``exports``, in their order."""
    common_tasks: tuple[Task, ...] = ()
    """What is to be done for each of several copies, so that it is said once."""
    mappings: tuple[MappingUse, ...] = ()
    """What a relink replaced, and what matched nothing."""
    about_all: tuple[Finding, ...] = ()
    """What holds for the whole: faults of the hierarchy, and advice that belongs to every hand-over, each once."""
    matrix: Matrix | None = None
    """What a scan of several task sequences or for several targets comes to; None for anything else."""
    schema_version: int = SCHEMA_VERSION
    """The version of the JSON form; the schema of that version describes it."""
