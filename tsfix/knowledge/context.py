"""What the predicate of a feature may look at besides the step: the sequence, its object, the rest of the export."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise

from msgspec import Struct, field

from tsfix.knowledge.names import same_name
from tsfix.task_sequence import Condition, Group, Sequence, Step, TaskSequence, Variable
from tsfix.values import PackageId

_CHILD_ID = "OSDSubTasksequencePackageID"
_SCRIPT_STARTS = ("//", "/v")
"""How base64 of a byte order mark begins; what follows depends on the script's first letter too."""
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Context(Struct, frozen=True, kw_only=True, dict=True):
    """One task sequence and its surroundings. Build one for each task sequence and use it for all questions."""

    sequence: Sequence
    task_sequence: TaskSequence | None = None
    """The object around the sequence; None where only a sequence is at hand."""
    others: Mapping[PackageId, Sequence] = field(default_factory=dict)
    """The sequences of the export by package ID, to follow calls of child task sequences."""
    console_export: bool = False
    """True when the file is an export of the console (zip or unpacked)."""
    exported: int = 1
    """How many task sequences the export holds."""
    size: int = 0
    """Length of the sequence text in bytes; 0 when it was not measured."""

    @cached_property
    def text(self) -> str:
        """Everything that can name a variable, in lower case: values, actions, attributes, conditions, scripts."""
        return "\n".join(_texts(self.sequence)).casefold()

    def mentions(self, word: str) -> bool:
        """Tell whether the word, in lower case, stands anywhere. Asked for every step, so it is only looked for once."""
        if word not in self._mentioned:
            self._mentioned[word] = word in self.text
        return self._mentioned[word]

    @cached_property
    def _mentioned(self) -> dict[str, bool]:
        return {}

    @cached_property
    def items(self) -> tuple[Group | Step, ...]:
        """All groups and steps, in document order."""
        return tuple(self.sequence.walk())

    def named(self, step: Step, name: str) -> tuple[Variable, ...]:
        """The variables of the step with that name; ``#`` in it stands for an index."""
        if "#" in name:
            return tuple(variable for variable in step.variables if same_name(name, variable.name))
        asked, found = self._by_name.get(step.element, (None, {}))
        if asked is not step:
            found = {}
            for variable in step.variables:
                found.setdefault(variable.name.casefold(), []).append(variable)
            self._by_name[step.element] = (step, found)
        return tuple(found.get(name.casefold(), ()))

    @cached_property
    def _by_name(self) -> dict[int, tuple[Step, dict[str, list[Variable]]]]:
        return {}

    def tested(self, name: str) -> list[tuple[Group | Step, str]]:
        """What conditions say under that name of a property, each with the group or step."""
        return self._tested.get(name.casefold(), [])

    @cached_property
    def _tested(self) -> dict[str, list[tuple[Group | Step, str]]]:
        found: dict[str, list[tuple[Group | Step, str]]] = {}
        for item in self.items:
            for part in item.condition.walk() if item.condition is not None else ():
                for variable in part.variables:
                    found.setdefault(variable.name.casefold(), []).append((item, variable.value))
        return found

    @cached_property
    def _before(self) -> dict[int, Step]:
        steps = list(self.sequence.steps())
        return {after.element: before for before, after in pairwise(steps)}

    def step_before(self, step: Step) -> Step | None:
        """The step that stands directly before this one, in document order."""
        return self._before.get(step.element)

    def child(self, step: Step) -> Sequence | None:
        """The sequence that the step calls, when it is in the export."""
        called = step.variable(_CHILD_ID)
        if called is None:
            return None
        wanted = called.value.strip().upper()
        return next((sequence for package_id, sequence in self.others.items() if package_id.upper() == wanted), None)


def _texts(sequence: Sequence) -> Iterator[str]:
    for variable in sequence.global_variables:
        yield variable.name
        yield variable.value
    for item in sequence.walk():
        yield from _item_texts(item)


def _item_texts(item: Step | Group) -> Iterator[str]:
    yield from (value for _, value in item.attributes)
    if item.condition is not None:
        yield from _condition_texts(item.condition)
    if isinstance(item, Step):
        yield item.action
        for variable in item.variables:
            yield variable.name
            script = inline_script(variable.value)
            yield variable.value if script is None else script


def _condition_texts(condition: Condition) -> Iterator[str]:
    for part in condition.walk():
        for variable in part.variables:
            yield variable.value


def inline_script(value: str) -> str | None:
    """The text of an inline PowerShell script (base64 of UTF-16 with a byte order mark), or None when it is none."""
    if not value.startswith(_SCRIPT_STARTS):
        return None
    try:
        data = base64.b64decode(value, validate=True)
        return data.decode("utf-16") if data.startswith(_BYTE_ORDER_MARKS) else None
    except (binascii.Error, ValueError):
        return None
