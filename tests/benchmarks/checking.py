"""Reading and checking one object.xml, against lxml's parse of the object and of the sequence in it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from lxml import etree

from tests.benchmarks import inputs
from tests.benchmarks.floors import parse_both, sequence_of
from tests.benchmarks.results import Family, Figure, figure
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.subjects import check, check_and_report, clone_export, read_and_check, single
from tests.benchmarks.timing import exponent, in_process, interleaved, ratio, seconds
from tsfix.export import Parts
from tsfix.parse.export import read_export

BOTH = "lxml parses object and sequence"
ONE = "lxml parses the sequence"


def measure(sizes: Sizes, folder: Path) -> Family:
    """Time what a scan does with one file, whole and in its parts."""
    outer = inputs.object_xml(inputs.items())
    return Family(
        name="check",
        title="Read and check one task sequence",
        about=f"In one process that has all it needs imported. The object.xml has {len(outer) // 1000} KB, the sequence "
        f"in it {len(sequence_of(outer)) // 1000} KB and {inputs.REAL_STEPS} steps.",
        figures=(*_figures(outer, sizes), *_growth(sizes)),
    )


def _figures(outer: bytes, sizes: Sizes) -> tuple[Figure, ...]:
    inner = sequence_of(outer)
    alone, bare = single(outer), single(inner, "sequence.xml")
    whole = Parts(name="export.zip", kind="console-export", parts=inputs.parts_of(inputs.items()))
    export, exported = read_export(alone), read_export(whole)
    rounds = interleaved(
        {
            BOTH: in_process(lambda: parse_both(outer, inner)),
            ONE: in_process(lambda: etree.fromstring(inner)),
            "object": in_process(lambda: read_and_check(alone)),
            "sequence": in_process(lambda: read_and_check(bare)),
            "read": in_process(lambda: read_export(alone)),
            "findings": in_process(lambda: check(export)),
            "report": in_process(lambda: check_and_report(export)),
            "clone": in_process(lambda: clone_export(exported)),
        },
        sizes.rounds,
        budget=sizes.budget,
    )
    titles = {
        "object": ("read and check an object.xml", BOTH),
        "sequence": ("read and check a bare sequence", ONE),
        "read": ("only read: from bytes to the model", BOTH),
        "findings": ("only check: from the model to findings", BOTH),
        "report": ("check, and make the report", BOTH),
        "clone": ("clone an export, with all proofs, in memory", BOTH),
    }
    return tuple(
        found
        for name, (title, base) in titles.items()
        for found in figure(f"check.{name}", title, base, ratio(rounds, name, base), seconds=seconds(rounds, name))
    )


def _growth(sizes: Sizes) -> tuple[Figure, ...]:
    few, many = sizes.check_steps
    parts = {number: single(inputs.object_xml(inputs.items(number))) for number in (few, many)}
    candidates = {str(number): in_process(partial(read_and_check, found)) for number, found in parts.items()}
    rounds = interleaved(candidates, sizes.rounds, budget=sizes.budget)
    return figure(
        "check.growth",
        "growth with the steps, read and check",
        f"{few:,} to {many:,} steps",
        exponent(rounds, str(few), str(many), many / few),
        unit="power",
        seconds=seconds(rounds, str(many)),
        note=f"time at {many:,} steps",
    )
