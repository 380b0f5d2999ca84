"""What takes the place of a package or task sequence in a copy."""

from __future__ import annotations

from msgspec import Struct

from tsfix.changes import Reason


class NewReference(Struct, frozen=True, kw_only=True):
    """What takes the place of a package."""

    package_id: str
    name: str
    """Its name for ``ReferencesInfo.xml``; the ID where nobody said one, so that no row keeps the old package's name."""
    same_object: bool
    """True when only the ID changes (a task sequence's copy); then version and description stay."""
    reason: Reason
