"""The questions that everything else asks of the facts. Pure: built from a parsed mapping, it reads no file.

What only some commands need is built by ``build_other.py``, imported where it is asked for: start-up counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from tsfix.knowledge import build, versions
from tsfix.knowledge.facts import (
    CERTAINTY,
    AdkBuild,
    Age,
    Confidence,
    Feature,
    IdentityFact,
    Introduced,
    Rule,
    StepFact,
    Version,
    WindowsRelease,
)
from tsfix.knowledge.names import same_name
from tsfix.values import VersionId

if TYPE_CHECKING:
    from tsfix.knowledge.other_facts import ConditionFact, LimitChange, VariableFact, VendorFact
    from tsfix.knowledge.sign_facts import Signs

OTHER_TYPE = "(any other type)"
"""The entry that stands for step types which nobody here knows."""

_DIGITS = re.compile(r"\d+")


class _KnownNames(Struct):
    """The variables of a step type with their properties."""

    pairs: set[tuple[str, str]] = field(default_factory=set)
    """Variable and property, as the facts write them and without case: where most are found."""
    plain: dict[str, list[str]] = field(default_factory=dict)
    """The properties by the variable without case."""
    indexed: list[tuple[str, str]] = field(default_factory=list)
    """Variable and property of those with an index in the name."""


class KnowledgeBase:
    """Facts about versions, step types and features. Entries become typed values when they are asked for."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self._types: dict[str, str] = {step_type.casefold(): step_type for step_type in content["steps"]}
        self._steps: dict[str, StepFact | None] = {}
        self._names: dict[str, _KnownNames] = {}

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """All known versions, oldest first."""
        section = self._content["versions"]
        return tuple(build.version(entry, section["sources"]) for entry in section["versions"])

    @cached_property
    def _by_id(self) -> dict[str, Version]:
        return {version.id: version for version in self.versions}

    @cached_property
    def adk_builds(self) -> tuple[AdkBuild, ...]:
        """All known releases of the ADK, oldest first."""
        return tuple(build.adk_build(entry) for entry in self._content["versions"]["adk_builds"])

    @cached_property
    def windows_releases(self) -> tuple[WindowsRelease, ...]:
        """All known releases of Windows."""
        section = self._content["versions"]
        return tuple(build.windows_release(entry, section["sources"]) for entry in section["windows_releases"])

    @cached_property
    def first_builds(self) -> Mapping[str, Mapping[str, int]]:
        """The first build of each release of a Windows such as ``10``, by its name in lower case."""
        found: dict[str, dict[str, int]] = {}
        for one in self.windows_releases:
            found.setdefault(one.windows, {})[one.release] = one.build
        return found

    @cached_property
    def _sequence_features(self) -> tuple[Feature, ...]:
        return tuple(build.feature(entry) for entry in self._content["sequence_features"]["features"])

    def version(self, version_id: VersionId) -> Version:
        """The version with this id; KeyError when it is not in the list."""
        return self._by_id[version_id]

    def find_version(self, text: str) -> Version:
        """The version that a person named; see ``versions.find``. Raises UsageError for an unknown one."""
        return versions.find(self.versions, text)

    def step(self, step_type: str) -> StepFact | None:
        """What is known about a step type (compared without case), or None."""
        if step_type not in self._steps:
            known = self._types.get(step_type.casefold())
            if known is None or known == OTHER_TYPE:
                self._steps[step_type] = None
            else:
                self._steps[step_type] = (
                    build.step(self._content["steps"][known]) if known == step_type else self.step(known)
                )
        return self._steps[step_type]

    def step_types(self) -> tuple[StepFact, ...]:
        """All known step types, by name of the type."""
        facts = (self.step(step_type) for step_type in self._content["steps"])
        return tuple(fact for fact in facts if fact is not None)

    def sequence_features(self) -> tuple[Feature, ...]:
        """The features of the whole task sequence, of its object and of the export file."""
        return self._sequence_features

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        section = self._content["rules"]
        return {entry["id"]: build.rule(entry, section["sources"]) for entry in section["rules"]}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, R1 first."""
        return tuple(self._rules.values())

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id, such as ``R24``; KeyError when there is none."""
        return self._rules[rule_id]

    @cached_property
    def _identities(self) -> dict[str, IdentityFact]:
        return {entry["role"]: build.identity(entry) for entry in self._content["identity"]["identities"]}

    def identity(self, role: str) -> IdentityFact:
        """How default packages of a role such as ``client-package`` are recognised; KeyError for other roles."""
        return self._identities[role]

    @cached_property
    def _variables(self) -> dict[str, VariableFact]:
        from tsfix.knowledge import build_other

        section = self._content["variables"]
        facts = (build_other.variable(entry, section["sources"]) for entry in section["variables"])
        return {fact.name.casefold(): fact for fact in facts}

    @property
    def variables(self) -> tuple[VariableFact, ...]:
        """The task sequence variables that Configuration Manager itself knows."""
        return tuple(self._variables.values())

    @cached_property
    def differing_variables(self) -> tuple[VariableFact, ...]:
        """The variables and inputs of steps that make a difference to some version, or of which no source says the age."""
        facts = (*self.variables, *self.step_inputs)
        return tuple(fact for fact in facts if fact.on_older is not None or fact.age_unknown)

    def variable(self, name: str) -> VariableFact | None:
        """What is known about a built-in variable (compared without case), or None. Array members are found too."""
        return self._variables.get(name.casefold()) or self._array(name)

    @cached_property
    def step_inputs(self) -> tuple[VariableFact, ...]:
        """The settings of step types that not every version has, as variables that a task sequence can set for them.

        Only names of the client's own kind, so that an author's variable is not taken for one; ``#`` stands for an
        index. What is a built-in variable anyway is left out.
        """
        from tsfix.knowledge import build_other

        found: dict[str, VariableFact] = {}
        for step in self.step_types():
            if step.provider == "microsoft" and step.introduced.version not in (None, self.versions[0].id):
                for fact in build_other.inputs(step):
                    if self.variable(fact.name) is None:
                        found.setdefault(fact.name.casefold(), fact)
        return tuple(found.values())

    def _array(self, name: str) -> VariableFact | None:
        return self._array_members.get(_DIGITS.sub("0", name, count=1).casefold())

    @cached_property
    def _array_members(self) -> dict[str, VariableFact]:
        """The variables that are arrays, by the names of their members in lower case."""
        found: dict[str, VariableFact] = {}
        for fact in self.variables:
            for one in fact.array_members:
                found.setdefault(one.casefold(), fact)
        return found

    @cached_property
    def limits_changed(self) -> tuple[LimitChange, ...]:
        """Limits and behaviours of known things that later versions changed."""
        from tsfix.knowledge import build_other

        return tuple(build_other.limit_change(entry) for entry in self._content["variables"]["limits_changed"])

    @cached_property
    def conditions(self) -> tuple[ConditionFact, ...]:
        """The types of expressions that a condition can hold."""
        from tsfix.knowledge import build_other

        return tuple(build_other.condition(entry) for entry in self._content["conditions"]["expressions"])

    @cached_property
    def without_value(self) -> Mapping[str, bool]:
        """Whether a test passes while its variable does not exist, by the operator in lower case. Inferred.

        An operator that is not here (``less`` and so on) is one of which nobody knows.
        """
        passes: Mapping[str, bool] = self._content["conditions"]["without_value"]["passes"]
        return passes

    def condition(self, expression_type: str) -> ConditionFact | None:
        """What is known about a type of expression (compared without case), or None."""
        return self._conditions.get(expression_type.casefold())

    @cached_property
    def _conditions(self) -> dict[str, ConditionFact]:
        found: dict[str, ConditionFact] = {}
        for fact in self.conditions:
            for name in (fact.type, *fact.more_types):
                found.setdefault(name.casefold(), fact)
        return found

    @cached_property
    def vendors(self) -> tuple[VendorFact, ...]:
        """Products that extend task sequences."""
        from tsfix.knowledge import build_other

        return tuple(build_other.vendor(entry) for entry in self._content["thirdparty"]["vendors"])

    @cached_property
    def signs(self) -> Signs:
        """What the checks look for besides steps, settings and variables."""
        from tsfix.knowledge import build_signs

        return build_signs.signs(self._content["signs"])

    def age(self, introduced: Introduced, target: Version, confidence: Confidence = "documented") -> Age:
        """Tell whether the target lacks something, how sure that is, and why.

        ``confidence`` is what the version of introduction rests on: an inferred one makes the answer likely at best.
        """
        if introduced.version is None or introduced.bound == "unknown":
            return Age(newer=False, certainty="unknown", reason="since which version is not known")
        needs = self._by_id[introduced.version]
        founded = CERTAINTY[confidence]
        if target.order >= needs.order:
            return Age(newer=False, certainty=founded, reason=f"target {target.id} >= needs {needs.id}")
        if introduced.bound == "exact":
            return Age(newer=True, certainty=founded, reason=f"target {target.id} < needs {needs.id}")
        if introduced.not_before is None:
            return Age(
                newer=True,
                certainty="likely",
                reason=f"target {target.id} < {needs.id}, the oldest in which it was seen",
            )
        without = self._by_id[introduced.not_before]
        reason = f"target {target.id} < {needs.id}, the oldest that surely has it; {without.id} lacks it"
        return Age(newer=True, certainty="certain" if target.order <= without.order else "likely", reason=reason)

    def feature_age(self, feature: Feature, target: Version) -> Age:
        """Tell whether the target lacks the feature."""
        return self.age(feature.introduced, target, feature.confidence)

    def step_age(self, step: StepFact, target: Version) -> Age:
        """Tell whether the target lacks the step type."""
        return self.age(step.introduced, target, step.confidence)

    def deprecated(self, step: StepFact, version: Version) -> bool:
        """Tell whether Microsoft advises against the step type in this version (true also once it is removed)."""
        return self._reached(step.deprecated, version) or self.removed(step, version)

    def removed(self, step: StepFact, version: Version) -> bool:
        """Tell whether this version no longer supports the step type."""
        return self._reached(step.removed, version)

    def _reached(self, since: VersionId | None, version: Version) -> bool:
        return since is not None and version.order >= self._by_id[since].order

    def known_property(self, step: StepFact, property_name: str, variable: str) -> bool:
        """Tell whether the step type has a variable element with these two names, of whatever age.

        Names are compared without case; ``#`` in the facts stands for an index. An element without a property (MDT
        writes such) is known by its variable.
        """
        names = self._known_names(step)
        if (variable, property_name) in names.pairs:
            return True
        key = variable.casefold()
        pair = (key, property_name.casefold())
        if pair in names.pairs or (_DIGITS.sub("#", key), _DIGITS.sub("#", pair[1])) in names.pairs:
            return True
        known = names.plain.get(key, [])
        if not known and _DIGITS.search(variable):
            known = [found for pattern, found in names.indexed if same_name(pattern, variable)]
        return any(not property_name or same_name(found, property_name) for found in known)

    def _known_names(self, step: StepFact) -> _KnownNames:
        if step.type not in self._names:
            names = self._names[step.type] = _KnownNames()
            pairs = (*step.base_properties, *((feature.property, feature.variable) for feature in step.features))
            for known_property, variable in pairs:
                if "#" in variable:
                    names.indexed.append((variable, known_property))
                elif variable:
                    names.plain.setdefault(variable.casefold(), []).append(known_property)
                if variable:
                    names.pairs.update({(variable, known_property), (variable.casefold(), known_property.casefold())})
        return self._names[step.type]
