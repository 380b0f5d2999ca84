"""The diff for a terminal: plain text for any width, with or without colour, readable when piped."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.comparison.differences import Detail, Difference
from tsfix.reports.diff_report import DiffReport, DiffSide, PartDiff, TaskSequenceDiff
from tsfix.reports.diff_words import (
    KIND_SIGNS,
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
from tsfix.reports.shown_value import ShownValue, show_value
from tsfix.reports.terminal_lines import TerminalLines
from tsfix.reports.words import count

_KIND_STYLE = {"changed": "yellow", "moved": "cyan", "moved-and-changed": "cyan", "added": "green", "removed": "red"}
_SIGN_STYLE = {"-": ("red",), "+": ("green",), "@": ("dim",), " ": ()}
_VALUE_LINES = 3
_MOST_LINES = 60


def render(report: DiffReport, width: int = 100, colour: bool = False) -> str:
    """Render the diff. Lines are broken at ``width``; ``colour`` adds ANSI styles and changes nothing else."""
    return "\n".join(_Renderer(TerminalLines(width, colour)).lines(report)) + "\n"


class _Renderer:
    def __init__(self, out: TerminalLines) -> None:
        self._out = out

    def lines(self, report: DiffReport) -> Iterator[str]:
        out = self._out
        yield from self._side("before", report.before)
        yield from self._side("after", report.after)
        yield ""
        yield from out.prose(verdict(report), "", "  ", "bold", "green" if report.equal else "yellow")
        for line in summary_lines(report):
            yield from out.prose(line, "  ", "    ")
        yield from self._problems(report)
        for pair in report.pairs:
            if not pair.comparison.identical:
                yield from self._pair(pair)
        yield from self._one_sided(report)
        yield from self._parts(report)
        yield from self._equal_pairs(report)
        yield ""
        yield from out.prose(WHITE_SPACE_NOTE, "", "", "dim")

    def _side(self, word: str, side: DiffSide) -> Iterator[str]:
        yield from self._out.prose(side.file, f"{word:<7} ", None, "bold")
        if side.sha256:
            of = f" ({digest_note(side)})" if digest_note(side) else ""
            yield from self._out.prose(f"SHA-256 {side.sha256}{of}", " " * 8, None, "dim")

    def _heading(self, text: str, *styles: str) -> Iterator[str]:
        yield ""
        yield from self._out.prose(text, "", "  ", "bold", *styles)

    def _problems(self, report: DiffReport) -> Iterator[str]:
        if report.problems:
            number = count(len(report.problems), "problem")
            yield from self._heading(f"NOT EVERYTHING COULD BE READ: {number}. There may be more differences.", "red")
            for problem in report.problems:
                yield from self._out.prose(problem.place, "  ", "    ", "bold")
                yield from self._out.prose(f"{problem.message} {problem.remedy}", "    ")

    def _pair(self, pair: TaskSequenceDiff) -> Iterator[str]:
        out = self._out
        yield ""
        yield out.style("=" * out.width, "dim")
        yield from out.prose(pair_heading(pair), "", "  ", "bold")
        if pair_was(pair):
            yield from out.prose(f"before: {pair_was(pair)}", "  ", "    ")
        if paired_words(pair):
            yield from out.prose(paired_words(pair), "  ", "    ", "dim")
        yield from out.prose(counts_words(pair.comparison.counts), "  ", "    ")
        for difference in ordered(pair):
            yield from self._entry(difference)

    def _entry(self, difference: Difference) -> Iterator[str]:
        out = self._out
        kind = difference.kind
        number = place_number(difference)
        said = f"{KIND_SIGNS[kind]:<2} {KIND_WORDS[kind]}"
        yield ""
        yield from out.prose(
            f"{said}  {f'{number}  ' if number else ''}{place_path(difference)}", "", "     ", "bold", _KIND_STYLE[kind]
        )
        if difference.type and kind in ("added", "removed"):
            yield from out.prose(difference.type, "     ", None, "dim")
        if moved_from(difference):
            yield from out.prose(f"moved from: {moved_from(difference)}", "     ", "       ")
        for detail in shown_details(difference):
            yield from self._detail(detail)

    def _detail(self, detail: Detail) -> Iterator[str]:
        room = (self._out.width - 9) * _VALUE_LINES
        shown = show_value(
            detail.field, detail.label, detail.before, detail.after, longest=room, most_lines=_MOST_LINES
        )
        yield from self._value(shown)
        for note in shown.notes:
            yield from self._out.prose(note, "       ", None, "dim")

    def _value(self, shown: ShownValue) -> Iterator[str]:
        out = self._out
        indent = "     "
        if shown.lines:
            yield from out.prose(shown.label, indent)
            for line in shown.lines:
                text = f"[... {line.text} ...]" if line.sign == "@" else line.text
                sign = " " if line.sign == "@" else line.sign
                yield from out.exact(text, f"{indent}  {sign} ", f"{indent}    ", *_SIGN_STYLE[line.sign])
            return
        before, after = shown.before, shown.after
        if before is None or after is None:
            sign, value = ("+", after or "") if before is None else ("-", before)
            if len(indent) + len(shown.label) + len(value) + 4 <= out.width:
                yield f"{indent}{shown.label}  {out.style(f'{sign} {value}', *_SIGN_STYLE[sign])}"
                return
        elif len(indent) + len(shown.label) + len(before) + len(after) + 6 <= out.width:
            yield f"{indent}{shown.label}  {out.style(before, 'red')} -> {out.style(after, 'green')}"
            return
        yield from out.prose(shown.label, indent)
        if before is not None:
            yield from out.exact(before, f"{indent}  - ", f"{indent}    ", "red")
        if after is not None:
            yield from out.exact(after, f"{indent}  + ", f"{indent}    ", "green")

    def _one_sided(self, report: DiffReport) -> Iterator[str]:
        for word, sides, style in (("before", report.only_before, "red"), ("after", report.only_after, "green")):
            if sides:
                yield from self._heading(f"ONLY {word.upper()}: {count(len(sides), 'task sequence')}", style)
                sign = "-" if word == "before" else "+"
                for side in sides:
                    text = f"{named(side)}, {size_words(side)}, in {side.export}"
                    yield from self._out.prose(text, f"{sign} ", "    ")

    def _parts(self, report: DiffReport) -> Iterator[str]:
        if not report.parts:
            return
        yield from self._heading(f"OTHER PARTS OF THE EXPORTS: {count(len(report.parts), 'entry', 'entries')}")
        for part in report.parts:
            yield from self._part(part)

    def _part(self, part: PartDiff) -> Iterator[str]:
        yield ""
        said = f"{KIND_SIGNS[part.kind]:<2} {KIND_WORDS[part.kind]}  {part.what}"
        yield from self._out.prose(said, "", "     ", "bold", _KIND_STYLE[part.kind])
        yield from self._out.prose(part_names(part), "     ", None, "dim")
        for detail in part.details:
            yield from self._detail(detail)

    def _equal_pairs(self, report: DiffReport) -> Iterator[str]:
        equal = equal_pairs(report)
        if equal:
            yield from self._heading(f"WITHOUT A DIFFERENCE: {count(len(equal), 'task sequence')}")
            for pair in equal:
                yield from self._out.prose(pair_heading(pair), "  ", "    ")
