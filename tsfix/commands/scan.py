"""``tsfix scan``: says what will break."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tsfix.commands.baseline import check_baseline, with_baseline
from tsfix.commands.options import (
    DecisionsOption,
    Exports,
    FactsOption,
    FailOn,
    FormatOption,
    HierarchyOption,
    JobsOption,
    NoColorOption,
    OutputOption,
    QuietOption,
)
from tsfix.commands.shared import (
    checked_jobs,
    checked_outputs,
    decisions_from,
    finish,
    no_hierarchy,
    today,
    with_trees,
)


def scan(
    exports: Exports,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="TARGET",
            help=(
                "The older site: a version (1706, 2012 R2), a build (5.00.8540) or a site code. Repeatable. "
                "Without it, every primary site of the hierarchy file."
            ),
            show_default=False,
        ),
    ] = None,
    hierarchy: HierarchyOption = None,
    facts: FactsOption = None,
    decisions: DecisionsOption = None,
    jobs: JobsOption = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="End with 1 from this severity on.")] = "error",
    format: FormatOption = "text",
    output: OutputOption = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            "--baseline",
            metavar="FILE",
            help="Known findings, from --write-baseline: they are counted apart and do not fail the run.",
            show_default=False,
        ),
    ] = None,
    write_baseline: Annotated[
        Path | None,
        typer.Option(
            "--write-baseline",
            metavar="FILE",
            help="Write what is found as known findings, with --reason. With --baseline, known ones keep their reasons.",
            show_default=False,
        ),
    ] = None,
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="TEXT", help="Why the findings of --write-baseline may stay.", show_default=False
        ),
    ] = "",
    until: Annotated[
        str,
        typer.Option(
            "--until",
            metavar="DAY",
            help="The last day on which the findings of --write-baseline are known, such as 2027-03-31.",
            show_default=False,
        ),
    ] = "",
    quiet: QuietOption = False,
    no_color: NoColorOption = False,
) -> None:
    """Say what in task sequences will break at an older site, and why. Changes no export.

    Example: tsfix scan "Deploy Windows 11.zip" --to 1706
    """
    from tsfix.configuration.requests import context, decisions_of, scan_targets
    from tsfix.use_cases.next_commands import with_command
    from tsfix.use_cases.scanning import scan_exports

    outputs = checked_outputs(output, exports)
    check_baseline(write_baseline, baseline, reason, until)
    knowledge, known = context(hierarchy, facts)
    answer = scan_exports(
        exports,
        knowledge,
        targets=scan_targets(to or (), knowledge, known),
        hierarchy=known or no_hierarchy(),
        decisions=(*decisions_from(decisions, knowledge), *decisions_of(baseline, knowledge)),
        today=today(),
        fail_on=None if fail_on == "never" else fail_on,
        quiet=quiet,
        jobs=checked_jobs(jobs),
        trees=with_trees(format, outputs),
    )
    answer = with_command(answer, exports, {"--hierarchy": hierarchy, "--facts": facts, "--decisions": decisions})
    if write_baseline is not None:
        answer = with_baseline(answer, write_baseline, reason, until, fail_on, exports)
    finish(answer, format, outputs, quiet=quiet, no_color=no_color, inputs=exports)
