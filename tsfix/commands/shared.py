"""What every command does before and after its use case: reads the files that options name, writes the answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from tsfix.decisions import Decision
    from tsfix.hierarchy import Hierarchy
    from tsfix.knowledge.base import KnowledgeBase
    from tsfix.knowledge.explain import Explanation
    from tsfix.knowledge.listing import Listing
    from tsfix.use_cases.answers import Answer
    from tsfix.use_cases.diffing import DiffAnswer


def show_facts(value: Explanation | Listing, format: str) -> None:
    """Write an explanation or a list, as text or as JSON."""
    from tsfix.commands.terminal import answer_width, write_json, write_text
    from tsfix.knowledge.show import render_text, to_json

    if format == "json":
        write_json(to_json(value))
    else:
        write_text(render_text(value, answer_width()))


def decisions_from(path: Path | None, knowledge: KnowledgeBase) -> tuple[Decision, ...]:
    """The decisions of the named file, or of ``tsfix.toml`` in this folder where there is one."""
    from tsfix.configuration.decisions_file import DEFAULT_NAME, read_decisions

    if path is None:
        path = Path(DEFAULT_NAME)
        if not path.is_file():
            return ()
    return read_decisions(path, knowledge)


def checked_jobs(wanted: int | None) -> int | None:
    """The number of processes. Raises UsageError when it is none."""
    if wanted is not None and wanted < 1:
        from tsfix.errors import UsageError

        raise UsageError(f"--jobs: {wanted} is no number of processes.", remedy="Give 1 or more, or leave it out.")
    return wanted


def today() -> str:
    """The day on which decisions have to hold, ``YYYY-MM-DD``."""
    from time import strftime

    return strftime("%Y-%m-%d")


def no_hierarchy() -> Hierarchy:
    """A hierarchy of which nothing is known."""
    from tsfix.hierarchy import Hierarchy

    return Hierarchy()


def checked_outputs(
    texts: list[str] | None, inputs: list[Path], formats: Mapping[str, Any] | None = None
) -> list[tuple[str, Path]]:
    """The extra outputs, checked before any work is done. ``formats`` None: those of a report.

    Raises UsageError for one that is not FORMAT=FILE, and for a file that is also an input.
    """
    if not texts:
        return []
    from tsfix.containers.destination import check_not_read
    from tsfix.errors import UsageError
    from tsfix.reports import FORMATS

    known = FORMATS if formats is None else formats
    found: list[tuple[str, Path]] = []
    for text in texts:
        form, equals, file = text.partition("=")
        if not equals or not file or form not in known:
            raise UsageError(
                f'--output: "{text}" is not FORMAT=FILE.',
                remedy=f"The formats are: {', '.join(known)}. An example: --output md=report.md.",
            )
        check_not_read(Path(file), inputs)
        found.append((form, Path(file)))
    return found


def with_trees(format: str, outputs: list[tuple[str, Path]]) -> bool:
    """Whether any form of the answer shows the tree of all steps; for thousands of exports it takes much memory."""
    return "html" in (format, *(form for form, _ in outputs))


def finish(
    answer: Answer | DiffAnswer,
    format: str,
    outputs: list[tuple[str, Path]],
    *,
    quiet: bool,
    no_color: bool,
    inputs: list[Path],
) -> None:
    """Write the answer, say what was left aside, and end with the exit code: always raises ``typer.Exit``."""
    from tsfix.commands.terminal import write_answer

    if not quiet:
        for remark in answer.remarks:
            say(remark)
    code = max(answer.exit_code, _write_outputs(answer, outputs, inputs))
    if answer.faults:
        from tsfix.crash import write_log

        say(write_log(answer.faults))
    write_answer(answer.report, format, no_color=no_color)
    if format != "text" and not quiet:
        _say_summary(answer)
    raise typer.Exit(code)


def _say_summary(answer: Answer | DiffAnswer) -> None:
    """How a run over several exports ended, where stdout goes to a program."""
    from tsfix.reports.report import Report
    from tsfix.reports.words import summary_words

    if isinstance(answer.report, Report) and answer.report.summary.exports > 1:
        say(summary_words(answer.report))


def _write_outputs(answer: Answer | DiffAnswer, outputs: list[tuple[str, Path]], inputs: list[Path]) -> int:
    """Write the extra outputs. One that fails keeps neither the others nor the answer back; returns the exit code."""
    if not outputs:
        return 0
    from tsfix.containers.output import write_pieces_atomically
    from tsfix.errors import OutputError
    from tsfix.reports import rendered

    code = 0
    for form, path in outputs:
        try:
            write_pieces_atomically(path, rendered(answer.report, form), inputs=inputs)
        except OutputError as error:
            say(f"tsfix: {error}")
            code = error.exit_code
    return code


def say(text: str) -> None:
    """A remark on stderr. Names in it may hold anything, also what drives a terminal."""
    from tsfix.reports.words import printable

    for line in text.split("\n"):
        typer.echo(printable(line), err=True)
