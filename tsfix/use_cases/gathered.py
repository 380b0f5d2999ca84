"""What a command gathers about exports: reports, notices, remarks, faults, exit code. One bad export never stops the others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from tsfix.checks import merged_estates
from tsfix.containers.files import file_digest
from tsfix.containers.found import Found, FoundExport, Skipped, Unreadable
from tsfix.errors import TsfixError
from tsfix.export import Export, Problem
from tsfix.findings import Finding
from tsfix.parse.export import read_export
from tsfix.reports.build import notice
from tsfix.reports.masked import export_secrets, masked
from tsfix.reports.packed import PackedReports
from tsfix.reports.report import ExportReport, Notice
from tsfix.use_cases.exit_codes import EXIT_FAULT, EXIT_UNREADABLE
from tsfix.use_cases.freed_memory import give_back
from tsfix.values import Location

_MOST_APART = 50
"""What so many exports say about the whole is kept apart; beyond that it is merged, as most of it is the same."""


class Gathered:
    """What is to be said about one export or about many. It is plain data, so that it can come from another process."""

    def __init__(self) -> None:
        self.exports = PackedReports()
        self.refused: list[str] = []
        """Exports that need a decision, in words: a long run says so at once."""
        self.remarks: list[str] = []
        self.notices: list[Notice] = []
        self.faults: list[Exception] = []
        self.notes: list[object] = []
        """What a use case wants to know about the whole run, such as which decisions were of use."""
        self.code = 0
        self.any_found = False
        self._about_all: list[tuple[Finding, ...]] = []
        self._file_sha256 = ""

    def ends_with(self, code: int) -> None:
        """Note an exit code; the highest wins."""
        self.code = max(self.code, code)

    def add(
        self, export: Export, report: ExportReport, about_all: tuple[Finding, ...] = (), *, trees: bool = True
    ) -> None:
        """Note what is to be said about an export, without its secrets; without the ``trees`` of all steps if so said.

        ``about_all`` is what it says about the hierarchy and the hand-over.
        """
        if not trees:
            slim = tuple(replace(item, outline=()) for item in report.task_sequences)
            report = replace(report, task_sequences=slim)
        copy = file_digest(Path(report.destination)) if report.outcome in ("copied", "present") else ""
        report = replace(report, file_sha256=self._file_sha256, copy_file_sha256=copy)
        secrets = export_secrets(export)
        report = masked(report, secrets)
        self.exports.append(report)
        if about_all:
            self._about_all.append(masked(about_all, secrets))
        if report.outcome == "refused":
            rules = dict.fromkeys(reason.rule for reason in report.reasons)
            self.refused.append(f"{report.file}: it needs your decision ({', '.join(rules)}).")

    def absorb(self, other: Gathered) -> None:
        """Take over what was gathered elsewhere; it comes behind what is here."""
        self.exports.take(other.exports)
        self._about_all.extend(other._about_all)
        if len(self._about_all) > _MOST_APART:
            self._about_all = [self.about_all]
        self.remarks.extend(other.remarks)
        self.notices.extend(other.notices)
        self.faults.extend(other.faults)
        self.notes.extend(other.notes)
        self.ends_with(other.code)
        self.any_found = self.any_found or other.any_found

    @property
    def about_all(self) -> tuple[Finding, ...]:
        """What the exports say about the hierarchy and the hand-over, everything once."""
        return merged_estates(self._about_all)

    def found(self, found: Found) -> Export | None:
        """Read what a search came back with; None, and a note of the reason, where it holds no task sequence."""
        if isinstance(found, FoundExport):
            self.any_found = True
            return self._parsed(found)
        if isinstance(found, Unreadable):
            self.any_found = True
            self.unreadable(Problem(location=found.location, message=found.message, remedy=found.remedy))
        else:
            self._left_aside(found)
        return None

    @contextmanager
    def guard(self, name: str) -> Iterator[None]:
        """Turn an error into a notice about the export of that name."""
        try:
            yield
        except TsfixError as error:
            location = error.location or Location(file=name)
            self.notices.append(notice(Problem(location=location, message=error.message, remedy=error.remedy)))
            self.ends_with(error.exit_code)
            if error.exit_code == EXIT_FAULT:
                self.faults.append(error)
        except Exception as error:
            # The text of the error is left out: it may hold what stands in the export.
            message = f"tsfix has a fault here ({type(error).__name__}); nothing was written for this export."
            remedy = "The log that stderr names tells us where. Please send it in."
            self.notices.append(notice(Problem(location=Location(file=name), message=message, remedy=remedy)))
            self.ends_with(EXIT_FAULT)
            self.faults.append(error)

    def unreadable(self, problem: Problem) -> None:
        """Note something that should have been read and could not."""
        self.notices.append(notice(problem))
        self.ends_with(EXIT_UNREADABLE)

    def _parsed(self, found: FoundExport) -> Export | None:
        self._file_sha256 = hashlib.sha256(found.original).hexdigest() if found.original else ""
        with self.guard(found.parts.name):
            export = read_export(found.parts)
            give_back(found.parts.parts)
            if export.task_sequences:
                self.ends_with(EXIT_UNREADABLE if export.problems else 0)
                return export
            for problem in export.problems:
                self.unreadable(problem)
        return None

    def _left_aside(self, found: Skipped) -> None:
        entries = "1 entry" if found.count == 1 else f"{found.count:,} entries"
        self.remarks.append(f"{found.location.file}: {entries} left aside ({found.reason})")
