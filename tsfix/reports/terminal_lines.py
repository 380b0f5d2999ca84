"""Lines for a terminal of any width: wrapped, with or without styles, and never able to drive the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from functools import lru_cache

from tsfix.reports.words import printable

_STYLES = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36", "dim": "2"}
NARROWEST = 60


class TerminalLines:
    """Makes lines of one width. Styles change nothing but the colour; without them the lines are the same."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width = max(width, NARROWEST)
        self._colour = colour

    def style(self, text: str, *styles: str) -> str:
        """The text with ANSI styles, where they are wanted."""
        if not self._colour or not styles:
            return text
        return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"

    def prose(self, text: str, first: str = "", rest: str | None = None, *styles: str) -> Iterator[str]:
        """Wrapped lines of prose, in which white space is folded."""
        for line in _wrapped(text, self.width, first, " " * len(first) if rest is None else rest):
            yield self.style(line, *styles)

    def exact(self, text: str, first: str, rest: str, *styles: str) -> Iterator[str]:
        """Lines of a text whose white space counts: every blank is kept, and a line ends after one where it can."""
        indent = first
        while True:
            room = max(self.width - len(indent), 20)
            if len(text) <= room:
                yield self.style(f"{indent}{text}", *styles)
                return
            end = text.rfind(" ", room // 2, room) + 1 or room
            yield self.style(f"{indent}{text[:end]}", *styles)
            text, indent = text[end:], rest


@lru_cache(maxsize=2048)
def _wrapped(text: str, width: int, first: str, rest: str) -> tuple[str, ...]:
    """The lines of one text. Remembered: the exports of a batch are told the same reasons and remedies."""
    folded = printable(" ".join(text.split()))
    if folded and len(first) + len(folded) <= width:
        return (f"{first}{folded}",)
    lines = textwrap.wrap(
        folded,
        width=width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=True,
        break_on_hyphens=False,
    )
    return tuple(lines) or (first.rstrip(),)
