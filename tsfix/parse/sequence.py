"""Reads a ``<sequence>`` element into the model, numbering every element on the way."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree
from msgspec.structs import replace

from tsfix.errors import UnreadableError
from tsfix.parse.path_text import check_paths
from tsfix.task_sequence import (
    Attributes,
    Condition,
    ConditionPart,
    Group,
    Reference,
    Sequence,
    Step,
    Variable,
    attribute,
)
from tsfix.values import PackageId, Position, StepType

_STEP_KINDS = frozenset({"step", "subtasksequence"})
MOST_ITEMS = 100_000
"""Groups and steps that are read. The largest real sequence seen has 171; each takes up to 8 KB of memory in a scan."""
DEEPEST_CONDITION = 64
"""Operators inside of operators that are read. Real conditions have three; Python's limit ends a walk at about 240."""
_CONDITION_KINDS = frozenset({"operator", "expression", "osConditionGroup", "osExpressionGroup", "platformKey"})


def read_sequence(root: etree._Element, first_element: int = 0) -> Sequence:
    """Read a ``<sequence>`` element.

    ``first_element`` is the number of this element in its document: 0 unless the sequence stands inside a larger
    document (``SmsTaskSequencePackage``). Raises UnreadableError for more groups and steps than ``MOST_ITEMS``, and as
    ``check_paths``.
    """
    items = sum(1 for _ in root.iter("group", *_STEP_KINDS))
    if items > MOST_ITEMS:
        raise UnreadableError(
            f"The task sequence has {items:,} groups and steps; at most {MOST_ITEMS:,} are read.",
            remedy="Real ones have some hundreds: check that this is the right file.",
        )
    check_paths(root, items)
    return _Reader(first_element).sequence(root)


