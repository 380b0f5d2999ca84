"""Texts of hundreds of thousands of characters on which a search that starts again from everywhere would go on for minutes or hours."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.cli.running import run
from tsfix.checks.guards import _COMPARISON
from tsfix.checks.script_command import _FIRST_ONLY
from tsfix.containers.sniff import looks_like_task_sequence
from tsfix.masking import mask_text
from tsfix.proof.same_meaning import same_rules
from tsfix.reports.pairing import _ORIGIN

LONG = 200_000
SEQUENCE = (
    '<sequence version="3.10"><step type="{type}" name="S"><action>x</action><defaultVarList>'
    '<variable name="{name}" property="{property}">{value}</variable></defaultVarList></step></sequence>'
)
COMMAND = ("SMS_TaskSequence_RunCommandLineAction", "CommandLine", "CommandLine")
RULES = ("SMS_TaskSequence_SetDynamicVariablesAction", "OSDSetDynamicVariablesRules", "Rules")
MODEL = "MakeModelConditionExpression "
SCANNED = {
    "many installers": (*COMMAND, "msiexec ", "client.msi_"),
    "many shells": (*COMMAND, "cmd ", "osdupgradeos"),
    "many blocks": (*COMMAND, "{", "osdupgradeos.exe_"),
    "many marks": (*COMMAND, "%", "osdupgradeos.exe_"),
    "many blocks before another name": (*COMMAND, "{", '" xosdupgradeos.exe'),
    "many names": (*COMMAND, "{osdupgradeos.exe_", ""),
    "many models": (*RULES, MODEL, ""),
    "many makes": (*RULES, f'{MODEL}name="Make">', ""),
}


def repeated(text: str) -> str:
    return text * (LONG // len(text))


@pytest.mark.parametrize("kind", SCANNED)
def test_a_scan_of_such_a_text_ends(kind: str, tmp_path: Path) -> None:
    step_type, name, property_name, unit, end = SCANNED[kind]
    value = escape(repeated(unit) + end)
    path = tmp_path / "in.xml"
    path.write_text(SEQUENCE.format(type=step_type, name=name, property=property_name, value=value), encoding="utf-8")
    started = time.process_time()
    ran = run("scan", path, "--to", "1602")
    assert ran.code in (0, 1), ran.said[-500:]
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "unit", ["<expression ", "<expression>", '<variable name="Variable" ', '<variable name="Value" ', "\n", " "]
)
@pytest.mark.parametrize("around", ["{}", "<expression>{}</expression>"])
def test_masking_of_such_a_text_ends(unit: str, around: str) -> None:
    text = around.format(repeated(unit))
    started = time.process_time()
    assert text == mask_text(text)
    assert time.process_time() - started < 20


def test_a_secret_in_a_rule_is_masked_before_and_after_text_without_an_end() -> None:
    rule = (
        '<expression><variable name="Operator">equals</variable><variable name="Value">pa55word</variable>'
        '<variable name="Variable">AdminPassword</variable></expression>'
    )
    assert "pa55word" not in mask_text(f"<expression {rule} <expression")
    assert mask_text(rule).startswith("<expression>")


@pytest.mark.parametrize("unit", ["\n", " \n", "\r\n", " "])
def test_the_first_lines_of_a_script_are_found_in_time(unit: str) -> None:
    started = time.process_time()
    assert _FIRST_ONLY.search(repeated(unit)) is None
    assert _FIRST_ONLY.search(repeated(unit) + "\n\t using namespace System") is not None
    assert time.process_time() - started < 10


def test_base64_of_such_a_script_is_scanned_in_time(tmp_path: Path) -> None:
    script = base64.b64encode(b"\xff\xfe" + repeated("\n").encode("utf-16-le")).decode("ascii")
    path = tmp_path / "in.xml"
    names = ("SMS_TaskSequence_RunPowerShellScriptAction", "OSDRunPowerShellScriptSourceScript", "SourceScript")
    path.write_text(SEQUENCE.format(type=names[0], name=names[1], property=names[2], value=script), encoding="utf-8")
    started = time.process_time()
    assert run("scan", path, "--to", "1602").code in (0, 1)
    assert time.process_time() - started < 20


@pytest.mark.parametrize("unit", ["a", "a ", "like", "Version "])
def test_a_query_is_read_in_time(unit: str) -> None:
    """The name of a property was looked for from every letter of a word, to its end."""
    started = time.process_time()
    assert [] == _COMPARISON.findall(repeated(unit))
    assert [("ClientVersion", ">=", "5.00")] == _COMPARISON.findall(f"{repeated(unit)} WHERE ClientVersion >= '5.00'")
    assert time.process_time() - started < 10


@pytest.mark.parametrize("unit", ["&lt;sequence ", "<sequence ", "<INSTANCE ", "&lt;sequence version ", "&lt;"])
def test_what_kind_of_file_it_is_is_found_out_in_time(unit: str) -> None:
    started = time.process_time()
    assert not looks_like_task_sequence(b"<a>" + repeated(unit).encode())
    assert time.process_time() - started < 10
    assert looks_like_task_sequence(b"<a>" + repeated(unit).encode() + b'&lt;sequence name="a" version="3.10">')


@pytest.mark.parametrize(
    "unit", ["[tsfix: copy of 1 ", '<operator type="not"><expression ', '<operator type="not"><expression>', ">\n"]
)
@pytest.mark.parametrize("end", ["", "]", "</expression></operator>"])
def test_what_says_where_a_copy_is_from_and_what_rules_mean_is_read_in_time(unit: str, end: str) -> None:
    text = repeated(unit) + end
    started = time.process_time()
    assert (_ORIGIN.search(text) is None) == (end != "]" or not unit.startswith("["))
    assert same_rules(text, text)
    assert time.process_time() - started < 10
