"""The goals, by the key of the figure that they are about. They were set by measuring prototypes before the code was written."""

from __future__ import annotations

from tests.benchmarks.results import Goal

GOALS = {
    "startup.version": Goal(id="S1", limit=1.2),
    "startup.completion": Goal(id="S1", limit=1.2),
    "startup.help": Goal(id="S1", limit=1.6),
    "startup.explain": Goal(id="S2", limit=1.6),
    "startup.list": Goal(id="S2", limit=1.6),
    "startup.scan": Goal(id="S2", limit=1.35),
    "startup.knowledge": Goal(id="S3", limit=0.1),
    "edit.unchanged": Goal(id="P1", limit=1.1),
    "edit.spans": Goal(id="P2", limit=0.35),
    "edit.one": Goal(id="P3", limit=2.3),
    "edit.five": Goal(id="P3", limit=2.3),
    "edit.one-checked": Goal(id="P3", limit=3.5),
    "edit.five-checked": Goal(id="P3", limit=3.5),
    "check.object": Goal(id="P4", limit=1.5),
    "check.sequence": Goal(id="P4", limit=3.0),
    "memory.large": Goal(id="P5", limit=1.0),
    "diff.xmldiff": Goal(id="D1", limit=200, kind="at least"),
    "diff.xmldiff-fast": Goal(id="D1", limit=8, kind="at least"),
    "diff.deepdiff": Goal(id="D1", limit=8, kind="at least"),
    "diff.deepdiff-unordered": Goal(id="D1", limit=8, kind="at least"),
    "diff.growth-few": Goal(id="D2", limit=1.2),
    "diff.growth-every": Goal(id="D2", limit=1.2),
    "diff.growth-shuffled": Goal(id="D2", limit=1.2),
    "diff.growth-identical": Goal(id="D2", limit=1.2),
    "diff.operations": Goal(id="D3", limit=7, kind="exactly"),
    "batch.scan-1": Goal(id="B1", limit=0.6, kind="at least"),
    "batch.scan-2": Goal(id="B1", limit=0.6, kind="at least"),
    "batch.gain": Goal(id="B2", limit=1.4, kind="at least"),
    "memory.many": Goal(id="B2", limit=1.1),
    "batch.clone-1": Goal(id="B3", limit=0.65, kind="at least"),
}

MEANINGS = {
    "S1": "Start: `--version` and shell completion at most 1.2 times Python with Typer, `--help` at most 1.6 times.",
    "S2": "Start: `explain` and `list` at most 1.6 times Python with Typer; `scan` of one object.xml at most 1.35 times "
    "Python with Typer and lxml.",
    "S3": "The knowledge base loads in at most a tenth of the time that importing lxml takes.",
    "P1": "Reading a file and writing it unchanged takes at most 1.1 times lxml's parse.",
    "P2": "Finding the byte position of every element takes at most 0.35 times lxml's parse.",
    "P3": "Up to 5 edits take at most 2.3 times parsing the object and the sequence in it; with a second parse of the "
    "result 3.5 times.",
    "P4": "Reading and checking an object.xml takes at most 1.5 times parsing it; a bare sequence at most 3 times.",
    "P5": "The memory at its peak is at most 14 times the XML plus 30 MB.",
    "D1": "Comparing 1,140 steps is at least 200 times faster than xmldiff as it comes, and 8 times faster than its fast "
    "match and than deepdiff.",
    "D2": "From 1,140 to 11,628 steps the time to compare grows with a power of at most 1.2.",
    "D3": "Seven edits are reported as seven differences.",
    "B1": "A scan of many exports reaches at least 60 % of the limit that reading, inflating and parsing set, with one "
    "process and with two.",
    "B2": "Two processes are at least 1.4 times as fast as one, and the memory does not grow with the number of exports.",
    "B3": "A clone of many exports reaches at least 65 % of the limit that reading, inflating, parsing twice and deflating set.",
}
"""The goals in words, for the page."""
