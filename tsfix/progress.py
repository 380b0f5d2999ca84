"""Says on stderr how far a long run is: one line that renews itself, only where a person watches."""

from __future__ import annotations

import shutil
import sys
import time

from tsfix.reports.words import printable


class Progress:
    """Counts exports. Writes nothing when quiet or when stderr is no terminal, and nothing for a short run."""

    _DELAY = 1.0
    _INTERVAL = 0.2

    def __init__(self, verb: str, *, quiet: bool, total: int = 0) -> None:
        self._verb = verb
        self._total = total
        self._silent = quiet or not sys.stderr.isatty()
        self._start = time.monotonic()
        self._shown = 0.0
        self._number = 0
        self._width = 0

    def step(self, name: str) -> None:
        """One more export is begun, or done where the total is known."""
        self._number += 1
        now = time.monotonic()
        if self._silent or now - self._start < self._DELAY or now - self._shown < self._INTERVAL:
            return
        self._shown = now
        rate = self._number / (now - self._start)
        # A line that reaches the edge goes on below, and could not be renewed.
        room = shutil.get_terminal_size().columns - 1
        line = printable(f"{self._verb} {self._how_far(rate)}: {name}")[:room]
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)

    def _how_far(self, rate: float) -> str:
        if not self._total:
            return f"{self._number:,} exports, {rate:,.0f}/s"
        left = max(self._total - self._number, 0) / rate
        return f"{self._number:,} of {self._total:,} exports, {rate:,.0f}/s, {_duration(left)} left"

    def done(self) -> None:
        """Clear the line."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
