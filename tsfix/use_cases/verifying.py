"""The use case of ``tsfix verify``: reads a copy and its original, and says whose work each difference is. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from tsfix import __version__
from tsfix.decisions import Decision
from tsfix.errors import UnreadableError
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.progress import Progress
from tsfix.reports.build_diff import DiffInput
from tsfix.reports.build_proof import build_proof
from tsfix.reports.proof_report import ProofReport
from tsfix.reports.report import Notice
from tsfix.request import Target
from tsfix.use_cases.diffing import read_input
from tsfix.use_cases.exit_codes import EXIT_FINDINGS, EXIT_UNREADABLE
from tsfix.values import Location


class ProofAnswer(Struct, frozen=True, kw_only=True):
    """What the command ends with."""

    report: ProofReport
    exit_code: int


def verify_copy(
    copy: Path,
    original: Path,
    knowledge: KnowledgeBase,
    *,
    target: Target | None,
    hierarchy: Hierarchy,
    quiet: bool = True,
    decisions: Sequence[Decision] = (),
) -> ProofAnswer:
    """Explain every difference between an original and a copy, or a re-export of the copy from a site.

    Both may be folders: a child that was pasted into its parent is then found in its own copy. ``decisions`` are those
    that the copies were made with.

    The exit code is 0 when nothing is unexplained and, with a target, the copy has no errors for it; 1 otherwise; 4 when
    something could not be read. Raises UnreadableError where one of the two holds no task sequence that can be read:
    there is nothing to compare.
    """
    problems: list[Notice] = []
    progress = Progress("read", quiet=quiet)
    before, after = (_read(path, problems, progress) for path in (original, copy))
    progress.done()
    report = build_proof(
        __version__,
        before,
        after,
        knowledge,
        target=target,
        hierarchy=hierarchy,
        problems=problems,
        decisions=decisions,
    )
    unexplained = EXIT_FINDINGS if not report.proved or report.findings else 0
    return ProofAnswer(report=report, exit_code=EXIT_UNREADABLE if problems else unexplained)


def _read(path: Path, problems: list[Notice], progress: Progress) -> DiffInput:
    found: list[Notice] = []
    side = read_input(path, found, progress)
    if found and not side.exports:
        progress.done()
        # What was read says which file it is, also inside a folder or a zip.
        raise UnreadableError(found[0].message, remedy=found[0].remedy, location=Location(file=found[0].place))
    problems.extend(found)
    return side
