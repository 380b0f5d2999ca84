"""Writes the reference of the commands from their own help: ``python -m tsfix.command_reference [--check]``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "commands.md"
_COMMANDS = (
    ("scan",),
    ("clone",),
    ("relink",),
    ("diff",),
    ("verify",),
    ("demo",),
    ("explain",),
    ("list",),
    ("script",),
    ("script", "inventory"),
    ("script", "inventory-rest"),
    ("script", "client-package"),
    ("script", "export"),
    ("script", "import"),
)
_INTRODUCTION = """\
<!-- Made by: python -m tsfix.command_reference, with Typer {typer}. Change the commands in tsfix/commands instead. -->

# Commands, options and exit codes

Answers go to stdout, progress and remarks to stderr.
Inputs are only read; an earlier copy is replaced only with `--force`.
`NO_COLOR` in the environment does the same as `--no-color`.

| exit code | meaning |
|---|---|
| 0 | nothing blocking |
| 1 | findings at or above `--fail-on` (default `error`); steps taken out of action or errors accepted in a copy |
| 1 | `diff --fail-on-difference`: a difference; `verify`: something unexplained |
| 2 | wrong usage or configuration |
| 3 | a needed fix cannot be made or needs a decision; nothing was written for that export |
| 4 | an input could not be read, or not everything in it |
| 70 | a fault of tsfix, with a log to send in |
| 130 | stopped with Ctrl+C; finished copies are whole |

In a batch one bad file never stops the others; the highest code wins.
"""


def page() -> str:
    """The text of the page: the introduction and the help of every command, 100 columns wide."""
    return _INTRODUCTION.format(typer=version("typer")) + "".join(_sections())


def _sections() -> Iterator[str]:
    from typer.testing import CliRunner

    from tsfix.cli import app

    runner = CliRunner()
    for command in _COMMANDS:
        found = runner.invoke(
            app, [*command, "--help"], prog_name="tsfix", env={"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
        )
        lines = "\n".join(line.rstrip() for line in found.stdout.strip("\n").splitlines())
        yield f"\n## tsfix {' '.join(command)}\n\n```text\n{lines}\n```\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` only say whether it is current. Returns the exit code."""
    text = page().encode("utf-8")
    if PAGE.is_file() and PAGE.read_bytes() == text:
        return 0
    if "--check" not in arguments:
        PAGE.write_bytes(text)
    print(f"{'out of date' if '--check' in arguments else 'written'}: {PAGE.name}")
    return 1 if "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
