"""Completes the hierarchy by what the request says about client packages."""

from __future__ import annotations

from msgspec.structs import replace

from tsfix.checks.client_package import client_references
from tsfix.conversion.subjects import subjects_of
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy, KnownPackage
from tsfix.knowledge.base import KnowledgeBase
from tsfix.request import CloneRequest


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


def with_mapped_clients(
    hierarchy: Hierarchy, export: Export, request: CloneRequest, knowledge: KnowledgeBase
) -> Hierarchy:
    """A package that the person puts in the place of a client package is custom, unless the hierarchy file knows it."""
    clients = {
        reference.package_id.upper()
        for subject in subjects_of(export, request, knowledge, hierarchy)
        for reference in client_references(subject)
    }
    claims = tuple(
        KnownPackage(id=mapping.new, kind="client", name=mapping.new_name, default=False)
        for mapping in request.mappings
        if mapping.old.upper() in clients and hierarchy.package(mapping.new) is None
    )
    return replace(hierarchy, packages=(*hierarchy.packages, *claims)) if claims else hierarchy
