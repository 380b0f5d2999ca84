"""Runs one use case over many exports, in this process or spread over several; the answer is the same either way.

Memory stays at the size of what is worked on: exports are read one at a time, and only a few chunks are under way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tsfix.containers.discover import open_candidate
from tsfix.containers.found import FoundExport, Skipped, Unreadable
from tsfix.containers.names import in_bytes, safe_file_name, same_name_key
from tsfix.containers.walk import Candidate, list_candidates
from tsfix.crash import carried
from tsfix.export import Export, Problem
from tsfix.knowledge.base import KnowledgeBase
from tsfix.progress import Progress
from tsfix.reports.build import notice
from tsfix.use_cases.exit_codes import EXIT_FAULT
from tsfix.use_cases.gathered import Gathered
from tsfix.use_cases.survey import Kin, differing, kin_of
from tsfix.values import Location

Treat = Callable[[FoundExport, Export, Gathered, dict[str, str]], None]
"""What a use case does with one export. It gets where copies already go, by their destinations.

It is sent to other processes, so it must be a plain value or a function of a module.
"""

Seen = Sequence[tuple[Candidate, Kin]]
"""What a first look at every export found."""

Listed = Candidate | Unreadable | Skipped
_Group = list[tuple[int, Candidate]]
"""Candidates with their numbers whose copies might want the same name; they are treated together and in order."""

SEVERAL = 20
"""With more candidates than this, all processors work; with fewer, starting processes takes longer than the work."""

_MANY = 2000
"""With fewer candidates than this, other processes take longer to start than the first look takes in this one."""
_MOST_IN_CHUNK = 16
_MOST_PROCESSES = 61
"""Windows waits for no more."""
_SURELY_KEPT = 120
"""Long names are cut to make room for what is added to them; this much of a name always stays."""
_CHUNKS_PER_PROCESS = 8


def run(
    paths: Sequence[Path],
    treat: Treat,
    *,
    verb: str,
    quiet: bool,
    jobs: int | None = 1,
    knowledge: KnowledgeBase | None = None,
    informed: Callable[[Seen], Treat] | None = None,
) -> Gathered:
    """Do it for every export under the paths. What is gathered is in the order of the input.

    ``jobs`` is the number of processes; None chooses by the number of files. With ``informed`` and ``knowledge`` there is
    a first look at everything, and what ``informed`` makes of that takes the place of ``treat``.
    """
    total = Gathered()
    remarks: list[str] = []
    with total.guard(", ".join(map(str, paths))):
        listed = list(list_candidates(paths))
        candidates = sum(isinstance(item, Candidate) for item in listed)
        if jobs is None:
            jobs = processors() if candidates > SEVERAL else 1
        jobs = min(jobs, max(candidates, 1), _MOST_PROCESSES)
        progress = Progress(verb, quiet=quiet, total=candidates)
        try:
            if informed is not None and knowledge is not None:
                seen = _first_look(listed, knowledge, jobs, progress)
                remarks.extend(differing(seen))
                treat = informed(seen)
            results = _here(listed, treat, progress) if jobs == 1 else _spread(listed, treat, progress, jobs)
            for gathered in results:
                _tell_failures(gathered, progress)
                total.absorb(gathered)
        finally:
            progress.done()
    total.remarks.extend(remarks)
    if not total.any_found and not total.notices:
        total.unreadable(
            Problem(
                location=Location(file=", ".join(map(str, paths))),
                message="No task sequence was found there.",
                remedy="Name an export of the console (.zip), its folder, an XML file, or a folder with such.",
            )
        )
    return total


def _tell_failures(gathered: Gathered, progress: Progress) -> None:
    """Say at once what went wrong with one export, long before the report says it."""
    for item in gathered.notices:
        progress.failed(f"{item.place}: {item.message}")
    for said in gathered.refused:
        progress.failed(said)


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
    import pickle

    from tsfix.use_cases.workers import spread

    ready: dict[int, Gathered] = {
        number: _treated(item, treat, {}) for number, item in enumerate(listed) if not isinstance(item, Candidate)
    }
    next_number = 0
    for group, results in spread(pickle.dumps((_treat_group, treat)), _chunks(_groups(listed), jobs), jobs):
        for (number, candidate), gathered in zip(group, results or map(_lost, group), strict=True):
            ready[number] = gathered
            progress.step(str(candidate.path))
        while next_number in ready:
            yield ready.pop(next_number)
            next_number += 1
    for number in sorted(ready):
        yield ready[number]


def _treat_group(treat: Treat, group: _Group) -> list[Gathered]:
    """Treat what belongs together; runs in another process."""
    taken: dict[str, str] = {}
    results: list[Gathered] = []
    for _, candidate in group:
        gathered = _treated(candidate, treat, taken)
        gathered.faults = [carried(fault) for fault in gathered.faults]
        gathered.exports.pack()
        results.append(gathered)
    return results


def _lost(entry: tuple[int, Candidate]) -> Gathered:
    """A process was ended from outside (memory ran out, a person ended it), and so was the next, alone with this."""
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
    return gathered


def _first_look(listed: Sequence[Listed], knowledge: KnowledgeBase, jobs: int, progress: Progress) -> Seen:
    """What each export holds and lacks. What cannot be read is told later, when it is read for good."""
    candidates = [item for item in listed if isinstance(item, Candidate)]
    seen: list[tuple[Candidate, Kin]] = []
    if jobs == 1 or len(candidates) < _MANY:
        for candidate in candidates:
            seen.extend((candidate, kin) for kin in _look(knowledge, candidate))
            progress.look()
        return seen
    import pickle

    from tsfix.use_cases.workers import spread

    portions = [candidates[start : start + _MOST_IN_CHUNK] for start in range(0, len(candidates), _MOST_IN_CHUNK)]
    for candidate, found in spread(pickle.dumps((_look, knowledge)), portions, jobs):
        seen.extend((candidate, kin) for kin in found or ())
        progress.look()
    return seen


def _look(knowledge: KnowledgeBase, candidate: Candidate) -> list[Kin]:
    try:
        found = [kin_of(found, knowledge) for found in open_candidate(candidate) if isinstance(found, FoundExport)]
    except Exception:  # the reading for good tells it
        return []
    return [kin for kin in found if kin is not None]


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
    return tuple(in_bytes(same_name_key(safe_file_name(part))[:_SURELY_KEPT], _SURELY_KEPT) for part in parts)


def _chunks(groups: list[_Group], jobs: int) -> list[list[_Group]]:
    """Small enough that all processes end at about the same time."""
    size = max(1, min(_MOST_IN_CHUNK, len(groups) // (jobs * _CHUNKS_PER_PROCESS)))
    return [groups[start : start + size] for start in range(0, len(groups), size)]
