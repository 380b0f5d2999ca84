"""A user's own facts on top of ours: they may add step types, variables and so on, but never replace what is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from pydantic import Field

from tsfix.knowledge.compile import content
from tsfix.knowledge.faults import Fault
from tsfix.knowledge.forms.common import Model, SourceModel
from tsfix.knowledge.forms.conditions import ExpressionModel
from tsfix.knowledge.forms.features import FeatureModel
from tsfix.knowledge.forms.steps import StepModel
from tsfix.knowledge.forms.variables import VariableModel
from tsfix.knowledge.forms.versions import VersionModel
from tsfix.knowledge.schema import KnowledgeFile
from tsfix.knowledge.sense import faults
from tsfix.knowledge.sense_data import Data
from tsfix.knowledge.validation import raise_if_any, validate


class ExtensionFile(Model):
    """A user's own facts: any of these tables, each in the form of our own files."""

    versions: tuple[VersionModel, ...] = ()
    steps: tuple[StepModel, ...] = ()
    sequence_features: tuple[FeatureModel, ...] = ()
    variables: tuple[VariableModel, ...] = ()
    expressions: tuple[ExpressionModel, ...] = ()
    sources: dict[str, SourceModel] = Field(default_factory=dict)
    """What the source keys of versions and variables name."""


def extended(shipped: Mapping[str, Any], extra: Mapping[str, Any], file: str) -> dict[str, Any]:
    """The compiled content with a user's facts added.

    Raises UsageError that tells every mistake with file, key, found and expected. A fact that is there already is a
    mistake too: a user file adds facts, it does not replace any.
    """
    found: list[Fault] = []
    addition = validate(file, ExtensionFile, extra, found)
    raise_if_any(found)
    assert addition is not None
    ours = KnowledgeFile.model_validate(shipped)
    raise_if_any(list(_known_already(ours, addition, file)))
    data = _merged(ours, addition, file)
    raise_if_any([replace(fault, file=file) for fault in faults(data)])
    return content(data)


def _known_already(ours: KnowledgeFile, addition: ExtensionFile, file: str) -> list[Fault]:
    features = {one.id for step in ours.steps.values() for one in step.features}
    pairs = {
        "versions": ([one.id for one in ours.versions.versions], [one.id for one in addition.versions]),
        "steps": (list(ours.steps), [one.type for one in addition.steps]),
        "sequence_features": (
            [*features, *(one.id for one in ours.sequence_features.features)],
            [one.id for one in addition.sequence_features],
        ),
        "variables": ([one.name for one in ours.variables.variables], [one.name for one in addition.variables]),
        "expressions": ([one.type for one in ours.conditions.expressions], [one.type for one in addition.expressions]),
        "sources": ([*ours.versions.sources, *ours.variables.sources], list(addition.sources)),
    }
    return [
        Fault(file=file, key=key, found=name, expected="something that tsfix does not know yet; it is never replaced")
        for key, (known, added) in pairs.items()
        for name in added
        if name.casefold() in {one.casefold() for one in known}
    ]


def _merged(ours: KnowledgeFile, addition: ExtensionFile, file: str) -> Data:
    versions = sorted((*ours.versions.versions, *addition.versions), key=lambda version: version.order)
    return Data(
        versions=ours.versions.model_copy(
            update={"versions": tuple(versions), "sources": {**ours.versions.sources, **addition.sources}}
        ),
        steps={
            **{f"steps/{step.type}.toml": step for step in ours.steps.values()},
            **{f"{file}, {step.type}": step for step in addition.steps},
        },
        sequence_features=ours.sequence_features.model_copy(
            update={"features": (*ours.sequence_features.features, *addition.sequence_features)}
        ),
        rules=ours.rules,
        identity=ours.identity,
        variables=ours.variables.model_copy(
            update={
                "variables": (*ours.variables.variables, *addition.variables),
                "sources": {**ours.variables.sources, **addition.sources},
            }
        ),
        conditions=ours.conditions.model_copy(
            update={"expressions": (*ours.conditions.expressions, *addition.expressions)}
        ),
        thirdparty=ours.thirdparty,
        signs=ours.signs,
    )
