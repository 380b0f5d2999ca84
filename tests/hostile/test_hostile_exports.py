"""Exports that were made to break or to deceive: refused in words, in time, and without a byte outside the output folder."""

from __future__ import annotations

import html
import io
import time
import zipfile
from pathlib import Path

import pytest

from tests.cli.running import Ran, files_below, run
from tests.made import osd_steps, parts, raw, sequence, steps
from tests.properties.planted import write_zip
from tsfix.parse.sequence import DEEPEST_CONDITION

OBJECT = "SMS_TaskSequencePackage/CHQ00050/object.xml"
CLONE = ("--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable")
SECRET = "what stands in a file that nobody named"


def content() -> dict[str, bytes]:
    client = osd_steps.setup_windows("Client", "CHQ00003", "SMSMP=srv")
    return parts(sequence("CHQ00050", "Deploy", client, steps.run_command_line("Copy", "x", package_id="CHQ00016")))


def told(ran: Ran, *codes: int) -> None:
    """An answer in words: no trace, no fault of tsfix."""
    assert ran.code in codes, ran.said[-600:]
    assert "Traceback" not in ran.said
    assert "fault of tsfix" not in ran.said
    assert SECRET not in ran.said


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
DOCTYPES = {
    "bomb": (BOMB, "&i;"),
    "file": ('<!DOCTYPE x [<!ENTITY e SYSTEM "file://{path}">]>', "&e;"),
    "parameter": ('<!DOCTYPE x [<!ENTITY % p SYSTEM "file://{path}"> %p;]>', ""),
    "definition elsewhere": ('<!DOCTYPE x SYSTEM "file://{path}">', ""),
    "network": ('<!DOCTYPE x PUBLIC "-//x" "http://127.0.0.1:9/x.dtd">', ""),
}
PLACES = {
    "object": (OBJECT, b"", b"</INSTANCE>"),
    "sequence": (OBJECT, b"<![CDATA[", b"</sequence>"),
    "rows": ("SMS_TaskSequencePackage/CHQ00050/ReferencesInfo.xml", b"", b"</ArrayOfString>"),
    "manifest": ("Manifest.xml", b"", b"</"),
    "relationships": ("_rels/.rels", b"", b"</Relationships>"),
}


@pytest.mark.parametrize("kind", DOCTYPES)
@pytest.mark.parametrize("place", PLACES)
def test_entities_are_refused_wherever_they_stand(kind: str, place: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    doctype, use = (text.replace("{path}", str(secret)) for text in DOCTYPES[kind])
    part, before, end = PLACES[place]
    made = content()
    data = made[part].removeprefix(b"\xef\xbb\xbf")
    data = data.replace(before, before + doctype.encode(), 1) if before else doctype.encode() + data
    head, last, tail = data.rpartition(end)
    path = write_zip(tmp_path / "in.zip", {**made, part: head + use.encode() + last + tail})
    started = time.perf_counter()
    told(run("scan", path, "--to", "1706"), 1, 4)
    told(run("clone", path, *CLONE, "-o", tmp_path / "out"), 1, 4)
    told(run("diff", path, path), 0, 4)
    assert time.perf_counter() - started < 20
    for name in files_below(tmp_path):
        assert name in ("in.zip", "secret.txt", "out/in (for 1706).zip")
    if place in ("object", "sequence"):
        assert not (tmp_path / "out").exists()


def test_a_file_that_asks_to_include_another_gets_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET, encoding="utf-8")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{tmp_path / "secret.txt"}"/>'
    sheet = f'<?xml-stylesheet type="text/xsl" href="{tmp_path / "secret.txt"}"?>'
    path = tmp_path / "in.xml"
    path.write_text(
        f'{sheet}<sequence version="3.10">{include}<group name="G">{include}</group></sequence>', encoding="utf-8"
    )
    for command in (("scan", path, "--format", "json"), ("diff", path, path, "--format", "html")):
        told(run(*command), 0, 1)


IDS = (
    "../../evil",
    "..\\..\\evil",
    "CHQ/0001",
    "C:x",
    "A" * 300,
    "a\u202eb",
    "CHQ00050 ",
    "%2e%2e%2fx",
    "CHQ0005<",
    "\\g<0>",
)


