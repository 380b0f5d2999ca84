"""The grid: every real export, cloned for every target, keeps what a site keeps, and differs only where a change says so.

For the time it takes, a target gets every second export, the next target the others. ``TSFIX_GRID=all`` takes every export
for every target, and the policies ``placeholder``, ``remove`` and ``auto`` too. ``pytest -s`` prints the numbers.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.copies import check_copy
from tests.made import cloned, request
from tests.parse.documents import corpus_exports
from tests.rewrites.written_laws import breaches
from tsfix.conversion import Refused, Rewritten
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy
from tsfix.request import NewSteps
from tsfix.task_sequence import Group

CORPUS = os.environ.get("TSFIX_CORPUS", "")
pytestmark = pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")

TARGETS = ("2012 R2", "1511", "1606", "1706", "1806", "1906", "2010", "2203", "2403")
ALL = os.environ.get("TSFIX_GRID") == "all"
POLICIES: tuple[NewSteps, ...] = ("disable", "placeholder", "remove", "auto") if ALL else ("disable",)
NO_STEP_HELPS = ("R15", "R32", "R33")
"""Rules that no policy for steps answers: a person accepts these, or changes the task sequence."""

_STEP = re.compile(rb"<(step|subtasksequence)\b[^>]*?(?:/>|>.*?</\1>)", re.DOTALL)
_GROUP = re.compile(rb"<group\b[^>]*>")
_PROPERTY = re.compile(rb'<(PROPERTY|PROPERTY\.ARRAY|PROPERTY\.OBJECTARRAY) NAME="(\w+)".*?</\1>', re.DOTALL)
_CDATA = re.compile(rb'(?<=<PROPERTY NAME="Sequence").*?</PROPERTY>', re.DOTALL)


@cache
def exports() -> tuple[Export, ...]:
    return tuple(found for found in corpus_exports() if found.task_sequences)


def name_of(found: Export) -> str:
    return str(Path(found.name.partition("!")[0]).relative_to(CORPUS))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("to", TARGETS)
def test_every_copy_keeps_what_a_site_keeps(to: str, policy: NewSteps) -> None:
    wanted = request(to, client="LEG00042", policy=policy, accept=NO_STEP_HELPS)
    numbers: Counter[str] = Counter()
    worse: dict[str, list[str]] = {}
    for found in exports() if ALL else exports()[TARGETS.index(to) % 2 :: 2]:
        outcome = cloned(found, wanted)
        numbers[type(outcome).__name__] += 1
        if policy != "auto":
            assert not isinstance(outcome, Refused), [reason.title for reason in outcome.reasons]
        if not isinstance(outcome, Rewritten):
            continue
        check_copy(outcome, wanted, Hierarchy())
        numbers["changes"] += len(outcome.changes)
        numbers["errors left"] += sum(finding.severity == "error" for finding in outcome.remaining)
        more = breaches(outcome.copy.parts.parts) - breaches(found.parts.parts)
        unplanned = list(differences_without_a_plan(outcome))
        if more or unplanned:
            worse[name_of(found)] = [*more, *unplanned]
    print(f"\n{to:8} {policy:12}", ", ".join(f"{key} {value}" for key, value in sorted(numbers.items())))
    assert worse == {}


def differences_without_a_plan(done: Rewritten) -> list[str]:
    """Bytes of steps, groups and properties that differ although no change names them."""
    found: list[str] = []
    for before, after in zip(done.original.task_sequences, done.copy.task_sequences, strict=True):
        own = [change for change in done.changes if change.location.part == before.location.part]
        old_data, new_data = done.original.parts.parts[before.part], done.copy.parts.parts[after.part]
        changed = {change.location.position for change in own}
        old_steps = [one.group() for one in _STEP.finditer(old_data)]
        steps = list(before.task_sequence.sequence.steps())
        if before.format == "object-xml":
            assert len(old_steps) == len(steps)
        kept = [
            data
            for data, step in zip(old_steps, steps, strict=False)
            if not any(position and step.position[: len(position)] == position for position in changed)
        ]
        new_steps = iter([one.group() for one in _STEP.finditer(new_data)])
        found += [f"a step differs: {data[:120]!r}" for data in kept if data not in new_steps]
        groups = Counter(one.group() for one in _GROUP.finditer(old_data))
        groups -= Counter(one.group() for one in _GROUP.finditer(new_data))
        touched = sum(
            1
            for item in before.task_sequence.sequence.walk()
            if isinstance(item, Group)
            and any(position and item.position[: len(position)] == position for position in changed)
        )
        if sum(groups.values()) > touched:
            found.append(f"groups differ: {list(groups)[:2]}")
        if before.format == "object-xml":
            planned = {change.field.partition(":")[2] for change in own if change.field.startswith("package-property:")}
            old, new = _properties(old_data), _properties(new_data)
            for name in old.keys() | new.keys():
                if old.get(name) != new.get(name) and name not in {*planned, "References", "Sequence"}:
                    found.append(f"property {name} differs")
    return found


def _properties(data: bytes) -> dict[str, bytes]:
    outside = _CDATA.sub(b"", data)
    return {one.group(2).decode(): one.group() for one in _PROPERTY.finditer(outside)}
