"""A parent and its children give the same copies in one export and in several: real families, taken apart."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import DEPLOY
from tests.made import knowledge, target
from tsfix.containers.discover import find_exports
from tsfix.containers.found import FoundExport
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy
from tsfix.parse.export import MARKER, read_export
from tsfix.places import child_calls
from tsfix.request import CloneRequest
from tsfix.use_cases.cloning import clone_exports
from tsfix.values import PackageId

CORPUS = os.environ.get("TSFIX_CORPUS", "")


def families(source: Path) -> Iterator[Export]:
    """Every export that holds a parent together with a child; one of those that hold the same task sequences."""
    seen: set[frozenset[str]] = set()
    for found in find_exports([source]):
        if isinstance(found, FoundExport) and found.parts.kind == "console-export":
            export = read_export(found.parts)
            own = {str(item.task_sequence.package_id).upper() for item in export.task_sequences}
            calls = (call for item in export.task_sequences for call in child_calls(item.task_sequence, knowledge()))
            if any(call.child in own for call in calls) and frozenset(own) not in seen:
                seen.add(frozenset(own))
                yield export


def write(path: Path, *parts: dict[str, bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {name: data for found in parts for name, data in found.items()}.items():
            archive.writestr(name, data)


def copied(source: Path, out: Path, to: str) -> dict[str, bytes]:
    """The parts of all copies, the marker left out."""
    request = CloneRequest(target=target(to), client_package=PackageId("LEG00042"), new_steps="disable")
    clone_exports([source], knowledge(), request, Hierarchy(), out)
    found: dict[str, bytes] = {}
    for path in sorted(out.rglob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            found |= {name: archive.read(name) for name in archive.namelist() if not name.endswith(MARKER)}
    return found


def compare(export: Export, folder: Path, to: str) -> int:
    """Convert a family in one export and taken apart; returns the number of parts, which are the same bytes."""
    marker = {name: data for name, data in export.parts.parts.items() if name.endswith(MARKER)}
    apart = {
        str(item.task_sequence.package_id): {
            name: data for name, data in export.parts.parts.items() if name.startswith(item.part[: -len("object.xml")])
        }
        for item in export.task_sequences
    }
    write(folder / "joint" / "all.zip", *apart.values(), marker)
    for package_id, parts in apart.items():
        write(folder / "apart" / f"{package_id}.zip", parts, marker)
    joint = copied(folder / "joint", folder / "from joint", to)
    assert joint == copied(folder / "apart", folder / "from apart", to)
    return len(joint)


@pytest.mark.parametrize("to", ["1806", "1706"], ids=["called", "pasted"])
def test_family_of_the_fixtures(tmp_path: Path, to: str) -> None:
    (family,) = families(DEPLOY)
    assert 9 == compare(family, tmp_path, to)


@pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")
@pytest.mark.parametrize("to", ["1806", "1706"], ids=["called", "pasted"])
def test_real_families(tmp_path: Path, to: str) -> None:
    parts = [compare(family, tmp_path / str(number), to) for number, family in enumerate(families(Path(CORPUS)))]
    assert sum(parts) > 0
