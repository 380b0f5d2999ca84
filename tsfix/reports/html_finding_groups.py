"""What the HTML page says about findings: those that say the same together, with links to the rows of the tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tsfix.findings import Finding
from tsfix.reports.html_tree import FindingView, finding_view, link_id
from tsfix.reports.outline import number_of
from tsfix.reports.report import ExportReport
from tsfix.values import Location

Place = tuple[str, str]
"""A part of an export and the name of the task sequence in it: what tells two task sequences apart."""

COPIES = ("copied", "planned", "present")
SEVERITY_RANK = {"error": 0, "warning": 1, "info": 2}


class Link(Struct, frozen=True, kw_only=True):
    """A text that leads to a row; ``href`` is empty where there is none."""

    href: str
    text: str


class GroupView(Struct, frozen=True, kw_only=True):
    """Findings that say the same, with a link to every place."""

    finding: FindingView
    places: tuple[Link, ...]


def link_to(location: Location, ids: Mapping[Place, str]) -> Link:
    """The link to the row at a place; ``ids`` has the name of each task sequence in links."""
    section = ids.get((location.part, location.task_sequence), "")
    path = " > ".join((location.task_sequence, *location.path)) or location.part
    if not section:
        return Link(href="", text=path)
    href = link_id(section, location.position) if location.position else section
    number = f"{number_of(location.position)}  " if location.position else ""
    return Link(href=href, text=f"{number}{path}")


def is_mended(finding: Finding, export: ExportReport) -> bool:
    """Tell whether a finding about the original is not true of the copy any more.

    Steps are compared by name: one may stand deeper in the copy. What a task of the report answers is not mended.
    """
    if export.outcome not in COPIES or finding.rule in {task.rule for task in export.tasks}:
        return False
    return not any(
        _what_and_where(finding) == _what_and_where(left) for left in (*export.remaining, *export.still_true)
    )


def _what_and_where(finding: Finding) -> tuple[object, ...]:
    where = finding.location
    return finding.rule, finding.subject, where.part, where.task_sequence, where.path


def grouped(
    findings: Iterable[Finding], ids: Mapping[Place, str], copied: ExportReport | None = None
) -> tuple[GroupView, ...]:
    """Findings that differ in nothing but their place, together; with ``copied``, those of an original."""
    found: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        mended = copied is not None and is_mended(finding, copied)
        key = (finding.severity, finding.rule, finding.certainty, finding.title, finding.reason, finding.remedy)
        found.setdefault((*key, str(mended)), []).append(finding)
    return tuple(
        GroupView(
            finding=finding_view(group[0], mended=copied is not None and is_mended(group[0], copied)),
            places=tuple(dict.fromkeys(link_to(finding.location, ids) for finding in group)),
        )
        for group in found.values()
    )
