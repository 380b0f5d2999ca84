"""Loads TOML and JSON that a person gave, and takes too deep nesting for what it is: a fault of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

DEEPEST = 20
"""Levels of tables and lists. The hierarchy file, the deepest of all, has five."""


def load_flat(load: Callable[[str], Any], text: str) -> Any:
    """The content of a file by ``tomllib.loads`` or ``json.loads``.

    Raises ValueError for everything that is wrong with the text: the loaders answer nesting with a RecursionError, and
    what gets through would do the same to everything that looks at it later.
    """
    try:
        content = load(text)
    except RecursionError:
        raise _too_deep() from None
    level = [content]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return content
    raise _too_deep()


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep() -> ValueError:
    return ValueError(f"tables and lists stand in each other more than {DEEPEST} levels deep")
