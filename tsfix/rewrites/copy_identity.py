"""Gives every task sequence of a copy a name and an ID of its own, in all the places where the old ones stand.

On import an object with a known package ID is by default skipped and linked to the existing one, or overwrites it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container

from tsfix.changes import Reason
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export_layout import TASK_SEQUENCE_CLASS, object_parts, sibling
from tsfix.parse.relationships import (
    MANIFEST,
    RELATIONSHIPS,
    find_part,
    read_manifest,
    read_relationships,
    relationship_id,
)
from tsfix.request import CopyRequest
from tsfix.rewrites.contradictory_ids import refuse_contradictory_ids
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.reference_lists import row_elements
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import TaskSequence
from tsfix.values import Location, PackageId, RuleId

_REASON = Reason(
    rule=RuleId("R54"), text="a copy must not be taken for the original when it is imported", topic="identity"
)


_CUT = "..."

_CLOSE_ATTEMPTS = 64
"""So many IDs that begin with F are tried; with a few thousand taken ones the second or third is free."""
_MOST_ATTEMPTS = 100_000


def copy_name(task_sequence: TaskSequence, request: CopyRequest, knowledge: KnowledgeBase) -> str:
    """The name of the copy. A name that the template made already is kept; one that grew too long is cut.

    Raises UsageError when the template has a field that does not exist, or leaves no room for the name.
    """
    values = {**request.name_values, "id": task_sequence.package_id or ""}
    try:
        around = request.name_template.format(name="\0", **values)
        name = request.name_template.format(name=task_sequence.name, **values)
    except (KeyError, IndexError, ValueError) as error:
        fields = ", ".join(f"{{{field}}}" for field in ("name", *values))
        raise UsageError(
            f'The name template "{request.name_template}" cannot be used: {error}.',
            remedy=f"The fields are {fields}; at least {{name}} should be there.",
        ) from error
    before, _, after = around.partition("\0")
    if (
        "\0" in around
        and task_sequence.name.startswith(before)
        and task_sequence.name.endswith(after)
        and around != "\0"
    ):
        return task_sequence.name
    longest = knowledge.signs.limit("name-characters").value
    if longest is None or len(name) <= longest or len(task_sequence.name) > longest or "\0" not in around:
        return name
    return request.name_template.format(name=_shortened(task_sequence.name, around, request, longest), **values)


def _shortened(name: str, around: str, request: CopyRequest, longest: int) -> str:
    """As much of the name as fits beside what the template puts around it (``around``, with NUL for each name)."""
    times = around.count("\0")
    room = (longest - len(around) + times) // times - len(_CUT)
    if room < 1:
        raise UsageError(
            f'The name template "{request.name_template}" leaves no room for the name: '
            f"a task sequence's name has {longest} characters at most.",
            remedy="Use a shorter template.",
        )
    return name[:room].rstrip() + _CUT


def copy_ids(export: Export, request: CopyRequest) -> dict[str, PackageId]:
    """The copies' IDs, keyed by the originals' in upper case.

    Given ones are used as they are; the others are made from the original's ID and the target, so that the same input
    gives the same output, and avoid every ID that occurs anywhere in the export or in the hierarchy file. The site
    that imports the copy gives it an ID of its own. Borrowed children of which no copy is written keep their ID.
    Raises UsageError for a given ID that is in use, UnsupportedEditError for an export that contradicts itself.
    """
    refuse_contradictory_ids(export)
    taken = _Taken(export, request)
    given = {item.old.upper(): item.new for item in (*request.assigned_ids, *request.new_package_ids)}
    ids: dict[str, PackageId] = {}
    for exported in export.task_sequences:
        old = exported.task_sequence.package_id
        if old is None or exported.part in export.parts.borrowed.kept:
            continue
        new = given.get(old.upper()) or free_id(old, request.id_seed, taken)
        if old.upper() in given and new in taken:
            raise UsageError(
                f"The ID {new} for the copy of {old} is in use already.",
                remedy="Give an ID that occurs neither in the export nor in the hierarchy file.",
                location=exported.location,
            )
        taken.add(new)
        ids[old.upper()] = new
    return ids


class _Taken:
    """What a new ID must not be: anything that stands anywhere in the export, the hierarchy file or the request."""

    def __init__(self, export: Export, request: CopyRequest) -> None:
        self._ids = {found.upper() for found in request.taken_ids}
        self._texts = [name.encode("utf-8", "surrogatepass").upper() for name in export.parts.parts]
        self._texts += [data.replace(b"\0", b"").upper() for data in export.parts.parts.values()]

    def __contains__(self, package_id: object) -> bool:
        wanted = str(package_id).upper()
        return wanted in self._ids or any(wanted.encode("ascii") in text for text in self._texts)

    def add(self, package_id: str) -> None:
        """From now on this ID is taken too."""
        self._ids.add(package_id.upper())


def free_id(old: str, seed: str, taken: Container[str]) -> PackageId:
    """The first ID made from the original's and the seed that is not taken; the same for the same taken ones.

    It begins with the site code and F, where no site gets by counting up. Where most of these 65,536 are taken, any
    later one will do. Raises UsageError when none is left.
    """
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{old.upper()}|{seed}|{attempt}".encode()).hexdigest().upper()
        digits = f"F{digest[:4]}" if attempt < _CLOSE_ATTEMPTS else f"{'89ABCDEF'[attempt % 8]}{digest[:4]}"
        candidate = PackageId(old[:3].upper() + digits)
        if candidate not in taken:
            return candidate
        if attempt > _MOST_ATTEMPTS:
            raise UsageError(
                f"No ID is left for the copy of {old}.", remedy="Convert fewer task sequences of this site in one run."
            )
        attempt += 1


def identity_references(
    export: Export, ids: dict[str, PackageId], request: CopyRequest, knowledge: KnowledgeBase
) -> dict[str, NewReference]:
    """What parents must call instead of the originals, for the replacement of package IDs."""
    names = {
        exported.task_sequence.package_id.upper(): copy_name(exported.task_sequence, request, knowledge)
        for exported in export.task_sequences
        if exported.task_sequence.package_id is not None
    }
    return {
        old: NewReference(package_id=new, name=names[old], same_object=True, reason=_REASON) for old, new in ids.items()
    }


def apply(draft: ExportDraft, ids: dict[str, PackageId], request: CopyRequest, knowledge: KnowledgeBase) -> None:
    """Write names and IDs into every task sequence and into the export's tables of contents."""
    for sequence in draft.sequences:
        if sequence.exported.part in draft.export.parts.borrowed.kept:
            continue
        _name(sequence, copy_name(sequence.task_sequence, request, knowledge))
        old = sequence.task_sequence.package_id
        if sequence.has_envelope and old is not None:
            _own_id(draft, sequence, old, ids[old.upper()])
    named = _folder_names(draft.export, ids) | ids
    _folders(draft, named)
    _manifest(draft, named)
    _relationships(draft, named)


