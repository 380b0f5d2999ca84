"""How often Python searches for cycles of values that nothing else holds. A run makes hardly any."""

from __future__ import annotations

import gc

_SELDOM = 200_000
"""New containers between two searches; Python's own number is 700. Reading and checking one export makes about 50,000."""


def search_seldom() -> None:
    """Search seldom: each search visits all that the imported modules hold. It was a tenth of a short run and of a batch."""
    gc.set_threshold(_SELDOM)


def leave_the_rest() -> None:
    """Search no more: the process ends, and its memory is given back as a whole."""
    gc.freeze()
