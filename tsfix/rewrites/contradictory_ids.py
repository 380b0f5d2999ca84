"""Refuses exports whose folders, properties and relationships give a task sequence different IDs: they were edited by hand."""

from __future__ import annotations

from tsfix.errors import UnsupportedEditError
from tsfix.export import Export, ExportedTaskSequence
from tsfix.parse.export_layout import TASK_SEQUENCE_CLASS, object_parts
from tsfix.parse.relationships import RELATIONSHIPS, find_part, read_relationships
from tsfix.values import Location

_REMEDY = "The archive was edited by hand. Export the task sequence from the console again."


def refuse_contradictory_ids(export: Export) -> None:
    """Stop where nobody can say which folder or relationship belongs to which task sequence.

    A folder whose name differs from the ID in its object is no contradiction as long as nothing else bears that name.
    Raises UnsupportedEditError with the part that contradicts.
    """
    folders: dict[str, ExportedTaskSequence] = {
        entry.key.upper(): item for item in export.own_task_sequences for entry in object_parts([item.part])
    }
    owners: dict[str, ExportedTaskSequence] = {}
    for item in export.own_task_sequences:
        package_id = str(item.task_sequence.package_id or "").upper()
        if not package_id:
            continue
        if package_id in owners:
            raise _contradiction(f"Two task sequences have the ID {package_id}: see {owners[package_id].part}.", item)
        owners[package_id] = item
    for package_id, item in owners.items():
        other = folders.get(package_id)
        if other is not None and other.part != item.part:
            raise _contradiction(f"The ID of this task sequence is {package_id}, the name of another's folder.", item)
    _refuse_relationships(export, owners)


def _refuse_relationships(export: Export, owners: dict[str, ExportedTaskSequence]) -> None:
    part = find_part(export.parts, RELATIONSHIPS)
    if part is None:
        return
    location = Location(file=export.name, part=part)
    prefix = part[: -len(RELATIONSHIPS)]
    there = {name.lower() for name in export.parts.parts}
    for entry in read_relationships(export.parts.parts[part], location):
        pieces = entry.target.split("/")
        item = owners.get(pieces[-2].upper()) if len(pieces) > 1 else None
        if entry.type != TASK_SEQUENCE_CLASS or item is None:
            continue
        if (prefix + entry.target.lstrip("/")).lower() not in there:
            raise UnsupportedEditError(
                f"It names the part {entry.target}, but the task sequence with that ID stands in {item.part}.",
                remedy=_REMEDY,
                location=location,
            )


def _contradiction(message: str, item: ExportedTaskSequence) -> UnsupportedEditError:
    return UnsupportedEditError(message, remedy=_REMEDY, location=item.location)
