"""Reads the pages: every fenced block, what kind it is, and the commands and outputs that it shows.

A page is read as a reader uses it, from the top. What stands in a comment right before a fence says what the test does with it:

- ``<!-- not run: why -->``: the commands cannot be run here; the reason is listed.
- ``<!-- part of: fixtures/hierarchy/contoso.toml -->``: the block stands in that file, as it is.
- ``<!-- file: map.csv -->``: the reader saves the block under this name.
- ``<!-- in tsfix/cli.py after: import os -->``: the reader adds the block below that line; ``before:`` adds it above,
  ``instead of:`` in its place.
- ``<!-- goes on from add-a-rule.md -->``, once on a page: the reader has followed that page first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path
    for path in sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("fixtures/*.md")))
    if not path.name.startswith(".")
}
IN_A_CHECKOUT = "<!-- run in a copy of the checkout -->"
"""On a page for contributors: its commands change files of tsfix itself."""

_GOES_ON = re.compile(r"^<!-- goes on from (\S+) -->$", re.MULTILINE)
_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>[\w-]*)\s*$")
_MARK = re.compile(r"^\s*<!-- (?P<mark>not run: .+|part of: .+|file: .+|in .+ (?:after|before|instead of): .+) -->$")
_SHELLS = frozenset(("", "console", "bash", "sh", "bat", "cmd", "powershell"))
_PROGRAM = re.compile(r"^\s*(?:- +)?(?:[\w-]+: +)?(?:[$>] +)?(?:uv run )?tsfix\s+[-\w\"]")
_PROMPTS = ("$ ", "> ")


class Command(Struct, frozen=True, kw_only=True):
    """One command that a page shows."""

    line: int
    typed: str
    """As the reader types it."""
    output: tuple[str, ...]
    """The lines below it; empty where no output is shown."""


class Block(Struct, frozen=True, kw_only=True):
    """One fenced block."""

    page: str
    line: int
    """Where the fence opens, counted from 1."""
    language: str
    mark: str
    """The comment before it, or nothing."""
    lines: tuple[str, ...]

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def not_run(self) -> str:
        """Why the commands in it are not run; empty when they are."""
        return self.mark.removeprefix("not run: ") if self.mark.startswith("not run: ") else ""

    @property
    def commands(self) -> tuple[Command, ...]:
        """What the reader types. A ``console`` block also shows what comes back."""
        if self.mark or self.language not in _SHELLS:
            return ()
        if self.language == "console":
            return tuple(_session(self.lines, self.line))
        shown = tuple(
            Command(line=self.line + number, typed=line.strip(), output=())
            for number, line in enumerate(self.lines, 1)
            if line.strip() and not line.lstrip().startswith(("#", "REM "))
        )
        # A block without a language is a listing, unless it holds a command of tsfix.
        return shown if self.language or any(map(_PROGRAM.match, self.lines)) else ()

    @property
    def unmarked(self) -> bool:
        """True when it shows a command of tsfix in a form that nobody would run, such as a step of a pipeline."""
        return (
            not self.mark
            and self.language not in (*_SHELLS, "text", "markdown")
            and any(map(_PROGRAM.match, self.lines))
        )


def blocks(page: str) -> tuple[Block, ...]:
    """All fenced blocks of a page, from the top."""
    return tuple(_blocks(page, PAGES[page].read_text(encoding="utf-8").splitlines()))


def followed_first(page: str) -> str:
    """The page that its reader has followed before; empty where there is none."""
    found = _GOES_ON.search(PAGES[page].read_text(encoding="utf-8"))
    return f"{page.rpartition('/')[0]}/{found[1]}" if found else ""


def _blocks(page: str, lines: list[str]) -> Iterator[Block]:
    mark, start = "", None
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if start is None and fence:
            start = (number, fence, mark)
        elif start is not None and fence and (fence["ticks"], fence["language"]) == (start[1]["ticks"], ""):
            first, opening, mark = start
            language, indent = opening["language"], len(opening["indent"])
            inside = tuple(text[indent:] for text in lines[first : number - 1])
            yield Block(page=page, line=first, language=language, mark=mark, lines=inside)
            start, mark = None, ""
        elif start is None and line.strip():
            found = _MARK.match(line)
            mark = found["mark"] if found else ""


def _session(lines: tuple[str, ...], above: int) -> Iterator[Command]:
    prompt = next((one for one in _PROMPTS if lines and lines[0].startswith(one)), None)
    assert prompt is not None, f"line {above + 1}: a console block begins with a prompt, $ or >"
    starts = [number for number, line in enumerate(lines) if line.startswith(prompt)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        output = [line.rstrip() for line in lines[start + 1 : end]]
        while output and not output[-1]:
            output.pop()
        yield Command(line=above + start + 1, typed=lines[start][2:].strip(), output=tuple(output))
