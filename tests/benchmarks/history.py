"""Compares two runs by the files that they left: what became faster, what slower, and what is only noise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NOISE = 0.1
"""Medians of two runs of the same code may differ by so much."""


def compare(old: Path, new: dict[str, Any]) -> str:
    """The figures of both runs side by side, as lines of text."""
    earlier = json.loads(old.read_text(encoding="utf-8"))
    return "\n".join(_lines(earlier, new))


def _lines(earlier: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    yield f"before: {_run(earlier)}"
    yield f"now:    {_run(new)}"
    for key, found in new["figures"].items():
        former = earlier["figures"].get(key)
        if former is None:
            yield f"{key:28} {'':>10} {found['value']:>10.3g}  not measured before"
        else:
            yield f"{key:28} {former['value']:>10.3g} {found['value']:>10.3g}  {_change(former, found)}"
    families = {_family(key) for key in new["figures"]}
    for key in earlier["figures"]:
        if key not in new["figures"] and _family(key) in families:
            yield f"{key:28} not measured now"


def _family(key: str) -> str:
    return key.partition(".")[0]


def _run(run: dict[str, Any]) -> str:
    about = run["about"]
    return f"{about['date']}, {about['size']}, {about['python']}, {about['processor']}"


def _change(former: dict[str, Any], found: dict[str, Any]) -> str:
    """The change of the median; ``noise`` where it is small, ``?`` where the two spreads overlap all the same."""
    change = found["value"] / former["value"] - 1 if former["value"] else 0.0
    if abs(change) <= _NOISE:
        return f"{change:+.0%} noise"
    overlap = found["low"] <= former["high"] and former["low"] <= found["high"]
    return f"{change:+.0%}{' ? the spreads overlap' if overlap else ''}"
