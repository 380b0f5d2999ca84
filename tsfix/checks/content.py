"""Finds packages whose content is not at the target, where the hierarchy file says which sites have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tsfix.checks.references import boot_image_id, used_ids
from tsfix.checks.subject import Subject
from tsfix.findings import Finding
from tsfix.hierarchy import KnownPackage

_FEW = 6


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 22 for the boot image, rule 50 for everything else. Only for a site: a version has no distribution points."""
    running, _ = used_ids(subject)
    boot_image = boot_image_id(subject.task_sequence)
    yield from _not_at_target(subject, "R22", [boot_image] if boot_image else [])
    yield from _not_at_target(subject, "R50", [found for key, found in running.items() if key != boot_image])


def content_unknown(subject: Subject) -> bool:
    """Tell whether the task sequence uses a package of which nobody said where its content is."""
    running, _ = used_ids(subject)
    boot_image = boot_image_id(subject.task_sequence)
    known = (_used_there(subject, found) for found in (*running.values(), *([boot_image] if boot_image else [])))
    return any(package is None or package.content_at is None for package in known)


def _used_there(subject: Subject, package_id: str) -> KnownPackage | None:
    """What the target uses: the package, or what replaces it at the target's site."""
    target, hierarchy = subject.target, subject.hierarchy
    for replacement in hierarchy.replacements_at(target.site if target is not None else None):
        if replacement.old.upper() == package_id.upper():
            return hierarchy.package(replacement.new)
    return hierarchy.package(package_id)


def _not_at_target(subject: Subject, rule_id: str, ids: Iterable[str]) -> Iterator[Finding]:
    target = subject.target
    if target is None or target.site is None:
        return
    site = target.site.upper()
    known = (_used_there(subject, found) for found in ids)
    lacking = {
        package.id: package
        for package in known
        if package is not None and package.content_at is not None and site not in map(str.upper, package.content_at)
    }
    if not lacking:
        return
    listed = ", ".join(sorted(lacking)[:_FEW]) + (f" and {len(lacking) - _FEW} more" if len(lacking) > _FEW else "")
    what = "The boot image" if rule_id == "R22" else "A package" if len(lacking) == 1 else f"{len(lacking)} packages"
    verb = "is" if len(lacking) == 1 else "are"
    rule = subject.knowledge.rule(rule_id)
    yield subject.finding(
        rule.id,
        "warning",
        subject=listed,
        title=f"{what} {verb} not on all distribution points of {target.site} in the current version: {listed}",
        reason=f"The hierarchy file names the sites that have the content, and {target.site} is not among them. {rule.reason}",
        remedy=f"Distribute or update the content, and look at its status in the console before you deploy. {rule.remedy}",
        sources=(rule.source,),
    )
