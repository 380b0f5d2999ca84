"""Decisions in a clone: single steps go before the policy; a refusal prints what to answer, and answering is editing."""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.cli.running import DEPLOY, ROOT, run
from tests.made import Group, cloned, export, knowledge, request, rewritten, sequence, steps
from tsfix.configuration.decisions_file import read_decisions
from tsfix.conversion import Refused
from tsfix.decisions import Decision, Do
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.reports.decision_block import decision_block
from tsfix.task_sequence import Step

CLONE = ("--to", "1706", "--client-package", "LEG00042")


def two_steps() -> Export:
    """Two steps that save their output in a variable, which 1706 cannot."""
    return export(
        sequence(
            "CHQ00D00",
            "Deploy [pilot]",
            Group(
                name="Do",
                children=(
                    steps.run_command_line("First", "cmd.exe /c one", output_variable="One"),
                    steps.run_command_line("Second", "cmd.exe /c two", output_variable="Two"),
                ),
            ),
        )
    )


def decision(do: Do, step: str = "Do > First", rule: str = "R26", name: str = "Deploy [pilot]") -> Decision:
    return Decision(task_sequence=name, rule=rule, do=do, reason="said so", step=step)


def state(copy: Export) -> list[tuple[str, bool]]:
    return [(step.name, step.disabled) for step in copy.task_sequences[0].task_sequence.sequence.steps()]


def test_decision_goes_before_the_policy() -> None:
    outcome = rewritten(two_steps(), request(policy="disable", decisions=(decision("remove"),)))
    assert [("Second", True)] == state(outcome.copy)


@pytest.mark.parametrize("name", ["deploy*", "CHQ00D00", "Deploy [pilot]"])
def test_each_step_gets_what_was_decided(name: str) -> None:
    chosen = (decision("disable", name=name), decision("keep", "Do > Second", name=name))
    outcome = rewritten(two_steps(), request(decisions=chosen))
    assert [("First", True), ("Second", False)] == state(outcome.copy)
    first = next(outcome.copy.task_sequences[0].task_sequence.sequence.steps())
    assert "you decided: said so" in first.description


def test_placeholder_stands_in_the_place_of_one_step() -> None:
    outcome = rewritten(two_steps(), request(decisions=(decision("placeholder"), decision("accept", "Do > Second"))))
    first = next(outcome.copy.task_sequences[0].task_sequence.sequence.steps())
    assert isinstance(first, Step)
    assert ("First", True, "smsswd.exe /run: cmd.exe /c exit 0") == (first.name, first.disabled, first.action)


def test_what_is_not_decided_is_still_in_the_way() -> None:
    outcome = cloned(two_steps(), request(decisions=(decision("disable"),)))
    assert isinstance(outcome, Refused)
    assert {("Do", "Second")} == {reason.location.path for reason in outcome.reasons}


def test_two_decisions_for_one_step_that_differ_are_an_error() -> None:
    chosen = (decision("disable"), decision("remove", step="1.1"))
    with pytest.raises(UsageError, match=r'step "Do > First" conflict: disable \(R26\) and remove \(R26\)'):
        cloned(two_steps(), request(decisions=chosen))


def test_block_of_a_refusal_is_toml_with_gaps() -> None:
    outcome = cloned(two_steps(), request())
    assert isinstance(outcome, Refused)
    entries = tomllib.loads(decision_block(outcome.reasons))["decisions"]
    assert [
        {"task_sequence": "Deploy [pilot]", "step": f"Do > {step}", "rule": "R26", "do": "", "reason": ""}
        for step in ("First", "Second")
    ] == entries


def test_answering_is_editing(tmp_path: Path) -> None:
    file = tmp_path / "tsfix.toml"
    out = tmp_path / "out"
    first = run("clone", DEPLOY, *CLONE, "-o", out, "--format", "json")
    (report,) = json.loads(first.stdout)["exports"]
    assert (3, "refused") == (first.code, report["outcome"])
    assert report["decision_block"] in run("clone", DEPLOY, *CLONE, "-o", out).stdout
    file.write_text(report["decision_block"], encoding="utf-8")
    assert 2 == run("clone", DEPLOY, *CLONE, "-o", out, "--decisions", file).code
    answered = re.sub('^do = ""', 'do = "disable"', report["decision_block"], flags=re.M).replace(
        'reason = ""', 'reason = "no"'
    )
    file.write_text(answered, encoding="utf-8")
    second = run("clone", DEPLOY, *CLONE, "-o", out, "--decisions", file, "--format", "json")
    (report,) = json.loads(second.stdout)["exports"]
    assert (1, "copied", []) == (second.code, report["outcome"], report["reasons"])
    assert "The decision" not in second.stderr


