"""Element numbers of the model are lxml's document order: edits are placed by them, so one wrong number edits another step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from tests.parse.documents import (
    CORPUS,
    corpus_exports,
    elements,
    fixture_exports,
    object_document,
    sequence_document,
)
from tsfix.export import Export, ExportedTaskSequence
from tsfix.parse.sequence import read_sequence
from tsfix.task_sequence import Condition, Group, Sequence, Step, Variable

Seen = list[tuple[int, str, str]]
"""Number, tag and something that tells the element from its neighbours."""


def numbered(sequence: Sequence) -> Seen:
    """Everything in the model that carries an element number."""
    found: Seen = [(sequence.element, "sequence", sequence.version)]
    if sequence.reference_list_element is not None:
        found.append((sequence.reference_list_element, "referenceList", ""))
    found.extend((item.element, "reference", item.package or item.application or "") for item in sequence.references)
    found.extend(_variables(sequence.global_variables))
    for item in sequence.walk():
        found.extend(_item(item))
    return found


def _item(item: Group | Step) -> Iterator[tuple[int, str, str]]:
    yield item.element, "group" if isinstance(item, Group) else item.kind, item.name
    if item.condition is not None:
        yield from _condition(item.condition)
    if isinstance(item, Step):
        if item.action_element is not None:
            yield item.action_element, "action", item.action
        if item.variable_list_element is not None:
            yield item.variable_list_element, "defaultVarList", ""
        yield from _variables(item.variables)


def _condition(condition: Condition) -> Iterator[tuple[int, str, str]]:
    yield condition.element, "condition", ""
    for part in condition.walk():
        yield part.element, part.kind, part.type
        yield from _variables(part.variables)


def _variables(variables: tuple[Variable, ...]) -> Iterator[tuple[int, str, str]]:
    for variable in variables:
        yield variable.element, "variable", variable.value


def _shown(element: etree._Element) -> str:
    tag = str(element.tag)
    if tag == "sequence":
        return element.get("version", "")
    if tag == "reference":
        return element.get("package") or element.get("application") or ""
    if tag in ("group", "step", "subtasksequence"):
        return element.get("name", "")
    if tag in ("action", "variable"):
        return element.text or ""
    if tag in ("operator", "expression", "osConditionGroup", "osExpressionGroup", "platformKey"):
        return element.get("type", "")
    return ""


def check_sequence(export: Export, exported: ExportedTaskSequence) -> None:
    document = sequence_document(export, exported)
    found = elements(document)
    document.check_against(found[0])
    seen = numbered(exported.task_sequence.sequence)
    assert [(number, str(found[number].tag), _shown(found[number])) for number, _, _ in seen] == seen, export.name
    numbers = [number for number, _, _ in seen]
    assert len(numbers) == len(set(numbers))


def check_lines(export: Export, exported: ExportedTaskSequence) -> None:
    """The line is counted in the text that holds the sequence, and never missing."""
    found = elements(sequence_document(export, exported))
    for item in exported.task_sequence.sequence.walk():
        assert found[item.element].sourceline == item.line


def check_object(export: Export, exported: ExportedTaskSequence) -> None:
    document = object_document(export, exported)
    found = elements(document)
    task_sequence = exported.task_sequence
    document.check_against(found[0])
    assert [child.get("NAME") for child in found[0] if str(child.tag).startswith("PROPERTY")] == [
        item.name for item in task_sequence.properties
    ]
    for item in task_sequence.properties:
        assert found[item.element].get("NAME") == item.name
        if item.value_element is not None:
            value = found[item.value_element]
            assert (str(value.tag), value.getparent()) == ("VALUE", found[item.element])
            assert item.name == "Sequence" or (value.text or "") == item.value
        elif isinstance(item.value, tuple):
            assert item.value == tuple(value.text or "" for value in found[item.element].iterfind("VALUE.ARRAY/VALUE"))
        elif item.value is None:
            assert found[item.element].find("VALUE") is None
    for entry in task_sequence.object_references:
        assert found[entry.element].tag == "VALUE.OBJECT"
        values = {
            one.get("NAME"): (one.find("VALUE"), one) for one in found[entry.element].iterfind("INSTANCE/PROPERTY")
        }
        assert values["Package"][0] is found[entry.package_element]
        assert found[entry.package_element].text == entry.package
        program = values["Program"][0]
        assert (None if program is None else program.text or "") == entry.program
        if entry.program_element is not None:
            assert program is found[entry.program_element]
        type_value = values["Type"][0]
        assert type_value is not None
        assert type_value.text == entry.type
    array = found[0].xpath("count(PROPERTY.OBJECTARRAY[@NAME='References']/VALUE.OBJECTARRAY/VALUE.OBJECT)")
    assert array == len(task_sequence.object_references)


def check(export: Export) -> int:
    for exported in export.task_sequences:
        check_sequence(export, exported)
        check_lines(export, exported)
        if exported.format == "object-xml":
            check_object(export, exported)
    return len(export.task_sequences)


@pytest.mark.parametrize("export", fixture_exports(), ids=lambda export: export.name.replace("\\", "/").split("/")[-1])
def test_numbers_in_the_fixtures(export: Export) -> None:
    assert check(export) > 0


@pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")
def test_numbers_in_the_corpus() -> None:
    assert sum(map(check, corpus_exports())) > 150


ODD = (
    b'<sequence version="3.10"><!-- c --><?pi x?>\xc3\xa4'
    b'<referenceList a="1">t<reference package="ABC00001"><x><y/></x></reference><other/><reference application="S"/>u'
    b"</referenceList><referenceList><reference package='ABC00002'/></referenceList>"
    b'<globalVarList b="2"><variable name="A" property="A">1</variable><junk><k/></junk></globalVarList>'
    b"<globalVarList><variable name='B'/></globalVarList>"
    b'<group name="G" description=""><condition c="3"><variable name="Lost">v</variable>'
    b'<expression type="E"><variable name="V">1<i/>2</variable><odd/></expression><odd><variable/></odd></condition>'
    b"<condition><expression/></condition><action/>stray"
    b'<step type="T" name="S" description=""><action d="4">run</action><action>again</action><action><b/></action>'
    b'<defaultVarList e="5"><!-- x --><variable name="P" property="P">v</variable><stray/>text</defaultVarList>'
    b"<defaultVarList><variable name='Q' property='Q'>w</variable></defaultVarList><unknown><step/></unknown></step>"
    b'<subtasksequence type="C" name="child" description=""><action>c</action><defaultVarList/></subtasksequence>'
    b'</group><n:step xmlns:n="urn:n" name="foreign"/><step type="T" name="last"><action>z</action></step></sequence>'
)


def test_numbers_with_everything_that_the_grammar_does_not_know() -> None:
    root = etree.fromstring(ODD)
    found = list(root.iter("*"))
    seen = numbered(read_sequence(root))
    assert [(number, str(found[number].tag), _shown(found[number])) for number, _, _ in seen] == seen


def test_numbers_start_where_the_sequence_stands() -> None:
    """In a ConfigMgr 2007 package the sequence is not the root."""
    root = etree.fromstring(b"<a><b><c/></b>" + ODD + b"</a>")
    found = list(root.iter("*"))
    seen = numbered(read_sequence(found[3], 3))
    assert [(number, str(found[number].tag), _shown(found[number])) for number, _, _ in seen] == seen
