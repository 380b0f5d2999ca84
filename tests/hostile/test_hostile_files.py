"""Files beside the exports that a person names: hierarchy, decisions, facts, mappings. Whatever is in them, the answer is words."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.cli.running import PRETTY, Ran, run

DECISION = b'[[decisions]]\ntask_sequence = "a"\nrule = "R1"\ndo = "accept"\nreason = "x"\n'
TOML = {
    "lists in lists": b"a = " + b"[" * 5_000 + b"]" * 5_000,
    "tables in tables": b"a = " + b"{b = " * 3_000 + b"1" + b"}" * 3_000,
    "a name of many parts": b"a." * 3_000 + b"b = 1",
    "lists, not so deep": b"sites = " + b"[" * 400 + b"]" * 400,
    "a long number": b"a = " + b"1" * 5_000,
    "a long day": DECISION + b"until = " + b"1" * 5_000,
    "no number": b"sites = nan\ndecisions = inf",
    "a number for a list": b"sites = 1\npackages = 1\ndecisions = 1\nsteps = 1\n",
    "null": b"a = '\0'",
    "not UTF-8": b"a = '\xff'",
    "half a pair": b"a = '\\ud800'\n",
    "a mark and nothing": b"\xef\xbb\xbf",
    "escapes of a terminal": b'"\\u001b[31m\\u202e" = 1\n[[decisions]]\ntask_sequence = "\\u001b[31m"\nrule = "\\u202e"\n',
    "large": b"a = '" + b"x" * 20_000_000 + b"'",
}
JSON = {
    "lists in lists": b"[" * 100_000 + b"]" * 100_000,
    "never closed": b"[" * 200_000,
    "not so deep": b'{"sites": ' + b"[" * 400 + b"]" * 400 + b"}",
    "a long number": b'{"sites": ' + b"1" * 5_000 + b"}",
    "no number": b'{"sites": NaN, "packages": Infinity}',
    "the same key twice": b'{"sites": [], "sites": 1}',
    "half a pair": b'{"sites": [{"code": "\\ud800", "version": "\\ud800"}], "\\udfff": 1}',
    "a list of nothing": b'{"sites": [null, 1, "x", [], {}]}',
}
CSV = {
    "a long cell": b"old,new\n" + b"A" * 200_000 + b",B\n",
    "quotes": b'old,new\n"' + b'""' * 200_000,
    "null": b"old,new\nCHQ\x0001,CHQ00002\n",
    "not UTF-8": b"old,new\n\xff,\xfe\n",
    "formula": b"old,new\n=cmd|x,@SUM(1)\n",
    "escapes of a terminal": b"old,new\n\x1b[31m,\x9b\n",
    "many": b"old,new\n" + b"".join(b"CHQ%05X,CHQ%05X\n" % (number, number) for number in range(20_000)),
}


def told(ran: Ran) -> None:
    assert 2 == ran.code, ran.said[-500:]
    assert "fault of tsfix" not in ran.said
    assert "Traceback" not in ran.said
    assert [] == [char for char in ran.stderr if not char.isprintable() and char != "\n"]


@pytest.mark.parametrize("option", ["--hierarchy", "--decisions", "--facts"])
@pytest.mark.parametrize("name", TOML)
def test_bad_toml_is_explained(name: str, option: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(TOML[name])
    started = time.perf_counter()
    ran = run("scan", PRETTY, "--to", "1706", option, path)
    if name == "a mark and nothing":
        assert ran.code in (0, 1), "an empty file says nothing"
    else:
        told(ran)
        assert "bad.toml" in ran.said
    assert time.perf_counter() - started < 20
    assert len(ran.stderr) < 20_000


@pytest.mark.parametrize("name", JSON)
def test_bad_json_is_explained(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(JSON[name])
    ran = run("scan", PRETTY, "--hierarchy", path)
    told(ran)
    assert "bad.json" in ran.said


@pytest.mark.parametrize("name", CSV)
def test_bad_mappings_are_explained(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(CSV[name])
    told(run("relink", PRETTY, "--map-file", path, "-o", tmp_path / "out"))
    assert ["bad.csv"] == sorted(file.name for file in tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_links_lead_nowhere_else(tmp_path: Path) -> None:
    """A link in a folder of exports is not followed; a link in the place of a copy is not written through."""
    outside = tmp_path / "outside.xml"
    outside.write_text('<sequence version="3.10" name="outside"/>', encoding="utf-8")
    folder = tmp_path / "in" / "SMS_TaskSequencePackage" / "CHQ00001"
    folder.mkdir(parents=True)
    (folder / "object.xml").symlink_to(outside)
    ran = run("scan", tmp_path / "in")
    assert 4 == ran.code
    assert "link" in ran.said
    out = tmp_path / "out"
    out.mkdir()
    (out / "pretty (for 1706).xml").symlink_to(outside)
    before = outside.read_bytes()
    clone = ("clone", PRETTY, "--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable", "-o", out)
    assert run(*clone).code in (0, 1, 2)
    assert run(*clone, "--force").code in (0, 1, 2)
    assert before == outside.read_bytes()


@pytest.mark.parametrize("command", ["scan", "clone", "relink", "diff", "verify"])
def test_an_input_with_a_name_that_no_system_has_is_named(command: str, tmp_path: Path) -> None:
    """The system says something else than that there is no such file."""
    name = "x" * 300 + ".zip"
    options = {
        "scan": (),
        "clone": ("--to", "1706", "-o", tmp_path / "out"),
        "relink": ("--map", "CHQ00016=LEG00016", "-o", tmp_path / "out"),
        "diff": (PRETTY,),
        "verify": ("--against", PRETTY),
    }
    ran = run(command, name, *options[command])
    assert 4 == ran.code, ran.said[-500:]
    assert "cannot be read" in ran.said or "no such file" in ran.said
    assert [] == list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no folder that a program is in")
@pytest.mark.parametrize("options", [("clone", "--to", "1706", "-o", "out"), ("scan", "--output", "json=answer.json")])
def test_a_current_folder_that_is_gone_is_named(
    options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    ran = run(options[0], PRETTY, *options[1:])
    monkeypatch.undo()
    assert 2 == ran.code, ran.said[-500:]
    assert "the current folder is gone" in ran.said
    assert [] == list(tmp_path.iterdir())
