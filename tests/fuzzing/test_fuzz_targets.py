"""Every fuzz target holds for its first inputs and the first mutations of them; longer runs are started by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzzing.mutation import mutants
from tests.fuzzing.runner import first_inputs
from tests.fuzzing.targets import TARGETS

ROOT = Path(__file__).parents[2]
COUNT = 120


@pytest.mark.parametrize("name", TARGETS)
def test_law_holds_for_the_first_inputs(name: str) -> None:
    target = TARGETS[name]
    for data in first_inputs(target, max(len(target.seeds()) + 10, COUNT)):
        target.law(data)


def test_the_same_seed_gives_the_same_inputs() -> None:
    first, second = (mutants((b"abc" * 20, b"x"), (b"word",), seed=3) for _ in range(2))
    inputs = [next(first) for _ in range(200)]
    assert inputs == [next(second) for _ in range(200)]
    assert len(set(inputs)) > 100


def test_command_runs_a_target_without_any_engine(tmp_path: Path) -> None:
    arguments = ("mapping", "--seconds", "1", "--engine", "plain", "--findings", str(tmp_path))
    ran = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (0, "") == (ran.returncode, ran.stderr)
    assert "0 findings" in ran.stdout
    assert [] == list(tmp_path.iterdir())
