"""The comparison: against public tools at growing sizes, and how its time grows when ever more is different."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from functools import cache, partial
from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.edited import EDITS, SCENARIOS, Pair, smallest
from tests.benchmarks.goals import GOALS
from tests.benchmarks.results import Family, Figure, Table, counted, figure
from tests.benchmarks.rivals import PREPARE, TITLES, TSFIX, installed, package_of
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.timing import Rounds, Spread, exponent, interleaved, ratio, seconds, spread
from tests.benchmarks.worker import Worker

GROWTH = {
    "few": "7 edits",
    "every": "every step changed",
    "shuffled": "all groups shuffled",
    "identical": "all steps the same, one taken out",
}
OTHERS = tuple(tool for tool in PREPARE if tool != TSFIX)


def measure(sizes: Sizes, folder: Path) -> Family:
    """Time the comparison of two sequences."""
    tools = [tool for tool in PREPARE if installed(tool)]
    with ExitStack() as ends:
        workers = {tool: ends.enter_context(closing(Worker())) for tool in tools}
        against = _Against(workers, sizes)
        figures = (*against.figures(), *_growth(workers[TSFIX], sizes))
    return Family(
        name="diff",
        title="Compare two task sequences",
        about=f"A sequence and the same with {EDITS} edits. Parsing is not timed for any tool; building tsfix's models, "
        "and indenting for difflib, is. deepdiff gets dictionaries that were made before. Each tool has a process of "
        f"its own, which is ended when a single run takes more than {sizes.limit:g} seconds; "
        f"at {sizes.goal_steps:,} steps a tool that a goal is about gets {sizes.goal_limit:g}.",
        figures=figures,
        tables=(against.table(),),
        left_out=(*_not_installed(tools), *against.unknown()),
    )


def _not_installed(tools: list[str]) -> Iterator[str]:
    for tool in PREPARE:
        if tool not in tools:
            yield f"{TITLES[tool]}: {package_of(tool)} is not installed; the extra `bench` brings it."


@cache
def _texts(scenario: str, number: int) -> tuple[bytes, bytes]:
    return _written(SCENARIOS[scenario](number))


def _written(pair: Pair) -> tuple[bytes, bytes]:
    before, after = pair
    return inputs.sequence_xml(before), inputs.sequence_xml(after)


class _Against:
    """tsfix and the other tools on the same pairs."""

    def __init__(self, workers: Mapping[str, Worker], sizes: Sizes) -> None:
        self.sizes = sizes
        self.workers = workers
        self.changes: dict[tuple[str, int], int] = {}
        self.slow: set[str] = set()
        """Tools that are no longer tried at larger sizes."""
        self.rounds = {number: self._at(number) for number in sizes.diff_steps}

    def _at(self, number: int) -> Rounds:
        before, after = _texts("few", number)
        tried = [tool for tool in self.workers if tool not in self.slow]

        def run(tool: str) -> float | None:
            found = self.workers[tool].compare(tool, before, after, self.limit(tool, number))
            if found is None:
                return None
            self.changes[tool, number] = found.changes
            return found.seconds

        print(f"  {number:,} steps: {', '.join(tried)}", file=sys.stderr, flush=True)
        for tool in tried:  # once, so that it imports what it needs
            first = (before, after) if tool == TSFIX else _written(smallest())
            self.workers[tool].compare(tool, *first, 60)
        rounds = interleaved({tool: partial(run, tool) for tool in tried}, self.sizes.rounds, budget=self.sizes.budget)
        self._leave_out_slow(rounds, number)
        return rounds

    def _leave_out_slow(self, rounds: Rounds, number: int) -> None:
        larger = [found for found in self.sizes.diff_steps if found > number]
        for tool in rounds:
            took = seconds(rounds, tool)
            if tool == TSFIX or not larger or (f"diff.{tool}" in GOALS and larger[0] <= self.sizes.goal_steps):
                continue
            if took is None or took.value * larger[0] / number > self.sizes.limit:
                self.slow.add(tool)

    def figures(self) -> Iterator[Figure]:
        number = self.sizes.goal_steps
        rounds = self.rounds[number]
        for tool in (found for found in OTHERS if found in rounds):
            yield from figure(
                f"diff.{tool}",
                f"{TITLES[tool]}, {number:,} steps",
                "tsfix",
                ratio(rounds, tool, TSFIX),
                seconds=seconds(rounds, tool),
                note="times as long as tsfix",
            )
        reported = [float(self.changes[TSFIX, number]) for number in self.sizes.diff_steps]
        title = f"differences that tsfix reports for {EDITS} edits"
        yield from figure("diff.operations", title, "", spread(reported), unit="count", of="sizes")

    def unknown(self) -> Iterator[str]:
        """The tools with a goal that did not come to an end: the limit is one of the wall, so no ratio follows from it."""
        number = self.sizes.goal_steps
        rounds = self.rounds[number]
        for tool in rounds:
            if f"diff.{tool}" in GOALS and ratio(rounds, tool, TSFIX) is None:
                yield f"{TITLES[tool]}: {number:,} steps took longer than {self.limit(tool, number):g} s, so its goal is open."

    def limit(self, tool: str, number: int) -> float:
        """Where a goal is about the tool, it gets the time to come to an end once: xmldiff takes most of a minute."""
        wanted = number == self.sizes.goal_steps and f"diff.{tool}" in GOALS
        return self.sizes.goal_limit if wanted else self.sizes.limit

    def table(self) -> Table:
        sizes = self.sizes.diff_steps
        return Table(
            title="The tools side by side",
            header=("tool", *(f"{number:,} steps" for number in sizes)),
            rows=tuple((TITLES[tool], *(self._cell(tool, number) for number in sizes)) for tool in self.workers),
            remark="Each cell has the time, how many times that is tsfix's in the same round, and the changes reported: "
            f"{EDITS} are right, but other tools count in their own ways. A tool that took so long that the next size "
            "would be over the time limit, if its time grew only in step with the size, was not tried there.",
        )

    def _cell(self, tool: str, number: int) -> str:
        rounds = self.rounds[number]
        took = seconds(rounds, tool) if tool in rounds else None
        if took is None:
            return f"over {self.limit(tool, number):g} s"
        times = ratio(rounds, tool, TSFIX)
        beside = "" if tool == TSFIX or times is None else f" ({_short(times)}x)"
        few = "" if took.rounds == self.sizes.rounds else f"; {counted(took.rounds, 'rounds')}"
        return f"{took.value * 1000:,.0f} ms{beside}; {self.changes[tool, number]:,}{few}"


def _short(times: Spread) -> str:
    return f"{times.value:,.0f}" if times.value >= 10 else f"{times.value:.1f}"


def _growth(worker: Worker, sizes: Sizes) -> Iterator[Figure]:
    small, large = sizes.diff_steps[-2:]

    def run(scenario: str, number: int) -> float | None:
        found = worker.compare(TSFIX, *_texts(scenario, number), 10 * sizes.limit)
        return None if found is None else found.seconds

    for scenario, title in GROWTH.items():
        print(f"  growth: {title}", file=sys.stderr, flush=True)
        candidates = {str(number): partial(run, scenario, number) for number in (small, large)}
        rounds = interleaved(candidates, sizes.rounds, budget=sizes.budget)
        yield from figure(
            f"diff.growth-{scenario}",
            f"growth with the steps, {title}",
            f"{small:,} to {large:,} steps",
            exponent(rounds, str(small), str(large), large / small),
            unit="power",
            seconds=seconds(rounds, str(large)),
            note=f"time at {large:,} steps",
        )
