"""How a file that a person named is opened: a pipe without another end would keep the run waiting for ever."""

from __future__ import annotations

import os

WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""Flags for ``os.open``; Windows has neither, and no pipes among its files."""


def without_waiting(name: str, flags: int) -> int:
    """An ``opener`` for ``open``: of a pipe without a writer nothing is read, and a terminal stays nobody's own."""
    return os.open(name, flags | WITHOUT_WAITING)
