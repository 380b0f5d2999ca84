"""No single edit of any attribute or text goes unseen, in invented sequences and, with TSFIX_CORPUS, in real exports."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from collections.abc import Sequence as List
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from tests.comparison.builders import (
    child_call,
    command,
    compare_sequences,
    group,
    query_condition,
    restart,
    script,
    some_sequence,
    variable_condition,
    with_condition,
)
from tests.comparison.single_edits import Edit, Element, edits, sample
from tsfix.comparison.compare import compare_task_sequences
from tsfix.export import Parts
from tsfix.parse.export import read_export
from tsfix.parse.sequence import read_sequence
from tsfix.task_sequence import TaskSequence

CORPUS = os.environ.get("TSFIX_CORPUS", "")
_OS_GROUP = (
    '<osConditionGroup type="or"><osExpressionGroup type="and" name="All x64 Windows 11">'
    '<platformKey arch="x64" type="Win_NT" minVer="10.00.22000.0" maxVer="10.00.99999.9999"/>'
    '<expression type="SMS_TaskSequence_WMIConditionExpression" ignoreQueryFailure="true">'
    '<variable name="Namespace">root\\cimv2</variable><variable name="Query">select * from X</variable>'
    "</expression></osExpressionGroup></osConditionGroup>"
)


def every_construct() -> Element:
    """One of everything that the grammar of a sequence has, and things that it does not have."""
    root = etree.fromstring(
        '<sequence version="3.10" name="A" description="">'
        '<referenceList><reference package="CHQ00002" program="*"/><reference package="CHQ00002"/>'
        '<reference application="ScopeId_1/Application_2"/></referenceList>'
        '<globalVarList><variable name="OSGUID" property="OSGUID">{1}</variable>'
        '<variable name="OSGUID" property="OSGUID"></variable></globalVarList>'
        '<group name="Old" description="" expand="true"><action/></group><unknown><deeper a="b">text</deeper></unknown>'
        "</sequence>"
    )
    conditions = [variable_condition("A", "equals", "1"), query_condition("q"), etree.fromstring(_OS_GROUP)]
    root.append(
        with_condition(
            group(
                "Install",
                with_condition(restart(), variable_condition("A", "exists", "")),
                restart(),
                restart(),
                with_condition(command("Copy", "copy.cmd"), *conditions, operator="and"),
                child_call("Child", "CHQ00020"),
                script("Run", "exit 0"),
                etree.fromstring('<step name="Plain"><action a="b">x</action><defaultVarList c="d"/><odd/></step>'),
            ),
            variable_condition("B", "like", "*x*"),
        )
    )
    return root


NO_PLACE = ("<referenceList> ", "<globalVarList> ", "<VALUE> ")
"""Elements that have no attributes in any known file; the model has no place for one that was added."""


def is_known_gap(what: str) -> bool:
    return what.startswith(NO_PLACE) and what.endswith("now new=''")


def test_every_edit_of_every_construct_is_seen() -> None:
    root = every_construct()
    found = edits(root)
    assert len(found) > 400
    assert [] == unseen_in_sequence(root, found)


@pytest.mark.parametrize("seed", range(3))
def test_edits_of_invented_sequences_are_seen(seed: int) -> None:
    root = some_sequence(Random(seed), 40)
    assert [] == unseen_in_sequence(root, sample(root, 150, Random(seed)))


def unseen_in_sequence(root: Element, found: List[Edit]) -> list[str]:
    before = read_sequence(root)
    unseen: list[str] = []
    for make in found:
        what, undo = make()
        comparison = compare_sequences(before, read_sequence(root))
        undo()
        if comparison.identical:
            if not is_known_gap(what):
                unseen.append(what)
        else:
            assert all(entry.details or entry.kind == "moved" for entry in comparison.differences), what
    assert compare_sequences(before, read_sequence(root)).identical, "all edits were undone"
    return unseen


def corpus_files() -> Iterator[tuple[str, bytes]]:
    for path in sorted(Path(CORPUS).rglob("*")):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.startswith("SMS_TaskSequencePackage/") and name.endswith("/object.xml"):
                        yield f"{path.name}!{name}", archive.read(name)
        elif path.suffix == ".xml":
            yield path.name, path.read_bytes()


@pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")
def test_edits_of_real_exports_are_seen() -> None:
    """A sample of all single edits of some files, of the envelope and of the sequence inside."""
    rng = Random(20)
    files = list(corpus_files())
    rng.shuffle(files)
    unseen: list[str] = []
    tried = 0
    for name, data in files[:100]:
        try:
            root = etree.fromstring(data, etree.XMLParser(huge_tree=True))
            before = read(root)
        except (etree.XMLSyntaxError, ValueError):
            continue
        for what in edited(root, before, rng):
            tried += 1
            if what and not is_known_gap(what):
                unseen.append(f"{name}: {what}")
    assert tried > 100
    assert [] == unseen


def edited(root: Element, before: TaskSequence, rng: Random) -> Iterator[str]:
    """Edit after edit; what was not seen, or an empty text."""
    for make in sample(root, 12, rng):
        what, undo = make()
        try:
            after = read(root)
        except ValueError:
            undo()
            continue
        undo()
        yield what if compare_task_sequences(before, after).identical else ""
    holder = root.find("PROPERTY[@NAME='Sequence']/VALUE")
    if holder is None or not holder.text:
        return
    inner = etree.fromstring(holder.text.strip(), etree.XMLParser(huge_tree=True))
    for make in sample(inner, 12, rng):
        what, undo = make()
        after_sequence = read_sequence(inner)
        undo()
        yield what if compare_sequences(before.sequence, after_sequence).identical else ""


def read(root: Element) -> TaskSequence:
    """Read the tree as a file; ValueError where it is no longer a task sequence."""
    export = read_export(Parts(name="x.xml", kind="single-file", parts={"x.xml": etree.tostring(root)}))
    if not export.task_sequences:
        raise ValueError(export.problems)
    return export.task_sequences[0].task_sequence
