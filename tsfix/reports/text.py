"""The report for a terminal: plain text for any width, with or without colour, readable when piped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from tsfix.changes import Change
from tsfix.findings import Finding
from tsfix.reports.report import ExportReport, FindingGroup, Notice, Report, Task, TaskSequenceSummary
from tsfix.reports.same_names import label
from tsfix.reports.terminal_lines import TerminalLines
from tsfix.reports.text_changes import change_lines
from tsfix.reports.text_matrix import matrix_lines
from tsfix.reports.words import (
    about_all_words,
    certainty_words,
    clone_words,
    count,
    decisions_words,
    fix_words,
    is_overview_needed,
    known_words,
    mapping_rows,
    needs_words,
    out_of_action_words,
    overview,
    package_words,
    printable,
    severity_counts,
    shorten_name,
    shown_evidence,
    summary_words,
    target_words,
    verdict,
)

_SEVERITY_STYLE = {"error": "red", "warning": "yellow", "info": "dim"}
_SEVERITY_WORD = {"error": "ERROR", "warning": "WARNING", "info": "remark"}
_OUTCOME_STYLE = {"refused": "red", "unreadable": "red", "copied": "green", "planned": "green"}
_MOST_PLACES = 6


def render(report: Report, width: int = 100, colour: bool = False) -> str:
    """Render the report. Lines are wrapped at ``width``; ``colour`` adds ANSI styles and changes nothing else."""
    return "".join(lines(report, width, colour))


def pieces(report: Report) -> Iterator[str]:
    """The report as ``render`` gives it, line by line."""
    return lines(report, 100, False)


def lines(report: Report, width: int, colour: bool) -> Iterator[str]:
    """The rendered report, line by line."""
    for line in _Renderer(TerminalLines(width, colour)).lines(report):
        yield line + "\n"


class _Renderer:
    def __init__(self, out: TerminalLines) -> None:
        self._out = out

    def lines(self, report: Report) -> Iterator[str]:
        several = is_overview_needed(report)
        if report.matrix is not None:
            yield from matrix_lines(self._out, report, report.matrix)
        elif several:
            yield from self._overview(report)
        shown = sum(line.has_details for line in report.lines) if several else len(report.lines)
        if shown < len(report.lines):
            left = len(report.lines) - shown
            what = "files and targets" if any(line.target for line in report.lines) else "files"
            yield from self._out.prose(
                f"In {left:,} of {len(report.lines):,} {what} nothing was found."
                + (" The others follow." if shown else "")
            )
            yield ""
        if several and report.notices:
            done = count(len(report.notices), "input")
            yield from self._out.prose(f"{done} could not be done, see the end.", "", "", "red")
            yield ""
        first = True
        for line, export in zip(report.lines, report.exports, strict=True):
            if several and not line.has_details:
                continue
            if not first:
                yield ""
            first = False
            yield from self._export(export, report)
            own = [task for task in export.tasks if task not in report.common_tasks]
            yield from self._tasks("AFTER THE IMPORT", own)
        yield from self._tasks("AFTER THE IMPORT OF EACH COPY", report.common_tasks)
        if report.notices:
            if shown:
                yield ""
            yield self._out.style(f"NOT DONE: {count(len(report.notices), 'input')}", "bold", "red")
            for notice in report.notices:
                yield from self._notice(notice)
        yield from self._about_all(report)
        yield from self._mappings(report)
        yield ""
        yield self._out.style("-" * self._out.width, "dim")
        yield from self._out.prose(summary_words(report))

    def _mappings(self, report: Report) -> Iterator[str]:
        """What a relink replaced, and what matched nothing."""
        if not report.mappings:
            return
        yield from self._heading(f"MAPPINGS: {count(len(report.mappings), 'mapping')}")
        rows = [("mapping", "task sequences", "places", "in free text"), *mapping_rows(report)]
        # Names of applications are longer than any line; such a mapping stands above its numbers.
        cells = [row if len(row[0]) < self._out.width // 2 else ("", *row[1:]) for row in rows]
        widths = [max(len(row[place]) for row in cells) for place in range(4)]
        for number, (row, shown) in enumerate(zip(rows, cells, strict=True)):
            line = "  ".join(cell.ljust(width) for cell, width in zip(shown, widths, strict=True)).rstrip()
            styles = ("bold",) if number == 0 else ("yellow",) if not report.mappings[number - 1].places else ()
            if not shown[0]:
                yield from self._out.prose(row[0], "  ", "    ")
            yield self._out.style(f"  {line}", *styles)

    def _overview(self, report: Report) -> Iterator[str]:
        """One line for each export; the file comes last, because it has no length of its own."""
        rows = [("errors", "warnings", "outcome", "for", "file"), *overview(report)]
        widths = [max(len(row[place]) for row in rows) for place in range(4)]
        with_target = any(row[3] for row in rows[1:])
        for number, (errors, warnings, outcome, target, file) in enumerate(rows):
            start = f"{errors:>{widths[0]}}  {warnings:>{widths[1]}}  {outcome:<{widths[2]}}  "
            if with_target:
                start += f"{target:<{widths[3]}}  "
            room = max(self._out.width - len(start), 12)
            styles = ("bold",) if number == 0 else ("red",) if outcome in ("REFUSED", "NOT DONE") else ()
            yield self._out.style(start + shorten_name(printable(file), room), *styles)
        yield ""

    def _accepted_by_decision(self, export: ExportReport) -> Iterator[str]:
        known = known_words(export)
        if known:
            yield from self._heading("KNOWN: these do not count; the baseline names each")
            for line in known:
                yield from self._out.prose(line, "  ", "      ")
        accepted = [item for item in export.accepted if item.decision.do != "known"]
        if accepted:
            yield from self._heading(f"ACCEPTED BY YOUR DECISIONS: {count(len(accepted), 'finding')}")
        for item in accepted:
            yield from self._out.prose(f"{item.finding.rule}  {item.finding.title}", "  ", "      ")
            where = item.finding.location
            yield from self._out.prose(" > ".join((label(export, where), *where.path)), "      at   ")
            until = f" (until {item.decision.until})" if item.decision.until else ""
            yield from self._out.prose(f"{item.decision.reason}{until}", "      yes, ")

    def _heading(self, text: str, *styles: str) -> Iterator[str]:
        yield ""
        yield from self._out.prose(text, "", "  ", "bold", *styles)

    def _row(self, label: str, text: str, *styles: str) -> Iterator[str]:
        yield from self._out.prose(text, f"  {label:<8}", " " * 10, *styles)

    def _export(self, export: ExportReport, report: Report) -> Iterator[str]:
        yield self._out.style("=" * self._out.width, "dim")
        yield from self._out.prose(export.file, "", "  ", "bold")
        style = _OUTCOME_STYLE.get(export.outcome)
        yield from self._row("result", verdict(export), *((style, "bold") if style else ("bold",)))
        if export.destination:
            yield from self._row("copy", export.destination)
        if export.target is not None:
            yield from self._row("target", target_words(export.target))
        if report.policy:
            yield from self._row("policy", f"--new-steps {report.policy}")
        if export.decisions:
            yield from self._row("decided", decisions_words(export))
        if export.findings or export.outcome == "checked":
            yield from self._row("found", severity_counts(export) + (" in the original" if export.destination else ""))
        yield from self._what_next(export)
        yield from self._problems(export)
        yield from self._reasons(export)
        yield from self._out_of_action(export)
        yield from self._accepted(export)
        if export.outcome in ("checked", "unchanged"):
            for task_sequence in export.task_sequences:
                yield from self._task_sequence(task_sequence, export)
        yield from self._accepted_by_decision(export)
        yield from change_lines(self._out, export)

    def _what_next(self, export: ExportReport) -> Iterator[str]:
        """What the reader has to know before anything else: what does not run any more, and what is left to do."""
        if export.outcome == "checked" and clone_words(export):
            yield from self._row("clone", f"tsfix clone {clone_words(export)}")
        if export.reasons:
            yield from self._row("needs", f"your decision on {count(len(export.reasons), 'finding')}", "red")
        if export.out_of_action:
            number = count(len(export.out_of_action), "step or group is", "steps and groups are")
            yield from self._row("note", f"{number} out of action in the copy, see below", "yellow")
        if export.remaining:
            number = count(len(export.remaining), "error stays", "errors stay")
            them = "it" if len(export.remaining) == 1 else "them"
            yield from self._row("note", f"{number} in the copy, because you accepted {them}", "red")
        if export.still_true:
            number = count(len(export.still_true), "finding is", "findings are")
            yield from self._row("note", f"{number} still true of the copy, see below", "yellow")
        if export.problems:
            yield from self._row("note", "not everything could be read, see below", "red")
        if export.tasks:
            yield from self._row("to do", f"{count(len(export.tasks), 'thing')} after the import, see the end")

    def _problems(self, export: ExportReport) -> Iterator[str]:
        if export.problems:
            yield from self._heading(f"NOT EVERYTHING COULD BE READ: {count(len(export.problems), 'problem')}", "red")
            for notice in export.problems:
                yield from self._notice(notice)

    def _notice(self, notice: Notice) -> Iterator[str]:
        yield from self._out.prose(notice.place, "  ", "    ", "bold")
        yield from self._out.prose(f"{notice.message} {notice.remedy}", "    ")

    def _reasons(self, export: ExportReport) -> Iterator[str]:
        if not export.reasons:
            return
        yield from self._heading("WHAT YOU CAN DO")
        for choice in export.choices:
            yield from self._out.prose(choice, "  - ")
        yield from self._heading(f"WHAT STANDS IN THE WAY: {count(len(export.reasons), 'finding')}", "red")
        for group in export.reason_groups:
            yield from self._finding(group)
        if export.decision_block:
            yield from self._heading("OR DECIDE EACH BY ITSELF: put this into tsfix.toml and complete it")
            yield ""
            # Neither indented nor wrapped, so that it can be copied.
            yield from export.decision_block.rstrip("\n").split("\n")

    def _out_of_action(self, export: ExportReport) -> Iterator[str]:
        """The steps that the copy no longer runs, those with the same reason together."""
        if not export.out_of_action:
            return
        number = count(len(export.out_of_action), "step or group", "steps and groups")
        yield from self._heading(f"OUT OF ACTION IN THE COPY: {number}", "yellow")
        several = len(export.task_sequences) > 1
        for name, changes in _together(export.out_of_action, lambda change: label(export, change.location)):
            if several:
                yield from self._out.prose(name, "  ", "    ", "dim")
            indent = "    " if several else "  "
            for words, same in _together(changes, out_of_action_words):
                yield from self._out.prose(words, indent, indent + "  ")
                for change in same:
                    place = " > ".join(change.location.path)
                    yield from self._out.prose(place, f"{indent}  - ", f"{indent}    ", "bold")

    def _accepted(self, export: ExportReport) -> Iterator[str]:
        if export.remaining:
            number = count(len(export.remaining), "finding")
            yield from self._heading(f"ACCEPTED AND STILL WRONG IN THE COPY: {number}", "red")
            for group in export.remaining_groups:
                yield from self._finding(group)
        if export.still_true:
            number = count(len(export.still_true), "finding")
            yield from self._heading(f"STILL TRUE OF THE COPY: {number}", "yellow")
            for group in export.still_true_groups:
                yield from self._finding(group)

    def _task_sequence(self, task_sequence: TaskSequenceSummary, export: ExportReport) -> Iterator[str]:
        name = f"{task_sequence.name}  [{task_sequence.package_id}]" if task_sequence.package_id else task_sequence.name
        yield from self._heading(name)
        yield f"  {count(task_sequence.steps, 'step')} in {count(task_sequence.groups, 'group')}"
        if task_sequence.needs is not None:
            yield from self._out.prose(needs_words(task_sequence.needs), "  ", "    ")
        for package in task_sequence.packages:
            yield from self._out.prose(package_words(package), "  ", "    ")
            for evidence in package.evidence:
                yield from self._out.prose(evidence, "    - ")
            yield from self._out.prose(f"stands in: {'; '.join(package.places)}", "    - ")
        for group in export.finding_groups:
            where = group.finding.location
            if (where.part, where.task_sequence) == (task_sequence.part, task_sequence.name):
                yield from self._finding(group)

    def _about_all(self, report: Report) -> Iterator[str]:
        """Faults of the hierarchy in full; advice as a list of one line each, so that it drowns nothing."""
        serious = [finding for finding in report.about_all if finding.severity != "info"]
        advice = [finding for finding in report.about_all if finding.severity == "info"]
        if serious:
            yield from self._heading("ABOUT THE HIERARCHY")
            for finding in serious:
                yield from self._finding(FindingGroup(finding=finding, places=()))
        if advice:
            yield from self._heading("TO KNOW WHILE VERSIONS ARE MIXED (tsfix explain RULE says more)")
            for finding in advice:
                yield from self._out.prose(about_all_words(finding), "  - ", "    ")

    def _finding(self, group: FindingGroup) -> Iterator[str]:
        finding = group.finding
        sure = certainty_words(finding)
        label = f"{_SEVERITY_WORD[finding.severity]} {finding.rule}{f' ({sure})' if sure else ''}"
        times = f" ({len(group.places)} places)" if len(group.places) > 1 else ""
        first, *others = self._out.prose(f"{label}  {finding.title}{times}", "  ", "      ")
        yield first.replace(label, self._out.style(label, _SEVERITY_STYLE[finding.severity], "bold"), 1)
        yield from others
        shown = group.places[:_MOST_PLACES]
        for place in shown:
            yield from self._out.prose(place, "      at   ")
        if len(group.places) > len(shown):
            rest = count(len(group.places) - len(shown), "other place")
            yield from self._out.prose(f"and {rest}; --format md or json shows all", " " * 11)
        yield from self._out.prose(finding.reason, "      why  ")
        for text in shown_evidence(group):
            yield from self._out.prose(text, "      seen ")
        yield from self._do(finding)
        source = next((source for source in finding.sources if source.url), None)
        if source is not None and finding.severity == "error":
            # Not wrapped: a broken address cannot be opened.
            yield self._out.style(f"      see  {printable(source.url)}", "dim")

    def _do(self, finding: Finding) -> Iterator[str]:
        if finding.fix == "automatic":
            yield from self._out.prose(fix_words(finding), "      fix  ")
        elif finding.remedy:
            yield from self._out.prose(finding.remedy, "      do   ")

    def _tasks(self, heading: str, tasks: Sequence[Task]) -> Iterator[str]:
        if not tasks:
            return
        yield from self._heading(heading)
        for task in tasks:
            yield from self._out.prose(f"{task.text} ({task.rule})", "  [ ] ")
            for place in task.places:
                yield from self._out.prose(place, "      - ")


def _together(changes: Iterable[Change], key: Callable[[Change], str]) -> Iterable[tuple[str, list[Change]]]:
    """The changes with the same key together, in the order of the first of each."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(key(change), []).append(change)
    return found.items()
