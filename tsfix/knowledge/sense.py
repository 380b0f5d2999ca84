"""Does the data make sense? Small named checks over all files together; each returns its faults.

``schema.py`` checks the form of one file, these checks what no schema can: versions that exist, names used once,
predicates and downlevel rules that fit together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from tsfix.knowledge.faults import Fault
from tsfix.knowledge.forms.common import IntroducedModel
from tsfix.knowledge.forms.conditions import ConditionsFile
from tsfix.knowledge.forms.extensions import ThirdPartyFile
from tsfix.knowledge.forms.features import FeatureModel, SequenceFeaturesFile
from tsfix.knowledge.forms.identity import IdentityFile
from tsfix.knowledge.forms.rules import RulesFile
from tsfix.knowledge.forms.signs import SignsFile
from tsfix.knowledge.forms.steps import StepModel
from tsfix.knowledge.forms.variables import VariablesFile
from tsfix.knowledge.forms.versions import VersionsFile

VERSIONS = "versions.toml"
SEQUENCE_FEATURES = "sequence_features.toml"
RULES = "rules.toml"
VARIABLES = "variables.toml"
CONDITIONS = "conditions.toml"
SIGNS = "signs.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """All data files, each valid in itself."""

    versions: VersionsFile
    steps: dict[str, StepModel]
    """File name to content."""
    sequence_features: SequenceFeaturesFile
    rules: RulesFile
    identity: IdentityFile
    variables: VariablesFile
    conditions: ConditionsFile
    thirdparty: ThirdPartyFile
    signs: SignsFile

    def features(self) -> Iterator[tuple[str, FeatureModel, StepModel | None]]:
        """File, feature and step of every feature."""
        for file, step in self.steps.items():
            for feature in step.features:
                yield file, feature, step
        for feature in self.sequence_features.features:
            yield SEQUENCE_FEATURES, feature, None


def _repeated(file: str, key: str, names: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            yield Fault(file=file, key=key, found=f"{name} twice", expected="each once")
        seen.add(name.casefold())


def versions_in_order(data: Data) -> Iterator[Fault]:
    """Ids are unique, and order and build rise from entry to entry (2007 SP2 and R3 share one build)."""
    versions = data.versions.versions
    yield from _repeated(VERSIONS, "versions.id", (version.id for version in versions))
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


def _version(data: Data, file: str, key: str, version: str | None) -> Iterator[Fault]:
    ids = [known.id for known in data.versions.versions]
    if version is not None and version not in ids:
        near = get_close_matches(version, ids, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        yield Fault(file=file, key=key, found=version, expected=f"a version of versions.toml{hint}")


def _introduced(data: Data, file: str, key: str, introduced: IntroducedModel) -> Iterator[Fault]:
    yield from _version(data, file, f"{key}.version", introduced.version)
    yield from _version(data, file, f"{key}.not_before", introduced.not_before)
    if (introduced.version is None) != (introduced.bound == "unknown"):
        yield Fault(
            file=file, key=key, found=f"bound {introduced.bound}", expected="a version, or bound unknown without one"
        )
    order = {version.id: version.order for version in data.versions.versions}
    if introduced.not_before is not None:
        if introduced.bound != "no-later-than":
            yield Fault(file=file, key=f"{key}.not_before", found="present", expected="only with no-later-than")
        elif order.get(introduced.not_before, 0) >= order.get(introduced.version or "", 10**6):
            yield Fault(file=file, key=f"{key}.not_before", found=introduced.not_before, expected="older than version")


def facts_name_known_versions(data: Data) -> Iterator[Fault]:
    """Every version that a fact names is in the list."""
    for file, step in data.steps.items():
        yield from _introduced(data, file, "introduced", step.introduced)
        yield from _version(data, file, "deprecated", step.deprecated)
        yield from _version(data, file, "removed", step.removed)
        for form in step.action_history:
            yield from _version(data, file, "action_history.introduced", form.introduced)
    for file, feature, _ in data.features():
        yield from _introduced(data, file, f"features.{feature.id}.introduced", feature.introduced)
        for change in feature.changes:
            yield from _version(data, file, f"features.{feature.id}.changes", change.version)


def names_are_unique(data: Data) -> Iterator[Fault]:
    """A step type and a feature stand in one place only."""
    seen: dict[str, str] = {}
    for file, step in data.steps.items():
        if (other := seen.setdefault(step.type.casefold(), file)) != file:
            yield Fault(file=file, key="type", found=step.type, expected=f"a type that is not in {other}")
    ids: dict[str, str] = {}
    for file, feature, _ in data.features():
        if feature.id in ids:
            yield Fault(
                file=file, key="features.id", found=feature.id, expected=f"an id that is not in {ids[feature.id]}"
            )
        ids[feature.id] = file


def file_is_named_after_type(data: Data) -> Iterator[Fault]:
    """``steps/<type>.toml``, so that nobody has to search."""
    for file, step in data.steps.items():
        if file.startswith("steps/") and not step.type.startswith("(") and file != f"steps/{step.type}.toml":
            yield Fault(file=file, key="type", found=step.type, expected="the name of the file")


def scopes_fit(data: Data) -> Iterator[Fault]:
    """A feature of the whole sequence has a scope, one of a step type has none."""
    for file, feature, step in data.features():
        if (step is None) != bool(feature.scope):
            expected = "a scope" if step is None else "none, for a feature of a step type"
            yield Fault(file=file, key=f"features.{feature.id}.scope", found=feature.scope or "none", expected=expected)


def matches_are_complete(data: Data) -> Iterator[Fault]:
    """A predicate has the name and the values that its operator needs."""
    for file, feature, _ in data.features():
        match = feature.match
        key = f"features.{feature.id}.match"
        if match.where != "none" and not match.op:
            yield Fault(file=file, key=f"{key}.op", found="nothing", expected="an operator")
        needs_values = {"equals", "not-equals", "in", "not-in", "regex", "gt", "longer-than", "with", "after"}
        if match.op in needs_values and not match.values:
            yield Fault(file=file, key=f"{key}.values", found="nothing", expected=f"a value for {match.op}")
        needs_name = match.where in {"attribute", "text", "package-property"} or (
            match.where == "variable" and match.op not in {"unknown-property", "empty-secret"}
        )
        if needs_name and not match.name:
            yield Fault(file=file, key=f"{key}.name", found="nothing", expected="a name")


def downlevels_fit(data: Data) -> Iterator[Fault]:
    """``cut`` and ``set_value`` stand where they mean something, and ``always`` is never a matter for a person."""
    for file, feature, _ in data.features():
        downlevel = feature.downlevel
        key = f"features.{feature.id}.downlevel"
        if downlevel.cut and downlevel.kind != "rewrite-action":
            yield Fault(file=file, key=f"{key}.cut", found=f"kind {downlevel.kind}", expected="kind rewrite-action")
        if downlevel.set_value is not None and downlevel.kind != "rewrite-value":
            yield Fault(
                file=file, key=f"{key}.set_value", found=f"kind {downlevel.kind}", expected="kind rewrite-value"
            )
        if downlevel.automatic == "always" and downlevel.kind in {"flag", "none-needed"}:
            yield Fault(file=file, key=f"{key}.automatic", found="always", expected=f"never, for kind {downlevel.kind}")
        if downlevel.automatic == "always" and downlevel.kind == "rewrite-action" and not downlevel.cut:
            yield Fault(file=file, key=f"{key}.cut", found="nothing", expected="what to cut, for automatic always")
        strips = downlevel.kind == "strip" and feature.match.where == "variable"
        if downlevel.automatic == "always" and strips and not feature.neutral:
            expected = "never, for a variable as old as the step"
            yield Fault(file=file, key=f"{key}.automatic", found="always", expected=expected)
        if downlevel.automatic == "always" and downlevel.kind in {"replace-step", "rewrite-condition"}:
            expected = f"never: no rewrite does {downlevel.kind} by itself"
            yield Fault(file=file, key=f"{key}.automatic", found="always", expected=expected)
        if downlevel.automatic == "neutral" and not feature.neutral:
            yield Fault(file=file, key=f"{key}.automatic", found="neutral", expected="a feature with neutral values")


def rewrites_fit(data: Data) -> Iterator[Fault]:
    """A rewrite stands where it means something, and names what it costs."""
    entries = [(file, f"features.{feature.id}.downlevel", feature.downlevel) for file, feature, _ in data.features()]
    entries += [(file, "downlevel", step.downlevel) for file, step in data.steps.items()]
    of_steps = ("paste-child", "command-line", "split-applications", "readiness-steps")
    kinds = dict.fromkeys(of_steps, "replace-step")
    for file, key, downlevel in entries:
        kind = kinds.get(downlevel.rewrite, "rewrite-condition")
        if downlevel.rewrite and downlevel.kind != kind:
            yield Fault(file=file, key=f"{key}.rewrite", found=f"kind {downlevel.kind}", expected=f"kind {kind}")
        if bool(downlevel.rewrite) != bool(downlevel.trade_off):
            found = downlevel.rewrite or downlevel.trade_off
            yield Fault(file=file, key=f"{key}.trade_off", found=found, expected="rewrite and trade_off together")
        if not downlevel.rewrite and (downlevel.limit or downlevel.not_if):
            yield Fault(file=file, key=f"{key}.rewrite", found="nothing", expected="a rewrite for limit and not_if")


def neutral_variables_are_new(data: Data) -> Iterator[Fault]:
    """A variable as old as the step is never stripped for a feature, so such a feature has no neutral values."""
    for file, feature, step in data.features():
        if step is not None and feature.neutral:
            old = {name.casefold() for name in step.base_properties.values()}
            if feature.variable.casefold() in old:
                yield Fault(
                    file=file,
                    key=f"features.{feature.id}.neutral",
                    found=str(list(feature.neutral)),
                    expected=f"none: {feature.variable} is among base_properties",
                )


def action_history_rises(data: Data) -> Iterator[Fault]:
    """The forms of an action line stand in the order of their versions."""
    order = {version.id: version.order for version in data.versions.versions}
    for file, step in data.steps.items():
        places = [order.get(form.introduced, 0) for form in step.action_history]
        if places != sorted(set(places)):
            yield Fault(
                file=file, key="action_history", found="versions out of order", expected="oldest first, each once"
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
    yield from _repeated(VARIABLES, "variables.name", (variable.name for variable in variables.variables))
    names = {step.name for step in data.steps.values()}
    for variable in variables.variables:
        key = f"variables.{variable.name}"
        yield from _introduced(data, VARIABLES, f"{key}.introduced", variable.introduced)
        yield from _version(data, VARIABLES, f"{key}.deprecated", variable.deprecated)
        yield from _version(data, VARIABLES, f"{key}.removed", variable.removed)
        if variable.source not in variables.sources:
            yield Fault(file=VARIABLES, key=f"{key}.source", found=variable.source, expected="a key of [sources]")
        for name in variable.applies_to:
            if name not in names:
                yield Fault(file=VARIABLES, key=f"{key}.applies_to", found=name, expected="the name of a step type")
    for change in variables.limits_changed:
        yield from _version(data, VARIABLES, f"limits_changed.{change.what}", change.version)


def conditions_are_sound(data: Data) -> Iterator[Fault]:
    """Expression types stand once, and their versions exist."""
    conditions = data.conditions
    types = (name for expression in conditions.expressions for name in (expression.type, *expression.more_types))
    yield from _repeated(CONDITIONS, "expressions.type", types)
    for expression in conditions.expressions:
        key = f"expressions.{expression.type}"
        yield from _introduced(data, CONDITIONS, f"{key}.introduced", expression.introduced)
        for operator in expression.operators:
            yield from _introduced(data, CONDITIONS, f"{key}.operators.{operator.name}", operator.introduced)
        for platform in expression.platforms_added:
            yield from _version(data, CONDITIONS, f"{key}.platforms_added", platform.version)
    for change in conditions.changes:
        yield from _version(data, CONDITIONS, "changes.version", change.version)


def signs_are_sound(data: Data) -> Iterator[Fault]:
    """Ids stand once; versions, rules, step types and sources exist; the rule of a feature exists."""
    signs = data.signs
    rules = {rule.id for rule in data.rules.rules}
    sources = {*signs.sources, *data.rules.sources}
    types = {step.type for step in data.steps.values()}
    yield from _repeated(SIGNS, "limits.id", (limit.id for limit in signs.limits))
    yield from _repeated(SIGNS, "client_installers.id", (one.id for one in signs.client_installers))
    for limit in signs.limits:
        yield from _version(data, SIGNS, f"limits.{limit.id}.since", limit.since)
    named = (
        *(one.source for one in signs.client_installation.properties),
        *(one.source for one in signs.client_installers),
        *(one.source for one in signs.limits),
        *(one.source for one in signs.architectures),
        signs.client_packages.source,
        signs.guards.source,
        signs.network_access_account.source,
        signs.download_programs.source,
    )
    for source in named:
        if source not in sources:
            yield Fault(file=SIGNS, key="source", found=source, expected="a key of [sources] here or in rules.toml")
    for step_type in (signs.guards.step, *(name for secret in signs.secrets for name in secret.types)):
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
    aliases_are_unique,
    facts_name_known_versions,
    names_are_unique,
    file_is_named_after_type,
    scopes_fit,
    matches_are_complete,
    downlevels_fit,
    rewrites_fit,
    neutral_variables_are_new,
    action_history_rises,
    rules_are_sound,
    variables_are_sound,
    conditions_are_sound,
    signs_are_sound,
)


def faults(data: Data) -> list[Fault]:
    """All faults of all checks."""
    return [fault for check in CHECKS for fault in check(data)]
