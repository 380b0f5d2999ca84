"""The use case of ``tsfix diff``: reads two inputs and compares them. Writes nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from msgspec import Struct

from tsfix import __version__
from tsfix.containers.discover import find_exports
from tsfix.containers.files import file_digest
from tsfix.containers.found import FoundExport, Unreadable
from tsfix.export import Export, Problem
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export import read_export
from tsfix.progress import Progress
from tsfix.reports.build import notice
from tsfix.reports.build_diff import DiffInput, build_diff
from tsfix.reports.diff_report import DiffReport
from tsfix.reports.report import Notice
from tsfix.use_cases.exit_codes import EXIT_FINDINGS, EXIT_UNREADABLE


class DiffAnswer(Struct, frozen=True, kw_only=True):
    """What the command ends with."""

    report: DiffReport
    exit_code: int
    remarks: tuple[str, ...] = ()
    """What was left aside, for stderr."""
    faults: tuple[Exception, ...] = ()
    """Faults of tsfix itself; a diff has none to gather, it ends with the first."""


def diff_exports(
    before: Path,
    after: Path,
    knowledge: KnowledgeBase,
    *,
    fail_on_difference: bool = False,
    quiet: bool = True,
) -> DiffAnswer:
    """Compare everything under one path with everything under another.

    The exit code is 0 when all of it could be compared, 1 when ``fail_on_difference`` is set and there is a difference,
    4 when something could not be read: what was read is compared all the same.
    """
    problems: list[Notice] = []
    progress = Progress("read", quiet=quiet)
    sides = [read_input(path, problems, progress) for path in (before, after)]
    progress.done()
    report = build_diff(__version__, sides[0], sides[1], knowledge, problems)
    different = EXIT_FINDINGS if fail_on_difference and not report.equal else 0
    return DiffAnswer(report=report, exit_code=EXIT_UNREADABLE if problems else different)


def read_input(path: Path, problems: list[Notice], progress: Progress) -> DiffInput:
    """Read everything under a path; what cannot be read is added to ``problems``."""
    exports: list[Export] = []
    state = hashlib.sha256()
    count = 0
    for found in find_exports([path]):
        if isinstance(found, FoundExport):
            progress.step(found.parts.name)
            export = read_export(found.parts, to_compare=True)
            problems.extend(notice(problem) for problem in export.problems)
            exports.append(export)
            # Where the folder lies makes no difference.
            below = found.parts.name.removeprefix(str(path)).replace("\\", "/")
            for name, data in found.parts.parts.items():
                # A file name that is not UTF-8 holds halves of surrogate pairs.
                state.update(f"{below}\0{name}\0{len(data)}\0".encode("utf-8", "surrogatepass"))
                state.update(data)
        elif isinstance(found, Unreadable):
            problems.append(notice(Problem(location=found.location, message=found.message, remedy=found.remedy)))
        count += 1
    if not exports and not count:
        problems.append(
            Notice(
                place=str(path),
                message="No task sequence was found there.",
                remedy="Name an export of the console (.zip), its folder, or an XML file that holds a task sequence.",
            )
        )
    digest, of = _digest_of_file(path)
    return DiffInput(
        file=str(path), sha256=digest or (state.hexdigest() if exports else ""), digest_of=of, exports=exports
    )


def _digest_of_file(path: Path) -> tuple[str, Literal["file", "parts"]]:
    digest = file_digest(path)
    return (digest, "file") if digest else ("", "parts")
