"""The diff for a ticket, a change record or a pull request: Markdown that also reads as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.comparison.differences import Detail, Difference
from tsfix.reports.diff_report import DiffReport, DiffSide, PartDiff, TaskSequenceDiff
from tsfix.reports.diff_words import (
    KIND_WORDS,
    WHITE_SPACE_NOTE,
    counts_words,
    digest_note,
    equal_pairs,
    moved_from,
    named,
    ordered,
    pair_heading,
    pair_was,
    paired_words,
    part_names,
    place_number,
    place_path,
    shown_details,
    size_words,
    summary_lines,
    verdict,
)
from tsfix.reports.markdown_text import code_block, code_span, plain_text
from tsfix.reports.shown_value import ShownValue, show_value

_LONGEST = 300
_MOST_LINES = 60


def render(report: DiffReport) -> str:
    """Render the diff."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: DiffReport) -> Iterator[str]:
    yield "# tsfix diff"
    yield ""
    yield f"**{plain_text(verdict(report))}**"
    yield ""
    yield _side("Before", report.before)
    yield _side("After", report.after)
    for line in summary_lines(report):
        yield f"- {plain_text(line)}"
    if report.problems:
        yield from _heading(2, "Not everything could be read; there may be more differences")
        for problem in report.problems:
            yield f"- **{plain_text(problem.place)}**: {plain_text(problem.message)} {plain_text(problem.remedy)}"
    for pair in report.pairs:
        if not pair.comparison.identical:
            yield from _pair(pair)
    for word, sides in (("before", report.only_before), ("after", report.only_after)):
        if sides:
            yield from _heading(2, f"Only {word}")
            for side in sides:
                yield f"- {plain_text(named(side))}: {size_words(side)}, in {code_span(side.export)}"
    if report.parts:
        yield from _heading(2, "Other parts of the exports")
        for part in report.parts:
            yield from _part(part)
    equal = equal_pairs(report)
    if equal:
        yield from _heading(2, "Without a difference")
        for pair in equal:
            yield f"- {plain_text(pair_heading(pair))}"
    yield ""
    yield plain_text(WHITE_SPACE_NOTE)


def _side(word: str, side: DiffSide) -> str:
    of = f" ({digest_note(side)})" if digest_note(side) else ""
    return f"- {word}: {code_span(side.file)}" + (f", SHA-256 `{side.sha256}`{of}" if side.sha256 else "")


def _heading(level: int, text: str) -> Iterator[str]:
    yield ""
    yield f"{'#' * level} {text}"
    yield ""


def _pair(pair: TaskSequenceDiff) -> Iterator[str]:
    yield from _heading(2, plain_text(pair_heading(pair)))
    if pair_was(pair):
        yield f"Before: {plain_text(pair_was(pair))}"
        yield ""
    if paired_words(pair):
        yield f"{plain_text(paired_words(pair)).capitalize()}."
        yield ""
    yield f"{counts_words(pair.comparison.counts).capitalize()}."
    yield ""
    for difference in ordered(pair):
        yield from _entry(difference)


def _entry(difference: Difference) -> Iterator[str]:
    number = place_number(difference)
    place = " ".join(word for word in (number, place_path(difference)) if word)
    yield f"- **{KIND_WORDS[difference.kind]}**: {plain_text(place)}"
    if difference.type and difference.kind in ("added", "removed"):
        yield f"  - {plain_text(difference.type)}"
    if moved_from(difference):
        yield f"  - moved from: {plain_text(moved_from(difference))}"
    for detail in shown_details(difference):
        yield from _detail(detail)


def _part(part: PartDiff) -> Iterator[str]:
    yield f"- **{KIND_WORDS[part.kind]}**: {plain_text(part.what)}, {code_span(part_names(part))}"
    for detail in part.details:
        yield from _detail(detail)


def _detail(detail: Detail) -> Iterator[str]:
    shown = show_value(
        detail.field, detail.label, detail.before, detail.after, longest=_LONGEST, most_lines=_MOST_LINES
    )
    yield from _value(shown)
    for note in shown.notes:
        yield f"    {plain_text(note)}"


def _value(shown: ShownValue) -> Iterator[str]:
    label = plain_text(shown.label)
    if shown.lines:
        yield f"  - {label}:"
        yield ""
        lines = [f"@@ {line.text} @@" if line.sign == "@" else f"{line.sign}{line.text}" for line in shown.lines]
        yield from code_block(lines, "diff", "    ")
        yield ""
    elif shown.before is None:
        yield f"  - {label}: added {code_span(shown.after or '')}"
    elif shown.after is None:
        yield f"  - {label}: removed {code_span(shown.before)}"
    else:
        yield f"  - {label}: {code_span(shown.before)} -> {code_span(shown.after)}"
