"""Is a feature in use? The one predicate that checks and rewrites share, so that finding and mending cannot disagree.

What ``where`` and ``op`` of a ``Match`` mean:

- ``variable``, ``attribute``, ``package-property``: the value of that name. ``present``, ``absent``, ``nonempty``,
  ``equals``, ``not-equals``, ``in``, ``not-in``, ``regex``, ``gt`` (a number above), ``longer-than`` (characters).
  A missing value matches ``absent`` only; values are compared without case and without blanks around them.
- ``variable`` with ``empty-secret``: a variable with one of these properties has no value.
- ``action``: ``regex`` searches the action line.
- ``condition``: an expression has the property ``name`` (``equals``, ``regex``); ``present``: any condition.
- ``text``: the name occurs anywhere in the sequence, inline scripts and dynamic rules included.
- ``step``: ``present`` (the step's being there), ``with`` (a step of that type is in the sequence too), ``after`` (it
  stands directly behind one).
- ``reference``: ``present`` (the reference list has entries with that attribute), ``child-has-subtasksequence``.
- ``sequence-attribute`` with ``version-above``, ``child`` (an element of the sequence), ``container`` (``present``,
  ``count-gt``), ``text-size``.
- ``none``, and the operators in ``NEEDS_MORE``: never in use here, because the file alone does not show it.

``#`` in a name stands for an index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache

from msgspec import Struct

from tsfix.knowledge.context import Context, named
from tsfix.knowledge.facts import Feature, Match
from tsfix.knowledge.names import same_name
from tsfix.task_sequence import Group, Step, Variable, attribute

__all__ = [
    "NEEDS_MORE",
    "Context",
    "Item",
    "Use",
    "carriers",
    "in_use",
    "is_neutral",
    "same_name",
    "use_of",
    "users",
]

Item = Step | Group | None
"""What is asked about; None asks about the whole sequence."""

_WITHOUT_VARIABLE = frozenset({"absent", "empty-secret"})
"""Operators that can hold for a step without the variable."""

NEEDS_MORE = frozenset({"compare-with", "unknown-property", "newer-than-target"})
"""Operators that need the target or the whole knowledge base; checks of their own look for these."""


def in_use(feature: Feature, item: Item, context: Context) -> bool:
    """Tell whether the step, group or (with None) the sequence uses the feature."""
    return _holds(feature.match, item, context) and (feature.only_if is None or _holds(feature.only_if, item, context))


def users(feature: Feature, context: Context) -> Iterator[Step | Group]:
    """Every group and step that uses a feature of conditions, attributes or action lines, in document order."""
    # Most task sequences use few of them, and one look at the whole is cheaper than one at each step.
    if _holds(feature.match, None, context):
        yield from (item for item in _items(None, context, feature.match) if in_use(feature, item, context))


def carriers(feature: Feature, step: Step) -> tuple[Variable, ...]:
    """The variables of the step that carry the feature, at whatever value. Empty for a feature without a variable."""
    if not feature.variable:
        return ()
    return named(step, feature.variable)


class Use(Struct, frozen=True, kw_only=True, gc=False):
    """How a step uses a feature."""

    used: bool
    """In use, at a value that means something."""
    carriers: tuple[Variable, ...]
    neutral: tuple[Variable, ...]
    """The carriers that can be taken out without a loss: at a neutral value, or idle because ``only_if`` fails."""


_NO_USE = Use(used=False, carriers=(), neutral=())


def use_of(feature: Feature, step: Step, context: Context) -> Use:
    """How the step uses a feature of steps. It is asked of every feature at every step, so each variable is found once."""
    match, found = feature.match, carriers(feature, step)
    if match.where == "variable" and match.name == feature.variable and match.op not in _WITHOUT_VARIABLE:
        if not found:
            return _NO_USE
        held = _any_value(match, [variable.value for variable in found])
    else:
        held = _holds(match, step, context)
    idle = feature.only_if is not None and not _holds(feature.only_if, step, context)
    neutral = tuple([one for one in found if idle or is_neutral(feature, one.value)]) if feature.neutral else ()
    used = held and not idle and (not found or len(neutral) < len(found))
    return Use(used=used, carriers=found, neutral=neutral) if found or used else _NO_USE


def is_neutral(feature: Feature, value: str) -> bool:
    """Tell whether the feature is not in use at this value and the variable or attribute can be taken out."""
    return _plain(value) in _plain_values(feature.neutral)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _plain(value: str) -> str:
    return value.strip().casefold()


@cache
def _plain_values(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_plain, values))


def _number(value: str) -> int | None:
    try:
        return int(value.strip())
    except ValueError:
        return None


def _value_matches(match: Match, value: str) -> bool:
    """Test a value that is there."""
    if match.op == "present":
        return True
    if match.op == "nonempty":
        return bool(value.strip())
    if match.op in {"equals", "equals-ignore-case", "in"}:
        return _plain(value) in _plain_values(match.values)
    if match.op in {"not-equals", "not-in"}:
        return _plain(value) not in _plain_values(match.values)
    if match.op == "regex":
        return any(_pattern(one).search(value) for one in match.values)
    if match.op == "gt":
        number = _number(value)
        return number is not None and number > int(match.values[0])
    if match.op == "longer-than":
        return len(value) > int(match.values[0])
    return False


def _any_value(match: Match, values: Collection[str]) -> bool:
    if match.op == "absent":
        return not values
    return any(_value_matches(match, value) for value in values)


def _holds(match: Match, item: Item, context: Context) -> bool:
    look = _WHERE.get(match.where)
    return look is not None and match.op not in NEEDS_MORE and look(match, item, context)


def _items(item: Item, context: Context, match: Match) -> Iterable[Step | Group]:
    """What is looked at: the item, or all of which one can count."""
    if item is not None:
        return (item,)
    if match.where == "condition":
        return context.with_condition
    if match.where == "attribute" and match.op != "absent":
        return context.with_attribute(match.name)
    return context.items


def _steps(item: Item, context: Context) -> Iterable[Step]:
    if item is None:
        return context.steps
    return (item,) if isinstance(item, Step) else ()


def _variable(match: Match, item: Item, context: Context) -> bool:
    if match.op == "empty-secret":
        secrets = {name.casefold() for name in match.values}
        variables = (variable for step in _steps(item, context) for variable in step.variables)
        return any(variable.property.casefold() in secrets and not variable.value.strip() for variable in variables)
    found = [variable.value for step in _steps(item, context) for variable in named(step, match.name)]
    return _any_value(match, found)


def _attribute(match: Match, item: Item, context: Context) -> bool:
    return any(
        _any_value(match, () if (value := attribute(one.attributes, match.name)) is None else (value,))
        for one in _items(item, context, match)
    )


def _action(match: Match, item: Item, context: Context) -> bool:
    return any(_value_matches(match, step.action) for step in _steps(item, context))


def _condition(match: Match, item: Item, context: Context) -> bool:
    if match.op == "present":
        return bool(context.with_condition) if item is None else item.condition is not None
    tested = context.tested(match.name)
    return any((item is None or item is one) and _value_matches(match, value) for one, value in tested)


def _text(match: Match, item: Item, context: Context) -> bool:
    return context.mentions(match.name.casefold())


def _step(match: Match, item: Item, context: Context) -> bool:
    types = {value.casefold() for value in match.values}
    if match.op == "with":
        return any(step.type.casefold() in types for step in context.steps)
    if match.op == "after" and isinstance(item, Step):
        before = context.step_before(item)
        return before is not None and before.type.casefold() in types
    return match.op == "present"


def _reference(match: Match, item: Item, context: Context) -> bool:
    if match.op == "child-has-subtasksequence":
        children = (context.child(step) for step in _steps(item, context) if step.kind == "subtasksequence")
        return any(
            grandchild.kind == "subtasksequence"
            for child in children
            if child is not None
            for grandchild in child.steps()
        )
    held = {"package": "package", "application": "application"}.get(match.name)
    return held is not None and any(getattr(one, held) is not None for one in context.sequence.references)


def _sequence_attribute(match: Match, item: Item, context: Context) -> bool:
    value = attribute(context.sequence.attributes, match.name)
    if match.op == "version-above":
        return value is not None and _schema_version(value) > _schema_version(match.values[0])
    return _any_value(match, () if value is None else (value,))


def _schema_version(text: str) -> tuple[int, ...]:
    # A longer number than any version has is not taken whole.
    return tuple(int(part) for part in re.findall(r"[0-9]{1,9}", text))


def _child(match: Match, item: Item, context: Context) -> bool:
    return match.name.casefold() == "globalvarlist" and bool(context.sequence.global_variables)


def _package_property(match: Match, item: Item, context: Context) -> bool:
    found = context.package_properties.get(match.name.lower())
    if found is None:
        return match.op == "absent"
    if match.op == "present":
        return True
    if isinstance(found.value, tuple):
        return match.op == "nonempty" and bool(found.value)
    return found.value is not None and _value_matches(match, found.value)


def _container(match: Match, item: Item, context: Context) -> bool:
    if match.op == "count-gt":
        return context.exported > int(match.values[0])
    return match.op == "present" and context.console_export


def _text_size(match: Match, item: Item, context: Context) -> bool:
    return match.op == "gt" and context.size > int(match.values[0])


_WHERE: dict[str, Callable[[Match, Item, Context], bool]] = {
    "variable": _variable,
    "attribute": _attribute,
    "action": _action,
    "condition": _condition,
    "text": _text,
    "step": _step,
    "reference": _reference,
    "sequence-attribute": _sequence_attribute,
    "child": _child,
    "package-property": _package_property,
    "container": _container,
    "text-size": _text_size,
}
