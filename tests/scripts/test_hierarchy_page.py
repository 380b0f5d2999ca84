"""The page on the hierarchy file: its examples load, and it describes every key that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import fields

from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.hierarchy import (
    Deployment,
    Hierarchy,
    Inventory,
    KnownPackage,
    KnownTaskSequence,
    Members,
    Note,
    PreProduction,
    Replacement,
    Site,
)
from tsfix.knowledge.load import load
from tsfix.values import PackageId, SiteCode

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "hierarchy-file.md").read_text(encoding="utf-8")
SECTIONS = {
    "sites": Site,
    "sites.replacements": Replacement,
    "packages": KnownPackage,
    "task_sequences": KnownTaskSequence,
    "deployments": Deployment,
    "deployments.members": Members,
    "pre_production": PreProduction,
    "notes": Note,
    "inventory": Inventory,
}


def _example(form: str, folder: Path) -> Hierarchy:
    (text,) = re.findall(rf"^```{form}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    file = folder / f"example.{form}"
    file.write_text(text, encoding="utf-8")
    return read_hierarchy(file, load())


@pytest.mark.parametrize("form", ["toml", "json"])
def test_examples_load(form: str, tmp_path: Path) -> None:
    hierarchy = _example(form, tmp_path)

    assert ["CHQ", "LEG"] == [site.code for site in hierarchy.sites]
    assert (Replacement(old=PackageId("CHQ00003"), new=PackageId("LEG00042")),) == hierarchy.sites[1].replacements
    assert SiteCode("CHQ") == hierarchy.sites[1].parent


def test_the_json_example_uses_every_key(tmp_path: Path) -> None:
    hierarchy = _example("json", tmp_path)
    assert [] == [field.name for field in fields(Hierarchy) if not getattr(hierarchy, field.name)]


def test_there_is_a_section_for_every_list_and_table() -> None:
    assert list(SECTIONS) == re.findall(r"^### `([a-z_.]+)`", PAGE, re.MULTILINE)
    assert {field.name for field in fields(Hierarchy)} == {name for name in SECTIONS if "." not in name}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_described_with_whether_it_is_needed(section: str) -> None:
    text = PAGE.split(f"### `{section}`", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]
    described = dict(re.findall(r"^\| `(\w+)` \|.*?\| (yes|no) \|", text, re.MULTILINE))
    needed = {field.name: "yes" if field.required else "no" for field in fields(SECTIONS[section])}
    assert needed == described
