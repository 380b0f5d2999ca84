"""Names of task sequences, groups, steps and files that were made to do harm where they are shown or written."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from tests.cli.running import files_below, run
from tests.made import Group, Known, Step, on, osd_steps, parts, sequence, steps
from tests.properties.planted import write_zip
from tsfix.containers.names import why_unsafe

NAMES = {
    "terminal": "\u009b31mred\u0085next\u00adsoft",
    "turned": "abc\u202egnp.exe\u2066x\u200b\ufeff",
    "formula": "=cmd|' /C calc'!A0",
    "formula behind blanks": "  +SUM(1)",
    "formula behind a line break": "\n@SUM(1)",
    "formula of full width": "\uff1d1+1",
    "markdown": "**b** [x](javascript:alert(1)) ![i](http://x.example/i.png) `a` | c ~~~ # d",
    "lines": "one\n\n# two\n| three |\r\nfour",
    "link": "[click](https://evil.example) {0} {{1}} \\[x\\](1)",
    "markup": "</title><script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }} {% raw %} ${x} %s {name} {id}",
    "path": "..\\..\\Windows\\x",
    "other path": "../../etc/hosts",
    "drive": "C:\\Windows\\x:stream",
    "device": "CON",
    "device with extension": "NUL.zip",
    "dots": "trailing. . .",
    "long": "n" * 300,
    "nothing": " ",
}
FORMS = ("text", "json", "md", "csv", "sarif", "html")
STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def items(text: str) -> tuple[Group | Step, ...]:
    condition = on.when(on.variable(text, "equals", text))
    inner = (
        osd_steps.setup_windows(text, "CHQ00003", text),
        steps.run_command_line(text, f"cmd /c {text}", package_id="CHQ00016", description=text),
        steps.run_powershell_script(text, lines=(text,), parameters=text, output_variable="X"),
        steps.set_variable(text, "Variable", text.replace('"', "")),
    )
    return (Group(name=text, description=text, condition=condition, children=inner),)


def export(path: Path, text: str) -> Path:
    made = sequence("CHQ0000D", text, *items(text))
    return write_zip(path, parts(made, known=(Known(id="CHQ00099", name=text),)))


def outputs(kind: str, folder: Path) -> dict[str, str]:
    """What each command says in each format."""
    text = NAMES[kind]
    before, after = export(folder / "before.zip", text), export(folder / "after.zip", f"{text}z")
    clone = ("clone", before, "--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable")
    commands = {
        "scan": ("scan", before, "--to", "1706"),
        "clone": (*clone, "-o", folder / "clone"),
        "refused": ("clone", before, "--to", "1706", "-o", folder / "refused"),
        "relink": ("relink", before, "--map", "CHQ00016=LEG00016", "-o", folder / "relink"),
        "diff": ("diff", before, after),
    }
    found = {}
    for name, command in commands.items():
        forms = [form for form in FORMS[1:] if form != "sarif" or name != "diff"]
        ran = run(*command, *(word for form in forms for word in ("--output", f"{form}={folder / form}")))
        assert ran.code in (0, 1, 3), ran.said[-500:]
        found[f"{name} text"] = ran.stdout + ran.stderr
        for form in forms:
            found[f"{name} {form}"] = (folder / form).read_bytes().decode("utf-8")
            (folder / form).unlink()
    (copy,) = (folder / "clone").iterdir()
    for form in ("text", "json", "md"):
        found[f"verify {form}"] = run("verify", copy, "--against", before, "--format", form).stdout
    return found


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> object:
    return cache(lambda kind: outputs(kind, tmp_path_factory.mktemp("names")))


@pytest.mark.parametrize("kind", NAMES)
def test_no_format_holds_what_steers_a_terminal_or_a_reader(kind: str, said) -> None:
    for where, text in said(kind).items():
        steering = {char for char in text if unicodedata.category(char) in STEERING and char not in "\n\r\t"}
        assert set() == steering, where


@pytest.mark.parametrize("kind", NAMES)
def test_no_cell_is_a_formula(kind: str, said) -> None:
    tables = [text for where, text in said(kind).items() if where.endswith("csv")]
    assert 5 == len(tables)
    for table in tables:
        rows = list(csv.reader(io.StringIO(table, newline="")))
        assert 1 == len({len(row) for row in rows}), "a name made more columns"
        assert [] == [cell for row in rows for cell in row if re.match(r"\s*[=+@\uff1d\uff0b\uff0d\uff20-]", cell)]
        assert [] == [cell for row in rows for cell in row if cell.startswith(("\t", "\r", "\n"))]


@pytest.mark.parametrize("kind", NAMES)
def test_machines_read_the_names_as_they_are(kind: str, said) -> None:
    for where, text in said(kind).items():
        if where.endswith(("json", "sarif")):
            value = json.loads(text)
            for message in _messages(value):
                assert not re.search(r"\]\(", message), where
    shown = json.loads(said(kind)["scan json"])["exports"][0]["task_sequences"][0]
    if kind not in ("long", "nothing"):
        assert NAMES[kind].replace("\r\n", "\n") == shown["name"]


def _messages(value: object) -> list[str]:
    """Every text of a message of a SARIF log."""
    if isinstance(value, list):
        return [text for item in value for text in _messages(item)]
    if isinstance(value, dict):
        own = [value["message"]["text"]] if isinstance(value.get("message"), dict) else []
        return own + [text for item in value.values() for text in _messages(item)]
    return []


@pytest.mark.parametrize("kind", ["markup", "markdown", "link", "template"])
def test_no_page_holds_markup_of_a_name(kind: str, said) -> None:
    for where, text in said(kind).items():
        if where.endswith("html"):
            assert "<script>alert" not in text
            assert "<img" not in text
            assert 'href="javascript' not in text
            assert 'href="https://evil' not in text
        if where.endswith("md"):
            # Code is shown as it is, in spans and in fenced blocks.
            bare = re.sub(r"`[^`\n]*`", "", re.sub(r"(?ms)^ *(`{3,}).*?^ *\1$", "", text))
            assert not re.search(r"(?<!\\)<(script|img|/title)", bare), where


@pytest.mark.parametrize("kind", NAMES)
def test_copies_stay_in_their_folder_under_safe_names(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = export(folder / "a.zip", NAMES[kind])
    clone = ("clone", path, "--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable")
    assert run(*clone, "-o", tmp_path / "out", "--name", "{name} {target}").code in (0, 1)
    assert ["in/a.zip", "out/a (for 1706).zip"] == files_below(tmp_path)


FILE_NAMES = (
    "CON.zip",
    "nul.txt.zip",
    "a b . .zip",
    " lead.zip",
    "\u202egnp.zip",
    "=cmd.zip",
    "x" * 200 + ".zip",
    "#{x}.zip",
)


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_file_with_an_odd_name_gives_a_copy_with_a_safe_one(name: str, tmp_path: Path) -> None:
    try:
        export(tmp_path / name, "Deploy")
    except OSError:
        pytest.skip("this system has no such names")
    clone = ("clone", tmp_path / name, "--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable")
    ran = run(*clone, "-o", tmp_path / "out", "--format", "csv")
    assert ran.code in (0, 1), ran.said
    (copy,) = (tmp_path / "out").iterdir()
    assert "" == why_unsafe(copy.name)
    assert "\u202e" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("character", ["\udced", "\x01", "\uffff"])
def test_a_name_for_the_copy_that_no_xml_can_hold_is_wrong_usage(character: str, tmp_path: Path) -> None:
    source = export(tmp_path / "in.zip", "Deploy")
    for command in (("clone", source, "--to", "1706"), ("relink", source, "--map", "CHQ00016=LEG00016")):
        ran = run(*command, "--name", "{name} " + character, "-o", tmp_path / "out")
        assert 2 == ran.code, ran.said[-500:]
        assert f"--name: The new value holds the character U+{ord(character):04X}" in ran.said
    assert ["in.zip"] == files_below(tmp_path)
