"""Finds properties of the client's installation that name a site, a server or a patch of the newer side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from tsfix.checks.client_installers import install_commands
from tsfix.checks.set_variables import own_values
from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import target_is_older, version_of
from tsfix.findings import Finding
from tsfix.knowledge.sign_facts import InstallationKind, InstallationProperty
from tsfix.task_sequence import Step
from tsfix.values import Certainty, Severity

_WHAT: dict[InstallationKind, str] = {
    "site-code": "a site",
    "server": "a server",
    "domain": "a domain",
    "patch": "a patch",
}


class NamedProperty(Struct, frozen=True, kw_only=True):
    """One installation property that stands in a step."""

    step: Step
    property: InstallationProperty
    value: str


def named_properties(subject: Subject) -> Iterator[NamedProperty]:
    """Every installation property that matters: in the step that installs, in steps and rules that set the variable."""
    facts = subject.knowledge.signs.client_installation
    wanted = {name.casefold() for name in facts.variables}
    by_name = (one for one in subject.set_variables if one.name.casefold() in wanted)
    for one in chain(own_values(subject.steps, wanted), by_name):
        for fact in facts.properties:
            for found in _assignments(fact.name, one.value):
                yield NamedProperty(step=one.step, property=fact, value=found["value"].strip('"'))


def for_the_site(subject: Subject, text: str) -> str:
    """The text with the values that the hierarchy file gives for the target site. Checks and rewrites both ask here.

    Only a plain value is exchanged: no list, no variable, no site code that names no site.
    """
    for fact in subject.knowledge.signs.client_installation.properties:
        wanted = _site_value(subject, fact)
        if wanted:
            text = _assignment(fact.name).sub(partial(_exchanged, subject, fact, wanted), text)
    return text


def _site_value(subject: Subject, fact: InstallationProperty) -> str:
    """What the hierarchy file says of the target site; no client is assigned to a central or secondary site."""
    site = subject.hierarchy.site(subject.target.site) if subject.target and subject.target.site else None
    if site is None or not fact.site_key:
        return ""
    if fact.site_key == "code" and site.kind in ("central", "secondary"):
        return ""
    return str(getattr(site, fact.site_key))


def _exchanged(subject: Subject, fact: InstallationProperty, wanted: str, found: re.Match[str]) -> str:
    whole, value = found.group(), found["value"]
    plain = _PLAIN.fullmatch(value.strip('"'))
    any_site = subject.knowledge.signs.client_installation.any_site
    if plain is None or (fact.kind == "site-code" and plain["name"].upper() in any_site):
        return whole
    if plain["name"].casefold() == wanted.casefold():
        return whole
    quote = '"' if value.startswith('"') else ""
    return f"{whole[: len(whole) - len(value)]}{quote}{plain['scheme']}{wanted}{quote}"


_PLAIN = re.compile(r"(?P<scheme>(https?://)?)(?P<name>[^;,%\s]+)", re.IGNORECASE)
"""One name or address; a list and a variable are not plain."""


def _assignments(name: str, text: str) -> Iterator[re.Match[str]]:
    """Every place where the text gives the property a value."""
    if name.casefold() in text.casefold():
        yield from _assignment(name).finditer(text)


@lru_cache(maxsize=64)
def _assignment(name: str) -> re.Pattern[str]:
    return re.compile(rf'(?<![\w/]){re.escape(name)}\s*=\s*(?P<value>"[^"]*"|\S+)', re.IGNORECASE)


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 6 for properties that name a site or server, 7 for patches."""
    if subject.target is None:
        return
    for named in named_properties(subject):
        certainty = _leads_away(subject, named)
        if certainty is not None:
            yield _finding(subject, named, certainty)
    for named in dict.fromkeys(_in_commands(subject)):
        certainty = _leads_away(subject, named)
        if certainty is not None:
            # No rewrite touches a command line.
            yield replace(_finding(subject, named, certainty), fix="advice")


def _in_commands(subject: Subject) -> Iterator[NamedProperty]:
    """Installation properties in commands that install a client by themselves."""
    for step, line in install_commands(subject):
        for fact in subject.knowledge.signs.client_installation.properties:
            for found in _assignments(fact.name, line):
                yield NamedProperty(step=step, property=fact, value=found["value"].strip('"'))


def _finding(subject: Subject, named: NamedProperty, certainty: Certainty) -> Finding:
    fact = named.property
    any_site = _names_any_site(subject, named)
    severity: Severity = "info" if any_site or not named.step.runs else fact.severity
    title = f"The client's installation names {_WHAT[fact.kind]}: {fact.name}={named.value}"
    if any_site:
        title = f"The client is told to choose its site by itself: {fact.name}={named.value}"
    rule = subject.knowledge.rule(fact.rule)
    text = f"{fact.name}={named.value}"
    from_rule = named.step.property("Rules") is not None
    return subject.finding(
        rule.id,
        severity,
        subject=fact.name,
        title=title,
        reason=f"{fact.effect} {rule.reason}",
        remedy=rule.remedy,
        item=named.step,
        certainty=certainty,
        sources=(rule.source,),
        fix="automatic" if for_the_site(subject, text) != text and not from_rule else None,
    )


def _named(value: str) -> str:
    """The name without the scheme, to compare."""
    return re.sub("^https?://", "", value, flags=re.IGNORECASE).casefold()


def _names_any_site(subject: Subject, named: NamedProperty) -> bool:
    values = subject.knowledge.signs.client_installation.any_site
    return named.property.kind == "site-code" and named.value.upper() in values


def _leads_away(subject: Subject, named: NamedProperty) -> Certainty | None:
    """How sure it is that the property leads away from the target; None where it does not."""
    target = subject.target
    if target is None:
        return None
    wanted = _site_value(subject, named.property)
    if wanted and wanted.casefold() == _named(named.value):
        return None
    older = target_is_older(subject)
    if named.property.kind != "site-code":
        return "unknown" if older else None
    if _names_any_site(subject, named):
        return "likely" if older else None
    if target.site is not None:
        return None if named.value.upper() == target.site.upper() else "certain"
    site = subject.hierarchy.site(named.value)
    if site is None:
        return "unknown"
    version = version_of(subject.knowledge, site.version)
    return None if version is not None and version.id == target.version.id else "likely"
