"""The report value and its renderers. Adding a format is a module and two entries here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tsfix.reports.report import Report

if TYPE_CHECKING:
    from tsfix.reports.diff_report import DiffReport

Renderer = Callable[[Any], str | Iterator[str]]
"""From a report to a text, or to its pieces: the whole text of ten thousand exports would take gigabytes."""


def _text(report: Report) -> Iterator[str]:
    from tsfix.reports import text

    return text.pieces(report)


def _json(report: Report) -> Iterator[str]:
    from tsfix.reports import json_

    return json_.pieces(report)


def _markdown(report: Report) -> Iterator[str]:
    from tsfix.reports import markdown

    return markdown.pieces(report)


def _html(report: Report) -> Iterator[str]:
    from tsfix.reports import html

    return html.pieces(report)


def _csv(report: Report) -> Iterator[str]:
    from tsfix.reports import csv_

    return csv_.pieces(report)


def _sarif(report: Report) -> Iterator[str]:
    from tsfix.reports import sarif

    return sarif.pieces(report)


FORMATS: Mapping[str, Renderer] = {
    "text": _text,
    "json": _json,
    "md": _markdown,
    "html": _html,
    "csv": _csv,
    "sarif": _sarif,
}
"""Only the format that is asked for is imported: the others take longer than the report."""


def formats_for(report: Report | DiffReport) -> Mapping[str, Renderer]:
    """The formats that there are for such a report; those of a diff stand in ``diff_formats``."""
    if isinstance(report, Report):
        return FORMATS
    from tsfix.reports.diff_formats import DIFF_FORMATS

    return DIFF_FORMATS


def rendered(report: Report | DiffReport, format: str) -> Iterator[str]:
    """The report in one of its formats, in pieces."""
    made = formats_for(report)[format](report)
    return iter([made] if isinstance(made, str) else made)
