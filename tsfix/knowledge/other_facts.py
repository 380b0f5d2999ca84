"""Typed facts about variables, conditions and extensions; ``facts.py`` holds those about versions and steps."""

from __future__ import annotations

from msgspec import Struct

from tsfix.knowledge.facts import Confidence, Introduced, Source
from tsfix.values import Severity, VersionId


class OnOlder(Struct, frozen=True, kw_only=True):
    """What becomes of a variable on a client that does not know it."""

    effect: str
    severity: Severity
    """Our judgement, not Microsoft's."""
    note: str = ""


class VariableFact(Struct, frozen=True, kw_only=True):
    """One task sequence variable that Configuration Manager itself knows."""

    name: str
    kind: str
    """``read-only``, ``action-input``, ``action-output``, ``action-input+output``, ``override``, ``hidden`` or
    ``convention``."""
    applies_to: tuple[str, ...]
    """Names of the steps it belongs to; empty for the whole task sequence."""
    introduced: Introduced
    confidence: Confidence
    source: Source
    why: str = ""
    """What the version rests on, in words."""
    on_older: OnOlder | None = None
    """None where it makes no difference that a client does not know it, or where every client knows it."""
    array_members: tuple[str, ...] = ()
    deprecated: VersionId | None = None
    deprecated_without_version: bool = False
    """Microsoft advises against it, but does not say since when."""
    removed: VersionId | None = None
    note: str = ""

    @property
    def age_unknown(self) -> bool:
        """True when no source says which version brought it, so that a target may lack it.

        Most variables of the first public list are surely as old as their steps. Of the overrides, which change what the
        engine does, that is not known.
        """
        listed = self.introduced.bound == "no-later-than" and self.introduced.not_before is None
        return self.introduced.bound == "unknown" or (self.kind == "override" and listed and self.on_older is None)


class LimitChange(Struct, frozen=True, kw_only=True):
    """A limit or behaviour of a known thing that a later version changed."""

    what: str
    before: str
    now: str
    version: VersionId


class OperatorFact(Struct, frozen=True, kw_only=True):
    """An operator of a condition's expression."""

    name: str
    introduced: Introduced
    evidence: str = ""
    note: str = ""


class PlatformFact(Struct, frozen=True, kw_only=True):
    """A platform that a version added to the list of operating systems in a condition."""

    platform: str
    version: VersionId
    names: str
    """A pattern, found in the names that the console shows."""


class ConditionFact(Struct, frozen=True, kw_only=True):
    """One type of expression that a condition can hold."""

    type: str
    label: str
    """The name in the console's editor."""
    introduced: Introduced
    confidence: Confidence
    properties: tuple[tuple[str, str], ...]
    """Property and what it holds."""
    operators: tuple[OperatorFact, ...]
    """Only where operators have a history of their own."""
    older_client: str
    """What an older client makes of it."""
    place: str
    """``condition``; ``dynamic-rules`` (only inside Set Dynamic Variables); ``mdt`` (no export has it)."""
    sources: tuple[str, ...]
    more_types: tuple[str, ...] = ()
    rewrite: tuple[str, ...] = ()
    note: str = ""
    platforms_added: tuple[PlatformFact, ...] = ()
    """Oldest first."""


class VendorFact(Struct, frozen=True, kw_only=True):
    """One product that extends task sequences."""

    vendor: str
    product: str
    evidence: str
    """``seen``, ``vendor`` (its documentation) or ``general``."""
    step_types: tuple[str, ...]
    programs: tuple[str, ...]
    """Programs that command lines of it start; compared without case."""
    marks: tuple[str, ...]
    """Variables whose names give it away."""
    note: str
    sources: tuple[str, ...]
