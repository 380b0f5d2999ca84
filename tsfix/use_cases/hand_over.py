"""The scripts that an administrator runs at a site: takes what they must know from copies and from the hierarchy file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from tsfix.containers.discover import find_exports
from tsfix.containers.found import FoundExport, Unreadable
from tsfix.errors import UsageError
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export import read_export
from tsfix.reports.tasks import lost_secrets
from tsfix.request import Target
from tsfix.scripts.copies import copy_facts
from tsfix.scripts.options import ClientPackageOptions, Connection, CopyFacts, ImportOptions
from tsfix.values import Location, PackageId, SiteCode

_NO_SITE = 'The target must be a site code here, such as --to LEG, and "{label}" is a version.'


def client_package_options(target: Target, hierarchy: Hierarchy, connection: Connection) -> ClientPackageOptions:
    """What the script that makes a custom client package must know. Raises UsageError when the target is no site."""
    return ClientPackageOptions(
        target_site=_site(target),
        target_build=target.version.build,
        default_package=_default_client(hierarchy),
        connection=connection,
    )


def import_options(
    paths: Sequence[Path], target: Target, hierarchy: Hierarchy, knowledge: KnowledgeBase, connection: Connection
) -> ImportOptions:
    """What the import script must know about the copies under the paths.

    Raises UsageError when there is no copy, or one that cannot be read: a script must not leave one out in silence.
    """
    top = next((site for site in hierarchy.sites if site.parent is None), None)
    return ImportOptions(
        copies=tuple(copy for path in paths for copy in _copies(path, knowledge)),
        site_build=knowledge.find_version(top.version).build if top is not None else 0,
        target_site=target.site,
        target_build=target.version.build,
        connection=connection,
    )


def _site(target: Target) -> SiteCode:
    if target.site is None:
        raise UsageError(
            _NO_SITE.format(label=target.label), remedy="Name the hierarchy file with --hierarchy, and a site of it."
        )
    return target.site


def _default_client(hierarchy: Hierarchy) -> PackageId | None:
    return next((item.id for item in hierarchy.packages if item.kind == "client" and item.default), None)


def _copies(path: Path, knowledge: KnowledgeBase) -> list[CopyFacts]:
    found_any = False
    copies: list[CopyFacts] = []
    for found in find_exports([path]):
        if isinstance(found, Unreadable):
            raise UsageError(found.message, remedy=found.remedy, location=found.location)
        if not isinstance(found, FoundExport):
            continue
        found_any = True
        if found.origin.kind != "zip" or found.origin.inside:
            raise UsageError(
                "The import takes export zips that lie in the folder; this is something else.",
                remedy="Name the folder that tsfix clone wrote its copies into.",
                location=Location(file=found.parts.name),
            )
        copies.extend(_facts_of(found, path, knowledge))
    if not found_any:
        raise UsageError(
            f"There is no copy in {path}.", remedy="Name the folder that tsfix clone wrote its copies into."
        )
    return copies


def _facts_of(found: FoundExport, path: Path, knowledge: KnowledgeBase) -> tuple[CopyFacts, ...]:
    export = read_export(found.parts)
    if export.problems:
        problem = export.problems[0]
        raise UsageError(problem.message, remedy=problem.remedy, location=problem.location)
    secrets = {exported.part: tuple(lost_secrets(exported, export, knowledge)) for exported in export.task_sequences}
    file = found.origin.path.name if path.is_file() else found.origin.path.relative_to(path).as_posix()
    return copy_facts(export, file=file, sha256=hashlib.sha256(found.original).hexdigest(), type_in_again=secrets)
