"""A JSON object in the layout of the compiled file, whose values are parsed only when they are asked for.

The compiler writes one entry a line and indents by one blank a level, so that the entries can be found without parsing:
a JSON string never holds a raw line break. ``test_knowledge_data.py`` compares the result with that of a plain parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from tsfix.values import Span


class Sections(Mapping[str, Any]):
    """A mapping that parses a value on first use."""

    def __init__(
        self, data: bytes, *, span: Span | None = None, depth: int = 1, deep: frozenset[str] = frozenset()
    ) -> None:
        """``span`` is the object's place in ``data``, ``depth`` the level of its keys.

        ``deep`` names the keys whose values are such mappings themselves.
        """
        self._data = data
        self._depth = depth
        self._deep = deep
        self._parsed: dict[str, Any] = {}
        start, end = span or Span(0, len(data))
        key = re.compile(rb'\n {%d}"((?:[^"\\\\]|\\\\.)+)":' % depth)
        found = list(key.finditer(data, start, end))
        ends = [after.start() for _, after in pairwise(found)] + [data.rindex(b"\n", start, end)] * bool(found)
        self._spans = {
            json.loads(b'"%b"' % match[1]): Span(match.end(), stop) for match, stop in zip(found, ends, strict=True)
        }

    def __getitem__(self, key: str) -> Any:
        if key not in self._parsed:
            span = self._spans[key]
            if key in self._deep:
                self._parsed[key] = Sections(self._data, span=span, depth=self._depth + 1)
            else:
                self._parsed[key] = json.loads(self._data[span.start : span.end].rstrip(b", \r\n"))
        return self._parsed[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)
