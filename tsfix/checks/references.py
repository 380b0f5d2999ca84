"""Finds references that cannot be met on import, and lists of references that disagree with the steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tsfix.checks.subject import Subject
from tsfix.findings import Evidence, Finding
from tsfix.task_sequence import TaskSequence
from tsfix.values import NO_PACKAGE, Severity, is_package_id, whole_number

_DANGLING = 1
"""The bit of TaskSequenceFlags that the exporting site sets when a referenced object is missing."""
_FEW = 6


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 46 where lists and steps disagree, rule 50 for objects that the target may not have."""
    running, idle = used_ids(subject)
    yield from _lists(subject, running)
    yield from _dangling(subject)
    yield from _not_in_hierarchy(subject, running)
    yield from _of_disabled_steps(subject, running, idle)


def used_ids(subject: Subject) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The IDs that running steps use, and those that only steps use which do not run. Upper case to the ID as written.

    A site lists exactly the first in a task sequence's references (252 of 253 real sequences).
    """
    running: dict[str, str] = {}
    idle: dict[str, str] = {}
    for step in subject.steps:
        for place in subject.places(step):
            if place.kind == "variable":
                for found in place.ids:
                    (running if step.runs else idle)[found.upper()] = found
    return running, {key: found for key, found in idle.items() if key not in running}


def boot_image_id(task_sequence: TaskSequence) -> str:
    """The ID of the boot image in upper case; empty where the task sequence has none."""
    found = task_sequence.property("BootImageID")
    if found is None or not isinstance(found.value, str) or found.value.strip() == NO_PACKAGE:
        return ""
    return found.value.strip().upper()


def _lists(subject: Subject, running: Mapping[str, str]) -> Iterator[Finding]:
    """The reference list against the steps, the object's array against the list, the rows against the array."""
    task_sequence, exported = subject.task_sequence, subject.exported
    sequence = task_sequence.sequence
    listed = {
        str(entry.package or entry.application or "").upper()
        for entry in sequence.references
        if entry.package != NO_PACKAGE
    } - {""}
    if sequence.reference_list_element is not None or exported.format == "object-xml":
        yield from _disagreement(
            subject, "The reference list of the sequence", "the enabled steps", listed, set(running)
        )
    if exported.format != "object-xml" or not subject.context.console_export:
        return
    array = {entry.package.upper() for entry in task_sequence.object_references if entry.package != NO_PACKAGE}
    expected = listed | ({boot_image_id(task_sequence)} - {""})
    yield from _disagreement(
        subject, "The References of the object", "the reference list and boot image", array, expected
    )
    rows = {row.package_id.upper() for row in exported.references_info if row.package_id != NO_PACKAGE}
    packages = {entry.package.upper() for entry in task_sequence.object_references if entry.type == "0"} - {NO_PACKAGE}
    yield from _disagreement(subject, "ReferencesInfo.xml", "the References of the object", rows, packages)


def _disagreement(subject: Subject, which: str, other: str, found: set[str], expected: set[str]) -> Iterator[Finding]:
    lacking, spare = sorted(expected - found), sorted(found - expected)
    if not lacking and not spare:
        return
    rule = subject.knowledge.rule("R46")
    said = [f"lacks {_some(lacking)}"] * bool(lacking) + [f"has {_some(spare)} that nothing uses"] * bool(spare)
    yield subject.finding(
        rule.id,
        "warning",
        subject=which,
        title=f"{which} and {other} disagree: it {' and '.join(said)}",
        reason=rule.reason,
        remedy="Open and save the task sequence in the console, and export it again.",
        sources=(rule.source,),
    )


def _some(ids: Iterable[str]) -> str:
    ids = list(ids)
    more = f" and {len(ids) - _FEW} more" if len(ids) > _FEW else ""
    return ", ".join(ids[:_FEW]) + more


