"""Every step type and variable of real exports is known. Runs where TSFIX_CORPUS names a folder of exports."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from tsfix.knowledge.load import load

CORPUS = os.environ.get("TSFIX_CORPUS", "")
pytestmark = pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")

Found = Iterator[tuple[str, etree._Element]]


def sequences(name: str, text: bytes) -> Found:
    try:
        root = etree.fromstring(text)
    except etree.XMLSyntaxError:
        return
    for element in root.iter("*"):
        if element.tag == "sequence":
            yield name, element
        elif element.text and "<sequence" in element.text[:1000]:
            inner = re.sub(r"^\s*<\?xml[^>]*\?>", "", element.text).strip()
            yield from sequences(name, inner.encode())


def walk(name: str, content: bytes) -> Found:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                if member.lower().endswith((".xml", ".zip")):
                    yield from walk(f"{name}!{member}", archive.read(member))
    else:
        yield from sequences(name, content)


def steps() -> Iterator[tuple[str, etree._Element]]:
    for path in sorted(Path(CORPUS).rglob("*")):
        if path.suffix.lower() in {".xml", ".zip"}:
            for name, sequence in walk(path.name, path.read_bytes()):
                if sequence.get("version") == "3.10":
                    for step in sequence.iter("step", "subtasksequence"):
                        yield name, step


def test_every_step_type_and_variable_is_known() -> None:
    base = load()
    unknown: set[tuple[str, ...]] = set()
    count = 0
    for _, step in steps():
        count += 1
        fact = base.step(step.get("type", ""))
        if fact is None:
            unknown.add((step.get("type", ""),))
            continue
        for variable in step.iterfind("defaultVarList/variable"):
            names = (variable.get("property", ""), variable.get("name", ""))
            if not base.known_property(fact, *names):
                unknown.add((fact.type, *names))
    assert count > 1000
    assert set() == unknown
