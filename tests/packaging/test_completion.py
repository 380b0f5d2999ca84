"""Completion of words: the scripts are printed, never installed, and the shells that are here accept them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import ROOT, environment, run, run_process
from tsfix.commands.completion import SCRIPTS

POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="a shell of another kind")


def candidates(*words: str) -> list[str]:
    env = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1), "_TSFIX_COMPLETE": "complete_bash"}
    return run_process(env=env).stdout.splitlines()


@pytest.mark.parametrize("shell", SCRIPTS)
def test_script_is_printed_and_ascii(shell: str) -> None:
    ran = run("--show-completion", shell)
    assert (0, "") == (ran.code, ran.stderr)
    assert SCRIPTS[shell].strip() == ran.stdout.strip()
    assert ran.stdout.isascii()
    assert "_TSFIX_COMPLETE" in ran.stdout


def test_nothing_offers_to_install() -> None:
    assert "install-completion" not in run("--help").said
    assert 2 == run("--install-completion").code
    assert ["--version", "--show-completion", "--help"] == candidates("tsfix", "--")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("tsfix", "sc"), ["scan", "script"]),
        (("tsfix", "clone", "--new"), ["--new-steps", "--new-id"]),
        (("tsfix", "clone", "--new-steps", "pl"), ["placeholder"]),
        (("tsfix", "list", ""), ["versions", "steps", "features", "variables", "rules"]),
        (("tsfix", "script", "inv"), ["inventory", "inventory-rest"]),
        (("tsfix", "scan", "C:\\Exports\\O'Brien.zip", "--fo"), ["--format"]),
    ],
)
def test_candidates(words: tuple[str, ...], expected: list[str]) -> None:
    if "'" in words[-2]:
        words = (words[0], words[1], f'"{words[2]}"', words[3])
    assert expected == candidates(*words)


def program(folder: Path) -> dict[str, str]:
    """A folder with a program ``tsfix``, and an environment in which it is found first."""
    name = folder / "tsfix"
    name.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tsfix "$@"\n', encoding="utf-8")
    name.chmod(0o755)
    return environment(PATH=os.pathsep.join([str(folder), os.environ["PATH"]]))


@POSIX_ONLY
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes(tmp_path: Path) -> None:
    code = 'eval "$(tsfix --show-completion bash)"; COMP_WORDS=(tsfix clone --new-s); COMP_CWORD=2; _tsfix_complete tsfix; '
    ran = subprocess.run(
        ["bash", "-c", code + 'printf "%s\\n" "${COMPREPLY[@]}"'],
        env=program(tmp_path),
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert ["--new-steps"] == ran.stdout.decode().splitlines()


@POSIX_ONLY
@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh")
def test_zsh_completes(tmp_path: Path) -> None:
    code = (
        "compdef() { : }; compadd() { shift; print -l -- ${(P)1} }; "
        'eval "$(tsfix --show-completion zsh)"; words=(tsfix clone --new-s); CURRENT=3; _tsfix_complete'
    )
    ran = subprocess.run(
        ["zsh", "-f", "-c", code], env=program(tmp_path), cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    assert ["--new-steps"] == ran.stdout.decode().splitlines()


def test_powershell_would_parse_its_script() -> None:
    """Read with a PowerShell grammar; no PowerShell runs here."""
    powershell = pytest.importorskip("tests.scripts.powershell", reason="no PowerShell grammar")
    assert [] == powershell.errors(SCRIPTS["powershell"])
