"""The log of what drafts change, for the report and for the proof: each value once, from its first to its last form."""

from __future__ import annotations

from collections.abc import Iterable

from tsfix.changes import Change, ChangeKind, Reason
from tsfix.values import Location


def log_number(key: str) -> int:
    """A number for the change log where values move between elements, so that the ID itself names the change."""
    return -int.from_bytes(key.upper().encode("utf-8"))


class ChangeLog:
    """Collects changes; several changes of one value become one, with all their reasons."""

    def __init__(self) -> None:
        self._changes: dict[tuple[str, str, int, str], Change] = {}

    def add(
        self,
        *,
        kind: ChangeKind,
        location: Location,
        element: int,
        field: str,
        label: str,
        before: str | None,
        after: str | None,
        reasons: Iterable[Reason],
    ) -> None:
        """Note one change. A value that ends as it began leaves no trace."""
        key = (location.file, location.part, element, field)
        earlier = self._changes.pop(key, None)
        all_reasons = tuple(dict.fromkeys((*(earlier.reasons if earlier else ()), *reasons)))
        if earlier is not None:
            before = earlier.before
        if before == after and kind == "changed":
            return
        self._changes[key] = Change(
            kind=kind, location=location, field=field, label=label, before=before, after=after, reasons=all_reasons
        )

    def drop_inside(self, location: Location) -> None:
        """Forget what was noted inside a group or step that is taken out."""
        depth = len(location.position)
        for key, change in list(self._changes.items()):
            found = change.location
            if (found.file, found.part) == (location.file, location.part) and (
                depth and found.position[:depth] == location.position
            ):
                del self._changes[key]

    def changes(self) -> tuple[Change, ...]:
        """All changes, those of the sequence in its order."""
        return tuple(self._changes.values())
