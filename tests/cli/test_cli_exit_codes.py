"""The exit codes that pipelines rely on: each on its own, and the highest of a batch."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from tests.cli.running import DEPLOY, EXPORTS, INVALID, KIOSK, PRETTY, run
from tsfix.errors import VerificationError

FABRIKAM = EXPORTS / "raw" / "fabrikam-custom-action.xml"
BROKEN = INVALID / "truncated.xml"
CLIENT = ("--client-package", "LEG00042")

# 1706 is the site of the example; the newest version lacks nothing that a fixture holds.
SCAN: dict[str, tuple[int, tuple[object, ...]]] = {
    "nothing blocking": (0, (PRETTY, "--to", "1706")),
    "errors": (1, (DEPLOY, "--to", "1706")),
    "errors that do not count": (0, (DEPLOY, "--to", "1706", "--fail-on", "never")),
    "remarks": (0, (PRETTY, "--to", "1706", "--fail-on", "warning")),
    "remarks that count": (1, (PRETTY, "--to", "1706", "--fail-on", "info")),
    "wrong usage": (2, (PRETTY, "--to", "1")),
    "unreadable": (4, (BROKEN, "--to", "1706")),
    "partly readable": (4, (INVALID / "missing-part.zip", "--fail-on", "never")),
    "errors and something unreadable": (4, (DEPLOY, BROKEN, PRETTY, "--to", "1706")),
}


@pytest.mark.parametrize("case", SCAN)
def test_scan_ends_with(case: str) -> None:
    code, arguments = SCAN[case]
    assert code == run("scan", *arguments).code


CLONE: dict[str, tuple[int, tuple[object, ...]]] = {
    "nothing to do": (0, (EXPORTS / "raw" / "escaped.xml", "--to", "1706")),
    "everything mended without a loss": (0, (KIOSK, "--to", "1706")),
    "steps out of action": (1, (DEPLOY, "--to", "1706", *CLIENT, "--new-steps", "disable")),
    "errors accepted": (1, (FABRIKAM, DEPLOY, "--to", "1706", *CLIENT, "--new-steps", "keep")),
    "wrong usage": (2, (DEPLOY, "--to", "1706", "--map", "x")),
    "a decision is needed": (3, (DEPLOY, "--to", "1706")),
    "unreadable": (4, (BROKEN, "--to", "1706")),
    "copied, refused, unreadable": (4, (KIOSK, DEPLOY, BROKEN, "--to", "1706")),
    "copied and refused": (3, (KIOSK, DEPLOY, "--to", "1706")),
}


@pytest.mark.parametrize("case", CLONE)
def test_clone_ends_with(case: str, tmp_path: Path) -> None:
    code, arguments = CLONE[case]
    assert code == run("clone", *arguments, "-o", tmp_path / "out").code


def test_fault_of_tsfix_outdoes_everything(tmp_path: Path) -> None:
    def fail_for_one(export: object, *others: object) -> object:
        if "Kiosk" in export.name:  # type: ignore[attr-defined]
            raise VerificationError("The copy is not what was planned.")
        return real(export, *others)

    from tsfix.conversion import clone as real

    with mock.patch("tsfix.use_cases.cloning.clone", fail_for_one):
        ran = run("clone", KIOSK, DEPLOY, BROKEN, "--to", "1706", "-o", tmp_path / "out")
    assert 70 == ran.code
    assert "The copy is not what was planned." in ran.said
    assert "1 REFUSED, 2 NOT DONE" in ran.said


@pytest.mark.parametrize(
    "command", [("--help",), ("--version",), ("scan", "--help"), ("clone", "-h"), ("list", "rules")]
)
def test_asking_for_help_is_no_failure(command: tuple[str, ...]) -> None:
    ran = run(*command)
    assert (0, b"") == (ran.code, ran.err)
    assert ran.out


def test_nothing_at_all_shows_the_commands() -> None:
    ran = run()
    assert 2 == ran.code
    assert "scan" in ran.said


def test_demo_writes_its_copy_where_it_is_told(tmp_path: Path) -> None:
    assert 0 == run("demo", "-o", tmp_path).code
    assert ["Contoso Deploy Windows 11 (for LEG).zip"] == [path.name for path in tmp_path.iterdir()]
    assert 0 == run("demo").code
