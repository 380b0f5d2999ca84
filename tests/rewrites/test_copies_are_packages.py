"""Every zip that is written opens as an Open Packaging Conventions package, read with ``zipfile`` and lxml alone."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.made import FIXTURES, export, parts, sequence, steps
from tests.rewrites.written_laws import breaches

ZIPS = sorted((FIXTURES / "exports").rglob("*.zip"))
CORPUS = os.environ.get("TSFIX_CORPUS", "")
REAL = sorted((Path(CORPUS) / "export-zip").glob("*.zip"))[::6] if CORPUS else []
"""Every sixth, for the time it takes."""
ACCEPTED = tuple(text for rule in ("R15", "R32", "R33") for text in ("--accept", rule))


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {one.filename: package.read(one) for one in package.infolist() if not one.is_dir()}


def shape(path: Path) -> list[tuple[int, int, bytes, int]]:
    """What a zip says of each entry besides its name and content."""
    with zipfile.ZipFile(path) as package:
        return [(one.compress_type, one.flag_bits, one.extra, one.create_system) for one in package.infolist()]


@pytest.mark.parametrize("original", [*ZIPS, *REAL], ids=lambda path: path.name)
def test_a_written_zip_is_a_package(original: Path, tmp_path: Path) -> None:
    wanted = ("--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable", *ACCEPTED)
    ran = run("clone", original, *wanted, "-o", tmp_path)
    assert ran.code in (0, 1), ran.stderr
    for copy in sorted(tmp_path.rglob("*.zip")):
        more = breaches(members(copy)) - breaches(members(original))
        assert not more
        # A replaced package's own object goes out of the copy; all else stands as it stood.
        assert len(shape(copy)) <= len(shape(original))
        assert set(shape(copy)) <= set(shape(original))


# The laws themselves find what is wrong.

PART = "SMS_TaskSequencePackage/CHQ00050/object.xml"
WRONG = {
    "order of attributes, or one that no site writes": (PART, b'description="" runIn=', b'runIn="x" description="" y='),
    "RunCommandLineAction: two halves": (PART, b"smsswd.exe /run: cmd.exe", b"smsswd.exe /run: other.exe"),
    "success codes: two halves": (PART, b'successCodeList="0 3010"', b'successCodeList="0"'),
    "variables not sorted": (PART, b'property="CommandLine"', b'property="Zommand"'),
    "object.xml: __PROPERTY_COUNT": (PART, b"<VALUE>78</VALUE>", b"<VALUE>77</VALUE>"),
    "object.xml: a line end without CR": (PART, b"</PROPERTY>\r\n", b"</PROPERTY>\n"),
    "object.xml: an entity, or an element closed at once": (PART, b"<VALUE></VALUE>", b"<VALUE/>"),
    "package: a relationship to nothing": ("_rels/.rels", b"/CHQ00050/object.xml", b"/CHQ00051/object.xml"),
    "package: the hash of a relationship": (
        "_rels/.rels",
        b'Id="SMS_TaskSequencePackage-',
        b'Id="SMS_TaskSequencePackage-0',
    ),
    "package: Manifest.xml and relationships differ": ("Manifest.xml", b"CHQ00050", b"CHQ00051"),
    "package: a part without a content type": ("[Content_Types].xml", b'Extension="xml"', b'Extension="xmm"'),
}


@pytest.mark.parametrize("law", WRONG)
def test_a_law_is_found_broken(law: str) -> None:
    content = parts(sequence("CHQ00050", "TS", steps.run_command_line("One", "cmd.exe")))
    assert not breaches(content)
    part, old, new = WRONG[law]
    assert old in content[part]
    assert law in breaches(content | {part: content[part].replace(old, new, 1)})


def test_the_reference_list_is_compared_with_what_enabled_steps_use() -> None:
    found = dict(export(sequence("CHQ00050", "TS", steps.install_package("P", "CHQ00016", "Run"))).parts.parts)
    assert not breaches(found)
    gone = found | {PART: found[PART].replace(b'<step type="', b'<step disable="true" type="', 1)}
    assert "reference list: an entry that no enabled step uses" in breaches(gone)
    other = found | {PART: found[PART].replace(b'<reference package="CHQ00016"', b'<reference package="CHQ00017"', 1)}
    assert {
        "reference list: a package of an enabled step is missing",
        "References: not the reference list and the boot image",
    } <= set(breaches(other))
