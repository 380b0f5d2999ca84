"""A plain mutator for where no coverage-guided one can be installed: the same inputs for the same seed, everywhere."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

_LONGEST_RUN = 64


def mutants(seeds: Sequence[bytes], words: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """Endless inputs: the seeds as they are, then seeds with one to eight mutations each."""
    yield from seeds
    chance = random.Random(seed)
    while True:
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            _mutate(data, seeds, words, chance)
        yield bytes(data)


def _mutate(data: bytearray, seeds: Sequence[bytes], words: Sequence[bytes], chance: random.Random) -> None:
    start = chance.randint(0, len(data))
    end = min(len(data), start + chance.randint(0, _LONGEST_RUN))
    match chance.randrange(8):
        case 0:
            del data[start:end]
        case 1:
            data[start:start] = data[start:end]
        case 2:
            data[start:start] = chance.choice(words)
        case 3:
            data[start:end] = chance.choice(words)
        case 4 if start < len(data):
            data[start] ^= 1 << chance.randrange(8)
        case 5 if start < len(data):
            data[start] = chance.choice((0, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        case 6:
            data[start:start] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 4)))
        case _:
            other = chance.choice(seeds)
            cut = chance.randint(0, len(other))
            data[start:end] = other[cut : cut + chance.randint(0, _LONGEST_RUN)]
