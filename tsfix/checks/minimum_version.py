"""Computes the lowest site and client version that a task sequence needs as it is, and from which site it comes at least."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from tsfix.checks.engine_programs import run_programs
from tsfix.checks.feature_use import NAME_SHOWS, equivalent_change, feature_value
from tsfix.checks.subject import Subject
from tsfix.checks.variables import kept_out_of_log, uses_of
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import CERTAINTY, Confidence, Feature, Introduced, Source, StepFact, Version
from tsfix.knowledge.matching import carriers, in_use, users
from tsfix.task_sequence import Group, Step
from tsfix.values import Certainty, Location, Severity, StepType

Side = Literal["site", "client"]

_STEP_LEVEL = frozenset({"variable", "attribute", "action", "reference"})
_SITE_ONLY_SCOPES = frozenset({"package"})
_SEQUENCE_SCOPES = frozenset({"sequence", "step-attribute", "condition", "package"})
_OF_ONE_ITEM = frozenset({"condition", "attribute", "action"})


class Force(Struct, frozen=True, kw_only=True):
    """One fact that forces a lowest version."""

    what: str
    """In words, such as ``step type Run Task Sequence``."""
    version: Version
    certainty: Certainty
    """``likely`` where the version is inferred, or is the first in which the thing was seen."""
    sides: tuple[Side, ...]
    """What must have the version: the site that stores the task sequence, the client that runs it."""
    location: Location
    """The first place."""
    source: Source
    mended: bool = False
    """True when a copy for an older target changes it without a loss."""


class MinimumVersion(Struct, frozen=True, kw_only=True):
    """What a task sequence needs, with the facts that force it."""

    site: Version
    """The lowest version of a site that can store it as it is; the oldest known one where nothing forces more."""
    client: Version
    """The lowest version of a client that runs it as it was meant."""
    after_copy: Version
    """The lowest version of site and client for a copy in which everything was changed that can be without a loss."""
    forces: tuple[Force, ...]
    """Every fact, those with the newest version first."""
    exported_by: Version | None
    """The exporting site has this version or a newer one; None where nothing tells."""

    def forcing(self, side: Side) -> tuple[Force, ...]:
        """The facts that force the version of one side: those that need exactly it."""
        wanted = self.site if side == "site" else self.client
        return tuple(force for force in self.forces if side in force.sides and force.version == wanted)


def minimum_version(subject: Subject) -> MinimumVersion:
    """The lowest versions for one task sequence. The target of the subject does not matter."""
    return subject.once("minimum version", _minimum_version)


def _minimum_version(subject: Subject) -> MinimumVersion:
    forces = _newest_first(_once((*_steps(subject), *_sequence(subject), *_variables(subject), *_programs(subject))))
    oldest = subject.knowledge.versions[0]
    return MinimumVersion(
        site=_highest(oldest, (force for force in forces if "site" in force.sides)),
        client=_highest(oldest, (force for force in forces if "client" in force.sides)),
        after_copy=min(
            _highest(oldest, (*(force for force in forces if not force.mended), *_unsure_variables(subject))),
            _highest(oldest, forces),
            key=lambda version: version.order,
        ),
        forces=forces,
        exported_by=_newest_mark(subject),
    )


def exported_by(subject: Subject) -> Version | None:
    """The exporting site has this version or a newer one; None where nothing tells."""
    return minimum_version(subject).exported_by


def _once(forces: tuple[Force, ...] | Iterator[Force]) -> Iterator[Force]:
    """The first of those that say the same."""
    seen: set[tuple[str, str, tuple[Side, ...]]] = set()
    for force in forces:
        key = (force.what, force.version.id, force.sides)
        if key not in seen:
            seen.add(key)
            yield force


def _newest_first(forces: Iterator[Force]) -> tuple[Force, ...]:
    return tuple(sorted(forces, key=lambda force: -force.version.order))


def _highest(oldest: Version, forces: Iterable[Force]) -> Version:
    return max((force.version for force in forces), key=lambda version: version.order, default=oldest)


def _force(
    subject: Subject,
    what: str,
    introduced: Introduced,
    confidence: Confidence,
    source: Source,
    sides: tuple[Side, ...],
    item: Group | Step | None = None,
    *,
    mended: bool = False,
) -> Iterator[Force]:
    """One force; none for something whose age is not known or that every version has."""
    version = _needed(subject.knowledge, introduced)
    if version is not None:
        yield Force(
            what=what,
            version=version,
            certainty=CERTAINTY[confidence] if introduced.bound == "exact" else "likely",
            sides=sides,
            location=subject.location(item),
            source=source,
            mended=mended,
        )


def _needed(knowledge: KnowledgeBase, introduced: Introduced) -> Version | None:
    """The version that something needs; None where its age is not known or every version has it."""
    if introduced.version is None or introduced.version == knowledge.versions[0].id:
        return None
    return knowledge.version(introduced.version)


def _steps(subject: Subject) -> Iterator[Force]:
    """Types of steps and what they use. A disabled step must be stored as well, but no client runs it."""
    told: set[tuple[str, str | bool]] = set()
    for step in subject.steps:
        fact = subject.knowledge.step(step.type)
        if fact is None:
            continue
        if (fact.type, step.runs) not in told:
            told.add((fact.type, step.runs))
            sides: tuple[Side, ...] = ("site", "client") if step.runs else ("site",)
            what = f"step type {fact.name}"
            yield from _force(subject, what, fact.introduced, fact.confidence, fact.source, sides, step)
        for feature in _forcing(subject.knowledge, fact.type) if step.runs else ():
            if (fact.type, feature.id) not in told and subject.use_of(step, feature).used:
                told.update(_told(fact, feature))
                yield from _force(
                    subject,
                    _named(fact, feature, step),
                    feature.introduced,
                    feature.confidence,
                    feature.source,
                    ("client",) if feature.behaviour_only or feature.match.where == "action" else ("site", "client"),
                    step,
                    mended=equivalent_change(feature) is not None,
                )


def _told(fact: StepFact, feature: Feature) -> tuple[tuple[str, str], ...]:
    """What need not be asked of further steps: the first one has told it. A switch is told as it stands in each."""
    return () if feature.match.where == "action" else ((fact.type, feature.id),)


@lru_cache(maxsize=512)
def _forcing(knowledge: KnowledgeBase, step_type: StepType) -> tuple[Feature, ...]:
    """The features of a step type that force a version when they are used."""
    fact = knowledge.step(step_type)
    features = fact.features if fact is not None else ()
    return tuple(one for one in features if _forces(one) and _needed(knowledge, one.introduced) is not None)


def _forces(feature: Feature) -> bool:
    """A remark forces nothing, and a mere change of behaviour only where it spoils the run."""
    worst: Severity = "error" if feature.behaviour_only else "warning"
    return feature.match.where in _STEP_LEVEL and feature.severity in ("error", worst)


def _named(fact: StepFact, feature: Feature, step: Step) -> str:
    if feature.match.where != "action":
        return f"setting {feature.property or feature.id} of {fact.name}"
    found = re.search(feature.downlevel.cut or feature.match.values[0], step.action)
    return f"switch {found.group().strip() if found else feature.id} in the action line of {fact.name}"


def _sequence(subject: Subject) -> Iterator[Force]:
    """Features of the whole sequence, of conditions and of the object. A property's mere name forces nothing."""
    for feature in subject.knowledge.sequence_features():
        if feature.scope not in _SEQUENCE_SCOPES or feature.severity == "info":
            continue
        if feature.scope == "package" and feature.match.op == "present":
            continue
        item = _first_use(subject, feature)
        if item is False:
            continue
        what = (
            f"condition operator {feature_value(feature)}"
            if feature.scope == "condition"
            else feature.property or feature.id
        )
        yield from _force(
            subject,
            what,
            feature.introduced,
            feature.confidence,
            feature.source,
            ("site",) if feature.scope in _SITE_ONLY_SCOPES else ("site", "client"),
            item,
            mended=equivalent_change(feature) is not None,
        )


