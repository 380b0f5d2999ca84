"""Other processes that share the work of a run: given out in small portions, each result sent back as soon as it is there.

A process that is ended from outside costs at most what it was working on. Ctrl+C ends all of them at once.
"""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from tsfix.cycles import search_seldom

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

Answer = tuple[Any, Any]
"""What was to be done, and what came of it; None where the process was ended in the middle of it, twice."""

_LOOK_AGAIN = 0.3
"""Seconds. On Windows nothing interrupts a wait, so it must end by itself for Ctrl+C to be heard."""
_TIME_TO_END = 0.6
"""Seconds that a process has to take its temporary file away before it is ended the hard way."""


class _Worker(Struct, kw_only=True, eq=False):
    process: SpawnProcess
    connection: Connection
    under_way: deque[Any] = field(default_factory=deque)
    """What it was given and has not answered, the present one first."""


def spread(load: bytes, portions: Sequence[Sequence[Any]], jobs: int) -> Iterator[Answer]:
    """Do all portions in ``jobs`` processes; answers come in the order in which they are ready.

    ``load`` is a pickled pair: a function, and its first argument for every call. What was under way in a process that
    came to its end is tried once more, alone.
    """
    waiting = deque(portions)
    again: list[Any] = []
    yield from _work_off(load, waiting, min(jobs, len(waiting)), again)
    for item in again:
        lost: list[Any] = []
        yield from _work_off(load, deque([[item]]), 1, lost)
        for one in lost:
            yield one, None


def _work_off(load: bytes, waiting: deque[Sequence[Any]], jobs: int, lost: list[Any]) -> Iterator[Answer]:
    from multiprocessing.connection import wait

    workers: list[_Worker] = []
    try:
        while waiting or any(worker.under_way for worker in workers):
            begun = len(workers)
            while waiting and len(workers) < jobs:
                workers.append(_start())
            for worker in workers[begun:]:
                # Only when all of them begin: it is more than a pipe holds, so this waits until the process reads.
                with suppress(OSError):  # it has ended; reading from it says so
                    worker.connection.send_bytes(load)
            for worker in workers:
                if waiting and not worker.under_way:
                    _give(worker, waiting.popleft())
            ready = wait([worker.connection for worker in workers], _LOOK_AGAIN)
            for worker in [worker for worker in workers if worker.connection in ready]:
                try:
                    answer = worker.connection.recv()
                except (EOFError, OSError):
                    workers.remove(worker)
                    worker.process.join()
                    lost.extend([worker.under_way.popleft()] if worker.under_way else [])
                    if worker.under_way:
                        waiting.appendleft(list(worker.under_way))
                    continue
                yield worker.under_way.popleft(), answer
    finally:
        _end(workers)


def _start() -> _Worker:
    # One export alone needs none of this, and it takes as long to import as the export takes.
    import multiprocessing

    # Windows knows only this way to start a process; one way everywhere behaves alike everywhere.
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    with _without_interrupt():
        process.start()
    there.close()
    return _Worker(process=process, connection=here)


def _give(worker: _Worker, portion: Sequence[Any]) -> None:
    worker.under_way.extend(portion)
    with suppress(OSError):  # it has ended; reading from it says so
        worker.connection.send(list(portion))


def _end(workers: Sequence[_Worker]) -> None:
    """End all processes: those that are idle leave by themselves, the others take their temporary file away first."""
    for worker in workers:
        worker.connection.close()
        if worker.under_way and os.name != "nt":  # there, it would end in the middle of anything
            worker.process.terminate()
    last = time.monotonic() + _TIME_TO_END
    for worker in workers:
        worker.process.join(max(0.0, last - time.monotonic()))
    for worker in workers:
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


@contextmanager
def _without_interrupt() -> Iterator[None]:
    """A process that begins now does not hear Ctrl+C, not even before it could say so itself; this one hears it after."""
    mask = getattr(signal, "pthread_sigmask", None)
    if mask is None:
        yield
        return
    before = mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        mask(signal.SIG_SETMASK, before)


def _serve(connection: Connection) -> None:
    """What the other process does: answer until nobody asks any more."""
    _prepare()
    import pickle

    try:
        load = connection.recv_bytes()
    except (EOFError, OSError):
        return
    loaded: tuple[Callable[[Any, Any], Any], Any] = pickle.loads(load)  # noqa: S301 - written by the parent process
    function, argument = loaded
    with suppress(EOFError, OSError):  # the parent ended, or does not want to know any more
        while True:
            for item in connection.recv():
                connection.send(function(argument, item))


def _prepare() -> None:
    """As the first process does it. Ctrl+C is its business, and without it there is nothing left to do."""
    import multiprocessing
    import threading

    search_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave_tidily)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def leave() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=leave, daemon=True).start()


def _leave_tidily(number: int, frame: object) -> None:
    raise SystemExit(1)
