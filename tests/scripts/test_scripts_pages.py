"""The how-to pages call the scripts as they are: every script and every parameter in them exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scripts import powershell
from tests.scripts.script_samples import DEFAULTS
from tsfix.scripts import SCRIPTS
from tsfix.scripts.render import render

PAGES = sorted((Path(__file__).parents[2] / "docs" / "how-to").glob("*.md"))
COMMON = {"WhatIf", "Confirm"}


def _calls(page: Path) -> list[powershell.Command]:
    fences = re.findall(r"^```powershell\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert [] == [errors for fence in fences if (errors := powershell.errors(fence))]
    return [call for fence in fences for call in powershell.commands(fence) if call.name.startswith(".\\")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_calls_name_parameters_that_exist(page: Path) -> None:
    for call in _calls(page):
        name = call.name.removeprefix(".\\").removesuffix(".ps1")
        known = set(powershell.parameters(powershell.tree(render(name, DEFAULTS[name]))))
        assert set(call.parameters) <= known | COMMON, call
        assert 0 == call.positional, call


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_printed_scripts_exist(page: Path) -> None:
    named = set(re.findall(r"tsfix script ([a-z-]+)", page.read_text(encoding="utf-8")))
    assert named <= set(SCRIPTS)


def test_the_way_to_a_copy_uses_every_script() -> None:
    page = next(page for page in PAGES if page.stem.startswith("from-a-mid-update"))
    text = page.read_text(encoding="utf-8")
    assert set(SCRIPTS) == set(re.findall(r"tsfix script ([a-z-]+)", text))
    assert "never been run" in text


@pytest.mark.parametrize("name", SCRIPTS)
def test_examples_in_the_help_call_the_script_as_it_is(name: str) -> None:
    script = render(name, DEFAULTS[name])
    examples = re.findall(rf"^    \.\\{name}\.ps1 .*$", script.split("#>")[0], re.MULTILINE)
    assert examples
    for call in powershell.commands("\n".join(examples) + "\n"):
        assert set(call.parameters) <= set(powershell.parameters(powershell.tree(script))) | COMMON, call
