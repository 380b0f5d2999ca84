"""PowerShell expressions for values: plain ASCII, no interpolation, whatever stands in the value.

Inside single quotes PowerShell expands nothing; only a quote must be doubled. It takes four Unicode quotes for a single
quote too, and it reads a script without a byte order mark in the code page of the machine. So everything outside
printable ASCII is written as the number of its UTF-16 unit: ``('caf' + [char]0x00E9)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Scalar = str | int | bool
Record = Mapping[str, Scalar | tuple[str, ...]]
"""Keys of records are names of ours, never data."""
Value = Scalar | tuple[str, ...] | tuple[Record, ...]
"""What can stand in a script: text, a number, true or false, a list of texts or of records."""

_PIECES = re.compile(r"[ -~]+|[^ -~]", re.DOTALL)


def literal(value: Value | Record, indent: int = 0) -> str:
    """An expression that gives exactly this value. ``indent`` is that of the line on which it starts, in blanks."""
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return _record(value, indent)
    return _list(value, indent)


def text(value: str) -> str:
    """The expression for a text; in brackets when it needs more than one piece."""
    pieces = [_piece(piece) for piece in _PIECES.findall(value)]
    if not pieces:
        return "''"
    if len(pieces) == 1 and pieces[0].startswith("'"):
        return pieces[0]
    if not pieces[0].startswith("'"):
        pieces.insert(0, "''")  # a text on the left makes every + a joining of texts
    return f"({' + '.join(pieces)})"


def _piece(piece: str) -> str:
    if " " <= piece[0] <= "~":
        return "'" + piece.replace("'", "''") + "'"
    units = piece.encode("utf-16-le", "surrogatepass")
    return " + ".join(f"[char]0x{units[at + 1]:02X}{units[at]:02X}" for at in range(0, len(units), 2))


def _list(values: Iterable[str | Record], indent: int) -> str:
    items = [literal(value, indent + 4) for value in values]
    if not items:
        return "@()"
    line = f"@({', '.join(items)})"
    if "\n" not in line and indent + len(line) <= 100:
        return line
    inner = " " * (indent + 4)
    return "@(\n" + "\n".join(inner + item for item in items) + "\n" + " " * indent + ")"


def _record(values: Record, indent: int) -> str:
    inner = " " * (indent + 4)
    width = max(len(key) for key in values)
    lines = [f"{inner}{key.ljust(width)} = {literal(value, indent + 4)}" for key, value in values.items()]
    return "[pscustomobject]@{\n" + "\n".join(lines) + "\n" + " " * indent + "}"
