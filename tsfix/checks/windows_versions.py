"""Builds of Windows and Windows PE: which ADK do they belong to, and does the target support it?"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from tsfix.checks.subject import Subject
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import AdkBuild, Version

_BUILD = re.compile(r"(?<![\d.])(?:10\.0\.)?(?P<build>[12]\d{4})(?=$|[.\s)])")
_ADK_BUILD = re.compile(r"10\.0\.(\d{5})")

_NAMED = re.compile(r"(?<![a-z0-9])w(?:in(?:dows)?)?[ _-]?(?P<windows>10|11)(?![0-9]|\.[0-9])", re.IGNORECASE)
_OTHER = re.compile(r"windows (?:7|8|xp|vista|server|pe)\b|\bwin ?(?:7|8|pe)\b|\bserver\b|\badk\b", re.IGNORECASE)
_RELEASE = re.compile(
    r"(?<![a-z0-9.])(?<![0-9]-)v?(?P<release>1[5-9]0[379]|1511|2004|2\dh[12])(?![a-z0-9.]|-[0-9])", re.I
)


def named_build(knowledge: KnowledgeBase, name: str, others: str) -> tuple[int, str] | None:
    """The lowest build that a Windows with such a name has, and what it was called; None where the name says no Windows.

    ``name`` has to say Windows 10 or 11, and only one of them; the release may stand in the other texts as well. Without a
    release, or with several, the lowest possible build counts: what is too new then is too new in any case.
    """
    found = {match["windows"] for match in _NAMED.finditer(name)}
    if len(found) != 1 or _OTHER.search(name):
        return None
    (windows,) = found
    releases = knowledge.first_builds[windows]
    named = {match["release"].casefold() for match in _RELEASE.finditer(f"{name} {others}")} & releases.keys()
    if not named:
        return min(releases.values()), f"Windows {windows}"
    lowest = min(named, key=releases.__getitem__)
    return releases[lowest], f"Windows {windows} {lowest.upper()}"


Verdict = Literal["supported", "not-tested", "too-new", "too-old", "unknown"]
"""``too-new`` and ``too-old``: the target's table does not support it, on which side."""


def windows_build(text: str) -> int | None:
    """The build of a Windows 10 or later in a version such as ``10.0.22621.1`` or ``22631.2861``; None for other texts."""
    found = _BUILD.search(text.strip())
    return None if found is None else int(found["build"])


def pe_builds(adk: AdkBuild) -> tuple[int, ...]:
    """The builds of Windows PE that an ADK brings."""
    return tuple(int(build) for build in _ADK_BUILD.findall(adk.pe))


def adk_for(knowledge: KnowledgeBase, build: int) -> tuple[AdkBuild, ...]:
    """The newest releases of the ADK whose Windows PE is no newer than the build; several can share one Windows PE."""
    first = {adk: min(pe_builds(adk)) for adk in knowledge.adk_builds if pe_builds(adk)}
    fitting = [pe for pe in first.values() if pe <= build]
    if not fitting:
        return ()
    newest = max(fitting)
    return tuple(adk for adk, pe in first.items() if pe == newest)


class AdkTable(Struct, frozen=True, kw_only=True):
    """Which ADK a version supports, by key."""

    version: Version
    """The version whose table it is; another than the one asked for where that one has no table."""
    codes: dict[str, str]


def adk_table(knowledge: KnowledgeBase, version: Version) -> AdkTable | None:
    """The version's own table, else that of the next newer version, else of the next older one; None for none of its family.

    A borrowed table shows one side only: what is too new for a newer version is too new for this one, and what is too
    old for an older version is too old for this one. ``support`` draws no other conclusion from it.
    """
    family = [one for one in knowledge.versions if one.family == version.family and one.adk]
    if not family:
        return None
    newer = [one for one in family if one.order >= version.order]
    chosen = newer[0] if newer else family[-1]
    return AdkTable(version=chosen, codes=dict(chosen.adk))


class Support(Struct, frozen=True, kw_only=True):
    """Does the target support a build of Windows PE, and what says so?"""

    verdict: Verdict
    table: AdkTable | None
    listed: bool = False
    """True where the target's own table names the ADK."""


def support(subject: Subject, build: int) -> Support:
    """Does the target support the ADK that a build of Windows PE belongs to?"""
    if subject.target is None:
        return Support(verdict="unknown", table=None)
    table = adk_table(subject.knowledge, subject.target.version)
    releases = adk_for(subject.knowledge, build)
    if table is None or not releases:
        return Support(verdict="unknown", table=table)
    codes = [table.codes[adk.key] for adk in releases if adk.key in table.codes]
    listed = bool(codes) and table.version.id == subject.target.version.id
    if any(code.startswith("S") or code == "unverified" for code in codes):
        return Support(verdict="supported", table=table, listed=listed)
    if any(code == "B" for code in codes):
        return Support(verdict="not-tested", table=table, listed=listed)
    good = [adk for adk in subject.knowledge.adk_builds if table.codes.get(adk.key, "N") != "N"]
    newest = max((max(pe_builds(adk)) for adk in good if pe_builds(adk)), default=0)
    verdict: Verdict = "too-new" if build > newest else "too-old"
    limit = subject.target.version.order - table.version.order
    if (verdict == "too-old" and limit < 0) or (verdict == "too-new" and limit > 0):
        verdict = "unknown"
    return Support(verdict=verdict, table=table, listed=listed)
