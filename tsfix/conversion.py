"""Makes the copy of one export for a target: rewrites, new bytes, a second look at the result. Pure: parts in, parts out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from tsfix import verification
from tsfix.changes import Change, Mention
from tsfix.checks import child_packages, run_checks
from tsfix.checks.client_package import client_references
from tsfix.checks.subject import Subject
from tsfix.errors import UnreadableError, UsageError, VerificationError
from tsfix.export import Export, ExportedTaskSequence, PartChanges, Parts
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy, KnownPackage
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export import APPLICATIONS, REFERENCES, read_export
from tsfix.parse.export_layout import TASK_SEQUENCE_CLASS, object_parts
from tsfix.places import mentions
from tsfix.request import CloneRequest, CopyRequest, RelinkRequest
from tsfix.rewrites import (
    client_package,
    copy_identity,
    dependencies,
    new_steps,
    newer_features,
    reshaping,
    step_decisions,
)
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.package_ids import replace_packages
from tsfix.rewrites.reference_lists import drop_unused
from tsfix.rewrites.reshaping import Stage, together
from tsfix.values import Location, PackageId, Position

CLIENT_RULES = frozenset({"R1", "R4"})
"""Rules about the client package; the policy for new steps says nothing about it."""

_NOT_KEPT = CLIENT_RULES | {"R47"}
"""What the policy ``keep`` does not accept: a client that the target refuses, in the export or in a child outside of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A copy that differs from its original as planned, and in nothing else."""

    original: Export
    copy: Export
    part_changes: PartChanges
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    """What was found in the original."""
    remaining: tuple[Finding, ...]
    """What is found in the copy; blocking ones were accepted by policy."""
    mentions: tuple[Mention, ...]
    """Old IDs that stand in free text."""
    new_ids: tuple[tuple[PackageId, PackageId], ...]
    """The task sequences' old and new IDs."""
    last_stage: Rewritten | None = None
    """Where the copy was made in stages: the last one alone, from the export that the stages before it left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The target can take the original as it is; a copy would only be a second name for it."""

    original: Export
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No copy: something must be mended that cannot be, or that a person has to decide."""

    original: Export
    findings: tuple[Finding, ...]
    reasons: tuple[Finding, ...]
    """What stands in the way."""


Outcome = Rewritten | Unchanged | Refused


def clone(export: Export, request: CloneRequest, knowledge: KnowledgeBase, hierarchy: Hierarchy) -> Outcome:
    """Make the copy of an export for the request's target.

    Raises UsageError when the request contradicts itself or the export, UnreadableError when a part that a copy must
    change could not be read, UnsupportedEditError when an edit cannot be made without risk to the rest of the file,
    VerificationError when the copy is not what was planned.
    """
    require_readable(export)
    hierarchy = _with_mapped_clients(with_request(hierarchy, request), export, request, knowledge)
    findings = check_export(export, request, knowledge, hierarchy)
    stages = tuple(_stages(export, request, knowledge, hierarchy, findings))
    if not stages:
        return _clone(export, request, knowledge, hierarchy, findings, reshaped=False)
    for stage in stages:
        verification.verify(
            stage.before, stage.after, stage.part_changes, stage.changes, knowledge, frozenset(), stage.planned
        )
    shaped = stages[-1].after
    found = check_export(shaped, request, knowledge, hierarchy)
    return in_one_step(export, findings, stages, _clone(shaped, request, knowledge, hierarchy, found, reshaped=True))


def in_one_step(
    export: Export, findings: tuple[Finding, ...], stages: tuple[Stage, ...], outcome: Outcome
) -> Rewritten | Refused:
    """What came of an export in stages, told as of the original."""
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
    )


def _stages(
    export: Export,
    request: CloneRequest,
    knowledge: KnowledgeBase,
    hierarchy: Hierarchy,
    findings: tuple[Finding, ...],
    original: Export | None = None,
) -> Iterator[Stage]:
    """Write what the target lacks in another form that does the same, unless the person wants it kept or decided otherwise."""
    if request.new_steps == "keep" or any(item.format == "mdt" for item in export.task_sequences):
        return iter(())
    decided: set[tuple[str, Position]] = set()
    for number, item in enumerate(export.task_sequences):
        named = (original or export).task_sequences[number].task_sequence
        own = [finding for finding in findings if _is_in(finding, item, named.name)]
        choices = step_decisions.choices(own, request.decisions, named.package_id or "")
        decided.update((item.part, position) for position in choices)
    return reshaping.stages(export, lambda found: subjects_of(found, request, knowledge, hierarchy), frozenset(decided))


def _clone(
    export: Export,
    request: CloneRequest,
    knowledge: KnowledgeBase,
    hierarchy: Hierarchy,
    findings: tuple[Finding, ...],
    *,
    reshaped: bool,
) -> Outcome:
    """The copy of an export in which everything has a form that the target knows, as far as there is one."""
    draft = ExportDraft(export)
    mapping = _rewrite(draft, request, knowledge, hierarchy, findings)
    if not draft.changed:
        reasons = _in_the_way(findings, request, export)
        if reasons:
            return Refused(original=export, findings=findings, reasons=reasons)
    if not draft.changed and not reshaped:
        return Unchanged(original=export, findings=findings)

    def judge(copy: Export, replaced: frozenset[str]) -> Judgement:
        remaining = _under_old_names(check_export(copy, request, knowledge, hierarchy), export, copy)
        reasons = _in_the_way(remaining, request, export)
        reasons += _left_behind(draft, replaced, request, knowledge, hierarchy, reasons)
        return Judgement(remaining=remaining, reasons=reasons)

    outcome = finish(draft, findings, mapping, request, knowledge, judge)
    if isinstance(outcome, Rewritten):
        _verify_second_run(outcome, request, knowledge, hierarchy)
    return outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a copy is found to be, before it is proved."""

    remaining: tuple[Finding, ...] = ()
    reasons: tuple[Finding, ...] = ()
    """What stands in the way; with one, there is no copy."""


