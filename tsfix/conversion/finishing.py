"""The second half of every copy: name, ID and description, new bytes, a look at the result, the proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tsfix import verification
from tsfix.conversion.outcomes import Judgement, Refused, Rewritten
from tsfix.errors import UnsupportedEditError
from tsfix.export import Export, PartChanges
from tsfix.findings import Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export import read_export
from tsfix.places import mentions
from tsfix.request import CopyRequest, RelinkRequest
from tsfix.rewrites import (
    copy_description,
    copy_identity,
)
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.package_ids import replace_packages
from tsfix.values import Location, PackageId


def finish(
    draft: ExportDraft,
    findings: tuple[Finding, ...],
    mapping: Mapping[str, NewReference],
    request: CopyRequest,
    knowledge: KnowledgeBase,
    judge: Callable[[Export, frozenset[str]], Judgement],
    source: Export | None = None,
) -> Rewritten | Refused:
    """The second half of every copy: name and ID, new bytes, a look at the result, the proof.

    ``judge`` gets the copy and the replaced IDs in upper case. ``source`` is the export as the person gave it, where
    the draft's is the work of earlier stages. Raises what ``clone`` raises.
    """
    export = draft.export
    ids: dict[str, PackageId] = {}
    if not (isinstance(request, RelinkRequest) and request.keep_identity):
        ids = copy_identity.copy_ids(export, request)
        replace_packages(draft, knowledge, copy_identity.identity_references(export, ids, request, knowledge))
        copy_identity.apply(draft, ids, request, knowledge)
        for sequence in draft.sequences:
            if sequence.exported.part not in export.parts.borrowed.kept:
                copy_description.apply(sequence, source or export, request, knowledge)
    changes = draft.part_changes()
    _refuse_changed_borrowed(export, changes)
    copy = read_export(changes.copy_of(export.parts), to_compare=True)
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
            if item.task_sequence.package_id is not None and item.task_sequence.package_id.upper() in ids
        ),
    )


def _refuse_changed_borrowed(export: Export, changes: PartChanges) -> None:
    """A borrowed child that needs no copy by itself must not need one for its parent: nobody would write that copy."""
    for part in sorted(export.parts.borrowed.kept & changes.replaced.keys()):
        raise UnsupportedEditError(
            f"This child needs no copy in {export.parts.borrowed.files[part]}, and would need one for its parent.",
            remedy="Export the parent together with its children.",
            location=Location(file=export.name, part=part),
        )


def _new(mapping: Mapping[str, NewReference], ids: dict[str, PackageId]) -> frozenset[str]:
    return frozenset(new.package_id.upper() for new in mapping.values()) | frozenset(
        new.upper() for new in ids.values()
    )
