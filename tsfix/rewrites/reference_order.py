"""Says in which order a list of references names what steps use: that of the first use, as sites write it."""

from __future__ import annotations

import re

from tsfix.task_sequence import Reference, Sequence

_TOKEN = re.compile(r"[\w/-]+")


def first_uses(sequence: Sequence) -> dict[str, int]:
    """What enabled steps name, in upper case, with the number of the first step that does."""
    found: dict[str, int] = {}
    for number, step in enumerate(sequence.steps()):
        if step.runs:
            for text in (*(variable.value for variable in step.variables), step.action):
                for token in _TOKEN.findall(text):
                    found.setdefault(token.upper(), number)
    return found


def listed(reference: Reference) -> str:
    """What an entry of ``referenceList`` names, in upper case."""
    return str(reference.package or reference.application or "").upper()
