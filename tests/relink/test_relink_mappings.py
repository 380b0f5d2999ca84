"""Mappings from options and from CSV files: all faults of a file at once, with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made import hierarchy, knowledge, known_package
from tsfix.configuration.mapping_file import read_mappings, relink_mappings
from tsfix.errors import UsageError
from tsfix.hierarchy import Hierarchy
from tsfix.request import PackageMapping


def read(tmp_path: Path, text: str | bytes) -> list[tuple[str, str, str]]:
    file = tmp_path / "map.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [(item.old, item.new, item.new_name) for item in read_mappings(file, Hierarchy())]


def merged(*options: str, known: Hierarchy | None = None, chains: bool = False) -> tuple[PackageMapping, ...]:
    return relink_mappings(options, (), knowledge(), known or Hierarchy(), allow_chains=chains)


@pytest.mark.parametrize(
    "text",
    [
        "old,new\nchq00001,LEG00001\n",
        "\ufeffOld;New\r\nCHQ00001;LEG00001\r\n\r\n",
        '"old","new"\n"CHQ00001"," LEG00001 "',
        "old,new\nCHQ00001,LEG00001\nCHQ00001,LEG00001\n",
        "old\tnew\r\nCHQ00001\tLEG00001\r\n".encode("utf-16"),
    ],
)
def test_forms_that_a_spreadsheet_writes(tmp_path: Path, text: str | bytes) -> None:
    assert [("CHQ00001", "LEG00001", "")] == read(tmp_path, text)


def test_third_column_is_the_name(tmp_path: Path) -> None:
    found = read(tmp_path, 'old,new,name\nCHQ00001,LEG00001,"Client, older"\nCHQ00002,LEG00002\n')
    assert [("CHQ00001", "LEG00001", "Client, older"), ("CHQ00002", "LEG00002", "")] == found


def test_all_faults_are_listed_with_their_lines(tmp_path: Path) -> None:
    text = (
        "old,new\nCHQ00001,CHQ00001\nCHQ1,LEG00001\nCHQ00002,LEG00002\nCHQ00002,LEG00003\nCHQ00004\nCHQ00005,00000000\n"
    )
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    faults = [line.strip(" -") for line in caught.value.message.splitlines()[1:] if line.strip()]
    assert [
        "line 2: CHQ00001 is mapped to itself",
        'line 3: "CHQ1" is not a package ID',
        "line 5: CHQ00002 is mapped to LEG00003, but line 4 maps it to LEG00002",
        "line 6: it has 1 columns instead of 2",
        'line 7: 00000000 stands for "no package", and cannot be replaced or put in a place',
    ] == faults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from,to\nCHQ00001,LEG00001\n", "header"),
        ("", "header"),
        (b"old,new\n\xff", "not UTF-8"),
        ('old,new\n"CHQ00001,LEG00001\n', "line"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str | bytes, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        read(tmp_path, text)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_mappings(tmp_path / "none.csv", Hierarchy())


@pytest.mark.parametrize(
    "options",
    [
        ("CHQ00001=CHQ00002", "CHQ00002=CHQ00003"),
        ("CHQ00001=CHQ00002", "CHQ00002=CHQ00001"),
        ("CHQ00001=CHQ00002", "CHQ00002=CHQ00003", "CHQ00003=CHQ00001"),
    ],
)
def test_chains_and_circles_are_refused_unless_asked_for(options: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="CHQ00001 = CHQ00002"):
        merged(*options)
    assert len(options) == len(merged(*options, chains=True))


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("CHQ00001", 'no "="'),
        ("CHQ00001=CHQ00001", "mapped to itself"),
        ("CHQ00001=chq00001", "mapped to itself"),
        ("CHQ00001=boot", "not a package ID"),
        ("ScopeId_1/Application_2=CHQ00001", "not the name of an application"),
    ],
)
def test_options_that_are_no_mapping(option: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        merged(option)


def test_one_id_for_two_is_refused_and_none_at_all(tmp_path: Path) -> None:
    file = tmp_path / "map.csv"
    file.write_text("old,new\nCHQ00001,LEG00002\n", encoding="utf-8")
    with pytest.raises(UsageError, match="both LEG00001 and LEG00002"):
        relink_mappings(["CHQ00001=LEG00001"], [file], knowledge(), Hierarchy())
    with pytest.raises(UsageError, match="Nothing is mapped"):
        merged()


def test_kinds_that_the_hierarchy_file_names_must_fit() -> None:
    known = hierarchy(
        known_package("CHQ00001", kind="client"), known_package("LEG00001", kind="usmt"), known_package("LEG00002")
    )
    with pytest.raises(UsageError, match="client package"):
        merged("CHQ00001=LEG00001", known=known)
    assert 1 == len(merged("CHQ00001=LEG00002", known=known))
