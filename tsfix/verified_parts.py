"""The proof of a copy, for the parts around the sequences: rows of references, manifest, relationships, names of parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from tsfix.changes import Change
from tsfix.errors import TsfixError
from tsfix.export import Export, ExportedTaskSequence, PartChanges
from tsfix.parse.export import APPLICATIONS, REFERENCES
from tsfix.parse.export_layout import TASK_SEQUENCE_CLASS, object_parts, sibling
from tsfix.parse.references_info import read_values
from tsfix.parse.relationships import (
    MANIFEST,
    RELATIONSHIPS,
    find_part,
    read_manifest,
    read_relationships,
    relationship_id,
)
from tsfix.values import Location
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import decode_source

_ID = {REFERENCES: "ReferencePackageID", APPLICATIONS: "RefAppModelName"}
"""The property of a row that names what is referred to."""

_ADDED = "added "
"""Begins the key of a row that was not there before; no ID holds a blank."""


def faults(
    original: Export,
    copy: Export,
    part_changes: PartChanges,
    planned: tuple[Change, ...],
    gone: frozenset[str],
) -> Iterator[str]:
    """Everything in the small parts that is not as planned. ``gone`` has the replaced IDs in upper case."""
    if original.parts.kind != "console-export":
        return
    pairs = list(zip(original.task_sequences, copy.task_sequences, strict=True))
    ids = {_folder(before): _folder(after) for before, after in pairs}
    ids |= {str(before.task_sequence.package_id): str(after.task_sequence.package_id) for before, after in pairs}
    for before, after in pairs:
        for name in (REFERENCES, APPLICATIONS):
            yield from _rows_faults(original, copy, before, after, name, planned)
    try:
        yield from _manifest_faults(original, copy, ids, part_changes, gone)
        yield from _relationship_faults(original, copy, part_changes, gone)
    except TsfixError as error:
        yield error.message


def _folder(exported: ExportedTaskSequence) -> str:
    """The name of the task sequence's folder: its ID, but in exports edited by hand."""
    return exported.part.split("/")[-2] if "/" in exported.part else ""


def _rows_faults(
    original: Export,
    copy: Export,
    before: ExportedTaskSequence,
    after: ExportedTaskSequence,
    name: str,
    planned: tuple[Change, ...],
) -> Iterator[str]:
    part = sibling(before.part, name)
    plans = {
        _key(change): change.after and change.after.partition(" ")[0]
        for change in planned
        if change.location.part == part and change.field.startswith("references-info:")
    }
    owners = {str(before.task_sequence.package_id): str(after.task_sequence.package_id)}
    new_part = sibling(after.part, name)
    same = original.parts.parts.get(part) == copy.parts.parts.get(new_part)
    if same and not plans and before.task_sequence.package_id == after.task_sequence.package_id:
        return
    try:
        old = _rows(original, part)
        new = old if same else _rows(copy, new_part)
    except TsfixError as error:
        yield f"{part}: {error.message}"
        return
    # A row that lacks the ID, or is none at all, stays as it is.
    expected = [
        {key: owners.get(value, value) if key == "PackageID" else value for key, value in row.items()} for row in old
    ]
    replaced = {new_id for new_id in plans.values() if new_id is not None}
    if _fixed(expected, _ID[name], plans.keys() | replaced) != _fixed(new, _ID[name], plans.keys() | replaced):
        yield f"{part}: a row differs without a plan."
    ids = {row.get(_ID[name], "") for row in expected}
    for old_id, new_id in plans.items():
        comes = old_id in ids or old_id.startswith(_ADDED)
        ids = (ids - {old_id}) | ({new_id} if comes and new_id else set())
    # Two packages that change places do so at once; otherwise a plan may build on another.
    at_once = {plans.get(old_id, old_id) for old_id in (row.get(_ID[name], "") for row in expected)}
    if {row.get(_ID[name], "") for row in new} not in (ids, at_once):
        yield f"{part}: the rows are not what was planned."


def _key(change: Change) -> str:
    """What a plan for a row is about: the ID before, or for a row that comes in a word of its own."""
    return f"{_ADDED}{change.after}" if change.before is None else change.before.partition(" ")[0]


