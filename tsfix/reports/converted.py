"""Builds the report of a copy, or of why there is none: changes by step, secrets masked, what is left to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tsfix.changes import Change
from tsfix.checks.subject import Subject
from tsfix.conversion import CLIENT_RULES, Outcome, Refused, Rewritten
from tsfix.findings import Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.masking import mask_text, mask_value
from tsfix.reports.build import digest, export_report, grouped
from tsfix.reports.decision_block import decision_block
from tsfix.reports.marks import marked_outline
from tsfix.reports.masked import export_secrets
from tsfix.reports.report import ExportReport, StepChanges
from tsfix.reports.tasks import tasks_after
from tsfix.request import CloneRequest


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
            choices=_choices(outcome.reasons, policy),
            decision_block=decision_block(outcome.reasons),
        )
    if not isinstance(outcome, Rewritten):
        return export_report(export, "unchanged", outcome.findings, subjects, target)
    report = export_report(export, "copied" if written else "planned", outcome.findings, subjects, target)
    return replace(with_copy(report, outcome, destination), tasks=tasks_after(outcome, knowledge))


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
        changes=_by_step(changes),
        change_count=len(changes),
        mentions=tuple(replace(mention, excerpt=mask_text(mention.excerpt, secrets)) for mention in outcome.mentions),
    )


def _choices(reasons: tuple[Finding, ...], policy: str) -> tuple[str, ...]:
    """What a person can choose, for the kinds of reasons that are there."""
    choices = []
    if any(finding.rule in CLIENT_RULES for finding in reasons):
        choices.append(
            "Name the custom package that holds the target's client: --client-package ID, or a replacement in the "
            "hierarchy file."
        )
    others = sorted({finding.rule for finding in reasons} - CLIENT_RULES)
    if others and policy == "auto":
        choices.append(
            "Say what becomes of the steps that the target cannot run: --new-steps disable (they stay, disabled), "
            "placeholder (a disabled Run Command Line step with the old name), remove, or keep (they stay as they "
            "are, and you accept it)."
        )
    elif others:
        options = " ".join(f"--accept {rule}" for rule in others)
        choices.append(
            f"The policy --new-steps {policy} does not mend this. Change the task sequence by hand, or accept the "
            f"finding: {options}. It then stays in the copy and in the report."
        )
    return tuple(choices)


def _masked(change: Change, secrets: frozenset[str]) -> Change:
    return replace(
        change,
        before=mask_value(change.field, change.before, secrets),
        after=mask_value(change.field, change.after, secrets),
    )


def _by_step(changes: tuple[Change, ...]) -> tuple[StepChanges, ...]:
    """Changes of one group or step together, in the order of the sequence; what concerns the whole comes first."""
    groups: dict[tuple[str, str, tuple[int, ...]], list[Change]] = {}
    for change in changes:
        where = change.location
        groups.setdefault(
            (where.part if not where.task_sequence else "", where.task_sequence, where.position), []
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
