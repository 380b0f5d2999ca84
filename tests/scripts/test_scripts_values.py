"""A value arrives in a script as the same text, whatever is in it, and can be nothing but a text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scripts import powershell
from tests.scripts.script_samples import HOSTILE, hostile
from tsfix.errors import UsageError
from tsfix.scripts.literals import literal
from tsfix.scripts.options import ClientPackageOptions, Connection, CopyFacts, ExportOptions, ImportOptions
from tsfix.scripts.render import render
from tsfix.values import PackageId, SiteCode


def _value(expression: str) -> str:
    script = f"$x = {expression}\n"
    assert powershell.errors(script) == []
    return powershell.evaluate(powershell.assigned(script, "x"))


def _units(text: str) -> str:
    """One character for each UTF-16 unit, as PowerShell counts them."""
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(data[at] | data[at + 1] << 8) for at in range(0, len(data), 2))


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("", "''"),
        ("plain", "'plain'"),
        ("it's", "'it''s'"),
        ("$(x) `n", "'$(x) `n'"),
        ("café", "('caf' + [char]0x00E9)"),
        ("\n", "('' + [char]0x000A)"),
        ("a’b", "('a' + [char]0x2019 + 'b')"),
        ("😀", "('' + [char]0xD83D + [char]0xDE00)"),
    ],
)
def test_texts(text: str, expression: str) -> None:
    assert expression == literal(text)


def test_other_values() -> None:
    assert ["8540", "$true", "$false", "@()", "@('a', 'b')"] == [
        literal(value) for value in (8540, True, False, (), ("a", "b"))
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_arrive(text: str) -> None:
    assert _units(text) == _value(literal(text))


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec=None), max_size=40))
def test_any_text_arrives_in_ascii(text: str) -> None:
    expression = literal(text)

    assert re.fullmatch(r"[ -~]*", expression)
    assert _units(text) == _value(expression)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_values_do_no_harm_in_a_script(text: str) -> None:
    harmless = {name: render(name, options) for name, options in hostile("x").items()}
    for name, options in hostile(text).items():
        script = render(name, options)

        assert powershell.errors(script) == []
        assert re.fullmatch(r"[\n -~]*", script)
        assert [command.name for command in powershell.commands(harmless[name])] == [
            command.name for command in powershell.commands(script)
        ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_values_arrive_in_a_script(text: str) -> None:
    made = hostile(text)
    script = render("client-package", made["client-package"])
    assert _units(text) == powershell.evaluate(powershell.assigned(script, "PackageName"))
    assert [_units(text), _units(f"{text}2")] == [
        powershell.evaluate(item)
        for item in powershell.list_items(powershell.assigned(script, "DistributionPointName"))
    ]

    script = render("export", made["export"])
    assert _units(rf"\\files\share\{text}") == powershell.evaluate(powershell.assigned(script, "Folder"))

    script = render("import", made["import"])
    table = next(powershell.nodes(powershell.assigned(script, "Copies"), "hash_literal_expression"))
    entries = powershell.entries(table)
    assert _units(text) == powershell.evaluate(entries["Name"])
    assert [_units(text), _units(f"{text}2")] == [
        powershell.evaluate(item) for item in powershell.list_items(entries["TypeInAgain"])
    ]


def _copy(**changes: object) -> CopyFacts:
    values = {"name": "Deploy", "package_id": PackageId("LEG00A01"), "file": "Deploy.zip"}
    return CopyFacts(**{**values, **changes})  # type: ignore[arg-type]


def test_all_faults_of_an_import_are_said_at_once() -> None:
    options = ImportOptions(
        connection=Connection(site=SiteCode("CHQX"), server="bad server"),
        folder=r"C:\copies",
        target_site=SiteCode("L"),
        copies=(
            _copy(name=" "),
            _copy(package_id=PackageId("LEG1"), name="Other", file="Other", sha256="12"),
            _copy(name="deploy", references=("' OR 1=1", "ScopeId_x' OR"), boot_image=PackageId("x")),
            _copy(name="DEPLOY"),
        ),
    )

    with pytest.raises(UsageError) as raised:
        render("import", options)

    assert raised.value.message.splitlines()[1:] == [
        '  - the top-level site: "CHQX" is not a site code',
        '  - "bad server" is not the name of a server',
        r'  - the folder: "C:\copies" is not a network path (\\server\share\folder)',
        '  - the older site: "L" is not a site code',
        "  - Deploy.zip: a task sequence without a name",
        '  - Other: "LEG1" is not a package ID',
        "  - Other: the console imports only an export file (.zip); this task sequence must be imported by hand",
        '  - Other: "12" is not a SHA-256',
        '  - Deploy.zip, boot image: "x" is not a package ID',
        '  - Deploy.zip: "\' OR 1=1" is neither a package ID nor an application',
        '  - Deploy.zip: "ScopeId_x\' OR" is neither a package ID nor an application',
        "  - LEG00A01 stands twice: in Deploy.zip and in Deploy.zip",
        "  - LEG00A01 stands twice: in Deploy.zip and in Deploy.zip",
        '  - the name "DEPLOY" stands twice: in Deploy.zip and in Deploy.zip',
    ]


@pytest.mark.parametrize(
    ("name", "options", "fault"),
    [
        ("import", ImportOptions(copies=()), "there are no copies to import"),
        ("export", ExportOptions(package_ids=(PackageId("CHQ"),)), 'a task sequence: "CHQ" is not a package ID'),
        ("export", ExportOptions(folder="exports"), 'the folder: "exports" is not a network path'),
        (
            "client-package",
            ClientPackageOptions(target_site=SiteCode("'; x"), default_package=PackageId("1")),
            'the default client package: "1" is not a package ID',
        ),
    ],
)
def test_other_faults(name: str, options: ImportOptions | ExportOptions | ClientPackageOptions, fault: str) -> None:
    with pytest.raises(UsageError, match=re.escape(fault)):
        render(name, options)


def test_references_are_named_once_and_without_the_placeholder() -> None:
    options = ImportOptions(
        copies=(_copy(references=("LEG00042", "00000000", "LEG00044", "LEG00042"), boot_image=PackageId("LEG00044")),)
    )

    script = render("import", options)

    table = next(powershell.nodes(powershell.assigned(script, "Copies"), "hash_literal_expression"))
    items = powershell.list_items(powershell.entries(table)["References"])
    assert ["LEG00042", "LEG00044"] == [powershell.evaluate(item) for item in items]
