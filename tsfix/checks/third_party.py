"""Finds other vendors' parts in steps of known types, and steps of extensions whose package the hierarchy does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tsfix.checks.references import absent
from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import newest_site_version
from tsfix.findings import Evidence, Finding
from tsfix.knowledge.other_facts import VendorFact
from tsfix.task_sequence import Step
from tsfix.values import VersionId


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 44 for download programs, vendors' variables and packages of custom steps; rule 45 for the end of MDT."""
    vendors = {vendor.product: vendor for vendor in _vendors(subject)}
    for step, program in download_programs(subject):
        for product in [name for name, vendor in vendors.items() if _runs_program(vendor, program)]:
            del vendors[product]
        yield _download_program(subject, step, program)
    if subject.target is not None:
        yield from (_vendor(subject, vendor) for vendor in vendors.values())
    yield from _absent_packages(subject)
    yield from _end_of_mdt(subject)


def download_programs(subject: Subject) -> Iterator[tuple[Step, str]]:
    """Steps that put another program in the place of the client's own downloads, with the program."""
    wanted = {name.casefold() for name in subject.knowledge.signs.download_variables}
    for one in subject.set_variables:
        if one.name.casefold() in wanted and one.value.strip():
            yield one.step, one.value.strip()


def _runs_program(vendor: VendorFact, program: str) -> bool:
    return any(known.casefold() in program.casefold() for known in vendor.programs)


def _download_program(subject: Subject, step: Step, program: str) -> Finding:
    rule = subject.knowledge.rule("R44")
    return subject.finding(
        rule.id,
        rule.severity if step.runs and subject.target is not None else "info",
        subject=program,
        title=f"Downloads run through another vendor's program: {program}",
        reason="The program must be in the boot image of the target and, in Windows, on its computers, in a version that "
        f"works with the older client. {rule.reason}",
        remedy="Make sure that the boot image and the computers of the target have the program, or take the step out.",
        item=step,
        certainty="likely",
        sources=(rule.source,),
    )


def _vendors(subject: Subject) -> Iterator[VendorFact]:
    """Vendors whose own variables the task sequence names. A program alone, such as a BIOS tool, ties nothing to a site."""
    text = subject.context.text
    for vendor in subject.knowledge.vendors:
        if any(_mark(mark).search(text) for mark in vendor.marks if mark.casefold() in text):
            yield vendor


@lru_cache(maxsize=128)
def _mark(mark: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(mark.casefold())}(?!\w)")


def _vendor(subject: Subject, vendor: VendorFact) -> Finding:
    rule = subject.knowledge.rule("R44")
    named = [mark for mark in vendor.marks if _mark(mark).search(subject.context.text)]
    return subject.finding(
        rule.id,
        "info",
        subject=vendor.product,
        title=f"The task sequence works with {vendor.vendor} ({vendor.product})",
        reason=f"It names {', '.join(named)}. {rule.reason}",
        remedy=rule.remedy,
        certainty="likely",
        sources=(rule.source,),
        evidence=(Evidence(text=vendor.note),) if vendor.note else (),
    )


def _absent_packages(subject: Subject) -> Iterator[Finding]:
    """Custom steps whose package neither the export nor the hierarchy has."""
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        if fact is not None and fact.provider == "microsoft":
            continue
        ids = dict.fromkeys(found.upper() for place in subject.places(step) for found in place.ids)
        for key in absent(subject, ids):
            rule = subject.knowledge.rule("R44")
            yield subject.finding(
                rule.id,
                "error" if step.runs else "warning",
                subject=key,
                title=f"The step of an extension needs the package {key}, which the hierarchy does not have",
                reason=f"Neither the export nor the hierarchy file has it. {rule.reason}",
                remedy=f"Map it to a package of this hierarchy: --map {key}=NEW.",
                item=step,
                certainty="likely",
                sources=(rule.source,),
            )


def _end_of_mdt(subject: Subject) -> Iterator[Finding]:
    """One finding for all steps of MDT, where a side of the hierarchy no longer supports them."""
    steps: list[Step] = []
    removed: VersionId | None = None
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        if fact is not None and fact.provider == "mdt" and fact.removed is not None:
            steps.append(step)
            removed = fact.removed
    newest = newest_site_version(subject.hierarchy, subject.knowledge)
    versions = [version for version in (newest, subject.target.version if subject.target else None) if version]
    if removed is None or all(version.order < subject.knowledge.version(removed).order for version in versions):
        return
    rule = subject.knowledge.rule("R45")
    yield subject.finding(
        rule.id,
        rule.severity,
        subject="end of MDT",
        title=f"{removed} no longer supports the toolkit, and {len(steps)} of the steps need it",
        reason=rule.reason,
        remedy="Take the steps out of the task sequence before the toolkit's integration is removed.",
        sources=(rule.source,),
    )