@pytest.mark.parametrize("bad", IDS)
def test_an_id_that_is_a_path_or_worse_is_refused(bad: str, tmp_path: Path) -> None:
    made = content()
    data = made[OBJECT].replace(b"CHQ00050", html.escape(bad).encode())
    path = write_zip(tmp_path / "in.zip", {**made, OBJECT: data})
    for command in (("clone", path, *CLONE), ("relink", path, "--map", "CHQ00016=LEG00016")):
        ran = run(*command, "-o", tmp_path / "out")
        told(ran, 4)
        assert "an ID has letters and digits and nothing else" in ran.said
        assert "\u202e" not in ran.stdout + ran.stderr
    assert ["in.zip"] == files_below(tmp_path)


@pytest.mark.parametrize("bad", ["evil%2f..%2f..", "CON_", "CHQ00050.x", "chq00050"])
def test_a_folder_that_is_no_id_stays_where_it_is(bad: str, tmp_path: Path) -> None:
    made = {name.replace("CHQ00050", bad): data for name, data in content().items()}
    path = write_zip(tmp_path / "in.zip", made)
    run("clone", path, *CLONE, "-o", tmp_path / "out")
    assert {"in.zip"} | set(files_below(tmp_path)) <= {"in.zip", "out/in (for 1706).zip"}


def nested(operators: int) -> bytes:
    test = '<expression type="SMS_TaskSequence_FileConditionExpression"><variable name="Path">x</variable></expression>'
    condition = '<operator type="and">' * operators + test + "</operator>" * operators
    return f'<sequence version="3.10"><group name="G"><condition>{condition}</condition></group></sequence>'.encode()