def _folder_names(export: Export, ids: dict[str, PackageId]) -> dict[str, PackageId]:
    """The new IDs by the names of the old folders: in exports edited by hand these differ from the IDs."""
    return {
        entry.key.upper(): ids[item.task_sequence.package_id.upper()]
        for item in export.task_sequences
        for entry in object_parts([item.part])
        if item.task_sequence.package_id is not None and item.task_sequence.package_id.upper() in ids
    }


def _name(sequence: SequenceDraft, name: str) -> None:
    found = sequence.task_sequence.property("Name")
    if found is not None:
        sequence.set_property(found, name, _REASON, "name of the task sequence")
    elif sequence.exported.format == "mdt":
        sequence.set_sequence_name(name, _REASON)


def _own_id(draft: ExportDraft, sequence: SequenceDraft, old: PackageId, new: PackageId) -> None:
    for name in ("PackageID", "__PATH", "__RELPATH"):
        found = sequence.task_sequence.property(name)
        if found is not None and isinstance(found.value, str):
            value = re.sub(re.escape(old), new, found.value, flags=re.IGNORECASE)
            sequence.set_property(found, value, _REASON)
    for part_name in ("ReferencesInfo.xml", "AppReferencesInfo.xml"):
        part = sibling(sequence.exported.part, part_name)
        if part not in draft.export.parts.parts or part == part_name:
            continue
        part_draft = draft.part(part)
        for element in row_elements(draft, part):
            if part_draft.removed(element):
                continue
            row = draft.row(part, element)
            owner = row.text("PackageID")
            if owner is not None and owner.upper() == old.upper():
                row.draft.set_text(row.was.elements["PackageID"], new, _REASON.text)
                draft.note(part, 0, "owner", f"owner of the rows in {part_name}", old, new, _REASON)


def _folders(draft: ExportDraft, ids: dict[str, PackageId]) -> None:
    names = tuple(draft.export.parts.parts)
    for entry in object_parts(names):
        if entry.class_name != TASK_SEQUENCE_CLASS or entry.key.upper() not in ids:
            continue
        folder = f"{entry.folder.removesuffix(entry.key + '/')}{ids[entry.key.upper()]}/"
        for name in names:
            if name.startswith(entry.folder):
                draft.renamed_parts[name] = folder + name[len(entry.folder) :]
        draft.note(entry.part, -1000, "folder", "folder of the task sequence", entry.folder, folder, _REASON)


def _manifest(draft: ExportDraft, ids: dict[str, PackageId]) -> None:
    part = find_part(draft.export.parts, MANIFEST)
    if part is None:
        return
    manifest = read_manifest(draft.export.parts.parts[part], Location(file=draft.export.name, part=part))
    for entry in manifest.objects:
        if entry.class_name == TASK_SEQUENCE_CLASS and entry.keys and entry.keys[0].upper() in ids:
            path = entry.path.replace(entry.keys[0], ids[entry.keys[0].upper()])
            draft.part(part).set_attribute(entry.element, "Path", path, _REASON.text)
            draft.note(part, entry.element, "manifest:Path", "entry in Manifest.xml", entry.path, path, _REASON)


def _relationships(draft: ExportDraft, ids: dict[str, PackageId]) -> None:
    part = find_part(draft.export.parts, RELATIONSHIPS)
    if part is None:
        return
    found = read_relationships(draft.export.parts.parts[part], Location(file=draft.export.name, part=part))
    for entry in found:
        pieces = entry.target.split("/")
        if entry.type != TASK_SEQUENCE_CLASS or len(pieces) < 2 or pieces[-2].upper() not in ids:
            continue
        new = ids[pieces[-2].upper()]
        target = "/".join([*pieces[:-2], new, pieces[-1]])
        part_draft = draft.part(part)
        part_draft.set_attribute(entry.element, "Target", target, _REASON.text)
        part_draft.set_attribute(entry.element, "Id", relationship_id(TASK_SEQUENCE_CLASS, new), _REASON.text)
        draft.note(part, entry.element, "relationship", "relationship (target and hash)", entry.target, target, _REASON)
