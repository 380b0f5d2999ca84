"""What came of an export: a copy, no need of one, or what stands in the way."""

from __future__ import annotations

from msgspec import Struct

from tsfix.changes import Change, Mention
from tsfix.export import Export, PartChanges
from tsfix.findings import Finding
from tsfix.rewrites.script_packages import ScriptFile
from tsfix.values import PackageId


class Rewritten(Struct, frozen=True, kw_only=True):
    """A copy that differs from its original as planned, and in nothing else."""

    original: Export
    copy: Export
    part_changes: PartChanges
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    """What was found in the original."""
    remaining: tuple[Finding, ...]
    """What is found in the copy; blocking ones were accepted by policy."""
    mentions: tuple[Mention, ...]
    """Old IDs that stand in free text."""
    new_ids: tuple[tuple[PackageId, PackageId], ...]
    """The task sequences' old and new IDs."""
    last_stage: Rewritten | None = None
    """Where the copy was made in stages: the last one alone, from the export that the stages before it left."""
    scripts: tuple[ScriptFile, ...] = ()
    """Scripts that steps of the copy run from packages, for a person to put there."""


class Unchanged(Struct, frozen=True, kw_only=True):
    """The target can take the original as it is; a copy would only be a second name for it."""

    original: Export
    findings: tuple[Finding, ...]


class Refused(Struct, frozen=True, kw_only=True):
    """No copy: something must be mended that cannot be, or that a person has to decide."""

    original: Export
    findings: tuple[Finding, ...]
    reasons: tuple[Finding, ...]
    """What stands in the way."""


Outcome = Rewritten | Unchanged | Refused


class Judgement(Struct, frozen=True, kw_only=True):
    """What a copy is found to be, before it is proved."""

    remaining: tuple[Finding, ...] = ()
    reasons: tuple[Finding, ...] = ()
    """What stands in the way; with one, there is no copy."""
