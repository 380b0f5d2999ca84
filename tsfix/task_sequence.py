"""The model of a task sequence: groups, steps, conditions, variables, references and package properties.

Everything is immutable. A group or step is addressed by its position (indexes from the root, unique) and shown by its
path (names, not unique). ``element`` is the number of the XML element in document order, counted from 0, in the XML text
that holds it: byte spans are found from it, and only when an edit is made.
Nothing of the sequence is lost on the way into the model: what it has no field for is kept as text in ``other``, so that
a comparison of two models sees every difference.
``gc=False``: nothing here can hold itself, so Python's search for cycles need not visit it. That search took a third of
the time to read and compare two large sequences. A step alone is visited: it keeps an index of its variables, since every
check asks it for some by name. Steps with the same names share one index: one for each took as much memory as the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from tsfix.values import PackageId, Position, StepType

Attributes = tuple[tuple[str, str], ...]
"""Names and values in the order of the file."""


def attribute(attributes: Attributes, name: str) -> str | None:
    """The value of the attribute, or None when it is not there."""
    for found, value in attributes:
        if found == name:
            return value
    return None


@lru_cache(maxsize=1024)
def _index(names: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """At which places each name stands, compared without case."""
    found: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        found.setdefault(name.casefold(), []).append(number)
    return {name: tuple(numbers) for name, numbers in found.items()}


def _is_true(value: str | None) -> bool:
    return value is not None and value.strip().lower() == "true"


class Variable(Struct, frozen=True, kw_only=True, gc=False):
    """A task sequence variable that a step sets for its own program: ``<variable name= property=>value</variable>``."""

    name: str
    """The variable that the client reads, such as ``_SMSClientPackageID``."""
    property: str
    """The property that the console's editor reads, such as ``ClientPackageID``; empty when missing."""
    value: str
    """The text as XML gives it: line breaks are LF, blanks are kept."""
    attributes: Attributes
    """All attributes, ``name``, ``property`` and ``hidden`` among them."""
    element: int
    other: tuple[str, ...] = ()


