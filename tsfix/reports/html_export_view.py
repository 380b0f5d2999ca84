"""What the HTML page of a scan or a clone shows of one export: its verdict, its findings, its trees, its changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tsfix.changes import Change, Reason
from tsfix.findings import Finding
from tsfix.knowledge.facts import Source
from tsfix.reports.html_tree import (
    Badge,
    Content,
    FindingView,
    Row,
    ValueView,
    Why,
    badges_of,
    finding_view,
    link_id,
    severity_badge,
    tree_rows,
    value_view,
)
from tsfix.reports.outline import number_of
from tsfix.reports.report import ExportReport, TaskSequenceSummary
from tsfix.reports.words import (
    clone_words,
    count,
    decisions_words,
    is_for_no_site,
    out_of_action_words,
    package_words,
    severity_counts,
    target_words,
    verdict,
)
from tsfix.values import Location, Position

Place = tuple[str, str]
"""A part of an export and the name of the task sequence in it: what tells two task sequences apart."""


class Link(Struct, frozen=True, kw_only=True):
    """A text that leads to a row; ``href`` is empty where there is none."""

    href: str
    text: str


class GroupView(Struct, frozen=True, kw_only=True):
    """Findings that say the same, with a link to every place."""

    finding: FindingView
    places: tuple[Link, ...]


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
        decisions=_grouped(export.reasons, ids),
        taken_out=tuple(
            TakenOut(
                badge=badges_of(change.kind)[0],
                link=_link(change.location, ids),
                words=out_of_action_words(change).partition(": ")[2],
                sources=_sources(change.reasons),
            )
            for change in export.out_of_action
        ),
        remaining=_grouped(export.remaining, ids),
        still_true=_grouped(export.still_true, ids),
        decided=tuple(
            DecidedView(
                finding=finding_view(item.finding),
                link=_link(item.finding.location, ids),
                reason=item.decision.reason,
                until=item.decision.until,
            )
            for item in export.accepted
        ),
        findings=_grouped(sorted(export.findings, key=lambda finding: _RANK[finding.severity]), ids, export),
        sequences=tuple(_sequence(ids[item.part, item.name], item, export, ids) for item in export.task_sequences),
        plumbing=_plumbing(export),
        left_out=_left_out(export),
        mentions=tuple(
            (_link(mention.location, ids), mention.package_id, mention.label, mention.excerpt)
            for mention in export.mentions
        ),
    )


COPIES = ("copied", "planned", "present")
_RANK = {"error": 0, "warning": 1, "info": 2}


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


def _link(location: Location, ids: Mapping[Place, str]) -> Link:
    section = ids.get((location.part, location.task_sequence), "")
    path = " > ".join((location.task_sequence, *location.path)) or location.part
    if not section:
        return Link(href="", text=path)
    href = link_id(section, location.position) if location.position else section
    number = f"{number_of(location.position)}  " if location.position else ""
    return Link(href=href, text=f"{number}{path}")


def is_mended(finding: Finding, export: ExportReport) -> bool:
    """Tell whether a finding about the original is not true of the copy any more.

    Steps are compared by name: one may stand deeper in the copy. What a task of the report answers is not mended.
    """
    if export.outcome not in COPIES or finding.rule in {task.rule for task in export.tasks}:
        return False
    return not any(
        _what_and_where(finding) == _what_and_where(left) for left in (*export.remaining, *export.still_true)
    )


def _what_and_where(finding: Finding) -> tuple[object, ...]:
    where = finding.location
    return finding.rule, finding.subject, where.part, where.task_sequence, where.path


def _grouped(
    findings: Iterable[Finding], ids: Mapping[Place, str], copied: ExportReport | None = None
) -> tuple[GroupView, ...]:
    """Findings that differ in nothing but their place, together; with ``copied``, those of an original."""
    found: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        mended = copied is not None and is_mended(finding, copied)
        key = (finding.severity, finding.rule, finding.certainty, finding.title, finding.reason, finding.remedy)
        found.setdefault((*key, str(mended)), []).append(finding)
    return tuple(
        GroupView(
            finding=finding_view(group[0], mended=copied is not None and is_mended(group[0], copied)),
            places=tuple(dict.fromkeys(_link(finding.location, ids) for finding in group)),
        )
        for group in found.values()
    )


def _sequence(
    section: str, summary: TaskSequenceSummary, export: ExportReport, ids: Mapping[Place, str]
) -> SequenceView:
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
        findings=_grouped((finding for finding in findings if finding.location.position not in positions), ids, export),
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
    severities = sorted({finding.severity for finding, mended in findings if not mended}, key=_RANK.__getitem__)
    notes = (f"Left out, not in use: {', '.join(neutral)}",) if neutral else ()
    return Content(
        badges=tuple(severity_badge(severity) for severity in severities),
        values=(*_with_reasons(substance), *(_value(change) for change in others)),
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
        *first, last = (_value(change) for change in same)
        yield from first
        yield replace(last, why=_why(same))


def _value(change: Change) -> ValueView:
    return value_view(change.field, change.label, change.before, change.after)


def _why(changes: Iterable[Change]) -> tuple[Why, ...]:
    """Every reason once."""
    found: dict[tuple[str, str], Why] = {}
    for change in changes:
        for reason in change.reasons:
            found.setdefault(
                (reason.rule, reason.text), Why(rule=reason.rule, text=reason.text, sources=reason.sources)
            )
    return tuple(found.values())


def _sources(reasons: Iterable[Reason]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for reason in reasons for source in reason.sources))


def _plumbing(export: ExportReport) -> tuple[PlumbingView, ...]:
    """Everything that is changed outside of groups and steps, in the order of the report."""
    return tuple(
        PlumbingView(
            place=change.location.task_sequence or change.location.part or export.file,
            value=_value(change),
            why=_why([change]),
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
