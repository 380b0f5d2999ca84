"""The Markdown that the reference pages are made of: tables, lists of points, names as code, sources."""

from __future__ import annotations

from collections.abc import Iterable

from tsfix.knowledge import words
from tsfix.knowledge.facts import Confidence, Introduced, Source

MADE = "<!-- Made by: python -m tsfix.knowledge.publish. Change the files in tsfix/knowledge/data instead. -->\n\n"


def plain(value: str) -> str:
    """Plain text that Markdown shows as it is."""
    for mark in ("|", "*", "<"):
        value = value.replace(mark, f"\\{mark}")
    return value.replace("\n", " ")


def code(value: str) -> str:
    """A name as code, also inside a table; nothing for an empty one."""
    if not value:
        return ""
    fence = "``" if "`" in value else "`"
    return f"{fence}{value.replace('|', chr(92) + '|')}{fence}"


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; the cells are Markdown already."""
    columns = list(columns)
    lines = [columns, ["---"] * len(columns), *(list(row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def point_list(points: Iterable[tuple[str, str]]) -> str:
    """A list of labels and texts, without those that have no text."""
    return "".join(f"- **{label}**: {text}\n" for label, text in points if text)


def source_list(sources: Iterable[Source]) -> str:
    """Sources on one line, with links where they have an address."""
    shown = []
    for source in sources:
        text = plain(words.source(source))
        shown.append(f"[{text}]({source.url})" if source.url else text)
    return "; ".join(shown)


def since(introduced: Introduced, confidence: Confidence) -> str:
    """Since which version, and how sure that is."""
    if introduced.version is None:
        return words.since(introduced)
    return f"{words.since(introduced)} ({words.HOW_SURE[confidence]})"
