"""Builds the typed facts of ``facts.py`` from the parsed mapping of the compiled file.

The compiler has checked every value, so nothing is checked again here; a key that is missing holds its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tsfix.knowledge.facts import (
    ActionForm,
    AdkBuild,
    Change,
    Downlevel,
    Feature,
    IdentityFact,
    Introduced,
    Match,
    ReferenceProperty,
    Rule,
    Source,
    StepFact,
    Version,
    WindowsRelease,
)
from tsfix.values import StepType, VersionId

Entry = Mapping[str, Any]
"""One table of the data, such as one step."""


def version_id(value: str | None) -> VersionId | None:
    """The version, or None for none."""
    return None if value is None else VersionId(value)


def source(entry: Entry) -> Source:
    """A source from its table."""
    return Source(
        page=entry["page"],
        section=entry.get("section", ""),
        url=entry.get("url", ""),
        read=entry.get("read", ""),
    )


def introduced(entry: Entry) -> Introduced:
    """Since which version, from its table."""
    return Introduced(
        version=version_id(entry.get("version")),
        bound=entry.get("bound", "exact"),
        not_before=version_id(entry.get("not_before")),
    )


def _match(entry: Entry) -> Match:
    return Match(
        where=entry["where"],
        op=entry.get("op", ""),
        name=entry.get("name", ""),
        values=tuple(entry.get("values", ())),
    )


def _downlevel(entry: Entry) -> Downlevel:
    return Downlevel(
        kind=entry["kind"],
        text=entry["text"],
        automatic=entry.get("automatic", "never"),
        cut=entry.get("cut", ""),
        set_value=entry.get("set_value"),
        rewrite=entry.get("rewrite", ""),
        trade_off=entry.get("trade_off", ""),
        left=entry.get("left", ""),
        limit=entry.get("limit", 0),
        not_if=entry.get("not_if", ""),
    )


def feature(entry: Entry) -> Feature:
    """A feature from its table."""
    only_if = entry.get("only_if")
    return Feature(
        id=entry["id"],
        property=entry.get("property", ""),
        variable=entry.get("variable", ""),
        detect=entry["detect"],
        match=_match(entry["match"]),
        neutral=tuple(entry.get("neutral", ())),
        introduced=introduced(entry["introduced"]),
        severity=entry["severity"],
        behaviour_only=entry.get("behaviour_only", False),
        effect_on_older=entry["effect_on_older"],
        downlevel=_downlevel(entry["downlevel"]),
        confidence=entry["confidence"],
        source=source(entry["source"]),
        scope=entry.get("scope", ""),
        note=entry.get("note", ""),
        only_if=None if only_if is None else _match(only_if),
        default=entry.get("default"),
        introduced_as=entry.get("introduced_as", ""),
        xml_seen=tuple(entry.get("xml_seen", ())),
        changes=tuple(
            Change(version=VersionId(change["version"]), what=change["what"]) for change in entry.get("changes", ())
        ),
        rule=entry.get("rule", ""),
    )


def step(entry: Entry) -> StepFact:
    """A step type from its table, with all its features."""
    deprecation = entry.get("deprecation_source")
    return StepFact(
        type=StepType(entry["type"]),
        element=entry["element"],
        name=entry["name"],
        provider=entry["provider"],
        introduced=introduced(entry["introduced"]),
        confidence=entry["confidence"],
        source=source(entry["source"]),
        base_properties=tuple(entry.get("base_properties", {}).items()),
        features=tuple(feature(one) for one in entry.get("features", ())),
        references=tuple(
            ReferenceProperty(property=one["property"], kind=one["kind"], note=one.get("note", ""))
            for one in entry.get("references", ())
        ),
        action_history=tuple(
            ActionForm(
                introduced=VersionId(one["introduced"]),
                template=one["template"],
                confidence=one["confidence"],
                note=one.get("note", ""),
            )
            for one in entry.get("action_history", ())
        ),
        downlevel=_downlevel(entry["downlevel"]),
        actions=tuple(entry.get("actions", ())),
        deprecated=version_id(entry.get("deprecated")),
        removed=version_id(entry.get("removed")),
        run_in=entry.get("run_in", ""),
        cmdlet=entry.get("cmdlet", ""),
        note=entry.get("note", ""),
        introduced_as=entry.get("introduced_as", ""),
        deprecation_source=None if deprecation is None else source(deprecation),
        xml_seen=tuple(entry.get("xml_seen", ())),
    )


def version(entry: Entry, sources: Mapping[str, Entry]) -> Version:
    """A version from its table; ``sources`` holds the tables that its source keys name."""
    return Version(
        id=VersionId(entry["id"]),
        name=entry["name"],
        family=entry["family"],
        order=entry["order"],
        build=entry["build"],
        site_version=entry["site_version"],
        client_version=entry["client_version"],
        aliases=tuple(entry.get("aliases", ())),
        release_date=entry.get("release_date", ""),
        end_of_support=entry["end_of_support"],
        min_update_from=version_id(entry.get("min_update_from")),
        general_availability=entry.get("general_availability", ""),
        baseline=entry["baseline"],
        confidence=entry["confidence"],
        adk=tuple(entry.get("adk", {}).items()),
        adk_note=entry.get("adk_note", ""),
        cumulative_updates=tuple(entry.get("cumulative_updates", {}).items()),
        note=entry.get("note", ""),
        sources=tuple(source(sources[key]) for key in entry["sources"]),
    )


def adk_build(entry: Entry) -> AdkBuild:
    """One release of the ADK from its table."""
    return AdkBuild(
        key=entry["key"],
        name=entry["name"],
        pe=entry["pe"],
        source=entry["source"],
        adk=entry.get("adk", ""),
        note=entry.get("note", ""),
    )


def windows_release(entry: Entry, sources: Mapping[str, Entry]) -> WindowsRelease:
    """A release of Windows from its table; ``sources`` holds the table that its source key names."""
    return WindowsRelease(
        windows=entry["windows"],
        build=entry["build"],
        source=source(sources[entry["source"]]),
        release=entry.get("release", ""),
    )


def rule(entry: Entry, sources: Mapping[str, Entry]) -> Rule:
    """A rule from its table; ``sources`` holds the tables that its source keys name. The first source leads."""
    first, *more = (source(sources[key]) for key in entry["sources"])
    return Rule(
        id=entry["id"],
        title=entry["title"],
        severity=entry["severity"],
        reason=entry["reason"],
        remedy=entry["remedy"],
        source=first,
        needs=entry["needs"],
        more_sources=tuple(more),
    )


def identity(entry: Entry) -> IdentityFact:
    """How default packages of one role are recognised, from its table."""
    return IdentityFact(
        role=entry["role"],
        label=entry["label"],
        names=tuple(entry["names"]),
        description_starts=tuple(entry["description_starts"]),
        pre_production_names=tuple(entry["pre_production_names"]),
        pre_production_variables=tuple(entry["pre_production_variables"]),
        flag_property=entry["flag_property"],
        flag_values=tuple(entry["flag_values"]),
        id_pattern=entry["id_pattern"],
        marker=entry["marker"],
        confidence=entry["confidence"],
        source=source(entry["source"]),
    )
