"""The baseline of known findings: what is known does not fail a scan, what is new does, what is gone is told; a copy never asks it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.running import DEPLOY, HIERARCHY, Ran, run
from tests.made import Group, export, findings, sequence, sequence_text, steps
from tsfix.configuration.decisions_file import read_decisions
from tsfix.decisions import Decision, decide
from tsfix.errors import UsageError
from tsfix.findings import Finding
from tsfix.knowledge.load import load
from tsfix.use_cases.answers import package_ids

REASON = "taken over on 2 March, to be mended in May"


def scan(*arguments: object) -> Ran:
    return run("scan", DEPLOY, "--to", "LEG", "--hierarchy", HIERARCHY, *arguments)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("known") / "known.toml"
    assert 0 == scan("--write-baseline", path, "--reason", REASON).code
    return path


def entries(path: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))["decisions"]
    return found


def written(path: Path, kept: list[dict[str, str]]) -> Path:
    lines = [line for one in kept for line in ("[[decisions]]", *(f"{key} = {json.dumps(one[key])}" for key in one))]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_what_is_known_is_counted_and_fails_nothing(baseline: Path) -> None:
    before = json.loads(scan("--format", "json").out)
    after = scan("--baseline", baseline, "--format", "json", "--fail-on", "warning")
    summary = json.loads(after.out)["summary"]
    counted = before["summary"]["errors"] + before["summary"]["warnings"]
    assert (0, 0, 0) == (after.code, summary["errors"], summary["warnings"])
    assert 30 < counted == summary["known"] == summary["accepted"]


def test_every_entry_is_complete_and_says_known(baseline: Path) -> None:
    found = entries(baseline)
    assert [{"known"}, {REASON}, {"LEG"}, {"error", "warning"}] == [
        {one[key] for one in found} for key in ("do", "reason", "target", "severity")
    ]
    assert {"CHQ00030", "CHQ00031", "CHQ00032"} == {one["task_sequence"] for one in found}
    assert len(found) == len(read_decisions(baseline, load())) == len({json.dumps(one) for one in found})


def test_a_new_finding_fails_the_run(baseline: Path, tmp_path: Path) -> None:
    found = entries(baseline)
    new = next(one for one in found if one["rule"] == "R1")
    ran = scan("--baseline", written(tmp_path / "less.toml", [one for one in found if one is not new]))
    assert 1 == ran.code
    assert "ERROR R1" in ran.stdout


def test_what_is_gone_is_told_and_what_was_not_scanned_is_no_news(baseline: Path, tmp_path: Path) -> None:
    found = entries(baseline)
    gone = {**found[0], "about": "something that was mended"}
    elsewhere = {**found[0], "task_sequence": "CHQ00099"}
    ran = scan("--baseline", written(tmp_path / "more.toml", [*found, gone, elsewhere]))
    assert 0 == ran.code
    assert "Not found any more: 1 known finding (" in ran.stderr
    assert "something that was mended" in ran.stderr
    assert "Not looked at in this run: 1 known finding (" in ran.stderr


def test_after_its_day_a_finding_counts_again(baseline: Path, tmp_path: Path) -> None:
    over = [{**one, "until": "2001-01-31"} for one in entries(baseline)]
    ran = scan("--baseline", written(tmp_path / "over.toml", over))
    assert 1 == ran.code
    assert f"The day is over for {len(over)} known findings (" in ran.stderr


def test_a_baseline_written_anew_keeps_reasons_and_drops_what_is_gone(baseline: Path, tmp_path: Path) -> None:
    found = entries(baseline)
    path = written(tmp_path / "known.toml", [*found[1:], {**found[1], "about": "mended"}])
    ran = scan("--baseline", path, "--write-baseline", path, "--reason", "new in June", "--until", "2999-12-31")
    assert 0 == ran.code
    reasons = [(one["reason"], one.get("until", "")) for one in entries(path)]
    assert {"new in June": 1, REASON: len(found) - 1} == {
        reason: len([one for one in reasons if one[0] == reason]) for reason, _ in reasons
    }
    assert ("new in June", "2999-12-31") in reasons


def test_writing_twice_gives_the_same_bytes(baseline: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.toml"
    scan("--write-baseline", again, "--reason", REASON)
    assert baseline.read_bytes() == again.read_bytes()


def test_two_exports_of_one_task_sequence_make_one_entry(tmp_path: Path) -> None:
    """Were there two, the one that no finding asks for would be told as gone."""
    copies = [tmp_path / name / "Kiosk.xml" for name in ("a", "b")]
    names = ("Set Secret", "set secret")
    for path, name in zip(copies, names, strict=True):
        path.parent.mkdir()
        text = sequence_text(steps.run_command_line(name, "one.cmd", output_variable="One"))
        path.write_text(text, encoding="utf-8")
    known_ones = tmp_path / "known.toml"
    assert 0 == run("scan", *copies, "--to", "1706", "--write-baseline", known_ones, "--reason", "so").code
    again = run("scan", *copies, "--to", "1706", "--baseline", known_ones)
    assert (0, "") == (again.code, again.stderr)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--write-baseline needs a reason."),
        (("--reason", " "), "--write-baseline needs a reason."),
        (("--reason", "so", "--until", "soon"), '--until: "soon" is not a day.'),
    ],
)
def test_a_baseline_needs_a_reason_and_a_real_day(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    ran = scan("--write-baseline", tmp_path / "known.toml", *arguments)
    assert 2 == ran.code
    assert said in ran.stderr
    assert not (tmp_path / "known.toml").exists()


def test_a_baseline_is_not_written_over_by_mistake(baseline: Path) -> None:
    before = baseline.read_bytes()
    ran = scan("--write-baseline", baseline, "--reason", "again")
    assert (2, before) == (ran.code, baseline.read_bytes())
    assert "Give it with --baseline too" in ran.stderr


def test_what_is_known_decides_nothing_about_a_copy(baseline: Path, tmp_path: Path) -> None:
    """An order to ignore a default client package in reports must not become a copy that installs it."""
    common = ("clone", DEPLOY, "--to", "LEG", "--hierarchy", HIERARCHY, "--format", "json")
    without = run(*common, "-o", tmp_path / "a")
    with_it = run(*common, "-o", tmp_path / "b", "--decisions", baseline)
    assert 3 == without.code == with_it.code
    reasons = [[one["title"] for one in json.loads(ran.out)["exports"][0]["reasons"]] for ran in (without, with_it)]
    assert reasons[0] == reasons[1]


def test_the_matrix_calls_nothing_safe_because_it_is_known(baseline: Path) -> None:
    kiosk = DEPLOY.with_name("Contoso Kiosk (zipped by hand).zip")
    ran = run(
        "scan", DEPLOY, kiosk, "--to", "LEG", "--hierarchy", HIERARCHY, "--baseline", baseline, "--format", "json"
    )
    (cell,) = json.loads(ran.out)["matrix"]["rows"][0]["cells"]
    assert "needs a decision" == cell["state"]


def one_finding() -> Finding:
    made = export(sequence("CHQ00D00", "Deploy", steps.run_command_line("First", "one.cmd", output_variable="One")))
    return next(one for one in findings(made) if one.rule == "R26" and one.severity != "info")


def known(**others: str) -> Decision:
    return Decision(task_sequence="CHQ00D00", rule="R26", do="known", reason="so", **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("decision", "answered"),
    [
        (known(), True),
        (known(step="First"), True),
        (known(step="Second"), False),
        (known(about="run-command-line-output-variable", target="1706", severity="error"), True),
        (known(about="run-command-line-as-user"), False),
        (known(target="1806"), False),
        (known(target="none"), False),
        (known(severity="info"), False),  # it has become worse since
    ],
)
def test_an_entry_answers_one_thing_at_one_place_for_one_target(decision: Decision, answered: bool) -> None:
    found = decide([one_finding()], [decision], "2026-01-01", {one_finding().location.part: "CHQ00D00"}, "1706")
    assert (int(answered), int(not answered)) == (len(found.accepted), len(found.open))


def test_a_step_that_moves_stays_known() -> None:
    step = steps.run_command_line("First", "one.cmd", output_variable="One")
    moved = export(sequence("CHQ00D00", "Deploy", steps.restart("Restart"), Group(name="New"), step))
    entry = replace(known(step="First"), about=one_finding().subject)
    found = decide(findings(moved), [entry], "2026-01-01", package_ids(moved), "1706")
    assert 1 == len(found.accepted)


def test_what_is_found_about_a_file_goes_by_its_name() -> None:
    twice = export(sequence("CHQ00D00", "Kiosk"), sequence("CHQ00D01", "kiosk"))
    entry = Decision(task_sequence="made.zip", rule="R54", do="known", reason="so")
    found = decide(findings(twice), [entry], "2026-01-01", package_ids(twice), "1706")
    assert ["R54"] == [one.finding.rule for one in found.accepted]


def test_what_is_about_one_finding_cannot_decide_a_step(tmp_path: Path) -> None:
    path = written(
        tmp_path / "tsfix.toml",
        [{"task_sequence": "x", "rule": "R26", "do": "disable", "reason": "so", "about": "thing"}],
    )
    with pytest.raises(UsageError, match="about and severity go with accept and known only"):
        read_decisions(path, load())
