"""Compares names as Configuration Manager does, without case; ``#`` in a name of the facts stands for an index."""

from __future__ import annotations

import re
from functools import cache


def same_name(known: str, name: str) -> bool:
    """Tell whether the names are the same without case; ``#`` in the known one stands for an index."""
    if "#" in known:
        return _indexed(known).fullmatch(name) is not None
    # Most names that are asked about differ in length already.
    return len(known) == len(name) and known.casefold() == name.casefold()


@cache
def _indexed(known: str) -> re.Pattern[str]:
    return re.compile(re.escape(known).replace(r"\#", r"\d+"), re.IGNORECASE)
