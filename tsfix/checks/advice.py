"""Says what no check can decide but an administrator should know: once for a whole report, and only where it applies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from tsfix.checks.content import content_unknown
from tsfix.checks.minimum_version import exported_by
from tsfix.checks.set_variables import own_values
from tsfix.checks.sites import site_findings
from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import target_is_older
from tsfix.checks.third_party import download_programs
from tsfix.errors import TsfixError
from tsfix.findings import Evidence, Finding
from tsfix.parse.relationships import MANIFEST, find_part, read_manifest
from tsfix.values import Location


class Estate(Struct, frozen=True, kw_only=True, dict=True):
    """Every task sequence of a report, all for one target, and what was found in them."""

    subjects: Sequence[Subject]
    findings: Collection[Finding]

    @cached_property
    def fired(self) -> frozenset[str]:
        """The rules that found something worse than a remark."""
        return frozenset(finding.rule for finding in self.findings if finding.severity != "info")

    @cached_property
    def exports(self) -> tuple[Subject, ...]:
        """One subject for each task sequence that a site can take; files of MDT are none."""
        return tuple(subject for subject in self.subjects if subject.exported.format != "mdt")

    @property
    def first(self) -> Subject:
        """The subject that stands for target, hierarchy and facts, which all share."""
        return self.exports[0]

    @cached_property
    def older(self) -> bool:
        """True when the target is older than the side that the task sequences come from."""
        return target_is_older(self.first)


def estate_findings(subjects: Sequence[Subject], findings: Collection[Finding]) -> tuple[Finding, ...]:
    """What holds for a whole report: faults of the hierarchy first, then advice, each rule at most once.

    All subjects have the same target and hierarchy. Advice is never blocking.
    """
    estate = Estate(subjects=subjects, findings=findings)
    if not estate.exports:
        return ()
    first = estate.first
    location = Location(file=first.export.name if len({one.export.name for one in estate.exports}) == 1 else "")
    said = tuple(site_findings(first.hierarchy, first.knowledge, first.target, location))
    if first.target is None:
        return said
    return (*said, *_advice(estate, location))


def merged_estates(parts: Iterable[Sequence[Finding]]) -> tuple[Finding, ...]:
    """What the parts of a report say for the whole of it, such as one part for each export: everything once.

    Gives the same findings as ``estate_findings`` of everything, so that exports can be checked one by one.
    """
    found: dict[tuple[str, str], Finding] = {}
    for finding in (one for part in parts for one in part):
        key = (finding.rule, finding.title)
        known = found.get(key)
        if known is None:
            found[key] = finding
            continue
        same_file = known.location.file == finding.location.file
        found[key] = replace(
            known,
            location=known.location if same_file else Location(file=""),
            evidence=tuple(dict.fromkeys((*known.evidence, *finding.evidence))),
        )
    order = {"error": 0, "warning": 1, "info": 2}
    return tuple(
        sorted(found.values(), key=lambda one: (one.subject == "advice", order[one.severity], int(one.rule[1:])))
    )


def _advice(estate: Estate, location: Location) -> Iterator[Finding]:
    knowledge = estate.first.knowledge
    for rule_id, applies in ADVICE.items():
        why = applies(estate)
        if not why:
            continue
        rule = knowledge.rule(rule_id)
        yield Finding(
            rule=rule.id,
            severity="info",
            certainty="certain",
            location=location,
            subject="advice",
            title=rule.title,
            reason=rule.reason,
            remedy=rule.remedy,
            sources=(rule.source,),
            evidence=(Evidence(text=why),),
        )


_Why = Callable[[Estate], str]
"""Why a piece of advice applies; empty where it does not."""


def _with(*rules: str) -> _Why:
    """Together with findings of these rules."""

    def why(estate: Estate) -> str:
        fired = [rule for rule in rules if rule in estate.fired]
        return f"The report has findings of {', '.join(fired)}." if fired else ""

    return why


def _older(estate: Estate) -> str:
    target = estate.first.target
    return f"{target.label} is older than the newest site." if target is not None and estate.older else ""


def _hidden(estate: Estate) -> str:
    """Steps that the older console cannot show."""
    rules = {"R24", "R25", "R29", "R44"}
    if not estate.older or not any(one.rule in rules and one.location.position for one in estate.findings):
        return ""
    return "The report has steps of a type that the target does not know."


def _pre_production(estate: Estate) -> str:
    mode = estate.first.hierarchy.pre_production
    if "R4" in estate.fired:
        return "A task sequence installs the pre-production client package."
    return "Pre-production mode is switched on." if mode is not None and mode.enabled and estate.older else ""


def _additions(estate: Estate) -> str:
    """Boot images that will be changed, and such that hold another vendor's program."""
    if any(True for subject in estate.exports for _ in download_programs(subject)):
        return "A task sequence downloads with another vendor's program, which is part of the boot image."
    return _with("R15")(estate)


