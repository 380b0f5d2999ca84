"""The form of a file in ``data/steps``: everything about one step type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tsfix.knowledge.facts import Confidence, ReferenceKind
from tsfix.knowledge.forms.common import Day, IntroducedModel, Model, SourceModel, Text, VersionKey
from tsfix.knowledge.forms.features import DownlevelModel, FeatureModel


class ReferenceModel(Model):
    """A property of a step that holds IDs of other objects."""

    property: Text
    kind: ReferenceKind
    note: str = ""


class ActionModel(Model):
    """The form of the action line that sites write from some version on."""

    introduced: VersionKey
    template: Text
    confidence: Literal["real", "documented", "inferred"]
    note: str = ""


class PropertyRemarkModel(Model):
    """A property that Microsoft asks not to use."""

    property: Text
    note: Text


class StepModel(Model):
    """One file of data/steps: everything about one step type."""

    type: Text
    """The type attribute as the export writes it."""
    element: Literal["step", "subtasksequence", "group", "unknown"]
    name: Text
    """The name in the console's editor."""
    provider: Literal["microsoft", "mdt", "third-party"]
    actions: tuple[Text, ...] = ()
    """The programs that the action line starts."""
    introduced: IntroducedModel
    introduced_as: str = ""
    confidence: Confidence
    deprecated: VersionKey | None = None
    removed: VersionKey | None = None
    deprecated_date: Day | None = None
    deprecation_source: SourceModel | None = None
    lite_touch_only: bool = False
    """A step of MDT's own sequences, which are no exports of Configuration Manager."""
    run_in: Annotated[str, Field(pattern=r"^(WinPE|FullOS|WinPEandFullOS)?( .*|;.*)?$")] = ""
    """The runIn attribute that sites write, with a remark where it differs by version."""
    cmdlet: str = ""
    note: str = ""
    xml_seen: tuple[Text, ...] = ()
    source: SourceModel
    downlevel: DownlevelModel
    base_properties: dict[str, str] = Field(default_factory=dict)
    """Property and variable of everything as old as the step; # stands for an index."""
    references: tuple[ReferenceModel, ...] = ()
    action_history: tuple[ActionModel, ...] = ()
    deprecated_properties: tuple[PropertyRemarkModel, ...] = ()
    features: tuple[FeatureModel, ...] = ()
