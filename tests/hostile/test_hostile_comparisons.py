"""Exports that make a comparison long: deep and wide conditions, deep parts, thousands of changes, paths of megabytes."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import KIOSK, run
from tests.properties.planted import write_zip
from tsfix.containers.zip_reader import read_zip
from tsfix.parse import path_text
from tsfix.reports import part_differences

STEP = (
    '<step type="SMS_TaskSequence_RunCommandLineAction" name="{name}">{condition}<action>smsswd.exe /run: {value}</action>'
    '<defaultVarList><variable name="CommandLine" property="CommandLine">{value}</variable></defaultVarList></step>'
)


def sequence(content: str) -> str:
    return f'<sequence version="3.10">{content}</sequence>'


def file_test(value: str) -> str:
    return f'<expression type="SMS_TaskSequence_FileConditionExpression"><variable name="Path">{value}</variable></expression>'


def inside(operators: int, content: str) -> str:
    begin, end = '<operator type="and">' * operators, "</operator>" * operators
    return f"<condition>{begin}{content}{end}</condition>"


def deep_conditions(value: str) -> str:
    step = STEP.format(name="s", value="x", condition=inside(60, file_test(value)))
    return sequence(step * 100)


def wide_condition(value: str) -> str:
    tests = "".join(file_test(f"{value}{number}") for number in range(1_500))
    return sequence(STEP.format(name="s", value="x", condition=inside(1, tests)))


def wide_and_deep(value: str) -> str:
    tests = "".join(file_test(f"{value}{number}") for number in range(300))
    return sequence(STEP.format(name="s", value="x", condition=inside(50, tests)))


def many_steps(value: str) -> str:
    return sequence("".join(STEP.format(name=f"s{n}", value=f"{value}{n}", condition="") for n in range(2_000)))


def other_steps(value: str) -> str:
    return sequence("".join(STEP.format(name=f"{value}{n}", value=f"{value}{n}", condition="") for n in range(2_000)))


@pytest.mark.parametrize("made", [deep_conditions, wide_condition, wide_and_deep, many_steps, other_steps])
def test_many_differences_take_seconds(made: Callable[[str], str], tmp_path: Path) -> None:
    paths = tmp_path / "a.xml", tmp_path / "b.xml"
    for path, value in zip(paths, "xy", strict=True):
        path.write_text(made(value), encoding="utf-8")
    started = time.process_time()
    assert 0 == run("diff", *paths, "--format", "json").code
    assert 1 == run("verify", paths[0], "--against", paths[1], "--to", "1706").code
    # Each took a minute and more when every difference was looked for among all steps.
    assert time.process_time() - started < 20


def with_manifest(folder: Path, name: str, content: str) -> Path:
    parts = dict(read_zip(KIOSK.read_bytes(), "x.zip").parts)
    return write_zip(folder / name, {**parts, "Manifest.xml": content.encode()})


def deep_part(value: str) -> str:
    lines = "".join(f"<b>{value}{number}</b>" for number in range(5_000))
    return f"{'<a>' * 250}{lines}{'</a>' * 250}"


def deep_text_in_text(value: str) -> str:
    return f"<a>{html.escape(f'<c>{html.escape(deep_part(value))}</c>')}</a>"


@pytest.mark.parametrize("made", [deep_part, deep_text_in_text])
def test_deep_parts_are_compared_in_seconds(made: Callable[[str], str], tmp_path: Path) -> None:
    paths = [with_manifest(tmp_path, f"{value}.zip", made(value)) for value in "xy"]
    for form in ("text", "json", "md", "html", "csv"):
        started = time.process_time()
        ran = run("diff", *paths, "--format", form)
        assert 0 == ran.code, ran.said[-500:]
        assert time.process_time() - started < 10
        assert len(ran.out) < 3_000_000, "blanks before a line are no content"


def test_another_depth_is_a_difference_however_deep(tmp_path: Path) -> None:
    deep = ["<a>" * 100 + "<b>x</b>" * 2 + "</a>" * 100, "<a>" * 100 + "<b>x</b></a><b>x</b>" + "</a>" * 99]
    paths = [with_manifest(tmp_path, f"{number}.zip", content) for number, content in enumerate(deep)]
    assert 1 == run("diff", *paths, "--fail-on-difference").code
    assert 0 == run("diff", paths[0], paths[0], "--fail-on-difference").code


def test_of_a_part_that_is_too_large_the_size_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_differences, "LARGEST_COMPARED", 1_000)
    paths = [with_manifest(tmp_path, f"{value}.zip", f"<a>{value * 1_000}</a>") for value in "xy"]
    ran = run("diff", *paths)
    assert 0 == ran.code
    assert "too large to be compared" in ran.said
    assert "1,007 bytes" in ran.said


def test_paths_of_megabytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xml"
    groups = "".join(f'<group name="{"g" * 1_000}{number}">' for number in range(200))
    steps = "".join(STEP.format(name=number, value="x", condition="") for number in range(500))
    path.write_text(sequence(groups + steps + "</group>" * 200), encoding="utf-8")
    for command in (("scan", path), ("clone", path, "--to", "1706", "-o", tmp_path / "out"), ("diff", path, path)):
        ran = run(*command)
        assert 4 == ran.code, ran.said[-500:]
        assert "characters together; at most 32,000,000 are read." in ran.said
    assert ["a.xml"] == [found.name for found in tmp_path.iterdir()]
    monkeypatch.setattr(path_text, "MOST_PATH_TEXT", 200_000_000)
    assert 0 == run("scan", path).code


@pytest.mark.parametrize(("limit", "code"), [(7, 0), (6, 4)])
def test_the_limit_of_paths_counts_the_names_of_groups(
    limit: int, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the first step and the inner group stands ``ab``, above the second step ``ab`` and ``c``: 2 + 2 + 3."""
    monkeypatch.setattr(path_text, "MOST_PATH_TEXT", limit)
    step = STEP.format(name="long name of a step", value="x", condition="")
    path = tmp_path / "a.xml"
    path.write_text(sequence(f'<group name="ab">{step}<group name="c">{step}</group></group>{step}'), encoding="utf-8")
    assert code == run("scan", path).code


def test_a_name_full_of_ids_is_told_once_and_not_for_each(tmp_path: Path) -> None:
    """Each mention says where it is, and the name is where it is."""
    path = tmp_path / "a.xml"
    name = "-CHQ00001" * 5_000
    path.write_text(sequence(f'<group name="{name}">{STEP.format(name="s", value="x", condition="")}</group>'), "utf-8")
    relink = ("relink", path, "--map", "CHQ00001=LEG00042", "-o", tmp_path / "out", "--dry-run")
    started = time.process_time()
    for form in ("text", "json", "html"):
        assert len(run(*relink, "--format", form).out) < 10_000_000
    assert time.process_time() - started < 10
