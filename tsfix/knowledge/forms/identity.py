"""The form of ``data/identity.toml``."""

from __future__ import annotations

from tsfix.knowledge.facts import Confidence, ReferenceKind
from tsfix.knowledge.forms.common import Model, Pattern, SourceModel, Text


class IdentityModel(Model):
    """How the package that setup made for one role is told from packages that people made."""

    role: ReferenceKind
    label: Text
    """What reports call the role."""
    names: tuple[Text, ...]
    """Names of the default package; compared whole, without case and surrounding blanks."""
    description_starts: tuple[Text, ...]
    pre_production_names: tuple[Text, ...]
    pre_production_variables: tuple[Text, ...]
    flag_property: Text
    """The property of the package's object that decides."""
    flag_values: tuple[Text, ...]
    id_pattern: Pattern
    """A regular expression for IDs that setup gives; a hint only."""
    marker: bool
    """True when the export's marker file names the default package of this role."""
    confidence: Confidence
    note: str = ""
    source: SourceModel


class IdentityFile(Model):
    """The file data/identity.toml."""

    identities: tuple[IdentityModel, ...]
