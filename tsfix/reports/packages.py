"""Which client packages stand in a task sequence, what they are, and in how many kinds of places they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from tsfix.checks.client_package import client_references
from tsfix.checks.subject import Subject
from tsfix.identity import Identity
from tsfix.parse.export_layout import object_parts
from tsfix.places import Place, list_places
from tsfix.reports.report import PackageSummary
from tsfix.values import PackageId


def client_identities(subjects: Iterable[Subject]) -> dict[str, Identity]:
    """The client packages that any step of the export names, by ID in upper case."""
    found: dict[str, Identity] = {}
    for subject in subjects:
        for reference in client_references(subject):
            found.setdefault(reference.package_id.upper(), reference.identity)
    return found


def package_summaries(subject: Subject, identities: Mapping[str, Identity]) -> tuple[PackageSummary, ...]:
    """The client packages that stand anywhere in one task sequence; a parent lists those of its children too."""
    if not identities:
        return ()
    places: dict[str, list[Place]] = {}
    in_steps = (place for step in subject.steps for place in subject.places(step))
    for place in chain(in_steps, list_places(subject.exported)):
        for found in place.ids:
            if found.upper() in identities:
                places.setdefault(found.upper(), []).append(place)
    return tuple(_summary(subject, identities[key], found) for key, found in places.items())


def _summary(subject: Subject, identity: Identity, places: Sequence[Place]) -> PackageSummary:
    steps = dict.fromkeys(
        " > ".join(place.step.path)
        for place in places
        if place.step is not None and place.reference_kind == identity.role
    )
    labels = Counter(_label(place) for place in places)
    where = [label if number == 1 else f"{label} ({number} times)" for label, number in labels.items()]
    return PackageSummary(
        package_id=identity.package_id,
        role=identity.role,
        verdict=identity.verdict,
        certainty=identity.certainty,
        evidence=tuple(item.text for item in identity.evidence),
        steps=tuple(steps),
        places=(*where, *_dependencies(subject, identity.package_id)),
    )


def _label(place: Place) -> str:
    if place.step is not None and place.step.kind == "subtasksequence":
        return f'what the call of "{place.step.name}" repeats of the child'
    return place.label


def _dependencies(subject: Subject, package_id: PackageId) -> Iterable[str]:
    """The package's own object, where it travels in the export; the manifest and the relationships name it then."""
    for entry in object_parts(subject.export.parts.parts):
        if entry.package_id.upper() == package_id.upper():
            yield f"{entry.folder} with its entries in Manifest.xml and .rels"
