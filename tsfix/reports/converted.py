"""Builds the report of a copy, or of why there is none: changes by step, secrets masked, what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from tsfix.changes import Change
from tsfix.checks.after_effects import after_effects, never_run
from tsfix.checks.equivalent_steps import cost_of
from tsfix.checks.guards import RUN_RULES
from tsfix.checks.one_run import is_on
from tsfix.checks.subject import Subject
from tsfix.checks.without_setters import Gone
from tsfix.conversion import Outcome, Refused, Rewritten, at_former_places
from tsfix.findings import Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Feature
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
from tsfix.values import Location, Position, RuleId

_RANK = {"error": 0, "warning": 1, "info": 2}
_BEHAVES_OTHERWISE = "R28"
"""The rule whose remarks hold for a copy as well: the same settings do something else there, and nothing fails."""
_DISABLED_STEP = "R29"
"""The rule about disabled steps themselves, which the older site may be unable to show."""
_REMEDIES_OF_A_COPY = {
    "R31": "Import the copy at the top-level site, which knows these settings. At the older site, try one copy first.",
}
"""What is left to do about a rule when the copy has done its part."""


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
            decisions=_used(outcome, request),
            reasons=outcome.reasons,
            reason_groups=grouped(outcome.reasons, across=True),
            choices=choices(outcome.reasons, outcome.findings, policy),
            decision_block=decision_block(outcome.reasons, export, outcome.findings),
        )
    if not isinstance(outcome, Rewritten):
        return export_report(export, "unchanged", outcome.findings, subjects, target)
    report = export_report(export, "copied" if written else "planned", outcome.findings, subjects, target)
    tasks = tasks_after(outcome, knowledge)
    taken_out = _taken_out(outcome, knowledge, request)
    still_true = tuple(
        sorted(
            (
                *after_effects(*taken_out),
                *_still_true(outcome, *taken_out, frozenset(task.rule for task in tasks)),
                *_lost(outcome, knowledge),
            ),
            key=lambda finding: _RANK[finding.severity],
        )
    )
    return replace(
        with_copy(report, outcome, destination),
        decisions=_used(outcome, request),
        tasks=tasks,
        still_true=still_true,
        still_true_groups=grouped(still_true, across=True),
    )


def _used(outcome: Refused | Rewritten, request: CloneRequest) -> int:
    """How many decisions answer something that was found in the original."""
    ids = {
        (item.location.part, item.task_sequence.name): item.task_sequence.package_id or ""
        for item in outcome.original.task_sequences
    }
    found = [(one, ids.get((one.location.part, one.location.task_sequence), "")) for one in outcome.findings]
    return sum(any(decision.matches(one, package) for one, package in found) for decision in request.decisions)


def _taken_out(outcome: Rewritten, knowledge: KnowledgeBase, request: CloneRequest) -> tuple[tuple[Subject, ...], Gone]:
    """The task sequences before the last stage, and which of their groups and steps are out of action in the copy."""
    stage = outcome.last_stage or outcome
    gone: dict[str, dict[Position, RuleId]] = {}
    for change in stage.changes:
        if change.takes_out:
            gone.setdefault(change.location.part, {})[change.location.position] = change.reasons[0].rule
    subjects = tuple(
        Subject(export=stage.original, exported=exported, knowledge=knowledge, target=request.target)
        for exported in stage.original.task_sequences
    )
    return subjects, gone


def _still_true(
    outcome: Rewritten, subjects: tuple[Subject, ...], gone: Gone, said: frozenset[str]
) -> tuple[Finding, ...]:
    """What a check of the copy still finds, without what the report says elsewhere, and what no computer gets to run.

    ``subjects`` and ``gone`` are what ``_taken_out`` gives.
    """
    out = {_place(change.location, change.location.position) for change in outcome.changes if change.takes_out}
    stage = outcome.last_stage or outcome
    idle = never_run(subjects, gone) | {
        (subject.exported.part, item.position) for subject in subjects for item in subject.items if not is_on(item)
    }
    staged = at_former_places(outcome.remaining, stage.original, stage.copy, stage.changes)
    return tuple(
        _in_a_copy(finding)
        for finding, before in zip(_remaining(outcome), staged, strict=True)
        if not finding.blocking
        and (finding.severity != "info" or (finding.rule == _BEHAVES_OTHERWISE and not finding.guarded))
        and finding.rule not in said
        and not any(_place(finding.location, at) in out for at in _around(finding.location.position))
        and not (
            finding.rule in RUN_RULES - {_DISABLED_STEP}
            and any((before.location.part, at) in idle for at in _around(before.location.position))
        )
    )


def _lost(outcome: Rewritten, knowledge: KnowledgeBase) -> Iterator[Finding]:
    """What the target does without, because the copy leaves a setting out that was in use and that it would ignore."""
    out = {_place(change.location, change.location.position) for change in outcome.changes if change.takes_out}
    candidates = [
        finding
        for finding in outcome.findings
        if (finding.rule, finding.fix, finding.severity) == ("R26", "automatic", "warning")
        and not any(_place(finding.location, at) in out for at in _around(finding.location.position))
    ]
    left_out = _left_out(knowledge) if candidates else {}
    for finding in candidates:
        feature = left_out.get(finding.subject)
        if feature is not None:
            title = f"{feature.property} was taken out: the target ignores it, and what it did is lost there"
            yield replace(finding, title=title, remedy=cost_of(feature.downlevel), fix="advice", trade_off="")


def _left_out(knowledge: KnowledgeBase) -> dict[str, Feature]:
    """The settings that a copy leaves out in use, by ID."""
    of_steps = (feature for step in knowledge.step_types() for feature in step.features)
    return {
        feature.id: feature
        for feature in (*of_steps, *knowledge.sequence_features())
        if (feature.downlevel.automatic, feature.downlevel.kind) == ("always", "strip") and feature.downlevel.trade_off
    }


def _in_a_copy(finding: Finding) -> Finding:
    """The finding without the advice that the copy has followed already."""
    remedy = _REMEDIES_OF_A_COPY.get(finding.rule)
    return replace(finding, remedy=remedy) if remedy is not None else finding


def _remaining(outcome: Rewritten) -> tuple[Finding, ...]:
    """What is found in the copy, told by places of the original: the report shows that one."""
    return at_former_places(outcome.remaining, outcome.original, outcome.copy, outcome.changes)


def _place(location: Location, position: Position) -> tuple[str, str, Position]:
    """A place in the original. Task sequences of one name differ in their parts."""
    return location.part, location.task_sequence, position


def _around(position: Position) -> Iterator[Position]:
    """The position and those of the groups around it."""
    return (position[:length] for length in range(1, len(position) + 1))


def with_copy(report: ExportReport, outcome: Rewritten, destination: str) -> ExportReport:
    """The report with what its copy is and how it differs."""
    secrets = export_secrets(outcome.original)
    changes = tuple(_masked(change, secrets) for change in outcome.changes)
    new = dict(outcome.new_ids)
    remaining = tuple(finding for finding in _remaining(outcome) if finding.blocking)
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