def finish(
    draft: ExportDraft,
    findings: tuple[Finding, ...],
    mapping: Mapping[str, NewReference],
    request: CopyRequest,
    knowledge: KnowledgeBase,
    judge: Callable[[Export, frozenset[str]], Judgement],
) -> Rewritten | Refused:
    """The second half of every copy: name and ID, new bytes, a look at the result, the proof.

    ``judge`` gets the copy and the replaced IDs in upper case. Raises what ``clone`` raises.
    """
    export = draft.export
    ids: dict[str, PackageId] = {}
    if not (isinstance(request, RelinkRequest) and request.keep_identity):
        ids = copy_identity.copy_ids(export, request)
        replace_packages(draft, knowledge, copy_identity.identity_references(export, ids, request, knowledge))
        copy_identity.apply(draft, ids, request, knowledge)
    changes = draft.part_changes()
    copy = read_export(Parts(name=export.name, kind=export.parts.kind, parts=changes.apply(export.parts)))
    replaced = frozenset(mapping) | frozenset(ids)
    judgement = judge(copy, replaced)
    if judgement.reasons:
        return Refused(original=export, findings=findings, reasons=judgement.reasons)
    verification.verify(export, copy, changes, draft.changes, knowledge, gone=replaced - _new(mapping, ids))
    return Rewritten(
        original=export,
        copy=copy,
        part_changes=changes,
        changes=draft.changes,
        findings=findings,
        remaining=judgement.remaining,
        mentions=tuple(
            mention
            for exported in copy.task_sequences
            for mention in mentions(exported, knowledge, lambda found: found in replaced)
        ),
        new_ids=tuple(
            (item.task_sequence.package_id, ids[item.task_sequence.package_id.upper()])
            for item in export.task_sequences
            if item.task_sequence.package_id is not None and ids
        ),
    )


def _under_old_names(findings: tuple[Finding, ...], original: Export, copy: Export) -> tuple[Finding, ...]:
    """Findings in the copy, told with the names that the person knows."""
    names = {
        after.location.part: before.task_sequence.name
        for before, after in zip(original.task_sequences, copy.task_sequences, strict=True)
    }
    return tuple(
        replace(
            finding,
            location=replace(
                finding.location,
                task_sequence=names.get(finding.location.part, finding.location.task_sequence),
            ),
        )
        if finding.location.task_sequence
        else finding
        for finding in findings
    )


def require_readable(export: Export) -> None:
    """A part that was not read would keep its old IDs in the copy. Raises UnreadableError for one that must change."""
    for problem in export.problems:
        part = problem.location.part
        objects = object_parts([part])
        if part.endswith((REFERENCES, APPLICATIONS)) or (objects and objects[0].class_name == TASK_SEQUENCE_CLASS):
            raise UnreadableError(
                f"{problem.message} A copy must change this part.", remedy=problem.remedy, location=problem.location
            )


def _left_behind(
    draft: ExportDraft,
    replaced: frozenset[str],
    request: CloneRequest,
    knowledge: KnowledgeBase,
    hierarchy: Hierarchy,
    reasons: tuple[Finding, ...],
) -> tuple[Finding, ...]:
    """Children outside of the export that need what the copy replaces; those that ``reasons`` name already are left out."""
    named = {(reason.rule, reason.location.path, reason.subject) for reason in reasons}
    return tuple(
        finding
        for subject, sequence in zip(
            subjects_of(draft.export, request, knowledge, hierarchy), draft.sequences, strict=True
        )
        for finding in child_packages.needs_replaced(subject, replaced, sequence.runs)
        if (finding.rule, finding.location.path, finding.subject) not in named
    )


def _new(mapping: Mapping[str, NewReference], ids: dict[str, PackageId]) -> frozenset[str]:
    return frozenset(new.package_id.upper() for new in mapping.values()) | frozenset(
        new.upper() for new in ids.values()
    )