def _default_clients(estate: Estate) -> str:
    return _with("R1", "R2", "R4", "R40")(estate)


def _applications(estate: Estate) -> str:
    wanted = any(
        reference.application is not None
        for subject in estate.exports
        for reference in subject.task_sequence.sequence.references
    )
    return "Task sequences of the report install applications." if wanted and estate.older else ""


def _packages(estate: Estate) -> str:
    wanted = any(
        content_unknown(subject)
        for subject in estate.exports
        if any(reference.package is not None for reference in subject.task_sequence.sequence.references)
    )
    return "Task sequences of the report refer to packages." if wanted and estate.older else ""


def _content(estate: Estate) -> str:
    """Exports whose manifest lists content, which lies in a folder beside the file."""
    names = dict.fromkeys(subject.export.name for subject in estate.exports if _has_content(subject))
    return f"Content belongs to {', '.join(names)}." if names else ""


def _has_content(subject: Subject) -> bool:
    if subject.export.parts.kind != "console-export":
        return False
    part = find_part(subject.export.parts, MANIFEST)
    if part is None:
        return False
    try:
        return bool(
            read_manifest(subject.export.parts.parts[part], Location(file=subject.export.name, part=part)).contents
        )
    except TsfixError:
        return False


def _newer_export(estate: Estate) -> str:
    """The exporting site is certainly newer than the target."""
    target = estate.first.target
    for subject in estate.exports if target is not None else ():
        source = exported_by(subject)
        if target is not None and source is not None and target.version.order < source.order:
            return (
                f"{subject.export.name} comes from a site of {source.id} or newer; the target has {target.version.id}."
            )
    return ""


def _network_access(estate: Estate) -> str:
    """Steps that need the network access account, where the target still allows it."""
    target, knowledge = estate.first.target, estate.first.knowledge
    since = knowledge.signs.limit("http-only").since
    if target is None or since is None or target.version.order >= knowledge.version(since).order:
        return ""
    wanted = {name.casefold() for name in knowledge.signs.network_access_variables}
    for subject in estate.exports:
        by_name = (one for one in subject.set_variables if one.name.casefold() in wanted)
        for one in (*own_values(subject.steps, wanted), *by_name):
            if one.value.strip().lower() == "true" and one.step.runs:
                return f'"{one.step.name}" falls back to the network access account.'
    return ""


ADVICE: Mapping[str, _Why] = {
    "R9": _default_clients,
    "R10": _default_clients,
    "R16": _with("R15"),
    "R17": _additions,
    "R20": _pre_production,
    "R22": _with("R15", "R16", "R18"),
    "R37": _older,
    "R38": _older,
    "R39": _older,
    "R40": _older,
    "R42": _older,
    "R43": _older,
    "R50": _packages,
    "R51": _applications,
    "R52": _older,
    "R55": _content,
    "R56": _newer_export,
    "R61": _older,
    "R62": _hidden,
    "R63": _network_access,
    "R64": _older,
}
"""Rules that can only be told, and when."""
