"""Answers ``tsfix explain``: what a rule, step type, feature, variable or version is, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from msgspec import Struct

from tsfix.errors import UsageError
from tsfix.knowledge import words
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Feature, Rule, Source, StepFact, Version
from tsfix.knowledge.other_facts import ConditionFact, VariableFact

Points = tuple[tuple[str, str], ...]
"""Label and text, in the order to show them; a label may stand more than once."""

_PREFIX = "sms_tasksequence_"

_PROVIDER = {"microsoft": "", "mdt": "Microsoft Deployment Toolkit", "third-party": "a vendor"}


class Explanation(Struct, frozen=True, kw_only=True):
    """Everything known about one thing, ready to show."""

    kind: str
    """``rule``, ``step type``, ``feature``, ``variable``, ``property``, ``condition`` or ``version``."""
    id: str
    title: str
    points: Points
    sources: tuple[Source, ...]
    related: tuple[str, ...] = ()
    """Names that ``explain`` answers to as well."""


def explain(kb: KnowledgeBase, text: str) -> Explanation:
    """Explain what the text names; names are compared without case. Raises UsageError with the nearest names."""
    wanted = text.strip().casefold()
    if not wanted:
        raise UsageError("nothing was named.", remedy="Name a rule, a step type, a feature, a variable or a version.")
    for find in (_rule, _step, _feature, _version, _variable, _property, _condition):
        found = find(kb, wanted)
        if found is not None:
            return found
    near = _near(kb, wanted)
    hint = f"Did you mean {', '.join(near)}? " if near else ""
    raise UsageError(
        f"nothing is known about {text.strip()!r}.",
        remedy=f"{hint}List the names with: tsfix list versions|steps|features|variables|rules",
    )


def _near(kb: KnowledgeBase, wanted: str) -> list[str]:
    """Names that look alike, then names that hold the text; five at most."""
    known = {name.casefold(): name for name in names(kb)}
    near = get_close_matches(wanted, known, n=5, cutoff=0.6)
    near += [name for name in known if len(wanted) > 3 and wanted in name and name not in near]
    return [known[name] for name in near[:5]]


def names(kb: KnowledgeBase) -> Iterator[str]:
    """Every name that ``explain`` answers to, once each."""
    seen: set[str] = set()
    for name in _all_names(kb):
        if name and name.casefold() not in seen:
            seen.add(name.casefold())
            yield name


def _all_names(kb: KnowledgeBase) -> Iterator[str]:
    yield from (rule.id for rule in kb.rules)
    for version in kb.versions:
        yield from (version.id, *version.aliases)
    for step in kb.step_types():
        yield from (step.type, step.name)
        for feature in step.features:
            yield from (feature.id, feature.property, feature.variable)
        for pair in step.base_properties:
            yield from pair
    yield from (feature.id for feature in kb.sequence_features())
    yield from (feature.property for feature in kb.sequence_features())
    yield from (variable.name for variable in kb.variables)
    yield from (condition.type for condition in kb.conditions)


def _labelled(*points: tuple[str, str]) -> Points:
    return tuple((label, text) for label, text in points if text)


def _rule(kb: KnowledgeBase, wanted: str) -> Explanation | None:
    rule = next((rule for rule in kb.rules if rule.id.casefold() == wanted), None)
    if rule is None:
        return None
    return Explanation(
        kind="rule",
        id=rule.id,
        title=rule.title,
        points=_labelled(
            ("Why", rule.reason),
            ("What to do", rule.remedy),
            ("Severity", words.SEVERITY[rule.severity]),
            ("Needs", _needs(rule)),
        ),
        sources=(rule.source, *rule.more_sources),
    )


def _needs(rule: Rule) -> str:
    return {
        "export": "the export alone decides it",
        "inventory": "facts about the sites, from the hierarchy file",
        "advice": "nothing: no file shows it, so it is advice",
    }[rule.needs]


def _step(kb: KnowledgeBase, wanted: str) -> Explanation | None:
    for step in kb.step_types():
        short = step.type.casefold().removeprefix(_PREFIX)
        if wanted in (step.type.casefold(), step.name.casefold(), short, short.removesuffix("action")):
            return _of_step(step)
    return None


def _of_step(step: StepFact) -> Explanation:
    return Explanation(
        kind="step type",
        id=step.type,
        title=step.name,
        points=_labelled(
            ("What it is", step.note),
            ("Since", words.since(step.introduced) + _as(step.introduced_as)),
            ("How sure", words.HOW_SURE[step.confidence]),
            ("Deprecated", str(step.deprecated or "")),
            ("Removed", str(step.removed or "")),
            ("From", _PROVIDER[step.provider]),
            ("Program", ", ".join(step.actions)),
            ("Runs in", step.run_in),
            ("Cmdlet", step.cmdlet),
            ("On older", "the client does not know the step and the run fails" if _is_younger(step) else ""),
            ("What tsfix does", words.step_measure(step)),
            ("By hand", step.downlevel.text),
            ("Settings", ", ".join(name for name, _ in step.base_properties)),
        ),
        sources=(step.source, *((step.deprecation_source,) if step.deprecation_source else ())),
        related=tuple(feature.id for feature in step.features),
    )


def _is_younger(step: StepFact) -> bool:
    return step.introduced.version not in (None, "2007")


def _as(introduced_as: str) -> str:
    return f" (the source says {introduced_as})" if introduced_as else ""


def _features(kb: KnowledgeBase) -> Iterator[tuple[StepFact | None, Feature]]:
    for step in kb.step_types():
        for feature in step.features:
            yield step, feature
    for feature in kb.sequence_features():
        yield None, feature


def _feature(kb: KnowledgeBase, wanted: str) -> Explanation | None:
    for step, feature in _features(kb):
        if feature.id.casefold() == wanted:
            return _of_feature(step, feature)
    return None


def _of_feature(step: StepFact | None, feature: Feature) -> Explanation:
    return Explanation(
        kind="feature",
        id=feature.id,
        title=f"{step.name if step else 'Task sequence'}, {feature.property or feature.detect}",
        points=_labelled(
            ("Belongs to", step.name if step else f"the whole task sequence ({feature.scope})"),
            ("In use when", feature.detect),
            ("Since", words.since(feature.introduced) + _as(feature.introduced_as)),
            ("How sure", words.HOW_SURE[feature.confidence]),
            ("On older", feature.effect_on_older),
            ("Severity", words.SEVERITY[feature.severity]),
            ("What tsfix does", words.feature_measure(feature)),
            ("By hand", feature.downlevel.text),
            ("Variable", feature.variable),
            *((f"From {change.version}", change.what) for change in feature.changes),
            ("Note", feature.note),
            ("Seen in", "; ".join(feature.xml_seen)),
        ),
        sources=(feature.source,),
        related=(step.type,) if step else (),
    )


def _version(kb: KnowledgeBase, wanted: str) -> Explanation | None:
    if not any(character.isdigit() for character in wanted):
        return None
    try:
        version = kb.find_version(wanted)
    except UsageError:
        if wanted.count(".") >= 2:
            raise
        return None
    return _of_version(kb, version)


def _of_version(kb: KnowledgeBase, version: Version) -> Explanation:
    adk_names = {build.key: build.name for build in kb.adk_builds}
    support: dict[str, list[str]] = {}
    for key, code in version.adk:
        support.setdefault(code, []).append(adk_names[key])
    meaning = {"S": "ADK supported", "B": "ADK may work", "N": "ADK not supported", "S?": "ADK, by a script"}
    return Explanation(
        kind="version",
        id=version.id,
        title=version.name,
        points=_labelled(
            ("Site", version.site_version),
            ("Client", version.client_version),
            ("Other names", ", ".join(version.aliases)),
            ("Released", version.release_date),
            ("For everyone", version.general_availability),
            ("Support ends", version.end_of_support),
            ("Update from", f"{version.min_update_from} or later" if version.min_update_from else ""),
            ("How sure", version.confidence),
            *((meaning.get(code, "ADK, not checked"), "; ".join(names)) for code, names in support.items()),
            ("ADK note", version.adk_note),
            *((name, full) for name, full in version.cumulative_updates),
            ("Note", version.note),
            ("New steps", ", ".join(step.name for step in kb.step_types() if step.introduced.version == version.id)),
        ),
        sources=version.sources,
        related=tuple(one.id for _, one in _features(kb) if one.introduced.version == version.id),
    )


def _variable(kb: KnowledgeBase, wanted: str) -> Explanation | None:
    fact = kb.variable(wanted)
    return None if fact is None else _of_variable(kb, fact)


def _of_variable(kb: KnowledgeBase, fact: VariableFact) -> Explanation:
    older = fact.on_older
    return Explanation(
        kind="variable",
        id=fact.name,
        title=f"{fact.kind} variable",
        points=_labelled(
            ("Belongs to", ", ".join(fact.applies_to) or "the whole task sequence"),
            ("Since", words.since(fact.introduced)),
            ("How sure", words.HOW_SURE[fact.confidence] + (f": {fact.why}" if fact.why else "")),
            ("Deprecated", str(fact.deprecated or ("yes" if fact.deprecated_without_version else ""))),
            ("Removed", str(fact.removed or "")),
            ("On older", "; ".join(part for part in (older.effect, older.note) if part) if older else ""),
            ("Severity", words.SEVERITY[older.severity] if older else ""),
            ("Members", ", ".join(fact.array_members)),
            ("Note", fact.note),
        ),
        sources=(fact.source,),
        related=tuple(one.id for _, one in _features(kb) if one.variable.casefold() == fact.name.casefold()),
    )


def _property(kb: KnowledgeBase, wanted: str) -> Explanation | None:
    """A property or variable of steps, also as ``StepType.Property``; it may belong to several step types."""
    holder, _, name = wanted.rpartition(".")
    if not name:
        return None
    points: list[tuple[str, str]] = []
    related: list[str] = []
    sources: list[Source] = []
    title = ""
    for step in kb.step_types():
        if holder and holder not in (step.type.casefold(), step.name.casefold()):
            continue
        pairs = [(*pair, step.introduced, "") for pair in step.base_properties]
        pairs += [(one.property, one.variable, one.introduced, one.id) for one in step.features]
        for known, variable, introduced, feature_id in pairs:
            if name in (known.casefold(), variable.casefold()):
                title = title or f"{known} (variable {variable})"
                points.append((step.name, f"since {words.since(introduced)}"))
                related.append(feature_id or step.type)
                sources.append(step.source)
    whole = [one for one in kb.sequence_features() if not holder and one.property.casefold() == name]
    if len(whole) == 1 and not points:
        return _of_feature(None, whole[0])
    for feature in whole:
        title = title or feature.property
        points.append((feature.id, f"since {words.since(feature.introduced)}"))
        related.append(feature.id)
        sources.append(feature.source)
    if not points:
        return None
    return Explanation(
        kind="property",
        id=title.split(" ")[0],
        title=title,
        points=tuple(points),
        sources=tuple(dict.fromkeys(sources)),
        related=tuple(dict.fromkeys(related)),
    )


def _condition(kb: KnowledgeBase, wanted: str) -> Explanation | None:
    fact = kb.condition(wanted) or kb.condition(f"{_PREFIX}{wanted}") or kb.condition(f"{_PREFIX}{wanted}expression")
    return None if fact is None else _of_condition(fact)


def _of_condition(fact: ConditionFact) -> Explanation:
    return Explanation(
        kind="condition",
        id=fact.type,
        title=fact.label,
        points=_labelled(
            ("Since", words.since(fact.introduced)),
            ("How sure", words.HOW_SURE[fact.confidence]),
            *((name, text) for name, text in fact.properties),
            ("Operators", "; ".join(f"{one.name} (since {words.since(one.introduced)})" for one in fact.operators)),
            ("On older", fact.older_client),
            *(("By hand", text) for text in fact.rewrite),
            ("Note", fact.note),
        ),
        sources=tuple(Source(page=page) for page in fact.sources),
    )
