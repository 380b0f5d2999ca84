"""Takes the object of a replaced package out of an export: folder, programs, manifest entries, relationships.

An import would otherwise bring the old package along, or overwrite the one that the site has.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from tsfix.errors import TsfixError
from tsfix.parse.export_layout import TASK_SEQUENCE_CLASS, ObjectPart, object_parts
from tsfix.parse.relationships import MANIFEST, RELATIONSHIPS, find_part, read_manifest, read_relationships
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.values import Location
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import decode_source

_CONTENT = "PACKAGE_CONTENT.xml"


def drop_replaced(draft: ExportDraft, mapping: Mapping[str, NewReference]) -> None:
    """Drop every dependency whose package was replaced (keys of the mapping, in upper case).

    What the tables of contents say of such a package goes too, also where its parts are missing.
    """
    gone = [
        entry
        for entry in _folders(draft)
        if entry.class_name != TASK_SEQUENCE_CLASS and entry.package_id.upper() in mapping
    ]
    for entry in gone:
        for name in draft.export.parts.parts:
            if name.startswith(entry.folder):
                draft.removed_parts.add(name)
        reason = mapping[entry.package_id.upper()].reason
        draft.note(entry.part, -1, "dependency", "dependency in the export", entry.folder, None, reason)
    _drop_from_manifest(draft, mapping, _content_ids(draft, gone))
    _drop_from_relationships(draft, mapping)


def _folders(draft: ExportDraft) -> tuple[ObjectPart, ...]:
    """The folders of objects among the parts, as if each had its ``object.xml``."""
    folders = dict.fromkeys(name.rpartition("/")[0] for name in draft.export.parts.parts if "/" in name)
    return object_parts(f"{folder}/object.xml" for folder in folders)


def _content_ids(draft: ExportDraft, gone: list[ObjectPart]) -> set[str]:
    """The GUIDs under which the manifest lists the packages' content."""
    found: set[str] = set()
    for entry in gone:
        name = entry.folder + _CONTENT
        if name not in draft.export.parts.parts:
            continue
        location = Location(file=draft.export.name, part=name)
        try:
            root = parse_xml(decode_source(draft.export.parts.parts[name], location).utf8, location=location)
        except TsfixError:
            continue
        found.update(_text(element).lower() for element in root.iter("*") if _text(element))
    return found


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()


def _drop_from_manifest(draft: ExportDraft, mapping: Mapping[str, NewReference], content_ids: set[str]) -> None:
    part = find_part(draft.export.parts, MANIFEST)
    if part is None:
        return
    manifest = read_manifest(draft.export.parts.parts[part], Location(file=draft.export.name, part=part))
    for found in manifest.objects:
        key = found.keys[0].upper() if found.keys else ""
        if found.class_name != TASK_SEQUENCE_CLASS and key in mapping:
            draft.part(part).remove_element(found.element, mapping[key].reason.text, with_line=True)
    for content in manifest.contents:
        if content.unique_id.lower() in content_ids:
            draft.part(part).remove_element(content.element, "content of a replaced package", with_line=True)


def _drop_from_relationships(draft: ExportDraft, mapping: Mapping[str, NewReference]) -> None:
    part = find_part(draft.export.parts, RELATIONSHIPS)
    if part is None:
        return
    found = read_relationships(draft.export.parts.parts[part], Location(file=draft.export.name, part=part))
    for entry in found:
        for target in object_parts([entry.target]):
            key = target.package_id.upper()
            if target.class_name != TASK_SEQUENCE_CLASS and key in mapping:
                draft.part(part).remove_element(entry.element, mapping[key].reason.text, with_line=True)
