"""The diff of two exports as one HTML file for a change board: the tree of the console, before and after."""

from __future__ import annotations

from tsfix.reports.diff_report import DiffReport


def render(report: DiffReport) -> str:
    """Render the diff. The page holds no clock: the same diff gives the same page."""
    from tsfix.reports.html_diff_view import diff_view
    from tsfix.reports.html_page import render_page

    return render_page("diff.html.j2", {"view": diff_view(report)})