def _first_use(subject: Subject, feature: Feature) -> Group | Step | Literal[False] | None:
    """The first running group or step that uses it, None for the whole sequence, False for no use at all."""
    if feature.match.where not in _OF_ONE_ITEM:
        return None if in_use(feature, None, subject.context) else False
    for item in users(feature, subject.context):
        if item.runs:
            return item
    return False


def _variables(subject: Subject) -> Iterator[Force]:
    """Built-in variables that the client must know. A name in a script proves nothing."""
    for use in uses_of(subject):
        if use.direct and use.item.runs and use.fact.on_older is not None and use.fact.on_older.severity != "info":
            what = f"variable {use.fact.name}"
            fact = use.fact
            yield from _force(subject, what, fact.introduced, fact.confidence, fact.source, ("client",), use.item)
    for switched in kept_out_of_log(subject):
        feature = switched.feature
        what = f"{feature.match.name} for {switched.fact.name}"
        yield from _force(
            subject, what, feature.introduced, feature.confidence, feature.source, ("client",), switched.step
        )


def _unsure_variables(subject: Subject) -> Iterator[Force]:
    """Variables that older versions may lack: no proof of what is needed, but no copy is promised for a version below."""
    for use in uses_of(subject):
        if use.direct and use.fact.age_unknown:
            fact, what = use.fact, f"variable {use.fact.name}"
            yield from _force(subject, what, fact.introduced, fact.confidence, fact.source, ("client",), use.item)


