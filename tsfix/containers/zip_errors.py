"""The wording that all errors about a zip share: the file, the member, what was found, what to do."""

from __future__ import annotations

from tsfix.containers.names import shown
from tsfix.errors import UnreadableError
from tsfix.values import Location

COPY_AGAIN = "Export the task sequence again, or copy the file again from where it came."
ZIP_AGAIN = "Unpack the file with a tool you trust and zip it again, or export the task sequence again."
JOIN_FIRST = "Put the pieces together into one zip first."
DO_NOT_USE = "An export never holds this. Find out where the file comes from before you use it."


def unreadable_zip(file: str, message: str, *, part: str = "", remedy: str = COPY_AGAIN) -> UnreadableError:
    """The error for a zip, or for one member of it, that cannot be read or is refused."""
    return UnreadableError(message, remedy=remedy, location=Location(file=file, part=shown(part)))
