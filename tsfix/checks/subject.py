"""What a check looks at: one task sequence of an export, the target, the facts and the hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from tsfix.checks.dynamic_rules import StepRules, rules_of
from tsfix.checks.set_variables import SetVariable, set_by_name
from tsfix.export import Export, ExportedTaskSequence, PackageObject, ReferenceInfo
from tsfix.findings import Evidence, Finding, Fix
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.context import Context
from tsfix.knowledge.facts import Feature, Source
from tsfix.knowledge.matching import Use, use_of
from tsfix.knowledge.other_facts import VariableFact
from tsfix.parse.export_layout import PROGRAM_CLASS
from tsfix.places import ChildCall, Place, child_calls, item_location, step_places
from tsfix.request import Target
from tsfix.task_sequence import Group, Step, TaskSequence
from tsfix.values import Certainty, Location, RuleId, Severity

T = TypeVar("T")

_OF_THE_SEQUENCE = (
    *("context", "dynamic_rules", "set_variables", "named_variables", "child_calls"),
    *("rows", "objects", "_places", "_uses", "_computed"),
)
"""What a subject keeps of its task sequence; no target changes it."""


class Subject(Struct, frozen=True, kw_only=True, dict=True):
    """One task sequence and everything that a verdict on it needs."""

    export: Export
    exported: ExportedTaskSequence
    knowledge: KnowledgeBase
    target: Target | None = None
    """None when only what is wrong for every target is asked for."""
    hierarchy: Hierarchy = field(default_factory=Hierarchy)

    @property
    def task_sequence(self) -> TaskSequence:
        """The task sequence itself."""
        return self.exported.task_sequence

    def for_target(self, target: Target | None) -> Subject:
        """The same task sequence for another target; what was read of it is kept."""
        other = replace(self, target=target)
        other.__dict__.update({name: self.__dict__[name] for name in _OF_THE_SEQUENCE if name in self.__dict__})
        return other

    def once(self, name: str, compute: Callable[[Subject], T]) -> T:
        """What a check computes of the task sequence, whatever the target; computed once and kept under the name."""
        if name not in self._computed:
            self._computed[name] = compute(self)
        found: T = self._computed[name]
        return found

    def once_for_target(self, name: str, compute: Callable[[Subject], T]) -> T:
        """The same for what depends on the target."""
        if name not in self._computed_for_target:
            self._computed_for_target[name] = compute(self)
        found: T = self._computed_for_target[name]
        return found

    @cached_property
    def _computed(self) -> dict[str, Any]:
        return {}

    @cached_property
    def _computed_for_target(self) -> dict[str, Any]:
        return {}

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps and child calls, in document order."""
        return self.context.steps

    @property
    def items(self) -> tuple[Group | Step, ...]:
        """All groups and steps, in document order."""
        return self.context.items

    @cached_property
    def named_variables(self) -> tuple[VariableFact, ...]:
        """The built-in variables and inputs of steps that make a difference and that any text of the task sequence names."""
        return tuple(fact for fact in self.knowledge.differing_variables if self.context.names(fact.name.casefold()))

    @cached_property
    def context(self) -> Context:
        """What the predicates of features look at. One for all questions about the task sequence: it keeps what it read."""
        return Context(
            sequence=self.task_sequence.sequence,
            task_sequence=self.task_sequence,
            others={
                other.task_sequence.package_id: other.task_sequence.sequence
                for other in self.export.task_sequences
                if other.task_sequence.package_id is not None
            },
            console_export=self.export.parts.kind == "console-export",
            exported=len(self.export.own_task_sequences),
        )

    @cached_property
    def dynamic_rules(self) -> tuple[StepRules, ...]:
        """The rules inside Set Dynamic Variables steps."""
        return rules_of(self.steps)

    @cached_property
    def set_variables(self) -> tuple[SetVariable, ...]:
        """Variables that steps and rules set by name."""
        return tuple(set_by_name(self.steps, self.dynamic_rules))

    @cached_property
    def rows(self) -> Mapping[str, ReferenceInfo]:
        """What ``ReferencesInfo.xml`` says about each object, by ID in upper case: its own rows before those of others."""
        found = {row.package_id.upper(): row for row in self.exported.references_info}
        for other in self.export.task_sequences:
            for row in other.references_info:
                found.setdefault(row.package_id.upper(), row)
        return found

    @cached_property
    def objects(self) -> Mapping[str, PackageObject]:
        """The dependencies that travel in the export, by ID in upper case; programs are left out."""
        return {
            found.package_id.upper(): found
            for found in self.export.package_objects
            if found.class_name.lower() != PROGRAM_CLASS.lower()
        }

    def places(self, step: Step) -> tuple[Place, ...]:
        """The live places of one of its steps."""
        return self._places[step.element]

    @cached_property
    def _places(self) -> dict[int, tuple[Place, ...]]:
        return {step.element: tuple(step_places(step, self.knowledge)) for step in self.steps}

    def use_of(self, step: Step, feature: Feature) -> Use:
        """How one of its steps uses a feature of its type. The checks ask that again and again, for each target."""
        key = (step.element, feature.id)
        found = self._uses.get(key)
        if found is None:
            found = self._uses[key] = use_of(feature, step, self.context)
        return found

    @cached_property
    def _uses(self) -> dict[tuple[int, str], Use]:
        return {}

    @cached_property
    def child_calls(self) -> tuple[ChildCall, ...]:
        """Every call of a child task sequence, in the order of the sequence."""
        return tuple(child_calls(self.task_sequence, self.knowledge))

    def package_name(self, package_id: str) -> str:
        """The name of a package, from the hierarchy file or the export; empty where neither gives one."""
        known = self.hierarchy.package(package_id)
        if known is not None and known.name:
            return known.name
        row = self.rows.get(package_id.upper())
        if row is not None and row.name:
            return row.name
        held = self.objects.get(package_id.upper())
        return held.properties.get("Name", "") if held is not None else ""

    def location(self, item: Group | Step | None = None) -> Location:
        """The place of a group or step, or of the task sequence as a whole."""
        if item is not None:
            return item_location(self.exported, item)
        return self.exported.location

    def finding(
        self,
        rule: str,
        severity: Severity,
        *,
        subject: str,
        title: str,
        reason: str,
        remedy: str,
        item: Group | Step | None = None,
        certainty: Certainty = "certain",
        sources: tuple[Source, ...] = (),
        evidence: tuple[Evidence, ...] = (),
        blocking: bool | None = None,
        fix: Fix | None = None,
        trade_off: str = "",
    ) -> Finding:
        """A finding at a group or step (or at the whole task sequence). An error blocks unless said otherwise."""
        blocks = severity == "error" if blocking is None else blocking
        return Finding(
            rule=RuleId(rule),
            severity=severity,
            certainty=certainty,
            location=self.location(item),
            subject=subject,
            title=title,
            reason=reason,
            remedy=remedy,
            sources=sources,
            evidence=evidence,
            blocking=blocks,
            fix=fix or ("decision" if blocks else "advice"),
            trade_off=trade_off,
        )
