"""A disk that is really full: a small one, mounted in a namespace that any account may make. Nothing is cut, nothing is lost."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.cli.running import HIERARCHY, KIOSK, PRETTY, ROOT, environment

NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")
SIZES = (0, 4_096, 12_288, 40_960)
"""Bytes that are left. The smallest copy here has 1 KB, the largest report 60 KB."""
REPORTS = ("--output", "html=out/r.html", "--output", "json=out/r.json", "--output", "csv=out/r.csv")
CLONE = ("clone", "in", "--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable", "--jobs", "1")
COMMANDS = {
    "scan": ("scan", "in", "--to", "1602", "--jobs", "1", *REPORTS),
    "clone": (*CLONE, "-o", "out"),
    "clone and reports": (*CLONE, "-o", "out/copies", "--output", "md=out/r.md"),
    "relink": ("relink", "in", "--map", "CHQ00016=LEG00042", "-o", "out", "--jobs", "1"),
    "baseline": ("scan", "in", "--to", "1602", "--write-baseline", "out/known.toml", "--reason", "x", "--jobs", "1"),
    "diff": ("diff", "in", "in/pretty.xml", *REPORTS),
}


@functools.cache
def possible() -> bool:
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        return False
    try_it = (*NAMESPACE, "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt")
    return subprocess.run(try_it, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What happened on disks of each size, by command and size."""
    if os.name == "nt" or not possible():
        pytest.skip("this system lets nobody mount a disk of their own")
    folder = tmp_path_factory.mktemp("disk")
    inputs, disk = folder / "in", folder / "disk"
    disk.mkdir()
    inputs.mkdir()
    for number in range(3):
        shutil.copy(KIOSK, inputs / f"ts{number}.zip")
    shutil.copy(PRETTY, inputs)
    shutil.copytree(ROOT / "fixtures" / "exports" / "unpacked", inputs / "unpacked")
    shutil.copy(HIERARCHY, inputs)
    runs = {f"{name}, {free}": (arguments, free) for name, arguments in COMMANDS.items() for free in SIZES}
    ran = subprocess.run(
        [*NAMESPACE, sys.executable, "-m", "tests.batch.on_a_small_disk", str(inputs), str(disk), json.dumps(runs)],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        check=False,
        timeout=300,
    )
    assert 0 == ran.returncode, ran.stderr.decode()
    found: dict[str, dict[str, object]] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("free", SIZES)
@pytest.mark.parametrize("command", COMMANDS)
def test_full_disk_cuts_nothing_and_loses_nothing(command: str, free: int, seen: dict[str, dict[str, object]]) -> None:
    found = seen[f"{command}, {free}"]
    (code, said, explained), (before, *_), (after, *_) = found["full"], found["undisturbed"], found["again"]
    assert before in (0, 1, 3)
    assert [] == found["lost"]
    assert [] == found["partial"]
    assert (bool(found["missing"]), 2 if found["missing"] else before) == (explained, code), said
    if not free:
        assert [] == found["written"]
        assert 2 == code
    assert "fault of tsfix" not in said
    if found["missing"]:
        assert before == after
    # A report of the later run says of a copy that was written before that it was there already.
    assert [] == [name for name in found["differs"] if name != "out/r.md"]


def test_some_of_it_was_written_where_there_was_some_room(seen: dict[str, dict[str, object]]) -> None:
    """Otherwise the tests above would only have met disks on which nothing fits."""
    assert [] != seen["clone, 40960"]["written"]
    assert seen["clone, 40960"]["written"] != seen["clone, 12288"]["written"]
