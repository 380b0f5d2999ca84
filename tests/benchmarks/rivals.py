"""What compares two sequences: tsfix, and public tools. Each gets what it likes best, trees or dictionaries, made beforehand.

A tool that is not installed is left out. ``PREPARE`` names, for each tool, a function that takes both texts and returns
the function that is timed; that one returns how many changes the tool reports.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from importlib.util import find_spec

from lxml import etree

Compare = Callable[[], int]
Prepare = Callable[[bytes, bytes], Compare]


def _tsfix(before: bytes, after: bytes) -> Compare:
    """Builds both models, and compares them with all details."""
    from tests.comparison.builders import compare_sequences
    from tsfix.parse.sequence import read_sequence

    one, other = etree.fromstring(before), etree.fromstring(after)
    return lambda: len(compare_sequences(read_sequence(one), read_sequence(other)).differences)


def _xmldiff(fast_match: bool) -> Prepare:
    def prepare(before: bytes, after: bytes) -> Compare:
        from xmldiff.main import diff_trees

        one, other = etree.fromstring(before), etree.fromstring(after)
        return lambda: len(diff_trees(one, other, diff_options={"fast_match": fast_match}))

    return prepare


def _deepdiff(ignore_order: bool) -> Prepare:
    def prepare(before: bytes, after: bytes) -> Compare:
        from deepdiff import DeepDiff

        one, other = _as_dict(etree.fromstring(before)), _as_dict(etree.fromstring(after))
        return lambda: sum(len(found) for found in DeepDiff(one, other, ignore_order=ignore_order).values())

    return prepare


def _as_dict(element: etree._Element) -> dict[str, object]:
    return {
        "tag": element.tag,
        "attributes": dict(element.attrib),
        "text": element.text or "",
        "children": [_as_dict(child) for child in element],
    }


def _graphtage(before: bytes, after: bytes) -> Compare:
    from xml.etree import ElementTree

    from graphtage.xml import build_tree

    one, other = build_tree(ElementTree.fromstring(before)), build_tree(ElementTree.fromstring(after))
    return lambda: sum(1 for edit in one.get_all_edits(other) if edit.bounds().upper_bound > 0)


def _difflib(before: bytes, after: bytes) -> Compare:
    """Indents both first, as a text comparison of a single line says nothing."""
    one, other = etree.fromstring(before), etree.fromstring(after)

    def compare() -> int:
        found = difflib.unified_diff(_lines(one), _lines(other), n=0, lineterm="")
        return sum(line.startswith("@@") for line in found)

    return compare


def _lines(root: etree._Element) -> list[str]:
    etree.indent(root)
    return etree.tostring(root, encoding="unicode").splitlines()


TSFIX = "tsfix"
PREPARE: dict[str, Prepare] = {
    TSFIX: _tsfix,
    "xmldiff": _xmldiff(False),
    "xmldiff-fast": _xmldiff(True),
    "deepdiff": _deepdiff(False),
    "deepdiff-unordered": _deepdiff(True),
    "graphtage": _graphtage,
    "difflib": _difflib,
}
TITLES = {
    TSFIX: "tsfix",
    "xmldiff": "xmldiff as it comes",
    "xmldiff-fast": "xmldiff with fast_match",
    "deepdiff": "deepdiff on the whole tree",
    "deepdiff-unordered": "deepdiff, ignore_order",
    "graphtage": "graphtage",
    "difflib": "difflib on indented XML",
}


def package_of(tool: str) -> str:
    """What has to be installed for it."""
    return tool.partition("-")[0]


def installed(tool: str) -> bool:
    """Whether it can be measured here."""
    return find_spec(package_of(tool)) is not None
