"""Typed facts about versions, step types and their features, and the questions the checks ask of them.

The facts themselves stand in ``data/*.toml``; ``load.py`` reads them. Nothing here knows a single fact.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tsfix.values import Certainty, RuleId, Severity, StepType, VersionId

Bound = Literal["exact", "no-later-than", "unknown"]
"""How the version of an introduction is known. ``no-later-than``: first seen there, it may be older."""

Confidence = Literal["documented", "inferred", "unknown"]
"""What a fact rests on."""

CERTAINTY: dict[Confidence, Certainty] = {"documented": "certain", "inferred": "likely", "unknown": "unknown"}
"""How sure a verdict can be at best, by what the fact rests on."""

ReferenceKind = Literal[
    "client-package",
    "usmt-package",
    "boot-image",
    "os-image",
    "os-upgrade-package",
    "driver-package",
    "package",
    "application",
    "task-sequence",
    "sysprep-package",
    "software-update",
    "driver-category",
    "mixed",
]

DownlevelKind = Literal[
    "strip", "rewrite-action", "rewrite-value", "rewrite-condition", "replace-step", "flag", "none-needed"
]
"""What can be done about a feature that the target lacks; ``flag`` means that a person must decide."""

Automatic = Literal["always", "neutral", "never"]
"""When the ``auto`` policy may make the change: also while the feature is in use, only at a neutral value, never."""


class Source(Struct, frozen=True, kw_only=True):
    """Where a fact comes from."""

    page: str
    """The document or export, named so that a person finds it."""
    section: str = ""
    url: str = ""
    """Empty when the source has no public page."""
    read: str = ""
    """The day the source was read, ``YYYY-MM-DD``."""


class Introduced(Struct, frozen=True, kw_only=True):
    """Since which version something exists, and how well that is known."""

    version: VersionId | None
    bound: Bound
    not_before: VersionId | None = None
    """The last version known to lack it (only with ``no-later-than``)."""


class Version(Struct, frozen=True, kw_only=True):
    """One release of Configuration Manager."""

    id: VersionId
    name: str
    """The name in full, such as ``Configuration Manager current branch, version 1706``."""
    family: str
    """``2007``, ``2012`` or ``current-branch``."""
    order: int
    """The place in the line of releases; only comparisons mean something."""
    build: int
    """The third field of the site's version, such as 8540."""
    site_version: str
    client_version: str
    aliases: tuple[str, ...] = ()
    """Other ways to write it, such as ``2012 R2``; compared without case, blanks and hyphens."""
    release_date: str = ""
    end_of_support: str = ""
    min_update_from: VersionId | None = None
    """The lowest version from which an update to this one starts."""
    general_availability: str = ""
    """The day it came to everyone, where a source gives it; ``release_date`` is the day of the early update ring."""
    baseline: bool = False
    confidence: str = ""
    """What build and dates rest on, in words."""
    adk: tuple[tuple[str, str], ...] = ()
    """Key of an ADK build and how the version supports it, such as ``("10-2004", "S")``."""
    adk_note: str = ""
    cumulative_updates: tuple[tuple[str, str], ...] = ()
    """Name of a cumulative update and the full version it gives."""
    note: str = ""
    sources: tuple[Source, ...] = ()


class AdkBuild(Struct, frozen=True, kw_only=True):
    """One release of the Windows assessment and deployment kit."""

    key: str
    name: str
    pe: str
    """The version of its Windows PE."""
    source: str
    adk: str = ""
    note: str = ""


class WindowsRelease(Struct, frozen=True, kw_only=True):
    """One release of Windows."""

    windows: str
    """``10``, ``11`` or ``Server 2022``."""
    build: int
    """Its first build."""
    source: Source
    release: str = ""
    """``22h2``, in lower case; empty where there is only one."""


class Match(Struct, frozen=True, kw_only=True):
    """The predicate that tells whether a feature is in use. Checks and rewrites share it (``matching.py``)."""

    where: str
    """What is looked at: ``variable``, ``attribute``, ``action``, ``reference``, ``text``, ``step``,
    ``sequence-attribute``, ``child``, ``condition``, ``package-property``, ``container``, ``text-size`` or ``none``."""
    op: str = ""
    """How: ``present``, ``absent``, ``nonempty``, ``equals``, ``not-equals``, ``in``, ``not-in``, ``regex``, ``gt``
    and so on; the list stands in ``matching.py``."""
    name: str = ""
    """The variable, attribute or property; ``#`` stands for an index."""
    values: tuple[str, ...] = ()


Rewrite = Literal[
    "", "paste-child", "command-line", "split-applications", "readiness-steps", "not-like", "exact-operator"
]
"""A rewrite that keeps the function where its condition holds; the facts name it, the code makes it.

``paste-child``: the child's groups and steps in a group of the parent; ``command-line``: a PowerShell script as the
command of Run Command Line; ``not-like``: the operator ``like`` inside ``not``; ``exact-operator``: a pattern without
wildcards as an exact comparison.
"""


