"""``tsfix clone``: writes copies for an older site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tsfix.commands.options import (
    DecisionsOption,
    Exports,
    FactsOption,
    FormatOption,
    HierarchyOption,
    JobsOption,
    NoColorOption,
    OutputOption,
    Policy,
    QuietOption,
)
from tsfix.commands.shared import (
    checked_jobs,
    checked_outputs,
    context,
    decisions_from,
    finish,
    no_hierarchy,
    today,
    with_trees,
)


def clone(
    exports: Exports,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="TARGET",
            help="The older site: a version (1706, 2012 R2), a build (5.00.8540) or a site code.",
            show_default=False,
        ),
    ],
    output_dir: Annotated[
        Path, typer.Option("-o", "--output-dir", metavar="DIR", help="Where the copies go.", show_default=False)
    ],
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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what a copy would be; write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier copy in the output folder.")] = False,
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
    from tsfix.configuration.targets import accepted_rules, find_target, mappings, name_template, package_id
    from tsfix.request import DEFAULT_NAME_TEMPLATE, CloneRequest
    from tsfix.use_cases import app as use_cases

    outputs = checked_outputs(output, exports)
    knowledge, known = context(hierarchy, facts)
    client = None if client_package is None else package_id(client_package, "--client-package")
    request = CloneRequest(
        target=find_target(to, knowledge, known),
        client_package=client,
        mappings=mappings(map or (), "--map", known),
        new_steps=new_steps,
        name_template=DEFAULT_NAME_TEMPLATE if name is None else name_template(name),
        new_package_ids=mappings(new_id or (), "--new-id"),
        accepted_rules=accepted_rules(accept or (), knowledge),
        reserved_ids=frozenset(known.ids()) if known is not None else frozenset(),
        decisions=decisions_from(decisions, knowledge),
    )
    answer = use_cases.clone_exports(
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
