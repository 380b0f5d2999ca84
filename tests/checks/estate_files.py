"""The estates of ``fixtures/estates``: exports on disk, hierarchy, and the findings that are expected, read from their files."""

from __future__ import annotations

import importlib
import zipfile
from pathlib import Path

from msgspec import Struct

from tests.made import FIXTURES, export_parts, knowledge
from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.configuration.targets import find_target
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.reports.report import Report
from tsfix.use_cases.scanning import scan_exports

ESTATES = FIXTURES / "estates"
NAMES = tuple(sorted(path.parent.name for path in ESTATES.glob("*/expected.txt")))

Row = tuple[str, str, str, str, str]
"""Rule, grade, export, place, and what it is about."""


class Expected(Struct, frozen=True, kw_only=True):
    """What must be found for one target."""

    rows: tuple[Row, ...]
    advice: tuple[str, ...]


def expected(name: str) -> dict[str, Expected]:
    """By target."""
    found: dict[str, Expected] = {}
    rows: list[Row] = []
    target = ""
    for line in (ESTATES / name / "expected.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            target, rows = line.strip("[]"), []
        elif line.startswith("advice"):
            found[target] = Expected(rows=tuple(sorted(rows)), advice=tuple(sorted(line.split()[1:])))
        elif line.strip():
            rule, grade, export, place, about = (cell.strip() for cell in line.split("|"))
            rows.append((rule, grade, export, place, about))
    return found


def hierarchy(name: str) -> Hierarchy:
    (path,) = (ESTATES / name).glob("hierarchy.*")
    return read_hierarchy(path, knowledge())


def write_exports(name: str, folder: Path) -> list[Path]:
    """The exports of an estate as files."""
    module = importlib.import_module(f"builder.estates.{name}")
    paths = []
    for file, content in module.exports().items():
        path = folder / file
        with zipfile.ZipFile(path, "w") as out:
            for part, data in export_parts(content).items():
                out.writestr(part, data)
        paths.append(path)
    return paths


def scanned(paths: list[Path], known: Hierarchy, target: str) -> Report:
    """What ``tsfix scan`` comes to for one site."""
    targets = [find_target(target, knowledge(), known)]
    return scan_exports(paths, knowledge(), targets=targets, hierarchy=known).report


def rows(report: Report) -> tuple[Row, ...]:
    of_exports = [_row(Path(export.file).name, one) for export in report.exports for one in export.findings]
    of_all = [_row("", one) for one in report.about_all if one.subject != "advice"]
    return tuple(sorted((*of_exports, *of_all)))


def _row(file: str, found: Finding) -> Row:
    where = found.location
    place = " > ".join((where.task_sequence, *where.path))
    return (found.rule, f"{found.severity} {found.certainty}", file, place, found.subject)


def advice(report: Report) -> tuple[str, ...]:
    return tuple(sorted(one.rule for one in report.about_all if one.subject == "advice"))
