"""Runs one use case over many exports, in this process or spread over several; the answer is the same either way.

Memory stays at the size of what is worked on: exports are read one at a time, and only a few chunks are under way.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tsfix.containers.discover import open_candidate
from tsfix.containers.found import FoundExport, Skipped, Unreadable
from tsfix.containers.names import safe_file_name
from tsfix.containers.walk import Candidate, list_candidates
from tsfix.crash import carried
from tsfix.export import Export, Problem
from tsfix.progress import Progress
from tsfix.reports.build import notice
from tsfix.use_cases.gathered import EXIT_FAULT, Gathered
from tsfix.values import Location

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Treat = Callable[[FoundExport, Export, Gathered, dict[str, str]], None]
"""What a use case does with one export. It gets where copies already go, by their destinations.

It is sent to other processes, so it must be a plain value or a function of a module.
"""

Listed = Candidate | Unreadable | Skipped
_Group = list[tuple[int, Candidate]]
"""Candidates with their numbers whose copies might want the same name; they are treated together and in order."""

SEVERAL = 20
"""With more candidates than this, all processors work; with fewer, starting processes takes longer than the work."""

_MOST_IN_CHUNK = 16
_MOST_PROCESSES = 61
"""Windows waits for no more."""
_SURELY_KEPT = 120
"""Long names are cut to make room for what is added to them; this much of a name always stays."""
_CHUNKS_PER_PROCESS = 8


def run(paths: Sequence[Path], treat: Treat, *, verb: str, quiet: bool, jobs: int | None = 1) -> Gathered:
    """Do it for every export under the paths. What is gathered is in the order of the input.

    ``jobs`` is the number of processes; None chooses by the number of files.
    """
    total = Gathered()
    with total.guard(", ".join(map(str, paths))):
        listed = list(list_candidates(paths))
        candidates = sum(isinstance(item, Candidate) for item in listed)
        if jobs is None:
            jobs = processors() if candidates > SEVERAL else 1
        jobs = min(jobs, max(candidates, 1), _MOST_PROCESSES)
        progress = Progress(verb, quiet=quiet, total=candidates)
        try:
            results = _here(listed, treat, progress) if jobs == 1 else _spread(listed, treat, progress, jobs)
            for gathered in results:
                total.absorb(gathered)
        finally:
            progress.done()
    if not total.any_found and not total.notices:
        total.unreadable(
            Problem(
                location=Location(file=", ".join(map(str, paths))),
                message="No task sequence was found there.",
                remedy="Name an export of the console (.zip), its folder, an XML file, or a folder with such.",
            )
        )
    return total


def processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _here(listed: Sequence[Listed], treat: Treat, progress: Progress) -> Iterator[Gathered]:
    taken: dict[str, str] = {}
    for item in listed:
        yield _treated(item, treat, taken)
        if isinstance(item, Candidate):
            progress.step(str(item.path))


def _treated(item: Listed, treat: Treat, taken: dict[str, str]) -> Gathered:
    gathered = Gathered()
    if not isinstance(item, Candidate):
        gathered.found(item)
        return gathered
    with gathered.guard(str(item.path)):
        for found in open_candidate(item):
            export = gathered.found(found)
            if export is not None and isinstance(found, FoundExport):
                with gathered.guard(export.name):
                    treat(found, export, gathered, taken)
    return gathered


def _spread(listed: Sequence[Listed], treat: Treat, progress: Progress, jobs: int) -> Iterator[Gathered]:
    """The same over several processes. What is ready early waits until everything before it is told."""
    chunks = _chunks(_groups(listed), jobs)
    ready: dict[int, Gathered] = {
        number: _treated(item, treat, {}) for number, item in enumerate(listed) if not isinstance(item, Candidate)
    }
    next_number = 0
    for number, gathered, name in _results(chunks, pickle.dumps(treat), jobs):
        ready[number] = gathered
        progress.step(name)
        while next_number in ready:
            yield ready.pop(next_number)
            next_number += 1
    for number in sorted(ready):
        yield ready[number]


_Result = tuple[int, Gathered, str]


def _results(chunks: list[list[_Group]], treat: bytes, jobs: int) -> Iterator[_Result]:
    waiting = chunks[::-1]
    while waiting:
        for chunk in (yield from _until_broken(waiting, treat, jobs)):
            for group in chunk:
                yield from _named(_alone(treat, group), [group])


def _until_broken(waiting: list[list[_Group]], treat: bytes, jobs: int) -> Generator[_Result, None, list[list[_Group]]]:
    """Work until all is done or a process was ended from outside. Returns the chunks that were under way then."""
    from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait

    under_way: dict[Future[list[tuple[int, Gathered]]], list[_Group]] = {}
    lost: list[list[_Group]] = []
    pool = _pool(jobs)
    try:
        while under_way or (waiting and not lost):
            while waiting and len(under_way) < 2 * jobs and not lost:
                chunk = waiting.pop()
                try:
                    under_way[pool.submit(_work, treat, chunk)] = chunk
                except BrokenExecutor:
                    lost.append(chunk)
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                chunk = under_way.pop(future)
                try:
                    yield from _named(future.result(), chunk)
                except BrokenExecutor:
                    lost.append(chunk)
    finally:
        # After Ctrl+C too: what is under way is finished, so that nothing half-written is left.
        pool.shutdown(wait=True, cancel_futures=True)
    return lost


def _named(results: list[tuple[int, Gathered]], chunk: list[_Group]) -> Iterator[tuple[int, Gathered, str]]:
    names = {number: str(candidate.path) for group in chunk for number, candidate in group}
    for number, gathered in results:
        yield number, gathered, names[number]


def _alone(treat: bytes, group: _Group) -> list[tuple[int, Gathered]]:
    """After a process was ended from outside (memory ran out, a person ended it): each in a process of its own."""
    from concurrent.futures import BrokenExecutor

    results: list[tuple[int, Gathered]] = []
    for entry in group:
        pool = _pool(1)
        try:
            results.extend(pool.submit(_work, treat, [[entry]]).result())
        except BrokenExecutor:
            gathered = Gathered()
            gathered.any_found = True
            gathered.notices.append(
                notice(
                    Problem(
                        location=Location(file=str(entry[1].path)),
                        message="The process that worked on it was ended from outside; perhaps the memory ran out.",
                        remedy="Run it again, alone or with --jobs 1.",
                    )
                )
            )
            gathered.ends_with(EXIT_FAULT)
            results.append((entry[0], gathered))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return results


def _pool(jobs: int) -> ProcessPoolExecutor:
    # One export alone needs none of this, and it takes as long to import as the export takes.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Windows knows only this way to start a process; one way everywhere behaves alike everywhere.
    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare)


def _prepare() -> None:
    """In a new process: Ctrl+C is the parent's business, and without the parent there is nothing left to do."""
    import multiprocessing
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def leave() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=leave, daemon=True).start()


