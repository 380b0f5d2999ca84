"""The pieces that the forms of several data files share."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tsfix.knowledge.facts import Bound

Text = Annotated[str, Field(min_length=1)]
VersionKey = Annotated[str, Field(min_length=1, description="The id of a version in versions.toml.")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]


def _regular_expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from error
    return value


Pattern = Annotated[str, AfterValidator(_regular_expression)]


class Model(BaseModel):
    """A table of a TOML file; an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class SourceModel(Model):
    """Where a fact comes from."""

    page: Text
    """The document or export, named so that a person finds it."""
    section: str = ""
    url: Annotated[str, Field(pattern=r"^(https://\S+)?$")] = ""
    """Leave out when there is no public page."""
    read: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}(-\d{2})?)?$")] = ""
    """The day the source was read, YYYY-MM-DD. Leave out when it was not recorded."""


class IntroducedModel(Model):
    """Since which version something exists."""

    version: VersionKey | None = None
    bound: Bound = "exact"
    """exact; no-later-than (first seen there, may be older); unknown."""
    not_before: VersionKey | None = None
    """The last version known to lack it; only with no-later-than."""
