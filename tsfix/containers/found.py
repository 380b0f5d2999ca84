"""What a search for exports comes back with: an export, something unreadable, or something left aside and why."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Literal

from msgspec import Struct, field

from tsfix.errors import TsfixError
from tsfix.export import Parts
from tsfix.values import Location

OriginKind = Literal["zip", "file", "folder"]
"""What the export is, wherever it stands: an export zip, one XML file, an unpacked export folder."""


class Origin(Struct, frozen=True, kw_only=True):
    """Where an export was found, so that its copy gets a fitting place and name."""

    kind: OriginKind
    path: Path
    """The file or folder on disk."""
    inside: tuple[str, ...] = ()
    """For an export inside a zip: the member names on the way to it, outermost first."""
    below: PurePosixPath = field(default_factory=PurePosixPath)
    """The folders between the folder that the person named and the file; the copy keeps them."""

    @property
    def name(self) -> str:
        """How messages call it: ``outer.zip!inner.zip`` for a zip inside a zip."""
        return "!".join((str(self.path), *self.inside))


class FoundExport(Struct, frozen=True, kw_only=True):
    """An export with all its parts in memory."""

    parts: Parts
    origin: Origin
    original: bytes = b""
    """The bytes of the zip or of the file; empty for a folder."""


class Unreadable(Struct, frozen=True, kw_only=True):
    """A file or folder that should have been read but could not; the exit code becomes 4."""

    location: Location
    message: str
    remedy: str = ""


class Skipped(Struct, frozen=True, kw_only=True):
    """Files or folders that were left aside in a folder walk or inside a zip, with the reason."""

    location: Location
    """The folder or zip in which they are; a single skipped folder itself."""
    reason: str
    count: int = 1


NOT_A_TASK_SEQUENCE = "not a task sequence"
"""The reason for leaving aside a file that clearly is something else."""

Found = FoundExport | Unreadable | Skipped


def unreadable(error: TsfixError, name: str) -> Unreadable:
    """The result for an error; ``name`` stands in where the error has no location."""
    return Unreadable(location=error.location or Location(file=name), message=error.message, remedy=error.remedy)
