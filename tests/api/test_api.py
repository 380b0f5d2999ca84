"""The Python API: its examples run, it says what the commands say, and its page names exactly what it has."""

from __future__ import annotations

import doctest
import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import DEPLOY, EXPORTS, HIERARCHY, INVALID, KIOSK, ROOT, environment, run
from tsfix import api, api_reference
from tsfix.commands.clone import clone
from tsfix.commands.compare import diff, verify
from tsfix.commands.facts import explain
from tsfix.commands.relink import relink
from tsfix.commands.scan import scan

COMMANDS = {"scan": scan, "clone": clone, "relink": relink, "diff": diff, "verify": verify, "explain": explain}
FOR_TERMINALS = {"format", "output", "quiet", "no_color"}
"""Options of commands that say where an answer goes; ``render`` does that."""
OTHERWISE = {
    "scan": {"write_baseline", "reason", "until"},
    "relink": {"map_file"},
    "diff": {"fail_on_difference"},
}
"""Options that a person uses once, or that a script does by itself: read a table, look whether ``report.equal``."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(DEPLOY, tmp_path / "Deploy Windows 11.zip")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_examples_run_and_give_what_they_show(folder: Path) -> None:
    functions = [name for name in api.__all__ if inspect.isfunction(getattr(api, name))]
    found = doctest.testmod(api)
    assert 0 == found.failed
    assert len(functions) < found.attempted
    assert [] == [name for name in functions if ">>> " not in (getattr(api, name).__doc__ or "")]
    assert ["Deploy Windows 11 (for 1706).zip"] == [path.name for path in (folder / "copies").iterdir()]


def test_page_is_current() -> None:
    assert api_reference.PAGE.read_text(encoding="utf-8") == api_reference.page()


def test_page_names_exactly_what_is_public() -> None:
    page = api_reference.PAGE.read_text(encoding="utf-8")
    rows = re.split(r"^## (?:Types|Errors)$", page, flags=re.MULTILINE)[1:]
    headings = re.findall(r"^### (\w+)$", page, flags=re.MULTILINE)
    listed = [name for part in rows for name in re.findall(r"^\| `(\w+)` \|", part, flags=re.MULTILINE)]
    assert sorted(api.__all__) == sorted([*headings, *listed])


def test_what_the_functions_take_and_give_is_public() -> None:
    named = {
        name
        for function in api.__all__
        if inspect.isfunction(getattr(api, function))
        for name in re.findall(
            r"[A-Z]\w+", " ".join(map(str, inspect.get_annotations(getattr(api, function)).values()))
        )
    }
    assert [] == sorted(named - set(api.__all__) - {"Iterable", "Mapping", "None"})


@pytest.mark.parametrize("name", COMMANDS)
def test_parameters_are_the_options_of_the_command(name: str) -> None:
    options = set(inspect.signature(COMMANDS[name]).parameters) - FOR_TERMINALS - OTHERWISE.get(name, set())
    assert sorted(options) == sorted(inspect.signature(getattr(api, name)).parameters)


@pytest.mark.parametrize("name", COMMANDS)
def test_defaults_are_those_of_the_command(name: str) -> None:
    """Where both have one. A function never guesses jobs; a relink without a map is no call."""
    ours = inspect.signature(getattr(api, name)).parameters
    theirs = inspect.signature(COMMANDS[name]).parameters
    different = {
        option: (parameter.default, theirs[option].default)
        for option, parameter in ours.items()
        if (parameter.default or None) != (theirs[option].default or None)
    }
    empty = inspect.Parameter.empty
    allowed = {"jobs": (1, None), "map": (empty, None)} if name == "relink" else {"jobs": (1, None)}
    assert {} == {option: pair for option, pair in different.items() if allowed.get(option) != pair}


def same_answer(report: Any, code: int, *command: object) -> None:
    ran = run(*command, "--format", "json", "-q")
    assert (code, ran.stdout) == (ran.code, api.render(report, "json"))


def test_scan_says_what_the_command_says() -> None:
    answer = api.scan([DEPLOY, KIOSK], to=["LEG", "2309"], hierarchy=HIERARCHY)
    options = ("--to", "LEG", "--to", "2309", "--hierarchy", HIERARCHY)
    same_answer(answer.report, answer.exit_code, "scan", DEPLOY, KIOSK, *options)


def test_scan_without_target_is_for_the_sites_of_the_hierarchy() -> None:
    answer = api.scan(KIOSK, hierarchy=str(HIERARCHY))
    same_answer(answer.report, answer.exit_code, "scan", KIOSK, "--hierarchy", HIERARCHY)
    assert 1 < len(answer.report.exports)


def test_clone_says_what_the_command_says_and_writes_the_same(tmp_path: Path) -> None:
    answer = api.clone(str(DEPLOY), tmp_path / "a", to="LEG", hierarchy=HIERARCHY, new_steps="disable", accept=["R33"])
    options = ("--to", "LEG", "--hierarchy", HIERARCHY, "--new-steps", "disable", "--accept", "R33")
    ran = run("clone", DEPLOY, *options, "-o", tmp_path / "b", "-q")
    assert answer.exit_code == ran.code
    (ours,), (theirs,) = ((*folder.iterdir(),) for folder in (tmp_path / "a", tmp_path / "b"))
    assert (theirs.name, theirs.read_bytes()) == (ours.name, ours.read_bytes())


def test_relink_says_what_the_command_says(tmp_path: Path) -> None:
    answer = api.relink(DEPLOY, tmp_path / "out", map={"CHQ00003": "LEG00042"}, where=["Deploy*"], dry_run=True)
    options = ("--map", "CHQ00003=LEG00042", "--where", "Deploy*", "--dry-run")
    same_answer(answer.report, answer.exit_code, "relink", DEPLOY, *options, "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_diff_and_verify_say_what_the_commands_say(tmp_path: Path) -> None:
    api.clone(DEPLOY, tmp_path, to="1706", client_package="LEG00042", new_steps="disable")
    (copy,) = tmp_path.iterdir()
    compared, proved = api.diff(DEPLOY, copy), api.verify(copy, DEPLOY, to="1706")
    same_answer(compared.report, compared.exit_code, "diff", DEPLOY, copy)
    same_answer(proved.report, proved.exit_code, "verify", copy, "--against", DEPLOY, "--to", "1706")
    assert (False, True) == (compared.report.equal, proved.report.proved)


def test_one_bad_export_raises_nothing() -> None:
    answer = api.scan([INVALID / "truncated.xml", KIOSK, "not there.zip"], to="1706")
    assert (4, 1, 2) == (answer.exit_code, len(answer.report.exports), len(answer.report.notices))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: api.scan(KIOSK, to="1999"),
        lambda: api.scan(KIOSK, to="LEG"),
        lambda: api.scan(KIOSK, hierarchy=INVALID / "not-xml.xml"),
        lambda: api.scan(KIOSK, fail_on="errors"),  # type: ignore[arg-type]
        lambda: api.scan(KIOSK, jobs=0),
        lambda: api.clone(KIOSK, KIOSK, to="1706"),
        lambda: api.clone(KIOSK, EXPORTS.parent, to="1706", new_steps="hide"),  # type: ignore[arg-type]
        lambda: api.clone(KIOSK, "copies", to="1706", client_package="client"),
        lambda: api.clone(KIOSK, "copies", to="1706", name="{nobody}"),
        lambda: api.clone(KIOSK, "copies", to="1706", accept=["R999"]),
        lambda: api.relink(KIOSK, "copies", map={}),
        lambda: api.relink(KIOSK, "copies", map={"CHQ00001": "CHQ00002"}, name="x", keep_identity=True),
        lambda: api.explain("no such thing at all"),
        lambda: api.render(api.diff(KIOSK, KIOSK).report, "sarif"),
        lambda: api.render(api.verify(KIOSK, KIOSK).report, "html"),
    ],
)
def test_wrong_request_raises_an_error_with_words(wrong: Any, folder: Path) -> None:
    with pytest.raises(api.UsageError) as found:
        wrong()
    assert found.value.message
    assert ["Deploy Windows 11.zip"] == [path.name for path in folder.iterdir()]


def test_the_script_of_the_page_runs(folder: Path) -> None:
    ran = subprocess.run(
        [sys.executable, api_reference.EXAMPLE, "Deploy Windows 11.zip", HIERARCHY, "review.html", "LEG", "NEW"],
        capture_output=True,
        env=environment(PYTHONIOENCODING="utf-8"),
        check=False,
        timeout=60,
    )
    lines = ran.stdout.decode("utf-8").splitlines()
    assert (1, b"") == (ran.returncode, ran.stderr)
    assert {"LEG"} == {line.split("\t")[0] for line in lines}
    assert (folder / "review.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_import_of_the_package_loads_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import tsfix; print(*sorted(set(sys.modules) - before))"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment(), cwd=ROOT, check=True, timeout=60
    )
    assert ["tsfix"] == ran.stdout.decode().split()
