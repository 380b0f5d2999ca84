"""Start-up: whole processes of the command line, against Python that only imports what every command needs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.processes import TSFIX, environment, wall_seconds
from tests.benchmarks.results import Family, Figure, figure
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.timing import Rounds, interleaved, ratio, seconds, spread

TYPER = "Python + Typer"
LXML = "Python + Typer + lxml"

_LOAD = """
import json, time
started = time.perf_counter()
import lxml.etree
imported = time.perf_counter() - started
from tsfix.knowledge.load import load
started = time.perf_counter()
load()
print(json.dumps([imported, time.perf_counter() - started]))
"""


def measure(sizes: Sizes, folder: Path) -> Family:
    """Time the start of every kind of command."""
    file = folder / "object.xml"
    file.write_bytes(inputs.object_xml(inputs.items()))
    rounds = _rounds(sizes, file)
    return Family(
        name="startup",
        title="Start-up",
        about="Whole processes, from start to end, with what they print thrown away. The floor is Python that imports "
        f"Typer (and lxml) and ends. The object.xml has {file.stat().st_size // 1000} KB and {inputs.REAL_STEPS} steps.",
        figures=(*_figures(rounds), *_knowledge(sizes)),
    )


def _rounds(sizes: Sizes, file: Path) -> Rounds:
    python = (sys.executable, "-c")
    completion = {"_TSFIX_COMPLETE": "complete_bash", "COMP_WORDS": "tsfix sc", "COMP_CWORD": "1"}
    candidates = {
        "Python": partial(wall_seconds, (*python, "pass")),
        TYPER: partial(wall_seconds, (*python, "import typer")),
        LXML: partial(wall_seconds, (*python, "import typer, lxml.etree")),
        "version": partial(wall_seconds, (*TSFIX, "--version")),
        "completion": partial(wall_seconds, TSFIX, **completion),
        "help": partial(wall_seconds, (*TSFIX, "--help")),
        "explain": partial(wall_seconds, (*TSFIX, "explain", "R26")),
        "list": partial(wall_seconds, (*TSFIX, "list", "versions")),
        "scan": partial(wall_seconds, (*TSFIX, "scan", str(file), "--to", "1706")),
    }
    for run in candidates.values():
        run()
    return interleaved(candidates, sizes.start_rounds)


def _figures(rounds: Rounds) -> Iterator[Figure]:
    rows = (
        ("python", "Python", "Python that does nothing", TYPER),
        ("lxml", LXML, LXML, TYPER),
        ("version", "version", "`tsfix --version`", TYPER),
        ("completion", "completion", "shell completion", TYPER),
        ("help", "help", "`tsfix --help`", TYPER),
        ("explain", "explain", "`tsfix explain R26`", TYPER),
        ("list", "list", "`tsfix list versions`", TYPER),
        ("scan", "scan", "`tsfix scan object.xml --to 1706`", LXML),
    )
    for key, name, title, base in rows:
        yield from figure(f"startup.{key}", title, base, ratio(rounds, name, base), seconds=seconds(rounds, name))


def _knowledge(sizes: Sizes) -> Iterator[Figure]:
    """Both in the same fresh process, as each can be done only once in one."""
    found = [
        json.loads(
            subprocess.run([sys.executable, "-c", _LOAD], capture_output=True, env=environment(), check=True).stdout
        )
        for _ in range(sizes.start_rounds)
    ]
    yield from figure(
        "startup.knowledge",
        "load the knowledge base",
        "import of lxml.etree",
        spread([load / imported for imported, load in found]),
        seconds=spread([load for _, load in found]),
    )
