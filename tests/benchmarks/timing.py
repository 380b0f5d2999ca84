"""How times are taken: in rounds in which every candidate has its turn, so that ratios hold when the machine's speed drifts.

pyperf was considered. It times one function after the other in processes of its own, and compares them afterwards. On a
shared machine the speed changes by a factor of two within a minute, so a candidate and its floor must run in the same
round. It also knows no time limit for a single run and no figure that is a ratio of two.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from math import ceil, log
from statistics import median
from time import get_clock_info, perf_counter, process_time

from msgspec import Struct

Timed = Callable[[], float | None]
"""Runs a candidate once and returns the seconds that it took; None when it was ended at its time limit."""

Rounds = Mapping[str, list[float | None]]
"""The seconds of every candidate, round by round; None for a round that it had no turn in."""

clock = process_time if get_clock_info("process_time").resolution < 1e-4 else perf_counter
"""For what runs in one process: its time on the processor, so that waiting for one on a busy machine does not count.

Where that clock is too coarse, as on Windows, the time of the wall. Whole processes and batches always take that one.
"""

_LONG_ENOUGH = 0.03
"""Seconds that one turn should last: the clock and the turn of a loop weigh nothing then."""


class Spread(Struct, frozen=True, kw_only=True):
    """A figure taken once in each round."""

    value: float
    """The median."""
    low: float
    high: float
    rounds: int


def spread(values: list[float]) -> Spread:
    """The median of the values, with the smallest and the largest."""
    return Spread(value=median(values), low=min(values), high=max(values), rounds=len(values))


def in_process(function: Callable[[], object]) -> Timed:
    """Time a function in this process, so often in one turn that the turn lasts long enough. One call is a warm-up."""
    started = clock()
    function()
    first = clock() - started
    times = max(1, ceil(_LONG_ENOUGH / max(first, 1e-6)))

    def turn() -> float:
        gc.collect()
        started = clock()
        for _ in range(times):
            function()
        return (clock() - started) / times

    return turn


def interleaved(candidates: Mapping[str, Timed], rounds: int, *, budget: float = 60) -> Rounds:
    """Let every candidate run once in each round, in alternating order.

    A candidate that has used its ``budget`` (seconds), or was ended at its time limit, has no turn in later rounds.
    """
    taken: dict[str, list[float | None]] = {name: [] for name in candidates}
    stopped: set[str] = set()
    for number in range(rounds):
        for name in list(candidates)[:: -1 if number % 2 else 1]:
            used = None if name in stopped else candidates[name]()
            taken[name].append(used)
            if used is None or sum(found or 0 for found in taken[name]) > budget:
                stopped.add(name)
    return taken


def seconds(rounds: Rounds, name: str) -> Spread | None:
    """The candidate's own time; None when it finished in no round."""
    values = [found for found in rounds[name] if found is not None]
    return spread(values) if values else None


def ratio(rounds: Rounds, name: str, floor: str) -> Spread | None:
    """How many times the floor the candidate takes, each in the same round."""
    return _together(rounds, name, floor, lambda own, other: own / other)


def share(rounds: Rounds, name: str, limit: str) -> Spread | None:
    """How much of the limit's speed the candidate reaches: 1 would be as fast."""
    return _together(rounds, name, limit, lambda own, other: other / own)


def exponent(rounds: Rounds, small: str, large: str, factor: float) -> Spread | None:
    """The power of the size with which the time grows: 1 is linear. ``factor`` is how much larger the larger input is."""
    return _together(rounds, large, small, lambda own, other: log(own / other) / log(factor))


def _together(rounds: Rounds, name: str, other: str, figure: Callable[[float, float], float]) -> Spread | None:
    values = [
        figure(own, beside)
        for own, beside in zip(rounds[name], rounds[other], strict=True)
        if own is not None and beside is not None
    ]
    return spread(values) if values else None
