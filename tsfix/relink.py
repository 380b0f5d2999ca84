"""Makes the copy of one export in which package IDs are replaced in all places, without a target. Pure: parts in, parts out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from tsfix.changes import MappingUse, Mention, Reason
from tsfix.checks import child_packages, two_halves
from tsfix.checks.subject import Subject
from tsfix.conversion import Judgement, Outcome, Rewritten, Unchanged, finish, require_readable
from tsfix.errors import UsageError
from tsfix.export import Export, ExportedTaskSequence
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.package_kinds import KindsOf
from tsfix.places import item_location, live_places, mentions
from tsfix.request import PackageMapping, RelinkRequest
from tsfix.rewrites import application_ids, dependencies
from tsfix.rewrites.application_ids import replace_applications
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.package_ids import own_ids, replace_packages
from tsfix.values import Location, PackageId


class Relinked(Struct, frozen=True, kw_only=True):
    """What became of an export, and where the mapped IDs stand in it."""

    outcome: Outcome
    uses: tuple[MappingUse, ...]
    """One for each mapping, in their order."""
    mentions: tuple[Mention, ...]
    """Old IDs in free text, which stay."""
    children: tuple[PackageId, ...]
    """Task sequences outside of the export that are called and need the same change (only where IDs are kept)."""


def relink(export: Export, request: RelinkRequest, knowledge: KnowledgeBase, hierarchy: Hierarchy) -> Relinked:
    """Make the copy of an export in which every mapped ID is replaced, in children and parents alike.

    Refused where a child outside of the export still needs an old package, unless the copies keep their identity: then
    the child can be changed in the same way. Raises UsageError when a mapping does not fit the export (another kind of
    object, or the export's own task sequence), and what ``conversion.finish`` raises.
    """
    require_readable(export)
    _check_fit(export, request, knowledge, hierarchy)
    draft = ExportDraft(export)
    subjects = [
        Subject(export=export, exported=exported, knowledge=knowledge, hierarchy=hierarchy)
        for exported in export.task_sequences
    ]
    mapping = _new_references(request, knowledge)
    absent = dict.fromkeys(call.child for subject in subjects for call in child_packages.absent_children(subject))
    children = frozenset(absent) if request.keep_identity else frozenset()
    replace_packages(draft, knowledge, mapping, children)
    replace_applications(draft, mapping)
    still_used = {new.package_id.upper() for new in mapping.values()}
    dependencies.drop_replaced(draft, {old: new for old, new in mapping.items() if old not in still_used})

    def judge(copy: Export, replaced: frozenset[str]) -> Judgement:
        torn = tuple(finding for subject in subjects for finding in two_halves.halves_torn(subject, replaced))
        return Judgement(reasons=(*torn, *(() if request.keep_identity else _left_behind(subjects, draft, replaced))))

    outcome: Outcome
    if draft.changed:
        outcome = finish(draft, (), mapping, request, knowledge, judge)
    else:
        outcome = Unchanged(original=export, findings=())
    texts = tuple(
        mention
        for exported in export.own_task_sequences
        for mention in (
            *mentions(exported, knowledge, lambda found: found in mapping),
            *_mentioned_applications(exported, knowledge, mapping),
        )
    )
    return Relinked(
        outcome=outcome,
        uses=tuple(_use(export, item, knowledge, texts, isinstance(outcome, Rewritten)) for item in request.mappings),
        mentions=texts,
        children=tuple(map(PackageId, absent)) if request.keep_identity and _touches(subjects, mapping) else (),
    )


def _mentioned_applications(
    exported: ExportedTaskSequence, knowledge: KnowledgeBase, mapping: dict[str, NewReference]
) -> Iterator[Mention]:
    for item, label, found in application_ids.mentioned(exported, knowledge, mapping):
        yield Mention(
            location=item_location(exported, item),
            package_id=found,
            label=label,
            excerpt=f"names the application {found}",
        )


def _new_references(request: RelinkRequest, knowledge: KnowledgeBase) -> dict[str, NewReference]:
    rule = knowledge.rule("R46").id
    return {
        item.old.upper(): NewReference(
            package_id=item.new,
            name=item.new_name or item.new,
            same_object=False,
            reason=Reason(rule=rule, text=f"you asked for {item.old} = {item.new}"),
        )
        for item in request.mappings
    }


def _left_behind(subjects: list[Subject], draft: ExportDraft, replaced: frozenset[str]) -> tuple[Finding, ...]:
    """Children outside of the export that need what the copy replaces."""
    return tuple(
        finding
        for subject, sequence in zip(subjects, draft.sequences, strict=True)
        if subject.exported.part not in draft.export.parts.borrowed.files
        for finding in child_packages.needs_replaced(subject, replaced, sequence.runs)
    )


def _touches(subjects: Iterable[Subject], mapping: dict[str, NewReference]) -> bool:
    return any(
        found.upper() in mapping
        for subject in subjects
        for call in child_packages.absent_children(subject)
        for found in child_packages.listed_ids(call)
    )


def _use(
    export: Export, item: PackageMapping, knowledge: KnowledgeBase, texts: tuple[Mention, ...], copied: bool
) -> MappingUse:
    old = item.old.upper()
    counts = [
        sum(found.upper() == old for place in live_places(exported, knowledge) for found in place.ids)
        + sum(found.upper() == old for found in application_ids.outside_of_variables(exported))
        for exported in export.own_task_sequences
    ]
    places = sum(counts) if copied else 0
    return MappingUse(
        old=item.old,
        new=item.new,
        exports=1 if places else 0,
        task_sequences=sum(number > 0 for number in counts) if places else 0,
        places=places,
        mentions=sum(mention.package_id.upper() == old for mention in texts),
    )


def _check_fit(export: Export, request: RelinkRequest, knowledge: KnowledgeBase, hierarchy: Hierarchy) -> None:
    """Raise UsageError that lists every mapping that does not fit this export."""
    own = own_ids(export)
    kinds = KindsOf(export, knowledge, hierarchy)
    faults = [fault for item in request.mappings for fault in _faults(item, own, kinds)]
    if faults:
        raise UsageError(
            " ".join(faults),
            remedy="Correct the mapping. Nothing was written for this export.",
            location=Location(file=export.name),
        )


def _faults(item: PackageMapping, own: frozenset[str], kinds: KindsOf) -> Iterator[str]:
    if item.old.upper() in own:
        yield f"{item.old} is a task sequence of this export; its copy gets an ID by itself."
        return
    misfit = kinds.misfit(item.old, item.new)
    if misfit:
        yield misfit
