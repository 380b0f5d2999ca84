"""Says what steps name, and in which order a list of references has it: that of the first use, as sites write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tsfix.task_sequence import Reference, Sequence, Step

_NAMED = re.compile(r"[\w/-]+")
"""What may be the ID of a package or the name of an application, as a word of its own."""


def named_in(texts: Iterable[str]) -> frozenset[str]:
    """What the texts name, in upper case; words that are no ID are among it."""
    # A line break divides words as the end of a text does.
    return frozenset(map(str.upper, set(_NAMED.findall("\n".join(texts)))))


def named_by(steps: Iterable[Step]) -> frozenset[str]:
    """What those of the steps that are enabled name, in upper case."""
    return named_in(text for step in steps if step.runs for text in texts_of(step))


def texts_of(step: Step) -> Iterator[str]:
    """The texts in which a step names what it uses."""
    yield step.action
    for variable in step.variables:
        yield variable.value


def first_uses(sequence: Sequence) -> dict[str, int]:
    """What enabled steps name, in upper case, with the number of the first step that does."""
    found: dict[str, int] = {}
    for number, step in enumerate(sequence.steps()):
        if step.runs:
            for text in (*(variable.value for variable in step.variables), step.action):
                for token in _NAMED.findall(text):
                    found.setdefault(token.upper(), number)
    return found


def listed(reference: Reference) -> str:
    """What an entry of ``referenceList`` names, in upper case."""
    return str(reference.package or reference.application or "").upper()
