"""The form of ``data/rules.toml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tsfix.knowledge.forms.common import Model, SourceModel, Text
from tsfix.values import Severity


class RuleModel(Model):
    """One rule about hierarchies whose sites run different versions."""

    id: Annotated[str, Field(pattern=r"^R[1-9]\d*$")]
    title: Text
    severity: Severity
    reason: Text
    """Why it matters, in whole sentences."""
    remedy: Text
    """What to do, in whole sentences."""
    needs: Literal["export", "inventory", "advice"]
    """export: the file alone decides; inventory: it needs facts about the sites; advice: it can only be said."""
    sources: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Keys of the [sources] table at the end of the file."""


class RulesFile(Model):
    """The file data/rules.toml."""

    rules: Annotated[tuple[RuleModel, ...], Field(min_length=1)]
    sources: dict[str, SourceModel]
