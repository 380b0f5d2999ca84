"""The scripts use nothing but what reference.toml lists, with its public page; and it lists nothing that they do not use."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.scripts import powershell
from tests.scripts.script_samples import DEFAULTS
from tsfix.scripts import SCRIPTS
from tsfix.scripts.render import render

REFERENCE = tomllib.loads((Path(__file__).parent / "reference.toml").read_text(encoding="utf-8"))
COMMON_PARAMETERS = {"ErrorAction"}
READERS = {"Get-Text", "Get-PropertyValue", "Test-Flag"}
"""The functions of the scripts that read a property of an object of the site."""
DEFAULT_SCRIPTS = {name: render(name, options) for name, options in DEFAULTS.items()}


def _foreign(script: str) -> list[powershell.Command]:
    """Calls of what the script does not define itself."""
    own = powershell.functions(script)
    return [
        command
        for command in powershell.commands(script)
        if command.name not in own and command.name not in powershell.OPERATORS
    ]


def _classes(script: str) -> set[str]:
    texts = [powershell.evaluate(node) for node in powershell.nodes(powershell.tree(script), "string_literal")]
    found: set[str] = set()
    for text in texts:
        found |= set(re.findall(r"^(SMS_[A-Z][A-Za-z]+)(?:\.|\('|$)", text))
        found |= set(re.findall(r"\bFROM (\w+)", text)) | set(re.findall(r"AdminService/wmi/(SMS_\w+)\.", text))
    return found


@pytest.mark.parametrize("name", SCRIPTS)
def test_cmdlets_and_parameters_are_documented(name: str) -> None:
    unknown = [
        (command.line, command.name, sorted(missing))
        for command in _foreign(DEFAULT_SCRIPTS[name])
        if (
            missing := set(command.parameters)
            - set(REFERENCE["cmdlets"].get(command.name, {}).get("parameters", ()))
            - COMMON_PARAMETERS
        )
        or command.name not in REFERENCE["cmdlets"]
    ]
    assert [] == unknown


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_argument_is_named(name: str) -> None:
    """So that the check of parameters sees all of them, and a reader too."""
    assert [] == [(command.line, command.name) for command in _foreign(DEFAULT_SCRIPTS[name]) if command.positional]


@pytest.mark.parametrize("name", SCRIPTS)
def test_functions_of_a_script_get_their_own_parameters(name: str) -> None:
    script = DEFAULT_SCRIPTS[name]
    own = {function: powershell.parameters(node) for function, node in powershell.functions(script).items()}
    wrong = [
        (command.line, command.name, command.parameters)
        for command in powershell.commands(script)
        if command.name in own and (command.positional or not set(command.parameters) <= set(own[command.name]))
    ]
    assert [] == wrong


def test_properties_are_documented_and_used() -> None:
    used = {
        command.arguments["Name"]
        for script in DEFAULT_SCRIPTS.values()
        for command in powershell.commands(script)
        if command.name in READERS and "Name" in command.arguments
    }
    assert set(REFERENCE["properties"]) == used


def test_classes_are_documented_and_used() -> None:
    used = set().union(*map(_classes, DEFAULT_SCRIPTS.values()))
    assert set(REFERENCE["classes"]) == used | {"SMS_TaskSequencePackage"}


def test_types_are_documented_and_used() -> None:
    used = set().union(*map(powershell.types, DEFAULT_SCRIPTS.values())) - set(REFERENCE["language"]["names"])
    assert set(REFERENCE["types"]) == used


def test_the_list_of_cmdlets_is_not_longer_than_needed() -> None:
    used: dict[str, set[str]] = {}
    for script in DEFAULT_SCRIPTS.values():
        for command in _foreign(script):
            used.setdefault(command.name, set()).update(set(command.parameters) - COMMON_PARAMETERS)
    assert {name: set(entry["parameters"]) for name, entry in REFERENCE["cmdlets"].items()} == used


def test_every_page_is_public() -> None:
    pages = [entry["page"] for entry in REFERENCE["cmdlets"].values()]
    for section in ("properties", "classes", "methods", "types"):
        pages.extend(REFERENCE[section].values())
    assert [] == [
        page for page in pages if not page.startswith(("https://learn.microsoft.com/", "https://docs.oasis-open.org/"))
    ]


def test_cmdlets_of_the_site_have_a_page_of_their_module() -> None:
    module = "https://learn.microsoft.com/powershell/module/configurationmanager/"
    assert [] == [
        name
        for name, entry in REFERENCE["cmdlets"].items()
        if ("-CM" in name) != (entry["page"] == module + name.lower())
    ]
