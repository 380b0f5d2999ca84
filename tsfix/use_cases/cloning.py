"""The use case of ``tsfix clone``: a copy of every export for a target, and what was given and not used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tsfix.containers.destination import check_output_dir, claim_destination, plan_destination
from tsfix.containers.found import FoundExport
from tsfix.conversion import Outcome, Refused, Rewritten, clone, subjects_of
from tsfix.decisions import Decision, decide
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.reports.converted import converted
from tsfix.request import CloneRequest, PackageMapping
from tsfix.use_cases import batch
from tsfix.use_cases.answers import Answer, about, answer, package_ids
from tsfix.use_cases.copying import outcome_code, tidy, write_copy
from tsfix.use_cases.gathered import Gathered
from tsfix.use_cases.relatives import Relatives, with_calls
from tsfix.use_cases.script_files import HandedOver, contradictions, handed_over, with_scripts, write_scripts
from tsfix.use_cases.survey import as_mappings, assigned_ids, homes
from tsfix.values import PackageId


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

    def informed(seen: batch.Seen) -> batch.Treat:
        relatives = Relatives(knowledge=knowledge, homes=homes(seen))
        return replace(cloning, relatives=relatives, ids=assigned_ids(seen, request))

    with tidy(output_dir):
        gathered = batch.run(
            paths, cloning, verb="converted", quiet=quiet, jobs=jobs, knowledge=knowledge, informed=informed
        )
    used = [note for note in gathered.notes if isinstance(note, _Used)]
    gathered.remarks.extend(_unused(request, used))
    gathered.remarks.extend(contradictions(script for one in used for script in one.scripts))
    for decision in decisions:
        if not decision.holds_on(today):
            gathered.remarks.append(f"The decision about {about(decision)} held until {decision.until}.")
    return answer(gathered, "clone", request.new_steps)


class _Cloning(Struct, frozen=True, kw_only=True):
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
            report = replace(report, tasks=with_scripts(report.tasks, outcome, place))
            if not self.dry_run:
                write_scripts(outcome, place, self.paths, force=self.force)
            placed = write_copy(found, outcome, place, self.paths, force=self.force, dry_run=self.dry_run)
            report = replace(report, outcome="present") if placed == "unchanged" else report
        gathered.add(export, report, trees=self.trees)
        gathered.ends_with(outcome_code(outcome))

    def _clone(self, export: Export) -> Outcome:
        request = replace(self.request, assigned_ids=as_mappings(self.ids, export))
        return clone(export, request, self.knowledge, self.hierarchy)


class _Used(Struct, frozen=True, kw_only=True):
    """What an export made use of, among the IDs and decisions that a person gave."""

    mappings: frozenset[PackageMapping]
    new_ids: frozenset[PackageMapping]
    decisions: frozenset[Decision]
    client_package: bool
    """Whether the client package that was given stands in the copy."""
    scripts: tuple[HandedOver, ...]
    """The scripts that the copy runs from packages."""


def _used(outcome: Outcome, request: CloneRequest, export: Export) -> _Used:
    """For a refused export nobody knows what it would use, so all mappings and the client package count as used."""
    mappings = request.mappings if isinstance(outcome, Refused) else ()
    if isinstance(outcome, Rewritten):
        values = [(change.before or "").upper() for change in outcome.changes]
        mappings = tuple(item for item in request.mappings if any(item.old in value for value in values))
    ids = package_ids(export)
    own = {found.upper() for found in ids.values()}
    scripts = handed_over(outcome) if isinstance(outcome, Rewritten) else ()
    files = {(script.package, script.file) for script in scripts}
    return _Used(
        mappings=frozenset(mappings),
        new_ids=frozenset(item for item in request.new_package_ids if item.old in own),
        client_package=isinstance(outcome, Refused) or _holds_client(outcome, request),
        scripts=scripts,
        decisions=frozenset(
            decision
            for decision in request.decisions
            if (decision.package.upper(), decision.file) in files
            or any(
                decision.matches(finding, ids.get(finding.location.part or finding.location.task_sequence, ""))
                for finding in _decidable(outcome)
            )
        ),
    )


def _decidable(outcome: Outcome) -> Iterator[Finding]:
    """Everything that a decision may be about: also what stands in a child's pasted steps, where its parent has them."""
    yield from outcome.findings
    if isinstance(outcome, Refused):
        yield from outcome.reasons
    elif isinstance(outcome, Rewritten) and outcome.last_stage is not None:
        yield from outcome.last_stage.findings


def _holds_client(outcome: Outcome, request: CloneRequest) -> bool:
    """Whether the copy installs the client package that was given, whether that was written now or stood there already."""
    wanted = (request.client_package or "").upper()
    if not isinstance(outcome, Rewritten):
        return False
    changed = any(wanted in (change.after or "").upper() for change in outcome.changes)
    return changed or any(
        wanted == (reference.package or "").upper()
        for exported in outcome.copy.own_task_sequences
        for reference in exported.task_sequence.sequence.references
    )


def _unused(request: CloneRequest, used: Sequence[_Used]) -> Iterator[str]:
    """What was given and occurred nowhere: probably it is mistyped."""
    for item in request.mappings:
        if not any(item in one.mappings for one in used):
            yield f"{_given('--map', item)}: nothing that was rewritten uses {item.old}."
    if request.client_package is not None and used and not any(one.client_package for one in used):
        yield f"--client-package {request.client_package}: no task sequence that was rewritten needed it."
    for item in request.new_package_ids:
        if not any(item in one.new_ids for one in used):
            yield f"{_given('--new-id', item)}: no task sequence has the ID {item.old}."
    for decision in request.decisions:
        if not any(decision in one.decisions for one in used):
            yield f"The decision about {about(decision)} ({decision.do}) matches no finding of any step."


def _given(option: str, item: PackageMapping) -> str:
    return f"{option} {item.old}={item.new}"
