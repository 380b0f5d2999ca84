"""``tsfix diff`` and ``tsfix verify``: show what differs between two exports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tsfix.commands.options import (
    DecisionsOption,
    DiffFormatOption,
    FactsOption,
    HierarchyOption,
    NoColorOption,
    OutputOption,
    QuietOption,
)
from tsfix.commands.shared import checked_outputs, decisions_from, finish, no_hierarchy


def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="The earlier export.", show_default=False)],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The later export.", show_default=False)],
    facts: FactsOption = None,
    fail_on_difference: Annotated[
        bool, typer.Option("--fail-on-difference", help="End with 1 when there is any difference.")
    ] = False,
    format: DiffFormatOption = "text",
    output: OutputOption = None,
    quiet: QuietOption = False,
    no_color: NoColorOption = False,
) -> None:
    """Show what differs between two exports, step by step. Writes nothing.

    Each may be anything that tsfix reads. Ends with 0 when both could be compared, whatever the result.

    Example: tsfix diff "before.zip" "after.zip" --output html=review.html
    """
    from tsfix.configuration.facts_file import load_with
    from tsfix.reports.diff_formats import DIFF_FORMATS
    from tsfix.use_cases.diffing import diff_exports

    inputs = [before, after]
    outputs = checked_outputs(output, inputs, DIFF_FORMATS)
    answer = diff_exports(before, after, load_with(facts), fail_on_difference=fail_on_difference, quiet=quiet)
    finish(answer, format, outputs, quiet=quiet, no_color=no_color, inputs=inputs)


def verify(
    copy: Annotated[
        Path, typer.Argument(metavar="COPY", help="A copy, or what a site exports of it.", show_default=False)
    ],
    against: Annotated[
        Path,
        typer.Option(
            "--against",
            metavar="ORIGINAL",
            help="What the copy was made from; for a folder of copies the folder of their originals.",
            show_default=False,
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="TARGET", help="Also scan the copy for this site or version.", show_default=False),
    ] = None,
    decisions: DecisionsOption = None,
    hierarchy: HierarchyOption = None,
    facts: FactsOption = None,
    format: Annotated[Literal["text", "json", "md"], typer.Option("--format", help="The form of the answer.")] = "text",
    quiet: QuietOption = False,
    no_color: NoColorOption = False,
) -> None:
    """Prove that a copy differs from its original only as planned, or say what a site changed in it after an import.

    Give both folders where a child task sequence stood in an export of its own, the target where steps were removed for
    it, and the decisions where one of them removed a step or put a script into a package.
    Ends with 0 when every difference is explained, else with 1. Writes nothing.

    Example: tsfix verify "exported again.zip" --against "Deploy Windows 11.zip" --to 1706
    """
    from tsfix.commands.terminal import write_proof
    from tsfix.configuration.requests import context
    from tsfix.configuration.targets import find_target
    from tsfix.use_cases.verifying import verify_copy

    knowledge, known = context(hierarchy, facts)
    target = None if to is None else find_target(to, knowledge, known)
    answer = verify_copy(
        copy,
        against,
        knowledge,
        target=target,
        hierarchy=known or no_hierarchy(),
        quiet=quiet,
        decisions=decisions_from(decisions, knowledge),
    )
    write_proof(answer.report, format, no_color=no_color)
    raise typer.Exit(answer.exit_code)
