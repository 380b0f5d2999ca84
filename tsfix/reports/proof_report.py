"""The value of ``tsfix verify``: every difference of a copy, whose work it is, and what is left unexplained; its renderers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tsfix.proof.explained import By, Explained
from tsfix.reports.diff_report import DiffSide
from tsfix.reports.json_ import json_text, to_plain
from tsfix.reports.markdown_text import code_span, plain_text
from tsfix.reports.report import FindingGroup, Notice, TargetSummary
from tsfix.reports.terminal_lines import TerminalLines
from tsfix.reports.words import count, printable, shorten

PROOF_SCHEMA_VERSION = 1
"""Raised when the meaning or form of a field of the JSON form changes; new fields may come without."""

_MOST = 8
_LONGEST = 160
_TITLES: dict[By, str] = {
    "unexplained": "NOT EXPLAINED: look at each",
    "tsfix": "PLANNED KINDS OF CHANGES",
    "site": "WHAT THE SITE CHANGED OR WROTE ANEW",
}


class KindOfChange(Struct, frozen=True, kw_only=True):
    """All differences of one kind."""

    by: By
    kind: str
    items: tuple[Explained, ...]


class ProvedTaskSequence(Struct, frozen=True, kw_only=True):
    """One task sequence of the copy against its original."""

    before_name: str
    before_id: str
    after_name: str
    after_id: str
    steps: int
    """Groups and steps of the original."""
    untouched: int
    """Those without any difference."""
    kinds: tuple[KindOfChange, ...]
    """Unexplained first."""


class ProofReport(Struct, frozen=True, kw_only=True):
    """The answer of ``tsfix verify``."""

    tool_version: str
    original: DiffSide
    copy: DiffSide
    same_bytes: bool
    proved: bool
    """True when nothing is unexplained and everything could be read."""
    packages: tuple[tuple[str, str], ...]
    """Old and new IDs of what was replaced, the task sequences' own left out."""
    contradictions: tuple[str, ...]
    """Replacements that are not the same everywhere."""
    task_sequences: tuple[ProvedTaskSequence, ...]
    other_parts: tuple[KindOfChange, ...]
    """Parts besides the task sequences."""
    missing: tuple[str, ...]
    """Task sequences that only one side holds."""
    target: TargetSummary | None
    findings: tuple[FindingGroup, ...]
    """What a scan of the copy for the target finds as errors."""
    problems: tuple[Notice, ...]
    command: str = "verify"
    schema_version: int = PROOF_SCHEMA_VERSION


def verdict(report: ProofReport) -> str:
    """The answer in one sentence."""
    if report.same_bytes:
        return "The two are the same, byte for byte."
    if report.proved:
        return "Every difference is of a planned kind, or a site made it."
    return "NOT PROVED: something is not explained."


def to_json(report: ProofReport) -> str:
    """Render as JSON."""
    return json_text(to_plain(report)) + "\n"


def render_text(report: ProofReport, width: int = 100, colour: bool = False) -> str:
    """Render for a terminal."""
    out = TerminalLines(width, colour)
    return "\n".join(_text(report, out)) + "\n"


def _text(report: ProofReport, out: TerminalLines) -> Iterator[str]:
    style = "green" if report.proved else "red"
    yield from out.prose(verdict(report), "", "", "bold", style)
    yield from out.prose(report.original.file, "  original  ", " " * 12)
    yield from out.prose(report.copy.file, "  copy      ", " " * 12)
    for old, new in report.packages:
        yield f"  replaced  {old} by {new}"
    for title, texts in (
        ("REPLACED NOT EVERYWHERE", report.contradictions),
        ("ONLY ON ONE SIDE", report.missing),
        ("COULD NOT BE READ", tuple(f"{item.place}: {item.message} {item.remedy}" for item in report.problems)),
    ):
        if texts:
            yield ""
            yield out.style(title, "bold", "red")
            for text in texts:
                yield from out.prose(text, "  - ")
    for item in report.task_sequences:
        yield ""
        yield from out.prose(_names(item), "", "  ", "bold")
        yield f"  {_untouched(item)}"
        yield from _kinds_text(item.kinds, out)
    if report.other_parts:
        yield ""
        yield out.style("Other parts of the export", "bold")
        yield from _kinds_text(report.other_parts, out)
    if report.target is not None:
        yield ""
        yield out.style(f"SCAN OF THE COPY FOR {report.target.label}: {_errors(report)}", "bold")
        for group in report.findings:
            yield from out.prose(f"{group.finding.rule}  {group.finding.title}", "  ", "      ")
            for place in group.places[:_MOST]:
                yield from out.prose(place, "      at   ")


