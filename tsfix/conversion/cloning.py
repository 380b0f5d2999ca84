"""Makes the copy of one export for a target: rewrites, new bytes, a second look at the result. Pure: parts in, parts out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from tsfix import verification
from tsfix.conversion.finishing import finish
from tsfix.conversion.former_places import at_former_places, former_position, taken_out
from tsfix.conversion.obstacles import in_the_way, left_behind
from tsfix.conversion.outcomes import Judgement, Outcome, Refused, Rewritten, Unchanged
from tsfix.conversion.requested import require_fitting, with_mapped_clients, with_request
from tsfix.conversion.subjects import Views, require_readable, under_old_names
from tsfix.errors import VerificationError
from tsfix.export import Export, ExportedTaskSequence, PartChanges
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.request import CloneRequest
from tsfix.rewrites import (
    client_package,
    client_properties,
    dependencies,
    new_steps,
    newer_features,
    object_properties,
    reshaping,
    script_packages,
    step_decisions,
)
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.package_ids import replace_packages
from tsfix.rewrites.reference_lists import drop_unused
from tsfix.rewrites.reshaping import Stage, together
from tsfix.values import Location, Position

_FROM_PACKAGES = ("use-package", "use-upgrade-package")
"""Decisions by which a step uses a package that a person names."""


def clone(export: Export, request: CloneRequest, knowledge: KnowledgeBase, hierarchy: Hierarchy) -> Outcome:
    """Make the copy of an export for the request's target.

    Raises UsageError when the request contradicts itself or the export, UnreadableError when a part that a copy must
    change could not be read, UnsupportedEditError when an edit cannot be made without risk to the rest of the file,
    VerificationError when the copy is not what was planned.
    """
    require_readable(export)
    views = _views(export, request, knowledge, hierarchy)
    stages = tuple(_stages(export, views, views.findings(export)))
    if not stages:
        return _clone(export, views)
    for stage in stages:
        verification.verify(
            stage.before, stage.after, stage.part_changes, stage.changes, knowledge, frozenset(), stage.planned
        )
    return in_one_step(export, views.findings(export), stages, _clone(stages[-1].after, views, export))


def _views(export: Export, request: CloneRequest, knowledge: KnowledgeBase, hierarchy: Hierarchy) -> Views:
    """What the checks see, with all that the request says about client packages. Raises UsageError when it does not fit."""
    views = Views(request, knowledge, with_request(hierarchy, request))
    subjects = views.subjects(export)
    require_fitting(export, subjects, request, knowledge, hierarchy)
    completed = with_mapped_clients(views.hierarchy, subjects, request)
    return views if completed is views.hierarchy else Views(request, knowledge, completed)


def in_one_step(
    export: Export, findings: tuple[Finding, ...], stages: tuple[Stage, ...], outcome: Outcome
) -> Rewritten | Refused:
    """What came of an export in stages, told as of the original.

    Raises VerificationError when the stages, put together, do not give the bytes of the copy.
    """
    if isinstance(outcome, Refused):
        return replace(outcome, original=export, findings=findings)
    assert isinstance(outcome, Rewritten)
    changes = PartChanges()
    for one in (*(stage.part_changes for stage in stages), outcome.part_changes):
        changes = together(changes, one)
    if changes.apply(export.parts) != outcome.copy.parts.parts:
        raise VerificationError("The stages of the copy do not fit together.", location=Location(file=export.name))
    earlier = tuple(change for stage in stages for change in stage.changes)
    return replace(
        outcome,
        original=export,
        part_changes=changes,
        changes=(*earlier, *outcome.changes),
        findings=findings,
        last_stage=outcome,
        scripts=tuple(script for stage in stages for script in stage.scripts),
    )


def _stages(
    export: Export, views: Views, findings: tuple[Finding, ...], first: Rewritten | None = None
) -> Iterator[Stage]:
    """Write what the target lacks in another form that does the same, unless the person wants it kept or decided otherwise.

    ``findings`` are those in the export. ``first`` is the run that made it, where this is a second one over a copy.
    """
    request = views.request
    only_packages = request.new_steps == "keep" or any(item.format == "mdt" for item in export.task_sequences)
    in_packages = any(decision.do in _FROM_PACKAGES for decision in request.decisions)
    if only_packages and not in_packages:
        return iter(())

    def choices_in(current: Export, found: tuple[Finding, ...]) -> script_packages.Choices:
        return {
            (item.part, position): choice
            for number, item in enumerate(current.task_sequences)
            for position, choice in _choices(item, number, found, request, first).items()
        }

    def packages_of(current: Export) -> script_packages.Choices:
        if not in_packages:
            return {}
        # The steps of a pasted child stand elsewhere now, and have findings of their own.
        found = findings if current is export else views.findings(current)
        return {place: choice for place, choice in choices_in(current, found).items() if choice.do in _FROM_PACKAGES}

    return reshaping.stages(
        export,
        views.subjects,
        frozenset(choices_in(export, findings)),
        packages_of,
        only_packages=only_packages,
    )


def _clone(export: Export, views: Views, source: Export | None = None) -> Outcome:
    """The copy of an export in which everything has a form that the target knows, as far as there is one.

    ``source`` is the original, where the export is what the stages left of it. What is found in that is of use only
    where decisions may be about it, or where it stands in the way.
    """
    request = views.request
    findings = views.findings(export) if source is None or request.decisions else ()
    draft = ExportDraft(export)
    mapping = _rewrite(draft, views, findings)
    if not draft.changed:
        reasons = in_the_way(views.findings(export), request, export)
        if reasons:
            return Refused(original=export, findings=findings, reasons=reasons)
    if not draft.changed and source is None:
        return Unchanged(original=export, findings=findings)
    _drop_idle_properties(draft, views)

    def judge(copy: Export, replaced: frozenset[str]) -> Judgement:
        remaining = under_old_names(views.findings(copy), export, copy)
        own = tuple(item for item in remaining if item.location.part not in copy.parts.borrowed.files)
        reasons = in_the_way(at_former_places(own, export, copy, draft.changes), request, export)
        reasons += left_behind(draft, views.subjects(export), replaced, reasons)
        return Judgement(remaining=remaining, reasons=reasons)

    outcome = finish(draft, findings, mapping, request, views.knowledge, judge, source)
    if isinstance(outcome, Rewritten):
        _verify_second_run(outcome, views)
    return outcome


def _rewrite(
    draft: ExportDraft, views: Views, findings: tuple[Finding, ...], first: Rewritten | None = None
) -> dict[str, NewReference]:
    """Draft every change of content (not of name and identity). Returns which packages are replaced.

    ``first`` is the run that made the draft's export, where this is a second one over a copy.
    """
    request, subjects = views.request, views.subjects(draft.export)
    for number, (subject, sequence) in enumerate(zip(subjects, draft.sequences, strict=True)):
        choices = _choices(subject.exported, number, findings, request, first)
        new_steps.apply(subject, sequence, request.new_steps, choices)
        newer_features.apply(subject, sequence)
        client_package.drop_pre_production(subject, sequence)
        client_properties.apply(subject, sequence)
    mapping = client_package.replacements(subjects, request)
    replace_packages(draft, views.knowledge, mapping)
    drop_unused(draft, views.knowledge)
    dependencies.drop_replaced(draft, mapping)
    return mapping


def _drop_idle_properties(draft: ExportDraft, views: Views) -> None:
    """A copy that is made leaves out what the target's class has not; alone that is no reason for a copy."""
    for subject, sequence in zip(views.subjects(draft.export), draft.sequences, strict=True):
        if subject.exported.part not in draft.export.parts.borrowed.kept:
            object_properties.apply(subject, sequence)


