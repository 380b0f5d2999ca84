"""The form of ``data/conditions.toml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tsfix.knowledge.facts import Bound, Confidence
from tsfix.knowledge.forms.common import IntroducedModel, Model, Pattern, Text, VersionKey


class OperatorModel(Model):
    """An operator of a condition's expression."""

    name: Text
    introduced: IntroducedModel
    evidence: str = ""
    note: str = ""


class SpecialModel(Model):
    """Something that is stored as this expression and shown as something else."""

    what: Text
    recognise: Text
    note: Text


class PlatformModel(Model):
    """A platform that later versions added to the list of operating systems."""

    platform: Text
    version: VersionKey
    names: Pattern
    """Found in the names that the console shows, such as ``All Windows 11 (64-bit)``."""


class ExpressionModel(Model):
    """One type of expression that a condition can hold."""

    type: Text
    more_types: tuple[Text, ...] = ()
    label: Text
    """The name in the console's editor."""
    introduced: IntroducedModel
    confidence: Confidence
    place: Literal["condition", "dynamic-rules", "mdt"] = "condition"
    """dynamic-rules: only inside Set Dynamic Variables; mdt: no export has it."""
    older_client: Text
    """What an older client makes of it."""
    note: str = ""
    case: str = ""
    shape: str = ""
    class_properties: str = ""
    evidence: str = ""
    rewrite: tuple[Text, ...] = ()
    special: tuple[SpecialModel, ...] = ()
    platforms_added: tuple[PlatformModel, ...] = ()
    counts_seen: dict[str, int] = Field(default_factory=dict)
    namespaces_seen: dict[str, int] = Field(default_factory=dict)
    sources: Annotated[tuple[Text, ...], Field(min_length=1)]
    example: str = ""
    properties: dict[str, str]
    """Property and what it holds."""
    operators: tuple[OperatorModel, ...] = ()


class ConditionChangeModel(Model):
    """What a version brought for conditions."""

    version: VersionKey
    what: Text
    bound: Bound = "exact"
    not_before: VersionKey | None = None


class ConditionCheckModel(Model):
    """What to look for in conditions."""

    id: Text
    what: Text
    severity: Text
    fix: Text


class ShapeModel(Model):
    """The form of a condition in XML, in words."""

    where: Text
    content: Text
    expression: Text
    text: Text
    empty: Text
    dynamic_rules: Text
    group_level: Text
    example: Text
    operators: dict[str, Text]


class WithoutValueModel(Model):
    """What a test makes of a variable that does not exist."""

    confidence: Confidence
    text: Text
    """What it rests on."""
    passes: Annotated[dict[str, bool], Field(min_length=1)]
    """By the operator in lower case; an operator that is not here is one of which nobody knows."""


class ConditionsFile(Model):
    """The file data/conditions.toml."""

    without_value: WithoutValueModel
    shape: ShapeModel
    expressions: Annotated[tuple[ExpressionModel, ...], Field(min_length=1)]
    changes: tuple[ConditionChangeModel, ...]
    checks: tuple[ConditionCheckModel, ...]
