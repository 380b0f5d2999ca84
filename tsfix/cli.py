"""The command line: which commands there are, how a run begins and how it ends."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from typing import Annotated, Literal

import typer

from tsfix import STOPPED, __version__
from tsfix.commands.clone import clone
from tsfix.commands.compare import diff, verify
from tsfix.commands.example import demo
from tsfix.commands.facts import explain, list_facts
from tsfix.commands.quick_options import QuickCommand, QuickGroup, with_needed_commands
from tsfix.commands.relink import relink
from tsfix.commands.scan import scan
from tsfix.commands.scripts import scripts
from tsfix.commands.shared import say

app = typer.Typer(
    name="tsfix",
    cls=QuickGroup,
    help=(
        "Check exported Configuration Manager task sequences against an older site, write modified copies for it, "
        "and report every difference.\n\n"
        "Inputs are only read. Answers go to stdout, remarks to stderr.\n\n"
        "Exit codes: 0 nothing blocking, 1 findings (or steps taken out of action), 2 wrong usage, 3 a decision is "
        "needed and nothing was written, 4 an input could not be read, 70 a fault of tsfix."
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

EXIT_STOPPED = 130
EXIT_FAULT = 70
EXIT_USAGE = 2

_SHORT: dict[
    Callable[..., None], str
] = {  # in the list of commands; the first sentences of their own help are cut off there
    scan: "Say what in task sequences will break at an older site, and why.",
    clone: "Write a copy for an older site, and show every difference.",
    relink: "Replace package IDs in many task sequences at once.",
    diff: "Show what differs between two exports, step by step.",
    verify: "Prove that a copy differs from its original only as planned.",
    demo: "Run the main job on an invented example. Begin here.",
    explain: "Explain a rule, step type, setting, variable or version.",
}
for _command, _short in _SHORT.items():
    app.command(cls=QuickCommand, short_help=_short)(_command)
app.command(name="list", cls=QuickCommand, short_help="List what tsfix knows: versions, steps, rules and so on.")(
    list_facts
)
app.add_typer(scripts, name="script", short_help="Print PowerShell to read and to run yourself.")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tsfix {__version__}")
        raise typer.Exit


def _show_completion(shell: str | None) -> None:
    if shell:
        from tsfix.commands.completion import completion_script

        typer.echo(completion_script(shell), nl=False)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and stop.", callback=_show_version, is_eager=True)
    ] = False,
    completion: Annotated[
        Literal["bash", "zsh", "powershell"] | None,
        typer.Option(
            "--show-completion",
            metavar="bash|zsh|powershell",
            help="Print a script that lets this shell complete words. Installs nothing.",
            callback=_show_completion,
            is_eager=True,
            show_default=False,
        ),
    ] = None,
) -> None:
    pass


def main() -> None:
    """Run the command line; the entry point of the ``tsfix`` program."""
    _replace_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may not know every character of a name; showing it escaped beats stopping.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        with_needed_commands(app, _typed())(prog_name="tsfix")
    except SystemExit as end:
        if end.code == EXIT_STOPPED:  # Typer's answer to Ctrl+C
            say(f"\n{STOPPED}")
        raise
    except Exception as error:
        sys.exit(_explain(error))


def _replace_closed_streams() -> None:
    """Python has no stream where the caller closed it, as services and schedulers do; what goes there is not wanted."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))


def _typed() -> frozenset[str]:
    """Every word that was typed, also those that are to be completed."""
    completed = " ".join(os.environ.get(name, "") for name in ("COMP_WORDS", "_TYPER_COMPLETE_ARGS"))
    return frozenset((*sys.argv[1:], *completed.split()))


def _explain(error: Exception) -> int:
    """Expected trouble is one paragraph; anything else is a log to send in."""
    from tsfix.errors import TsfixError

    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        # Help and the version are written by Typer. What is left in the buffer would fail once more at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        say(f"tsfix: The answer cannot be written to where stdout leads: {error.strerror}. Make room there.")
        return EXIT_USAGE
    if isinstance(error, TsfixError):
        say(f"tsfix: {error}")
        if error.exit_code != EXIT_FAULT:
            return error.exit_code
    else:
        # Its text stays out: it may hold what stands in an export.
        say(f"tsfix: an unexpected fault of tsfix ({type(error).__name__}).")
    from tsfix.crash import write_log

    say(write_log([error]))
    return EXIT_FAULT


if __name__ == "__main__":
    main()
