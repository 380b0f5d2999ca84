"""The use cases: from paths to a report. Ties the edges to the core and holds no rules of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tsfix import __version__
from tsfix.checks import estate_findings, run_checks
from tsfix.checks.subject import Subject
from tsfix.containers.found import FoundExport
from tsfix.decisions import NO_TARGET, Decision, decide
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.reports.build import build_report, checked
from tsfix.reports.report import Report
from tsfix.request import CloneRequest, PackageMapping, Target
from tsfix.use_cases import batch
from tsfix.use_cases.baseline import known_remarks
from tsfix.use_cases.gathered import Gathered
from tsfix.use_cases.relatives import Relatives, with_calls
from tsfix.use_cases.survey import as_mappings, assigned_ids, differing, homes
from tsfix.values import PackageId, Severity

if TYPE_CHECKING:
    from tsfix.conversion import Outcome

EXIT_FINDINGS = 1

_RANK: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command ends with."""

    report: Report
    exit_code: int
    remarks: tuple[str, ...] = ()
    """What was left aside, for stderr."""
    faults: tuple[Exception, ...] = ()
    """Faults of tsfix itself, for a log that can be sent in."""


def answer(gathered: Gathered, command: str, policy: str = "") -> Answer:
    """What a command ends with."""
    report = build_report(command, __version__, gathered.exports, gathered.notices, policy)
    return Answer(
        report=replace(report, about_all=gathered.about_all),
        exit_code=gathered.code,
        remarks=tuple(gathered.remarks),
        faults=tuple(gathered.faults),
    )


