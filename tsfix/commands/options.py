"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Format = Literal["text", "json", "md", "html", "csv", "sarif"]
DiffFormat = Literal["text", "json", "md", "html", "csv"]
FailOn = Literal["error", "warning", "info", "never"]
Policy = Literal["auto", "disable", "placeholder", "remove", "keep"]
Exports = Annotated[
    list[Path],
    typer.Argument(
        metavar="EXPORT",
        help=(
            "Exports to read: a console export .zip, its unpacked folder, object.xml, a <sequence> file, an "
            "SmsTaskSequencePackage, an MDT ts.xml, or a folder that holds any of these."
        ),
        show_default=False,
    ),
]
HierarchyOption = Annotated[
    Path | None,
    typer.Option(
        "--hierarchy",
        metavar="FILE",
        help="What your sites and packages are: TOML by hand or JSON.",
        show_default=False,
    ),
]
OutputDirOption = Annotated[
    Path, typer.Option("-o", "--output-dir", metavar="DIR", help="Where the copies go.", show_default=False)
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what a copy would be; write nothing.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace an earlier copy in the output folder.")]
FactsOption = Annotated[
    Path | None,
    typer.Option(
        "--facts",
        metavar="FILE",
        help="Facts of your own in a TOML file, such as your extension's step types; they add to ours.",
        show_default=False,
    ),
]
DecisionsOption = Annotated[
    Path | None,
    typer.Option(
        "--decisions",
        metavar="FILE",
        help="What you decided about findings, with reasons. Default: tsfix.toml in this folder, where there is one.",
        show_default=False,
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        help=(
            "How many processes share the work. Default: one for each processor for more than 20 files, else one. "
            "The result is the same."
        ),
        show_default=False,
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="The form of the answer on stdout.")]
DiffFormatOption = Annotated[DiffFormat, typer.Option("--format", help="The form of the answer on stdout.")]
OutputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        metavar="FORMAT=FILE",
        help="Also write the answer to a file, such as --output md=report.md. Repeatable.",
        show_default=False,
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no remarks on stderr.")]
NoColorOption = Annotated[
    bool, typer.Option("--no-color", help="No colours. NO_COLOR in the environment does the same.")
]
