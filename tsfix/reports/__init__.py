"""The report value and its renderers. Adding a format is a module with ``render`` and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tsfix.reports import csv_, html, json_, markdown, sarif, text
from tsfix.reports.report import Report

if TYPE_CHECKING:
    from tsfix.reports.diff_report import DiffReport

Renderer = Callable[[Report], str]

FORMATS: Mapping[str, Renderer] = {
    "text": text.render,
    "json": json_.render,
    "md": markdown.render,
    "html": html.render,
    "csv": csv_.render,
    "sarif": sarif.render,
}


def formats_for(report: Report | DiffReport) -> Mapping[str, Callable[[Any], str]]:
    """The formats that there are for such a report; those of a diff stand in ``diff_formats``."""
    if isinstance(report, Report):
        return FORMATS
    from tsfix.reports.diff_formats import DIFF_FORMATS

    return DIFF_FORMATS
