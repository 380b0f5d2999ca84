"""Shows explanations and lists: as text for a terminal, and as plain values for JSON."""

from __future__ import annotations

import textwrap
from typing import Any

from tsfix.knowledge import words
from tsfix.knowledge.explain import Explanation
from tsfix.knowledge.listing import Listing

_LABEL = 17
"""Columns that labels take; longer labels get a line of their own."""

_LAST = 30
"""Columns that the last column of a table needs at least, when it has to be wrapped."""


def render_text(value: Explanation | Listing, width: int = 80) -> str:
    """The value as text, no line longer than ``width`` except for names and addresses that cannot be broken."""
    if isinstance(value, Explanation):
        return _explanation(value, width)
    return _listing(value, width)


def to_json(value: Explanation | Listing) -> dict[str, Any]:
    """The value as plain JSON; a list becomes one object for each row, with the column names as keys."""
    if isinstance(value, Explanation):
        return {
            "kind": value.kind,
            "id": value.id,
            "title": value.title,
            "points": [{"label": label, "text": text} for label, text in value.points],
            "sources": [
                {"page": one.page, "section": one.section, "url": one.url, "read": one.read} for one in value.sources
            ],
            "related": list(value.related),
        }
    rows = [dict(zip((name.replace(" ", "_") for name in value.columns), row, strict=True)) for row in value.rows]
    return {"kind": value.kind, "rows": rows, "note": value.note}


def _explanation(value: Explanation, width: int) -> str:
    lines = [*textwrap.wrap(f"{value.id}: {value.title}", width), value.kind.capitalize(), ""]
    for label, text in value.points:
        lines += _point(label, text, width)
    lines += ["Sources:"]
    for source in value.sources:
        lines += _wrapped(words.source(source), width, indent=2)
        lines += [f"  {source.url}"] if source.url else []
    if value.related:
        lines += ["", "See also:"]
        lines += _wrapped(", ".join(value.related), width, indent=2)
    return "\n".join(lines) + "\n"


def _point(label: str, text: str, width: int) -> list[str]:
    indent = " " * _LABEL
    first = f"{label}:".ljust(_LABEL)
    body = _wrapped(text, width, indent=_LABEL)
    if len(label) + 2 > _LABEL:
        return [f"{label}:", *body]
    return [first + body[0].removeprefix(indent), *body[1:]]


def _wrapped(text: str, width: int, *, indent: int) -> list[str]:
    blank = " " * indent
    return textwrap.wrap(
        text, width, initial_indent=blank, subsequent_indent=blank, break_long_words=False, break_on_hyphens=False
    ) or [""]


def _listing(value: Listing, width: int) -> str:
    """A table, its last column wrapped; where the other columns leave no room, one block for each row."""
    widths = [max(len(row[place]) for row in (value.columns, *value.rows)) for place in range(len(value.columns))]
    room = width - sum(widths[:-1]) - 2 * (len(widths) - 1)
    lines = _table(value, widths, room) if room >= min(widths[-1], _LAST) else _blocks(value, width)
    if value.note:
        lines += ["", *textwrap.wrap(value.note, width)]
    return "\n".join(lines) + "\n"


def _table(value: Listing, widths: list[int], room: int) -> list[str]:
    lines: list[str] = []
    for row in (value.columns, *value.rows):
        start = "".join(cell.ljust(size + 2) for cell, size in zip(row[:-1], widths[:-1], strict=True))
        first, *more = _wrapped(row[-1], room, indent=0)
        lines += [(start + first).rstrip(), *(" " * len(start) + line for line in more)]
    return lines


def _blocks(value: Listing, width: int) -> list[str]:
    """The first column, and everything else below it."""
    lines: list[str] = []
    for row in value.rows:
        rest = "; ".join(f"{name}: {cell}" for name, cell in zip(value.columns[1:], row[1:], strict=True) if cell)
        lines += [row[0], *_wrapped(rest, width, indent=4)]
    return lines
