"""Compares the walks through an original and its copy, for many random assignments of variables and failures."""

from __future__ import annotations

import random
import zlib

from tests.rewrites.interpreter import Run, tests_of
from tsfix.export import Export


def walk(export: Export, number: int, seed: int, tests: list[tuple[str, str]]) -> tuple[list[str], bool]:
    """The steps that the task sequence with that number starts, and whether it succeeds."""
    chance = random.Random(seed)
    variables = {
        name: chance.choice((value, value.replace("*", "x"), "other", ""))
        for name, value in tests
        if chance.random() < 0.8
    }
    run = Run(
        export=export,
        variables=variables,
        other_tests=lambda values: (zlib.crc32("|".join(values).encode()) + seed) % 3 > 0,
        fails=lambda name: seed % 2 == 1 and (zlib.crc32(name.encode()) + seed) % 9 == 0,
    )
    good = run.sequence(export.task_sequences[number].task_sequence)
    return run.visited, good


def differing(original: Export, copy: Export, seeds: int = 60) -> list[tuple[int, int]]:
    """Number of the task sequence and seed for which the two walks differ; the copy keeps the order of the sequences."""
    tests = tests_of(original)
    return [
        (number, seed)
        for number in range(len(original.task_sequences))
        for seed in range(seeds)
        if walk(original, number, seed, tests) != walk(copy, number, seed, tests)
    ]
