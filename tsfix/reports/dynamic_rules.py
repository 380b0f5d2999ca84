"""Says the rules of a Set Dynamic Variables step in words: one line for each condition and each variable that is set."""

from __future__ import annotations

from lxml import etree

from tsfix.errors import TsfixError
from tsfix.parse.sequence import read_sequence
from tsfix.values import Location
from tsfix.xml_bytes.parser import parse_xml

_FIELD = "variable:osdsetdynamicvariablesrules"


def is_rules_field(field: str) -> bool:
    """Tell whether a detail's field is the list of rules of a Set Dynamic Variables step."""
    return field.lower() == _FIELD


def rules_in_words(value: str | None) -> str | None:
    """The rules, one after the other; the text as it is where it holds no rules or more than these words can say.

    The rules have no numbers: one rule more at the start would else change every line.
    """
    if value is None or not value.lstrip().startswith("<"):
        return value
    try:
        root = parse_xml(value.strip().encode("utf-8"), location=Location(file="rules"))
    except TsfixError:
        return value
    lines = _rules(root)
    return value if lines is None else "\n".join(lines)


def _rules(root: etree._Element) -> list[str] | None:
    if not _is_plain(root, "Rules"):
        return None
    for element in root.iter("*"):
        # Laid out on lines, an empty element holds the line break.
        if not len(element) and not (element.text or "").strip():
            element.text = None
    lines: list[str] = []
    for rule in root:
        said = _rule(rule)
        if said is None:
            return None
        lines.extend(said)
    return lines or ["no rules"]


def _is_plain(element: etree._Element, tag: str) -> bool:
    """Tell whether the element has nothing but child elements."""
    texts = [element.text, *(child.tail for child in element)]
    return element.tag == tag and not element.attrib and not any(text and text.strip() for text in texts)


def _rule(rule: etree._Element) -> list[str] | None:
    """The condition in words and what is set; None where the rule holds something else."""
    if not _is_plain(rule, "Rule"):
        return None
    condition = "always"
    assignments: list[str] = []
    for part in list(rule):
        if part.tag == "condition":
            condition = _condition(part)
        elif _is_plain(part, "Variables"):
            for variable in part:
                said = _assignment(variable)
                if said is None:
                    return None
                assignments.append(f"    set {said}")
        else:
            return None
    return [f"{condition}:", *(assignments or ["    set nothing"])]


def _condition(element: etree._Element) -> str:
    """The condition, read and said as that of a step."""
    # Most reports hold no rules, and a scan compares nothing.
    from tsfix.comparison.conditions import condition_in_words

    step = etree.Element("step")
    step.append(element)
    sequence = etree.Element("sequence")
    sequence.append(step)
    (item,) = read_sequence(sequence).children
    return "always" if item.condition is None else condition_in_words(item.condition)


def _assignment(variable: etree._Element) -> str | None:
    name, kind = variable.get("Name"), variable.get("IsSecret", "").lower()
    if variable.tag != "Variable" or name is None or len(variable) or set(variable.attrib) - {"Name", "IsSecret"}:
        return None
    if kind not in ("", "true", "false"):
        return None
    said = f'{name} = "{variable.text or ""}"'
    return f"{said} (secret)" if kind == "true" else said
