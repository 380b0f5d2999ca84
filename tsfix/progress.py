"""Says on stderr how far a long run is: one line that renews itself where a person watches, a line now and then elsewhere."""

from __future__ import annotations

import shutil
import sys
import time

from tsfix.reports.words import printable

_SEVERAL = 2


class Progress:
    """Counts exports and tells failures. Writes nothing when quiet, and nothing but failures for a short run."""

    _DELAY = 1.0
    _INTERVAL = 0.2
    _INTERVAL_IN_LOGS = 30.0
    """Where stderr is a file or a pipe, so that a log shows life and stays short."""

    def __init__(self, verb: str, *, quiet: bool, total: int = 0) -> None:
        self._verb = verb
        self._total = total
        self._quiet = quiet
        self._watched = sys.stderr.isatty()
        self._start = time.monotonic()
        self._shown = self._start
        self._number = 0
        self._looked = 0
        self._width = 0

    def step(self, name: str) -> None:
        """One more export is begun, or done where the total is known."""
        now = time.monotonic()
        if self._looked:
            self._start, self._looked = now, 0
        self._number += 1
        if self._is_due(now):
            self._show(f"{self._verb} {self._how_far(self._number, now)}: {name}", now)

    def look(self) -> None:
        """One more export was looked at, before the work on all of them begins."""
        now = time.monotonic()
        self._looked += 1
        if self._is_due(now):
            self._show(f"looked at {self._how_far(self._looked, now)}", now)

    def failed(self, text: str) -> None:
        """One of several could not be done. It is told at once, on a line that stays; the answer tells it in full."""
        if self._quiet or self._total < _SEVERAL:
            return
        self.done()
        sys.stderr.write(printable(f"not done: {text}") + "\n")
        sys.stderr.flush()

    def done(self) -> None:
        """Clear the line."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0

    def _is_due(self, now: float) -> bool:
        if self._quiet:
            return False
        due = now - self._shown >= (self._INTERVAL if self._watched else self._INTERVAL_IN_LOGS)
        return due and (not self._watched or now - self._start >= self._DELAY)

    def _show(self, text: str, now: float) -> None:
        self._shown = now
        if not self._watched:
            sys.stderr.write(printable(text) + "\n")
            sys.stderr.flush()
            return
        # A line that reaches the edge goes on below, and could not be renewed.
        room = shutil.get_terminal_size().columns - 1
        line = printable(text)[:room]
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)

    def _how_far(self, number: int, now: float) -> str:
        rate = number / max(now - self._start, 0.001)
        if not self._total:
            return f"{number:,} exports, {_rate(rate)}"
        left = max(self._total - number, 0) / rate
        return f"{number:,} of {self._total:,} exports, {_rate(rate)}, {_duration(left)} left"


def _rate(rate: float) -> str:
    return f"{rate:,.0f}/s" if rate >= 1 else f"{rate:.1f}/s"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