def _dangling(subject: Subject) -> Iterator[Finding]:
    """The exporting site itself says that something is missing."""
    flags = subject.task_sequence.property("TaskSequenceFlags")
    value = flags.value.strip() if flags is not None and isinstance(flags.value, str) else ""
    if not (whole_number(value) or 0) & _DANGLING:
        return
    yield _not_there(
        subject,
        "warning",
        "TaskSequenceFlags",
        "The exporting site marked the task sequence: an object that it refers to is missing",
        "An import stops at a missing object, unless dependencies are ignored.",
        "Open the task sequence in the console; the steps with a missing object show it.",
    )


def _not_there(
    subject: Subject, severity: Severity, about: str, title: str, reason: str, remedy: str, *evidence: Evidence
) -> Finding:
    rule = subject.knowledge.rule("R50")
    return subject.finding(
        rule.id,
        severity,
        subject=about,
        title=title,
        reason=reason,
        remedy=remedy,
        sources=(rule.source,),
        certainty="certain" if severity == "warning" and not evidence else "likely",
        evidence=evidence,
    )


def absent(subject: Subject, wanted: Iterable[str]) -> tuple[str, ...]:
    """IDs that neither the export nor the hierarchy has.

    An inventory names everything, so what it lacks is not there. A file written by hand need not name every package, so
    only IDs with the code of a site that it lacks count.
    """
    hierarchy = subject.hierarchy
    codes = {site.code.upper() for site in hierarchy.sites}
    if not codes:
        return ()
    complete = hierarchy.inventory is not None
    known = {found.upper() for found in hierarchy.ids()} | {
        found.task_sequence.package_id.upper()
        for found in subject.export.task_sequences
        if found.task_sequence.package_id
    }
    return tuple(
        sorted(
            key
            for key in wanted
            if is_package_id(key)
            and key not in known
            and key not in subject.objects
            and (complete or key[:3] not in codes)
        )
    )


def _not_in_hierarchy(subject: Subject, running: Mapping[str, str]) -> Iterator[Finding]:
    """Objects that enabled steps need and that nobody has: an import stops there, and a run fails."""
    boot_image = boot_image_id(subject.task_sequence)
    of_others = _of_extensions(subject)
    missing = absent(
        subject, (*(key for key in running if key not in of_others), *([boot_image] if boot_image else []))
    )
    if not missing:
        return
    complete = subject.hierarchy.inventory is not None
    number = "A referenced object is" if len(missing) == 1 else f"{len(missing)} referenced objects are"
    yield _not_there(
        subject,
        "warning",
        _some(missing),
        f"{number} neither in the export nor in the hierarchy: {_some(missing)}",
        "The inventory names every package of the hierarchy."
        if complete
        else "The IDs begin with the code of a site that is not in the hierarchy file.",
        "Map each ID to the package of this hierarchy (--map), or export the task sequence with its dependencies.",
        *(Evidence(text=f'{key} is "{subject.package_name(key)}".') for key in missing if subject.package_name(key)),
    )


def _of_extensions(subject: Subject) -> frozenset[str]:
    """What only steps of other vendors use; they have a check of their own."""
    ids: dict[bool, set[str]] = {True: set(), False: set()}
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        ours = fact is not None and fact.provider == "microsoft"
        ids[ours].update(found.upper() for place in subject.places(step) for found in place.ids)
    return frozenset(ids[False] - ids[True])


def _of_disabled_steps(subject: Subject, running: Mapping[str, str], idle: Mapping[str, str]) -> Iterator[Finding]:
    """Packages that only disabled steps name: no list has them, so no import checks or brings them."""
    listed = {str(entry.package or "").upper() for entry in subject.task_sequence.sequence.references}
    missing = sorted(
        key
        for key in idle
        if is_package_id(key)
        and key not in listed
        and key not in subject.objects
        and subject.hierarchy.package(key) is None
    )
    if not missing or not subject.context.console_export:
        return
    number = "a package" if len(missing) == 1 else f"{len(missing)} packages"
    yield _not_there(
        subject,
        "info",
        _some(missing),
        f"Disabled steps need {number} that the task sequence does not refer to: {_some(missing)}",
        "A site lists only what enabled steps use, so an import neither checks nor brings these packages.",
        "Before you enable such a step, make sure that its package is there.",
    )
