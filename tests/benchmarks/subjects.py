"""What the measurements do with tsfix: one small function for each thing that is timed in this process."""

from __future__ import annotations

from functools import cache

from tsfix.checks import estate_findings, run_checks
from tsfix.checks.subject import Subject
from tsfix.conversion import Outcome, clone
from tsfix.export import Export, Parts
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.load import load
from tsfix.parse.export import read_export
from tsfix.reports.build import checked
from tsfix.request import CloneRequest, PackageMapping, Target
from tsfix.values import PackageId

NOTHING_KNOWN = Hierarchy()


@cache
def knowledge() -> KnowledgeBase:
    """The knowledge base."""
    return load()


def target() -> Target:
    """The older site of all measurements."""
    return Target(version=knowledge().find_version("1706"))


def single(data: bytes, name: str = "object.xml") -> Parts:
    """A file that is given alone."""
    return Parts(name=name, kind="single-file", parts={name: data})


def subjects(export: Export) -> list[Subject]:
    """What the checks look at; nothing in it is remembered from an earlier turn."""
    return [
        Subject(export=export, exported=found, knowledge=knowledge(), target=target(), hierarchy=NOTHING_KNOWN)
        for found in export.task_sequences
    ]


def check(export: Export) -> list[Finding]:
    """All findings of an export."""
    return [finding for subject in subjects(export) for finding in run_checks(subject)]


def read_and_check(parts: Parts) -> list[Finding]:
    """From bytes to findings."""
    return check(read_export(parts))


def check_and_report(export: Export) -> object:
    """All findings of an export, and the report about it. Both look at the same subjects, as in a scan."""
    found = subjects(export)
    findings = tuple(finding for subject in found for finding in run_checks(subject))
    return checked(export, findings, found, target()), estate_findings(found, findings)


def clone_request() -> CloneRequest:
    """A copy for 1706 in which the default packages are replaced and newer steps are switched off."""
    pairs = (("CHQ00001", "LEG00043"), ("CHQ00005", "LEG00044"))
    return CloneRequest(
        target=target(),
        client_package=PackageId("LEG00042"),
        new_steps="disable",
        mappings=tuple(PackageMapping(old=PackageId(old), new=PackageId(new)) for old, new in pairs),
    )


def clone_export(export: Export) -> Outcome:
    """The copy of one export, with all its proofs."""
    return clone(export, clone_request(), knowledge(), NOTHING_KNOWN)
