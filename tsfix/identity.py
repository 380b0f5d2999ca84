"""Default or custom? The verdict on a client package, USMT package or boot image, with a grade and every piece of evidence.

The order of the evidence: the hierarchy file, the package's own object in the export, the USMT marker file, the row in
``ReferencesInfo.xml``, the form of the ID, a marker file that names another package. An ID alone never proves anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from tsfix.export import Export, ExportedTaskSequence, ReferenceInfo
from tsfix.findings import Evidence
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.facts import IdentityFact
from tsfix.values import NO_PACKAGE, Certainty, PackageId

Verdict = Literal["default", "custom", "pre-production", "unknown"]


class Identity(Struct, frozen=True, kw_only=True):
    """What a package is, how sure that is, and why."""

    package_id: PackageId
    role: str
    """``client-package``, ``usmt-package`` or ``boot-image``."""
    verdict: Verdict
    certainty: Certainty
    evidence: tuple[Evidence, ...]
    name: str = ""
    """The package's name where the export or the hierarchy file gives one."""


def identify(
    package_id: PackageId,
    fact: IdentityFact,
    export: Export,
    exported: ExportedTaskSequence,
    hierarchy: Hierarchy,
) -> Identity:
    """Decide whether a package of the given role is setup's own.

    The first source that decides gives the verdict; everything else that was seen is listed as evidence too.
    """
    rows = [row for row in _rows(export, exported) if row.package_id.upper() == package_id.upper()]
    names = (*(row.name for row in rows), *_object_names(package_id, export))
    name = next((name for name in names if name and name.upper() != package_id.upper()), "")
    known = hierarchy.package(package_id)
    if known is not None and known.name:
        name = known.name
    opinions = [
        _from_hierarchy(package_id, hierarchy),
        _from_object(package_id, fact, export),
        _from_marker(package_id, fact, export),
        _from_row(rows, fact),
        _from_id(package_id, fact),
        _from_marker_mismatch(package_id, fact, export),
    ]
    given = [opinion for opinion in opinions if opinion is not None]
    verdict, certainty = given[0][:2] if given else ("unknown", "unknown")
    evidence = tuple(opinion[2] for opinion in given)
    if not given:
        evidence = (Evidence(text="Neither the export nor the hierarchy file says anything about this package."),)
    return Identity(
        package_id=package_id, role=fact.role, verdict=verdict, certainty=certainty, evidence=evidence, name=name
    )


def _object_names(package_id: PackageId, export: Export) -> list[str]:
    return [
        _get(found.properties, "Name") or ""
        for found in export.package_objects
        if found.package_id.upper() == package_id.upper()
    ]


_Opinion = tuple[Verdict, Certainty, Evidence]


def _opinion(verdict: Verdict, certainty: Certainty, text: str) -> _Opinion:
    return verdict, certainty, Evidence(text=text, speaks_for=verdict)


def _rows(export: Export, exported: ExportedTaskSequence) -> list[ReferenceInfo]:
    """The task sequence's own rows first, then those of the others in the export (a parent knows its children's)."""
    rows = list(exported.references_info)
    for other in export.task_sequences:
        if other is not exported:
            rows.extend(other.references_info)
    return rows


def _from_hierarchy(package_id: PackageId, hierarchy: Hierarchy) -> _Opinion | None:
    known = hierarchy.package(package_id)
    if known is None:
        return None
    if known.pre_production:
        return _opinion(
            "pre-production", "certain", "The hierarchy file lists it as the pre-production client package."
        )
    if known.default is None:
        return None
    if known.default:
        return _opinion("default", "certain", "The hierarchy file lists it as a default package.")
    return _opinion(
        "custom", "certain", "It is given as a custom package, in the hierarchy file or on the command line."
    )


def _from_object(package_id: PackageId, fact: IdentityFact, export: Export) -> _Opinion | None:
    for found in export.package_objects:
        if found.package_id.upper() != package_id.upper():
            continue
        flag = _get(found.properties, fact.flag_property)
        if flag is None:
            continue
        text = f"Its object travels in the export and says {fact.flag_property} = {flag}."
        name = _get(found.properties, "Name") or ""
        if _is_named(name, fact.pre_production_names):
            return _opinion("pre-production", "certain", f'{text} It is named "{name}".')
        if flag.strip().upper() in {value.upper() for value in fact.flag_values}:
            return _opinion("default", "certain", text)
        return _opinion("custom", "certain", text)
    return None


def _from_marker(package_id: PackageId, fact: IdentityFact, export: Export) -> _Opinion | None:
    marker = export.usmt_marker
    if not fact.marker or marker is None or marker == NO_PACKAGE or marker.upper() != package_id.upper():
        return None
    return _opinion("default", "certain", "The export's marker file names it as the site's default package.")


def _from_marker_mismatch(package_id: PackageId, fact: IdentityFact, export: Export) -> _Opinion | None:
    marker = export.usmt_marker
    if not fact.marker or marker is None or marker == NO_PACKAGE or marker.upper() == package_id.upper():
        return None
    return _opinion("custom", "likely", f"The export's marker file names another package, {marker}, as the default.")


def _from_row(rows: list[ReferenceInfo], fact: IdentityFact) -> _Opinion | None:
    for row in rows:
        if not row.name.strip():
            continue
        # An ID as a name comes from a copy made without knowing the package's name, and not from a site.
        own_name = row.name.upper() != row.package_id.upper()
        text = f'The exporting site called it "{row.name}"' if own_name else "The export has its ID in place of a name"
        if _is_named(row.name, fact.pre_production_names):
            return _opinion("pre-production", "likely", f"{text}.")
        if not _is_named(row.name, fact.names):
            return _opinion("custom", "likely", f"{text}, which is not the name that setup gives.")
        if any(row.description.startswith(start) for start in fact.description_starts):
            return _opinion("default", "certain", f"{text}, with the description that setup writes.")
        return _opinion("default", "likely", f"{text}, the name that setup gives; the description does not confirm it.")
    return None


def _from_id(package_id: PackageId, fact: IdentityFact) -> _Opinion | None:
    if re.fullmatch(fact.id_pattern, package_id, re.IGNORECASE) is None:
        return None
    return _opinion(
        "default", "likely", f"The ID {package_id} is one of the first that a site gives. This is a hint only."
    )


def _is_named(name: str, names: tuple[str, ...]) -> bool:
    return name.strip().lower() in {known.lower() for known in names}


def _get(properties: Mapping[str, str], name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in properties.items() if key.lower() == wanted), None)
