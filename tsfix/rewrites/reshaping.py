"""Writes what the target lacks in another form that does the same, in stages: children, references, conditions, steps.

Each stage works on the result of the one before, so that the steps of a pasted child are treated like all others. Groups
and steps keep their positions: a group stands where the call or the step stood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from tsfix.changes import Change
from tsfix.checks.subject import Subject
from tsfix.export import Export, PartChanges
from tsfix.parse.export import read_export
from tsfix.rewrites import (
    child_task_sequences,
    conditions,
    inline_scripts,
    pasted_references,
    script_packages,
    step_groups,
    upgrade_packages,
)
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.planned import Decided, Planned
from tsfix.rewrites.script_packages import Choices, ScriptFile

Subjects = tuple[Subject, ...]


class Stage(Struct, frozen=True, kw_only=True):
    """One stage that changed something: before, after, and the plan."""

    before: Export
    after: Export
    part_changes: PartChanges
    changes: tuple[Change, ...]
    planned: Planned
    scripts: tuple[ScriptFile, ...] = ()
    """What a person has to put into packages for it."""


def stages(
    export: Export,
    subjects_of: Callable[[Export], Subjects],
    decided: Decided,
    packages_of: Callable[[Export], Choices] = lambda export: {},
    *,
    only_packages: bool = False,
) -> Iterator[Stage]:
    """Make the stages that find something to do.

    Groups and steps about which the person decided are left alone. ``packages_of`` has the steps of an export whose
    scripts shall run from a package; ``only_packages``: do that and nothing else. Raises UnsupportedEditError when a part
    cannot be written faithfully, UsageError when a script cannot run from the package that was named.
    """
    current, subjects = export, subjects_of(export)
    scripts: tuple[ScriptFile, ...] = ()

    def in_packages(
        current: Export, subjects: Subjects, original: Export, decided: Decided
    ) -> tuple[ExportDraft | None, Planned]:
        nonlocal scripts
        choices = {place: one for place, one in packages_of(current).items() if one.do == "use-package"}
        if not script_packages.wanted(subjects, choices):
            return None, {}
        draft, planned = ExportDraft(current), Planned()
        scripts = script_packages.apply(draft, subjects, planned, choices)
        return draft, planned

    def upgrades(
        current: Export, subjects: Subjects, original: Export, decided: Decided
    ) -> tuple[ExportDraft | None, Planned]:
        choices = packages_of(current)
        if not upgrade_packages.wanted(subjects, choices):
            return None, {}
        draft, planned = ExportDraft(current), Planned()
        upgrade_packages.apply(draft, subjects, planned, choices)
        return draft, planned

    every = (_children, _references, in_packages, upgrades, _conditions, _scripts, _step_groups)
    for make in (in_packages, upgrades) if only_packages else every:
        draft, planned = make(current, subjects, export, decided)
        if draft is None or not draft.changed:
            continue
        part_changes = draft.part_changes()
        after = read_export(part_changes.copy_of(current.parts), to_compare=True)
        yield Stage(
            before=current,
            after=after,
            part_changes=part_changes,
            changes=draft.changes,
            planned=planned,
            scripts=scripts if make is in_packages else (),
        )
        current, subjects = after, subjects_of(after)


def _children(
    current: Export, subjects: Subjects, original: Export, decided: Decided
) -> tuple[ExportDraft | None, Planned]:
    if not child_task_sequences.wanted(subjects, decided):
        return None, {}
    draft, planned = ExportDraft(current), Planned()
    child_task_sequences.apply(draft, subjects, planned, decided)
    return draft, planned


def _references(
    current: Export, subjects: Subjects, original: Export, decided: Decided
) -> tuple[ExportDraft | None, Planned]:
    if not pasted_references.wanted(original, current):
        return None, {}
    draft = ExportDraft(current)
    pasted_references.apply(draft, original, subjects[0].knowledge)
    return draft, {}


def _conditions(
    current: Export, subjects: Subjects, original: Export, decided: Decided
) -> tuple[ExportDraft | None, Planned]:
    if not conditions.wanted(subjects, decided):
        return None, {}
    draft, planned = ExportDraft(current), Planned()
    conditions.apply(draft, subjects, planned, decided)
    return draft, planned


def _scripts(
    current: Export, subjects: Subjects, original: Export, decided: Decided
) -> tuple[ExportDraft | None, Planned]:
    if not inline_scripts.wanted(subjects, decided):
        return None, {}
    draft, planned = ExportDraft(current), Planned()
    inline_scripts.apply(draft, subjects, planned, decided)
    return draft, planned


def _step_groups(
    current: Export, subjects: Subjects, original: Export, decided: Decided
) -> tuple[ExportDraft | None, Planned]:
    if not step_groups.wanted(subjects, decided):
        return None, {}
    draft, planned = ExportDraft(current), Planned()
    step_groups.apply(draft, subjects, planned, decided)
    return draft, planned


def together(first: PartChanges, second: PartChanges) -> PartChanges:
    """The changes of two stages as one; only the second may rename or remove parts."""
    return PartChanges(
        replaced={
            **{name: data for name, data in first.replaced.items() if name not in second.removed},
            **second.replaced,
        },
        renamed=second.renamed,
        removed=second.removed,
    )
