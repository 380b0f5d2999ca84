"""``tsfix clone``: writes copies for an older site."""

from __future__ import annotations

from typing import Annotated

import typer

from tsfix.commands.options import (
    DecisionsOption,
    DryRunOption,
    Exports,
    FactsOption,
    ForceOption,
    FormatOption,
    HierarchyOption,
    JobsOption,
    NoColorOption,
    OutputDirOption,
    OutputOption,
    Policy,
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


def clone(
    exports: Exports,
    to: Annotated[
        list[str],
        typer.Option(
            "--to",
            metavar="TARGET",
            help="The older site: a version (1706, 2012 R2), a build (5.00.8540) or a site code.",
            show_default=False,
        ),
    ],
    output_dir: OutputDirOption,
    client_package: Annotated[
        str | None,
        typer.Option(
            "--client-package",
            metavar="ID",
            help="The custom package that holds the target's client. It replaces every client package in the copy.",
            show_default=False,
        ),
    ] = None,
    map: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="OLD=NEW", help="Replace another package in all places. Repeatable.", show_default=False
        ),
    ] = None,
    new_steps: Annotated[
        Policy,
        typer.Option(
            "--new-steps",
            help=(
                "What becomes of steps that the target cannot run. auto: only changes without a loss, else refuse; "
                "disable: keep them, disabled; placeholder: a disabled Run Command Line step says what was there; "
                "remove: take them out; keep: leave them, accepted."
            ),
        ),
    ] = "auto",
    name: Annotated[
        str | None,
        typer.Option(
            "--name",
            metavar="TEMPLATE",
            help='The copy\'s name, with {name}, {target}, {version}, {id}. Default: "{name} (for {target})".',
            show_default=False,
        ),
    ] = None,
    new_id: Annotated[
        list[str] | None,
        typer.Option(
            "--new-id",
            metavar="OLD=NEW",
            help="The ID of the copy of one task sequence, instead of one that tsfix chooses. Repeatable.",
            show_default=False,
        ),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="RULE",
            help="Accept what a rule finds, such as R33: it stays in the copy and in the report. Repeatable.",
            show_default=False,
        ),
    ] = None,
    hierarchy: HierarchyOption = None,
    facts: FactsOption = None,
    decisions: DecisionsOption = None,
    jobs: JobsOption = None,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    format: FormatOption = "text",
    output: OutputOption = None,
    quiet: QuietOption = False,
    no_color: NoColorOption = False,
) -> None:
    """Write a copy of each task sequence that an older site can run, and show every difference.

    The copy gets its own name and ID, the client package of the older site, and nothing that the site does not know.
    Everything else stays byte for byte. What needs a decision is refused with exit code 3.

    Example: tsfix clone "Deploy Windows 11.zip" --to 1706 --client-package LEG00042 --new-steps disable -o copies
    """
    from tsfix.configuration.requests import clone_request, context
    from tsfix.use_cases.cloning import clone_exports

    outputs = checked_outputs(output, exports)
    knowledge, known = context(hierarchy, facts)
    request = clone_request(
        knowledge,
        known,
        to=_only(to),
        client_package=client_package,
        map=map or (),
        new_steps=new_steps,
        name=name,
        new_id=new_id or (),
        accept=accept or (),
        decisions=decisions_from(decisions, knowledge),
    )
    answer = clone_exports(
        exports,
        knowledge,
        request,
        known or no_hierarchy(),
        output_dir,
        today=today(),
        force=force,
        dry_run=dry_run,
        quiet=quiet,
        jobs=checked_jobs(jobs),
        trees=with_trees(format, outputs),
    )
    finish(answer, format, outputs, quiet=quiet, no_color=no_color, inputs=exports)


def _only(targets: list[str]) -> str:
    """The one target. Raises UsageError for several: the last would win, and nobody would know."""
    if len(targets) > 1:
        from tsfix.errors import UsageError

        raise UsageError(
            f"--to was given {len(targets)} times ({', '.join(targets)}); a copy is made for one target.",
            remedy="Run it once for each target, each with an output folder of its own.",
        )
    return targets[0]
