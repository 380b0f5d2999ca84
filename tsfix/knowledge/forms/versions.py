"""The form of ``data/versions.toml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tsfix.knowledge.forms.common import Day, Model, SourceModel, Text, VersionKey


class AdkBuildModel(Model):
    """One release of the Windows assessment and deployment kit."""

    key: Text
    name: Text
    adk: str = ""
    pe: Text
    source: Text
    note: str = ""


class WindowsReleaseModel(Model):
    """One release of Windows."""

    windows: Text
    """``10``, ``11`` or ``Server 2022``."""
    release: Annotated[str, Field(pattern=r"^(\d{4}|\d{2}h\d)?$")] = ""
    """``22h2``, in lower case; empty where there is only one."""
    build: Annotated[int, Field(gt=0)]
    """Its first build."""
    source: Text
    """A key of the [sources] table."""


class VersionModel(Model):
    """One release of Configuration Manager."""

    id: VersionKey
    name: Text
    family: Literal["2007", "2012", "current-branch"]
    order: Annotated[int, Field(gt=0)]
    """The place in the line of releases; only comparisons mean something."""
    build: Annotated[int, Field(gt=0)]
    site_version: Annotated[str, Field(pattern=r"^\d\.\d\d\.\d{4}\.\d{4}$")]
    client_version: Annotated[str, Field(pattern=r"^\d\.\d\d\.\d{4}\.\d{4}$")]
    aliases: tuple[Text, ...] = ()
    release_date: Day | None = None
    release_date_hint: str = ""
    general_availability: Day | None = None
    end_of_support: Text
    baseline: bool
    in_console_update: bool
    min_update_from: VersionKey | None = None
    confidence: Text
    note: str = ""
    adk_note: str = ""
    cumulative_updates: dict[str, str] = Field(default_factory=dict)
    adk: dict[str, Literal["S", "B", "N", "S?", "unverified"]] = Field(default_factory=dict)
    sources: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Keys of the [sources] table at the end of the file."""


class AboutModel(Model):
    """What the columns mean and how versions are told apart, in words."""

    purpose: Text
    release_date: Text
    min_update_from: Text
    client_version: Text
    matching_rules: tuple[Text, ...]
    hierarchy_skew: tuple[Text, ...]
    cadence: tuple[Text, ...]
    adk_sources: tuple[Text, ...]
    windows_releases: Text
    adk_codes: dict[str, Text]


class VersionsFile(Model):
    """The file data/versions.toml."""

    about: AboutModel
    adk_builds: tuple[AdkBuildModel, ...]
    windows_releases: Annotated[tuple[WindowsReleaseModel, ...], Field(min_length=1)]
    versions: Annotated[tuple[VersionModel, ...], Field(min_length=1)]
    sources: dict[str, SourceModel]
