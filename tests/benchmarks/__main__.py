"""Measures how fast tsfix is and writes the page about it: ``python -m tests.benchmarks``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.results import Family
    from tests.benchmarks.sizes import Sizes

FAMILIES = ("startup", "check", "edit", "diff", "batch", "memory")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference"
BUSY = 0.5


def main() -> None:
    """Measure, and write ``benchmarks.md`` and ``benchmarks.json``."""
    options = _options()
    # Imported here: the processes that the measurements start import this module too.
    from tests.benchmarks import history, machine, page, results, sizes

    size = {"full": sizes.FULL, "quick": sizes.QUICK, "tiny": sizes.TINY}[options.size]
    started, busy = perf_counter(), machine.load()
    failed: list[str] = []
    families = tuple(_measured(options, size, failed))
    about = {**machine.about(size.name), "took": f"{(perf_counter() - started) / 60:.1f} minutes"}
    remarks = [*_remarks(options, busy), *failed]
    text, data = page.render(families, about, remarks), results.to_json(families, about)
    comparison = history.compare(options.compare, data) if options.compare else ""
    folder = options.output or (PAGE if options.size == "full" and not options.only else None)
    if folder is None:
        print(text)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "benchmarks.md").write_text(text, encoding="utf-8", newline="\n")
        encoded = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
        (folder / "benchmarks.json").write_text(encoded, encoding="utf-8", newline="\n")
        _say(f"wrote {folder / 'benchmarks.md'} and benchmarks.json")
    if comparison:
        print(comparison)
    sys.exit(1 if failed else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", choices=FAMILIES, action="append", help="measure this family only; repeatable")
    amount = parser.add_mutually_exclusive_group()
    quick, tiny = "smaller inputs and fewer rounds", "next to nothing, to try the command; the figures mean nothing"
    amount.add_argument("--quick", dest="size", action="store_const", const="quick", default="full", help=quick)
    amount.add_argument("--tiny", dest="size", action="store_const", const="tiny", help=tiny)
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="measure the real exports below this folder as well")
    parser.add_argument("--compare", type=Path, metavar="OLD.json", help="print what changed since that run")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="where the page goes; by default docs/reference for a full run, and the terminal for any other",
    )
    return parser.parse_args()


def _measured(options: argparse.Namespace, size: Sizes, failed: list[str]) -> Iterator[Family]:
    """Measure one family after the other. One that fails keeps the others from nothing, and is named in ``failed``."""
    for name in options.only or FAMILIES:
        with tempfile.TemporaryDirectory(prefix="tsfix-benchmark-") as folder:
            yield from _timed(name, partial(_family(name), size, Path(folder)), failed)
    if options.corpus is not None:
        from tests.benchmarks import corpus

        yield from _timed("corpus", partial(corpus.measure, size, options.corpus), failed)


def _timed(name: str, measure: Callable[[], Family], failed: list[str]) -> Iterator[Family]:
    _say(f"{name} ...")
    started = perf_counter()
    try:
        yield measure()
    except Exception as error:
        traceback.print_exc()
        failed.append(f"Not measured: {name} failed ({type(error).__name__}).")
    _say(f"{name}: {perf_counter() - started:.0f} s")


def _family(name: str) -> Callable[[Sizes, Path], Family]:
    from tests.benchmarks import batch, checking, comparing, editing, memory, startup

    return {
        "startup": startup.measure,
        "check": checking.measure,
        "edit": editing.measure,
        "diff": comparing.measure,
        "batch": batch.measure,
        "memory": memory.measure,
    }[name]


def _remarks(options: argparse.Namespace, busy: float | None) -> list[str]:
    found = []
    if options.size != "full":
        found.append(f"This was a {options.size} run: smaller inputs and fewer rounds than the page in the repository.")
    if options.only:
        found.append(f"Only measured: {', '.join(options.only)}.")
    if busy is not None and busy > BUSY:
        found.append(
            f"The machine was busy with other work when this began (load {busy:.1f}): trust ratios, not times, and look "
            "at the spread."
        )
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