def _rows(export: Export, part: str) -> list[dict[str, str]]:
    if part not in export.parts.parts:
        return []
    location = Location(file=export.name, part=part)
    root = parse_xml(decode_source(export.parts.parts[part], location).utf8, location=location)
    texts = [element.text for element in root.iter("*") if element.tag == "string" and element.text]
    return list(read_values([text.encode("utf-8") for text in texts], location))


def _fixed(rows: list[dict[str, str]], key: str, moving: set[str]) -> list[dict[str, str]]:
    """The rows whose object no plan names."""
    return [row for row in rows if row.get(key, "") not in moving]


def _manifest_faults(
    original: Export, copy: Export, ids: Mapping[str, str], part_changes: PartChanges, gone: frozenset[str]
) -> Iterator[str]:
    """Every object is listed once, under the ID that it has in the copy; replaced packages are not listed."""
    old_part, new_part = find_part(original.parts, MANIFEST), find_part(copy.parts, MANIFEST)
    if old_part is None or new_part is None:
        return
    before, after = original.parts.parts[old_part], copy.parts.parts[new_part]
    old = read_manifest(before, Location(file=original.name, part=old_part))
    new = old if before == after else read_manifest(after, Location(file=copy.name, part=new_part))
    expected = [
        (entry.class_name, tuple(ids.get(key, key) for key in entry.keys))
        for entry in old.objects
        if entry.class_name == TASK_SEQUENCE_CLASS or not entry.keys or entry.keys[0].upper() not in gone
    ]
    if Counter(expected) != Counter((entry.class_name, entry.keys) for entry in new.objects):
        yield f"{new_part}: the objects are not those of the copy."
    dropped = b"".join(original.parts.parts[name].lower() for name in part_changes.removed)
    lost = {content.unique_id for content in old.contents} - {content.unique_id for content in new.contents}
    if any(unique_id.lower().encode("utf-8") not in dropped for unique_id in lost):
        yield f"{new_part}: an entry for content is missing."


def _relationship_faults(
    original: Export, copy: Export, part_changes: PartChanges, gone: frozenset[str]
) -> Iterator[str]:
    """Every object part of the copy has its relationship, task sequences with the hash of their new ID."""
    old_part, new_part = find_part(original.parts, RELATIONSHIPS), find_part(copy.parts, RELATIONSHIPS)
    if old_part is None or new_part is None:
        return
    prefix = old_part[: -len(RELATIONSHIPS)]
    before, after = original.parts.parts[old_part], copy.parts.parts[new_part]
    old = read_relationships(before, Location(file=original.name, part=old_part))
    new = old if before == after else read_relationships(after, Location(file=copy.name, part=new_part))
    spelled = {name.lower(): name for name in original.parts.parts}
    expected = Counter[tuple[str, str]]()
    for entry in old:
        part = prefix + entry.target.lstrip("/")
        name = spelled.get(part.lower(), part)
        replaced = any(
            found.class_name != TASK_SEQUENCE_CLASS and found.package_id.upper() in gone
            for found in object_parts([name])
        )
        if not replaced:
            expected[entry.type, part_changes.renamed.get(name, name).lower()] += 1
    if expected != Counter((entry.type, (prefix + entry.target.lstrip("/")).lower()) for entry in new):
        yield f"{new_part}: the relationships are not those of the copy."
    moved = {name.lower() for name in part_changes.renamed.values()}
    for entry in new:
        if entry.type != TASK_SEQUENCE_CLASS or (prefix + entry.target.lstrip("/")).lower() not in moved:
            continue
        if entry.id != relationship_id(TASK_SEQUENCE_CLASS, entry.target.split("/")[-2]):
            yield f"{new_part}: the hash of {entry.target} is not that of its ID."


def old_ids(copy: Export, gone: frozenset[str]) -> Iterator[str]:
    """Replaced IDs in the names of parts. What stands in the tables of contents is compared entry by entry."""
    for name in copy.parts.parts:
        for piece in name.upper().split("/"):
            if piece in gone or piece.partition("_")[0] in gone:
                yield f"The name of the part {name} holds the old ID {piece.partition('_')[0]}."
