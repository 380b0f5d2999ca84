"""Builds the report value: what every command says about an export, and the counts over all of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from tsfix.checks.minimum_version import minimum_version
from tsfix.checks.subject import Subject
from tsfix.decisions import Accepted
from tsfix.export import Export, ExportedTaskSequence, Problem
from tsfix.findings import Finding
from tsfix.identity import Identity
from tsfix.reports.matrix import MDT, MatrixRows
from tsfix.reports.outline import outline_of, titles
from tsfix.reports.packages import client_identities, package_summaries
from tsfix.reports.packed import PackedReports
from tsfix.reports.report import (
    ExportLine,
    ExportReport,
    FindingGroup,
    Needs,
    Notice,
    Report,
    Summary,
    TargetSummary,
    Task,
    TaskSequenceSummary,
)
from tsfix.reports.report import Outcome as OutcomeWord
from tsfix.reports.words import outcome_words
from tsfix.request import Target
from tsfix.task_sequence import Group
from tsfix.values import Location

PATH_SEPARATOR = " > "


def path_text(location: Location) -> str:
    """The path of a group or step by names; the task sequence's name where there is none."""
    return PATH_SEPARATOR.join(location.path) if location.path else location.task_sequence


def full_path_text(location: Location) -> str:
    """The task sequence and the path of a group or step, by names."""
    return PATH_SEPARATOR.join((location.task_sequence, *location.path))


def place_text(location: Location) -> str:
    """File, part, task sequence, step and line, as far as they are known."""
    pieces = [location.file]
    if location.part:
        pieces.append(location.part)
    if location.task_sequence:
        pieces.append(f'"{location.task_sequence}"')
    if location.path:
        pieces.append(PATH_SEPARATOR.join(location.path))
    if location.line is not None:
        pieces.append(f"line {location.line}" + (f", column {location.column}" if location.column is not None else ""))
    return ", ".join(pieces)


def build_report(
    command: str,
    tool_version: str,
    exports: Sequence[ExportReport],
    notices: Sequence[Notice] = (),
    policy: str = "",
    about_all: tuple[Finding, ...] = (),
) -> Report:
    """Put the parts of a report together and count. Each export is looked at once: it may have to be unpacked."""
    lines: list[ExportLine] = []
    tasks: list[tuple[Task, ...]] = []
    matrix = MatrixRows()
    for export in exports:
        lines.append(_export_line(export))
        matrix.add(export)
        if export.tasks:
            tasks.append(export.tasks)
    outcomes = Counter(line.outcome for line in lines)
    # An export that is checked for two targets is still one.
    files = {line.file: line.task_sequences for line in lines}
    return Report(
        command=command,
        tool_version=tool_version,
        policy=policy,
        exports=exports if isinstance(exports, PackedReports) and exports.is_packed else tuple(exports),
        notices=tuple(notices),
        about_all=about_all,
        matrix=matrix.matrix() if command == "scan" else None,
        summary=Summary(
            exports=len(files) + len(notices),
            task_sequences=sum(files.values()),
            outcomes=tuple(sorted(outcomes.items())),
            errors=sum(line.errors for line in lines),
            warnings=sum(line.warnings for line in lines),
            infos=sum(line.infos for line in lines),
            problems=len(notices) + sum(line.problems for line in lines),
            accepted=sum(line.accepted for line in lines),
            known=sum(line.known for line in lines),
        ),
        lines=tuple(lines),
        common_tasks=_common(tasks),
    )


def _export_line(export: ExportReport) -> ExportLine:
    severities = Counter([finding.severity for finding in export.findings])
    details = (export.findings, export.problems, export.changes, export.reasons, export.tasks, export.accepted)
    return ExportLine(
        file=export.file,
        target=export.target,
        outcome=export.outcome,
        outcome_words=outcome_words(export),
        task_sequences=len(export.task_sequences),
        errors=severities["error"],
        warnings=severities["warning"],
        infos=severities["info"],
        problems=len(export.problems),
        accepted=len(export.accepted),
        known=sum(one.decision.do == "known" for one in export.accepted),
        has_details=any(details),
    )


def _common(tasks: Sequence[tuple[Task, ...]]) -> tuple[Task, ...]:
    """The tasks that stand in every one of several lists."""
    if len(tasks) < 2:
        return ()
    return tuple(task for task in tasks[0] if all(task in others for others in tasks))


