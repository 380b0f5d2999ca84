"""Real exports, found through ``TSFIX_CORPUS``: everything well-formed is read, and every copy keeps the laws.

``pytest -s tests/test_corpus.py`` prints the table.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from tests.copies import check_outcome, nothing_drafted
from tests.made import request
from tests.parse.documents import corpus_exports
from tsfix.conversion import Refused, Rewritten, Unchanged
from tsfix.export import Export

CORPUS = os.environ.get("TSFIX_CORPUS", "")
pytestmark = pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")

TARGETS = ("2012 R2", "1511", "1606", "1806", "1906", "2010", "2203", "2403")
NO_STEP_HELPS = {"R15", "R32", "R33"}
"""Rules that the policy for steps does not answer: a boot image that 2012 refuses, a variable that the target's engine
does not set or obey. A person must accept these, or change the task sequence."""

COLUMNS = ("exports", "task sequences", "parsed", "identical", "cloned", "unchanged", "refused")


@cache
def exports() -> tuple[Export, ...]:
    return tuple(corpus_exports())


def kind_of(found: Export) -> str:
    """The folder of the corpus, which names the kind."""
    return Path(found.name.partition("!")[0]).relative_to(CORPUS).parts[0]


def test_every_well_formed_file_parses() -> None:
    """What is not parsed is no XML, and the message says where."""
    for found in exports():
        if found.task_sequences:
            assert [] == [problem.message for problem in found.problems]
            continue
        (data,) = found.parts.parts.values()
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(data)
        (problem,) = found.problems
        assert problem.location.line is not None


def test_the_table_for_1706() -> None:
    wanted = request("1706", client="LEG00042", policy="disable")
    table: dict[str, Counter[str]] = {}
    for found in exports():
        row = table.setdefault(kind_of(found), Counter())
        row["exports"] += 1
        row["parsed"] += bool(found.task_sequences)
        row["task sequences"] += len(found.task_sequences)
        if not found.task_sequences:
            continue
        row["identical"] += nothing_drafted(found)
        outcome = check_outcome(found, wanted)
        if isinstance(outcome, Refused):
            assert {reason.rule for reason in outcome.reasons} <= NO_STEP_HELPS
        row["cloned"] += isinstance(outcome, Rewritten)
        row["unchanged"] += isinstance(outcome, Unchanged)
        row["refused"] += isinstance(outcome, Refused)
    print()
    print("kind".ljust(14), *(name.rjust(14) for name in COLUMNS))
    for kind, row in sorted(table.items()):
        print(kind.ljust(14), *(str(row[name]).rjust(14) for name in COLUMNS))
    for kind, row in table.items():
        assert row["exports"] - row["parsed"] == (1 if kind == "mdt-template" else 0)
        assert row["identical"] == row["parsed"] == row["cloned"] + row["unchanged"] + row["refused"]
    assert 10 > sum(row["refused"] for row in table.values())
    assert 50 < sum(row["cloned"] for row in table.values())


@pytest.mark.parametrize("to", TARGETS)
def test_laws_for_every_target(to: str) -> None:
    """No copy has an error left, a second run changes nothing, and what is refused says why."""
    wanted = request(to, client="LEG00042", policy="disable", accept=tuple(NO_STEP_HELPS))
    for found in exports():
        if found.task_sequences and not kind_of(found).startswith("mdt"):
            outcome = check_outcome(found, wanted)
            assert not isinstance(outcome, Refused), [reason.title for reason in outcome.reasons]