def scan(
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

    remarks: list[str] = []

    def informed(seen: batch.Seen) -> batch.Treat:
        remarks.extend(differing(seen))
        return replace(scanning, relatives=Relatives(knowledge=knowledge, homes=homes(seen)))

    gathered = batch.run(
        paths, scanning, verb="checked", quiet=quiet, jobs=jobs, knowledge=knowledge, informed=informed
    )
    gathered.remarks.extend(remarks)
    gathered.remarks.extend(_stale(decisions, gathered.notes, today))
    gathered.remarks.extend(known_remarks(decisions, gathered.notes, gathered.exports, today))
    return answer(gathered, "scan")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scanning:
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
        for target in self.targets or (None,):
            with gathered.guard(export.name):
                self._check(export, wide, target, gathered)

    def _check(self, export: Export, wide: Export, target: Target | None, gathered: Gathered) -> None:
        subjects = [
            Subject(export=wide, exported=exported, knowledge=self.knowledge, target=target, hierarchy=self.hierarchy)
            for exported in wide.own_task_sequences
        ]
        findings = [finding for subject in subjects for finding in run_checks(subject)]
        label = NO_TARGET if target is None else target.label
        decided = decide(findings, self.decisions, self.today, package_ids(export), label)
        known = tuple(item.finding for item in decided.accepted if item.decision.do == "known")
        gathered.notes.extend({item.decision for item in decided.accepted})
        about_all = estate_findings(subjects, (*decided.open, *known))
        gathered.add(
            export, checked(export, decided.open, subjects, target, decided.accepted, about_all), trees=self.trees
        )
        gathered.ends_with(_finding_code(decided.open, self.fail_on))


def package_ids(export: Export) -> dict[str, str]:
    """The task sequences' package IDs by their parts, for the decisions."""
    return {
        item.location.part or item.location.task_sequence: item.task_sequence.package_id or ""
        for item in export.task_sequences
    }


def _stale(decisions: Iterable[Decision], used: Iterable[object], today: str) -> Iterator[str]:
    """Decisions that answer nothing (any more): they hide nothing today and might hide something tomorrow."""
    of_use = set(used)
    for decision in decisions:
        if decision.do == "known":
            continue
        if not decision.holds_on(today):
            yield f"The decision about {_about(decision)} held until {decision.until}; its findings count again."
        elif decision.do == "accept" and decision not in of_use:
            yield f"The decision about {_about(decision)} matches no finding; take it out if it is answered for good."


def _about(decision: Decision) -> str:
    return f"{decision.task_sequence}{f', {decision.step}' if decision.step else ''}, {decision.rule}"


def clone_exports(
    paths: Sequence[Path],
    knowledge: KnowledgeBase,
    request: CloneRequest,
    hierarchy: Hierarchy,
    output_dir: Path,
    *,
    today: str = "",
    force: bool = False,
    dry_run: bool = False,
    quiet: bool = True,
    jobs: int | None = 1,
    trees: bool = True,
) -> Answer:
    """Write a copy of every export under the paths for the request's target.

    One export that cannot be read or converted never stops the others; the highest exit code wins. ``jobs`` is the
    number of processes; None chooses by the number of files. The copies are the same, byte for byte.
    """
    # A scan has no use for this, and it takes longer to import than it takes.
    from tsfix.containers.destination import check_output_dir
    from tsfix.use_cases.copying import tidy

    check_output_dir(output_dir, paths)
    label = request.target.label
    decisions = tuple(item for item in request.decisions if item.holds_for_copies(label))
    request = replace(request, decisions=tuple(item for item in decisions if item.holds_on(today)))
    cloning = _Cloning(
        knowledge=knowledge,
        request=request,
        hierarchy=hierarchy,
        output_dir=output_dir,
        paths=tuple(paths),
        force=force,
        dry_run=dry_run,
        relatives=Relatives(knowledge=knowledge),
        trees=trees,
        ids={},
    )

    remarks: list[str] = []

    def informed(seen: batch.Seen) -> batch.Treat:
        remarks.extend(differing(seen))
        relatives = Relatives(knowledge=knowledge, homes=homes(seen))
        return replace(cloning, relatives=relatives, ids=assigned_ids(seen, request))

    with tidy(output_dir):
        gathered = batch.run(
            paths, cloning, verb="converted", quiet=quiet, jobs=jobs, knowledge=knowledge, informed=informed
        )
    gathered.remarks.extend(remarks)
    gathered.remarks.extend(_unused(request, [note for note in gathered.notes if isinstance(note, _Used)]))
    for decision in decisions:
        if not decision.holds_on(today):
            gathered.remarks.append(f"The decision about {_about(decision)} held until {decision.until}.")
    return answer(gathered, "clone", request.new_steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cloning:
    """What a clone does with one export."""

    knowledge: KnowledgeBase
    request: CloneRequest
    hierarchy: Hierarchy
    output_dir: Path
    paths: tuple[Path, ...]
    force: bool
    dry_run: bool
    relatives: Relatives
    trees: bool
    """Whether the report keeps the tree of all steps, which only the HTML form shows."""
    ids: Mapping[str, PackageId]
    """The IDs of the copies, by the originals' in upper case."""

    def __call__(self, found: FoundExport, export: Export, gathered: Gathered, taken: dict[str, str]) -> None:
        from tsfix.containers.destination import claim_destination, plan_destination
        from tsfix.conversion import Rewritten, subjects_of
        from tsfix.reports.converted import converted
        from tsfix.use_cases.copying import outcome_code, write_copy

        done = self.relatives.convert(export, self._clone, frozenset(item.old for item in self.request.mappings))
        outcome = done.outcome
        gathered.notes.append(_used(outcome, self.request, export))
        place = None
        if isinstance(outcome, Rewritten):
            place = plan_destination(found.origin, self.output_dir, self.request.target.label)
            claim_destination(taken, place, export.name)
        subjects = subjects_of(export, self.request, self.knowledge, self.hierarchy)
        destination = "" if place is None else str(place)
        decided = decide(outcome.findings, self.request.decisions, "", package_ids(export))
        # Made before the copy is put in place: a fault here must not leave a copy behind that no report names.
        report = replace(
            converted(
                replace(outcome, findings=decided.open),
                subjects,
                self.knowledge,
                self.request,
                destination,
                written=not self.dry_run,
            ),
            accepted=decided.accepted,
        )
        report = replace(report, tasks=with_calls(report.tasks, done.calls))
        if isinstance(outcome, Rewritten) and place is not None:
            placed = write_copy(found, outcome, place, self.paths, force=self.force, dry_run=self.dry_run)
            report = replace(report, outcome="present") if placed == "unchanged" else report
        gathered.add(export, report, trees=self.trees)
        gathered.ends_with(outcome_code(outcome))

    def _clone(self, export: Export) -> Outcome:
        from tsfix.conversion import clone

        request = replace(self.request, assigned_ids=as_mappings(self.ids, export))
        return clone(export, request, self.knowledge, self.hierarchy)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Used:
    """What an export made use of, among the IDs and decisions that a person gave."""

    mappings: frozenset[PackageMapping]
    new_ids: frozenset[PackageMapping]
    decisions: frozenset[Decision]


def _used(outcome: Outcome, request: CloneRequest, export: Export) -> _Used:
    """For a refused export nobody knows which mappings it would use, so all count as used."""
    from tsfix.conversion import Refused, Rewritten

    mappings = request.mappings if isinstance(outcome, Refused) else ()
    if isinstance(outcome, Rewritten):
        values = [(change.before or "").upper() for change in outcome.changes]
        mappings = tuple(item for item in request.mappings if any(item.old in value for value in values))
    ids = package_ids(export)
    own = {found.upper() for found in ids.values()}
    return _Used(
        mappings=frozenset(mappings),
        new_ids=frozenset(item for item in request.new_package_ids if item.old in own),
        decisions=frozenset(
            decision
            for decision in request.decisions
            if any(
                decision.matches(finding, ids.get(finding.location.part or finding.location.task_sequence, ""))
                for finding in outcome.findings
            )
        ),
    )


def _unused(request: CloneRequest, used: Sequence[_Used]) -> Iterator[str]:
    """What was given and occurred nowhere: probably it is mistyped."""
    for item in request.mappings:
        if not any(item in one.mappings for one in used):
            yield f"{_given('--map', item)}: nothing that was rewritten uses {item.old}."
    for item in request.new_package_ids:
        if not any(item in one.new_ids for one in used):
            yield f"{_given('--new-id', item)}: no task sequence has the ID {item.old}."
    for decision in request.decisions:
        if not any(decision in one.decisions for one in used):
            yield f"The decision about {_about(decision)} ({decision.do}) matches no finding of any step."


def _given(option: str, item: PackageMapping) -> str:
    return f"{option} {item.old}={item.new}"


def _finding_code(findings: tuple[Finding, ...], fail_on: Severity | None) -> int:
    if fail_on is None:
        return 0
    return EXIT_FINDINGS if any(_RANK[item.severity] >= _RANK[fail_on] for item in findings) else 0
