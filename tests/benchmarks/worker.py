"""Runs comparisons in a process of their own, which is ended when one takes longer than its time limit."""

from __future__ import annotations

import gc
import os
from multiprocessing import get_context
from multiprocessing.connection import Connection

from msgspec import Struct

from tests.benchmarks.timing import clock

_TO_PREPARE = 120
"""Seconds to import a tool and to make what it compares."""


class Compared(Struct, frozen=True, kw_only=True):
    """One finished comparison."""

    seconds: float
    changes: int
    """How many changes the tool reported."""


class Worker:
    """A process that compares, and is started anew after it had to be ended."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there,), daemon=True)
        self._process.start()
        there.close()

    def compare(self, tool: str, before: bytes, after: bytes, limit: float) -> Compared | None:
        """Compare once; None when it took longer than ``limit`` seconds or failed."""
        self._here.send((tool, before, after))
        try:
            if self._here.poll(_TO_PREPARE) and self._here.recv() == "ready" and self._here.poll(limit):
                found = self._here.recv()
                return found if isinstance(found, Compared) else None
        except EOFError:
            pass
        self.close()
        self._start()
        return None

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._here.close()
        self._process.kill()
        self._process.join()


def _serve(connection: Connection) -> None:
    from tests.benchmarks.rivals import PREPARE

    # Some tools draw progress bars on stderr.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while True:
        try:
            tool, before, after = connection.recv()
        except EOFError:
            return
        compare = PREPARE[tool](before, after)
        gc.collect()
        connection.send("ready")
        started = clock()
        changes = compare()
        connection.send(Compared(seconds=clock() - started, changes=changes))
