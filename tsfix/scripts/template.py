"""Fills a script template: puts shared parts in, and values as literals. One pass, so a value is never read as a token.

A template is a readable ``.ps1`` file. ``#@ parts/values.ps1 @#`` alone on a line stands for that file, and
``'@name@'`` for the value of that name. Both are PowerShell (a comment, a text), so an editor shows a template properly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources

from tsfix.scripts.literals import Value, literal

_PART = re.compile(r"^#@ (?P<part>[a-z0-9/.-]+) @#\n", re.MULTILINE)
_TOKEN = re.compile(r"'@(?P<name>[a-z_]+)@'")


def fill(template: str, values: Mapping[str, Value]) -> str:
    """The script: the template of that file name with every part and every value in place.

    Raises KeyError for a token without a value, and ValueError for a value without a token: both are faults of ours.
    """
    source = _PART.sub(lambda match: read(match["part"]), read(template))
    used: set[str] = set()

    def value_of(match: re.Match[str]) -> str:
        used.add(match["name"])
        return literal(values[match["name"]])

    script = _TOKEN.sub(value_of, source)
    if unused := sorted(set(values) - used):
        raise ValueError(f"{template} has no place for: {', '.join(unused)}")
    return script


def read(name: str) -> str:
    """The text of a template or part, with LF. It is ASCII: any other byte is an error."""
    place = resources.files("tsfix.scripts").joinpath("templates")
    for piece in name.split("/"):
        place = place.joinpath(piece)
    return place.read_text(encoding="ascii").replace("\r\n", "\n")
