"""Finds what cannot be right about the sites of a hierarchy, or about a target in it. Said once for a whole report."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.checks.surroundings import newest_site_version, version_of
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy, Site
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Version
from tsfix.request import Target
from tsfix.values import Location, Severity


def site_findings(
    hierarchy: Hierarchy, knowledge: KnowledgeBase, target: Target | None, location: Location
) -> Iterator[Finding]:
    """Rule 60 for versions that never stand together, 41 for a target whose clients get nothing, 65 for the direction."""
    newest = newest_site_version(hierarchy, knowledge)
    if newest is None:
        return
    told: set[str] = set()
    for rule_id, severity, about, title, reason in (
        *_too_many(hierarchy, knowledge),
        *_out_of_reach(hierarchy, knowledge, newest, target),
        *_above_parent(hierarchy, knowledge),
        *_gets_nothing(knowledge, newest, target),
        *_direction(newest, target),
    ):
        rule = knowledge.rule(rule_id)
        yield Finding(
            rule=rule.id,
            severity=severity,
            certainty="certain",
            location=location,
            subject=about,
            title=title,
            reason=f"{reason}. {rule.reason}" if rule_id not in told else f"{reason}.",
            remedy=rule.remedy,
            sources=(rule.source,),
        )
        told.add(rule_id)


_2012 = "2012"
"""The family of versions from which an upgrade leads to every baseline of current branch."""

_Said = tuple[str, Severity, str, str, str]
"""Rule, severity, subject, title and reason."""


def _versions(hierarchy: Hierarchy, knowledge: KnowledgeBase) -> list[tuple[Site, Version]]:
    """The sites that must keep up, with their versions; a secondary site may lag."""
    found = (
        (site, version_of(knowledge, site.version)) for site in hierarchy.sites if not _is_secondary(hierarchy, site)
    )
    return [(site, version) for site, version in found if version is not None]


def _is_secondary(hierarchy: Hierarchy, site: Site) -> bool:
    """As the file says; where it does not, a site below a child site can be nothing else."""
    if site.kind is not None:
        return site.kind == "secondary"
    parent = hierarchy.site(site.parent) if site.parent else None
    return parent is not None and bool(parent.parent)


def _too_many(hierarchy: Hierarchy, knowledge: KnowledgeBase) -> Iterator[_Said]:
    found = sorted({(version.order, version.id) for _, version in _versions(hierarchy, knowledge)})
    if len(found) > 2:
        versions = ", ".join(name for _, name in found)
        title = f"The sites of the hierarchy have {len(found)} versions: {versions}"
        yield "R60", "warning", versions, title, f"{len(found)} versions > 2"


def _out_of_reach(
    hierarchy: Hierarchy, knowledge: KnowledgeBase, newest: Version, target: Target | None
) -> Iterator[_Said]:
    """Versions from which no update leads to the newest one."""
    if newest.min_update_from is None:
        return
    lowest = knowledge.version(newest.min_update_from)
    sites = [(f"The site {site.code}", str(site.code), version) for site, version in _versions(hierarchy, knowledge)]
    if target is not None and target.site is None:
        sites.append(("The target", target.label, target.version))
    for name, about, version in sites:
        if version.order < lowest.order and not (version.family == _2012 and newest.baseline):
            title = f"{name} has {version.id}, from which no update leads to {newest.id}"
            yield "R60", "warning", about, title, f"{version.id} < {lowest.id}, the lowest version to update from"


def _above_parent(hierarchy: Hierarchy, knowledge: KnowledgeBase) -> Iterator[_Said]:
    for site, version in _versions(hierarchy, knowledge):
        parent = hierarchy.site(site.parent) if site.parent else None
        above = version_of(knowledge, parent.version) if parent is not None else None
        if parent is not None and above is not None and above.order < version.order:
            title = f"The site {site.code} ({version.id}) is newer than its parent {parent.code} ({above.id})"
            yield "R60", "warning", site.code, title, "a hierarchy is updated from the top down"


def _gets_nothing(knowledge: KnowledgeBase, newest: Version, target: Target | None) -> Iterator[_Said]:
    limit = knowledge.signs.limit("lowest-client-build")
    if target is None or limit.since is None or limit.value is None or target.version.build > limit.value:
        return
    if newest.order >= knowledge.version(limit.since).order:
        title = f"Clients of {target.label} get no task sequence from a site of {newest.id}"
        reason = (
            f"their build {target.version.build} <= {limit.value}, and the newest site has {newest.id} >= {limit.since}"
        )
        yield "R41", "error", target.label, title, reason


def _direction(newest: Version, target: Target | None) -> Iterator[_Said]:
    if target is not None and target.version.order >= newest.order:
        title = f"{target.label} is as new as the newest site of the hierarchy"
        yield "R65", "info", target.label, title, f"target {target.version.id} >= newest site {newest.id}"
