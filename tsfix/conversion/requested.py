"""Completes the hierarchy by what the request says about client packages."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tsfix.checks.client_package import client_references
from tsfix.checks.subject import Subject
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy, KnownPackage, Site
from tsfix.knowledge.base import KnowledgeBase
from tsfix.package_kinds import KindsOf
from tsfix.request import CloneRequest
from tsfix.rewrites.client_package import replacements
from tsfix.values import Location, PackageId


def with_request(hierarchy: Hierarchy, request: CloneRequest) -> Hierarchy:
    """The hierarchy as the request completes it: a package named as the custom client package is custom.

    Raises UsageError when the hierarchy file calls that package a default one.
    """
    named = request.client_package
    if named is None:
        return hierarchy
    known = hierarchy.package(named)
    if known is not None and (known.default or known.pre_production):
        raise UsageError(
            f"The client package {named} is a default or pre-production package, says the hierarchy file.",
            remedy="Name a custom package that holds the older client.",
        )
    claim = KnownPackage(
        id=named,
        kind="client",
        name=request.client_package_name or (known.name if known else ""),
        default=False,
        client_version=known.client_version if known else "",
    )
    others = tuple(item for item in hierarchy.packages if item.id.upper() != named.upper())
    return replace(hierarchy, packages=(*others, claim))


def require_fitting(
    export: Export,
    subjects: tuple[Subject, ...],
    request: CloneRequest,
    knowledge: KnowledgeBase,
    hierarchy: Hierarchy,
) -> None:
    """Raise UsageError for every object that would be replaced by one of another kind, as far as the kinds are known.

    The subjects know what the request claims. ``hierarchy`` is the file's, without that: the kinds are those that the
    export and the file tell.
    """
    pairs = replacements(subjects, request) if subjects else {}
    kinds = KindsOf(export, knowledge, hierarchy, plain_is_vague=True) if pairs else None
    misfits = [text for old, new in pairs.items() if kinds and (text := kinds.misfit(old, new.package_id))]
    if misfits:
        raise UsageError(
            " ".join(misfits),
            remedy="Name a package of the same kind. Nothing was written for this export.",
            location=Location(file=export.name),
        )


def with_mapped_clients(hierarchy: Hierarchy, subjects: tuple[Subject, ...], request: CloneRequest) -> Hierarchy:
    """A package that the person puts in the place of a client package is custom, unless the hierarchy file knows it.

    What the file replaces otherwise than the person wants is left out: findings must not promise the file's package.
    The same value where neither changes anything.
    """
    clients = {reference.package_id.upper() for subject in subjects for reference in client_references(subject)}
    claims = tuple(
        KnownPackage(id=mapping.new, kind="client", name=mapping.new_name, default=False)
        for mapping in request.mappings
        if mapping.old.upper() in clients and hierarchy.package(mapping.new) is None
    )
    wanted = dict.fromkeys(clients, request.client_package) if request.client_package is not None else {}
    wanted.update((mapping.old.upper(), mapping.new) for mapping in request.mappings)
    sites = tuple(_without_overridden(site, request, wanted) for site in hierarchy.sites)
    if not claims and sites == hierarchy.sites:
        return hierarchy
    return replace(hierarchy, packages=(*hierarchy.packages, *claims), sites=sites)


def _without_overridden(site: Site, request: CloneRequest, wanted: Mapping[str, PackageId | None]) -> Site:
    """The target's site without the replacements in whose place the person wants others (by old IDs in upper case)."""
    if request.target.site is None or site.code.upper() != request.target.site.upper():
        return site
    kept = tuple(
        one for one in site.replacements if (wanted.get(one.old.upper()) or one.new).upper() == one.new.upper()
    )
    return site if kept == site.replacements else replace(site, replacements=kept)
