"""What the HTML page of a scan or a clone shows of one export: its verdict, its findings, its trees, its changes."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tsfix.changes import Reason
from tsfix.knowledge.facts import Source
from tsfix.reports.html_finding_groups import COPIES, SEVERITY_RANK, GroupView, Link, grouped, link_to
from tsfix.reports.html_sequence_view import SequenceView, change_view, reasons_of, sequence_view
from tsfix.reports.html_tree import Badge, FindingView, ValueView, Why, badges_of, finding_view
from tsfix.reports.report import ExportReport
from tsfix.reports.words import (
    clone_words,
    count,
    decisions_words,
    is_for_no_site,
    out_of_action_words,
    severity_counts,
    target_words,
    verdict,
)


class TakenOut(Struct, frozen=True, kw_only=True):
    """One step or group that is out of action in the copy."""

    badge: Badge
    link: Link
    words: str
    sources: tuple[Source, ...]


class DecidedView(Struct, frozen=True, kw_only=True):
    """A finding that a decision answers."""

    finding: FindingView
    link: Link
    reason: str
    until: str
    """The last day on which the decision holds; empty for always."""


class PlumbingView(Struct, frozen=True, kw_only=True):
    """Changes outside of steps: names, IDs and the lists that repeat what the steps refer to."""

    place: str
    value: ValueView
    why: tuple[Why, ...]


class ExportView(Struct, frozen=True, kw_only=True):
    """One export for one target."""

    id: str
    report: ExportReport
    state: str
    """``good``, ``look`` or ``bad``: how the verdict is set off."""
    verdict: str
    target: str
    is_copy: bool
    """True when there is a copy, or would be one."""
    counts: str
    clone_words: str
    decisions_used: str
    """How many decisions of the person it rests on; empty without any."""
    decisions: tuple[GroupView, ...]
    taken_out: tuple[TakenOut, ...]
    remaining: tuple[GroupView, ...]
    """What stands in the copy because a policy accepted it."""
    still_true: tuple[GroupView, ...]
    """What is true of the copy as well and stops nothing."""
    decided: tuple[DecidedView, ...]
    """What a decision of the person answers."""
    findings: tuple[GroupView, ...]
    """All findings, those that say the same together, errors first."""
    sequences: tuple[SequenceView, ...]
    plumbing: tuple[PlumbingView, ...]
    left_out: tuple[tuple[str, int], ...]
    """Newer settings that were not in use, and how often each is left out."""
    mentions: tuple[tuple[Link, str, str, str], ...]
    """Link to the step, package ID, where in the step, excerpt."""


def export_view(section: str, export: ExportReport) -> ExportView:
    """Put the section about an export together; ``section`` starts every name in links."""
    ids = {(item.part, item.name): f"{section}-t{number}" for number, item in enumerate(export.task_sequences, start=1)}
    return ExportView(
        id=section,
        report=export,
        state=state_of(export),
        verdict=_verdict(export),
        target=target_words(export.target) if export.target else "",
        is_copy=export.outcome in COPIES,
        counts=severity_counts(export),
        clone_words=clone_words(export),
        decisions_used=decisions_words(export),
        decisions=grouped(export.reasons, ids),
        taken_out=tuple(
            TakenOut(
                badge=badges_of(change.kind)[0],
                link=link_to(change.location, ids),
                words=out_of_action_words(change).partition(": ")[2],
                sources=_sources(change.reasons),
            )
            for change in export.out_of_action
        ),
        remaining=grouped(export.remaining, ids),
        still_true=grouped(export.still_true, ids),
        decided=tuple(
            DecidedView(
                finding=finding_view(item.finding),
                link=link_to(item.finding.location, ids),
                reason=item.decision.reason,
                until=item.decision.until,
            )
            for item in export.accepted
        ),
        findings=grouped(sorted(export.findings, key=lambda finding: SEVERITY_RANK[finding.severity]), ids, export),
        sequences=tuple(sequence_view(ids[item.part, item.name], item, export, ids) for item in export.task_sequences),
        plumbing=_plumbing(export),
        left_out=_left_out(export),
        mentions=tuple(
            (link_to(mention.location, ids), mention.package_id, mention.label, mention.excerpt)
            for mention in export.mentions
        ),
    )


def state_of(export: ExportReport) -> str:
    """``good``, ``look`` or ``bad``."""
    if export.outcome in ("refused", "unreadable"):
        return "bad"
    if is_for_no_site(export):
        return "look"
    if export.outcome in COPIES:
        return "look" if export.out_of_action or export.remaining or export.still_true else "good"
    if any(finding.severity == "error" for finding in export.findings):
        return "bad"
    return "look" if any(finding.severity == "warning" for finding in export.findings) else "good"


def _verdict(export: ExportReport) -> str:
    """The outcome, and of a copy what a reader must not miss."""
    text = verdict(export)
    sentences = [f"{text[:1].upper()}{text[1:]}."]
    if export.out_of_action:
        number = count(len(export.out_of_action), "step or group is", "steps and groups are")
        sentences.append(f"{number} out of action in it.")
    if export.remaining:
        sentences.append(f"{count(len(export.remaining), 'finding')} accepted, and still wrong in it.")
    if export.still_true:
        sentences.append(f"{count(len(export.still_true), 'finding is', 'findings are')} still true of it.")
    if export.reasons:
        sentences.append(f"{count(len(export.reasons), 'decision')} open.")
    return " ".join(sentences)


def _sources(reasons: Iterable[Reason]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for reason in reasons for source in reason.sources))


def _plumbing(export: ExportReport) -> tuple[PlumbingView, ...]:
    """Everything that is changed outside of groups and steps, in the order of the report."""
    return tuple(
        PlumbingView(
            place=change.location.task_sequence or change.location.part or export.file,
            value=change_view(change),
            why=reasons_of([change]),
        )
        for group in export.changes
        if not group.position
        for change in group.changes
    )


def _left_out(export: ExportReport) -> tuple[tuple[str, int], ...]:
    names: dict[str, int] = {}
    for group in export.changes:
        for change in group.changes:
            if change.topic == "neutral":
                names[change.label] = names.get(change.label, 0) + 1
    return tuple(sorted(names.items()))
