"""The file that the inventory scripts write is a hierarchy file: it loads, and clone works with it without a hand edit."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from msgspec.structs import fields
from typer.testing import CliRunner

from tests.scripts import powershell
from tests.scripts.script_samples import DEFAULTS
from tsfix.cli import app
from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.containers.discover import find_exports
from tsfix.errors import UsageError
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
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.load import load
from tsfix.parse.export import read_export
from tsfix.scripts.copies import copy_facts
from tsfix.scripts.options import Connection, ImportOptions
from tsfix.scripts.render import render
from tsfix.values import PackageId, SiteCode

FIXTURES = Path(__file__).parents[2] / "fixtures"
INVENTORY = FIXTURES / "hierarchy" / "contoso-inventory.json"
BY_HAND = FIXTURES / "hierarchy" / "contoso.toml"


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return load()


def _said(package: KnownPackage, also: KnownPackage) -> dict[str, object]:
    """What the first says, without what the second leaves open."""
    return {
        field.name: getattr(package, field.name)
        for field in fields(KnownPackage)
        if getattr(also, field.name) not in ("", None)
    }


def test_inventory_and_hand_written_file_agree_where_both_speak(knowledge: KnowledgeBase) -> None:
    written, by_hand = read_hierarchy(INVENTORY, knowledge), read_hierarchy(BY_HAND, knowledge)

    assert [
        (site.code, knowledge.find_version(site.version).id, site.parent, set(site.replacements))
        for site in by_hand.sites
    ] == [
        (site.code, knowledge.find_version(site.version).id, site.parent, set(site.replacements))
        for site in written.sites
    ]
    for package in by_hand.packages:
        same = written.package(package.id)
        assert same is not None, package.id
        assert _said(package, package) == _said(same, package)


def test_inventory_says_more_than_sites_and_packages(knowledge: KnowledgeBase) -> None:
    hierarchy = read_hierarchy(INVENTORY, knowledge)

    assert PreProduction(enabled=True, collection="CHQ00110") == hierarchy.pre_production
    assert (
        Members(site="LEG", count=86, without_client=2, unreadable=1, lowest_client="5.00.8498.1008")
        == (hierarchy.deployments[1].members[0])
    )
    assert ["packages with a local source path", "members of collection SMS00001"] == [
        note.what for note in hierarchy.notes
    ]
    assert hierarchy.inventory is not None
    assert "console" == hierarchy.inventory.by
    assert "CHQ00031" in set(hierarchy.ids())


def test_clone_takes_the_inventory_without_a_hand_edit(tmp_path: Path) -> None:
    export = FIXTURES / "exports" / "Contoso Refresh Windows 10.zip"
    copies = {}
    for file in (INVENTORY, BY_HAND):
        arguments = ["clone", str(export), "--to", "LEG", "--hierarchy", str(file), "-o", str(tmp_path / file.stem)]
        result = CliRunner().invoke(app, arguments)
        assert 0 == result.exit_code, result.output
        (copy,) = (tmp_path / file.stem).iterdir()
        copies[file] = copy.read_bytes()
    assert copies[BY_HAND] == copies[INVENTORY]


def test_the_import_script_takes_the_copy_without_a_hand_edit(tmp_path: Path, knowledge: KnowledgeBase) -> None:
    export = FIXTURES / "exports" / "Contoso Refresh Windows 10.zip"
    arguments = ["clone", str(export), "--to", "LEG", "--hierarchy", str(INVENTORY), "-o", str(tmp_path / "copies")]
    assert 0 == CliRunner().invoke(app, arguments).exit_code
    (file,) = (tmp_path / "copies").iterdir()
    (found,) = find_exports([file])
    hierarchy = read_hierarchy(INVENTORY, knowledge)
    builds = {site.code: knowledge.find_version(site.version).build for site in hierarchy.sites}
    facts = copy_facts(read_export(found.parts), file=file.name, sha256=hashlib.sha256(file.read_bytes()).hexdigest())

    script = render(
        "import",
        ImportOptions(
            connection=Connection(site=SiteCode("CHQ")),
            site_build=builds[SiteCode("CHQ")],
            target_site=SiteCode("LEG"),
            target_build=builds[SiteCode("LEG")],
            copies=facts,
        ),
    )

    assert [] == powershell.errors(script)
    table = next(powershell.nodes(powershell.assigned(script, "Copies"), "hash_literal_expression"))
    entries = powershell.entries(table)
    assert "Refresh Windows 10 (for LEG)" == powershell.evaluate(entries["Name"])
    references = [powershell.evaluate(item) for item in powershell.list_items(entries["References"])]
    assert "LEG00042" in references
    assert "CHQ00077" not in references
    assert "$TargetBuild = 8540\n" in script


def test_scan_takes_the_inventory_without_a_hand_edit() -> None:
    export = FIXTURES / "exports" / "Contoso Refresh Windows 10.zip"
    result = CliRunner().invoke(app, ["scan", str(export), "--to", "LEG", "--hierarchy", str(INVENTORY)])
    assert result.exit_code in (0, 1)
    assert "LEG" in result.output


def _read(folder: Path, knowledge: KnowledgeBase, content: object, form: str = "utf-8") -> Hierarchy:
    file = folder / "inventory.json"
    file.write_bytes(json.dumps(content).encode(form))
    return read_hierarchy(file, knowledge)


def test_all_faults_of_the_new_keys_are_said_at_once(tmp_path: Path, knowledge: KnowledgeBase) -> None:
    content = {
        "task_sequences": [{"id": "CHQ00030"}, {"id": "CHQ1"}, {"id": "chq00030"}],
        "deployments": [
            {"id": "CHQ20010", "task_sequence": "CHQ00030", "collection": "CHQ00101", "members": "all"},
            {
                "id": "CHQ20010",
                "task_sequence": "Deploy",
                "collection": "CHQ00101",
                "members": [
                    {"site": "LEGX", "count": 2, "without_client": 2, "unreadable": 1},
                    {"site": "LEG", "count": -1},
                    {"site": "leg", "count": 1, "lowest_client": "1706"},
                ],
            },
            {"id": "CHQ20010", "task_sequence": "CHQ00030", "collection": "CHQ00101"},
            {"id": "CHQ20011", "task_sequence": "CHQ00030", "collection": "CHQ00101", "members": [{"site": ""}]},
        ],
        "pre_production": {"enabled": "maybe"},
        "notes": [{"what": "x", "where": "y"}],
        "inventory": [],
    }

    with pytest.raises(UsageError) as raised:
        _read(tmp_path, knowledge, content)

    assert {
        'task_sequences[2].id: "CHQ1" is not a package ID (such as CHQ00042)',
        'task_sequences: id "CHQ00030" occurs 2 times',
        "deployments[1].members: expected a list, found 'all'",
        'deployments[2].task_sequence: "Deploy" is not a package ID (such as CHQ00042)',
        'deployments[2].members[1].site: "LEGX" is not a site code (three letters or digits)',
        "deployments[2].members[1]: 2 without a client and 1 with an unreadable version are more than all 2 members",
        "deployments[2].members[2]: a number below 0",
        'deployments[2].members[3].lowest_client: "1706" is not a version (such as 5.00.8540.1007)',
        'deployments[2].members: site "LEG" occurs 2 times',
        'deployments: id "CHQ20010" occurs 2 times',
        "deployments[4].members[1].count: is missing",
        "pre_production.enabled: expected true or false, found 'maybe'",
        "notes[1].why: is missing",
        "notes[1].where: there is no such key",
        "inventory: expected a table of keys and values, found []",
    } == {line.removeprefix("  - ") for line in raised.value.message.splitlines()[1:]}


def test_a_site_that_joined_later_keeps_its_own_default_packages(tmp_path: Path, knowledge: KnowledgeBase) -> None:
    packages = [{"id": package_id, "kind": "client", "default": True} for package_id in ("CHQ00003", "LEG00002")]
    assert ["CHQ00003", "LEG00002"] == [item.id for item in _read(tmp_path, knowledge, {"packages": packages}).packages]

    with pytest.raises(UsageError, match="two default packages of the kind client: CHQ00003, CHQ00004"):
        _read(tmp_path, knowledge, {"packages": [*packages, {"id": "CHQ00004", "kind": "client", "default": True}]})


@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_of_windows_powershell(tmp_path: Path, knowledge: KnowledgeBase, form: str) -> None:
    content = {"task_sequences": [{"id": "CHQ00030", "name": "Zürich – 東京"}], "pre_production": None}
    expected = Hierarchy(task_sequences=(KnownTaskSequence(id=PackageId("CHQ00030"), name="Zürich – 東京"),))
    assert expected == _read(tmp_path, knowledge, content, form)


WRITERS = {
    "ConvertTo-SiteEntry": (Site, {"kind", "replacements"}),
    "ConvertTo-PackageEntry": (KnownPackage, set()),
    "ConvertTo-BootImageEntry": (KnownPackage, set()),
    "ConvertTo-ContentEntry": (KnownPackage, set()),
    "ConvertTo-TaskSequenceEntry": (KnownTaskSequence, set()),
    "ConvertTo-DeploymentEntry": (Deployment, set()),
    "ConvertTo-PreProductionEntry": (PreProduction, set()),
    "Get-MemberEntry": (Members, set()),
    "Get-ReplacementEntry": (Replacement, set()),
    "Add-Note": (Note, set()),
}
"""What each function of the scripts writes, and keys that are filled in elsewhere in the script."""


@pytest.mark.parametrize("name", ["inventory", "inventory-rest"])
def test_scripts_write_only_keys_that_the_loader_knows(name: str) -> None:
    script = render(name, DEFAULTS[name])
    functions = powershell.functions(script)
    for function, (kind, elsewhere) in WRITERS.items():
        for table in powershell.nodes(functions[function], "hash_literal_expression"):
            written = set(powershell.keys(table))
            if not _is_ordered(table):
                continue
            allowed = {field.name for field in fields(kind)}
            required = {field.name for field in fields(kind) if field.required}
            assert written <= allowed, function
            assert required <= written | elsewhere, function


@pytest.mark.parametrize("name", ["inventory", "inventory-rest"])
def test_the_document_has_every_key(name: str) -> None:
    script = render(name, DEFAULTS[name])
    document = next(powershell.nodes(powershell.assigned(script, "document"), "hash_literal_expression"))
    inner = next(table for table in powershell.nodes(document, "hash_literal_expression") if table != document)

    assert {field.name for field in fields(Hierarchy)} == set(powershell.keys(document))
    assert {field.name for field in fields(Inventory)} == set(powershell.keys(inner))


def _is_ordered(table: powershell.Node) -> bool:
    """Documents are [ordered]; other hash tables are working notes of the script."""
    node = table
    while node.parent is not None and node.parent.type != "pipeline":
        node = node.parent
        if node.type == "cast_expression":
            return powershell.text(node).startswith("[ordered]")
    return False
