"""``tsfix relink``: replaces package IDs in many exports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tsfix.commands.options import (
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
    QuietOption,
)
from tsfix.commands.shared import checked_jobs, checked_outputs, finish, no_hierarchy, with_trees


def relink(
    exports: Exports,
    output_dir: OutputDirOption,
    map: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="OLD=NEW",
            help="Replace one package by another in all places, or one application by another. Repeatable.",
            show_default=False,
        ),
    ] = None,
    map_file: Annotated[
        list[Path] | None,
        typer.Option(
            "--map-file",
            metavar="CSV",
            help="A file with the header old,new or old,new,name. Repeatable.",
            show_default=False,
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="TEXT",
            help=(
                "Take only exports with such a task sequence: its name (* for any text), site code or package ID, or a "
                "package that it refers to. Repeatable."
            ),
            show_default=False,
        ),
    ] = None,
    allow_chains: Annotated[
        bool,
        typer.Option("--allow-chains", help="A new ID may be an old one too: all are replaced at once, one time."),
    ] = False,
    name: Annotated[
        str | None,
        typer.Option(
            "--name",
            metavar="TEMPLATE",
            help='The copy\'s name, with {name} and {id}. Default: "{name} (relinked)".',
            show_default=False,
        ),
    ] = None,
    keep_identity: Annotated[
        bool,
        typer.Option("--keep-identity", help="Keep name and ID, to import the copies over the originals."),
    ] = False,
    hierarchy: HierarchyOption = None,
    facts: FactsOption = None,
    jobs: JobsOption = None,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    format: FormatOption = "text",
    output: OutputOption = None,
    quiet: QuietOption = False,
    no_color: NoColorOption = False,
) -> None:
    """Replace package IDs in many task sequences at once, in all places, and write copies. Needs no target.

    Client, boot image, USMT, driver, image and upgrade packages, and applications (ScopeId_.../Application_...). IDs in
    free text are reported and stay.

    Example: tsfix relink exports --map CHQ00002=LEG00042 -o copies --dry-run
    """
    from tsfix.configuration.requests import context, relink_request
    from tsfix.use_cases.relinking import relink_exports

    outputs = checked_outputs(output, exports)
    knowledge, given = context(hierarchy, facts)
    known = given or no_hierarchy()
    request = relink_request(
        knowledge,
        known,
        map=map or (),
        map_file=map_file or (),
        allow_chains=allow_chains,
        name=name,
        keep_identity=keep_identity,
    )
    answer = relink_exports(
        exports,
        knowledge,
        request,
        known,
        output_dir,
        where=where or (),
        force=force,
        dry_run=dry_run,
        quiet=quiet,
        jobs=checked_jobs(jobs),
        trees=with_trees(format, outputs),
    )
    finish(answer, format, outputs, quiet=quiet, no_color=no_color, inputs=exports)
