"""The questions that everything else asks of the facts. Pure: built from a parsed mapping, it reads no file.

What only some commands need is built by ``build_other.py``, imported where it is asked for: start-up counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tsfix.knowledge import build, versions
from tsfix.knowledge.facts import AdkBuild, Age, Confidence, Feature, IdentityFact, Introduced, Rule, StepFact, Version
from tsfix.knowledge.names import same_name
from tsfix.values import Certainty, VersionId

if TYPE_CHECKING:
    from tsfix.knowledge.other_facts import ConditionFact, LimitChange, VariableFact, VendorFact
    from tsfix.knowledge.sign_facts import Signs

_CERTAINTY: dict[Confidence, Certainty] = {"documented": "certain", "inferred": "likely", "unknown": "unknown"}

OTHER_TYPE = "(any other type)"
"""The entry that stands for step types which nobody here knows."""


class KnowledgeBase:
    """Facts about versions, step types and features. Entries become typed values when they are asked for."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self._types: dict[str, str] = {step_type.casefold(): step_type for step_type in content["steps"]}
        self._steps: dict[str, StepFact] = {}
        self._names: dict[str, tuple[dict[str, list[str]], list[tuple[str, str]]]] = {}

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
        key = step_type.casefold()
        if key not in self._steps:
            known = self._types.get(key)
            if known is None or known == OTHER_TYPE:
                return None
            self._steps[key] = build.step(self._content["steps"][known])
        return self._steps[key]

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
        if not any(character.isdigit() for character in name):
            return None
        wanted = re.sub(r"\d+", "0", name, count=1).casefold()
        arrays = (fact for fact in self.variables if fact.array_members)
        return next((fact for fact in arrays if wanted in (one.casefold() for one in fact.array_members)), None)

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

    def condition(self, expression_type: str) -> ConditionFact | None:
        """What is known about a type of expression (compared without case), or None."""
        wanted = expression_type.casefold()
        return next(
            (fact for fact in self.conditions if wanted in (one.casefold() for one in (fact.type, *fact.more_types))),
            None,
        )

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
        founded = _CERTAINTY[confidence]
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
        plain, indexed = self._known_names(step)
        known = plain.get(variable.casefold(), [])
        if not known and any(character.isdigit() for character in variable):
            known = [found for pattern, found in indexed if same_name(pattern, variable)]
        return any(not property_name or same_name(found, property_name) for found in known)

    def _known_names(self, step: StepFact) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
        """The properties of each variable of a step type: by name without case, and those with an index in the name."""
        if step.type not in self._names:
            plain: dict[str, list[str]] = {}
            indexed: list[tuple[str, str]] = []
            pairs = (*step.base_properties, *((feature.property, feature.variable) for feature in step.features))
            for known_property, variable in pairs:
                if "#" in variable:
                    indexed.append((variable, known_property))
                elif variable:
                    plain.setdefault(variable.casefold(), []).append(known_property)
            self._names[step.type] = (plain, indexed)
        return self._names[step.type]
