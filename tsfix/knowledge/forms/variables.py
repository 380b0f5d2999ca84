"""The form of ``data/variables.toml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tsfix.knowledge.facts import Confidence
from tsfix.knowledge.forms.common import IntroducedModel, Model, SourceModel, Text, VersionKey
from tsfix.values import Severity


class OnOlderModel(Model):
    """What becomes of a variable on a client that does not know it."""

    effect: Text
    severity: Severity
    """Our judgement, not Microsoft's."""
    note: str = ""


class VariableModel(Model):
    """One task sequence variable that Configuration Manager itself knows."""

    name: Text
    kind: Literal[
        "read-only", "action-input", "action-output", "action-input+output", "override", "hidden", "convention"
    ]
    applies_to: tuple[Text, ...] = ()
    """Names of the steps it belongs to; leave out for the whole task sequence."""
    introduced: IntroducedModel
    confidence: Confidence
    why: str = ""
    """What the version rests on, in words."""
    on_older: OnOlderModel | None = None
    """Only where the difference matters."""
    array_members: tuple[Text, ...] = ()
    deprecated: VersionKey | None = None
    deprecated_without_version: bool = False
    removed: VersionKey | None = None
    note: str = ""
    source: Text
    """A key of the [sources] table at the end of the file."""
    section: str = ""
    """The anchor or heading on that page."""


class LimitChangeModel(Model):
    """A limit or behaviour of a known thing that a later version changed."""

    what: Text
    before: Text
    now: Text
    version: VersionKey


class VariablesFile(Model):
    """The file data/variables.toml."""

    rules: tuple[Text, ...]
    """What holds for all variables, in words."""
    limits_changed: tuple[LimitChangeModel, ...]
    variables: Annotated[tuple[VariableModel, ...], Field(min_length=1)]
    sources: dict[str, SourceModel]
