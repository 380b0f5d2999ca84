"""The renderers of a diff. Adding a format is a module with ``render`` and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tsfix.reports import csv_diff, html_diff, json_, markdown_diff, text_diff
from tsfix.reports.diff_report import DiffReport

DIFF_FORMATS: Mapping[str, Callable[[DiffReport], str | Iterator[str]]] = {
    "text": text_diff.render,
    "json": json_.pieces,
    "md": markdown_diff.render,
    "html": html_diff.render,
    "csv": csv_diff.render,
}
