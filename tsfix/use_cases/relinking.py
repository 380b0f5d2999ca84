"""The use case of ``tsfix relink``: a copy of every export in which package IDs are replaced, and a table of what was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tsfix.changes import MappingUse
from tsfix.checks.subject import Subject
from tsfix.containers.destination import check_output_dir, claim_destination, plan_destination
from tsfix.containers.found import FoundExport
from tsfix.conversion import Outcome, Rewritten
from tsfix.export import Export, ExportedTaskSequence
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.relink import Relinked, relink
from tsfix.reports.relinked import relinked, total_uses
from tsfix.request import RelinkRequest
from tsfix.use_cases import batch
from tsfix.use_cases.answers import Answer, answer
from tsfix.use_cases.copying import outcome_code, tidy, write_copy
from tsfix.use_cases.gathered import Gathered
from tsfix.use_cases.relatives import Relatives, with_calls
from tsfix.use_cases.survey import as_mappings, assigned_ids, homes
from tsfix.values import PackageId


def relink_exports(
    paths: Sequence[Path],
    knowledge: KnowledgeBase,
    request: RelinkRequest,
    hierarchy: Hierarchy,
    output_dir: Path,
    *,
    where: Sequence[str] = (),
    force: bool = False,
    dry_run: bool = False,
    quiet: bool = True,
    jobs: int | None = 1,
    trees: bool = True,
) -> Answer:
    """Write a copy of every export under the paths that uses a mapped ID.

    ``where`` takes exports with a task sequence of that name (``*`` and ``?`` stand for any text), site code or package
    ID, or one that refers to that package or application; what else such an export holds is relinked with it, because
    parents repeat what their children refer to. One bad export never stops the others.
    """
    check_output_dir(output_dir, paths)
    relinking = _Relinking(
        knowledge=knowledge,
        request=request,
        hierarchy=hierarchy,
        output_dir=output_dir,
        paths=tuple(paths),
        where=tuple(where),
        force=force,
        dry_run=dry_run,
        relatives=Relatives(knowledge=knowledge),
        trees=trees,
        ids={},
    )

    def informed(seen: batch.Seen) -> batch.Treat:
        relatives = Relatives(knowledge=knowledge, homes=homes(seen))
        return replace(relinking, relatives=relatives, ids=assigned_ids(seen, request))

    with tidy(output_dir):
        gathered = batch.run(
            paths, relinking, verb="relinked", quiet=quiet, jobs=jobs, knowledge=knowledge, informed=informed
        )
    uses = total_uses(request, [note for note in gathered.notes if isinstance(note, MappingUse)])
    left_out = sum(isinstance(note, _LeftOut) for note in gathered.notes)
    if left_out:
        exports = "1 export" if left_out == 1 else f"{left_out:,} exports"
        gathered.remarks.append(f"{exports} left out: no task sequence in it fits --where.")
    for text in where:
        if not any(isinstance(note, _Fits) and note.text == text for note in gathered.notes):
            gathered.remarks.append(f'--where "{text}" fits no task sequence.')
    found = answer(gathered, "relink")
    return replace(found, report=replace(found.report, mappings=uses))


class _LeftOut(Struct, frozen=True, kw_only=True):
    """An export that --where does not take."""


class _Fits(Struct, frozen=True, kw_only=True):
    """A text of --where that an export fits."""

    text: str


class _Relinking(Struct, frozen=True, kw_only=True):
    """What a relink does with one export."""

    knowledge: KnowledgeBase
    request: RelinkRequest
    hierarchy: Hierarchy
    output_dir: Path
    paths: tuple[Path, ...]
    where: tuple[str, ...]
    force: bool
    dry_run: bool
    relatives: Relatives
    trees: bool
    """Whether the report keeps the tree of all steps, which only the HTML form shows."""
    ids: Mapping[str, PackageId]
    """The IDs of the copies, by the originals' in upper case."""

    def __call__(self, found: FoundExport, export: Export, gathered: Gathered, taken: dict[str, str]) -> None:
        fitting = [text for text in self.where if _fits(text, export)]
        gathered.notes.extend(_Fits(text=text) for text in fitting)
        if self.where and not fitting:
            gathered.notes.append(_LeftOut())
            return
        results: dict[str, Relinked] = {}

        def convert(wide: Export) -> Outcome:
            request = replace(self.request, assigned_ids=as_mappings(self.ids, wide))
            results[wide.name] = relink(wide, request, self.knowledge, self.hierarchy)
            return results[wide.name].outcome

        done = self.relatives.convert(export, convert, frozenset(item.old for item in self.request.mappings))
        result = replace(results[export.name], outcome=done.outcome)
        gathered.notes.extend(result.uses)
        place = None
        if isinstance(result.outcome, Rewritten):
            place = plan_destination(found.origin, self.output_dir, "")
            claim_destination(taken, place, export.name)
        subjects = tuple(
            Subject(export=export, exported=exported, knowledge=self.knowledge, hierarchy=self.hierarchy)
            for exported in export.task_sequences
        )
        destination = "" if place is None else str(place)
        # Made before the copy is put in place: a fault here must not leave a copy behind that no report names.
        report = relinked(result, subjects, self.knowledge, self.request, destination, written=not self.dry_run)
        report = replace(report, tasks=with_calls(report.tasks, done.calls))
        if isinstance(result.outcome, Rewritten) and place is not None:
            placed = write_copy(found, result.outcome, place, self.paths, force=self.force, dry_run=self.dry_run)
            report = replace(report, outcome="present") if placed == "unchanged" else report
        gathered.add(export, report, trees=self.trees)
        gathered.ends_with(outcome_code(result.outcome))


def _fits(text: str, export: Export) -> bool:
    """Tell whether the text is the name, the site code or the ID of a task sequence, or a package that it refers to."""
    wanted = text.strip().casefold()
    for exported in export.task_sequences:
        name = exported.task_sequence.name.casefold()
        own = str(exported.task_sequence.package_id or "").casefold()
        if wanted == name or fnmatchcase(name, wanted.replace("[", "[[]")) or (own and wanted in (own, own[:3])):
            return True
        if wanted in _used(exported):
            return True
    return False


def _used(exported: ExportedTaskSequence) -> set[str]:
    """The packages and applications that the lists of a task sequence name, and its boot image."""
    references = exported.task_sequence.sequence.references
    boot_image = exported.task_sequence.property("BootImageID")
    return {
        str(found).casefold()
        for found in (
            *(item.package for item in references),
            *(item.application for item in references),
            *(item.package for item in exported.task_sequence.object_references),
            boot_image.value if boot_image is not None else None,
        )
        if found
    }