class Downlevel(Struct, frozen=True, kw_only=True):
    """What can be done about a feature or step for a target that lacks it."""

    kind: DownlevelKind
    text: str
    """In words, for a person."""
    automatic: Automatic = "never"
    cut: str = ""
    """A regular expression: what to take out of the action line (``rewrite-action``)."""
    set_value: str | None = None
    """The value to write instead (``rewrite-value``)."""
    rewrite: Rewrite = ""
    """The rewrite that keeps the function where it can be made; empty where there is none."""
    trade_off: str = ""
    """What the rewrite costs, in words; the report says it. Of a setting that a copy leaves out in use: what is lost."""
    left: str = ""
    """Why a copy keeps it in use, and only reports it; in words."""
    limit: int = 0
    """The greatest length in characters of what the rewrite writes; 0 for none."""
    not_if: str = ""
    """A regular expression: a text with it cannot be rewritten without a loss."""


class Change(Struct, frozen=True, kw_only=True):
    """How a known thing changed in a later version."""

    version: VersionId
    what: str


class Feature(Struct, frozen=True, kw_only=True):
    """A property, value, switch or behaviour inside a step type (or of the whole sequence) with its own history."""

    id: str
    property: str
    """The property in the editor's class; empty when the feature is none."""
    variable: str
    """The variable element that carries it; empty when none does."""
    detect: str
    """The predicate in words."""
    match: Match
    neutral: tuple[str, ...]
    """Values at which the feature is not in use; such a variable can always be taken out for a target without it.
    Empty where the variable itself is older than the feature: it must stay then."""
    introduced: Introduced
    severity: Severity
    """How bad its use is for a target that lacks it."""
    behaviour_only: bool
    """The XML is not new, only what the client does with it."""
    effect_on_older: str
    downlevel: Downlevel
    confidence: Confidence
    source: Source
    scope: str = ""
    """For features of the whole sequence: ``sequence``, ``step-attribute``, ``condition``, ``package``, ``export``."""
    note: str = ""
    only_if: Match | None = None
    """A second condition: the feature is in use only while this holds too (the user name counts when run as a user)."""
    default: str | None = None
    """The value that the console writes by default, where that is known."""
    introduced_as: str = ""
    """The version as the source names it, where its name is not in our list (``2007 R2``)."""
    xml_seen: tuple[str, ...] = ()
    """Public exports in which it was seen."""
    changes: tuple[Change, ...] = ()
    rule: str = ""
    """The rule that reports its use, where that is not the usual one for such a feature."""


class ReferenceProperty(Struct, frozen=True, kw_only=True):
    """A property of a step that holds IDs of other objects."""

    property: str
    """``#`` stands for an index."""
    kind: ReferenceKind
    note: str = ""


class ActionForm(Struct, frozen=True, kw_only=True):
    """The form of the action line that sites write from some version on."""

    introduced: VersionId
    template: str
    confidence: str
    note: str = ""


class StepFact(Struct, frozen=True, kw_only=True, eq=False):
    """Everything known about one step type. There is one for each: two are compared by identity, which makes them keys."""

    type: StepType
    element: str
    """``step``, ``subtasksequence`` or ``group``."""
    name: str
    """The name in the console's editor, such as ``Restart Computer``."""
    provider: Literal["microsoft", "mdt", "third-party"]
    introduced: Introduced
    confidence: Confidence
    source: Source
    base_properties: tuple[tuple[str, str], ...]
    """Property and variable of everything as old as the step; ``#`` stands for an index."""
    features: tuple[Feature, ...]
    references: tuple[ReferenceProperty, ...]
    action_history: tuple[ActionForm, ...]
    downlevel: Downlevel
    actions: tuple[str, ...] = ()
    """The programs that the action line starts."""
    deprecated: VersionId | None = None
    removed: VersionId | None = None
    run_in: str = ""
    cmdlet: str = ""
    note: str = ""
    introduced_as: str = ""
    """The version as the source names it, where its name is not in our list."""
    deprecation_source: Source | None = None
    xml_seen: tuple[str, ...] = ()
    """Public exports in which it was seen."""


class IdentityFact(Struct, frozen=True, kw_only=True):
    """How the package that setup made for one role is told from packages that people made."""

    role: ReferenceKind
    label: str
    """What reports call the role, such as ``client package``."""
    names: tuple[str, ...]
    """Names of the default package; compared exactly, without case and surrounding blanks."""
    description_starts: tuple[str, ...]
    pre_production_names: tuple[str, ...]
    pre_production_variables: tuple[str, ...]
    """Variables of a step that name the pre-production package."""
    flag_property: str
    """The property of the package's object that decides, such as ``IsPredefinedPackage``."""
    flag_values: tuple[str, ...]
    id_pattern: str
    """A regular expression for IDs that setup gives; a hint only."""
    marker: bool
    """True when the export's marker file names the default package of this role."""
    confidence: Confidence
    source: Source


class Rule(Struct, frozen=True, kw_only=True):
    """One rule about hierarchies whose sites run different versions."""

    id: RuleId
    title: str
    severity: Severity
    reason: str
    remedy: str
    source: Source
    needs: str
    """``export``, ``inventory`` or ``advice``."""
    more_sources: tuple[Source, ...] = ()


class Age(Struct, frozen=True, kw_only=True):
    """The answer to "does the target have it?"."""

    newer: bool
    """True when the target lacks it, or may lack it."""
    certainty: Certainty
    reason: str
    """Such as ``target 1706 < needs 1710``."""
