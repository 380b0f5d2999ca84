"""What the predicate of a feature may look at besides the step: the sequence, its object, the rest of the export."""

from __future__ import annotations

import base64
import binascii
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise

from msgspec import Struct, field

from tsfix.knowledge.names import same_name
from tsfix.task_sequence import Group, PackageProperty, Sequence, Step, TaskSequence, Variable
from tsfix.values import PackageId

_CHILD_ID = "OSDSubTasksequencePackageID"
_SCRIPT_STARTS = ("//", "/v")
"""How base64 of a byte order mark begins; what follows depends on the script's first letter too."""
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


_BLANKS = bytes(byte if byte < 128 and (chr(byte).isalnum() or byte in b"_") else 32 for byte in range(256))
"""Turns everything that is no ASCII letter, digit or underscore into blanks."""


_PORTION = 1 << 18
"""Characters that are divided into words at once, and the rest of the line."""


class Text(Struct, frozen=True, kw_only=True, gc=False):
    """One text of a group or step that can name something, as a person reads it."""

    item: Group | Step
    text: str
    """An inline script is decoded."""
    folded: str
    """The same in lower case."""
    variable: Variable | None = None
    """The variable of the step, or of an expression of its condition, that holds the text; None for the action line."""
    in_condition: bool = False
    is_script: bool = False
    repeats: bool = False
    """True for the action line of a step with settings, which only repeats them."""

    @property
    def label(self) -> str:
        """In words: ``the setting CommandLine``."""
        if self.in_condition:
            return "a condition"
        if self.variable is None:
            return "the action line"
        return "the script" if self.is_script else f"the setting {self.variable.property or self.variable.name}"


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
    def texts(self) -> tuple[Text, ...]:
        """The texts of all groups and steps, in document order: conditions, action lines, values of variables."""
        folds: dict[str, str] = {}
        return tuple([text for item in self.items for text in _texts(item, folds)])

    @cached_property
    def _starts(self) -> array[int]:
        """Where in ``text`` each of the texts starts."""
        return array("Q", accumulate([len(text.folded) + 1 for text in self.texts], initial=self._joined[1]))

    def texts_with(self, *words: str) -> tuple[Text, ...]:
        """The texts that hold one of the words, which are in lower case. All texts are searched at once, as one."""
        found: set[int] = set()
        joined, first = self._joined
        for word in words:
            place = joined.find(word, first)
            while place >= 0:
                number = bisect_right(self._starts, place) - 1
                found.add(number)
                place = joined.find(word, self._starts[number + 1])
        return tuple(self.texts[number] for number in sorted(found))

    @property
    def text(self) -> str:
        """Everything that can name a variable, in lower case: values, actions, attributes, conditions, scripts."""
        return self._joined[0]

    @cached_property
    def _joined(self) -> tuple[str, int]:
        """The same, and where the first of ``texts`` starts in it: the two are long, and are kept once."""
        names = {variable.name for step in self.steps for variable in step.variables}
        attributes = {value for item in self.items for _, value in item.attributes}
        of_all = [text for variable in self.sequence.global_variables for text in (variable.name, variable.value)]
        others = "\n".join((*of_all, *names, *attributes, "")).casefold()
        return others + "\n".join([text.folded for text in self.texts]), len(others)

    def names(self, name: str) -> bool:
        """Tell whether a variable of that name, in lower case, may be named; ``#`` in it stands for an index."""
        start, indexed, _ = name.partition("#")
        return self.mentions(start) if indexed else name.encode() in self._words

    @cached_property
    def _words(self) -> frozenset[bytes]:
        """The words of the text, of ASCII letters, digits and underscores: to look for many names at once."""
        text, start, found = self.text, 0, set[bytes]()
        while start < len(text):  # by portions: the words of all at once take many times the text
            end = text.find("\n", start + _PORTION)
            end = len(text) if end < 0 else end
            found.update(text[start:end].encode("utf-8", "replace").translate(_BLANKS).split())
            start = end
        return frozenset(found)

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

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps and child calls, in document order."""
        return tuple(item for item in self.items if isinstance(item, Step))

    def with_attribute(self, name: str) -> tuple[Group | Step, ...]:
        """The groups and steps that have the attribute, in document order."""
        return tuple(self._with_attribute.get(name, ()))

    @cached_property
    def _with_attribute(self) -> dict[str, list[Group | Step]]:
        found: dict[str, list[Group | Step]] = {}
        for item in self.items:
            for name, _ in item.attributes:
                found.setdefault(name, []).append(item)
        return found

    @cached_property
    def package_properties(self) -> dict[str, PackageProperty]:
        """The properties of the object around the sequence, by name in lower case."""
        found: dict[str, PackageProperty] = {}
        for one in self.task_sequence.properties if self.task_sequence is not None else ():
            found.setdefault(one.name.lower(), one)
        return found

    @cached_property
    def with_condition(self) -> tuple[Group | Step, ...]:
        """The groups and steps that have a condition, in document order."""
        return tuple(item for item in self.items if item.condition is not None)

    def tested(self, name: str) -> list[tuple[Group | Step, str]]:
        """What conditions say under that name of a property, each with the group or step."""
        return self._tested.get(name.casefold(), [])

    @cached_property
    def _tested(self) -> dict[str, list[tuple[Group | Step, str]]]:
        found: dict[str, list[tuple[Group | Step, str]]] = {}
        for item in self.with_condition:
            for part in item.condition.walk() if item.condition is not None else ():
                for variable in part.variables:
                    found.setdefault(variable.name.casefold(), []).append((item, variable.value))
        return found

    @cached_property
    def _before(self) -> dict[int, Step]:
        return {after.element: before for before, after in pairwise(self.steps)}

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


def named(step: Step, name: str) -> tuple[Variable, ...]:
    """The variables of the step with that name; ``#`` in it stands for an index."""
    if "#" in name:
        return tuple(variable for variable in step.variables if same_name(name, variable.name))
    return step.named(name)


