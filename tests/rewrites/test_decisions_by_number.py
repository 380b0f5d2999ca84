"""Decisions that name their steps by number mean the numbers of the original, whatever else is taken out."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.made import Group, Step, cloned, export, on, request, rewritten, sequence, steps
from tsfix.conversion import Refused
from tsfix.conversion.former_places import former_position
from tsfix.decisions import Decision, Do
from tsfix.export import Export
from tsfix.reports.decision_block import decision_block
from tsfix.values import Position


def newer(name: str) -> Step:
    """A step that saves its output in a variable, which 1706 cannot."""
    return steps.run_command_line(name, f"cmd.exe /c {name}", output_variable=f"Saved{name}")


def four_steps() -> Export:
    """Two pairs of steps that share a path, so that nothing but a number tells them apart."""
    pairs = (Group(name="Do", children=(newer("Same"), newer("Same"))) for _ in range(2))
    return export(sequence("CHQ00D00", "Deploy", *pairs, steps.restart("Last")))


def decisions(*said: tuple[str, Do]) -> tuple[Decision, ...]:
    return tuple(Decision(task_sequence="Deploy", rule="R26", do=do, reason="said so", step=step) for step, do in said)


def state(copy: Export) -> list[tuple[str, bool]]:
    names = {item.element: " > ".join(item.path) for item in copy.task_sequences[0].task_sequence.sequence.walk()}
    found = copy.task_sequences[0].task_sequence.sequence.steps()
    return [(names[step.element].removeprefix("Do > "), step.disabled) for step in found]


ALL = ("1.1", "1.2", "2.1", "2.2")


@pytest.mark.parametrize("answers", ["remove remove remove remove", "remove keep disable remove"])
@pytest.mark.parametrize("turned", [False, True])
def test_steps_that_share_a_path_get_what_was_decided_about_each(answers: str, turned: bool) -> None:
    said: list[tuple[str, Do]] = list(zip(ALL, answers.split(), strict=True))  # type: ignore[arg-type]
    chosen = decisions(*(reversed(said) if turned else said))
    done = rewritten(four_steps(), request(decisions=chosen))
    left = {"keep": ("Same", False), "disable": ("Same", True)}
    assert [*(left[do] for do in answers.split() if do in left), ("Last", False)] == state(done.copy)


@pytest.mark.parametrize("other", ["accept", "keep", "disable", "placeholder"])
def test_what_stands_behind_a_removed_step_keeps_its_number(other: Do) -> None:
    """The second of a pair has the number of the first, once the first is removed."""
    chosen = decisions(("1.1", "remove"), ("1.2", other), ("2.1", "remove"), ("2.2", "disable"))
    done = rewritten(four_steps(), request(decisions=chosen))
    disabled = other in ("disable", "placeholder")
    assert [("Same", disabled), ("Same", True), ("Last", False)] == state(done.copy)


def test_a_decision_about_a_removed_step_says_nothing_about_the_next() -> None:
    """What nobody decided is still in the way, under the number of the original."""
    outcome = cloned(four_steps(), request(decisions=decisions(("1.1", "remove"), ("2.1", "keep"))))
    assert isinstance(outcome, Refused)
    assert [(0, 1), (1, 1)] == sorted({reason.location.position for reason in outcome.reasons})
    answers = tomllib.loads(decision_block(outcome.reasons, outcome.original, outcome.findings))["decisions"]
    assert ["1.2", "2.2"] == [answer["step"] for answer in answers]


def test_a_removed_group_moves_what_follows() -> None:
    chosen = (
        Decision(task_sequence="Deploy", rule="R26", do="disable", reason="said so", step="3.1"),
        Decision(task_sequence="Deploy", rule="R26", do="keep", reason="said so", step="3.2"),
        Decision(task_sequence="Deploy", rule="R34", do="remove", reason="said so", step="1"),
        Decision(task_sequence="Deploy", rule="R26", do="remove", reason="said so", step="2.1"),
        Decision(task_sequence="Deploy", rule="R26", do="remove", reason="said so", step="2.2"),
    )
    tested = Group(
        name="Tested", condition=on.when(on.variable("Model", "like", "Fabrikam%")), children=(steps.restart("Gone"),)
    )
    pairs = (Group(name="Do", children=(newer("Same"), newer("Same"))) for _ in range(2))
    made = export(sequence("CHQ00D01", "Deploy", tested, *pairs))
    done = rewritten(made, request("1702", decisions=chosen))
    assert [("Same", True), ("Same", False)] == state(done.copy)


@pytest.mark.parametrize(
    ("gone", "now", "before"),
    [
        ((), (1, 2), (1, 2)),
        (((0,),), (0,), (1,)),
        (((0,), (1,)), (0, 3), (2, 3)),
        (((2,), (0,)), (0,), (1,)),
        (((2,), (0,)), (1,), (3,)),
        (((1,), (0, 0), (2, 1)), (0, 0), (0, 1)),
        (((1,), (0, 0), (2, 1)), (1, 1), (2, 2)),
        (((1, 0),), (0, 0), (0, 0)),
        (((0,),), (), ()),
    ],
)
def test_former_position(gone: tuple[Position, ...], now: Position, before: Position) -> None:
    assert before == former_position(now, frozenset(gone))


def test_the_block_of_a_refusal_can_be_answered_by_remove_throughout() -> None:
    outcome = cloned(four_steps(), request())
    assert isinstance(outcome, Refused)
    block = decision_block(outcome.reasons, outcome.original, outcome.findings)
    block = re.sub('^do = ""', 'do = "remove"', block, flags=re.M).replace('reason = ""', 'reason = "no"')
    said = tuple(Decision(**entry) for entry in tomllib.loads(block)["decisions"])
    assert list(ALL) == [decision.step for decision in said]
    assert [("Last", False)] == state(rewritten(four_steps(), request(decisions=said)).copy)