def _rewrite(
    draft: ExportDraft,
    request: CloneRequest,
    knowledge: KnowledgeBase,
    hierarchy: Hierarchy,
    findings: tuple[Finding, ...],
    original: Export | None = None,
) -> dict[str, NewReference]:
    """Draft every change of content (not of name and identity). Returns which packages are replaced.

    ``findings`` bear the names and IDs of the ``original``, to which the decisions refer; None where that is the draft's.
    """
    subjects = subjects_of(draft.export, request, knowledge, hierarchy)
    for number, (subject, sequence) in enumerate(zip(subjects, draft.sequences, strict=True)):
        named = (original or draft.export).task_sequences[number].task_sequence
        own = [item for item in findings if _is_in(item, subject.exported, named.name)]
        choices = step_decisions.choices(own, request.decisions, named.package_id or "")
        new_steps.apply(subject, sequence, request.new_steps, choices)
        newer_features.apply(subject, sequence)
        client_package.drop_pre_production(subject, sequence)
    mapping = client_package.replacements(subjects, request)
    replace_packages(draft, knowledge, mapping)
    drop_unused(draft, knowledge)
    dependencies.drop_replaced(draft, mapping)
    return mapping


def _is_in(finding: Finding, exported: ExportedTaskSequence, name: str) -> bool:
    return finding.location.part == exported.location.part and finding.location.task_sequence == name


def _verify_second_run(
    outcome: Rewritten, request: CloneRequest, knowledge: KnowledgeBase, hierarchy: Hierarchy
) -> None:
    """The rewrites find nothing left to do in their own result."""
    again = ExportDraft(outcome.copy)
    _rewrite(again, request, knowledge, hierarchy, outcome.remaining, outcome.original)
    if again.changed:
        verification.refuse_second_run(outcome.copy, again.changes)
    for stage in _stages(outcome.copy, request, knowledge, hierarchy, outcome.remaining, outcome.original):
        verification.refuse_second_run(outcome.copy, stage.changes)


def subjects_of(
    export: Export, request: CloneRequest, knowledge: KnowledgeBase, hierarchy: Hierarchy
) -> tuple[Subject, ...]:
    """One subject for each task sequence of the export."""
    return tuple(
        Subject(export=export, exported=exported, knowledge=knowledge, target=request.target, hierarchy=hierarchy)
        for exported in export.task_sequences
    )


def check_export(
    export: Export, request: CloneRequest, knowledge: KnowledgeBase, hierarchy: Hierarchy
) -> tuple[Finding, ...]:
    """The findings in every task sequence of the export."""
    return tuple(
        finding for subject in subjects_of(export, request, knowledge, hierarchy) for finding in run_checks(subject)
    )


def with_request(hierarchy: Hierarchy, request: CloneRequest) -> Hierarchy:
    """The hierarchy as the request completes it: a package named as the custom client package is custom.

    Raises UsageError when the hierarchy file calls that package a default one.
    """
    named = request.client_package
    if named is None:
        return hierarchy
    known = hierarchy.package(named)
    if known is not None and (known.default or known.pre_production):
        raise UsageError(
            f"The client package {named} is a default or pre-production package, says the hierarchy file.",
            remedy="Name a custom package that holds the older client.",
        )
    claim = KnownPackage(
        id=named,
        kind="client",
        name=request.client_package_name or (known.name if known else ""),
        default=False,
        client_version=known.client_version if known else "",
    )
    others = tuple(item for item in hierarchy.packages if item.id.upper() != named.upper())
    return replace(hierarchy, packages=(*others, claim))


def _with_mapped_clients(
    hierarchy: Hierarchy, export: Export, request: CloneRequest, knowledge: KnowledgeBase
) -> Hierarchy:
    """A package that the person puts in the place of a client package is custom, unless the hierarchy file knows it."""
    clients = {
        reference.package_id.upper()
        for subject in subjects_of(export, request, knowledge, hierarchy)
        for reference in client_references(subject)
    }
    claims = tuple(
        KnownPackage(id=mapping.new, kind="client", name=mapping.new_name, default=False)
        for mapping in request.mappings
        if mapping.old.upper() in clients and hierarchy.package(mapping.new) is None
    )
    return replace(hierarchy, packages=(*hierarchy.packages, *claims)) if claims else hierarchy


def _in_the_way(findings: tuple[Finding, ...], request: CloneRequest, original: Export) -> tuple[Finding, ...]:
    """Findings that forbid a copy. ``keep`` accepts everything but a client package that the target refuses."""
    return tuple(
        finding
        for finding in findings
        if finding.blocking
        and finding.rule not in request.accepted_rules
        and (request.new_steps != "keep" or finding.rule in _NOT_KEPT)
        and not _is_decided(finding, request, original)
    )


def _is_decided(finding: Finding, request: CloneRequest, original: Export) -> bool:
    """Tell whether the person accepts the finding. Decisions name task sequences as the original does."""
    if not request.decisions:
        return False
    name = finding.location.task_sequence
    ids = [item.task_sequence.package_id or "" for item in original.task_sequences if item.task_sequence.name == name]
    return any(
        decision.do == "accept" or (decision.do == "keep" and finding.rule not in _NOT_KEPT)
        for decision in request.decisions
        if any(decision.matches(finding, package_id) for package_id in ids or [""])
    )
