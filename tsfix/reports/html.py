"""The report of a scan or a clone as one HTML file for a change board: offline, printable, with the console's tree."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.reports.report import Report


def render(report: Report) -> str:
    """Render the report. The page holds no clock: the same report gives the same page."""
    return "".join(pieces(report))


def pieces(report: Report) -> Iterator[str]:
    """The same in pieces. The view of all exports is made first: the index of the page has them all."""
    from tsfix.reports.html_page import page_pieces
    from tsfix.reports.html_view import report_view

    return page_pieces("report.html.j2", {"view": report_view(report)})
