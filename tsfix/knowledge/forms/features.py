"""The form of a feature: its predicate, its history, what can be done without it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tsfix.knowledge.facts import Automatic, Confidence, DownlevelKind, Rewrite
from tsfix.knowledge.forms.common import IntroducedModel, Model, Pattern, SourceModel, Text, VersionKey
from tsfix.values import Severity


class MatchModel(Model):
    """The predicate that tells whether a feature is in use."""

    where: Literal[
        "variable",
        "attribute",
        "action",
        "reference",
        "text",
        "step",
        "sequence-attribute",
        "child",
        "condition",
        "package-property",
        "container",
        "text-size",
        "none",
    ]
    op: Literal[
        "",
        "present",
        "absent",
        "nonempty",
        "equals",
        "equals-ignore-case",
        "not-equals",
        "in",
        "not-in",
        "regex",
        "gt",
        "longer-than",
        "count-gt",
        "version-above",
        "with",
        "after",
        "child-has-subtasksequence",
        "empty-secret",
        "compare-with",
        "unknown-property",
        "newer-than-target",
    ] = ""
    name: str = ""
    """The variable, attribute or property; # stands for an index."""
    values: tuple[str, ...] = ()


class DownlevelModel(Model):
    """What can be done about a feature or step for a target that lacks it."""

    kind: DownlevelKind
    text: Text
    """In words, for a person."""
    automatic: Automatic = "never"
    """always: the change keeps the effect, even in use; neutral: only while not in use; never: a person decides."""
    cut: Pattern = ""
    """A regular expression: what to take out of the action line. Only with rewrite-action."""
    set_value: str | None = None
    """The value to write instead. Only with rewrite-value."""
    rewrite: Rewrite = ""
    """The rewrite that keeps the function where it can be made. Only with replace-step and rewrite-condition."""
    trade_off: str = ""
    """What the rewrite costs, or what is lost without a setting; the report says it. Only with rewrite, or strip and always."""
    left: str = ""
    """Why a copy keeps it in use and only reports it. Only where automatic is not always."""
    limit: Annotated[int, Field(ge=0)] = 0
    """The greatest length in characters of what the rewrite writes; 0 for none. Only with rewrite."""
    not_if: Pattern = ""
    """A regular expression: a text with it cannot be rewritten without a loss. Only with rewrite."""


class ChangeModel(Model):
    """How a known thing changed in a later version."""

    version: VersionKey
    what: Text


class FeatureModel(Model):
    """A property, value, switch or behaviour with its own history."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    scope: Literal["", "sequence", "step-attribute", "step-variable", "condition", "package", "export", "behaviour"] = (
        ""
    )
    """Only for features of the whole sequence."""
    property: str = ""
    """The property in the editor's class; leave out when there is none."""
    variable: str = ""
    """The variable element that carries it; leave out when there is none."""
    detect: Text
    """The predicate in words."""
    match: MatchModel
    only_if: MatchModel | None = None
    """A second condition that must hold too."""
    default: str | None = None
    """The value that the console writes by default."""
    neutral: tuple[str, ...] = ()
    """Values at which it is not in use. Leave out when the variable itself is older than the feature."""
    introduced: IntroducedModel
    introduced_as: str = ""
    """The version as the source names it, where that differs."""
    confidence: Confidence
    severity: Severity
    behaviour_only: bool = False
    """The XML is not new, only what the client does with it."""
    effect_on_older: Text
    note: str = ""
    xml_confidence: Literal["real", "sdk", "inferred", "unknown", "not-visible"]
    xml_seen: tuple[Text, ...] = ()
    changes: tuple[ChangeModel, ...] = ()
    rule: Annotated[str, Field(pattern=r"^(R[1-9]\d*)?$")] = ""
    """The rule that reports its use, where that is not the usual one for such a feature."""
    source: SourceModel
    downlevel: DownlevelModel


class SequenceFeaturesFile(Model):
    """The file data/sequence_features.toml."""

    features: tuple[FeatureModel, ...]
