"""Does the data make sense? Small named checks over all files together; each returns its faults.

``schema.py`` checks the form of one file, these checks what no schema can: versions that exist, names used once,
predicates and downlevel rules that fit together. Those of step types and features stand in ``sense_of_steps.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tsfix.knowledge import sense_of_steps
from tsfix.knowledge.faults import Fault
from tsfix.knowledge.sense_data import Data, known_introduced, known_version, repeated

VERSIONS = "versions.toml"
RULES = "rules.toml"
VARIABLES = "variables.toml"
CONDITIONS = "conditions.toml"
SIGNS = "signs.toml"


def versions_in_order(data: Data) -> Iterator[Fault]:
    """Ids are unique, and order and build rise from entry to entry (2007 SP2 and R3 share one build)."""
    versions = data.versions.versions
    yield from repeated(VERSIONS, "versions.id", (version.id for version in versions))
    for before, after in pairwise(versions):
        if after.order <= before.order:
            yield Fault(
                file=VERSIONS, key=f"versions.{after.id}.order", found=str(after.order), expected=f"> {before.order}"
            )
        if after.build < before.build:
            yield Fault(
                file=VERSIONS, key=f"versions.{after.id}.build", found=str(after.build), expected=f">= {before.build}"
            )


def versions_refer(data: Data) -> Iterator[Fault]:
    """Sources, ADK keys and the lowest version to update from exist."""
    ids = {version.id: version.order for version in data.versions.versions}
    adks = {build.key for build in data.versions.adk_builds}
    for version in data.versions.versions:
        key = f"versions.{version.id}"
        for source in version.sources:
            if source not in data.versions.sources:
                yield Fault(file=VERSIONS, key=f"{key}.sources", found=source, expected="a key of [sources]")
        for adk in version.adk:
            if adk not in adks:
                yield Fault(file=VERSIONS, key=f"{key}.adk", found=adk, expected="a key of [[adk_builds]]")
        lowest = version.min_update_from
        if lowest is not None and ids.get(lowest, version.order) >= version.order:
            yield Fault(file=VERSIONS, key=f"{key}.min_update_from", found=lowest, expected="an older version")


def windows_releases_are_sound(data: Data) -> Iterator[Fault]:
    """Releases stand once and have a source, and builds rise within a Windows."""
    releases = data.versions.windows_releases
    yield from repeated(VERSIONS, "windows_releases", (f"{one.windows} {one.release}" for one in releases))
    for before, after in pairwise(releases):
        if before.windows == after.windows and after.build <= before.build:
            key = f"windows_releases.{after.windows} {after.release}.build"
            yield Fault(file=VERSIONS, key=key, found=str(after.build), expected=f"> {before.build}")
    for one in releases:
        if one.source not in data.versions.sources:
            key = f"windows_releases.{one.windows} {one.release}.source"
            yield Fault(file=VERSIONS, key=key, found=one.source, expected="a key of [sources]")


def aliases_are_unique(data: Data) -> Iterator[Fault]:
    """No two versions answer to one name."""
    names = [name for version in data.versions.versions for name in (version.id, *version.aliases)]
    keys = {name: name.replace(" ", "").replace("-", "").casefold() for name in names}
    seen: dict[str, str] = {}
    for version in data.versions.versions:
        for name in (version.id, *version.aliases):
            if seen.setdefault(keys[name], version.id) != version.id:
                yield Fault(
                    file=VERSIONS, key=f"versions.{version.id}.aliases", found=name, expected="a name of one version"
                )


def rules_are_sound(data: Data) -> Iterator[Fault]:
    """Rules are numbered without a gap, and their sources exist."""
    for number, rule in enumerate(data.rules.rules, start=1):
        if rule.id != f"R{number}":
            yield Fault(file=RULES, key=f"rules.{rule.id}.id", found=rule.id, expected=f"R{number}")
        for source in rule.sources:
            if source not in data.rules.sources:
                yield Fault(file=RULES, key=f"rules.{rule.id}.sources", found=source, expected="a key of [sources]")


def variables_are_sound(data: Data) -> Iterator[Fault]:
    """Names stand once, versions, sources and the steps they apply to exist."""
    variables = data.variables
    yield from repeated(VARIABLES, "variables.name", (variable.name for variable in variables.variables))
    names = {step.name for step in data.steps.values()}
    for variable in variables.variables:
        key = f"variables.{variable.name}"
        yield from known_introduced(data, VARIABLES, f"{key}.introduced", variable.introduced)
        yield from known_version(data, VARIABLES, f"{key}.deprecated", variable.deprecated)
        yield from known_version(data, VARIABLES, f"{key}.removed", variable.removed)
        if variable.source not in variables.sources:
            yield Fault(file=VARIABLES, key=f"{key}.source", found=variable.source, expected="a key of [sources]")
        for name in variable.applies_to:
            if name not in names:
                yield Fault(file=VARIABLES, key=f"{key}.applies_to", found=name, expected="the name of a step type")
    for change in variables.limits_changed:
        yield from known_version(data, VARIABLES, f"limits_changed.{change.what}", change.version)


def conditions_are_sound(data: Data) -> Iterator[Fault]:
    """Expression types stand once, and their versions exist."""
    conditions = data.conditions
    types = (name for expression in conditions.expressions for name in (expression.type, *expression.more_types))
    yield from repeated(CONDITIONS, "expressions.type", types)
    for expression in conditions.expressions:
        key = f"expressions.{expression.type}"
        yield from known_introduced(data, CONDITIONS, f"{key}.introduced", expression.introduced)
        for operator in expression.operators:
            yield from known_introduced(data, CONDITIONS, f"{key}.operators.{operator.name}", operator.introduced)
        for platform in expression.platforms_added:
            yield from known_version(data, CONDITIONS, f"{key}.platforms_added", platform.version)
    for change in conditions.changes:
        yield from known_version(data, CONDITIONS, "changes.version", change.version)
    passes = conditions.without_value.passes
    for name in passes:
        opposite = name.removeprefix("not") if name.startswith("not") else f"not{name}"
        if name != name.lower() or passes.get(opposite) == passes[name]:
            key = f"without_value.passes.{name}"
            yield Fault(file=CONDITIONS, key=key, found=str(passes[name]), expected=f"the contrary of {opposite}")


def signs_are_sound(data: Data) -> Iterator[Fault]:
    """Ids stand once; versions, rules, step types and sources exist; the rule of a feature exists."""
    signs = data.signs
    rules = {rule.id for rule in data.rules.rules}
    sources = {*signs.sources, *data.rules.sources}
    types = {step.type for step in data.steps.values()}
    yield from repeated(SIGNS, "limits.id", (limit.id for limit in signs.limits))
    yield from repeated(SIGNS, "client_installers.id", (one.id for one in signs.client_installers))
    for limit in signs.limits:
        yield from known_version(data, SIGNS, f"limits.{limit.id}.since", limit.since)
    named = (
        *(one.source for one in signs.client_installation.properties),
        *(one.source for one in signs.client_installers),
        *(one.source for one in signs.limits),
        *(one.source for one in signs.architectures),
        signs.client_packages.source,
        signs.guards.source,
        signs.network_access_account.source,
        signs.download_programs.source,
        signs.any_purpose.source,
    )
    for source in named:
        if source not in sources:
            yield Fault(file=SIGNS, key="source", found=source, expected="a key of [sources] here or in rules.toml")
    of_secrets = (name for secret in signs.secrets for name in secret.types)
    for step_type in (signs.guards.step, *signs.any_purpose.types, *of_secrets):
        if step_type not in types:
            yield Fault(file=SIGNS, key="types", found=step_type, expected="a step type")
    for file, key, rule in (
        *((SIGNS, "properties.rule", one.rule) for one in signs.client_installation.properties),
        *((file, f"features.{feature.id}.rule", feature.rule) for file, feature, _ in data.features() if feature.rule),
    ):
        if rule not in rules:
            yield Fault(file=file, key=key, found=rule, expected="a rule of rules.toml")


CHECKS = (
    versions_in_order,
    versions_refer,
    windows_releases_are_sound,
    aliases_are_unique,
    sense_of_steps.facts_name_known_versions,
    sense_of_steps.names_are_unique,
    sense_of_steps.file_is_named_after_type,
    sense_of_steps.scopes_fit,
    sense_of_steps.matches_are_complete,
    sense_of_steps.downlevels_fit,
    sense_of_steps.rewrites_fit,
    sense_of_steps.neutral_variables_are_new,
    sense_of_steps.action_history_rises,
    rules_are_sound,
    variables_are_sound,
    conditions_are_sound,
    signs_are_sound,
)


def faults(data: Data) -> list[Fault]:
    """All faults of all checks."""
    return [fault for check in CHECKS for fault in check(data)]
