"""Keeps task sequences of one export apart that have the same name: their ID goes behind it, or where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tsfix.export import Export
from tsfix.reports.report import ExportReport
from tsfix.values import Location


def shared_names(export: Export) -> dict[tuple[str, str], str]:
    """What to call the task sequences whose name another one of the export has, by part and name."""
    return _labels(
        (item.location.part, item.task_sequence.name, item.task_sequence.package_id or "")
        for item in export.own_task_sequences
    )


def label(export: ExportReport, location: Location) -> str:
    """What to call the task sequence of a place: its name, with the ID where another one has that name."""
    labels = _labels((item.part, item.name, item.package_id) for item in export.task_sequences)
    return labels.get((location.part, location.task_sequence), location.task_sequence)


def _labels(items: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    items = tuple(items)
    times = Counter(name for _, name, _ in items)
    if len(times) == len(items):
        return {}
    ids = Counter((name, package_id) for _, name, package_id in items)
    return {
        (part, name): f"{name} [{package_id if package_id and ids[name, package_id] == 1 else part}]"
        for part, name, package_id in items
        if times[name] > 1
    }
