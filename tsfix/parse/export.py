"""Reads the parts of an export, of whatever format, into task sequences. What cannot be read is named; the rest goes on."""

from __future__ import annotations

import re

from lxml import etree
from msgspec.structs import replace

from tsfix.errors import TsfixError, UnreadableError
from tsfix.export import Borrowed, Export, ExportedTaskSequence, PackageObject, Parts, Problem, ReferenceInfo
from tsfix.parse.export_layout import TASK_SEQUENCE_CLASS, ObjectPart, object_parts, sibling
from tsfix.parse.object_rest import ObjectText, rest_of
from tsfix.parse.package_object import first_twice, read_object
from tsfix.parse.references_info import read_references_info
from tsfix.parse.relationships import missing_parts
from tsfix.parse.sequence import read_sequence
from tsfix.task_sequence import PackageProperty, TaskSequence
from tsfix.values import Location, PackageId
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import decode_source

MARKER = "USERSTATE_MIGRATION_PACKAGE.xml"
REFERENCES = "ReferencesInfo.xml"
APPLICATIONS = "AppReferencesInfo.xml"
_ID = re.compile(r"[0-9A-Za-z]{1,20}")
_NOT_A_TASK_SEQUENCE = "It holds no task sequence that tsfix knows."
_FORMATS = "Expected an export of the console (.zip), its object.xml, a <sequence>, an SmsTaskSequencePackage or an MDT ts.xml."


def read_export(parts: Parts, *, to_compare: bool = False) -> Export:
    """Read every task sequence of an export.

    ``to_compare``: it will be compared, so the fingerprints of its objects are made at once, of the trees at hand.
    Never raises for bad content: what cannot be read becomes a Problem with file, part, line and reason.
    """
    if parts.borrowed.files:
        return _with_borrowed(parts, to_compare)
    if parts.kind == "console-export":
        return _console_export(parts, to_compare)
    (part,) = parts.parts
    location = Location(file=parts.name)
    try:
        task_sequence = read_single_file(parts.parts[part], part, location, to_compare=to_compare)
    except TsfixError as error:
        return Export(parts=parts, task_sequences=(), problems=(_problem(error, location),))
    return Export(parts=parts, task_sequences=(task_sequence,))


def _with_borrowed(parts: Parts, to_compare: bool) -> Export:
    """The export with the children that it borrows behind its own; these are told with the files that they come from."""
    files = parts.borrowed.files
    own = read_export(replace(parts, parts=_only(parts, ""), borrowed=Borrowed()), to_compare=to_compare)
    lent = [
        _console_export(Parts(name=file, kind="console-export", parts=_only(parts, file)), to_compare)
        for file in dict.fromkeys(files.values())
    ]
    return replace(
        own,
        parts=parts,
        task_sequences=(*own.task_sequences, *(item for found in lent for item in found.task_sequences)),
        usmt_marker=own.usmt_marker or next((found.usmt_marker for found in lent if found.usmt_marker), None),
        problems=(*own.problems, *(problem for found in lent for problem in found.problems)),
    )


def _only(parts: Parts, file: str) -> dict[str, bytes]:
    """The parts that come from one file; those of the export itself for an empty name."""
    return {name: data for name, data in parts.parts.items() if parts.borrowed.files.get(name, "") == file}


def _problem(error: TsfixError, location: Location) -> Problem:
    return Problem(location=error.location or location, message=error.message, remedy=error.remedy)


def _console_export(parts: Parts, to_compare: bool) -> Export:
    objects = object_parts(parts.parts)
    problems: list[Problem] = []
    task_sequences: list[ExportedTaskSequence] = []
    package_objects: list[PackageObject] = []
    for entry in objects:
        location = Location(file=parts.name, part=entry.part)
        try:
            if entry.class_name == TASK_SEQUENCE_CLASS:
                task_sequences.append(_task_sequence_object(parts, entry, location, problems, to_compare))
            else:
                package_objects.append(_package_object(parts, entry, location))
        except TsfixError as error:
            problems.append(_problem(error, location))
    if not task_sequences and not problems:
        problems.append(Problem(location=Location(file=parts.name), message=_NOT_A_TASK_SEQUENCE, remedy=_FORMATS))
    problems.extend(missing_parts(parts))
    return Export(
        parts=parts,
        task_sequences=tuple(task_sequences),
        usmt_marker=_usmt_marker(parts, problems),
        package_objects=tuple(package_objects),
        problems=tuple(problems),
    )


