"""The report of a scan or a clone as one HTML file for a change board: offline, printable, with the console's tree."""

from __future__ import annotations

from tsfix.reports.report import Report


def render(report: Report) -> str:
    """Render the report. The page holds no clock: the same report gives the same page."""
    from tsfix.reports.html_page import render_page
    from tsfix.reports.html_view import report_view

    return render_page("report.html.j2", {"view": report_view(report)})
