"""Reads the compiled knowledge base that ships with tsfix, and a user's own facts on top of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.sections import Sections

COMPILED = Path(__file__).parent / "data" / "knowledge.json"


def load(extra: Mapping[str, Any] | None = None, file: str = "the user's facts") -> KnowledgeBase:
    """The knowledge base; without ``extra`` the same object on every call in one process.

    ``extra`` is the parsed content of a user's file named ``file``. It may add facts, in the form of our own files, but
    not replace any: UsageError then, and for every other mistake in it.
    """
    if not extra:
        return _shipped()
    from tsfix.knowledge.extension import extended

    return KnowledgeBase(extended(json.loads(COMPILED.read_bytes()), extra, file))


@cache
def _shipped() -> KnowledgeBase:
    return KnowledgeBase(Sections(COMPILED.read_bytes().rstrip(), deep=frozenset({"steps"})))