def _task_sequence_object(
    parts: Parts, entry: ObjectPart, location: Location, problems: list[Problem], to_compare: bool
) -> ExportedTaskSequence:
    source = decode_source(parts.parts[entry.part], location)
    root = parse_xml(source.utf8, location=location)
    task_sequence = _from_object(root, source.utf8, to_compare, entry.key, location)
    references_info, _ = (
        _rows(parts, sibling(entry.part, name), task_sequence.name, problems) for name in (REFERENCES, APPLICATIONS)
    )
    return ExportedTaskSequence(
        task_sequence=task_sequence,
        part=entry.part,
        format="object-xml",
        references_info=references_info,
        location=Location(file=parts.name, part=entry.part, task_sequence=task_sequence.name),
    )


def _rows(parts: Parts, part: str, task_sequence: str, problems: list[Problem]) -> tuple[ReferenceInfo, ...]:
    """The rows of a list beside the object. Those of applications are only proved readable; rewrites need that."""
    if part not in parts.parts:
        return ()
    where = Location(file=parts.name, part=part, task_sequence=task_sequence)
    try:
        text = decode_source(parts.parts[part], where)
        return read_references_info(parse_xml(text.utf8, location=where), where)
    except TsfixError as error:
        problems.append(_problem(error, where))
        return ()


def _from_object(
    root: etree._Element, utf8: bytes, to_compare: bool, fallback_id: str, location: Location
) -> TaskSequence:
    """The task sequence of an object. The tree is used up."""
    found = read_object(root)
    rest = rest_of(root) if to_compare else ObjectText(utf8=utf8)
    root.clear()  # that of a large object takes as much memory as the sequence, which is read next
    if found.class_name != TASK_SEQUENCE_CLASS:
        raise UnreadableError(
            f'The object is of class "{found.class_name}", expected {TASK_SEQUENCE_CLASS}.',
            remedy="Export the task sequence from the console again.",
            location=location,
        )
    twice = first_twice(item.name for item in found.properties)
    if twice:
        raise UnreadableError(
            f"The object holds the property {twice} twice: two programs could read two different things.",
            remedy="Export the task sequence from the console again.",
            location=location,
        )
    if not found.sequence_text:
        raise UnreadableError(
            "The property Sequence is missing or empty, so there is no sequence to read.",
            remedy="Export the task sequence from the console again.",
            location=location,
        )
    package_id = found.value("PackageID") or fallback_id
    if not _ID.fullmatch(package_id):
        # It becomes a folder of the copy and a key of its relationships.
        raise UnreadableError(
            f'The package ID of the object is "{package_id[:40]}"; an ID has letters and digits and nothing else.',
            remedy="Export the task sequence from the console again.",
            location=location,
        )
    name = found.value("Name") or fallback_id
    where = Location(file=location.file, part=location.part, task_sequence=name)
    text, found = found.sequence_text, replace(found, sequence_text=None)
    root = parse_xml(text, location=where)
    del text  # it may be large
    if root.tag != "sequence":
        raise _wrong_root(root, where)
    return TaskSequence(
        name=name,
        package_id=PackageId(package_id),
        sequence=read_sequence(root),
        properties=found.properties,
        object_references=found.references,
        object_rest=rest,
    )


def _wrong_root(root: etree._Element, location: Location) -> UnreadableError:
    return UnreadableError(
        f"The outermost element is <{root.tag!s}>. {_NOT_A_TASK_SEQUENCE}",
        remedy=_FORMATS,
        location=location,
    )


def _package_object(parts: Parts, entry: ObjectPart, location: Location) -> PackageObject:
    source = decode_source(parts.parts[entry.part], location)
    found = read_object(parse_xml(source.utf8, location=location))
    return PackageObject(
        package_id=PackageId(found.value("PackageID") or entry.package_id),
        class_name=entry.class_name,
        part=entry.part,
        properties={item.name: item.value for item in found.properties if isinstance(item.value, str)},
    )


