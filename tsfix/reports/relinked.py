"""Builds the report of a relink: what changes in one export, and the table of all mappings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from tsfix.changes import MappingUse
from tsfix.checks.subject import Subject
from tsfix.conversion import Refused, Rewritten
from tsfix.knowledge.base import KnowledgeBase
from tsfix.relink import Relinked
from tsfix.reports.build import export_report, grouped
from tsfix.reports.converted import with_copy
from tsfix.reports.report import ExportReport, Task
from tsfix.reports.tasks import mention_task, secrets_task
from tsfix.request import RelinkRequest


def relinked(
    result: Relinked,
    subjects: tuple[Subject, ...],
    knowledge: KnowledgeBase,
    request: RelinkRequest,
    destination: str,
    *,
    written: bool,
) -> ExportReport:
    """The report of a relink of one export. ``written`` False: a dry run."""
    outcome = result.outcome
    tasks = tuple(_tasks(result, knowledge, request))
    if isinstance(outcome, Refused):
        report = export_report(outcome.original, "refused", (), subjects, None)
        return replace(
            report,
            reasons=outcome.reasons,
            reason_groups=grouped(outcome.reasons, across=True),
            choices=(
                "Export the parent together with its children, so that all of them are relinked.",
                "Or relink parent and children with --keep-identity: IDs and names stay, so the calls stay right.",
            ),
        )
    if not isinstance(outcome, Rewritten):
        return replace(
            export_report(outcome.original, "unchanged", (), subjects, None), mentions=result.mentions, tasks=tasks
        )
    report = export_report(outcome.original, "copied" if written else "planned", (), subjects, None)
    return replace(with_copy(report, outcome, destination), tasks=tasks)


def _tasks(result: Relinked, knowledge: KnowledgeBase, request: RelinkRequest) -> Iterator[Task]:
    """What is left for a person, in the order of the work."""
    outcome = result.outcome
    if isinstance(outcome, Rewritten):
        if request.keep_identity:
            text = (
                "The copy has the name and the ID of its original. Importing it may overwrite the original; keep an "
                "export of that."
            )
        else:
            text = (
                "Import the copy with Create New. The IDs in the file only keep it apart from the original: "
                "the site gives every imported task sequence an ID of its own."
            )
        yield Task(rule="R54", text=text)
        yield from secrets_task(outcome, knowledge)
    if result.children:
        yield Task(
            rule="R47",
            text="These child task sequences are not in the export. Relink them with the same mapping.",
            places=tuple(result.children),
        )
    yield from mention_task(result.mentions)


def total_uses(request: RelinkRequest, found: Sequence[MappingUse]) -> tuple[MappingUse, ...]:
    """The table of the mappings over all exports, in the order in which they were given."""
    table = []
    for item in request.mappings:
        own = [use for use in found if use.old == item.old]
        table.append(
            MappingUse(
                old=item.old,
                new=item.new,
                exports=sum(use.exports for use in own),
                task_sequences=sum(use.task_sequences for use in own),
                places=sum(use.places for use in own),
                mentions=sum(use.mentions for use in own),
            )
        )
    return tuple(table)