def _choices(
    exported: ExportedTaskSequence,
    number: int,
    findings: tuple[Finding, ...],
    request: CloneRequest,
    first: Rewritten | None,
) -> Mapping[Position, step_decisions.Choice]:
    """What the person decided about steps of the task sequence of that number, by the positions that they have now.

    Decisions speak of the original: of its names, IDs and positions. In a second run, ``findings`` bear its names.
    """
    named, gone = exported, frozenset[Position]()
    if first is not None:
        named = first.original.task_sequences[number]
        gone = taken_out(first.changes, named)
    own = [item for item in findings if _is_in(item, exported, named.task_sequence.name)]
    return step_decisions.choices(
        own, request.decisions, named.task_sequence.package_id or "", lambda position: former_position(position, gone)
    )


def _is_in(finding: Finding, exported: ExportedTaskSequence, name: str) -> bool:
    return finding.location.part == exported.location.part and finding.location.task_sequence == name


def _verify_second_run(outcome: Rewritten, views: Views) -> None:
    """The rewrites find nothing left to do in their own result."""
    again = ExportDraft(outcome.copy)
    _rewrite(again, views, outcome.remaining, outcome)
    _drop_idle_properties(again, views)
    if again.changed:
        verification.refuse_second_run(outcome.copy, again.changes)
    for stage in _stages(outcome.copy, views, outcome.remaining, outcome):
        verification.refuse_second_run(outcome.copy, stage.changes)
