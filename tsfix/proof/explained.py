"""One explained difference: whose work it is, and what kind of change."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

By = Literal["tsfix", "site", "unexplained"]
"""``tsfix``: a kind of change that tsfix plans; ``site``: what a site changes when it imports, saves or exports."""

UNEXPLAINED = "changed by neither tsfix nor a site"
REPLACED = "a package was replaced by another"
TARGET_LACKS = "a setting that the target lacks"
OLDER_LACK = "a setting that older versions lack"
LISTS = "lists of what the steps refer to"
OTHER_ORDER = "the site wrote lists in another order"
NAME_AND_ID = "name and ID of the copy"


class Explained(Struct, frozen=True, kw_only=True):
    """One difference, and whose work it is."""

    by: By
    kind: str
    """What kind of change it is, in words; the same words for the same kind."""
    place: tuple[str, ...]
    """The names of the groups and of the step; empty for what concerns the whole."""
    label: str
    field: str
    before: str | None
    after: str | None


def without_values(by: By, kind: str, place: tuple[str, ...], label: str, field: str) -> Explained:
    """For a difference of a whole group or step."""
    return Explained(by=by, kind=kind, place=place, label=label, field=field, before=None, after=None)
