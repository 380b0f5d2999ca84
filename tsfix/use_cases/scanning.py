"""The use case of ``tsfix scan``: from paths to a report of what will break, for each target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tsfix.checks import estate_findings, run_checks
from tsfix.checks.subject import Subject
from tsfix.containers.found import FoundExport
from tsfix.decisions import NO_TARGET, Decision, decide
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.reports.build import checked
from tsfix.request import Target
from tsfix.use_cases import batch
from tsfix.use_cases.answers import Answer, about, answer, package_ids
from tsfix.use_cases.baseline import known_remarks
from tsfix.use_cases.exit_codes import EXIT_FINDINGS
from tsfix.use_cases.gathered import Gathered
from tsfix.use_cases.relatives import Relatives
from tsfix.use_cases.survey import homes
from tsfix.values import Severity

_RANK: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}


def scan_exports(
    paths: Sequence[Path],
    knowledge: KnowledgeBase,
    *,
    targets: Sequence[Target],
    hierarchy: Hierarchy,
    decisions: Sequence[Decision] = (),
    today: str = "",
    fail_on: Severity | None = "error",
    quiet: bool = True,
    jobs: int | None = 1,
    trees: bool = True,
) -> Answer:
    """Check every export under the paths, for each target. ``fail_on`` None never fails for findings.

    ``today`` (``YYYY-MM-DD``) is the day on which decisions have to hold. ``jobs`` is the number of processes; None
    chooses by the number of files. The answer is the same.
    """
    scanning = _Scanning(
        knowledge=knowledge,
        targets=tuple(targets),
        hierarchy=hierarchy,
        decisions=tuple(decisions),
        today=today,
        fail_on=fail_on,
        relatives=Relatives(knowledge=knowledge),
        trees=trees,
    )

    def informed(seen: batch.Seen) -> batch.Treat:
        return replace(scanning, relatives=Relatives(knowledge=knowledge, homes=homes(seen)))

    gathered = batch.run(
        paths, scanning, verb="checked", quiet=quiet, jobs=jobs, knowledge=knowledge, informed=informed
    )
    gathered.remarks.extend(_stale(decisions, gathered.notes, today))
    gathered.remarks.extend(known_remarks(decisions, gathered.notes, gathered.exports, today))
    return answer(gathered, "scan")


class _Scanning(Struct, frozen=True, kw_only=True):
    """What a scan does with one export."""

    knowledge: KnowledgeBase
    targets: tuple[Target, ...]
    hierarchy: Hierarchy
    decisions: tuple[Decision, ...]
    today: str
    fail_on: Severity | None
    relatives: Relatives
    trees: bool
    """Whether the report keeps the tree of all steps, which only the HTML form shows."""

    def __call__(self, found: FoundExport, export: Export, gathered: Gathered, taken: dict[str, str]) -> None:
        wide = self.relatives.known_to(export)
        subjects = [
            Subject(export=wide, exported=exported, knowledge=self.knowledge, hierarchy=self.hierarchy)
            for exported in wide.own_task_sequences
        ]
        for target in self.targets or (None,):
            subjects = [subject.for_target(target) for subject in subjects]
            with gathered.guard(export.name):
                self._check(export, subjects, target, gathered)

    def _check(self, export: Export, subjects: Sequence[Subject], target: Target | None, gathered: Gathered) -> None:
        findings = [finding for subject in subjects for finding in run_checks(subject)]
        label = NO_TARGET if target is None else target.label
        decided = decide(findings, self.decisions, self.today, package_ids(export), label)
        known = tuple(item.finding for item in decided.accepted if item.decision.do == "known")
        gathered.notes.extend({item.decision for item in decided.accepted})
        about_all = estate_findings(subjects, (*decided.open, *known))
        report = checked(export, decided.open, subjects, target, decided.accepted)
        gathered.add(export, report, about_all, trees=self.trees)
        gathered.ends_with(_finding_code(decided.open, self.fail_on))


def _stale(decisions: Iterable[Decision], used: Iterable[object], today: str) -> Iterator[str]:
    """Decisions that answer nothing (any more): they hide nothing today and might hide something tomorrow."""
    of_use = set(used)
    for decision in decisions:
        if decision.do == "known":
            continue
        if not decision.holds_on(today):
            yield f"The decision about {about(decision)} held until {decision.until}; its findings count again."
        elif decision.do == "accept" and decision not in of_use:
            yield f"The decision about {about(decision)} matches no finding; take it out if it is answered for good."


def _finding_code(findings: tuple[Finding, ...], fail_on: Severity | None) -> int:
    if fail_on is None:
        return 0
    return EXIT_FINDINGS if any(_RANK[item.severity] >= _RANK[fail_on] for item in findings) else 0
