"""Says a condition in words: ``if _SMSTSInWinPE equals "true"``.

The words for one expression hold everything that it has: what no phrase uses follows in square brackets.
Of an operating system only the name is said, not the queries behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tsfix.task_sequence import Condition, ConditionPart, attribute

_ALL_OF = {"and": "all of", "or": "any of", "not": "none of"}

_OPERATORS = {
    "exists": "exists",
    "notexists": "does not exist",
    "equals": "equals",
    "notequals": "does not equal",
    "less": "is less than",
    "lessequal": "is at most",
    "greater": "is greater than",
    "greaterequal": "is at least",
    "like": "is like",
    "notlike": "is not like",
}
"""By the operator in lower case: exports have ``equals``, MDT also ``Equals``, Community Hub files ``notequals``."""

_ALONE = frozenset({"exists", "notexists"})


def condition_in_words(condition: Condition) -> str:
    """The whole condition as one sentence without a full stop. Several parts on the top level mean "all of"."""
    parts = [_part(part, nested=len(condition.parts) > 1) for part in condition.parts]
    match parts:
        case []:
            words = "if (nothing: the condition is empty)"
        case [one]:
            words = f"if {one}"
        case _:
            words = f"if all of: {'; '.join(parts)}"
    return words + _rest(condition.attributes, condition.other)


def part_in_words(part: ConditionPart) -> str:
    """One operator or expression, with all below it."""
    return _part(part, nested=False)


def _part(part: ConditionPart, *, nested: bool) -> str:
    if part.kind in ("operator", "osConditionGroup") and not part.variables:
        words = _operator(part)
        attributes = [pair for pair in part.attributes if pair[0] != "type"]
        return (f"({words})" if nested else words) + _rest(attributes, part.other)
    phrase = _PHRASES.get(part.type) if part.kind == "expression" else None
    if part.kind == "osExpressionGroup":
        return _platform(part)
    if phrase is None or part.children:
        return _plain(part)
    expression = _Expression(part)
    words = phrase(expression)
    return words + expression.rest()


def _operator(part: ConditionPart) -> str:
    inner = "; ".join(_part(child, nested=True) for child in part.children)
    quantity = _ALL_OF.get(part.type.lower(), f'"{part.type}" of')
    subject = "operating system is " if part.kind == "osConditionGroup" else ""
    return f"{subject}{quantity}: {inner or 'nothing'}"


def _platform(part: ConditionPart) -> str:
    """One operating system: its name, or the queries that the client runs where it has no name."""
    name = attribute(part.attributes, "name")
    if name:
        return f'"{name}"'
    return f"({_operator(part)})" if part.children else _plain(part)


def _plain(part: ConditionPart) -> str:
    """Anything without a phrase of its own: all that it has, by its names in the file."""
    attributes = [f"{name}={value}" for name, value in part.attributes]
    variables = [_assignment(part, index) for index in range(len(part.variables))]
    inner = [_part(child, nested=True) for child in part.children]
    told = ", ".join([*attributes, *variables, *inner, *part.other])
    return f"{part.kind} ({told})" if told else part.kind


def _assignment(part: ConditionPart, index: int) -> str:
    variable = part.variables[index]
    more = [(name, value) for name, value in variable.attributes if name != "name"]
    return f'{variable.name}="{variable.value}"' + _rest(more, variable.other)


def _rest(attributes: Iterable[tuple[str, str]], other: Iterable[str]) -> str:
    told = [*(f"{name}={value}" for name, value in attributes), *other]
    return f" [{'; '.join(told)}]" if told else ""


class _Expression:
    """One expression, from which a phrase takes the properties that it uses."""

    def __init__(self, part: ConditionPart) -> None:
        self._part = part
        self._left = list(range(len(part.variables)))

    def take(self, name: str) -> str | None:
        """The text of the property, which then counts as said; None when there is none."""
        for index in self._left:
            variable = self._part.variables[index]
            if variable.name == name:
                self._left.remove(index)
                return variable.value
        return None

    def test(self, operator: str = "Operator", value: str = "Value") -> str:
        """Operator and value in words: ``equals "true"``. Without a value only the operator."""
        found = self.take(operator)
        words = "(no operator)" if found is None else _OPERATORS.get(found.lower(), f'"{found}"')
        text = self.take(value)
        if text is None or (text == "" and found is not None and found.lower() in _ALONE):
            return words
        return f'{words} "{text}"'

    def rest(self) -> str:
        """What no phrase used."""
        part = self._part
        attributes = [pair for pair in part.attributes if pair[0] != "type"]
        left = [_assignment(part, index) for index in self._left]
        said = (part.variables[index] for index in range(len(part.variables)) if index not in self._left)
        more = [pair for variable in said for pair in variable.attributes if pair[0] != "name"]
        return _rest([*attributes, *more], (*left, *part.other))


def _variable(expression: _Expression) -> str:
    return f"{expression.take('Variable') or '(no variable)'} {expression.test()}"


def _query(expression: _Expression) -> str:
    namespace = expression.take("Namespace") or "(no namespace)"
    return f"WMI query in {namespace} finds something: {expression.take('Query') or '(no query)'}"


def _file(expression: _Expression) -> str:
    words = f"file {expression.take('Path') or '(no path)'} exists"
    for label, operator, value in (
        ("its version", "VersionOperator", "Version"),
        ("its date", "DateTimeOperator", "DateTime"),
    ):
        test = expression.test(operator, value)
        if test != "(no operator)":
            words += f" and {label} {test}"
    return words


def _folder(expression: _Expression) -> str:
    return _file(expression).replace("file ", "folder ", 1)


def _registry(expression: _Expression) -> str:
    key = expression.take("KeyPath") or "(no key)"
    value = expression.take("Value")
    kind = expression.take("Type")
    name = f"{key}, value {value}" if value else key
    return f"registry {name}{f' ({kind})' if kind else ''} {expression.test(value='Data')}"


def _software(expression: _Expression) -> str:
    name = expression.take("ProductName") or "(no product name)"
    which = expression.take("Operator")
    version = expression.take("Version")
    wanted = f"version {version}" if version else "no version given"
    return f"software {name} is installed ({which or 'no operator'}, {wanted})"


def _operating_system(expression: _Expression) -> str:
    architecture = expression.take("Architecture")
    return f"operating system version {expression.test(value='Version')}" + (
        f" on {architecture}" if architecture else ""
    )


_PHRASES: dict[str, Callable[[_Expression], str]] = {
    "SMS_TaskSequence_VariableConditionExpression": _variable,
    "SMS_TaskSequence_WMIConditionExpression": _query,
    "SMS_TaskSequence_FileConditionExpression": _file,
    "SMS_TaskSequence_FolderConditionExpression": _folder,
    "SMS_TaskSequence_RegistryConditionExpression": _registry,
    "SMS_TaskSequence_SoftwareConditionExpression": _software,
    "SMS_TaskSequence_OSConditionExpression": _operating_system,
}
