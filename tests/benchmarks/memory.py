"""Memory at its peak, of whole processes: against the size of one large file, and against the number of exports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.processes import TSFIX, measures_memory, peak_memory
from tests.benchmarks.results import Family, Figure, counted, figure
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.timing import Spread, spread

MB = 1_000_000
_PER_XML = 14
_BESIDE = 30 * MB
"""The goal: so many times the XML, and so much beside it."""

_LEFT_OUT = "Memory: this system does not tell how much a process needed at its peak."


def measure(sizes: Sizes, folder: Path) -> Family:
    """Look at the peak of scans."""
    small, large = folder / "small.xml", folder / "large.xml"
    small.write_bytes(inputs.object_xml(inputs.items()))
    large.write_bytes(inputs.object_xml(inputs.items(sizes.large_steps)))
    figures: tuple[Figure, ...] = ()
    if measures_memory():
        figures = (*_one_file(sizes, small, large), *_many(sizes, folder))
    return Family(
        name="memory",
        title="Memory",
        about="The largest process of a whole run of `tsfix scan`, at its peak. The large object.xml has "
        f"{large.stat().st_size / MB:.1f} MB and {sizes.large_steps:,} steps. Memory hardly varies between runs, so each "
        f"figure is from {counted(sizes.memory_rounds, 'runs')}.",
        figures=figures,
        left_out=() if figures else (_LEFT_OUT,),
    )


def _one_file(sizes: Sizes, small: Path, large: Path) -> Iterator[Figure]:
    goal = _PER_XML * large.stat().st_size + _BESIDE
    at_small, at_large = _peaks(sizes, small), _peaks(sizes, large)
    more = large.stat().st_size - small.stat().st_size
    yield from figure(
        "memory.large",
        "scan of one large object.xml",
        f"{_PER_XML} times the XML + {_BESIDE // MB} MB",
        spread([peak / goal for peak in at_large]),
        note=_in_mb(at_large),
    )
    yield from figure(
        "memory.growth",
        "memory for each further byte of XML",
        "the XML",
        spread([(big - little) / more for big, little in zip(at_large, at_small, strict=True)]) if more else None,
    )
    yield from figure(
        "memory.small", "scan of one object.xml of usual size", "", _mb(at_small), unit="MB", note=_in_mb(at_small)
    )


def _many(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    few, many = sizes.many
    inputs.write_exports(folder / "few", few)
    inputs.write_exports(folder / "many", many)
    for processes in (1, 2):
        options = ("--jobs", str(processes), "--quiet")
        at_few, at_many = (_peaks(sizes, folder / name, *options) for name in ("few", "many"))
        yield from figure(
            "memory.many" if processes == 1 else "memory.many-2",
            f"scan of {many} exports, {processes} process{'es' if processes > 1 else ''}",
            f"scan of {few} exports",
            spread([big / little for big, little in zip(at_many, at_few, strict=True)]),
            note=f"{_in_mb(at_many)}{_each(at_few, at_many, many - few)}",
        )


def _each(few: list[float], many: list[float], exports: int) -> str:
    """What each further export adds; nothing where there are no more of them."""
    return f"; {(_mb(many).value - _mb(few).value) * 1000 / exports:.0f} KB for each further export" if exports else ""


def _peaks(sizes: Sizes, path: Path, *options: str) -> list[float]:
    command = (*TSFIX, "scan", str(path), "--to", "1706", *options)
    return [peak_memory(command)[1] for _ in range(sizes.memory_rounds)]


def _mb(peaks: list[float]) -> Spread:
    return spread([peak / MB for peak in peaks])


def _in_mb(peaks: list[float]) -> str:
    return f"{_mb(peaks).value:,.0f} MB"
