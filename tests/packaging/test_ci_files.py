"""What other services read: the workflows, the recipes on the pages, and the hook for pre-commit."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from tests.cli.running import EXPORTS, ROOT
from tsfix.cli import app

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
RECIPES = ROOT / "docs" / "how-to" / "use-in-ci.md"
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
USED = re.compile(r"uses: (\S+)@(\S+)(.*)")


def used(path: Path) -> dict[str, tuple[str, str]]:
    """Action to the commit and the version that a file names."""
    return {name: (commit, rest.strip()) for name, commit, rest in USED.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("path", [*WORKFLOWS, RECIPES], ids=lambda path: path.name)
def test_actions_are_pinned_to_commits_with_their_version(path: Path) -> None:
    assert used(path)
    assert {} == {
        name: pin
        for name, pin in used(path).items()
        if not re.fullmatch(r"[0-9a-f]{40}", pin[0]) or not re.fullmatch(r"# v\d+\.\d+\.\d+", pin[1])
    }


def test_the_page_pins_what_our_own_workflow_pins() -> None:
    ours, shown = used(WORKFLOWS[0]), used(RECIPES)
    assert {name: ours[name] for name in ours if name in shown} == {name: shown[name] for name in shown if name in ours}


def test_workflow_runs_what_ci_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    workflow = WORKFLOWS[0].read_text(encoding="utf-8")
    for command in ("python -m pytest -q", "ruff check .", "mypy", "lint-imports", "tsfix demo"):
        assert command in script
        assert command in workflow
    assert "bash .ci/run" in workflow


def test_hook_runs_a_command_that_there_is() -> None:
    (entry,) = re.findall(r"^  entry: (.+)$", HOOKS, re.MULTILINE)
    program, name, *options = shlex.split(entry)
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}
    assert ("tsfix", []) == (program, [option for option in options if option not in known])


def test_hook_takes_exports_and_no_other_files() -> None:
    (pattern,) = re.findall(r"^  files: '(.+)'$", HOOKS, re.MULTILINE)
    files = {path.relative_to(ROOT).as_posix() for path in EXPORTS.rglob("*") if path.is_file()}
    taken = {path for path in files if re.search(pattern, path)}
    assert {"object.xml", ".zip"} == {Path(path).name if path.endswith(".xml") else Path(path).suffix for path in taken}
    assert [] == [path for path in files if path.endswith(("/object.xml", ".zip")) and path not in taken]
    assert not re.search(pattern, "exports/SMS_Package/CHQ00002/object.xml")


def test_page_shows_the_hook_that_there_is() -> None:
    page = (ROOT / "docs" / "how-to" / "pre-commit.md").read_text(encoding="utf-8")
    assert re.findall(r"^- id: (\S+)$", HOOKS, re.MULTILINE) == re.findall(r"- id: (\S+)$", page, re.MULTILINE)