class ConditionPart(Struct, frozen=True, kw_only=True, gc=False):
    """One element of a condition: an operator, an expression, or a part of an operating system condition."""

    kind: str
    """The element's name: ``operator``, ``expression``, ``osConditionGroup``, ``osExpressionGroup``, ``platformKey``."""
    type: str
    """``and``, ``or``, ``not``, or the class of an expression; empty when missing."""
    attributes: Attributes
    variables: tuple[Variable, ...]
    """What an expression tests: its properties such as ``Operator``, ``Value``, ``Variable``."""
    children: tuple[ConditionPart, ...]
    element: int
    other: tuple[str, ...] = ()

    def value(self, name: str) -> str | None:
        """The value of the expression's property of that name, or None."""
        for variable in self.variables:
            if variable.name == name:
                return variable.value
        return None

    def walk(self) -> Iterator[ConditionPart]:
        """The part itself and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


class Condition(Struct, frozen=True, kw_only=True, gc=False):
    """What decides whether a group or step runs. Several parts on the top level are read as "and"."""

    parts: tuple[ConditionPart, ...]
    attributes: Attributes
    element: int
    other: tuple[str, ...] = ()

    def walk(self) -> Iterator[ConditionPart]:
        """All parts, in document order."""
        for part in self.parts:
            yield from part.walk()


class Step(Struct, frozen=True, kw_only=True, dict=True):
    """One step, or the call of a child task sequence (``kind`` tells which)."""

    kind: Literal["step", "subtasksequence"]
    type: StepType
    """Empty where the element has no type (MDT's plain script steps)."""
    name: str
    description: str
    position: Position
    path: tuple[str, ...]
    """The names of the groups around it and its own, outermost first."""
    attributes: Attributes
    condition: Condition | None
    action: str
    """The command line that the client runs; it repeats values of the variables."""
    action_element: int | None
    variables: tuple[Variable, ...]
    variable_list_element: int | None
    element: int
    line: int
    """The line of the start tag in the XML text of the sequence, counted from 1."""
    in_disabled_group: bool = False
    other: tuple[str, ...] = ()

    @cached_property
    def disabled(self) -> bool:
        """True when the step itself is disabled; a group around it may be disabled as well."""
        return _is_true(attribute(self.attributes, "disable"))

    @cached_property
    def runs(self) -> bool:
        """False when the step or a group around it is disabled."""
        return not self.disabled and not self.in_disabled_group

    def variable(self, name: str) -> Variable | None:
        """The variable of that name (compared without case), or None."""
        found = self._by_name.get(name.casefold())
        return self.variables[found[0]] if found else None

    def named(self, name: str) -> tuple[Variable, ...]:
        """All variables of that name (compared without case)."""
        found = self._by_name.get(name.casefold(), ())
        return tuple([self.variables[number] for number in found])

    def property(self, name: str) -> Variable | None:
        """The variable with that property (compared without case), or None."""
        found = self._by_property.get(name.casefold())
        return self.variables[found[0]] if found else None

    @cached_property
    def _by_name(self) -> dict[str, tuple[int, ...]]:
        return _index(tuple([variable.name for variable in self.variables]))

    @cached_property
    def _by_property(self) -> dict[str, tuple[int, ...]]:
        return _index(tuple([variable.property for variable in self.variables]))


class Group(Struct, frozen=True, kw_only=True, gc=False):
    """A group of groups and steps, with a condition that guards all of them."""

    name: str
    description: str
    position: Position
    path: tuple[str, ...]
    attributes: Attributes
    condition: Condition | None
    children: tuple[Group | Step, ...]
    element: int
    line: int
    in_disabled_group: bool = False
    other: tuple[str, ...] = ()

    @property
    def disabled(self) -> bool:
        """True when the group itself is disabled."""
        return _is_true(attribute(self.attributes, "disable"))

    @property
    def runs(self) -> bool:
        """False when the group or a group around it is disabled."""
        return not self.disabled and not self.in_disabled_group


class Reference(Struct, frozen=True, kw_only=True, gc=False):
    """One entry of the sequence's ``referenceList``: a package (with or without a program) or an application."""

    package: PackageId | None
    program: str | None
    application: str | None
    attributes: Attributes
    element: int


class Sequence(Struct, frozen=True, kw_only=True, gc=False):
    """The content of a ``<sequence>`` element."""

    version: str
    """The version of the schema, such as ``3.10``. It is not the version of a site."""
    attributes: Attributes
    references: tuple[Reference, ...]
    reference_list_element: int | None
    global_variables: tuple[Variable, ...]
    children: tuple[Group | Step, ...]
    element: int
    """The number of the ``<sequence>`` element itself: 0 unless it stands inside a larger document."""
    other: tuple[str, ...] = ()

    def walk(self) -> Iterator[Group | Step]:
        """All groups and steps, in document order."""
        stack = list(reversed(self.children))
        while stack:
            item = stack.pop()
            yield item
            if isinstance(item, Group):
                stack.extend(reversed(item.children))

    def steps(self) -> Iterator[Step]:
        """All steps and child calls, in document order."""
        for item in self.walk():
            if isinstance(item, Step):
                yield item


class PackageProperty(Struct, frozen=True, kw_only=True, gc=False):
    """One PROPERTY of the object that holds the sequence, such as ``Name`` or ``BootImageID``."""

    name: str
    value: str | tuple[str, ...] | None
    """The text; a tuple for an array; None for NULL, which differs from the empty text.

    The sequence and arrays of objects have a placeholder: they are told apart by ``Sequence`` and ``ObjectRest``.
    """
    attributes: Attributes
    element: int
    """The number of the PROPERTY element."""
    value_element: int | None
    """The number of its VALUE element (of a plain property); None for NULL and arrays."""
    other: tuple[str, ...] = ()


class ObjectReference(Struct, frozen=True, kw_only=True, gc=False):
    """One entry of the object's ``References`` array (class ``SMS_TaskSequence_Reference``)."""

    package: PackageId
    """A package ID, or the name of an application."""
    program: str | None
    type: str
    """``0`` a package, ``1`` an application."""
    element: int
    """The number of the VALUE.OBJECT element."""
    package_element: int
    """The number of the VALUE element that holds the package ID."""
    program_element: int | None = None
    """The number of the VALUE element that holds the program; None for NULL."""


class ObjectRest(Protocol):
    """What the object around a sequence holds besides values, as fingerprints; only comparisons ask for them."""

    @property
    def other(self) -> tuple[str, ...]:
        """Of what is no property, then of each property after its name."""
        ...

    @property
    def arrays(self) -> tuple[tuple[int, str], ...]:
        """Of the entries of each array of objects, after the number of its element."""
        ...


class KnownRest(Struct, frozen=True, kw_only=True, gc=False):
    """The fingerprints, as ``ObjectRest`` has them."""

    other: tuple[str, ...] = ()
    arrays: tuple[tuple[int, str], ...] = ()


class TaskSequence(Struct, frozen=True, kw_only=True, gc=False):
    """One task sequence: its sequence and, where the file has it, the object around it."""

    name: str
    """The name in the console; the file's name where the format holds none."""
    package_id: PackageId | None
    """None where the format holds none (a raw sequence, MDT)."""
    sequence: Sequence
    properties: tuple[PackageProperty, ...] = ()
    """The properties of ``object.xml`` in the order of the file; empty for other formats."""
    object_references: tuple[ObjectReference, ...] = ()
    object_rest: ObjectRest = KnownRest()
    """What ``object.xml``, or a package of 2007, holds besides values; nothing for other formats."""

    @property
    def object_other(self) -> tuple[str, ...]:
        """Fingerprints of what the object holds besides values: of what is no property, then of each after its name."""
        return self.object_rest.other

    def compared_properties(self) -> tuple[PackageProperty, ...]:
        """The properties with the fingerprints of arrays of objects as their values."""
        prints = dict(self.object_rest.arrays)
        return tuple(
            replace(found, value=prints[found.element]) if found.element in prints else found
            for found in self.properties
        )

    def property(self, name: str) -> PackageProperty | None:
        """The property of that name (compared without case), or None."""
        wanted = name.lower()
        for found in self.properties:
            if found.name.lower() == wanted:
                return found
        return None
