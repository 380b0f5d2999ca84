"""The form of ``data/thirdparty.toml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tsfix.knowledge.forms.common import Model, Text


class VendorStepModel(Model):
    """A step type of an extension."""

    type: Text
    command: Text
    properties: tuple[Text, ...]
    package_reference: str = ""
    seen_in_export: bool = False
    note: str = ""


class VendorModel(Model):
    """One product that extends task sequences."""

    vendor: Text
    product: Text
    evidence: Literal["seen", "vendor", "general"]
    evidence_note: str = ""
    step_types: tuple[VendorStepModel, ...] = ()
    step_types_note: str = ""
    programs: tuple[Text, ...] = ()
    """Programs that command lines of it start."""
    marks: tuple[Text, ...] = ()
    """Variables whose names give it away."""
    actions: tuple[Text, ...] = ()
    variables: tuple[Text, ...] = ()
    namespaces: tuple[Text, ...] = ()
    category: str = ""
    controls: str = ""
    plain_steps: str = ""
    stand_alone_only: tuple[Text, ...] = ()
    stand_alone_note: str = ""
    support: str = ""
    compatibility: str = ""
    note: str = ""
    sources: Annotated[tuple[Text, ...], Field(min_length=1)]


class VendorCheckModel(Model):
    """What to look for about extensions."""

    id: Text
    what: Text
    needs: Text
    severity: Text
    fix: Text


class RegistrationModel(Model):
    """How an extension registers its steps, in words."""

    summary: Text
    client: Text
    mof: tuple[Text, ...]
    console: tuple[Text, ...]
    sources: tuple[Text, ...]


class ThirdPartyFile(Model):
    """The file data/thirdparty.toml."""

    detection: tuple[Text, ...]
    """How an export shows an extension, in words."""
    checks: tuple[VendorCheckModel, ...]
    registration: RegistrationModel
    vendors: tuple[VendorModel, ...]
