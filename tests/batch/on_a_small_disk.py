"""Runs inside a namespace of its own: mounts a small disk, lets tsfix meet its end, makes room, and tells what it saw.

Called with the folder of inputs, the folder to mount the disk on, the place of an input on that disk, and the runs as JSON:
name, arguments and the bytes to leave free. Tells a JSON object on stdout.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.cli.running import Ran, run

SIZE = 16 * 1024 * 1024
FILLER = "filler"


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != FILLER)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def fill(disk: Path, free: int) -> None:
    """Leave so many bytes free. A file system of pages rounds them up to whole ones."""
    with (disk / FILLER).open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
        file.truncate(file.tell() - free)


def told(ran: Ran) -> list[object]:
    """The code, the end of what was said, and whether it says that the disk is full and what to do."""
    return [ran.code, ran.said[-500:], "There is no room left on the disk. Free some space or" in ran.said]


def one(disk: Path, inputs: Path, arguments: list[str], free: int) -> dict[str, object]:
    """An undisturbed run, one on the full disk, and one after room was made; folders on the disk are relative."""
    shutil.copytree(inputs, disk / "in")
    undisturbed = run(*arguments)
    whole = contents(disk)
    shutil.rmtree(disk / "out")
    (disk / "out").mkdir()
    for name in ("earlier.txt", *(Path(name).name for name in whole if name.startswith("out/r."))):
        (disk / "out" / name).write_bytes(b"earlier")
    before = contents(disk)
    fill(disk, free)
    full = run(*arguments)
    left = contents(disk)
    (disk / FILLER).unlink()
    again = run(*arguments)
    after = contents(disk)
    expected = whole | {"out/earlier.txt": b"earlier"}
    found = {
        "undisturbed": told(undisturbed),
        "full": told(full),
        "again": told(again),
        "lost": sorted(name for name, data in before.items() if left.get(name) not in (data, expected[name])),
        "partial": sorted(name for name, data in left.items() if name not in before and expected.get(name) != data),
        "missing": sorted(name for name, data in expected.items() if left.get(name) != data),
        "written": sorted(name for name, data in left.items() if before.get(name) != data),
        "differs": sorted(name for name in expected.keys() | after.keys() if expected.get(name) != after.get(name)),
    }
    for path in disk.iterdir():
        shutil.rmtree(path)
    return found


def main() -> None:
    inputs, disk = Path(sys.argv[1]), Path(sys.argv[2])
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], check=True)
    os.chdir(disk)
    print(json.dumps({name: one(disk, inputs, *wanted) for name, wanted in json.loads(sys.argv[3]).items()}))


if __name__ == "__main__":
    main()
