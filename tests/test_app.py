"""The use cases as functions: what is gathered from many exports, and that memory does not grow with them."""

from __future__ import annotations

import gc
import shutil
import tracemalloc
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.running import DEPLOY, EXPORTS, INVALID, KIOSK, PRETTY, files_below
from tests.made import knowledge
from tsfix.configuration.targets import find_target
from tsfix.hierarchy import Hierarchy
from tsfix.request import CloneRequest, PackageMapping
from tsfix.use_cases.answers import Answer
from tsfix.use_cases.cloning import clone_exports
from tsfix.use_cases.scanning import scan_exports
from tsfix.values import PackageId


def check(*paths: Path, targets: tuple[str, ...] = ("1706",)) -> Answer:
    wanted = [find_target(text, knowledge(), None) for text in targets]
    return scan_exports(list(paths), knowledge(), targets=wanted, hierarchy=Hierarchy())


def copy(output: Path, *paths: Path, force: bool = False, dry_run: bool = False) -> Answer:
    request = CloneRequest(
        target=find_target("1706", knowledge(), None), client_package=PackageId("LEG00042"), new_steps="disable"
    )
    return clone_exports(list(paths), knowledge(), request, Hierarchy(), output, force=force, dry_run=dry_run)


def test_export_is_checked_for_each_target_and_counted_once() -> None:
    report = check(DEPLOY, KIOSK, targets=("1706", "2403", "2012 R2")).report
    assert [
        (DEPLOY.name, "1706"),
        (DEPLOY.name, "2403"),
        (DEPLOY.name, "2012-r2"),
        (KIOSK.name, "1706"),
        (KIOSK.name, "2403"),
        (KIOSK.name, "2012-r2"),
    ] == [(Path(item.file).name, item.target.label if item.target else "") for item in report.exports]
    assert (2, 4) == (report.summary.exports, report.summary.task_sequences)


def test_older_targets_never_lack_less() -> None:
    errors = [check(DEPLOY, targets=(text,)).report.summary.errors for text in ("2403", "1902", "1706", "1511")]
    assert sorted(errors) == errors
    assert errors[0] < errors[-1]


def test_inputs_without_task_sequence_become_notices_with_place_and_remedy() -> None:
    report = check(INVALID / "truncated.xml", PRETTY, INVALID / "empty.xml").report
    assert ["truncated.xml", "empty.xml"] == [Path(notice.file).name for notice in report.notices]
    assert all(notice.place.startswith(notice.file) and notice.message and notice.remedy for notice in report.notices)
    assert (3, 2) == (report.summary.exports, report.summary.problems)


def test_same_input_gives_the_same_copy(tmp_path: Path) -> None:
    copy(tmp_path / "one", EXPORTS)
    copy(tmp_path / "two", EXPORTS)
    names = files_below(tmp_path / "one")
    assert names == files_below(tmp_path / "two")
    assert len(names) > 5
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_inputs_are_only_read(tmp_path: Path) -> None:
    shutil.copytree(EXPORTS, tmp_path / "in")
    before = {name: (tmp_path / "in" / name).read_bytes() for name in files_below(tmp_path / "in")}
    copy(tmp_path / "out", tmp_path / "in")
    assert before == {name: (tmp_path / "in" / name).read_bytes() for name in files_below(tmp_path / "in")}


def test_dry_run_reports_what_a_run_would_do(tmp_path: Path) -> None:
    planned = copy(tmp_path / "out", DEPLOY, dry_run=True)
    assert [] == list(tmp_path.iterdir())
    written = copy(tmp_path / "out", DEPLOY)
    assert (["planned"], ["copied"]) == tuple(
        [export.outcome for export in answer.report.exports] for answer in (planned, written)
    )
    assert planned.exit_code == written.exit_code
    assert planned.report.exports[0].changes == written.report.exports[0].changes


def test_mappings_that_match_nothing_are_remarked(tmp_path: Path) -> None:
    request = CloneRequest(
        target=find_target("1706", knowledge(), None),
        mappings=(PackageMapping(old=PackageId("XYZ00001"), new=PackageId("XYZ00002")),),
    )
    refused = clone_exports([DEPLOY], knowledge(), request, Hierarchy(), tmp_path)
    assert () == refused.remarks, "nobody knows what a refused export would have used"
    unchanged = clone_exports([PRETTY], knowledge(), request, Hierarchy(), tmp_path, dry_run=True)
    assert ("--map XYZ00001=XYZ00002: nothing that was rewritten uses XYZ00001.",) == unchanged.remarks


def test_a_client_package_that_nothing_needed_is_remarked(tmp_path: Path) -> None:
    request = CloneRequest(target=find_target("1706", knowledge(), None), client_package=PackageId("LEG00042"))
    idle = clone_exports([KIOSK], knowledge(), request, Hierarchy(), tmp_path, dry_run=True)
    assert ("--client-package LEG00042: no task sequence that was rewritten needed it.",) == idle.remarks
    disabling = replace(request, new_steps="disable")
    used = clone_exports([DEPLOY, KIOSK], knowledge(), disabling, Hierarchy(), tmp_path, dry_run=True)
    assert () == used.remarks


@pytest.mark.parametrize("number", [20])
def test_memory_holds_what_is_reported_and_no_exports(number: int, tmp_path: Path) -> None:
    for index in range(number):
        shutil.copy(DEPLOY, tmp_path / f"{index}.zip")
    check(DEPLOY)
    gc.collect()
    tracemalloc.start()
    try:
        answer = check(tmp_path)
        gc.collect()
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert number == len(answer.report.exports)
    assert kept / number < 150_000, "an export of half a megabyte leaves its report, and nothing else"
    assert peak < 8_000_000 + kept
