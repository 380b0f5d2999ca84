"""The copy law on real exports; they are found through ``TSFIX_CORPUS``."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.copy_law import check_copy
from tsfix.containers.copies import Built, build_copy, reread
from tsfix.containers.destination import claim_destination, plan_destination
from tsfix.containers.discover import find_exports
from tsfix.containers.found import FoundExport, Unreadable
from tsfix.export import PartChanges

CORPUS = os.environ.get("TSFIX_CORPUS", "")
pytestmark = pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")


def exports() -> Iterator[FoundExport]:
    for result in find_exports([Path(CORPUS)]):
        assert not isinstance(result, Unreadable), result
        if isinstance(result, FoundExport):
            yield result


def test_every_file_of_the_corpus_is_found() -> None:
    files = {file for file in Path(CORPUS).rglob("*") if file.suffix in (".xml", ".zip")}
    assert files == {found.origin.path for found in exports()}
    named = {result.origin.path for result in find_exports(sorted(files)) if isinstance(result, FoundExport)}
    assert files == named


def test_without_changes_every_copy_is_identical() -> None:
    for found in exports():
        assert found.original == build_copy(found, PartChanges())


def test_one_replaced_part_leaves_all_others_bit_for_bit() -> None:
    for found in exports():
        for part, content in found.parts.parts.items():
            changes = PartChanges(replaced={part: content + b"<!-- -->"})
            copy = build_copy(found, changes)
            assert changes.apply(found.parts) == reread(found, copy).parts
            if found.origin.kind == "zip":
                assert isinstance(copy, bytes)
                check_copy(found.original, changes, copy)


def _as_found(found: FoundExport, copy: Built) -> FoundExport:
    assert isinstance(copy, bytes)
    return FoundExport(parts=reread(found, copy), origin=found.origin, original=copy)


def test_a_native_export_is_whole_again_when_an_edit_is_taken_back() -> None:
    """Native exports store their parts, so no packing stands between an edit and its undoing."""
    checked = 0
    for found in exports():
        if found.origin.kind == "zip" and _is_stored(found.original):
            part, content = next(iter(found.parts.parts.items()))
            copy = build_copy(found, PartChanges(replaced={part: content * 2}, renamed={part: "new.xml"}))
            undone = PartChanges(replaced={"new.xml": content}, renamed={"new.xml": part})
            assert found.original == build_copy(_as_found(found, copy), undone)
            checked += 1
    assert checked


def _is_stored(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return all(item.compress_type == zipfile.ZIP_STORED for item in archive.infolist())


def test_renaming_and_removing_parts() -> None:
    for found in exports():
        if found.origin.kind != "zip":
            continue
        names = list(found.parts.parts)
        old_id = next(name.split("/")[1] for name in names if name.endswith("/ReferencesInfo.xml"))
        renamed = {name: name.replace(old_id, "LEG00001") for name in names if f"/{old_id}/" in name}
        removed = frozenset({"Manifest.xml"} & set(found.parts.parts))
        changes = PartChanges(renamed=renamed, removed=removed)
        copy = build_copy(found, changes)
        assert isinstance(copy, bytes)
        check_copy(found.original, changes, copy)
        assert changes.apply(found.parts) == reread(found, copy).parts
        assert not [name for name in _all_names(copy) if old_id in name]


def _all_names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_accepts_the_copies(tmp_path: Path) -> None:
    for found in exports():
        if found.origin.kind == "zip":
            part = next(iter(found.parts.parts))
            copy = build_copy(found, PartChanges(replaced={part: b"<new/>"}, renamed={part: f"new/{part}"}))
            assert isinstance(copy, bytes)
            (tmp_path / "copy.zip").write_bytes(copy)
            result = subprocess.run(["unzip", "-tq", "copy.zip"], cwd=tmp_path, capture_output=True, check=False)
            assert (0, b"") == (result.returncode, result.stderr), found.parts.name


def test_no_two_copies_meet() -> None:
    taken: dict[str, str] = {}
    for found in exports():
        claim_destination(taken, plan_destination(found.origin, Path("out"), "LEG"), found.origin.name)


def test_names_of_parts_and_origins_agree() -> None:
    for found in exports():
        assert found.origin.name == found.parts.name
