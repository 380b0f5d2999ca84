"""Writes the part of tsfix.toml that answers what stands in the way of a copy, with gaps for the answers."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tsfix.decisions import PATH_SEPARATOR
from tsfix.findings import Finding

_STEP = "disable, placeholder, remove, keep or accept"
_WHOLE = "accept"


def decision_block(reasons: Iterable[Finding]) -> str:
    """One ``[[decisions]]`` entry for each open decision, as TOML; empty without any.

    ``do`` and ``reason`` are left open, so that the file is refused until somebody has thought about each.
    """
    together: dict[tuple[str, tuple[str, ...], str], list[Finding]] = {}
    for finding in reasons:
        key = (finding.location.task_sequence, finding.location.path, finding.rule)
        together.setdefault(key, []).append(finding)
    return "\n".join(map(_entry, together.values()))


def _entry(findings: list[Finding]) -> str:
    finding, where = findings[0], findings[0].location
    lines = ["[[decisions]]", *dict.fromkeys(f"# {_one_line(item.title)}" for item in findings)]
    lines.append(f"task_sequence = {_text(where.task_sequence)}")
    if where.path:
        lines.append(f"step = {_text(PATH_SEPARATOR.join(where.path))}")
    lines += [
        f'rule = "{finding.rule}"',
        f'do = ""  # {_STEP if where.path else _WHOLE}',
        'reason = ""',
    ]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """A TOML string on one line. What cannot be seen is escaped, so that it survives copying from a terminal."""
    return "".join(_visible(char) for char in json.dumps(value, ensure_ascii=False))


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
