"""Every command on every page is run, in the order of the page, and what it shows is what comes back.

``pytest tests/docs --update-golden`` writes the outputs into the pages anew; look at what it wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from tests.docs.shown_blocks import PAGES, ROOT, Block, blocks, followed_first
from tests.docs.shown_runs import ELISION, EXIT_CODE, Reader, agrees, ended_well, reader_of, renewed, save, shown_lines
from tsfix.cli import app

BLOCKS = {page: blocks(page) for page in PAGES}
RUN = [page for page, found in BLOCKS.items() if any(block.commands for block in found)]
IN_TEXT = re.compile(r"`(tsfix [a-z][^`]*)`")


@pytest.mark.parametrize("page", RUN)
def test_commands_do_what_the_page_shows(page: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    update = request.config.getoption("--update-golden")
    reader = reader_of(page, tmp_path)
    if first := followed_first(page):
        assert [] == [
            problem for block in BLOCKS[first] for problem in _followed(first, block, reader, {} if update else None)
        ]
    changes: dict[int, tuple[int, list[str]]] = {}
    wrong = [
        problem for block in BLOCKS[page] for problem in _followed(page, block, reader, changes if update else None)
    ]
    if changes:
        _write(page, changes)
    if wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)


def _followed(
    page: str, block: Block, reader: Reader, changes: dict[int, tuple[int, list[str]]] | None
) -> Iterator[str]:
    """Do what one block says; yields what went otherwise than the page says."""
    save(block, reader)
    commands = block.commands
    for number, command in enumerate(commands, 1):
        where = f"{page}:{command.line}: {command.typed}"
        try:
            found = shown_lines(reader.type(command.typed))
        except LookupError:
            yield f"{where}\ncannot be run here: put <!-- not run: why --> before the block"
            continue
        told = number < len(commands) and commands[number].typed in EXIT_CODE
        if not told and not ended_well(command.typed, reader.code):
            yield f"{where}\nended with {reader.code}:\n" + "\n".join(found[:20])
        if not command.output or agrees(command.output, found):
            continue
        if changes is None:
            gone = [line for line in command.output if line.strip() != ELISION and line not in found]
            yield f"{where}\nno longer shows (--update-golden writes the page anew):\n" + "\n".join(
                (gone or found)[:20]
            )
        else:
            changes[command.line] = (len(command.output), renewed(command.output, found))


def _write(page: str, changes: dict[int, tuple[int, list[str]]]) -> None:
    lines = PAGES[page].read_text(encoding="utf-8").splitlines()
    for line in sorted(changes, reverse=True):
        old, new = changes[line]
        lines[line : line + old] = new
    PAGES[page].write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def test_every_command_is_run_or_says_why_not() -> None:
    assert [] == [
        f"{block.where}: put <!-- not run: why --> before it"
        for found in BLOCKS.values()
        for block in found
        if block.unmarked
    ]


def test_parts_of_files_stand_in_them() -> None:
    shown = [(block, block.mark.removeprefix("part of: ")) for found in BLOCKS.values() for block in found]
    wrong = [
        block.where
        for block, file in shown
        if block.mark.startswith("part of: ")
        and "\n".join(block.lines) not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert [] == wrong


@pytest.mark.parametrize("page", [page for page, found in BLOCKS.items() if any(block.not_run for block in found)])
def test_what_is_not_run(page: str) -> None:
    """The list of it stands in the summary of the test run, with the reasons."""
    left_out = [block for block in BLOCKS[page] if block.not_run]
    pytest.skip(f"{page}: " + "; ".join(f"line {block.line}: {block.not_run}" for block in left_out))


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_the_text_exist(page: str) -> None:
    """A command inside a sentence or a block that is not run has a name and options that there are."""
    text = PAGES[page].read_text(encoding="utf-8")
    named = [found[1] for found in IN_TEXT.finditer(text)]
    named += [
        line[line.index("tsfix ") :]
        for block in BLOCKS[page]
        if block.not_run
        for line in block.lines
        if "tsfix " in line
    ]
    assert [] == [problem for command in named for problem in _unknown(command)]


def _unknown(command: str) -> Iterator[str]:
    known = typer.main.get_command(app)
    words = command.split()[1:]
    while words and hasattr(known, "commands"):
        if not re.fullmatch(r"[a-z][a-z-]*", words[0]):
            break
        if words[0] not in known.commands:
            yield f"{command}: there is no command {words[0]}"
            return
        known = known.commands[words.pop(0)]
    options = {name for parameter in known.params for name in parameter.opts} | {"--help", "-h"}
    yield from (
        f"{command}: there is no option {word}"
        for word in (re.sub(r"[=,.].*", "", one.strip('"[]();')) for one in words)
        if re.fullmatch(r"--?[a-z][a-z-]*", word) and word not in options
    )


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a", "b"], ["a", "x"], False),
        (["a", "..."], ["a", "b", "c"], True),
        (["...", "c"], ["a", "b", "c"], True),
        (["a", "...", "c", "...", "e"], ["a", "b", "c", "d", "e"], True),
        (["a", "...", "e", "...", "c"], ["a", "b", "c", "d", "e"], False),
        (["a", "...", "a"], ["a"], False),
        (["a"], ["a", "b"], False),
        ([], ["a"], False),
    ],
)
def test_elisions_stand_for_any_lines(expected: list[str], found: list[str], same: bool) -> None:
    assert same is agrees(expected, found)


def test_outputs_are_renewed_between_their_elisions() -> None:
    shown = ["head", "...", "one", "two", "three", "...", "end"]
    found = ["head", "other", "one", "changed", "three", "rest", "end"]
    assert ["head", "...", "one", "changed", "three", "...", "end"] == renewed(shown, found)
    assert found == renewed(["head", "two"], found)
