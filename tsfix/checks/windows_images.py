"""Finds images of a Windows that is newer than the boot image, or than the target supports."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.checks.boot_image import BootImage, boot_image, windows_version
from tsfix.checks.subject import Subject
from tsfix.checks.windows_versions import adk_for, named_build, pe_builds, support, windows_build
from tsfix.export import ReferenceInfo
from tsfix.findings import Finding
from tsfix.package_kinds import OS_IMAGE_TYPE, UPGRADE_PACKAGE_TYPE


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 19 for the boot image, rule 30 for the target."""
    image = boot_image(subject)
    for row in subject.exported.references_info:
        if row.package_type not in (OS_IMAGE_TYPE, UPGRADE_PACKAGE_TYPE):
            continue
        build, named = windows_build(windows_version(subject, row.package_id)), ""
        if build is None:
            told = named_build(subject.knowledge, row.name, f"{row.version} {row.description}")
            if told is None:
                continue
            build, named = told
        if image is not None and row.package_type == OS_IMAGE_TYPE:
            yield from _boot_image(subject, image, row, build, named)
        yield from _target(subject, row, build, named)


def _boot_image(subject: Subject, image: BootImage, row: ReferenceInfo, build: int, named: str) -> Iterator[Finding]:
    """A Windows needs at least the Windows PE of its own ADK; enabled later builds of one Windows share that."""
    releases = adk_for(subject.knowledge, build)
    if image.pe_build is None or not releases or image.pe_build >= min(pe_builds(releases[0])):
        return
    rule = subject.knowledge.rule("R19")
    yield subject.finding(
        rule.id,
        rule.severity,
        subject=row.package_id,
        title=f'The boot image {image.called} is older than the Windows of {row.package_id} "{row.name}"',
        reason=f"Windows PE 10.0.{image.pe_build} < Windows 10.0.{build}{_by_name(named)}. {rule.reason}",
        remedy=rule.remedy,
        certainty="likely",
        sources=(rule.source,),
    )


def _by_name(named: str) -> str:
    return f" (judged by its name and description: {named})" if named else ""


def _target(subject: Subject, row: ReferenceInfo, build: int, named: str) -> Iterator[Finding]:
    found = support(subject, build)
    if found.verdict != "too-new" or found.table is None:
        return
    rule = subject.knowledge.rule("R30")
    yield subject.finding(
        rule.id,
        rule.severity,
        subject=row.package_id,
        title=f'The target may be too old for the Windows of {row.package_id} "{row.name}"',
        reason=(
            f"Windows 10.0.{build}{_by_name(named)} is newer than any ADK that {found.table.version.id} supports. "
            f"{rule.reason}"
        ),
        remedy=rule.remedy,
        certainty="likely",
        sources=(rule.source,),
    )
