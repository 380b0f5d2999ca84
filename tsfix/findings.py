"""What a check notices, and what a rewrite refuses."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tsfix.knowledge.facts import Source
from tsfix.values import Certainty, Location, RuleId, Severity

Fix = Literal["automatic", "decision", "advice"]
"""automatic: a copy mends it without a loss; decision: a copy needs a person's choice; advice: nothing to rewrite."""
PackageAnswer = Literal["use-package", "use-upgrade-package"]
"""What a decision can say where a package that a person makes or has takes the place of what the target lacks."""


class Evidence(Struct, frozen=True, kw_only=True):
    """One observation behind a verdict."""

    text: str
    """What was seen, in words: ``ReferencesInfo.xml names it "Configuration Manager Client Package"``."""
    speaks_for: str = ""
    """The verdict that it supports, such as ``default`` or ``custom``; empty for a remark."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that a person should know before the task sequence meets the target."""

    rule: RuleId
    severity: Severity
    certainty: Certainty
    location: Location
    subject: str
    """What it is about: a step type, a feature's ID, a package ID."""
    title: str
    """One line, in an administrator's words."""
    reason: str
    """Why, with the comparison: ``target 1706 < needs 1710``."""
    remedy: str
    sources: tuple[Source, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    blocking: bool = False
    """True when a copy for the target needs this mended or decided."""
    guarded: bool = False
    """True when the task sequence itself keeps the target's clients away from the place: a condition, a disabled group."""
    fix: Fix = "advice"
    trade_off: str = ""
    """What it costs that a copy mends it by itself, in the words of the facts; empty where nothing is lost."""
    replaced_by: str = ""
    """The package that a copy puts in the place of the subject, as the hierarchy file says; empty where it names none."""
    package_answer: PackageAnswer | None = None
    """The decision that answers it with a package of the person: for the step's script, or in place of a feature update."""
