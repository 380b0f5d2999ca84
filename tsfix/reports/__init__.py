"""The report value and its renderers. Adding a format is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tsfix.reports import csv_, html, json_, markdown, sarif, text
from tsfix.reports.report import Report

if TYPE_CHECKING:
    from tsfix.reports.diff_report import DiffReport

Renderer = Callable[[Any], str | Iterator[str]]
"""From a report to a text, or to its pieces: the whole text of ten thousand exports would take gigabytes."""

FORMATS: Mapping[str, Renderer] = {
    "text": text.pieces,
    "json": json_.pieces,
    "md": markdown.pieces,
    "html": html.pieces,
    "csv": csv_.pieces,
    "sarif": sarif.pieces,
}


def formats_for(report: Report | DiffReport) -> Mapping[str, Renderer]:
    """The formats that there are for such a report; those of a diff stand in ``diff_formats``."""
    if isinstance(report, Report):
        return FORMATS
    from tsfix.reports.diff_formats import DIFF_FORMATS

    return DIFF_FORMATS


def rendered(report: Report | DiffReport, format: str) -> Iterator[str]:
    """The report in one of its formats, in pieces."""
    text = formats_for(report)[format](report)
    return iter([text] if isinstance(text, str) else text)