def _work(treat: bytes, chunk: list[_Group]) -> list[tuple[int, Gathered]]:
    """Treat a chunk; runs in another process."""
    results: list[tuple[int, Gathered]] = []
    for group in chunk:
        taken: dict[str, str] = {}
        for number, candidate in group:
            gathered = _treated(candidate, _unpacked(treat), taken)
            gathered.faults = [carried(fault) for fault in gathered.faults]
            results.append((number, gathered))
    return results


@lru_cache(maxsize=1)
def _unpacked(treat: bytes) -> Treat:
    """Once for each process, so that what the knowledge base looks up once stays looked up."""
    loaded: Treat = pickle.loads(treat)  # noqa: S301 - written a moment ago by the parent process
    return loaded


def _groups(listed: Sequence[Listed]) -> list[_Group]:
    """Candidates, those together whose copies might get the same name.

    The copies of what is inside ``a.zip`` go into a folder ``a``, where those of a folder ``a`` beside it go as well.
    """
    candidates = [(number, item) for number, item in enumerate(listed) if isinstance(item, Candidate)]
    zips = {_place(candidate) for _, candidate in candidates if candidate.kind == "zip"}
    groups: dict[tuple[str, ...], _Group] = {}
    for number, candidate in candidates:
        place = _place(candidate)
        shared = next((place[:depth] for depth in range(1, len(place)) if place[:depth] in zips), place)
        groups.setdefault(shared, []).append((number, candidate))
    return list(groups.values())


def _place(candidate: Candidate) -> tuple[str, ...]:
    """Where the copy goes, below the output folder, in a form that any file system would call the same."""
    name = candidate.path.name if candidate.path.name not in ("", "..") else candidate.path.resolve().name
    stem = name if candidate.kind == "folder" else Path(name).stem
    parts = [*candidate.below.parts, stem or "export"]
    return tuple(safe_file_name(part)[:_SURELY_KEPT].casefold() for part in parts)


def _chunks(groups: list[_Group], jobs: int) -> list[list[_Group]]:
    """Small enough that all processes end at about the same time."""
    size = max(1, min(_MOST_IN_CHUNK, len(groups) // (jobs * _CHUNKS_PER_PROCESS)))
    return [groups[start : start + size] for start in range(0, len(groups), size)]