def _names(item: ProvedTaskSequence) -> str:
    before = f"{item.before_name} [{item.before_id}]" if item.before_id else item.before_name
    after = f"{item.after_name} [{item.after_id}]" if item.after_id else item.after_name
    return before if before == after else f"{before} -> {after}"


def _untouched(item: ProvedTaskSequence) -> str:
    return f"{item.untouched:,} of {count(item.steps, 'group or step', 'groups and steps')} without any difference"


def _errors(report: ProofReport) -> str:
    return count(len(report.findings), "kind of error", "kinds of errors") if report.findings else "no errors"


def _kinds_text(kinds: tuple[KindOfChange, ...], out: TerminalLines) -> Iterator[str]:
    last = ""
    for group in kinds:
        if group.by != last:
            last = group.by
            styles = ("bold", "red") if group.by == "unexplained" else ("bold",)
            yield out.style(f"  {_TITLES[group.by]}", *styles)
        yield from out.prose(f"{group.kind}: {count(len(group.items), 'value')}", "    - ", "      ")
        shown = group.items if group.by == "unexplained" else group.items[:_MOST]
        for item in shown:
            yield from out.prose(_line(item), "        ", "          ")
        if len(group.items) > len(shown):
            yield f"        and {len(group.items) - len(shown):,} more; --format md or json shows all"


def _line(item: Explained) -> str:
    place = " > ".join(item.place)
    what = f"{place}: {item.label}" if place else item.label
    if item.before is None and item.after is None:
        return f"{what} ({item.field})"
    return f"{what}: {_value(item.before)} -> {_value(item.after)}"


def _value(value: str | None) -> str:
    if value is None:
        return "(not there)"
    return printable(shorten(" ".join(value.split()), _LONGEST)) or "(empty)"


def render_markdown(report: ProofReport) -> str:
    """Render for a ticket or a change record."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: ProofReport) -> Iterator[str]:
    yield "# tsfix verify"
    yield ""
    yield f"**{plain_text(verdict(report))}**"
    yield ""
    for label, side in (("Original", report.original), ("Copy", report.copy)):
        yield f"- {label}: {code_span(side.file)}, SHA-256 `{side.sha256}`"
    for old, new in report.packages:
        yield f"- Replaced: `{old}` by `{new}`"
    for title, texts in (
        ("Replaced not everywhere", report.contradictions),
        ("Only on one side", report.missing),
        ("Could not be read", tuple(f"{item.place}: {item.message} {item.remedy}" for item in report.problems)),
    ):
        if texts:
            yield from ("", f"## {title}", "")
            yield from (f"- {plain_text(text)}" for text in texts)
    for item in report.task_sequences:
        yield from ("", f"## {plain_text(_names(item))}", "", _untouched(item) + ".")
        yield from _kinds_markdown(item.kinds)
    if report.other_parts:
        yield from ("", "## Other parts of the export")
        yield from _kinds_markdown(report.other_parts)
    if report.target is not None:
        yield from ("", f"## Scan of the copy for {plain_text(report.target.label)}: {_errors(report)}", "")
        for group in report.findings:
            yield f"- **{group.finding.rule}** {plain_text(group.finding.title)}"
            yield from (f"  - At: {plain_text(place)}" for place in group.places)


def _kinds_markdown(kinds: tuple[KindOfChange, ...]) -> Iterator[str]:
    last = ""
    for group in kinds:
        if group.by != last:
            last = group.by
            yield from ("", f"### {_TITLES[group.by].capitalize()}", "")
        yield f"- {plain_text(group.kind)} ({len(group.items):,})"
        yield from (f"  - {plain_text(_line(item))}" for item in group.items)
