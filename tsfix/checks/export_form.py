"""Finds what is wrong with an export as a whole: parts that an import needs, and two task sequences of one name or ID."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from tsfix.checks.subject import Subject
from tsfix.findings import Finding
from tsfix.parse.export import MARKER
from tsfix.parse.export_layout import sibling
from tsfix.parse.relationships import MANIFEST, RELATIONSHIPS, find_part
from tsfix.values import Location, Severity

_CONTENT_TYPES = "[Content_Types].xml"


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 54 for names and IDs that collide, 57 for missing parts. Asked once for each export, at its first one."""
    if subject.export.parts.kind != "console-export":
        return
    yield from _known_id(subject)
    yield from _missing_side_file(subject)
    if subject.exported is subject.export.task_sequences[0]:
        yield from _collisions(subject)
        yield from _missing_parts(subject)


def _of_the_export(
    subject: Subject, rule_id: str, severity: Severity, about: str, title: str, reason: str, remedy: str
) -> Finding:
    rule = subject.knowledge.rule(rule_id)
    found = subject.finding(
        rule.id, severity, subject=about, title=title, reason=reason, remedy=remedy, sources=(rule.source,)
    )
    return replace(found, location=Location(file=subject.export.name))


def _known_id(subject: Subject) -> Iterator[Finding]:
    """The task sequence has the ID of another object of the hierarchy."""
    own = subject.task_sequence.package_id
    known = subject.hierarchy.package(own) if own is not None else None
    if known is None:
        return
    rule = subject.knowledge.rule("R54")
    yield subject.finding(
        rule.id,
        rule.severity,
        subject=known.id,
        title=f'The task sequence has the ID of a {known.kind} of the hierarchy: {known.id} "{known.name}"',
        reason=rule.reason,
        remedy="Correct the hierarchy file, or export the task sequence again: two objects never share an ID.",
        sources=(rule.source,),
    )


def _collisions(subject: Subject) -> Iterator[Finding]:
    task_sequences = [item.task_sequence for item in subject.export.own_task_sequences]
    ids = Counter(item.package_id.upper() for item in task_sequences if item.package_id)
    for found, number in ids.items():
        if number > 1:
            title = f"{number} task sequences of the export have the ID {found}"
            reason = "An import takes one of them and skips or overwrites the others."
            yield _of_the_export(subject, "R54", "error", found, title, reason, "Export the task sequences again.")
    names = Counter(item.name.strip().lower() for item in task_sequences)
    for item in task_sequences:
        number = names.pop(item.name.strip().lower(), 0)
        if number > 1:
            title = f'{number} task sequences of the export are named "{item.name}"'
            reason = "After the import only their IDs tell them apart, and the site gives new ones."
            remedy = "Rename all but one before the export, or right after the import."
            yield _of_the_export(subject, "R54", "warning", item.name, title, reason, remedy)


def _missing_parts(subject: Subject) -> Iterator[Finding]:
    wanted = (MANIFEST, RELATIONSHIPS, _CONTENT_TYPES, MARKER)
    missing = [name for name in wanted if find_part(subject.export.parts, name) is None]
    if missing:
        title = f"The export lacks {', '.join(missing)}"
        reason = "Every export of a console has these parts, and the import reads them."
        remedy = "Export the task sequence again; an export that was unpacked or repacked by hand may have lost them."
        yield _of_the_export(subject, "R57", "warning", ", ".join(missing), title, reason, remedy)


def _missing_side_file(subject: Subject) -> Iterator[Finding]:
    """Every task sequence has a list of its references beside it, if only an empty one."""
    name = sibling(subject.exported.part, "ReferencesInfo.xml")
    if name in subject.export.parts.parts:
        return
    rule = subject.knowledge.rule("R57")
    yield subject.finding(
        rule.id,
        "warning",
        subject=name,
        title="The export lacks the task sequence's ReferencesInfo.xml",
        reason=rule.reason,
        remedy="Export the task sequence again.",
        sources=(rule.source,),
    )
