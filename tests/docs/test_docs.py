"""The documentation keeps up with the program, and its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from tsfix import command_reference as reference
from tsfix.cli import app

ROOT = Path(__file__).parents[2]
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


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pictures_say_what_they_show(page: Path) -> None:
    assert [] == re.findall(r"!\[.{0,20}\]\([^)]*\)", page.read_text(encoding="utf-8"))


def test_the_pages_about_json_are_current() -> None:
    """When this fails: python docs/schema_pages.py"""
    code = subprocess.run([sys.executable, ROOT / "docs" / "schema_pages.py", "--check"], check=False).returncode
    assert 0 == code


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python -m pip install . && tsfix demo" in text
    assert 'python -m pip install ".[test]" && python -m pytest' in text


ARCHITECTURE = ROOT / "docs" / "explanation" / "architecture.md"
DRAWING = re.compile(r"(?<=<!-- layers -->\n```text\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def test_the_drawing_of_the_layers_is_the_import_contract(request: pytest.FixtureRequest) -> None:
    """When this fails: pytest tests/docs/test_docs.py --update-golden, then say in a few words what a new layer is for."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [found for found in settings["tool"]["importlinter"]["contracts"] if found["type"] == "layers"]
    layers = [re.sub(r"tsfix\.|[()]", "", layer) for layer in contract["layers"]]
    page = ARCHITECTURE.read_text(encoding="utf-8")
    drawn = [re.split(r" {2,}", line.strip(), maxsplit=1) for line in DRAWING.search(page)[0].splitlines()]  # type: ignore[index]
    if request.config.getoption("--update-golden"):
        words = {line[0]: line[-1] for line in drawn if len(line) == 2}
        width = max(map(len, layers)) + 3
        lines = "".join(f"{layer:{width}}{words.get(layer, '?')}\n" for layer in layers)
        ARCHITECTURE.write_text(DRAWING.sub(lambda _: lines, page), encoding="utf-8", newline="\n")
        return
    assert layers == [line[0] for line in drawn]
    assert [] == [line[0] for line in drawn if line[-1] == "?" or len(line) != 2]


PLACE = re.compile(r"`((?:tsfix|tests|docs|fixtures|\.ci|\.github)/[\w./-]+)`")
MADE_BY_THE_READER = re.compile(r"^<!-- file: (\S+) -->$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_places_in_the_repository_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    made = set(MADE_BY_THE_READER.findall(text)) | {"docs/images/"}
    assert [] == [place for place in PLACE.findall(text) if place not in made and not (ROOT / place).exists()]


def test_the_ways_through_the_code_lead_along_files_and_functions_that_exist() -> None:
    """Each line of the ways names a file, and functions that stand in the files of that line."""
    text = ARCHITECTURE.read_text(encoding="utf-8").partition("## Three ways through the code")[2]
    text += (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Where things are")[2].partition("##")[0]
    )
    wrong = []
    for line in (line for line in text.splitlines() if "()`" in line):
        files = [ROOT / "tsfix" / name.removeprefix("tsfix/") for name in re.findall(r"`([\w/]+\.py)`", line)]
        code = "".join(file.read_text(encoding="utf-8") for file in files if file.is_file())
        functions = re.findall(r"`(?:\w+\.)?(\w+)\(\)`", line)
        wrong += [f"{name}() in {line}" for name in functions if f"def {name}(" not in code]
    assert [] == wrong
    named = {name for name in re.findall(r"`([\w/]+\.(?:py|toml))`", text) if not name.startswith("tsfix/")}
    assert [] == sorted(name for name in named if not (ROOT / "tsfix" / name).is_file())


def test_every_page_is_reached_from_the_index() -> None:
    """Link by link, from docs/index.md: nobody finds a page that nothing leads to."""
    reached: set[Path] = set()
    waiting = [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.is_file():
            continue
        reached.add(page)
        links = (found[1] for found in LINK.finditer(page.read_text(encoding="utf-8")))
        waiting += [(page.parent / link).resolve() for link in links if link.endswith(".md") and ":" not in link]
    written = {path.resolve() for path in ROOT.glob("docs/**/*.md") if "examples" not in path.parts}
    assert [] == sorted(path.relative_to(ROOT).as_posix() for path in written - reached)


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    """Where the extra ``docs`` is installed."""
    pytest.importorskip("mkdocs")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", ".mkdocs.yml", "-d", str(tmp_path)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert [] == [line for line in found.stderr.splitlines() if line.startswith(("WARNING", "ERROR"))]
    assert 0 == found.returncode
