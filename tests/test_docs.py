"""The documentation keeps up with the program, and its links lead somewhere."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tsfix import command_reference as reference
from tsfix.cli import app

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("fixtures/*.md"))
    if not path.name.startswith(".")
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_the_reference_of_the_commands_is_current() -> None:
    page = reference.PAGE.read_text(encoding="utf-8")
    if f"with Typer {version('typer')}." not in page:
        pytest.skip("made with another Typer, which lays out its help in another way")
    assert reference.page() == page


def test_every_command_is_in_the_reference() -> None:
    names = [
        command.name or (command.callback.__name__ if command.callback else "") for command in app.registered_commands
    ]
    named = {command[0] for command in reference._COMMANDS}
    assert [] == sorted({name.replace("_", "-") for name in names} - named)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    targets = (found[1] for found in LINK.finditer(page.read_text(encoding="utf-8")))
    missing = [
        target
        for target in targets
        if not target.startswith(("https:", "http:", "mailto:")) and not (page.parent / target).resolve().exists()
    ]
    assert [] == missing


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python -m pip install . && tsfix demo" in text
    assert 'python -m pip install ".[test]" && python -m pytest' in text
