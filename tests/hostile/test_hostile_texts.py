"""Values that no site writes: numbers that are none, texts that are slow to search, names in a thousand folders, torn tables."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.running import DEPLOY, Ran, files_below, run
from tests.made import osd_steps, own_step, parts, read_parts, sequence, sequence_text, steps
from tests.properties.planted import write_zip
from tsfix.containers.names import MOST_FOLDERS, why_unsafe
from tsfix.reports.part_differences import part_differences
from tsfix.values import whole_number

OBJECT = "SMS_TaskSequencePackage/CHQ00050/object.xml"
CLONE = ("--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable")
NUMBERS = {
    "long": "9" * 5_000,
    "raised": "\u00b2",
    "Arabic": "\u0663",
    "negative": "-1",
    "with a power": "1e9",
    "blanks": " 7 ",
}


def told(ran: Ran, *codes: int) -> None:
    """An answer in words: no trace, no fault of tsfix."""
    assert ran.code in codes, ran.said[-600:]
    assert "Traceback" not in ran.said
    assert "fault of tsfix" not in ran.said


def test_only_plain_digits_are_a_number() -> None:
    assert dict.fromkeys(NUMBERS) == {name: whole_number(text) for name, text in NUMBERS.items()}
    assert [0, 7, 10**17] == [whole_number(text) for text in ("0", "007", "1" + "0" * 17)]


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_that_are_none_end_in_words(kind: str, tmp_path: Path) -> None:
    """What tsfix calculates with: the schema, flags, the count of properties, a language, indexes of applications."""
    number = NUMBERS[kind]
    sound = osd_steps.check_readiness("Check", memory=2048, disk=20, on=("CheckOSLanguageID",))
    rows = tuple(
        (name, prop, number if prop == "OSLanguageID" else "true" if prop.startswith("CheckOSLang") else value)
        for name, prop, value in sound.variables
    )
    applications = own_step(
        "SMS_TaskSequence_InstallApplicationAction",
        "Applications",
        "smsappinstall.exe /app:x",
        ("ApplicationName", "ApplicationName", "x"),
        (f"_TSAppInfo{number}Name", f"AppInfo{number}Name", "x"),
        ("NumApps", "NumApps", number),
    )
    made = sequence("CHQ00050", "Deploy", replace(sound, variables=rows), applications)
    content = parts(replace(made, sequence_version=number, values=(("TaskSequenceFlags", number),)))
    before = write_zip(tmp_path / "a.zip", parts(sequence("CHQ00050", "Deploy", sound)))
    after = write_zip(tmp_path / "b.zip", content)
    for command, codes in (
        (("scan", after, "--to", "1706", "--to", "2309"), (0, 1)),
        (("clone", after, *CLONE, "-o", tmp_path / "out"), (0, 1, 3)),
        (("diff", before, after), (0,)),
        (("verify", after, "--against", before), (1,)),
    ):
        told(run(*command), *codes)


SLOW = {
    "beginnings of comments": steps.run_powershell_script("S", lines=("<#" * 100_000,), output_variable="X"),
    "blanks": steps.set_variable("S", "Var", " " * 100_000),
    "line ends": steps.set_variable("S", "Var", "\n" * 100_000),
}


@pytest.mark.parametrize("kind", SLOW)
def test_no_text_makes_a_search_go_on_for_hours(kind: str, tmp_path: Path) -> None:
    """Each took minutes: a search from every place of the text to its end."""
    path = tmp_path / "in.xml"
    path.write_bytes(sequence_text(SLOW[kind]).encode())
    started = time.process_time()
    told(run("scan", path, "--to", "1706"), 0, 1)
    assert time.process_time() - started < 5


def test_many_other_parts_are_told_in_time() -> None:
    """What kind of part each is was looked for among all parts, once for each."""
    content = parts(sequence("CHQ00050", "Deploy", steps.restart("Restart")))
    many = {f"SMS_Other/{number}/object.xml": b"<x/>" for number in range(5_000)}
    started = time.process_time()
    found = list(part_differences(read_parts(content), read_parts({**content, **many}), {}))
    assert {("added", "dependency: SMS_Other 7")} == {(one.kind, one.what) for one in found if "/7/" in one.after_part}
    assert 5_000 == len(found)
    assert time.process_time() - started < 5


def test_a_member_in_a_thousand_folders_is_refused(tmp_path: Path) -> None:
    """Folders in each other without an end can be made by recursion only, and removed by nobody."""
    inner = write_zip(tmp_path / "inner.zip", parts(sequence("CHQ00050", "Deploy", steps.restart("Restart"))))
    path = write_zip(tmp_path / "in.zip", {"a/" * 1_990 + "in.zip": inner.read_bytes()})
    inner.unlink()
    ran = run("clone", path, *CLONE, "-o", tmp_path / "out")
    told(ran, 4)
    assert f"more than {MOST_FOLDERS} folders" in ran.said
    assert ["in.zip"] == files_below(tmp_path)
    assert "" == why_unsafe("a/" * MOST_FOLDERS + "in.zip")


def test_an_output_folder_in_a_thousand_folders_is_an_error_in_words(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "in.zip", parts(sequence("CHQ00050", "Deploy", steps.run_command_line("Run", "x"))))
    ran = run("clone", path, *CLONE, "-o", tmp_path / ("y/" * 1_900))
    told(ran, 2)
    assert "path is too long" in ran.said or "cannot be written" in ran.said
    assert ["in.zip"] == files_below(tmp_path)


@pytest.mark.parametrize("part", ["_rels/.rels", "Manifest.xml"])
@pytest.mark.parametrize("torn", ["cut", "no XML", "other version"])
def test_a_torn_table_of_contents_is_no_fault_of_tsfix(part: str, torn: str, tmp_path: Path) -> None:
    """An export with children was made in stages, and the first one was held against a table that nobody could read."""
    with zipfile.ZipFile(DEPLOY) as archive:
        content = {item.filename: archive.read(item) for item in archive.infolist()}
    if torn == "other version" and b'<?xml version="1.0"' not in content[part]:
        pytest.skip("the part has no declaration")
    content[part] = {
        "cut": content[part][:-20],
        "no XML": b"no XML",
        "other version": content[part].replace(b'<?xml version="1.0"', b'<?xml version="2.0"'),
    }[torn]
    path = write_zip(tmp_path / "in.zip", content)
    ran = run("clone", path, *CLONE, "-o", tmp_path / "out")
    told(ran, 4)
    assert f"in.zip, {part}" in ran.said
    assert ["in.zip"] == files_below(tmp_path)


@pytest.mark.parametrize("row", ["&lt;a>x&lt;/a>", "&lt;Reference/>", "", "text", "&lt;a", "<a>x</a>"])
def test_a_row_that_is_none_is_left_alone(row: str, tmp_path: Path) -> None:
    """The copy was held against a row with an ID that the original never had."""
    rows = "SMS_TaskSequencePackage/CHQ00050/ReferencesInfo.xml"
    client = osd_steps.setup_windows("Client", "CHQ00003", "SMSMP=srv")
    content = parts(sequence("CHQ00050", "Deploy", client, steps.run_command_line("Copy", "x", package_id="CHQ00016")))
    assert rows in content
    content[rows] = f"<ArrayOfString><string>{row}</string></ArrayOfString>".encode()
    path = write_zip(tmp_path / "in.zip", content)
    told(run("scan", path, "--to", "1706"), 1, 4)
    told(run("clone", path, *CLONE, "-o", tmp_path / "out"), 0, 1, 4)
    told(run("relink", path, "--map", "CHQ00016=LEG00016", "-o", tmp_path / "relinked"), 0, 1, 4)


@pytest.mark.parametrize("levels", [15, 700])
def test_xml_in_xml_in_xml_is_unfolded_to_a_limit(levels: int) -> None:
    """Each text is XML of its own, so that no limit on elements inside each other counts them together."""
    content = parts(sequence("CHQ00050", "Deploy", steps.restart("Restart")))
    sides = [read_parts({**content, "SMS_x/x.xml": _nested(levels, leaf)}) for leaf in ("one", "two")]
    (found,) = part_differences(*sides, {})
    (detail,) = found.details
    assert "one" in str(detail.before)
    assert "two" in str(detail.after)


def _nested(levels: int, leaf: str) -> bytes:
    """Texts in each other; what is escaped at the n-th level has n times ``amp;`` in it."""
    begins = "".join(f"&{'amp;' * (level - 1)}lt;a>" if level else "<a>" for level in range(levels))
    ends = "".join(f"&{'amp;' * (level - 1)}lt;/a>" if level else "</a>" for level in reversed(range(levels)))
    return f"{begins}{leaf}{ends}".encode()
