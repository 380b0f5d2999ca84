"""What the person asked for: target, packages, policy for what the target lacks, name of the copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from tsfix.decisions import Decision
from tsfix.knowledge.facts import Version
from tsfix.values import PackageId, SiteCode

NewSteps = Literal["auto", "disable", "placeholder", "remove", "keep"]
"""What to do with a step that the target cannot run; ``auto`` refuses unless the change is equivalent."""

DEFAULT_NAME_TEMPLATE = "{name} (for {target})"
RELINK_NAME_TEMPLATE = "{name} (relinked)"


class Target(Struct, frozen=True, kw_only=True):
    """The older site or version that the copy is for."""

    version: Version
    site: SiteCode | None = None
    """The site code, when the target was named by one."""

    @property
    def label(self) -> str:
        """How reports call the target: ``LEG`` where a site was named, else ``1706``."""
        return str(self.site) if self.site else str(self.version.id)


class PackageMapping(Struct, frozen=True, kw_only=True):
    """One package ID to be replaced by another in all places."""

    old: PackageId
    new: PackageId
    new_name: str = ""
    """The name of the new package, where the hierarchy file gives one."""


class CloneRequest(Struct, frozen=True, kw_only=True):
    """Everything that decides what a copy will be."""

    target: Target
    client_package: PackageId | None = None
    """The custom client package for the target; replaces every default client package."""
    client_package_name: str = ""
    mappings: tuple[PackageMapping, ...] = ()
    new_steps: NewSteps = "auto"
    name_template: str = DEFAULT_NAME_TEMPLATE
    new_package_ids: tuple[PackageMapping, ...] = ()
    """The copies' own IDs, where the person gives them."""
    assigned_ids: tuple[PackageMapping, ...] = ()
    """The copies' own IDs as a run over many exports gives them out, so that no two copies get the same."""
    accepted_rules: frozenset[str] = frozenset()
    """Rules whose findings the person accepts: they stay in the copy and in the report, and no longer stand in the way."""
    reserved_ids: frozenset[PackageId] = frozenset()
    """IDs of the hierarchy file that a copy must not take."""
    decisions: tuple[Decision, ...] = ()
    """What the person decided about single findings and steps; these go before ``new_steps``."""

    @property
    def name_values(self) -> Mapping[str, str]:
        """What the name template may hold besides the task sequence's own name and ID."""
        return {"target": self.target.label, "version": self.target.version.id}

    @property
    def id_seed(self) -> str:
        """What makes the IDs of these copies differ from those of other copies of the same original."""
        return self.target.label

    @property
    def taken_ids(self) -> frozenset[PackageId]:
        """IDs that a copy must not take."""
        chosen = {mapping.new for mapping in self.mappings}
        chosen |= {PackageId(decision.package.upper()) for decision in self.decisions if decision.package}
        return self.reserved_ids | chosen | ({self.client_package} if self.client_package is not None else set())


class RelinkRequest(Struct, frozen=True, kw_only=True):
    """Package IDs to be replaced in all places, whatever the site."""

    mappings: tuple[PackageMapping, ...]
    """All at once: where one mapping leads to the old ID of another, nothing is replaced twice."""
    name_template: str = RELINK_NAME_TEMPLATE
    keep_identity: bool = False
    """True when the copies keep name and ID, to be imported over the originals."""
    new_package_ids: tuple[PackageMapping, ...] = ()
    assigned_ids: tuple[PackageMapping, ...] = ()
    """As for a clone."""
    reserved_ids: frozenset[PackageId] = frozenset()
    """IDs of the hierarchy file that a copy must not take."""

    @property
    def name_values(self) -> Mapping[str, str]:
        """As for a clone; there is no target."""
        return {}

    @property
    def id_seed(self) -> str:
        """As for a clone."""
        return " ".join(sorted(f"{mapping.old}={mapping.new}" for mapping in self.mappings))

    @property
    def taken_ids(self) -> frozenset[PackageId]:
        """IDs that a copy must not take."""
        return self.reserved_ids | {found for mapping in self.mappings for found in (mapping.old, mapping.new)}


CopyRequest = CloneRequest | RelinkRequest
