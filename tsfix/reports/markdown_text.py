"""Text in Markdown that stays text: no markup, no line breaks, no control characters, nobody mentioned by accident."""

from __future__ import annotations

import re

from tsfix.reports.words import printable

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def plain_text(text: str) -> str:
    """Prose and names."""
    escaped = _SPECIAL.sub(r"\\\1", printable(" ".join(text.split())).replace("&", "&amp;"))
    return escaped.replace("@", "&#64;")


def code_span(text: str) -> str:
    """A value, on one line; the fence is longer than any run of backquotes in it. Bars would end a table cell."""
    plain = printable(text).replace("|", "\\|")
    fence = "`" * (_longest_run(plain) + 1)
    pad = " " if plain.startswith(("`", " ")) or plain.endswith(("`", " ")) else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def code_block(lines: list[str], language: str, indent: str) -> list[str]:
    """Lines as they are, below a list entry with that indent."""
    fence = "`" * max(3, max((_longest_run(line) for line in lines), default=0) + 1)
    return [f"{indent}{fence}{language}", *(f"{indent}{line}" for line in lines), f"{indent}{fence}"]


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