def _programs(subject: Subject) -> Iterator[Force]:
    """Programs of the client that commands run. Where it may be another program of that name, it proves nothing."""
    for found in run_programs(subject):
        if found.certain and found.step.runs:
            fact, what = found.fact, f"program {found.program}"
            yield from _force(subject, what, fact.introduced, fact.confidence, fact.source, ("client",), found.step)


def _newest_mark(subject: Subject) -> Version | None:
    """What only a site from some version on writes: names of properties, the sequence's version, steps and settings.

    What would show an older version than is shown already is not looked for.
    """
    if subject.exported.format == "mdt":
        return None
    knowledge = subject.knowledge
    newest: Version | None = None
    for of_sequence, lowest in _marks_of_sequences(knowledge):
        if _is_newer(lowest, newest) and _shows(subject, of_sequence):
            newest = lowest
    for step in subject.steps:
        for feature, lowest, name_shows in _marks_of_type(knowledge, step.type):
            if not _is_newer(lowest, newest):
                break
            if (
                feature is None
                or (name_shows and carriers(feature, step))
                or (not name_shows and subject.use_of(step, feature).used)
            ):
                newest = lowest
    return newest


def _is_newer(version: Version, than: Version | None) -> bool:
    return than is None or version.order > than.order


def _shows(subject: Subject, feature: Feature) -> bool:
    """Tell whether the object has the property, or the sequence or a running group or step uses the feature."""
    if feature.scope == "package":
        return feature.match.name.lower() in subject.context.package_properties
    return _first_use(subject, feature) is not False


@lru_cache(maxsize=8)
def _marks_of_sequences(knowledge: KnowledgeBase) -> tuple[tuple[Feature, Version], ...]:
    """Features of sequences, conditions and objects that show the site's version, each with it, the newest first."""
    shown = (
        (feature, _lowest(knowledge, feature.introduced))
        for feature in knowledge.sequence_features()
        if feature.scope in ("sequence", "condition") or (feature.scope == "package" and feature.match.op in NAME_SHOWS)
    )
    found = [(feature, lowest) for feature, lowest in shown if lowest is not None]
    return tuple(sorted(found, key=lambda one: -one[1].order))


@lru_cache(maxsize=512)
def _marks_of_type(knowledge: KnowledgeBase, step_type: StepType) -> tuple[tuple[Feature | None, Version, bool], ...]:
    """What of a step type shows the site's version, the newest first: the type itself (None), and its features.

    True where the mere name of the variable shows it.
    """
    fact = knowledge.step(step_type)
    if fact is None:
        return ()
    old = {variable.casefold() for _, variable in fact.base_properties}
    own = (None, _lowest(knowledge, fact.introduced), True)
    features = (
        (
            feature,
            _lowest(knowledge, feature.introduced),
            bool(feature.variable) and feature.variable.casefold() not in old,
        )
        for feature in fact.features
        if feature.match.where in _STEP_LEVEL and not feature.behaviour_only
    )
    found = [(feature, lowest, shows) for feature, lowest, shows in (own, *features) if lowest is not None]
    return tuple(sorted(found, key=lambda one: -one[1].order))


def _lowest(knowledge: KnowledgeBase, introduced: Introduced) -> Version | None:
    """The version itself, or the one behind the last version that is known to lack it; None for the oldest."""
    if introduced.bound == "exact" and introduced.version is not None:
        lowest = knowledge.version(introduced.version)
    elif introduced.not_before is not None:
        without = knowledge.version(introduced.not_before)
        lowest = next(version for version in knowledge.versions if version.order > without.order)
    else:
        return None
    return lowest if lowest != knowledge.versions[0] else None
