"""Typed facts about what the checks look for besides steps, settings and variables (``data/signs.toml``)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tsfix.values import RuleId, Severity, VersionId

InstallationKind = Literal["site-code", "server", "domain", "patch"]
"""What a property of the client's installation names."""

SiteKey = Literal["", "code", "management_point", "internet_management_point", "fallback_status_point", "dns_suffix"]


class InstallationProperty(Struct, frozen=True, kw_only=True):
    """A property of the client's installation that ties it to a site or to one client version."""

    name: str
    kind: InstallationKind
    rule: RuleId
    severity: Severity
    effect: str
    """What the client does with it, in a whole sentence."""
    site_key: SiteKey = ""
    """The key of a site in the hierarchy file that holds the value for its clients; empty where none does."""


class ClientInstallation(Struct, frozen=True, kw_only=True):
    """Where properties of the client's installation stand, and which of them matter."""

    variables: tuple[str, ...]
    """Task sequence variables that hold the properties."""
    any_site: tuple[str, ...]
    """Values of a site code that name no site."""
    properties: tuple[InstallationProperty, ...]


class Installer(Struct, frozen=True, kw_only=True):
    """A command that installs a client."""

    id: str
    pattern: str
    unless: str
    """A pattern that is searched in the same line: such a line installs nothing. Empty for none."""
    what: str


class Guards(Struct, frozen=True, kw_only=True):
    """What a task sequence can test to keep older clients out."""

    result_variables: tuple[str, ...]
    passed: str
    failed: str
    step: str
    """The step type that writes the variables, and stops the run when the client is too old."""
    enabled_by: str
    """The variable of that step that switches the check on."""
    minimum: str
    """The variable of that step with the lowest client version."""
    wmi_class: str
    wmi_property: str
    wmi_namespace: str
    """A pattern."""


class Secret(Struct, frozen=True, kw_only=True):
    """A secret that an export loses."""

    types: tuple[str, ...]
    property: str
    account: str
    """The property with the account; where it is empty, nothing is missing. Empty for a secret without an account."""
    when: tuple[str, tuple[str, ...]] | None
    """The secret is used only while this property has one of these values."""
    needs_element: bool
    """True where the secret was set only when its element is there."""
    what: str


class Limit(Struct, frozen=True, kw_only=True):
    """A number or a version that stands in no step."""

    id: str
    value: int | None
    since: VersionId | None
    what: str


class Architecture(Struct, frozen=True, kw_only=True):
    """What shows that a boot image is for one kind of processor."""

    id: str
    name_pattern: str
    property_values: tuple[str, ...]
    """Values of the object's property ``Architecture``, in lower case."""


class Signs(Struct, frozen=True, kw_only=True):
    """Everything of ``data/signs.toml``. Patterns are searched without regard to case."""

    client_installation: ClientInstallation
    client_installers: tuple[Installer, ...]
    client_package_names: str
    """A pattern for names of packages that hold a client."""
    guards: Guards
    secrets: tuple[Secret, ...]
    limits: tuple[Limit, ...]
    architectures: tuple[Architecture, ...]
    network_access_variables: tuple[str, ...]
    """Variables that make a computer use the network access account while they are true."""
    download_variables: tuple[str, ...]
    """Variables that put another download program in the place of the client's own."""
    any_purpose_types: frozenset[str]
    """Step types that have no one function of their own: another step of the type does something else."""

    def limit(self, limit_id: str) -> Limit:
        """The limit of that id; KeyError when there is none."""
        for limit in self.limits:
            if limit.id == limit_id:
                return limit
        raise KeyError(limit_id)

    def architecture(self, architecture_id: str) -> Architecture:
        """The architecture of that id; KeyError when there is none."""
        for architecture in self.architectures:
            if architecture.id == architecture_id:
                return architecture
        raise KeyError(architecture_id)