def _usmt_marker(parts: Parts, problems: list[Problem]) -> PackageId | None:
    for name, data in parts.parts.items():
        if name.rsplit("/", 1)[-1].lower() == MARKER.lower():
            location = Location(file=parts.name, part=name)
            try:
                text = parse_xml(decode_source(data, location).utf8, location=location).text
            except TsfixError as error:
                problems.append(_problem(error, location))
                return None
            return PackageId(text.strip()) if text else None
    return None


def read_single_file(data: bytes, part: str, location: Location, *, to_compare: bool = False) -> ExportedTaskSequence:
    """Read one XML file of any of the formats that are no archive.

    Raises UnreadableError when it is none of them or not well-formed.
    """
    source = decode_source(data, location)
    stem = part.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if is_escaped_sequence(source.utf8):
        root = parse_xml(unescaped(source.utf8), location=location)
        if root.tag != "sequence":
            raise _wrong_root(root, location)
        sequence = TaskSequence(name=stem, package_id=None, sequence=read_sequence(root))
        return _single(sequence, part, "escaped-sequence", location)
    root = parse_xml(source.utf8, location=location)
    if root.tag == "sequence":
        mdt = root.get("name") is not None
        name = root.get("name") or stem
        sequence = TaskSequence(name=name, package_id=None, sequence=read_sequence(root))
        return _single(sequence, part, "mdt" if mdt else "raw-sequence", location)
    if root.tag == "INSTANCE":
        sequence = _from_object(root, source.utf8, to_compare, stem, location)
        return _single(sequence, part, "object-xml", location)
    if root.tag == "SmsTaskSequencePackage":
        return _single(
            _task_sequence_package(root, source.utf8, stem, location), part, "task-sequence-package", location
        )
    raise _wrong_root(root, location)


def is_escaped_sequence(utf8: bytes) -> bool:
    """Tell whether the file is a sequence whose every ``<`` is written ``&lt;``."""
    return utf8.removeprefix(b"\xef\xbb\xbf").lstrip()[:13].startswith((b"&lt;sequence", b"&lt;?xml"))


def unescaped(utf8: bytes) -> bytes:
    """The text of a file that is such a sequence. Raises UnsupportedEditError for what cannot be unescaped."""
    # Few files need this, and it takes longer to import than it takes.
    from tsfix.xml_bytes.document import Document

    return Document(utf8).embedded_text().data


def _single(task_sequence: TaskSequence, part: str, form: str, location: Location) -> ExportedTaskSequence:
    return ExportedTaskSequence(
        task_sequence=task_sequence,
        part=part,
        format=form,  # type: ignore[arg-type]
        location=Location(file=location.file, task_sequence=task_sequence.name),
    )


def _task_sequence_package(root: etree._Element, utf8: bytes, stem: str, location: Location) -> TaskSequence:
    """A ConfigMgr 2007 package: the sequence stands in it as real elements, beside a few properties."""
    properties: list[PackageProperty] = []
    sequence = None
    number = 1
    for child in root:
        if not isinstance(child.tag, str):
            continue
        if child.tag == "SequenceData":
            inner = child.find("sequence")
            if inner is not None:
                before = sum(1 for item in inner.itersiblings(preceding=True) for _ in item.iter("*"))
                sequence = read_sequence(inner, number + 1 + before)
        else:
            properties.append(
                PackageProperty(
                    name=child.tag, value=child.text or "", attributes=(), element=number, value_element=number
                )
            )
        number += sum(1 for _ in child.iter("*"))
    if sequence is None:
        raise UnreadableError(
            "The SmsTaskSequencePackage holds no SequenceData with a sequence.",
            remedy="Export the task sequence again.",
            location=location,
        )
    name = next((str(item.value) for item in properties if item.name == "Name" and item.value), stem)
    return TaskSequence(
        name=name,
        package_id=None,
        sequence=sequence,
        properties=tuple(properties),
        object_rest=ObjectText(utf8=utf8),
    )
