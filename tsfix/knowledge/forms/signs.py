"""The form of ``data/signs.toml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tsfix.knowledge.forms.common import Model, Pattern, SourceModel, Text, VersionKey
from tsfix.knowledge.sign_facts import InstallationKind, SiteKey
from tsfix.values import Severity


class InstallationPropertyModel(Model):
    """A property of the client's installation that ties it to a site or to one client version."""

    name: Text
    kind: InstallationKind
    rule: Annotated[str, Field(pattern=r"^R[1-9]\d*$")]
    severity: Severity
    effect: Text
    """What the client does with it, in a whole sentence."""
    site_key: SiteKey = ""
    """The key of a site in the hierarchy file that holds the value for its clients."""
    source: Text


class ClientInstallationModel(Model):
    """Where properties of the client's installation stand, and which of them matter."""

    variables: tuple[Text, ...]
    """Task sequence variables that hold the properties."""
    any_site: tuple[Text, ...]
    """Values of a site code that name no site."""
    properties: tuple[InstallationPropertyModel, ...]


class InstallerModel(Model):
    """A command that installs a client."""

    id: Text
    pattern: Pattern
    unless: Pattern = ""
    """Searched in the same line: such a line installs nothing."""
    what: Text
    source: Text


class ClientPackagesModel(Model):
    """Packages that hold a client."""

    name_pattern: Pattern
    source: Text


class GuardsModel(Model):
    """What a task sequence can test to keep older clients out."""

    result_variables: tuple[Text, ...]
    passed: Text
    failed: Text
    step: Text
    """The step type that writes the variables."""
    enabled_by: Text
    minimum: Text
    wmi_class: Text
    wmi_property: Text
    wmi_namespace: Pattern
    source: Text


class WhenModel(Model):
    """A setting that must have one of the values."""

    property: Text
    values: Annotated[tuple[Text, ...], Field(min_length=1)]


class SecretModel(Model):
    """A secret that an export loses."""

    types: Annotated[tuple[Text, ...], Field(min_length=1)]
    property: Text
    account: str = ""
    """The property with the account; where it is empty, nothing is missing."""
    when: WhenModel | None = None
    needs_element: bool = False
    """True where the secret was set only when its element is there."""
    what: Text


class LimitModel(Model):
    """A number or a version that stands in no step."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    value: int | None = None
    since: VersionKey | None = None
    what: Text
    note: str = ""
    source: Text


class ArchitectureModel(Model):
    """What shows that a boot image is for one kind of processor."""

    id: Literal["arm64", "x86"]
    name_pattern: Pattern
    property_values: tuple[Text, ...]
    """Values of the object's property Architecture."""
    source: Text


class NamedVariablesModel(Model):
    """Variables that have one thing in common."""

    variables: Annotated[tuple[Text, ...], Field(min_length=1)]
    source: Text


class NamedTypesModel(Model):
    """Step types that have one thing in common."""

    types: Annotated[tuple[Text, ...], Field(min_length=1)]
    source: Text


class SignsFile(Model):
    """The file data/signs.toml."""

    client_installation: ClientInstallationModel
    client_installers: tuple[InstallerModel, ...]
    client_packages: ClientPackagesModel
    guards: GuardsModel
    secrets: tuple[SecretModel, ...]
    limits: tuple[LimitModel, ...]
    architectures: tuple[ArchitectureModel, ...]
    network_access_account: NamedVariablesModel
    download_programs: NamedVariablesModel
    any_purpose: NamedTypesModel
    sources: dict[str, SourceModel]
    """Sources of this file alone; all others stand in rules.toml."""
