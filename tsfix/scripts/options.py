"""What each script is told when it is printed. Everything here only becomes a default that the administrator can change.

Nothing in these values is a secret. Empty text and empty tuples mean "not known": the script then asks or looks itself.
"""

from __future__ import annotations

from msgspec import Struct, field

from tsfix.values import PackageId, SiteCode


class Connection(Struct, frozen=True, kw_only=True):
    """The site that a script works on: the top-level site of the hierarchy."""

    site: SiteCode | None = None
    """Its code. None: the script takes the only site drive of the session, or asks for ``-SiteCode``."""
    server: str = ""
    """A server with the SMS Provider role."""


class SiteReplacement(Struct, frozen=True, kw_only=True):
    """At one site, one package takes the place of another."""

    site: SiteCode
    old: PackageId
    new: PackageId


class InventoryOptions(Struct, frozen=True, kw_only=True):
    """For ``inventory`` and ``inventory-rest``."""

    connection: Connection = field(default_factory=Connection)
    replacements: tuple[SiteReplacement, ...] = ()
    """What you decided already; goes into every inventory that the script writes."""


class ClientPackageOptions(Struct, frozen=True, kw_only=True):
    """For ``client-package``."""

    target_site: SiteCode
    """The older site."""
    target_build: int = 0
    """The build that the older site is expected to run, such as 8540; 0 where it is not known."""
    package_name: str = ""
    """The name of the package; empty for one made of build and site."""
    client_source: str = ""
    """A folder with the older client, as seen from where the script will run."""
    package_source: str = ""
    """The network path of the folder that the package will use."""
    default_package: PackageId | None = None
    """The default client package that the new one stands in for."""
    distribution_points: tuple[str, ...] = ()
    """Full names; empty for all of the older site."""
    connection: Connection = field(default_factory=Connection)


class ExportOptions(Struct, frozen=True, kw_only=True):
    """For ``export``."""

    folder: str = ""
    """A network path."""
    names: tuple[str, ...] = ()
    """Names of task sequences, as PowerShell patterns; empty for all."""
    package_ids: tuple[PackageId, ...] = ()
    connection: Connection = field(default_factory=Connection)


class CopyFacts(Struct, frozen=True, kw_only=True):
    """One task sequence among the copies, as it must arrive at the site."""

    name: str
    """The name that it has in the copy."""
    package_id: PackageId
    """The ID that it has in the copy."""
    file: str
    """The file that holds it: a path below the folder that is given when the script runs, such as ``Refresh.zip``."""
    sha256: str = ""
    """The SHA-256 of the whole file in hexadecimal digits; empty: the script does not check it."""
    references: tuple[str, ...] = ()
    """Everything that the copy needs: package IDs (its boot image and child task sequences too) and applications
    (``ScopeId_.../Application_...``)."""
    boot_image: PackageId | None = None
    type_in_again: tuple[str, ...] = ()
    """One line for each thing that the export does not hold, such as ``Join domain: the password of CONTOSO\\join``."""


class ImportOptions(Struct, frozen=True, kw_only=True):
    """For ``import``."""

    copies: tuple[CopyFacts, ...]
    site_build: int = 0
    """The build that the top-level site is expected to run, such as 9122; 0 where it is not known."""
    target_site: SiteCode | None = None
    """The older site that the copies are for."""
    target_build: int = 0
    folder: str = ""
    """The network path of the folder with the copies."""
    connection: Connection = field(default_factory=Connection)
