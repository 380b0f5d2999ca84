"""Does what a page tells its reader to do, in a folder of its own, and compares what comes back with what the page shows."""

from __future__ import annotations

import difflib
import io
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from msgspec import Struct

from tests.docs.shown_blocks import IN_A_CHECKOUT, PAGES, ROOT, Block
from tsfix.cli import main

ELISION = "..."
"""On a line of its own: any number of lines that the page leaves out."""
EXIT_CODE = ("echo $?", "$LASTEXITCODE", "echo %ERRORLEVEL%")
_FINDINGS = 1
_SKIPPED = shutil.ignore_patterns("__pycache__", ".*", "*.pyc", "images", "site")


class Reader(Struct, kw_only=True):
    """Somebody who follows a page: where they stand, and how their last command ended."""

    folder: Path
    processes: bool = False
    """True where the page changes tsfix itself: each command is then a process of its own."""
    code: int = 0

    def type(self, typed: str) -> str:
        """Run one command; returns what the terminal shows. Raises ``LookupError`` for what cannot be run here."""
        if typed in EXIT_CODE:
            shown, self.code = f"{self.code}\n", 0
            return shown
        words = shlex.split(typed)
        if ">" in words:
            words, target = words[: words.index(">")], words[-1]
            out, err = self._run(words, together=False)
            (self.folder / target).write_text(out, encoding="utf-8", newline="\n")
            return err
        return self._run(words, together=True)[0]

    def _run(self, words: Sequence[str], *, together: bool) -> tuple[str, str]:
        match words:
            case ["cd", folder]:
                self.folder = (self.folder / folder).resolve()
                assert self.folder.is_dir(), folder
            case ["mkdir", folder]:
                (self.folder / folder).mkdir()
            case ["tsfix", *arguments] if not self.processes:
                return self._call(arguments, together=together)
            case ["tsfix", *arguments]:
                return self._process(["-m", "tsfix", *arguments])
            case ["python" | "py", *arguments] if self.processes:
                return self._process(arguments)
            case _:
                raise LookupError(shlex.join(words))
        self.code = 0
        return "", ""

    def _call(self, arguments: Sequence[str], *, together: bool) -> tuple[str, str]:
        out = io.BytesIO()
        err = out if together else io.BytesIO()
        streams = [io.TextIOWrapper(one, encoding="utf-8", newline="\n", write_through=True) for one in (out, err)]
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            with (
                mock.patch.object(sys, "argv", ["tsfix", *arguments]),
                mock.patch.object(sys, "stdout", streams[0]),
                mock.patch.object(sys, "stderr", streams[1]),
            ):
                main()
            self.code = 0
        except SystemExit as end:
            self.code = end.code if isinstance(end.code, int) else 0
        finally:
            os.chdir(before)
            for stream in streams:
                stream.detach()
        return out.getvalue().decode("utf-8"), err.getvalue().decode("utf-8")

    def _process(self, arguments: Sequence[str]) -> tuple[str, str]:
        found = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        self.code = found.returncode
        return found.stdout, ""


def reader_of(page: str, folder: Path) -> Reader:
    """A reader in a new folder, with what the page takes for granted.

    A contributor has a checkout. Everybody else has the fixtures, and names of their own for some of them.
    """
    if IN_A_CHECKOUT in PAGES[page].read_text(encoding="utf-8"):
        for name in ("tsfix", "fixtures", "docs", "tests"):
            shutil.copytree(ROOT / name, folder / name, ignore=_SKIPPED)
        shutil.copy(ROOT / "pyproject.toml", folder)
        return Reader(folder=folder, processes=True)
    shutil.copytree(ROOT / "fixtures", folder / "fixtures", ignore=_SKIPPED)
    exports = folder / "fixtures" / "exports"
    (folder / "exports").mkdir()
    for name in ("Deploy Windows 11", "Refresh Windows 10", "Kiosk (zipped by hand)"):
        shutil.copy(exports / f"Contoso {name}.zip", folder / "exports" / f"{name}.zip")
    shutil.copy(exports / "Contoso Deploy Windows 11.zip", folder / "Deploy Windows 11.zip")
    hierarchy = folder / "fixtures" / "hierarchy"
    for name in ("contoso.toml", "sites.toml"):
        shutil.copy(hierarchy / "contoso.toml", folder / name)
    shutil.copy(hierarchy / "contoso-inventory.json", folder / "contoso.json")
    return Reader(folder=folder)


def save(block: Block, reader: Reader) -> None:
    """Write the file, or add the lines, that the page asks for."""
    kind, _, rest = block.mark.partition(" ")
    if kind == "file:":
        target = reader.folder / rest
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(block.lines) + "\n", encoding="utf-8", newline="\n")
    elif kind == "in":
        side = next(side for side in ("before", "after", "instead of") if f" {side}: " in rest)
        name, _, anchor = rest.partition(f" {side}: ")
        path = reader.folder / name
        lines = path.read_text(encoding="utf-8").splitlines()
        places = [number for number, line in enumerate(lines) if line.strip() == anchor]
        assert 1 == len(places), f'{block.where}: "{anchor}" stands {len(places)} times in {name}'
        start, end = places[0] + (side == "after"), places[0] + (side != "before")
        lines[start:end] = block.lines
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def ended_well(typed: str, code: int) -> bool:
    """Findings of tsfix are no surprise; a refusal or a fault is one, unless the page shows the exit code."""
    return code == 0 or (code == _FINDINGS and typed.startswith("tsfix "))


def shown_lines(output: str) -> list[str]:
    """The lines of an output as a page shows them: no blanks at the ends, slashes on every system."""
    lines = [line.rstrip() for line in output.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return [line.replace("\\", "/") for line in lines] if os.sep == "\\" else lines


def agrees(expected: Sequence[str], found: Sequence[str]) -> bool:
    """Tell whether the output is the one that the page shows, with any lines in the place of each elision."""
    if os.sep == "\\":
        expected = [line.replace("\\", "/") for line in expected]
    segments = _segments(expected)
    if len(segments) == 1:
        return list(expected) == list(found)
    first, *middle, last = segments
    end = len(found) - len(last)
    if list(found[: len(first)]) != first or end < len(first) or list(found[end:]) != last:
        return False
    place = len(first)
    for segment in middle:
        place = next(
            (
                at + len(segment)
                for at in range(place, end - len(segment) + 1)
                if list(found[at : at + len(segment)]) == segment
            ),
            -1,
        )
        if place < 0:
            return False
    return True


def renewed(expected: Sequence[str], found: Sequence[str]) -> list[str]:
    """What the page should show now: as many lines of each part between elisions, where that part now stands."""
    blocks = difflib.SequenceMatcher(None, expected, found, autojunk=False).get_matching_blocks()
    now = {block.a + step: block.b + step for block in blocks for step in range(block.size)}
    segments = _segments(expected)
    result: list[str] = []
    at = 0
    for number, segment in enumerate(segments):
        if number:
            result.append(ELISION)
            at += 1
        lines = range(at, at + len(segment))
        at += len(segment)
        known = [line for line in lines if line in now]
        start = now[known[0]] - (known[0] - lines.start) if known else len(found) - len(segment)
        end = now[known[-1]] + (lines.stop - known[-1]) if known else len(segment)
        if number == 0:
            start = 0
        if number == len(segments) - 1:
            end = len(found)
        if segment:
            result += found[max(start, 0) : max(end, 0)]
    return result


def _segments(lines: Sequence[str]) -> list[list[str]]:
    segments: list[list[str]] = [[]]
    for line in lines:
        if line.strip() == ELISION:
            segments.append([])
        else:
            segments[-1].append(line)
    return segments
