"""The hierarchy file: both forms read the same, and all faults are shown at once, each with its key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.made import knowledge
from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.errors import UsageError
from tsfix.hierarchy import Hierarchy, KnownPackage, Replacement, Site
from tsfix.values import PackageId, SiteCode

FIXTURE = Path(__file__).parents[1] / "fixtures" / "hierarchy" / "contoso.toml"

TOML = """
[[sites]]
code = "CHQ"
version = "2309"

[[sites]]
code = "LEG"
version = "5.00.8540.1000"
parent = "chq"
[[sites.replacements]]
old = "CHQ00003"
new = "LEG00042"

[[packages]]
id = "LEG00042"
kind = "client"
name = "Zürich"
default = false
client_version = "5.00.8540.1007"
"""
EXPECTED = Hierarchy(
    sites=(
        Site(code=SiteCode("CHQ"), version="2309"),
        Site(
            code=SiteCode("LEG"),
            version="5.00.8540.1000",
            parent=SiteCode("chq"),
            replacements=(Replacement(old=PackageId("CHQ00003"), new=PackageId("LEG00042")),),
        ),
    ),
    packages=(
        KnownPackage(
            id=PackageId("LEG00042"), kind="client", name="Zürich", default=False, client_version="5.00.8540.1007"
        ),
    ),
)
JSON = {
    "sites": [
        {"code": "CHQ", "version": "2309"},
        {
            "code": "LEG",
            "version": "5.00.8540.1000",
            "parent": "chq",
            "replacements": [{"old": "CHQ00003", "new": "LEG00042"}],
        },
    ],
    "packages": [
        {
            "id": "LEG00042",
            "kind": "client",
            "name": "Zürich",
            "default": False,
            "client_version": "5.00.8540.1007",
        }
    ],
}


def read(folder: Path, content: str | bytes, name: str = "hierarchy.toml") -> Hierarchy:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_hierarchy(path, knowledge())


def faults(folder: Path, content: str | bytes, name: str = "hierarchy.toml") -> list[str]:
    """The listed faults; the sentence before them names the file and the remedy."""
    with pytest.raises(UsageError) as caught:
        read(folder, content, name)
    first, *listed = str(caught.value).splitlines()
    assert first.startswith(f"{folder / name}: The hierarchy file ")
    assert "docs/reference/hierarchy-file.md" in first
    return [line.removeprefix("  - ") for line in listed]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_both_forms_say_the_same(tmp_path: Path, encoding: str) -> None:
    assert EXPECTED == read(tmp_path, TOML.encode(encoding))
    assert EXPECTED == read(tmp_path, json.dumps(JSON, ensure_ascii=False).encode(encoding), "hierarchy.json")


def test_fixture_is_read() -> None:
    found = read_hierarchy(FIXTURE, knowledge())
    assert ["CHQ", "LEG", "NEW"] == [site.code for site in found.sites]
    assert len(found.packages) > 10


@pytest.mark.parametrize("content", ["", "# nothing\n", "sites = []\npackages = []"])
def test_empty_file_is_an_empty_hierarchy(tmp_path: Path, content: str) -> None:
    assert Hierarchy() == read(tmp_path, content)


FAULTY = """
sites = [
    {code = "CHQ", version = 1706, collour = ""},
    {code = "LEG", version = "9999", parent = "XYZ"},
    {version = "2309"},
    {code = "leg", version = "1706", parent = "CHQ", replacements = [
        {old = "CHQ00003", new = "chq00003"}, {old = "CHQ00003", new = "nothing"}]},
]
packages = [
    {id = "CHQ00009", kind = "klient"},
    {id = "CHQ00008", default = "perhaps"},
    {id = "nope"},
    {id = "CHQ00001", kind = "usmt", default = true},
    {id = "chq00001", kind = "usmt", default = true},
]
"""


def test_all_faults_are_shown_at_once(tmp_path: Path) -> None:
    kinds = "'client', 'usmt', 'boot-image', 'driver', 'image', 'upgrade', 'application' or 'package'"
    assert [
        "sites[1].version: expected text in quotes, found 1706",
        "sites[1].collour: there is no such key",
        "sites[3].code: is missing",
        f"packages[1].kind: expected {kinds}, found 'klient'",
        "packages[2].default: expected true or false, found 'perhaps'",
        "sites[2].version: unknown version '9999'.",
        'sites[2].parent: "XYZ" is no site of this file',
        "sites[4].replacements[1]: CHQ00003 is replaced by itself",
        'sites[4].replacements[2].new: "nothing" is not a package ID (such as CHQ00042)',
        'sites[4].replacements: old "CHQ00003" occurs 2 times',
        'sites: code "LEG" occurs 2 times',
        'packages[3].id: "nope" is not a package ID (such as CHQ00042)',
        'packages: id "CHQ00001" occurs 2 times',
        "packages: two default packages of the kind usmt: CHQ00001, chq00001; a site makes one",
    ] == faults(tmp_path, FAULTY)


def test_unknown_key_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, 'colour = "blue"')
    assert fault.startswith("colour: there is no such key; the file has sites, packages")


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        ("[]", "a.json", ["the file: expected the keys sites and packages, found []"]),
        ('{"sites": {}}', "a.json", ["sites: expected a list ([[sites]] in TOML), found {}"]),
        ('{"sites": ["CHQ"]}', "a.json", ["sites[1]: expected a table of keys and values, found 'CHQ'"]),
        (
            '{"sites": [{"code": "CHQ", "version": "2309", "replacements": 1}]}',
            "a.json",
            ["sites[1].replacements: expected a list, found 1"],
        ),
    ],
)
def test_wrong_shape(tmp_path: Path, content: str, name: str, expected: list[str]) -> None:
    assert expected == faults(tmp_path, content, name)


@pytest.mark.parametrize(
    ("content", "name", "phrase"),
    [
        (b"[[sites]\n", "a.toml", "is not valid TOML"),
        (b'{"sites": [}', "a.json", "is not valid JSON"),
        (b'name = "Z\xfcrich"', "a.toml", "is not text in UTF-8: byte 10"),
    ],
)
def test_file_that_is_none(tmp_path: Path, content: bytes, name: str, phrase: str) -> None:
    with pytest.raises(UsageError, match=phrase) as caught:
        read(tmp_path, content, name)
    assert caught.value.remedy
    assert caught.value.location is not None
    assert str(tmp_path / name) == caught.value.location.file


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read") as caught:
        read_hierarchy(tmp_path / "none.toml", knowledge())
    assert "--hierarchy" in caught.value.remedy