@lru_cache(maxsize=1024)
def whole_word(word: str, *, numbered: bool = False) -> re.Pattern[str]:
    """The word, in lower case, where no letter, digit or underscore stands beside it, in a text in lower case.

    ``numbered``: digits may follow. The word comes first in the pattern, and case counts, so that the search jumps from
    one occurrence to the next.
    """
    word, digits = re.escape(word), r"\d*" if numbered else ""
    return re.compile(rf"{word}(?<!\w{word}){digits}(?!\w)")


def _texts(item: Step | Group, folds: dict[str, str]) -> Iterator[Text]:
    for part in item.condition.walk() if item.condition is not None else ():
        for one in part.variables:
            yield Text(item=item, text=one.value, folded=_folded(one.value, folds), variable=one, in_condition=True)
    if isinstance(item, Group):
        return
    if item.action:
        yield Text(item=item, text=item.action, folded=_folded(item.action, folds), repeats=bool(item.variables))
    for variable in item.variables:
        script = inline_script(variable.value)
        text = variable.value if script is None else script
        yield Text(item=item, text=text, folded=_folded(text, folds), variable=variable, is_script=script is not None)


def _folded(text: str, folds: dict[str, str]) -> str:
    """The text in lower case, kept once for all texts that are alike, and once with a text that is so already."""
    found = folds.get(text)
    if found is None:
        found = text.casefold()
        found = folds[text] = text if found == text else found
    return found


def inline_script(value: str) -> str | None:
    """The text of an inline PowerShell script (base64 of UTF-16 with a byte order mark), or None when it is none."""
    if not value.startswith(_SCRIPT_STARTS):
        return None
    try:
        data = base64.b64decode(value, validate=True)
        return data.decode("utf-16") if data.startswith(_BYTE_ORDER_MARKS) else None
    except (binascii.Error, ValueError):
        return None
