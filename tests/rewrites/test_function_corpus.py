"""Real exports, found through ``TSFIX_CORPUS``: every rewrite keeps what runs, and a second run finds nothing to do."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from tests.made import knowledge, request
from tests.rewrites.walks import differing
from tsfix.checks.subject import Subject
from tsfix.containers.discover import find_exports
from tsfix.containers.found import FoundExport
from tsfix.conversion import Refused, Rewritten, clone, subjects_of
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy
from tsfix.parse.export import read_export
from tsfix.rewrites import reshaping
from tsfix.verification import verify

CORPUS = os.environ.get("TSFIX_CORPUS", "")
pytestmark = pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")


@cache
def exports() -> tuple[Export, ...]:
    found = [read_export(one.parts) for one in find_exports([Path(CORPUS)]) if isinstance(one, FoundExport)]
    return tuple(export for export in found if export.task_sequences)


@pytest.mark.parametrize("target", ["2012-r2", "1706", "2010"])
def test_the_same_steps_run(target: str) -> None:
    asked = request(target, client="LEG00001")
    count = 0
    for export in exports():
        if any(item.format == "mdt" for item in export.task_sequences):
            continue

        def subjects(one: Export) -> tuple[Subject, ...]:
            return subjects_of(one, asked, knowledge(), Hierarchy())

        copy = export
        for stage in reshaping.stages(export, subjects, frozenset()):
            verify(
                stage.before, stage.after, stage.part_changes, stage.changes, knowledge(), frozenset(), stage.planned
            )
            copy = stage.after
            count += 1
        assert copy is export or differing(export, copy, seeds=20) == [], export.name
        assert copy is export or list(reshaping.stages(copy, subjects, frozenset())) == [], export.name
    assert (count > 0) == (target != "2010")


@pytest.mark.parametrize("target", ["2012-r2", "1806"])
@pytest.mark.parametrize("policy", ["auto", "disable"])
def test_no_error_is_left_in_a_copy(target: str, policy: str) -> None:
    asked = request(target, client="LEG00001", policy=policy)  # type: ignore[arg-type]
    for export in exports():
        outcome = clone(export, asked, knowledge(), Hierarchy())
        if isinstance(outcome, Rewritten):
            assert [one.rule for one in outcome.remaining if one.blocking] == [], export.name
        elif isinstance(outcome, Refused):
            assert outcome.reasons
