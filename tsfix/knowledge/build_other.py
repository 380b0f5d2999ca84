"""Builds the typed facts of ``other_facts.py`` from the parsed mapping of the compiled file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from tsfix.knowledge.build import Entry, introduced, source, version_id
from tsfix.knowledge.facts import StepFact
from tsfix.knowledge.other_facts import (
    ConditionFact,
    LimitChange,
    OnOlder,
    OperatorFact,
    PlatformFact,
    VariableFact,
    VendorFact,
)
from tsfix.values import VersionId


def variable(entry: Entry, sources: Mapping[str, Entry]) -> VariableFact:
    """A built-in variable from its table; ``sources`` holds the table that its source key names."""
    page = source(sources[entry["source"]])
    section = entry.get("section", "")
    older = entry.get("on_older")
    return VariableFact(
        name=entry["name"],
        kind=entry["kind"],
        applies_to=tuple(entry.get("applies_to", ())),
        introduced=introduced(entry["introduced"]),
        confidence=entry["confidence"],
        source=replace(page, section=f"{page.section}, {section}".strip(", ")) if section else page,
        why=entry.get("why", ""),
        on_older=None
        if older is None
        else OnOlder(effect=older["effect"], severity=older["severity"], note=older.get("note", "")),
        array_members=tuple(entry.get("array_members", ())),
        deprecated=version_id(entry.get("deprecated")),
        deprecated_without_version=entry.get("deprecated_without_version", False),
        removed=version_id(entry.get("removed")),
        note=entry.get("note", ""),
    )


_OWN_NAMES = ("OSD", "SMS", "_")
"""How the client's own variables begin. Settings with plain names, such as ApplicationName, are left to authors."""


def inputs(step: StepFact) -> Iterator[VariableFact]:
    """The settings of a step type that begin like variables of the client: a task sequence can set them for the step."""
    for _, name in step.base_properties:
        if name.upper().startswith(_OWN_NAMES):
            yield VariableFact(
                name=name,
                kind="action-input",
                applies_to=(step.name,),
                introduced=step.introduced,
                confidence=step.confidence,
                source=step.source,
                on_older=OnOlder(
                    effect=f'only the step "{step.name}" reads it, which the target lacks, so nothing there does',
                    severity="warning",
                ),
            )


def limit_change(entry: Entry) -> LimitChange:
    """A changed limit from its table."""
    return LimitChange(
        what=entry["what"], before=entry["before"], now=entry["now"], version=VersionId(entry["version"])
    )


def condition(entry: Entry) -> ConditionFact:
    """A type of expression from its table."""
    return ConditionFact(
        type=entry["type"],
        label=entry["label"],
        introduced=introduced(entry["introduced"]),
        confidence=entry["confidence"],
        properties=tuple(entry["properties"].items()),
        operators=tuple(
            OperatorFact(
                name=one["name"],
                introduced=introduced(one["introduced"]),
                evidence=one.get("evidence", ""),
                note=one.get("note", ""),
            )
            for one in entry.get("operators", ())
        ),
        older_client=entry["older_client"],
        place=entry.get("place", "condition"),
        sources=tuple(entry["sources"]),
        more_types=tuple(entry.get("more_types", ())),
        rewrite=tuple(entry.get("rewrite", ())),
        note=entry.get("note", ""),
        platforms_added=tuple(
            PlatformFact(platform=one["platform"], version=VersionId(one["version"]), names=one["names"])
            for one in entry.get("platforms_added", ())
        ),
    )


def vendor(entry: Entry) -> VendorFact:
    """A product that extends task sequences, from its table."""
    return VendorFact(
        vendor=entry["vendor"],
        product=entry["product"],
        evidence=entry["evidence"],
        step_types=tuple(one["type"] for one in entry.get("step_types", ())),
        programs=tuple(entry.get("programs", ())),
        marks=tuple(entry.get("marks", ())),
        note=entry.get("note", ""),
        sources=tuple(entry["sources"]),
    )
