"""Builds the report of a copy, or of why there is none: changes by step, secrets masked, what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tsfix.changes import Change
from tsfix.checks.after_effects import after_effects
from tsfix.checks.subject import Subject
from tsfix.conversion import Outcome, Refused, Rewritten
from tsfix.findings import Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.masking import mask_text, mask_value
from tsfix.reports.build import digest, export_report, grouped
from tsfix.reports.choices import choices
from tsfix.reports.decision_block import decision_block
from tsfix.reports.marks import marked_outline
from tsfix.reports.masked import export_secrets
from tsfix.reports.report import ExportReport, StepChanges
from tsfix.reports.same_names import shared_names
from tsfix.reports.tasks import tasks_after
from tsfix.request import CloneRequest
from tsfix.values import Position


def converted(
    outcome: Outcome,
    subjects: Iterable[Subject],
    knowledge: KnowledgeBase,
    request: CloneRequest,
    destination: str,
    *,
    written: bool,
) -> ExportReport:
    """The report of a clone of one export. ``written`` False: a dry run."""
    export, target, policy = outcome.original, request.target, request.new_steps
    subjects = tuple(subjects)
    if isinstance(outcome, Refused):
        report = export_report(export, "refused", outcome.findings, subjects, target)
        return replace(
            report,
            reasons=outcome.reasons,
            reason_groups=grouped(outcome.reasons, across=True),
            choices=choices(outcome.reasons, outcome.findings, policy),
            decision_block=decision_block(outcome.reasons, export, outcome.findings),
        )
    if not isinstance(outcome, Rewritten):
        return export_report(export, "unchanged", outcome.findings, subjects, target)
    report = export_report(export, "copied" if written else "planned", outcome.findings, subjects, target)
    tasks = tasks_after(outcome, knowledge)
    still_true = (
        *_after_effects(outcome, knowledge, request),
        *_still_true(outcome, frozenset(task.rule for task in tasks)),
    )
    return replace(
        with_copy(report, outcome, destination),
        tasks=tasks,
        still_true=still_true,
        still_true_groups=grouped(still_true, across=True),
    )


def _after_effects(outcome: Rewritten, knowledge: KnowledgeBase, request: CloneRequest) -> Iterator[Finding]:
    """What depends on the groups and steps that are out of action in the copy."""
    stage = outcome.last_stage or outcome
    for exported in stage.original.task_sequences:
        gone = {
            change.location.position: change.reasons[0].rule
            for change in stage.changes
            if change.takes_out and change.location.part == exported.location.part
        }
        if gone:
            subject = Subject(export=stage.original, exported=exported, knowledge=knowledge, target=request.target)
            yield from after_effects(subject, gone)


def _still_true(outcome: Rewritten, said: frozenset[str]) -> tuple[Finding, ...]:
    """What a check of the copy still finds, without what the report says elsewhere: tasks, steps out of action."""
    out = {(change.location.task_sequence, change.location.position) for change in outcome.changes if change.takes_out}
    return tuple(
        finding
        for finding in outcome.remaining
        if not finding.blocking
        and finding.severity != "info"
        and finding.rule not in said
        and not any((finding.location.task_sequence, place) in out for place in _around(finding.location.position))
    )


def _around(position: Position) -> Iterator[Position]:
    """The position and those of the groups around it."""
    return (position[:length] for length in range(1, len(position) + 1))


def with_copy(report: ExportReport, outcome: Rewritten, destination: str) -> ExportReport:
    """The report with what its copy is and how it differs."""
    secrets = export_secrets(outcome.original)
    changes = tuple(_masked(change, secrets) for change in outcome.changes)
    new = dict(outcome.new_ids)
    remaining = tuple(finding for finding in outcome.remaining if finding.blocking)
    return replace(
        report,
        destination=destination,
        copy_sha256=digest(outcome.copy),
        task_sequences=tuple(
            replace(
                item,
                outline=marked_outline(item, changes),
                new_name=after.task_sequence.name,
                new_id=next((str(value) for old, value in new.items() if old == item.package_id), ""),
            )
            for item, after in zip(report.task_sequences, outcome.copy.task_sequences, strict=True)
        ),
        remaining=remaining,
        remaining_groups=grouped(remaining, across=True),
        out_of_action=tuple(change for change in changes if change.takes_out),
        changes=_by_step(changes, shared_names(outcome.original)),
        change_count=len(changes),
        mentions=tuple(replace(mention, excerpt=mask_text(mention.excerpt, secrets)) for mention in outcome.mentions),
    )


def _masked(change: Change, secrets: frozenset[str]) -> Change:
    return replace(
        change,
        before=mask_value(change.field, change.before, secrets),
        after=mask_value(change.field, change.after, secrets),
    )


def _by_step(changes: tuple[Change, ...], shared: Mapping[tuple[str, str], str]) -> tuple[StepChanges, ...]:
    """Changes of one group or step together, in the order of the sequence; what concerns the whole comes first.

    ``shared`` says what to call task sequences whose name another one has.
    """
    groups: dict[tuple[str, str, tuple[int, ...]], list[Change]] = {}
    for change in changes:
        where = change.location
        groups.setdefault(
            (
                where.part if not where.task_sequence else "",
                shared.get((where.part, where.task_sequence), where.task_sequence),
                where.position,
            ),
            [],
        ).append(change)
    order = {name: number for number, name in enumerate(dict.fromkeys(key[1] for key in groups))}
    return tuple(
        StepChanges(
            task_sequence=key[1],
            path=found[0].location.path,
            position=key[2],
            changes=tuple(found),
        )
        for key, found in sorted(groups.items(), key=lambda item: (not item[0][1], order[item[0][1]], item[0][2]))
    )
