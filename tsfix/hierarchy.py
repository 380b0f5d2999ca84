"""A hierarchy as the person described it: sites, their versions, packages, and what replaces a package at which site."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from msgspec import Struct

from tsfix.values import PackageId, SiteCode

PackageKind = Literal["client", "usmt", "boot-image", "driver", "image", "upgrade", "application", "package"]
SiteKind = Literal["central", "primary", "secondary"]


class Replacement(Struct, frozen=True, kw_only=True):
    """At one site, one package takes the place of another."""

    old: PackageId
    new: PackageId


class Site(Struct, frozen=True, kw_only=True):
    """One site of the hierarchy."""

    code: SiteCode
    version: str
    """A version or build as the person wrote it, such as ``1706`` or ``5.00.8540.1000``."""
    parent: SiteCode | None = None
    replacements: tuple[Replacement, ...] = ()
    kind: SiteKind | None = None
    name: str = ""
    server: str = ""
    """The name of the site server."""
    management_point: str = ""
    """The first management point for clients of this site, for the installation property SMSMP."""
    internet_management_point: str = ""
    """The management point for clients on the internet, for CCMHOSTNAME."""
    fallback_status_point: str = ""
    """For the installation property FSP."""
    dns_suffix: str = ""
    """The domain in which clients look for management points, for DNSSUFFIX."""


class KnownPackage(Struct, frozen=True, kw_only=True):
    """What the hierarchy file says about one package. It overrides what an export says."""

    id: PackageId
    kind: PackageKind = "package"
    name: str = ""
    default: bool | None = None
    """True for a package that setup made and updates replace; None where the file does not say."""
    pre_production: bool = False
    """True for the client piloting package."""
    client_version: str = ""
    """The client version that the package or boot image holds."""
    pe_version: str = ""
    """The Windows PE build of a boot image."""
    architecture: str = ""
    """The architecture of a boot image, such as ``x64``."""
    version: str = ""
    """The version that is written on the package; for the default USMT package the build of its ADK."""
    source_path: str = ""
    """Where the site takes the files from."""
    content_at: tuple[SiteCode, ...] | None = None
    """The sites whose distribution points all hold its current version; None where the file does not say."""


class KnownTaskSequence(Struct, frozen=True, kw_only=True):
    """One task sequence of the hierarchy, by ID and name."""

    id: PackageId
    name: str = ""


class Members(Struct, frozen=True, kw_only=True):
    """The members of a collection that are assigned to one site."""

    site: str
    """The site's code; empty for members that are assigned to no site."""
    count: int
    """How many members, with and without a client."""
    without_client: int = 0
    unreadable: int = 0
    """Members with a client whose version could not be read."""
    lowest_client: str = ""
    """The lowest client version among them; empty where none is known."""


class Deployment(Struct, frozen=True, kw_only=True):
    """A task sequence deployed to a collection, and who would get it."""

    id: str
    task_sequence: PackageId
    collection: str
    """The ID of the collection."""
    collection_name: str = ""
    members: tuple[Members, ...] = ()
    """One entry for each site; empty where the members were not read."""


class PreProduction(Struct, frozen=True, kw_only=True):
    """The setting that upgrades the clients of one collection first."""

    enabled: bool
    collection: str = ""
    """The ID of the piloting collection."""


class Inventory(Struct, frozen=True, kw_only=True):
    """When, where and how a script wrote the file."""

    written: str = ""
    """Local time, such as ``20261122-211005``."""
    site: str = ""
    """The code of the site that was asked."""
    server: str = ""
    by: str = ""
    """``console`` or ``administration service``."""


class Note(Struct, frozen=True, kw_only=True):
    """Something that the inventory could not read, or could not decide."""

    what: str
    why: str


class Hierarchy(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that the hierarchy file says."""

    sites: tuple[Site, ...] = ()
    packages: tuple[KnownPackage, ...] = ()
    task_sequences: tuple[KnownTaskSequence, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    pre_production: PreProduction | None = None
    """None where the file does not say."""
    notes: tuple[Note, ...] = ()
    """What is missing here although someone looked for it."""
    inventory: Inventory | None = None
    """None in a file that was written by hand."""

    def site(self, code: str) -> Site | None:
        """The site of that code (compared without case), or None."""
        return next((site for site in self.sites if site.code.upper() == code.upper()), None)

    def replacements_at(self, code: str | None) -> tuple[Replacement, ...]:
        """What takes the place of which package at that site; nothing without a site, or for one that is not listed."""
        site = self.site(code) if code is not None else None
        return site.replacements if site is not None else ()

    @property
    def client_sites(self) -> tuple[Site, ...]:
        """The sites that a client can be assigned to: primary ones. All sites where the file shows none.

        Without ``kind``, a site below a child site can only be a secondary one, and the top above both a central one.
        """
        parents = {site.code.upper(): str(site.parent or "").upper() for site in self.sites}
        grandparents = {parents[up] for up in parents.values() if parents.get(up)}

        def kind(site: Site) -> SiteKind:
            if site.kind is not None:
                return site.kind
            if parents.get(parents[site.code.upper()]):
                return "secondary"
            return "central" if site.code.upper() in grandparents else "primary"

        return tuple(site for site in self.sites if kind(site) == "primary") or self.sites

    def package(self, package_id: str) -> KnownPackage | None:
        """The package of that ID (compared without case), or None."""
        return self._packages.get(package_id.upper())

    @cached_property
    def _packages(self) -> dict[str, KnownPackage]:
        """An inventory holds thousands, and every reference is looked up."""
        return {known.id.upper(): known for known in reversed(self.packages)}

    def ids(self) -> Iterator[PackageId]:
        """Every package ID that the file names, task sequences included."""
        for known in self.packages:
            yield known.id
        for task_sequence in self.task_sequences:
            yield task_sequence.id
        for site in self.sites:
            for replacement in site.replacements:
                yield replacement.old
                yield replacement.new