def test_answers_for_pasted_steps_are_used(tmp_path: Path) -> None:
    """A block also names the steps of a child where they stand once they are pasted; no remark calls that a mistake."""
    first = two_steps().task_sequences[0].task_sequence.name
    made = export(
        sequence("CHQ00D01", "Parent", steps.run_task_sequence("Call", "CHQ00D00", first, ())),
        sequence("CHQ00D00", first, steps.run_command_line("First", "cmd.exe /c one", output_variable="One")),
    )
    place, file, out = tmp_path / "two.zip", tmp_path / "tsfix.toml", tmp_path / "out"
    with zipfile.ZipFile(place, "w") as written:
        for name, data in made.parts.parts.items():
            written.writestr(name, data)
    (report,) = json.loads(run("clone", place, *CLONE, "-o", out, "--format", "json").stdout)["exports"]
    block = re.sub('^do = ""', 'do = "disable"', report["decision_block"], flags=re.M)
    assert {"Call > First", "First"} == {entry["step"] for entry in tomllib.loads(block)["decisions"]}
    file.write_text(block.replace('reason = ""', 'reason = "no"'), encoding="utf-8")
    second = run("clone", place, *CLONE, "-o", out, "--decisions", file)
    assert 1 == second.code
    assert "The decision" not in second.stderr


def test_decision_that_matches_nothing_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "tsfix.toml"
    file.write_text(
        '[[decisions]]\ntask_sequence = "*"\nstep = "No > Such"\nrule = "R26"\ndo = "disable"\nreason = "x"\n',
        encoding="utf-8",
    )
    ran = run("clone", DEPLOY, *CLONE, "--new-steps", "disable", "-o", tmp_path / "out", "--decisions", file)
    assert "The decision about *, No > Such, R26 (disable) matches no finding of any step." in ran.stderr


ENTRY = '[[decisions]]\ntask_sequence = "*"\nrule = "R26"\ndo = "disable"\nreason = "x"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_file_may_be_what_windows_writes(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "tsfix.toml"
    file.write_bytes(ENTRY.replace("\n", "\r\n").encode(encoding))
    assert ["disable"] == [item.do for item in read_decisions(file, knowledge())]


def test_faults_of_form_and_of_sense_are_shown_at_once(tmp_path: Path) -> None:
    file = tmp_path / "tsfix.toml"
    edits = (('"disable"', '"explode"'), ('"R26"', '"R999"'), ('"x"', '" "'))
    file.write_text("".join(ENTRY.replace(*edit) for edit in edits), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_decisions(file, knowledge())
    listed = [line.strip(" -").partition(":")[0] for line in caught.value.message.splitlines()[1:] if line.strip()]
    assert ["decisions[1].do", "decisions[2].rule", "decisions[3].reason"] == listed


def test_an_entry_with_a_fault_of_form_shows_its_faults_of_sense_too(tmp_path: Path) -> None:
    file = tmp_path / "tsfix.toml"
    text = ENTRY.replace('"disable"', '"explode"').replace('"R26"', '"R999"').replace('"x"', '" "')
    file.write_text(f'{text}package = "LEG00050"\nwhy = "x"\n' + ENTRY, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_decisions(file, knowledge())
    listed = [line.strip(" -").partition(":")[0] for line in caught.value.message.splitlines()[1:] if line.strip()]
    assert ["decisions[1].do", "decisions[1].why", "decisions[1].rule", "decisions[1].reason"] == listed


def test_example_in_the_docs_loads(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "decisions-file.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, flags=re.S)
    file = tmp_path / "tsfix.toml"
    file.write_text(example, encoding="utf-8")
    assert ["disable", "accept"] == [item.do for item in read_decisions(file, knowledge())]