def target_summary(target: Target | None) -> TargetSummary | None:
    """The target as reports show it."""
    if target is None:
        return None
    return TargetSummary(label=target.label, version=target.version.id, version_name=target.version.name)


def checked(
    export: Export,
    findings: tuple[Finding, ...],
    subjects: Iterable[Subject],
    target: Target | None,
    accepted: tuple[Accepted, ...] = (),
) -> ExportReport:
    """The report of a scan of one export for one target."""
    subjects = tuple(subjects)
    report = export_report(export, "checked", findings, subjects, target)
    summaries = tuple(
        replace(summary, needs=None if summary.format == MDT else _needs(subject))
        for summary, subject in zip(report.task_sequences, subjects, strict=True)
    )
    return replace(report, task_sequences=summaries, accepted=accepted)


def _needs(subject: Subject) -> Needs:
    found = minimum_version(subject)
    highest = max((found.site, found.client), key=lambda version: version.order)
    forcing = dict.fromkeys(force.what for force in found.forces if force.version.id == highest.id)
    return Needs(
        site=found.site.id,
        client=found.client.id,
        after_copy=found.after_copy.id,
        because=tuple(forcing),
        exported_by=found.exported_by.id if found.exported_by is not None else "",
    )


def export_report(
    export: Export,
    outcome: OutcomeWord,
    findings: tuple[Finding, ...],
    subjects: tuple[Subject, ...],
    target: Target | None,
) -> ExportReport:
    """What every command says about an export; fields that only a copy or a refusal fills are empty."""
    identities = client_identities(subjects)
    return ExportReport(
        file=export.name,
        target=target_summary(target),
        outcome=outcome,
        destination="",
        sha256=digest(export),
        copy_sha256="",
        task_sequences=tuple(_task_sequence(subject, identities) for subject in subjects),
        findings=findings,
        finding_groups=grouped(findings),
        remaining=(),
        remaining_groups=(),
        still_true=(),
        still_true_groups=(),
        reasons=(),
        reason_groups=(),
        choices=(),
        out_of_action=(),
        changes=(),
        change_count=0,
        mentions=(),
        tasks=(),
        problems=tuple(notice(problem) for problem in export.problems),
    )


def notice(problem: Problem) -> Notice:
    """A problem as reports show it."""
    return Notice(
        place=place_text(problem.location),
        message=problem.message,
        remedy=problem.remedy,
        file=problem.location.file,
    )


def digest(export: Export) -> str:
    """A fingerprint of all parts, for the report: names, lengths and bytes, in order."""
    state = hashlib.sha256()
    for name, data in export.parts.parts.items():
        state.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogatepass"))
        state.update(data)
    return state.hexdigest()


def _task_sequence(subject: Subject, identities: Mapping[str, Identity]) -> TaskSequenceSummary:
    exported: ExportedTaskSequence = subject.exported
    items = list(exported.task_sequence.sequence.walk())
    groups = sum(isinstance(item, Group) for item in items)
    return TaskSequenceSummary(
        name=exported.task_sequence.name,
        package_id=exported.task_sequence.package_id or "",
        new_name="",
        new_id="",
        format=exported.format,
        part=exported.location.part,
        steps=len(items) - groups,
        groups=groups,
        packages=package_summaries(subject, identities),
        outline=outline_of(exported.task_sequence.sequence, titles(subject.knowledge), {}),
    )


def _line(location: Location) -> str:
    """The line in a single file; a part of a zip has its whole sequence on one."""
    return f" (line {location.line})" if location.line is not None and location.line > 1 and not location.part else ""


def grouped(findings: tuple[Finding, ...], *, across: bool = False) -> tuple[FindingGroup, ...]:
    """Findings that differ in nothing but their place become one, in the order of the first.

    ``across`` puts those of several task sequences together; the places then begin with the task sequence.
    """
    found: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        key = (
            finding.severity,
            finding.rule,
            finding.certainty,
            finding.subject,
            finding.title,
            finding.reason,
            finding.remedy,
            *(("",) if across else (finding.location.part, finding.location.task_sequence)),
        )
        found.setdefault(key, []).append(finding)
    place = full_path_text if across else path_text
    return tuple(
        FindingGroup(finding=group[0], places=tuple(place(item.location) + _line(item.location) for item in group))
        for group in found.values()
    )