class _Reader:
    """Walks one sequence in document order and hands out element numbers.

    Every method consumes the number of its own element first, then those of everything inside it, so that the numbers
    equal the order of start tags without a table of all elements.
    """

    def __init__(self, first_element: int) -> None:
        self._next = first_element
        self._seen: dict[Attributes, tuple[Attributes, str, str]] = {}
        """The attributes of variables, with name and property: most stand in many steps, and each set is kept once."""
        self._pairs: dict[tuple[str, str], tuple[str, str]] = {}
        """The attributes of steps, each pair kept once: most of them stand in many steps too."""
        self._texts: dict[str, str] = {}
        """The values of variables, each kept once."""

    def _take(self) -> int:
        number = self._next
        self._next += 1
        return number

    def _skip(self, element: etree._Element) -> str:
        """Pass over an element, a comment or the like that the model has no field for; its canonical text is kept."""
        self._next += _size(element)
        return canonical(element)

    def sequence(self, root: etree._Element) -> Sequence:
        number = self._take()
        references: tuple[Reference, ...] = ()
        reference_list: int | None = None
        global_variables: tuple[Variable, ...] = ()
        has_globals = False
        children: list[Group | Step] = []
        inside = list(root)  # so that lxml makes each of them once
        other = loose_text(root, inside)
        for child in inside:
            tag = child.tag
            if tag in _STEP_KINDS or tag == "group":
                children.append(self._item(child, (len(children),), (), False))
            elif tag == "referenceList" and reference_list is None:
                reference_list = self._take()
                other.extend(attribute_texts(child))
                references = tuple(self._references(child, other))
            elif tag == "globalVarList" and not has_globals:
                has_globals = True
                self._take()
                other.extend(attribute_texts(child))
                global_variables = self._variable_list(child, other)
            else:
                other.append(self._skip(child))
        return Sequence(
            version=root.get("version", ""),
            attributes=_attributes(root),
            references=references,
            reference_list_element=reference_list,
            global_variables=global_variables,
            children=tuple(children),
            element=number,
            other=tuple(other),
        )

    def _references(self, element: etree._Element, other: list[str]) -> Iterable[Reference]:
        other.extend(loose_text(element, element))
        for child in element:
            if child.tag != "reference":
                other.append(self._skip(child))
                continue
            number = self._take()
            if len(child) or (child.text and child.text.strip()):
                self._next += _size(child) - 1
                other.append(canonical(child))
            package = child.get("package")
            yield Reference(
                package=None if package is None else PackageId(package),
                program=child.get("program"),
                application=child.get("application"),
                attributes=_attributes(child),
                element=number,
            )

    def _item(
        self, element: etree._Element, position: Position, path: tuple[str, ...], in_disabled_group: bool
    ) -> Group | Step:
        read = self._group if element.tag == "group" else self._step
        return read(element, position, path, in_disabled_group)

    def _group(
        self, element: etree._Element, position: Position, path: tuple[str, ...], in_disabled_group: bool
    ) -> Group:
        number = self._take()
        attributes = _attributes(element)
        name = element.get("name", "")
        path = (*path, name)
        disabled = in_disabled_group or (attribute(attributes, "disable") or "").strip().lower() == "true"
        condition: Condition | None = None
        children: list[Group | Step] = []
        inside = list(element)
        other = loose_text(element, inside)
        for child in inside:
            tag = child.tag
            if tag in _STEP_KINDS or tag == "group":
                place = (*position, len(children))
                children.append(self._item(child, place, path, disabled))
            elif tag == "condition" and condition is None:
                condition = self._condition(child)
            else:
                other.append(self._skip(child))
        return Group(
            name=name,
            description=element.get("description", ""),
            position=position,
            path=path,
            attributes=attributes,
            condition=condition,
            children=tuple(children),
            element=number,
            line=element.sourceline or 1,
            in_disabled_group=in_disabled_group,
            other=tuple(other),
        )

    def _step(
        self, element: etree._Element, position: Position, path: tuple[str, ...], in_disabled_group: bool
    ) -> Step:
        number = self._take()
        attributes = self._attributes(element)
        named = dict(attributes)
        name = named.get("name", "")
        condition: Condition | None = None
        action = ""
        action_element: int | None = None
        variables: tuple[Variable, ...] = ()
        variable_list: int | None = None
        inside = list(element)
        other = loose_text(element, inside)
        for child in inside:
            tag = child.tag
            if tag == "action" and action_element is None and not len(child):
                action_element = self._take()
                action = child.text or ""
                other.extend(attribute_texts(child))
            elif tag == "defaultVarList" and variable_list is None:
                variable_list = self._take()
                other.extend(attribute_texts(child))
                variables = self._variable_list(child, other)
            elif tag == "condition" and condition is None:
                condition = self._condition(child)
            else:
                other.append(self._skip(child))
        # Python passes more than 15 keywords by way of a dictionary, which takes three times as long.
        step = Step(
            kind="subtasksequence" if element.tag == "subtasksequence" else "step",
            type=StepType(named.get("type", "")),
            name=name,
            description=named.get("description", ""),
            position=position,
            path=(*path, name),
            attributes=attributes,
            condition=condition,
            action=action,
            action_element=action_element,
            variables=variables,
            variable_list_element=variable_list,
            element=number,
            line=element.sourceline or 1,
        )
        return (
            replace(step, in_disabled_group=in_disabled_group, other=tuple(other))
            if in_disabled_group or other
            else step
        )

    def _attributes(self, element: etree._Element) -> Attributes:
        pairs = element.items()
        return tuple(map(self._pairs.setdefault, pairs, pairs))

    def _variable_list(self, element: etree._Element, other: list[str]) -> tuple[Variable, ...]:
        inside = list(element)
        other.extend(loose_text(element, inside))
        return tuple(self._variables(inside, other))

    def _variables(self, elements: Iterable[etree._Element], other: list[str]) -> list[Variable]:
        """The variables among elements that stand side by side. Most elements of a sequence are read here."""
        found: list[Variable] = []
        number, seen, texts = self._next, self._seen, self._texts
        for element in elements:
            if element.tag != "variable":
                self._next = number
                other.append(self._skip(element))
                number = self._next
                continue
            attributes = tuple(element.items())
            attributes, name, property_name = seen.get(attributes) or self._named(attributes)
            text = element.text or ""
            inside: tuple[str, ...] = ()
            first = number
            number += 1
            if len(element):
                inside = (canonical(element),)
                number += _size(element) - 1
            found.append(
                Variable(
                    name=name,
                    property=property_name,
                    value=texts.setdefault(text, text),
                    attributes=attributes,
                    element=first,
                    other=inside,
                )
            )
        self._next = number
        return found

    def _named(self, attributes: Attributes) -> tuple[Attributes, str, str]:
        name = property_name = ""
        for key, value in attributes:
            if key == "name":
                name = value
            elif key == "property":
                property_name = value
        self._seen[attributes] = found = (attributes, name, property_name)
        return found

    def _condition(self, element: etree._Element) -> Condition:
        number = self._take()
        other = loose_text(element, element)
        parts = tuple(self._condition_parts(element, other))
        return Condition(parts=parts, attributes=_attributes(element), element=number, other=tuple(other))

    def _condition_parts(self, element: etree._Element, other: list[str]) -> Iterable[ConditionPart]:
        for child in element:
            if child.tag in _CONDITION_KINDS:
                yield self._condition_part(child, 1)
            else:
                other.append(self._skip(child))

    def _condition_part(self, element: etree._Element, depth: int) -> ConditionPart:
        if depth > DEEPEST_CONDITION:
            raise UnreadableError(
                f"The tests of a condition are nested more than {DEEPEST_CONDITION} levels deep.",
                remedy="This is no task sequence that Configuration Manager wrote.",
            )
        number = self._take()
        inside = list(element)
        other = loose_text(element, inside)
        variables: list[Variable] = []
        children: list[ConditionPart] = []
        for child in inside:
            if child.tag == "variable":
                variables += self._variables((child,), other)
            elif child.tag in _CONDITION_KINDS:
                children.append(self._condition_part(child, depth + 1))
            else:
                other.append(self._skip(child))
        return ConditionPart(
            kind=str(element.tag),
            type=element.get("type", ""),
            attributes=_attributes(element),
            variables=tuple(variables),
            children=tuple(children),
            element=number,
            other=tuple(other),
        )


