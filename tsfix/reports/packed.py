"""Reports about many exports, kept small: beyond the first few, each is packed until somebody looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from tsfix.reports.report import ExportReport

_MOST_PLAIN = 50
"""So many reports are kept as they are: unpacking takes a third of a millisecond."""


class PackedReports(Sequence[ExportReport]):
    """A list of reports that takes a fifth of the memory. What it gives is not the same object twice."""

    def __init__(self, reports: Iterable[ExportReport] = ()) -> None:
        self._held: list[ExportReport | bytes] = []
        for report in reports:
            self.append(report)

    def append(self, report: ExportReport) -> None:
        """Add one report at the end."""
        self._held.append(report if len(self._held) < _MOST_PLAIN else _packed(report))

    def take(self, others: PackedReports) -> None:
        """Add all reports of another list; what is packed there stays so."""
        for held in others._held:
            if isinstance(held, bytes):
                self._held.append(held)
            else:
                self.append(held)

    def pack(self) -> None:
        """Pack all of them, to be sent to another process."""
        self._held = [held if isinstance(held, bytes) else _packed(held) for held in self._held]

    @property
    def is_packed(self) -> bool:
        """True when any of them is packed."""
        return any(isinstance(held, bytes) for held in self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[ExportReport]:
        return map(_unpacked, self._held)

    @overload
    def __getitem__(self, index: int) -> ExportReport: ...
    @overload
    def __getitem__(self, index: slice) -> PackedReports: ...
    def __getitem__(self, index: int | slice) -> ExportReport | PackedReports:
        if isinstance(index, int):
            return _unpacked(self._held[index])
        some = PackedReports()
        some._held = self._held[index]
        return some

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]


def _packed(report: ExportReport) -> bytes:
    # A run over a few exports needs neither module.
    import pickle
    import zlib

    return zlib.compress(pickle.dumps(report, pickle.HIGHEST_PROTOCOL), 1)


def _unpacked(held: ExportReport | bytes) -> ExportReport:
    if not isinstance(held, bytes):
        return held
    import pickle
    import zlib

    report: ExportReport = pickle.loads(zlib.decompress(held))  # noqa: S301 - packed by this run, never read from a file
    return report
