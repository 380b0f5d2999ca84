"""Writes the reference pages of the knowledge base: ``python -m tsfix.knowledge.publish [--check]``.

The pages stand in ``docs/reference/knowledge``, the one about down-levelling beside that folder. With ``--check``
nothing is written: the exit code is 1 when a page is out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tsfix.errors import UsageError
from tsfix.knowledge import downlevel_page
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.compile import bring_up_to_date, content
from tsfix.knowledge.pages import pages
from tsfix.knowledge.validation import read

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "knowledge"


def outputs(kb: KnowledgeBase) -> Iterator[tuple[Path, str]]:
    """Every page with its text."""
    for name, text in pages(kb).items():
        yield PAGES / name, text
    yield PAGES.parent / downlevel_page.NAME, downlevel_page.page(kb)


def main(arguments: list[str]) -> int:
    """Run the command. Returns the exit code."""
    try:
        kb = KnowledgeBase(content(read()))
    except UsageError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return bring_up_to_date(outputs(kb), check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
