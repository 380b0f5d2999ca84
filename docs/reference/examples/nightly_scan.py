"""Scans a folder of exports for the older sites of a hierarchy and keeps one page for review.

python nightly_scan.py exports contoso.toml review.html LEG [SITE...]
"""

from __future__ import annotations

import sys
from pathlib import Path

from tsfix import api


def main(exports: str, hierarchy: str, page: str, *sites: str) -> int:
    """Write the page and one line for each error. Returns the exit code that ``tsfix scan`` would end with."""
    answer = api.scan(exports, to=sites, hierarchy=hierarchy)
    Path(page).write_text(api.render(answer.report, "html"), encoding="utf-8")
    for export in answer.report.exports:
        for finding in export.findings:
            if finding.severity == "error":
                target = export.target.label if export.target else ""
                print(target, finding.rule, finding.location.task_sequence, finding.title, sep="\t")
    for notice in answer.report.notices:
        print("not read", notice.place, notice.message, sep="\t")
    return answer.exit_code


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except api.TsfixError as error:
        sys.exit(f"{error}")
