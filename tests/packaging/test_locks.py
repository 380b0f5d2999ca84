"""The pinned packages fit ``pyproject.toml``, and every one is named with its hashes and without an address."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import ROOT

requirements = pytest.importorskip("packaging.requirements", reason="packaging, which pytest brings, is not installed")

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDER = ROOT / ".ci" / "requirements"
EXTRAS = PROJECT["project"]["optional-dependencies"]
WANTED: dict[str, list[str]] = {
    "runtime": PROJECT["project"]["dependencies"],
    "development": [*PROJECT["project"]["dependencies"], *EXTRAS["test"], *EXTRAS["lint"]],
    "release": [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["release"]],
}


def named(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(lock: str) -> dict[str, set[str]]:
    """The versions of each pinned package; several where they depend on the Python version."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([\w.-]+)==(\S+)", (FOLDER / f"{lock}.txt").read_text(encoding="utf-8"), re.MULTILINE
    ):
        found.setdefault(named(name), set()).add(version)
    return found


def test_there_is_a_lock_for_each_use() -> None:
    assert sorted(f"{name}.txt" for name in WANTED) == sorted(path.name for path in FOLDER.iterdir())


@pytest.mark.parametrize("lock", WANTED)
def test_every_dependency_is_pinned_within_its_bounds(lock: str) -> None:
    versions = pinned(lock)
    wrong = {
        text: sorted(versions.get(named(wanted.name), ()))
        for text in WANTED[lock]
        for wanted in [requirements.Requirement(text)]
        if not versions.get(named(wanted.name))
        or not all(wanted.specifier.contains(version) for version in versions[named(wanted.name)])
    }
    assert {} == wrong, "run python .ci/lock.py"


@pytest.mark.parametrize("lock", WANTED)
def test_every_pin_has_hashes_and_none_an_address(lock: str) -> None:
    text = (FOLDER / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert [] == [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry]
    assert [] == [line for line in text.splitlines() if "://" in line or line.startswith("-")]


@pytest.mark.parametrize("lock", ["development", "release"])
def test_one_version_of_a_package_everywhere(lock: str) -> None:
    versions = pinned(lock)
    assert {} == {name: (found, versions[name]) for name, found in pinned("runtime").items() if found != versions[name]}


def test_runtime_dependencies_are_few_and_bounded_on_both_sides() -> None:
    wanted = [requirements.Requirement(text) for text in WANTED["runtime"]]
    assert ["deepdiff", "jinja2", "lxml", "msgspec", "pydantic", "typer"] == sorted(item.name for item in wanted)
    sides = {item.name: sorted(spec.operator for spec in item.specifier) for item in wanted}
    assert {name: ["<", ">="] for name in sides} == sides


def licences() -> Any:
    spec = importlib.util.spec_from_file_location("licences", ROOT / ".ci" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows() -> dict[str, str]:
    page = Path(ROOT / "docs" / "reference" / "licences.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| ([\w-]+)(?: \(Windows only\))? \| ([\w.-]+) \|", page, re.MULTILINE))


def test_page_of_licences_names_every_pinned_package() -> None:
    assert sorted(pinned("runtime")) == sorted(set(rows()) - {"package"})


def test_licences_are_those_that_the_installed_packages_state() -> None:
    """What another version of a package states may differ, but only among licences that someone has looked at."""
    module = licences()
    stated = {name: module.licence_of(name) for name in rows() if name != "package"}
    different = {name: licence for name, licence in stated.items() if licence not in ("", rows()[name])}
    assert {} == different
    assert set(rows().values()) <= {*module.PERMISSIVE, "licence"}


def test_page_of_licences_says_who_has_machine_code() -> None:
    """As far as it can be seen here: a package that is installed with a compiled module."""
    from importlib.metadata import PackageNotFoundError, files

    module = licences()
    compiled = set()
    for name in pinned("runtime"):
        try:
            if any(file.suffix in (".so", ".pyd") for file in files(name) or ()):
                compiled.add(name)
        except PackageNotFoundError:
            continue
    assert set() == compiled - module.COMPILED
