"""Tells which findings forbid a copy, after what the policy and the person's decisions accept."""

from __future__ import annotations

from tsfix.checks import child_packages
from tsfix.checks.subject import Subject
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.request import CloneRequest
from tsfix.rewrites.export_draft import ExportDraft

CLIENT_RULES = frozenset({"R1", "R4"})
"""Rules about the client package; the policy for new steps says nothing about it."""


_NOT_KEPT = CLIENT_RULES | {"R47"}
"""What the policy ``keep`` does not accept: a client that the target refuses, in the export or in a child outside of it."""


def in_the_way(findings: tuple[Finding, ...], request: CloneRequest, original: Export) -> tuple[Finding, ...]:
    """Findings that forbid a copy. ``keep`` accepts everything but a client package that the target refuses."""
    return tuple(
        finding
        for finding in findings
        if finding.blocking
        and finding.location.part not in original.parts.borrowed.files
        and finding.rule not in request.accepted_rules
        and (request.new_steps != "keep" or finding.rule in _NOT_KEPT)
        and not _is_decided(finding, request, original)
    )


def _is_decided(finding: Finding, request: CloneRequest, original: Export) -> bool:
    """Tell whether the person accepts the finding. Decisions name task sequences as the original does."""
    if not request.decisions:
        return False
    where = finding.location
    named = [item for item in original.task_sequences if item.task_sequence.name == where.task_sequence]
    ids = [item.task_sequence.package_id or "" for item in named if item.location.part == where.part]
    ids = ids or [item.task_sequence.package_id or "" for item in named]
    return any(
        decision.do == "accept" or (decision.do == "keep" and finding.rule not in _NOT_KEPT)
        for decision in request.decisions
        if any(decision.matches(finding, package_id) for package_id in ids or [""])
    )


def left_behind(
    draft: ExportDraft, subjects: tuple[Subject, ...], replaced: frozenset[str], reasons: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Children outside of the export that need what the copy replaces; those that ``reasons`` name already are left out."""
    named = {(reason.rule, reason.location.path, reason.subject) for reason in reasons}
    return tuple(
        finding
        for subject, sequence in zip(subjects, draft.sequences, strict=True)
        if subject.exported.part not in draft.export.parts.borrowed.files
        for finding in child_packages.needs_replaced(subject, replaced, sequence.runs)
        if (finding.rule, finding.location.path, finding.subject) not in named
    )
