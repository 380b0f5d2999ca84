"""What the HTML page shows of one task sequence: its packages, its findings, and its tree with what changes at each step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tsfix.changes import Change
from tsfix.findings import Finding
from tsfix.reports.html_finding_groups import SEVERITY_RANK, GroupView, Place, grouped, is_mended
from tsfix.reports.html_tree import Content, Row, ValueView, Why, finding_view, severity_badge, tree_rows, value_view
from tsfix.reports.report import ExportReport, TaskSequenceSummary
from tsfix.reports.words import count, package_words
from tsfix.values import Position


class PackageView(Struct, frozen=True, kw_only=True):
    """One client package and the verdict on it."""

    words: str
    places: tuple[str, ...]
    evidence: tuple[str, ...]


class SequenceView(Struct, frozen=True, kw_only=True):
    """One task sequence."""

    id: str
    summary: TaskSequenceSummary
    size: str
    counts: str
    packages: tuple[PackageView, ...]
    findings: tuple[GroupView, ...]
    """Those about the task sequence as a whole; the others stand at their steps."""
    rows: tuple[Row, ...]


def sequence_view(
    section: str, summary: TaskSequenceSummary, export: ExportReport, ids: Mapping[Place, str]
) -> SequenceView:
    """Put one task sequence of an export together; ``section`` starts the names of its rows in links."""
    place = (summary.part, summary.name)
    findings = [
        finding for finding in export.findings if (finding.location.part, finding.location.task_sequence) == place
    ]
    positions = {item.position for item in summary.outline}
    return SequenceView(
        id=section,
        summary=summary,
        size=f"{count(summary.steps, 'step')} in {count(summary.groups, 'group')}",
        counts=_counts(findings),
        packages=tuple(
            PackageView(words=package_words(package), places=package.places, evidence=package.evidence)
            for package in summary.packages
        ),
        findings=grouped((finding for finding in findings if finding.location.position not in positions), ids, export),
        rows=tree_rows(section, summary.outline, _contents(summary, export, findings), removed_stands=True),
    )


def _counts(findings: list[Finding]) -> str:
    words = []
    for severity, one in (("error", "error"), ("warning", "warning"), ("info", "remark")):
        number = sum(finding.severity == severity for finding in findings)
        if number:
            words.append(count(number, one))
    return ", ".join(words) or "nothing found"


def _contents(summary: TaskSequenceSummary, export: ExportReport, findings: list[Finding]) -> dict[int, Content]:
    """What there is to say at each group and step, by its index in the outline."""
    changes: dict[Position, list[Change]] = {}
    for group in export.changes:
        for change in group.changes:
            if (change.location.part, change.location.task_sequence) == (summary.part, summary.name):
                changes.setdefault(change.location.position, []).append(change)
    found: dict[Position, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.location.position, []).append(finding)
    contents: dict[int, Content] = {}
    for index, item in enumerate(summary.outline):
        here, said = changes.get(item.position, []), found.get(item.position, [])
        if here or said:
            contents[index] = _content(here, [(finding, is_mended(finding, export)) for finding in said])
    return contents


def _content(changes: list[Change], findings: list[tuple[Finding, bool]]) -> Content:
    """``findings``: each with whether the copy mends it; a row has a badge only for what is left."""
    substance = [change for change in changes if change.topic == "content"]
    neutral = sorted({change.label for change in changes if change.topic == "neutral"})
    others = [change for change in changes if change.topic not in ("content", "neutral")]
    severities = sorted({finding.severity for finding, mended in findings if not mended}, key=SEVERITY_RANK.__getitem__)
    notes = (f"Left out, not in use: {', '.join(neutral)}",) if neutral else ()
    return Content(
        badges=tuple(severity_badge(severity) for severity in severities),
        values=(*_with_reasons(substance), *(change_view(change) for change in others)),
        notes=notes,
        findings=tuple(finding_view(finding, mended=mended) for finding, mended in findings),
        shut=not substance and all(severity == "info" for severity in severities),
    )


def _with_reasons(changes: Iterable[Change]) -> Iterator[ValueView]:
    """Values with the same reasons together; the reasons follow the last of them."""
    together: dict[tuple[tuple[str, str], ...], list[Change]] = {}
    for change in changes:
        reasons = dict.fromkeys((reason.rule, reason.text) for reason in change.reasons)
        together.setdefault(tuple(reasons), []).append(change)
    for same in together.values():
        *first, last = (change_view(change) for change in same)
        yield from first
        yield replace(last, why=reasons_of(same))


def change_view(change: Change) -> ValueView:
    """The value that a change is about, before and after."""
    return value_view(change.field, change.label, change.before, change.after)


def reasons_of(changes: Iterable[Change]) -> tuple[Why, ...]:
    """Every reason once."""
    found: dict[tuple[str, str], Why] = {}
    for change in changes:
        for reason in change.reasons:
            found.setdefault(
                (reason.rule, reason.text), Why(rule=reason.rule, text=reason.text, sources=reason.sources)
            )
    return tuple(found.values())
