"""Every script keeps the promises that the documentation makes about all of them, and the golden files show them whole.

``TSFIX_UPDATE_GOLDEN=1`` writes the golden files anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tree_sitter import Node

from tests.scripts import powershell
from tests.scripts.script_samples import DEFAULTS, GOLDEN
from tsfix.scripts import SCRIPTS
from tsfix.scripts.render import render

FIXTURES = Path(__file__).parents[2] / "fixtures" / "scripts"
CHANGING = ("client-package", "export", "import")
CONSOLE = ("inventory", "client-package", "export", "import")
CHANGES = {
    "New-CMPackage",
    "Start-CMContentDistribution",
    "Import-CMTaskSequence",
    "Export-CMTaskSequence",
    "Copy-Item",
}
"""Cmdlets that change the site or a share."""
EVERY_SAMPLE = [(name, kind) for kind in ("golden", "defaults") for name in SCRIPTS]


def _script(name: str, kind: str = "golden") -> str:
    return render(name, (GOLDEN if kind == "golden" else DEFAULTS)[name])


def test_every_script_has_a_golden_file() -> None:
    assert sorted(f"{name}.ps1" for name in SCRIPTS) == sorted(file.name for file in FIXTURES.iterdir())


@pytest.mark.parametrize("name", SCRIPTS)
def test_golden_files(name: str) -> None:
    file = FIXTURES / f"{name}.ps1"
    script = _script(name)
    if os.environ.get("TSFIX_UPDATE_GOLDEN"):
        file.write_bytes(script.encode("ascii"))
    assert file.read_bytes().decode("ascii") == script


@pytest.mark.parametrize(("name", "kind"), EVERY_SAMPLE)
def test_the_grammar_knows_all_of_it(name: str, kind: str) -> None:
    assert [] == powershell.errors(_script(name, kind))


@pytest.mark.parametrize(("name", "kind"), EVERY_SAMPLE)
def test_plain_ascii_in_readable_lines(name: str, kind: str) -> None:
    lines = _script(name, kind).split("\n")
    assert [] == [line for line in lines if not re.fullmatch(r"[ -~]*", line) or line != line.rstrip()]
    assert [] == [line for line in lines if len(line) > 120 and "ScopeId_" not in line and "[char]" not in line]


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_is_left_to_fill_in(name: str) -> None:
    assert [] == re.findall(r"'@\w+@'|#@|@#", _script(name))


@pytest.mark.parametrize("name", SCRIPTS)
def test_comment_based_help_describes_every_parameter(name: str) -> None:
    script = _script(name)
    assert script.startswith("<#\n.SYNOPSIS\n")
    help_text = script[: script.index("#>")]
    assert [".SYNOPSIS", ".DESCRIPTION", ".EXAMPLE", ".NOTES"] == [
        part for part in (".SYNOPSIS", ".DESCRIPTION", ".EXAMPLE", ".NOTES") if f"\n{part}\n" in help_text
    ]
    assert powershell.parameters(powershell.tree(script)) == re.findall(r"^\.PARAMETER (\w+)$", help_text, re.MULTILINE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_says_that_nobody_tried_it_and_who_printed_it(name: str) -> None:
    notes = _script(name).split(".NOTES")[1].split("#>")[0]
    assert f"Printed by: tsfix script {name}." in notes
    assert "It has never been tried on a live site." in notes


@pytest.mark.parametrize("name", SCRIPTS)
def test_strict_and_stopping(name: str) -> None:
    body = _script(name).split("#>", 1)[1]
    assert body.startswith("\n#requires -Version 5.1\n[CmdletBinding(")
    assert "\n)\n\nSet-StrictMode -Version 2.0\n$ErrorActionPreference = 'Stop'\n" in body


@pytest.mark.parametrize("name", SCRIPTS)
def test_refuses_powershell_7_where_the_cmdlets_do(name: str) -> None:
    assert (name in CONSOLE) == ("$PSVersionTable.PSEdition -eq 'Core'" in _script(name))


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_if_exactly_where_something_changes(name: str) -> None:
    script = _script(name)
    assert (name in CHANGING) == ("SupportsShouldProcess = $true" in script)
    assert (name in CHANGING) == bool(CHANGES & {command.name for command in powershell.commands(script)})


@pytest.mark.parametrize("name", CHANGING)
def test_every_change_stands_behind_should_process(name: str) -> None:
    script = _script(name)
    for node in powershell.nodes(powershell.tree(script), "command"):
        command = powershell.text(node).split()[0]
        if command not in CHANGES:
            continue
        above = node.parent
        guarded = False
        while above is not None:
            if above.type in ("if_statement", "elseif_clause"):
                guarded = guarded or "$PSCmdlet.ShouldProcess(" in powershell.text(above)
            if above.type == "foreach_statement" and "if (-not $PSCmdlet.ShouldProcess(" in powershell.text(above):
                guarded = True
            above = above.parent
        assert guarded, f"{command} in line {node.start_point[0] + 1} is not guarded"


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_alias_no_expansion_no_here_string_no_backtick(name: str) -> None:
    script = _script(name)
    names = {command.name for command in powershell.commands(script)}
    assert [] == [one for one in sorted(names) if not re.fullmatch(r"[A-Z][A-Za-z]+-[A-Z][A-Za-z]+|&", one)]
    tree = powershell.tree(script)
    kinds = ("expandable_string_literal", "expandable_here_string_literal", "verbatim_here_string_characters")
    assert [] == [powershell.text(node) for node in powershell.nodes(tree, *kinds)]
    assert "`" not in script
    assert "Invoke-Expression" not in names


@pytest.mark.parametrize("name", SCRIPTS)
def test_there_is_a_log(name: str) -> None:
    names = [command.name for command in powershell.commands(_script(name))]
    assert ["Start-Transcript", "Stop-Transcript"] == sorted({"Start-Transcript", "Stop-Transcript"} & set(names))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_variable_has_one_spelling_in_its_function(name: str) -> None:
    """PowerShell takes $Place and $place for one variable."""
    script = _script(name)
    scopes = {**powershell.functions(script), "(script)": powershell.tree(script)}
    for scope, node in scopes.items():
        inner = list(powershell.nodes(node, "function_statement")) if scope == "(script)" else []
        spellings: dict[str, set[str]] = {}
        for variable in powershell.nodes(node, "variable"):
            if _within(variable, inner):
                continue
            spelled = powershell.text(variable)
            spellings.setdefault(spelled.lower(), set()).add(spelled)
        assert {} == {key: found for key, found in spellings.items() if len(found) > 1}, scope


AUTOMATIC = {"_", "true", "false", "null", "matches", "pscmdlet", "psversiontable", "erroractionpreference"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_variable_has_a_value_before_it_is_read(name: str) -> None:
    """Strict mode stops at a variable that nobody set. This finds a misspelt one without running the script."""
    assert [] == _unset(_script(name))


def test_a_variable_without_a_value_is_found() -> None:
    script = (
        "param([string]$Given)\nfunction Get-It {\n    param($Own)\n    $found = $Own + $Given + $Fuond\n}\n$env:X\n"
    )
    assert [("$Fuond", 4)] == _unset(script)


def _unset(script: str) -> list[tuple[str, int]]:
    """Variables, with the line, that neither their function nor the script itself gives a value."""
    tree = powershell.tree(script)
    functions = list(powershell.functions(script).values())
    top = _set_in(tree, functions)
    found = []
    for node, skipped in [*((function, []) for function in functions), (tree, functions)]:
        known = top | _set_in(node, skipped) | AUTOMATIC
        for variable in powershell.nodes(node, "variable"):
            name = powershell.text(variable)[1:].lower().removeprefix("script:")
            if not _within(variable, skipped) and not name.startswith("env:") and name not in known:
                found.append((powershell.text(variable), variable.start_point[0] + 1))
    return found


def _set_in(node: Node, skipped: list[Node]) -> set[str]:
    """Names that get a value in the node: by assignment, as a parameter, or in a foreach."""
    found = set()
    for one in powershell.nodes(node, "assignment_expression", "foreach_statement", "script_parameter"):
        if _within(one, skipped):
            continue
        variable = next(powershell.nodes(one, "variable"), None)
        if one.type == "assignment_expression" and re.fullmatch(r"\$[\w:]+", powershell.text(one.children[0])) is None:
            continue  # a key, an element or a property of something that must have a value already
        if variable is not None:
            found.add(powershell.text(variable)[1:].lower().removeprefix("script:"))
    return found


def _within(node: Node, others: list[Node]) -> bool:
    return any(other.start_byte <= node.start_byte < other.end_byte for other in others)
