"""A mistake in a data file: where it is, what was found, what was expected."""

from __future__ import annotations

from msgspec import Struct


class Fault(Struct, frozen=True, kw_only=True):
    """One mistake in one file."""

    file: str
    """The file below ``data/``, with ``/``."""
    key: str
    """The key path, such as ``features.apply-driver-package-recurse.introduced.version``."""
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: found {self.found}, expected {self.expected}"
