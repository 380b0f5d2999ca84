"""The same ratios for real exports, where a folder of them is given. Only sums go into the page, and no names."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks.floors import parse_both, sequence_of
from tests.benchmarks.results import Family, Figure, figure
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.subjects import read_and_check, single
from tests.benchmarks.timing import in_process, interleaved, ratio, spread
from tsfix.parse.export import read_export
from tsfix.xml_bytes.spans import start_tags

_FLOOR = "floor"
_BASE = "lxml parses object and sequence"


def measure(sizes: Sizes, corpus: Path) -> Family:
    """Time reading and checking of the objects in the zips below the folder, the largest ones first."""
    objects = sorted(set(_objects(corpus)), key=len, reverse=True)[: 40 if sizes.name == "full" else 8]
    about = "No object.xml of a task sequence was found in the zips below the folder."
    if objects:
        about = (
            f"The {len(objects)} largest object.xml in a folder of real exports, {len(objects[-1]) // 1000} to "
            f"{len(objects[0]) // 1000} KB. The median and the spread are over the files, not over rounds."
        )
    return Family(name="corpus", title="Real exports", about=about, figures=tuple(_figures(objects)) if objects else ())


def _objects(corpus: Path) -> Iterator[bytes]:
    for path in sorted(corpus.rglob("*.zip")):
        try:
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.startswith("SMS_TaskSequencePackage/") and name.endswith("/object.xml"):
                        yield archive.read(name)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
            continue


def _figures(objects: list[bytes]) -> Iterator[Figure]:
    found: dict[str, list[float]] = {}
    for outer in objects:
        inner = sequence_of(outer)
        candidates = {
            _FLOOR: in_process(partial(parse_both, outer, inner)),
            "read": in_process(partial(read_export, single(outer))),
            "object": in_process(partial(read_and_check, single(outer))),
            "spans": in_process(partial(start_tags, outer)),
        }
        rounds = interleaved(candidates, 3)
        for name in ("read", "object", "spans"):
            times = ratio(rounds, name, _FLOOR)
            if times is not None:
                found.setdefault(name, []).append(times.value)
    titles = {
        "read": "only read: from bytes to the model",
        "object": "read and check an object.xml",
        "spans": "find every start tag",
    }
    for name, values in found.items():
        yield from figure(f"corpus.{name}", titles[name], _BASE, spread(values), of="files")
