"""Start-up stays quick: what a command does not need is not imported. Times are measured elsewhere; lists do not vary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from tests.cli.running import DEPLOY, EXPORTS, HIERARCHY, KIOSK, PRETTY, ROOT, environment, run
from tsfix.cli import app
from tsfix.commands.quick_options import QuickCommand, QuickGroup

HEAVY = ("asyncio", "deepdiff", "hypothesis", "jinja2", "multiprocessing", "numpy", "pydantic", "rich", "ssl")
"""Nothing that is asked for every day imports these. Typer would import pydantic and rich by itself."""
ALSO_NOT = (
    "concurrent.futures.process",
    "email",
    "http",
    "importlib.metadata",
    "socket",
    "tomllib",
    "unittest",
    "yaml",
)
NOT_FOR_HELP = ("json", "lxml", "msgspec", "xml", "zipfile", "hashlib", "tempfile", "csv", "logging")

COMMANDS = ("tsfix", "tsfix.cli", "tsfix.commands", "tsfix.commands.quick_options", "tsfix.cycles")
"""What describes the commands and their options; the commands themselves come when they are called."""
OBJECT = EXPORTS / "unpacked" / "Contoso Kiosk" / "SMS_TaskSequencePackage" / "NEW0000A" / "object.xml"


def imported(*arguments: object, **env: str) -> set[str]:
    """The modules in a process that ran the command, by full name."""
    code = (
        "import sys\n"
        "from tsfix.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write('\\n' + ' '.join(sys.modules))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        env=environment(**env),
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    return set(found.stderr.decode().splitlines()[-1].split())


def among(modules: set[str], unwanted: tuple[str, ...]) -> list[str]:
    """The unwanted ones, whether they are there themselves or with a part."""
    return [name for name in unwanted if any(f"{found}.".startswith(f"{name}.") for found in modules)]


@pytest.mark.parametrize(
    "arguments", [("--version",), ("--help",), ("scan", "--help"), ("clone", "--help")], ids=" ".join
)
def test_help_imports_next_to_nothing(arguments: tuple[str, ...]) -> None:
    modules = imported(*arguments)
    assert [] == among(modules, (*HEAVY, *ALSO_NOT, *NOT_FOR_HELP))
    assert [] == sorted(
        name for name in modules if name.startswith("tsfix") and not name.startswith(COMMANDS[1:]) and name != "tsfix"
    )


def test_completion_imports_no_command() -> None:
    modules = imported(_TSFIX_COMPLETE="complete_bash", COMP_WORDS="tsfix cl", COMP_CWORD="1")
    assert [] == among(modules, (*HEAVY, *NOT_FOR_HELP))
    assert [] == sorted(
        name for name in modules if name.startswith("tsfix") and not name.startswith(COMMANDS[1:]) and name != "tsfix"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", OBJECT, "--to", "1706"),
        ("scan", PRETTY),
        ("scan", DEPLOY, "--to", "1706", "--format", "json"),
        ("explain", "R26"),
        ("list", "versions"),
    ],
    ids=lambda arguments: " ".join(str(item) for item in arguments if isinstance(item, str)),
)
def test_everyday_command_imports_what_it_needs(arguments: tuple[object, ...]) -> None:
    assert [] == among(imported(*arguments), (*HEAVY, *ALSO_NOT))


@pytest.mark.parametrize("arguments", [("explain", "R26"), ("list", "versions")], ids=" ".join)
def test_looking_up_facts_reads_no_exports_and_makes_no_reports(arguments: tuple[str, ...]) -> None:
    assert [] == among(imported(*arguments), ("lxml", "tsfix.reports", "tsfix.checks", "tsfix.containers"))


def test_scan_imports_nothing_that_only_a_copy_needs() -> None:
    modules = imported("scan", KIOSK, "--to", "1706")
    assert [] == among(modules, ("tsfix.conversion", "tsfix.rewrites", "tsfix.verification", "tsfix.comparison"))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("text", []),
        ("json", []),
        ("csv", ["csv", "tsfix.reports.csv_"]),
        ("sarif", ["tsfix.reports.sarif"]),
    ],
)
def test_scan_imports_the_format_that_was_asked_for_and_no_other(form: str, expected: list[str]) -> None:
    formats = ("csv", "tsfix.reports.csv_", "tsfix.reports.html", "tsfix.reports.sarif")
    assert expected == among(imported("scan", OBJECT, "--to", "1706", "--format", form), formats)


def test_scan_of_one_file_imports_nothing_for_other_processes_or_edits() -> None:
    modules = imported("scan", OBJECT, "--to", "1706")
    assert [] == among(modules, ("pickle", "string", "tsfix.use_cases.workers", "tsfix.xml_bytes.document"))


def test_a_run_seldom_searches_for_cycles() -> None:
    code = (
        "import gc, sys\n"
        "usual = gc.get_threshold()[0]\n"
        "from tsfix.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(f'{usual} {gc.get_threshold()[0]}')\n"
    )
    found = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, cwd=ROOT, check=True)
    usual, seldom = map(int, found.stderr.decode().split())
    assert usual * 100 <= seldom


def test_only_a_file_to_be_validated_brings_validation() -> None:
    assert ["pydantic"] == among(imported("scan", KIOSK, "--hierarchy", HIERARCHY), HEAVY)


def test_clone_imports_no_page_and_no_table_makers(tmp_path: Path) -> None:
    clone = ("clone", KIOSK, "--to", "1706", "-o", tmp_path / "out", "--dry-run")
    # The proof of a copy may compare with deepdiff, which brings much with it.
    assert [] == among(imported(*clone), ("jinja2", "rich"))


def test_every_command_takes_its_options_without_validation() -> None:
    assert QuickGroup is app.info.cls
    assert [] == [
        command.callback.__name__
        for command in app.registered_commands
        if command.callback is not None and command.cls is not QuickCommand
    ]


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (("scan",), "Missing argument 'EXPORT"),
        (("clone", PRETTY, "--to", "1706"), "Missing option '-o' / '--output-dir'"),
        (("clone", PRETTY, "-o", "x"), "Missing option '--to'"),
        (("scan", PRETTY, "--to"), "Option '--to' requires an argument"),
        (("scan", PRETTY, "--fail-on", "errors"), 'Did you mean "error"?'),
        (("list", "stepps"), 'Did you mean "steps"?'),
        (("explain",), "Missing argument 'NAME'"),
    ],
)
def test_wrong_options_are_still_found(arguments: tuple[object, ...], phrase: str) -> None:
    ran = run(*arguments)
    assert 2 == ran.code
    assert phrase in ran.said


def test_options_arrive_as_typer_would_give_them() -> None:
    """The same values with and without the shortcut, for options of every kind."""
    import typer
    from typer.testing import CliRunner

    def values(quick: bool, *arguments: str) -> list[object]:
        found: list[object] = []
        cli = typer.Typer(cls=QuickGroup if quick else None)

        @cli.callback()
        def group(loud: bool = False) -> None:
            found.append(loud)

        @cli.command(cls=QuickCommand if quick else None)
        def command(
            paths: list[Path],
            text: str | None = None,
            several: list[str] | None = None,
            file: Path | None = None,
            choice: Literal["a", "b"] = "a",
            number: int = 3,
            flag: bool = False,
        ) -> None:
            found.extend((paths, text, several, file, choice, number, flag))

        command.__annotations__["choice"] = Literal["a", "b"]
        result = CliRunner().invoke(cli, arguments, prog_name="x")
        return [*found, result.exit_code]

    for arguments in (
        ("command", "p"),
        ("command", "p", "q/r", "--text", "t", "--several", "1", "--several", "2", "--file", "f", "--choice", "b"),
        ("--loud", "command", "p", "--number", "7", "--flag", "--text", ""),
        ("command", "p", "--number", "x"),
        ("command", "p", "--choice", "c"),
        ("command",),
    ):
        assert values(False, *arguments) == values(True, *arguments)
