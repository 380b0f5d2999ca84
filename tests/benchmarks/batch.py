"""Batches: scan and clone of many exports with one process and two, against reading, inflating and parsing them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from tests.benchmarks import inputs
from tests.benchmarks.floors import read_and_parse_all, read_parse_and_write
from tests.benchmarks.results import Family, Figure, figure
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.subjects import NOTHING_KNOWN, clone_request, knowledge, target
from tests.benchmarks.timing import Rounds, Timed, exponent, interleaved, seconds, share
from tsfix.use_cases.answers import Answer
from tsfix.use_cases.cloning import clone_exports
from tsfix.use_cases.scanning import scan_exports

SCAN_LIMIT = "limit of a scan"
CLONE_LIMIT = "limit of a clone"
_CHUNK = 8


def measure(sizes: Sizes, folder: Path) -> Family:
    """Time scan and clone of a folder of exports."""
    paths = inputs.write_exports(folder / "exports", sizes.exports)
    some = inputs.write_exports(folder / "some", sizes.clones)
    fourth = inputs.write_exports(folder / "fourth", -(-sizes.exports // 4))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(read_and_parse_all, [fourth, fourth]))  # starts both processes, with lxml
        scans = interleaved(
            {
                SCAN_LIMIT: _timed(lambda: read_and_parse_all(paths)),
                f"{SCAN_LIMIT}, 2": _timed(lambda: _spread(pool, paths)),
                "scan, 1": _timed(lambda: _scan(folder / "exports", 1)),
                "scan, 2": _timed(lambda: _scan(folder / "exports", 2)),
                "scan, a quarter": _timed(lambda: _scan(folder / "fourth", 1)),
            },
            sizes.rounds,
            budget=3 * sizes.budget,
        )
    copies = _Copies(folder)
    clones = interleaved(
        {
            CLONE_LIMIT: copies.timed(lambda target: _least_clone(some, target)),
            "clone, 1": copies.timed(lambda target: _clone(folder / "some", target, 1)),
            "clone, 2": copies.timed(lambda target: _clone(folder / "some", target, 2)),
        },
        sizes.rounds,
        budget=2 * sizes.budget,
    )
    return Family(
        name="batch",
        title="Many exports",
        about=f"{sizes.exports} zips of {paths[0].stat().st_size // 1000} KB for the scan, {sizes.clones} for the clone; each "
        f"holds one task sequence of {inputs.REAL_STEPS} steps. The limit of a scan is reading and inflating all parts "
        "and parsing object and sequence; that of a clone parses twice and deflates. The processes of the limit are "
        "running before it is timed, those of tsfix are not.",
        figures=(*_scan_figures(scans, sizes, len(fourth)), *_clone_figures(clones, sizes)),
    )


def _timed(function: Callable[[], object]) -> Timed:
    """One call is long enough here. The first one warms up the disk."""
    function()

    def turn() -> float:
        started = perf_counter()
        function()
        return perf_counter() - started

    return turn


class _Copies:
    """A new folder for the copies of each turn, taken away after it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    def timed(self, function: Callable[[Path], None]) -> Timed:
        def turn() -> float:
            target = self._folder / f"copies-{next(self._numbers)}"
            started = perf_counter()
            function(target)
            taken = perf_counter() - started
            shutil.rmtree(target)
            return taken

        turn()
        return turn


def _spread(pool: ProcessPoolExecutor, paths: list[Path]) -> None:
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    list(pool.map(read_and_parse_all, chunks))


def _scan(folder: Path, processes: int) -> None:
    answer = scan_exports(
        [folder], knowledge(), targets=[target()], hierarchy=NOTHING_KNOWN, today="2024-01-17", jobs=processes
    )
    _expect_done(answer)


def _clone(folder: Path, copies: Path, processes: int) -> None:
    answer = clone_exports(
        [folder], knowledge(), clone_request(), NOTHING_KNOWN, copies, today="2024-01-17", jobs=processes
    )
    _expect_done(answer)


def _expect_done(answer: Answer) -> None:
    """Findings are expected in these exports; anything worse makes the time worthless."""
    if answer.exit_code > 1:
        said = [notice.message for notice in answer.report.notices]
        raise RuntimeError(f"the exports of the benchmark ended with {answer.exit_code}: {' '.join(said[:1])}")


def _least_clone(paths: list[Path], copies: Path) -> None:
    copies.mkdir()
    for path in paths:
        read_parse_and_write(path, copies / path.name)


def _scan_figures(rounds: Rounds, sizes: Sizes, quarter: int) -> Iterator[Figure]:
    two = f"{SCAN_LIMIT}, 2"
    pairs = {1: ("1 process", SCAN_LIMIT), 2: ("2 processes", two)}
    for processes, (title, limit) in pairs.items():
        name = f"scan, {processes}"
        yield from figure(
            f"batch.scan-{processes}",
            f"scan, {title}",
            f"{limit.partition(',')[0]}, {title}",
            share(rounds, name, limit),
            unit="%",
            seconds=seconds(rounds, name),
            note=_speed(rounds, name, sizes.exports),
        )
    yield from figure(
        "batch.gain", "gain of a second process, scan", "scan, 1 process", share(rounds, "scan, 2", "scan, 1")
    )
    yield from figure(
        "batch.limit-gain",
        "gain of a second process, the limit itself",
        "limit, 1 process",
        share(rounds, two, SCAN_LIMIT),
        note=_speed(rounds, SCAN_LIMIT, sizes.exports) + " with one",
    )
    yield from figure(
        "batch.growth",
        "growth with the exports, scan",
        f"{quarter} to {sizes.exports} exports",
        exponent(rounds, "scan, a quarter", "scan, 1", sizes.exports / quarter) if quarter < sizes.exports else None,
        unit="power",
    )


def _clone_figures(rounds: Rounds, sizes: Sizes) -> Iterator[Figure]:
    yield from figure(
        "batch.clone-1",
        "clone, 1 process",
        CLONE_LIMIT,
        share(rounds, "clone, 1", CLONE_LIMIT),
        unit="%",
        seconds=seconds(rounds, "clone, 1"),
        note=_speed(rounds, "clone, 1", sizes.clones),
    )
    yield from figure(
        "batch.clone-gain",
        "gain of a second process, clone",
        "clone, 1 process",
        share(rounds, "clone, 2", "clone, 1"),
        seconds=seconds(rounds, "clone, 2"),
        note=_speed(rounds, "clone, 2", sizes.clones),
    )


def _speed(rounds: Rounds, name: str, exports: int) -> str:
    taken = seconds(rounds, name)
    return "" if taken is None else f"{exports / taken.value:,.0f} exports a second"
