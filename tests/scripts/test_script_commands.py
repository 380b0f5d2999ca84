"""The commands that print scripts, as a person calls them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"
HIERARCHY = FIXTURES / "hierarchy" / "contoso-inventory.json"
EXPORT = FIXTURES / "exports" / "Contoso Deploy Windows 11.zip"


def tsfix(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tsfix", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("name", ["inventory", "inventory-rest", "export"])
def test_a_script_is_printed_and_nothing_else(name: str) -> None:
    ended = tsfix("script", name, "--site", "CHQ")
    assert (0, "") == (ended.returncode, ended.stderr)
    assert ended.stdout.startswith("<#\n.SYNOPSIS\n")
    assert "'CHQ'" in ended.stdout


def test_the_client_package_script_knows_site_and_build() -> None:
    ended = tsfix("script", "client-package", "--to", "leg", "--hierarchy", HIERARCHY)
    assert 0 == ended.returncode
    assert "'LEG'" in ended.stdout
    assert "8540" in ended.stdout


def test_the_import_script_follows_from_the_copies(tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    tsfix("clone", EXPORT, "--to", "LEG", "--hierarchy", HIERARCHY, "--new-steps", "disable", "-o", copies)
    ended = tsfix("script", "import", copies, "--to", "LEG", "--hierarchy", HIERARCHY)
    assert (0, "") == (ended.returncode, ended.stderr)
    assert "Contoso Deploy Windows 11 (for LEG).zip" in ended.stdout
    assert "LEG00042" in ended.stdout
    assert "Join Domain" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["client-package", "--to", "1706", "--hierarchy", HIERARCHY], "must be a site code"),
        (["client-package", "--to", "XYZ", "--hierarchy", HIERARCHY], "is not in the hierarchy file"),
        (["inventory", "--site", "TOOLONG"], "is not a site code"),
        (["import", FIXTURES / "hierarchy", "--to", "LEG", "--hierarchy", HIERARCHY], "holds no task sequence"),
        (["import", FIXTURES / "exports" / "raw", "--to", "LEG", "--hierarchy", HIERARCHY], "takes export zips"),
    ],
)
def test_bad_input_is_one_paragraph(arguments: list[str | Path], expected: str) -> None:
    ended = tsfix("script", *arguments)
    assert (2, "") == (ended.returncode, ended.stdout)
    assert expected in ended.stderr
    assert "Traceback" not in ended.stderr
