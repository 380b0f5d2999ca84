"""Real exports: every XML text in them, on every level, is found right, left alone, and changed in one place only."""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from tests.xml_bytes.reference import assert_only_spans_changed
from tsfix.errors import UnreadableError
from tsfix.values import Location
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.draft import Draft
from tsfix.xml_bytes.edits import apply_edits
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import decode_source

CORPUS = os.environ.get("TSFIX_CORPUS", "")
FILES = sorted(path for path in Path(CORPUS).rglob("*") if path.suffix in (".xml", ".zip")) if CORPUS else []
EDITS_PER_TEXT = 4
VALUE = "a<&>\"']]>%\\\u20ac\nb"

pytestmark = pytest.mark.skipif(not FILES, reason="TSFIX_CORPUS is not set")


def xml_parts(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The file itself, or everything in a zip, also in zips inside it."""
    if not name.endswith(".zip"):
        yield name, data
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            if member.endswith((".zip", ".xml", ".rels", ".psmdcp")):
                yield from xml_parts(f"{name}!{member}", archive.read(member))


def texts(document: Document, path: tuple[int | None, ...] = ()) -> Iterator[tuple[Document, tuple[int | None, ...]]]:
    """The text and all texts stored in it, with the numbers of the elements that lead there (None: the whole file)."""
    root = parse_xml(document.data, location=Location(file="part"))
    yield document, path
    for number, element in enumerate(root.iter("*")):
        if len(element) == 0 and is_xml(element.text or ""):
            yield from texts(document.embedded(number), (*path, number))


def is_xml(text: str) -> bool:
    """Whether the text is XML; values such as ``<USERNAME>@<DOMAIN>`` only look like it."""
    if text.lstrip()[:1] != "<":
        return False
    try:
        parse_xml(text.encode("utf-8"), location=Location(file="part"))
    except UnreadableError:
        return False
    return True


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_text_of_a_real_export(file: Path) -> None:
    for name, data in xml_parts(file.name, file.read_bytes()):
        location = Location(file=name)
        source = decode_source(data, location)
        assert data == source.encode(source.utf8)
        document = Document(source.utf8)
        start: tuple[int | None, ...] = ()
        try:
            parse_xml(source.utf8, location=location)
        except UnreadableError:
            if b"&lt;sequence" not in source.utf8[:100]:
                continue
            document, start = document.embedded_text(), (None,)
        dice = random.Random(name)
        for text, path in texts(document, start):
            check_text(text)
            for _ in range(EDITS_PER_TEXT):
                check_edit(text, path, dice)


def check_text(text: Document) -> None:
    root = parse_xml(text.data, location=Location(file="part"))
    text.check_against(root)
    assert sum(1 for _ in root.iter("*")) == len(text.starts)
    assert text.data == Draft(text).apply()


def check_edit(text: Document, path: tuple[int | None, ...], dice: random.Random) -> None:
    """One change made by a draft and by lxml: the same result there, nothing else changed on the levels around."""
    draft = Draft(text.root)
    inner = draft
    for step in path:
        inner = Draft(text) if step is None else inner.embedded(step)
    tree = parse_xml(text.data, location=Location(file="part"))
    change(inner, tree, dice)
    edits = text.lift_to_root(inner.edits()) if None in path else draft.edits()
    result = apply_edits(text.root.data, edits)
    assert_only_spans_changed(text.root.data, edits, result)
    before, after = text.root, Document(result)
    for step in path:
        if step is not None:
            assert canonical(before, without_text=step) == canonical(after, without_text=step)
        before = before.embedded_text() if step is None else before.embedded(step)
        after = after.embedded_text() if step is None else after.embedded(step)
    assert etree.tostring(tree, method="c14n") == canonical(after)


def canonical(document: Document, *, without_text: int | None = None) -> bytes:
    root = parse_xml(document.data, location=Location(file="part"))
    if without_text is not None:
        list(root.iter("*"))[without_text].text = None
    return etree.tostring(root, method="c14n")


def change(draft: Draft, tree: etree._Element, dice: random.Random) -> None:
    elements = list(tree.iter("*"))
    number = dice.randrange(len(elements))
    element = elements[number]
    names = [name for name in element.attrib if "{" not in name]
    kinds = ["text", "attribute", "new attribute", "remove attribute", "remove", "insert"]
    kind = dice.choice(kinds)
    if kind == "text" and len(element) == 0:
        draft.set_text(number, VALUE, "test")
        element.text = VALUE
    elif kind == "attribute" and names:
        name = dice.choice(names)
        draft.set_attribute(number, name, VALUE, "test")
        element.set(name, VALUE)
    elif kind == "remove attribute" and names:
        name = dice.choice(names)
        draft.remove_attribute(number, name, "test")
        del element.attrib[name]
    elif kind == "remove" and number:
        draft.remove_element(number, "test")
        remove(element)
    elif kind == "insert" and number:
        draft.insert_before(number, '<new a="1">x</new>', "test")
        insert(element)
    else:
        draft.set_attribute(number, "tested", VALUE, "test")
        element.set("tested", VALUE)


def remove(element: etree._Element) -> None:
    parent, previous = element.getparent(), element.getprevious()
    assert parent is not None
    tail = element.tail or ""
    parent.remove(element)
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail


def insert(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    namespace = element.nsmap.get(None)
    new = etree.Element(f"{{{namespace}}}new" if namespace else "new", {"a": "1"})
    new.text = "x"
    parent.insert(parent.index(element), new)
