"""Runs over the fixtures whose reports the tests render: the same report on every machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tests.cli.running import DEPLOY, EXPORTS, HIERARCHY, INVALID, KIOSK
from tests.made import knowledge
from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.configuration.targets import find_target
from tsfix.hierarchy import Hierarchy
from tsfix.reports.report import Report
from tsfix.request import CloneRequest, NewSteps
from tsfix.use_cases.cloning import clone_exports
from tsfix.use_cases.scanning import scan_exports

OUTPUT = EXPORTS.parent / "copies"
"""Where the copies would go; every run is a dry one."""
_PATHS = frozenset({"file", "place", "destination"})


def scanned(*paths: Path, to: tuple[str, ...] = ("LEG",), contoso: bool = True) -> Report:
    known = read_hierarchy(HIERARCHY, knowledge()) if contoso else Hierarchy()
    targets = [find_target(text, knowledge(), known) for text in to]
    return stable(scan_exports(list(paths), knowledge(), targets=targets, hierarchy=known).report)


def cloned(*paths: Path, to: str = "LEG", policy: NewSteps = "auto", contoso: bool = True) -> Report:
    known = read_hierarchy(HIERARCHY, knowledge()) if contoso else Hierarchy()
    request = CloneRequest(target=find_target(to, knowledge(), known), new_steps=policy)
    return stable(clone_exports(list(paths), knowledge(), request, known, OUTPUT, dry_run=True).report)


def stable(value: Any, field: str = "") -> Any:
    """The report with paths that are the same on every machine, and no version number that changes with a release."""
    if isinstance(value, str) and str(EXPORTS.parent) in value:
        # Sentences name files too; only what is a path and nothing else has its slashes turned.
        value = value.replace(str(EXPORTS.parent), "fixtures")
    if isinstance(value, str) and field in _PATHS:
        return value.replace("\\", "/")
    if field == "tool_version":
        return "0"
    if type(value) is tuple:
        return tuple(stable(item, field) for item in value)
    if isinstance(value, Struct):
        return replace(value, **{name: stable(getattr(value, name), name) for name in value.__struct_fields__})
    return value


RUNS: dict[str, Callable[[], Report]] = {
    "scan": lambda: scanned(DEPLOY),
    "scan-several": lambda: scanned(
        EXPORTS / "raw", KIOSK, INVALID / "truncated.xml", to=("1706", "2012 R2"), contoso=False
    ),
    "clone": lambda: cloned(DEPLOY, policy="disable"),
    "clone-refused": lambda: cloned(DEPLOY),
    "clone-several": lambda: cloned(
        KIOSK, EXPORTS / "raw" / "fabrikam-custom-action.xml", INVALID / "missing-part.zip", INVALID / "empty.xml"
    ),
}
"""The runs whose reports are kept in fixtures/reports, by the beginning of the file's name."""


@cache
def report(name: str) -> Report:
    return RUNS[name]()