@pytest.mark.parametrize("operators", [DEEPEST_CONDITION - 1, DEEPEST_CONDITION, 200, 249, 5000])
def test_deep_conditions_are_read_or_refused_by_every_command(operators: int, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.xml", "b.xml")]
    paths[0].write_bytes(nested(operators))
    paths[1].write_bytes(nested(operators).replace(b">x<", b">y<"))
    readable = operators < DEEPEST_CONDITION
    assert readable == bool(raw(nested(operators)).task_sequences)
    for command in (("scan", paths[0]), ("clone", paths[0], *CLONE, "-o", tmp_path / "out"), ("diff", *paths)):
        told(run(*command, "--format", "json"), *((0, 1) if readable else (4,)))


@pytest.mark.parametrize("groups", [100, 250])
def test_deep_groups_are_shown_in_every_format(groups: int, tmp_path: Path) -> None:
    step = '<step name="s" type="SMS_TaskSequence_FutureAction"><action>x</action></step>'
    text = '<sequence version="3.10">' + '<group name="g">' * groups + step + "</group>" * groups + "</sequence>"
    path = tmp_path / "a.xml"
    path.write_text(text, encoding="utf-8")
    outputs = [
        word for form in ("json", "md", "html", "csv", "sarif") for word in ("--output", f"{form}={tmp_path / form}")
    ]
    told(run("scan", path, "--to", "1706", *outputs), 1)
    told(run("clone", path, *CLONE, "-o", tmp_path / "out", *outputs), 1)
    told(run("diff", path, next((tmp_path / "out").iterdir())), 0)


TEXT = '<sequence version="3.10" name="Zürich"><referenceList/></sequence>'
LIES = {
    "UTF-8 mark, UTF-16 text": b"\xef\xbb\xbf" + TEXT.encode("utf-16-le"),
    "UTF-16 mark, UTF-8 text": b"\xff\xfe" + TEXT.encode(),
    "wrong order": b"\xfe\xff" + TEXT.encode("utf-16-le"),
    "two marks": b"\xef\xbb\xbf\xef\xbb\xbf" + TEXT.encode(),
    "UTF-16 without a mark": TEXT.encode("utf-16-le"),
    "odd number of bytes": b"\xff\xfe" + TEXT.encode("utf-16-le")[:-1],
    "UTF-32": TEXT.encode("utf-32"),
    "half a pair": b"\xff\xfe" + TEXT.encode("utf-16-le").replace("ü".encode("utf-16-le"), b"\x00\xd8"),
    "half a pair in UTF-8": TEXT.encode().replace("ü".encode(), b"\xed\xa0\x80"),
    "half a pair as a reference": TEXT.replace("ü", "&#xD800;").encode(),
    "longer than needed": TEXT.encode().replace(b"Z", b"\xc1\x9a"),
    "declared UTF-16": b'<?xml version="1.0" encoding="utf-16"?>' + TEXT.encode(),
    "declared UTF-7": b'<?xml version="1.0" encoding="utf-7"?>' + TEXT.encode("utf-7"),
    "declared EBCDIC": b'<?xml version="1.0" encoding="cp037"?>' + TEXT.encode("cp037"),
    "declared something": b'<?xml version="1.0" encoding="../../x"?>' + TEXT.encode(),
    "control": TEXT.encode().replace("ü".encode(), b"\x1b"),
    "null": TEXT.encode().replace("ü".encode(), b"\x00"),
    "no character": TEXT.encode().replace("ü".encode(), b"\xef\xbf\xbf"),
}


@pytest.mark.parametrize("name", LIES)
def test_encodings_that_lie_are_named_or_read_right(name: str, tmp_path: Path) -> None:
    path = tmp_path / "in.xml"
    path.write_bytes(LIES[name])
    told(run("clone", path, "--to", "1706", "-o", tmp_path / "out"), 0, 4)
    if (tmp_path / "out").exists():
        assert [] == files_below(tmp_path / "out"), "there is nothing to change"
    made = content()
    inner = LIES[name] if not LIES[name].startswith(b"<?xml") else LIES[name].replace(b"]]>", b"")
    packed = write_zip(tmp_path / "in.zip", {**made, OBJECT: inner})
    told(run("scan", packed), 1, 4)


LARGE = {
    "one name": b'<group name="' + b"n" * 3_000_000 + b'"/>',
    "one text": b'<step name="s" type="X"><action>' + b"a b\n" * 1_000_000 + b"</action></step>",
    "attributes": b"<group " + b" ".join(b'a%d=""' % number for number in range(900)) + b"/>",
    "variables": (
        b'<step name="s" type="X"><action/><defaultVarList>'
        + b'<variable name="v" property="v">x</variable>' * 20_000
        + b"</defaultVarList></step>"
    ),
    "references": b"<referenceList>" + b'<reference package="CHQ00001"/>' * 20_000 + b"</referenceList>",
    "comments": b"<!-- -->" * 100_000,
    "steps": b'<step name="s" type="SMS_TaskSequence_RebootAction"/>' * 20_000,
}


@pytest.mark.parametrize("name", LARGE)
def test_large_pieces_take_seconds(name: str, tmp_path: Path) -> None:
    path = tmp_path / "in.xml"
    path.write_bytes(b'<sequence version="3.10">' + LARGE[name] + b"</sequence>")
    started = time.perf_counter()
    told(run("scan", path, "--to", "1706", "--format", "csv"), 0, 1)
    told(run("diff", path, path, "--format", "csv"), 0)
    assert time.perf_counter() - started < 60


@pytest.mark.parametrize("count", [1_001, 200_000])
def test_too_many_attributes_are_refused(count: int, tmp_path: Path) -> None:
    """What looks for each attribute among all the others would take days for what fits into a file."""
    attributes = " ".join(f"a{number}='>'" for number in range(count))
    for where in (f"<group {attributes}/>", f"<group><step name='s' type='X'><future {attributes}/></step></group>"):
        path = tmp_path / "in.xml"
        path.write_text(f'<sequence version="3.10">{where}</sequence>', encoding="utf-8")
        ran = run("scan", path)
        told(ran, 4)
        assert "more than 1,000 attributes" in ran.said


def test_zips_in_zips_in_zips_end(tmp_path: Path) -> None:
    """However deep, as in a zip that holds itself: two levels are opened, the third is named and left alone."""
    data = b""
    for _ in range(60):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("again.zip", data)
            archive.writestr("other.zip", data)
        data = file.getvalue() if len(file.getvalue()) < 1_000_000 else data
    path = tmp_path / "deep.zip"
    path.write_bytes(data)
    started = time.perf_counter()
    ran = run("scan", path)
    told(ran, 4)
    assert time.perf_counter() - started < 10
    assert ["deep.zip"] == files_below(tmp_path)


def test_parts_that_are_one_file_on_windows_are_refused(tmp_path: Path) -> None:
    made = content()
    twice = {**made, OBJECT.replace("object.xml", "OBJECT.XML"): made[OBJECT]}
    told(run("clone", write_zip(tmp_path / "in.zip", twice), *CLONE, "-o", tmp_path / "out"), 4)
    assert ["in.zip"] == files_below(tmp_path)
