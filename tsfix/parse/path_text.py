"""Bounds what the paths of groups and steps take together: everything that is said about a step begins with its path."""

from __future__ import annotations

from lxml import etree

from tsfix.errors import UnreadableError

MOST_PATH_TEXT = 32_000_000
"""Characters of the names of groups in all paths together. Real sequences have some ten thousand.

Without a limit a file of half a megabyte, two hundred groups in each other with long names, makes a report of hundreds of
megabytes.
"""


def check_paths(root: etree._Element, items: int) -> None:
    """Raise UnreadableError where a ``<sequence>`` with so many groups and steps has longer paths than ``MOST_PATH_TEXT``."""
    names = sum(len(group.get("name") or "") for group in root.iter("group"))
    # No path holds more than all names of groups: nearly always that tells enough.
    if items * names <= MOST_PATH_TEXT:
        return
    found = _path_text(root)
    if found > MOST_PATH_TEXT:
        raise UnreadableError(
            f"The paths of all groups and steps have {found:,} characters together; at most {MOST_PATH_TEXT:,} are read.",
            remedy="The names of groups in each other are far too long: check that this is the right file.",
        )


def _path_text(root: etree._Element) -> int:
    """The names of the groups around each group and step, added up."""
    total, waiting = 0, [(root, 0)]
    while waiting:
        element, above = waiting.pop()
        for child in element.iterchildren("group", "step", "subtasksequence"):
            total += above
            if child.tag == "group":
                waiting.append((child, above + len(child.get("name") or "")))
    return total