def canonical(element: etree._Element) -> str:
    """The canonical text of an element, comment or processing instruction, without what follows it."""
    if not isinstance(element.tag, str):
        # Asking lxml for the canonical form of a comment ends the process (6.1.3, libxml2 2.14.6).
        return f"<!-- {getattr(element, 'target', '')} {element.text} -->"
    try:
        return etree.tostring(element, method="c14n", with_comments=True).decode("utf-8")
    except etree.C14NError:
        # There is no canonical form with a relative address of a namespace. As it is written will do.
        return etree.tostring(element, encoding="unicode", with_tail=False)


def _size(element: etree._Element) -> int:
    """How many elements it is, with all that are in it; a comment is none."""
    return sum(1 for _ in element.iter("*"))


def loose_text(element: etree._Element, children: Iterable[etree._Element]) -> list[str]:
    """Text between child elements that is more than white space; the grammar has none, so none may get lost."""
    text = element.text
    found = [text.strip()] if text and not text.isspace() else []
    for child in children:
        # The white space around it belongs to the elements beside it, which may come and go.
        tail = child.tail
        if tail and not tail.isspace():
            found.append(tail.strip())
    return found


def attribute_texts(element: etree._Element) -> list[str]:
    """The attributes of an element for which the grammar has none."""
    return [f"{element.tag!s} {key}={value}" for key, value in element.items()]


def _attributes(element: etree._Element) -> Attributes:
    return tuple(element.items())
