"""Walks a task sequence as a client would: conditions, disabled items, failures, continue on error, calls of children."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct, field

from tsfix.export import Export
from tsfix.task_sequence import Condition, ConditionPart, Group, Step, TaskSequence, attribute

CHILD = "OSDSubTasksequencePackageID"


class Run(Struct, kw_only=True, dict=True):
    """One run: what is given, and the steps that were started."""

    export: Export
    variables: Mapping[str, str]
    other_tests: Callable[[tuple[str, ...]], bool]
    """Whether an expression that tests no variable is true."""
    fails: Callable[[str], bool]
    """Whether a step of that name fails."""
    visited: list[str] = field(default_factory=list)

    def sequence(self, task_sequence: TaskSequence) -> bool:
        """Run a whole task sequence. True when it succeeds."""
        return self._all(task_sequence.sequence.children)

    def _all(self, items: tuple[Group | Step, ...]) -> bool:
        return all(self._item(item) for item in items)

    def _item(self, item: Group | Step) -> bool:
        if item.disabled or (item.condition is not None and not self._condition(item.condition)):
            return True
        good = self._all(item.children) if isinstance(item, Group) else self._step(item)
        return good or attribute(item.attributes, "continueOnError") == "true"

    def _step(self, step: Step) -> bool:
        child = step.variable(CHILD)
        if child is not None:
            for found in self.export.task_sequences:
                if str(found.task_sequence.package_id).upper() == child.value.strip().upper():
                    return self.sequence(found.task_sequence)
        self.visited.append(step.name)
        return not self.fails(step.name)

    def _condition(self, condition: Condition) -> bool:
        return all(self._part(part) for part in condition.parts)

    def _part(self, part: ConditionPart) -> bool:
        inside = [self._part(child) for child in part.children]
        if part.kind == "operator":
            return {"and": all(inside), "or": any(inside), "not": not any(inside)}[part.type]
        operator = (part.value("Operator") or "").casefold()
        if part.kind != "expression" or not operator:
            return self.other_tests(tuple(variable.value for one in part.walk() for variable in one.variables))
        found = self.variables.get((part.value("Variable") or "").casefold())
        text, wanted = (found or "").casefold(), (part.value("Value") or "").casefold()
        answers = {
            "exists": found is not None,
            "notexists": found is None,
            "equals": text == wanted,
            "notequals": text != wanted,
            "like": fnmatchcase(text, wanted.replace("[", "[[]")),
            "notlike": not fnmatchcase(text, wanted.replace("[", "[[]")),
        }
        return answers.get(operator, len(text) % 2 == 0)


def tests_of(export: Export) -> list[tuple[str, str]]:
    """Variables and the texts that they are compared with."""
    return [
        ((part.value("Variable") or "").casefold(), part.value("Value") or "")
        for found in export.task_sequences
        for item in found.task_sequence.sequence.walk()
        if item.condition is not None
        for part in item.condition.walk()
        if part.value("Operator") is not None
    ]
