"""tsfix does what ``SECURITY.md`` says: no connection, no other program, no file but those that were asked for."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.cli.running import DEPLOY, HIERARCHY, ROOT, environment
from tsfix.containers.limits import DEFAULT_LIMITS

WATCH = """\
import json, os, sys

seen = []

def watch(event, arguments):
    if event == "socket.gethostname":
        pass  # the name of this computer, asked of this computer
    elif event.split(".")[0] in ("socket", "subprocess", "urllib", "ftplib", "smtplib", "webbrowser"):
        seen.append([event, ""])
    elif event in ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.startfile"):
        seen.append([event, ""])
    elif event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"):
        # A path below an open folder: shutil.rmtree at work on a folder whose own path was noted before.
        if not any(isinstance(item, int) and item > 2 and event in ("os.remove", "os.rmdir") for item in arguments):
            seen.extend([event, os.fspath(path)] for path in arguments[:2] if isinstance(path, (str, os.PathLike)))
    elif event == "open" and isinstance(arguments[0], (str, os.PathLike)):
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC):
            seen.append([event, os.fspath(arguments[0])])

sys.addaudithook(watch)
from tsfix.cli import main

try:
    main()
except SystemExit as end:
    code = end.code
with open(os.environ["SEEN"], "w", encoding="utf-8") as file:
    json.dump({"code": code, "seen": [item for item in seen if item[1] != os.environ["SEEN"]]}, file)
"""
NUMBERS = re.compile(r"^\| [^|]+ \| ([\d,]+)( MiB)? \| `(\w+)` in `([\w/.]+)` \|$", re.MULTILINE)


def touched(folder: Path, *arguments: object) -> tuple[int, list[str], set[Path]]:
    """The exit code, what else was done than to write files, and the files that were written or moved."""
    seen, temporary = folder.parent / "seen.json", folder.parent / "temporary"
    temporary.mkdir()
    (folder.parent / "watch.py").write_text(WATCH, encoding="utf-8")
    subprocess.run(
        [sys.executable, folder.parent / "watch.py", *map(str, arguments)],
        cwd=folder,
        env=environment(
            SEEN=str(seen), PYTHONDONTWRITEBYTECODE="1", TMP=str(temporary), TEMP=str(temporary), TMPDIR=str(temporary)
        ),
        capture_output=True,
        check=True,
        timeout=120,
    )
    found = json.loads(seen.read_text(encoding="utf-8"))
    done = sorted({event for event, path in found["seen"] if not path})
    assert [] == [*temporary.iterdir()]
    paths = {folder / path for _, path in found["seen"] if path}
    return found["code"], done, {path for path in paths if not path.is_relative_to(temporary) and path != folder}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    (work / "exports").mkdir(parents=True)
    shutil.copy(DEPLOY, work / "exports" / "Deploy.zip")
    shutil.copy(HIERARCHY, work / "contoso.toml")
    return work


CLONE = ("clone", "exports", "--to", "LEG", "--hierarchy", "contoso.toml", "--new-steps", "disable", "-o", "copies")


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        (("scan", "exports", "--to", "1706"), []),
        (
            ("scan", "exports", "--to", "1706", "--output", "html=page.html", "--output", "sarif=s.sarif"),
            ["page.html", "s.sarif"],
        ),
        ((*CLONE, "--dry-run"), []),
        (CLONE, ["copies"]),
        (("relink", "exports", "--map", "CHQ00003=LEG00042", "-o", "fixed"), ["fixed"]),
        (("diff", "exports/Deploy.zip", "exports"), []),
        (("verify", "exports/Deploy.zip", "--against", "exports/Deploy.zip"), []),
        (("explain", "R24"), []),
        (("script", "inventory"), []),
        (("demo",), []),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_nothing_else_is_touched(folder: Path, arguments: tuple[str, ...], places: list[str]) -> None:
    before = (folder / "exports" / "Deploy.zip").read_bytes()
    code, done, paths = touched(folder, *arguments)
    assert code in (0, 1)
    assert [] == done
    # A file is written beside its place first, under a name of its own, and then moved.
    beside = [path for path in sorted(paths) if not re.fullmatch(r"\.tsfix-.+\.tmp", path.name)]
    assert [] == [path for path in beside if path.relative_to(folder).parts[0] not in places]
    assert sorted({"exports", "contoso.toml", *places}) == sorted(path.name for path in folder.iterdir())
    assert before == (folder / "exports" / "Deploy.zip").read_bytes()


def test_numbers_of_the_page_are_those_of_the_code() -> None:
    rows = NUMBERS.findall((ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    stated = {name: int(number.replace(",", "")) * (2**20 if unit else 1) for number, unit, name, _ in rows}
    real = {
        name: getattr(
            DEFAULT_LIMITS if file.endswith("limits.py") else import_module(file[:-3].replace("/", ".")), name
        )
        for _, _, name, file in rows
    }
    assert real == stated
    assert 20 == len(stated)
    assert 2**20 == DEFAULT_LIMITS.ratio_free_bytes
