"""Wrong options and configuration: said before any work is done, with what was expected; exit code 2, nothing on stdout."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import DEPLOY, HIERARCHY, PRETTY, files_below, run

SCAN: dict[str, tuple[tuple[object, ...], tuple[str, ...]]] = {
    "no export": ((), ("Missing argument", "EXPORT")),
    "unknown option": ((PRETTY, "--tu", "1706"), ("No such option: --tu",)),
    "unknown version": ((PRETTY, "--to", "1707"), ("1707", "Did you mean", "1706", "Known versions", "2007", "2503")),
    "future version": ((PRETTY, "--to", "2903"), ("2903", "Known versions", "2503")),
    "unknown build": ((PRETTY, "--to", "5.00.9999"), ("9999", "newer than", "Known versions")),
    "preview build": ((PRETTY, "--to", "5.00.8541"), ("8541", "between 1706", "and 1710", "Known versions")),
    "empty version": ((PRETTY, "--to", ""), ("unknown version", "Known versions")),
    "site without a hierarchy": ((PRETTY, "--to", "LEG"), ("site code", "--hierarchy", "--to 1706")),
    "site not in the hierarchy": (
        (PRETTY, "--to", "XYZ", "--hierarchy", HIERARCHY),
        ('"XYZ"', "CHQ (2309)", "LEG (1706)"),
    ),
    "no such hierarchy file": ((PRETTY, "--hierarchy", "none.toml"), ("none.toml", "cannot be read", "--hierarchy")),
    "no such facts file": ((PRETTY, "--facts", "none.toml"), ("none.toml", "cannot be read", "--facts")),
    "no such baseline": ((PRETTY, "--baseline", "none.toml"), ("none.toml", "cannot be read", "--baseline")),
    "reason without a baseline": ((PRETTY, "--reason", "known"), ("--reason", "--write-baseline")),
    "jobs in words": ((PRETTY, "--jobs", "two"), ("--jobs", '"two" is not a whole number.')),
    "unknown format": ((PRETTY, "--format", "jsno"), ("--format", '"jsno" is not one of', 'Did you mean "json"?')),
    "unknown severity": ((PRETTY, "--fail-on", "fatal"), ("--fail-on", "error", "warning", "never")),
    "output without file": ((PRETTY, "--output", "md"), ("--output", '"md" is not FORMAT=FILE', "json")),
    "output of unknown format": ((PRETTY, "--output", "doc=x.doc"), ("--output", '"doc=x.doc"', "md")),
    "output over the input": ((PRETTY, "--output", f"json={PRETTY}"), (PRETTY.name, "something that is read")),
}


@pytest.mark.parametrize("case", SCAN)
def test_scan_says_what_is_wrong(case: str) -> None:
    arguments, phrases = SCAN[case]
    ran = run("scan", *arguments)
    assert [] == [phrase for phrase in phrases if phrase not in ran.said], ran.stderr
    assert (2, b"") == (ran.code, ran.out)


CLONE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "client package": (("--client-package", "CLIENT"), ("--client-package", '"CLIENT"', "LEG00042")),
    "map without equals": (("--map", "CHQ00003"), ("--map", '"CHQ00003" has no "="', "OLD=NEW")),
    "map of no ID": (("--map", "CHQ00003=new"), ("--map", '"new" is not a package ID')),
    "client package that is none": (("--client-package", "00000000"), ("--client-package", "no package")),
    "map to no package": (("--map", "CHQ00003=00000000"), ("--map: 00000000", "no package")),
    "map of no package": (("--map", "00000000=LEG00001"), ("--map: 00000000", "no package")),
    "several targets": (("--to", "1806"), ("--to was given 2 times", "1806", "one target")),
    "map to itself": (("--map", "CHQ00003=chq00003"), ("--map", "CHQ00003 is mapped to itself")),
    "map twice": (
        ("--map", "CHQ00003=LEG00001", "--map", "chq00003=LEG00002"),
        ("--map", "CHQ00003", "LEG00001", "LEG00002", "Keep one"),
    ),
    "new ID of no ID": (("--new-id", "CHQ00030=x"), ("--new-id", '"x" is not a package ID')),
    "unknown rule": (("--accept", "R999"), ("--accept", '"R999"', "R1", "tsfix list rules")),
    "near rule": (("--accept", "R2R"), ("--accept", "Did you mean R2")),
    "unknown policy": (("--new-steps", "disabled"), ("--new-steps", 'Did you mean "disable"?')),
    "name with unknown field": (("--name", "{nmae}"), ("--name", '"{nmae}"', "{name}, {target}, {version} and {id}")),
    "name that looks inside": (("--name", "{name.__class__}"), ("--name", "{name.__class__}", "unknown field")),
    "name with a format": (("--name", "{name:>9}"), ("--name", "unknown field")),
    "name with one brace": (("--name", "{name"), ("--name", "brace")),
    "empty name": (("--name", " "), ("--name", "empty")),
}


@pytest.mark.parametrize("case", CLONE)
def test_clone_says_what_is_wrong(case: str, tmp_path: Path) -> None:
    arguments, phrases = CLONE[case]
    ran = run("clone", DEPLOY, "--to", "1706", "-o", tmp_path / "out", *arguments)
    assert [] == [phrase for phrase in phrases if phrase not in ran.said], ran.stderr
    assert (2, b"") == (ran.code, ran.out)
    assert [] == files_below(tmp_path)


EMPTY: dict[str, tuple[tuple[object, ...], str]] = {
    "export": (("scan", "", "--to", "1706"), "'EXPORT'"),
    "export of several": (("scan", PRETTY, "", "--to", "1706"), "'EXPORT'"),
    "spaces": (("scan", " ", "--to", "1706"), "'EXPORT'"),
    "hierarchy": (("scan", PRETTY, "--hierarchy", ""), "'--hierarchy'"),
    "output folder": (("clone", PRETTY, "--to", "1706", "-o", ""), "'-o' / '--output-dir'"),
    "after": (("diff", PRETTY, ""), "'AFTER'"),
    "original": (("verify", PRETTY, "--against", ""), "'--against'"),
}


@pytest.mark.parametrize("case", EMPTY)
def test_empty_path_is_not_the_current_folder(case: str) -> None:
    arguments, name = EMPTY[case]
    ran = run(*arguments)
    expected = f"Invalid value for {name}: an empty text was found where a file or a folder is expected."
    assert (2, b"", True) == (ran.code, ran.out, expected in ran.said), ran.stderr


@pytest.mark.parametrize("option", ["--hierarchy", "--facts", "--decisions"])
def test_file_in_another_encoding_is_told_how_to_save_it(option: str, tmp_path: Path) -> None:
    """UTF-16 is read: Windows PowerShell writes it with ``>``. A code page is not."""
    file = tmp_path / "file.toml"
    file.write_bytes('name = "Zürich"'.encode("cp1252"))
    ran = run("scan", PRETTY, "--to", "1706", option, file)
    assert (2, b"", True, True) == (ran.code, ran.out, "file.toml: " in ran.said, "Save it as UTF-8." in ran.said)


def test_new_id_that_is_in_use_is_refused(tmp_path: Path) -> None:
    options = ("--client-package", "LEG00042", "--new-steps", "disable", "--new-id", "CHQ00030=CHQ00031")
    ran = run("clone", DEPLOY, "--to", "1706", "-o", tmp_path, *options)
    assert "The ID CHQ00031 for the copy of CHQ00030 is in use already." in ran.said
    assert (2, []) == (ran.code, files_below(tmp_path))


def test_ids_that_occur_nowhere_are_remarked(tmp_path: Path) -> None:
    options = ("--client-package", "LEG00042", "--new-steps", "disable", "--dry-run")
    unused = ("--new-id", "CHQ00099=CHQ00098", "--map", "CHQ00097=LEG00001")
    ran = run("clone", DEPLOY, "--to", "1706", "-o", tmp_path / "out", *options, *unused)
    assert [
        "--map CHQ00097=LEG00001: nothing that was rewritten uses CHQ00097.",
        "--new-id CHQ00099=CHQ00098: no task sequence has the ID CHQ00099.",
    ] == ran.stderr.splitlines()
    used = ("--new-id", "CHQ00030=CHQ00098", "--map", "CHQ00001=LEG00043")
    assert b"" == run("clone", DEPLOY, "--to", "1706", "-o", tmp_path / "out", *options, *used).err


def test_unknown_command_is_answered_with_the_nearest() -> None:
    ran = run("scna")
    assert (2, b"") == (ran.code, ran.out)
    assert "Did you mean 'scan'?" in ran.said


def test_report_that_cannot_be_written_does_not_cost_the_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    reports = ("--output", f"json={tmp_path / 'file' / 'a.json'}", "--output", f"md={tmp_path / 'a.md'}")
    ran = run("scan", PRETTY, "--to", "1706", *reports)
    assert 2 == ran.code
    assert "A file stands where a folder is needed." in ran.stderr
    assert "1 checked" in ran.stdout
    assert ["a.md", "file"] == files_below(tmp_path)


def test_several_reports_are_written_beside_the_answer(tmp_path: Path) -> None:
    forms = ("text", "json", "md", "csv")
    options = [item for form in forms for item in ("--output", f"{form}={tmp_path / 'new' / form}")]
    ran = run("scan", DEPLOY, "--to", "1706", "--fail-on", "never", *options)
    assert 0 == ran.code
    assert sorted(f"new/{form}" for form in forms) == files_below(tmp_path)
    for form in forms:
        direct = run("scan", DEPLOY, "--to", "1706", "--fail-on", "never", "--format", form)
        assert direct.out == (tmp_path / "new" / form).read_bytes()
