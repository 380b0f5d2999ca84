"""Small situations for the tests of the rules: one export, one target, one hierarchy, and what is found there."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct, field
from msgspec.structs import replace

from tests.made import CHQ, Group, Known, Package, Step, knowledge, parts, read_parts
from tests.made import sequence as made_sequence
from tsfix.checks import estate_findings, run_checks
from tsfix.checks.subject import Subject
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.hierarchy import Deployment, Hierarchy, Inventory, KnownPackage, Members, PreProduction, Site
from tsfix.request import Target
from tsfix.values import PackageId, SiteCode

BUILDS = {"2309": "5.00.9122.1002", "2207": "5.00.9088.1007", "2010": "5.00.9040.1010", "1706": "5.00.8540.1003"}
"""Client versions of some releases."""

ID = "CHQ00061"
"""The task sequence of a scene."""


def hierarchy(
    *packages: KnownPackage,
    older: str = "2207",
    deployments: tuple[Deployment, ...] = (),
    pre_production: bool | None = None,
    complete: bool = False,
) -> Hierarchy:
    """CHQ above LEG, which is older, and NEW, which is as new as CHQ."""
    return Hierarchy(
        sites=(
            Site(code=SiteCode("CHQ"), version="2309"),
            Site(code=SiteCode("LEG"), version=older, parent=SiteCode("CHQ")),
            Site(code=SiteCode("NEW"), version="2309", parent=SiteCode("CHQ")),
        ),
        packages=packages,
        deployments=deployments,
        pre_production=None if pre_production is None else PreProduction(enabled=pre_production),
        inventory=Inventory(site="CHQ") if complete else None,
    )


def client(package_id: str, version: str = "", *, default: bool = False, pre_production: bool = False) -> KnownPackage:
    return KnownPackage(
        id=PackageId(package_id),
        kind="client",
        name="A client package",
        default=default,
        pre_production=pre_production,
        client_version=BUILDS.get(version, version),
    )


def boot_image(package_id: str, client_version: str, *, default: bool = False, pe: str = "") -> KnownPackage:
    return KnownPackage(
        id=PackageId(package_id),
        kind="boot-image",
        name="A boot image",
        default=default,
        client_version=BUILDS[client_version],
        pe_version=pe,
    )


def deployed(site: str, lowest: str = "5.00.9088.1007", count: int = 20) -> Deployment:
    members = (Members(site=site, count=count, lowest_client=lowest),)
    return Deployment(
        id="CHQ20011", task_sequence=PackageId(ID), collection="CHQ0000F", collection_name="All kiosks", members=members
    )


class Scene(Struct, frozen=True, kw_only=True):
    """An export and what it is checked for."""

    export: Export
    to: str | None = "1706"
    """A version, or the code of a site of the hierarchy."""
    hierarchy: Hierarchy = field(default_factory=Hierarchy)

    def subjects(self) -> list[Subject]:
        base = knowledge()
        target = None
        site = self.hierarchy.site(self.to) if self.to else None
        if site is not None:
            target = Target(version=base.find_version(site.version), site=site.code)
        elif self.to is not None:
            target = Target(version=base.find_version(self.to))
        return [
            Subject(export=self.export, exported=one, knowledge=base, target=target, hierarchy=self.hierarchy)
            for one in self.export.task_sequences
        ]

    def found(self) -> list[Finding]:
        """What is found in every task sequence, then what holds for the whole."""
        subjects = self.subjects()
        findings = [finding for subject in subjects for finding in run_checks(subject)]
        return [*findings, *estate_findings(subjects, findings)]


def scene(
    *items: Group | Step,
    to: str | None = "1706",
    known: Collection[Known] = (),
    sites: Hierarchy | None = None,
    boot: str = "",
    site: int = 2309,
    usmt: str = "00000000",
    packages: tuple[Package, ...] = (),
) -> Scene:
    """A scene with one task sequence."""
    content = parts(
        made_sequence(ID, "Deploy kiosk", *items, boot_image=boot),
        known=tuple(known),
        packages=packages,
        site=replace(CHQ, version=site, usmt=usmt),
    )
    return Scene(export=read_parts(content, "kiosk.zip"), to=to, hierarchy=sites or Hierarchy())


def told(found: Collection[Finding], rule: str) -> list[tuple[str, str, str]]:
    """Severity, certainty and subject of what one rule says."""
    return [(one.severity, one.certainty, one.subject) for one in found if one.rule == rule]
