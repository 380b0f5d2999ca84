"""Nothing of a sequence is lost on the way into the model: every single change of the XML shows in it.

A comparison, and the proof of a copy, see only what the model holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest
from lxml import etree
from msgspec import Struct

from tests.parse.documents import fixture_export, sequence_document
from tests.parse.test_parse_numbers import ODD
from tsfix.parse.sequence import read_sequence

_PLACES = {"element", "line", "action_element", "variable_list_element", "reference_list_element"}


def content(value: object) -> object:
    """The model without element numbers and lines; that an element is there counts."""
    if isinstance(value, tuple):
        return tuple(map(content, value))
    if isinstance(value, Struct):
        return tuple(
            (name, content(found) if name not in _PLACES else found is None)
            for name, found in ((name, getattr(value, name)) for name in value.__struct_fields__)
        )
    return value


Edit = tuple[str, Callable[[etree._Element], None]]


def mutations(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Copies of the tree, each with one change, and what was changed."""
    for number, element in enumerate(root.iter("*")):
        for what, edit in _edits(element):
            changed = deepcopy(root)
            edit(list(changed.iter("*"))[number])
            yield f"{number} <{element.tag}> {what}", changed


def _edits(element: etree._Element) -> Iterator[Edit]:
    yield "new attribute", lambda found: found.set("new", "1")
    for name in map(str, element.keys()):
        yield f"other {name}", lambda found, name=name: found.set(name, found.get(name, "") + "x")
        yield f"no {name}", lambda found, name=name: found.attrib.pop(name) and None
    yield "text", _other_text
    yield "comment", lambda found: found.insert(0, etree.Comment("new"))
    yield "instruction", lambda found: found.append(etree.ProcessingInstruction("new", "1"))
    yield "unknown element", lambda found: found.append(etree.Element("new"))
    if element.getparent() is not None:
        yield "tail", lambda found: setattr(found, "tail", (found.tail or "") + "new")
        yield "removed", _remove
        yield "twice", lambda found: found.addnext(deepcopy(found))


def _other_text(found: etree._Element) -> None:
    found.text = (found.text or "") + "new"


def _remove(found: etree._Element) -> None:
    parent = found.getparent()
    assert parent is not None
    tail = found.tail
    parent.remove(found)
    if tail and tail.strip():
        parent.text = (parent.text or "") + tail


def _root(name: str) -> etree._Element:
    if name == "odd":
        return etree.fromstring(ODD)
    export = fixture_export(name)
    return etree.fromstring(sequence_document(export, export.task_sequences[0]).data)


@pytest.mark.parametrize("name", ["odd", "fabrikam-custom-action.xml", "pretty.xml", "ts.xml"])
def test_every_change_of_the_xml_shows_in_the_model(name: str) -> None:
    root = _root(name)
    before = content(read_sequence(deepcopy(root)))
    assert [what for what, changed in mutations(root) if content(read_sequence(changed)) == before] == []


def test_white_space_between_elements_is_no_content() -> None:
    root = _root("pretty.xml")
    before = content(read_sequence(deepcopy(root)))
    for element in root.iter("*"):
        if len(element):
            element.text = None
        element.tail = None
    assert content(read_sequence(root)) == before
