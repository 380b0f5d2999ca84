"""Finds boot images that are newer than the target, that its ADK does not support, or that it has no computers for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import comparison, newer_than_target, newest_site_version, target_is_older
from tsfix.checks.windows_versions import adk_for, support, windows_build
from tsfix.findings import Finding
from tsfix.identity import Identity, identify
from tsfix.values import NO_PACKAGE, Certainty, PackageId, Severity

BOOT_IMAGE = "boot-image"
_CURRENT = "current-branch"
_VERSION_PROPERTIES = ("ImageOSVersion", "Version")


class BootImage(Struct, frozen=True, kw_only=True):
    """The boot image of a task sequence and what is known about it."""

    package_id: PackageId
    identity: Identity
    client_version: str
    """The client inside, from the hierarchy file; empty where it is not given."""
    pe_build: int | None
    architecture: str
    """From the hierarchy file or its object, in lower case; empty where neither says it."""

    @property
    def called(self) -> str:
        """ID and name, for messages."""
        return f'{self.package_id} "{self.identity.name}"' if self.identity.name else str(self.package_id)


def boot_image(subject: Subject) -> BootImage | None:
    """The task sequence's boot image; None where it has none."""
    found = subject.task_sequence.property("BootImageID")
    if found is None or not isinstance(found.value, str):
        return None
    package_id = PackageId(found.value.strip())
    if not package_id or package_id == NO_PACKAGE:
        return None
    fact = subject.knowledge.identity(BOOT_IMAGE)
    known = subject.hierarchy.package(package_id)
    held = subject.objects.get(package_id.upper())
    return BootImage(
        package_id=package_id,
        identity=identify(package_id, fact, subject.export, subject.exported, subject.hierarchy),
        client_version=known.client_version if known is not None else "",
        pe_build=windows_build(windows_version(subject, package_id)),
        architecture=(known.architecture if known is not None else "").strip().lower()
        or ("" if held is None else held.properties.get("Architecture", "").strip().lower()),
    )


def windows_version(subject: Subject, package_id: str) -> str:
    """The Windows version inside an image or boot image: hierarchy file, its own object, its row."""
    known = subject.hierarchy.package(package_id)
    if known is not None and known.pe_version:
        return known.pe_version
    held = subject.objects.get(package_id.upper())
    for name in _VERSION_PROPERTIES if held is not None else ():
        if held is not None and windows_build(held.properties.get(name, "")) is not None:
            return held.properties[name]
    row = subject.rows.get(package_id.upper())
    return row.version if row is not None else ""


def check(subject: Subject) -> Iterator[Finding]:
    """Rules 15 and 16 for the image, 18 for its Windows PE, 21 and 23 for hardware."""
    image = boot_image(subject)
    if image is None:
        return
    unusable = tuple(_arm64(subject, image))
    if unusable:
        # No image of another age or kit would help: the target has none for such computers.
        yield from unusable
        return
    yield from _age(subject, image)
    yield from _adk(subject, image)
    yield from _x86(subject, image)


def _finding(
    subject: Subject,
    rule_id: str,
    severity: Severity,
    about: str,
    title: str,
    reason: str = "",
    certainty: Certainty = "certain",
    *,
    image: BootImage | None = None,
) -> Finding:
    rule = subject.knowledge.rule(rule_id)
    return subject.finding(
        rule.id,
        severity,
        subject=about,
        title=title,
        reason=f"{reason}. {rule.reason}" if reason else rule.reason,
        remedy=rule.remedy,
        certainty=certainty,
        sources=(rule.source,),
        evidence=image.identity.evidence if image is not None else (),
    )


def _age(subject: Subject, image: BootImage) -> Iterator[Finding]:
    newer = newer_than_target(subject, image.client_version)
    if image.identity.verdict == "custom":
        if newer:
            title = f"The custom boot image {image.called} holds a client newer than the target"
            reason = comparison(subject, image.client_version)
            yield _finding(subject, "R16", "warning", image.package_id, title, reason, image=image)
        return
    if not target_is_older(subject) or newer is False:
        return
    known = image.identity.verdict == "default"
    certainty: Certainty = image.identity.certainty if known else "unknown"
    title = (
        f"Uses the default boot image {image.called}"
        if known
        else f"Whether the boot image {image.called} is the default one is unknown"
    )
    severity: Severity = "error" if known and _crosses_families(subject, image) else "warning"
    reason = comparison(subject, image.client_version) if newer else ""
    yield _finding(subject, "R15", severity, image.package_id, title, reason, certainty, image=image)


def _crosses_families(subject: Subject, image: BootImage) -> bool:
    """Tell whether a boot image of current branch meets a target that is none."""
    if subject.target is None or subject.target.version.family == _CURRENT:
        return False
    newest = newest_site_version(subject.hierarchy, subject.knowledge)
    if newest is not None and newest.family == _CURRENT:
        return True
    return image.pe_build is not None and bool(adk_for(subject.knowledge, image.pe_build))


def _adk(subject: Subject, image: BootImage) -> Iterator[Finding]:
    if subject.target is None or image.pe_build is None:
        return
    found = support(subject, image.pe_build)
    if found.table is None or found.verdict in ("supported", "not-tested"):
        return
    about, called = image.package_id, f"the Windows PE of the boot image {image.called}"
    pe, table = f"Windows PE 10.0.{image.pe_build}", f"the ADK table of {found.table.version.id}"
    if found.verdict == "unknown":
        if adk_for(subject.knowledge, image.pe_build):
            title = f"Whether the target's ADK supports {called} is not known"
            reason = f"{pe}; no table of {subject.target.version.id} is known, and {table} does not tell"
            yield _finding(subject, "R18", "info", about, title, reason, "unknown")
        return
    too_new = found.verdict == "too-new"
    yield _finding(
        subject,
        "R18",
        "warning" if too_new else "info",
        about,
        f"T{called[1:]} is {'newer' if too_new else 'older'} than the target's ADK supports",
        f"{pe}; {table} {'does not support it' if too_new or found.listed else 'no longer lists it'}",
        "certain" if found.listed else "likely",
    )


def _arm64(subject: Subject, image: BootImage) -> Iterator[Finding]:
    if subject.target is None:
        return
    arm64 = subject.knowledge.signs.architecture("arm64")
    if re.search(arm64.name_pattern, image.identity.name, re.IGNORECASE) or image.architecture in arm64.property_values:
        feature = next((one for one in subject.knowledge.sequence_features() if one.rule == "R21"), None)
        if feature is not None:
            age = subject.knowledge.feature_age(feature, subject.target.version)
            if age.newer:
                title = f"The boot image {image.called} is for ARM64"
                yield _finding(subject, "R21", "error", image.package_id, title, age.reason, age.certainty)


def _x86(subject: Subject, image: BootImage) -> Iterator[Finding]:
    if subject.target is None:
        return
    x86 = subject.knowledge.signs.architecture("x86")
    if re.search(x86.name_pattern, image.identity.name, re.IGNORECASE) or image.architecture in x86.property_values:
        title = f"The boot image {image.called} is a 32-bit one"
        yield _finding(subject, "R23", "info", image.package_id, title)
