"""The report for a ticket, a change record or a pull request: Markdown that also reads as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tsfix.changes import Change
from tsfix.reports.markdown_text import code_span, plain_text
from tsfix.reports.next_steps import next_steps
from tsfix.reports.report import ExportReport, FindingGroup, Notice, Report, TaskSequenceSummary
from tsfix.reports.same_names import label
from tsfix.reports.shown_value import show_value
from tsfix.reports.words import (
    about_all_words,
    certainty_words,
    clone_words,
    count,
    decisions_words,
    is_overview_needed,
    mapping_rows,
    needs_words,
    out_of_action_words,
    overview,
    package_words,
    severity_counts,
    shown_evidence,
    summary_words,
    target_words,
    verdict,
)

_LONGEST = 300
_MOST_LINES = 40
EMPTY = "(empty)"


def render(report: Report) -> str:
    """Render the report."""
    return "".join(pieces(report))


def pieces(report: Report) -> Iterator[str]:
    """The same, line by line."""
    for line in _lines(report):
        yield line + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# tsfix {report.command}"
    yield ""
    yield summary_words(report)
    several = is_overview_needed(report)
    if report.matrix is not None:
        yield from _heading(2, "What to do next")
        for labels, steps in next_steps(report.matrix):
            told = (
                f"{plain_text(one.text)} {code_span(one.command)}." if one.command else plain_text(one.text)
                for one in steps
            )
            yield f"- **{plain_text(labels)}**: {' '.join(told)}"
    if several:
        yield from _overview(report)
    for line, export in zip(report.lines, report.exports, strict=True):
        if not several or line.has_details:
            yield from _export(export, report)
    if report.mappings:
        yield from _heading(2, f"Mappings ({len(report.mappings):,})")
        yield "| Mapping | Task sequences | Places | In free text |"
        yield "|---|---:|---:|---:|"
        for mapping in mapping_rows(report):
            yield f"| {' | '.join(plain_text(cell) for cell in mapping)} |"
    if report.about_all:
        yield from _heading(2, "About the hierarchy and the hand-over")
        for finding in report.about_all:
            yield f"- {finding.severity}: {plain_text(about_all_words(finding))}"
    if report.notices:
        yield from _heading(2, f"Not done ({len(report.notices):,})")
        yield from _notices(report.notices)


def _overview(report: Report) -> Iterator[str]:
    yield ""
    yield "| Errors | Warnings | Outcome | For | File |"
    yield "|---:|---:|---|---|---|"
    for row in overview(report):
        *cells, file = row
        yield f"| {' | '.join(plain_text(cell) for cell in cells)} | {code_span(file)} |"


def _heading(level: int, text: str) -> Iterator[str]:
    yield ""
    yield f"{'#' * level} {text}"
    yield ""


def _export(export: ExportReport, report: Report) -> Iterator[str]:
    yield from _heading(2, plain_text(export.file))
    yield f"**{plain_text(verdict(export))}**"
    yield ""
    if export.target is not None:
        yield f"- Target: {plain_text(target_words(export.target))} ({plain_text(export.target.version_name)})"
    if report.policy:
        yield f"- Policy for what the target lacks: `--new-steps {report.policy}`"
    if export.decisions:
        yield f"- Decisions: {plain_text(decisions_words(export))}"
    yield f"- Found: {severity_counts(export)}"
    if export.outcome == "checked" and clone_words(export):
        yield f"- `tsfix clone` {clone_words(export)}"
    if export.destination:
        yield f"- Copy: {code_span(export.destination)}"
    yield _digest("original", export.file_sha256, export.sha256)
    if export.copy_sha256:
        yield _digest("copy", export.copy_file_sha256, export.copy_sha256)
    yield from _first(export)
    for item in export.task_sequences:
        yield from _task_sequence(item, export)
    yield from _changes(export)
    yield from _tasks(export)


def _digest(what: str, file: str, parts: str) -> str:
    """The digest that any program computes, or that over the parts where there is no file, which says so itself."""
    if file:
        return f"- SHA-256 of the {what} as a file (Get-FileHash shows the same): `{file}`"
    return f"- SHA-256 over the parts of the {what} (only tsfix computes it so, there is no file): `{parts}`"


def _first(export: ExportReport) -> Iterator[str]:
    """What the reader has to know before everything else."""
    if export.problems:
        yield from _heading(3, f"Not everything could be read ({len(export.problems):,})")
        yield from _notices(export.problems)
    if export.reasons:
        yield from _heading(3, "What you can do")
        for choice in export.choices:
            yield f"- {plain_text(choice)}"
        yield from _heading(3, f"What stands in the way ({len(export.reasons):,})")
        for group in export.reason_groups:
            yield from _finding(group)
        if export.decision_block:
            yield from _heading(3, "Or decide each by itself")
            yield "Put this into `tsfix.toml` and complete it:"
            yield ""
            longest = max((len(run) for run in re.findall("`+", export.decision_block)), default=0)
            fence = "`" * max(3, longest + 1)
            yield f"{fence}toml"
            yield from export.decision_block.rstrip("\n").split("\n")
            yield fence
    if export.out_of_action:
        yield from _heading(3, f"Out of action in the copy ({len(export.out_of_action):,})")
        for change in export.out_of_action:
            place = " > ".join((label(export, change.location), *change.location.path))
            yield f"- **{plain_text(place)}** {plain_text(out_of_action_words(change))}"
    if export.remaining:
        yield from _heading(3, f"Accepted and still wrong in the copy ({len(export.remaining):,})")
        for group in export.remaining_groups:
            yield from _finding(group)
    if export.still_true:
        yield from _heading(3, f"Still true of the copy ({len(export.still_true):,})")
        for group in export.still_true_groups:
            yield from _finding(group)


def _task_sequence(item: TaskSequenceSummary, export: ExportReport) -> Iterator[str]:
    yield from _heading(3, plain_text(item.name))
    ids = f"{item.package_id} -> {item.new_id}" if item.new_id else item.package_id
    if ids:
        yield f"- Package ID: {code_span(ids)}"
    if item.new_name:
        yield f"- Name of the copy: {plain_text(item.new_name)}"
    yield f"- {count(item.steps, 'step')} in {count(item.groups, 'group')}"
    if item.needs is not None:
        yield f"- It {plain_text(needs_words(item.needs))}"
    for package in item.packages:
        yield f"- {plain_text(package_words(package))}"
        for evidence in package.evidence:
            yield f"  - {plain_text(evidence)}"
        yield f"  - Stands in: {plain_text('; '.join(package.places))}"
    place = (item.part, item.name)
    found = [
        group
        for group in export.finding_groups
        if (group.finding.location.part, group.finding.location.task_sequence) == place
    ]
    if found:
        yield ""
        for group in found:
            yield from _finding(group)


def _finding(group: FindingGroup) -> Iterator[str]:
    finding = group.finding
    sure = certainty_words(finding)
    label = f"{finding.severity} {finding.rule}{f', {sure}' if sure else ''}"
    yield f"- **{label}** {plain_text(finding.title)}"
    for place in group.places:
        yield f"  - At: {plain_text(place)}"
    yield f"  - Why: {plain_text(finding.reason)}"
    for text in shown_evidence(group):
        yield f"  - Seen: {plain_text(text)}"
    if finding.remedy:
        yield f"  - Do: {plain_text(finding.remedy)}"
    if finding.trade_off:
        yield f"  - Trade-off of the copy: {plain_text(finding.trade_off)}"
    for source in finding.sources:
        name = plain_text(source.page)
        yield f"  - Source: [{name}](<{source.url}>)" if source.url else f"  - Source: {name}"


def _changes(export: ExportReport) -> Iterator[str]:
    if not export.changes:
        return
    yield from _heading(3, f"What changes ({count(export.change_count, 'value')}; every other byte stays)")
    yield "| Where | What | Before | After | Why |"
    yield "|---|---|---|---|---|"
    for group in export.changes:
        where = " > ".join((group.task_sequence, *group.path)) or "the export"
        for change in group.changes:
            why = "; ".join(f"{reason.rule}: {reason.text}" for reason in change.reasons)
            before, after = _values(change)
            yield f"| {plain_text(where)} | {plain_text(change.label)} | {before} | {after} | {plain_text(why)} |"


def _tasks(export: ExportReport) -> Iterator[str]:
    if not export.tasks:
        return
    yield from _heading(3, "After the import")
    for task in export.tasks:
        yield f"- [ ] {plain_text(task.text)} ({task.rule})"
        for place in task.places:
            yield f"  - {plain_text(place)}"


def _values(change: Change) -> tuple[str, str]:
    """The two cells of a change. A value of several lines is compared line by line, and the second cell holds both."""
    shown = show_value(
        change.field, change.label, change.before, change.after, longest=_LONGEST, most_lines=_MOST_LINES
    )
    notes = "".join(f" {plain_text(note)}" for note in shown.notes)
    if shown.lines:
        listed = (f"... {line.text} ..." if line.sign == "@" else f"{line.sign} {line.text}" for line in shown.lines)
        return "", "<br>".join(code_span(line) for line in listed) + notes
    return _value(shown.before), _value(shown.after) + notes


def _value(value: str | None) -> str:
    return "" if value is None else value if value == EMPTY else code_span(value)


def _notices(notices: tuple[Notice, ...]) -> Iterator[str]:
    for notice in notices:
        yield f"- **{plain_text(notice.place)}** {plain_text(notice.message)} {plain_text(notice.remedy)}"
