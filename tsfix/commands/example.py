"""``tsfix demo``: the main job on an invented example."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tsfix.commands.options import FormatOption, NoColorOption
from tsfix.commands.shared import finish


def demo(
    output_dir: Annotated[
        Path | None,
        typer.Option("-o", "--output-dir", metavar="DIR", help="Keep the copy here.", show_default=False),
    ] = None,
    format: FormatOption = "text",
    no_color: NoColorOption = False,
) -> None:
    """Run the main job on an invented example that comes with tsfix: a Windows 11 deployment for a site on 1706.

    Without -o the copy goes to a temporary folder that is deleted at the end.
    """
    from tsfix.use_cases.demo import run_demo

    answer = run_demo(output_dir)
    finish(answer, format, [], quiet=False, no_color=no_color, inputs=[])
