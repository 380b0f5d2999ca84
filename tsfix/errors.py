"""What can go wrong in a way that a person can mend: one class for each exit code.

Every error says where, what was found, what was expected and what to do; ``str(error)`` is one paragraph of it.
"""

from __future__ import annotations

from tsfix.values import Location


class TsfixError(Exception):
    """Trouble with a cause and a remedy, never a traceback for the person at the terminal."""

    exit_code = 70

    def __init__(self, message: str, *, remedy: str = "", location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.location = location

    def __str__(self) -> str:
        where = ""
        if self.location is not None:
            where = self.location.file
            if self.location.part:
                where += f", {self.location.part}"
            if self.location.line is not None:
                where += f", line {self.location.line}"
                if self.location.column is not None:
                    where += f", column {self.location.column}"
            where += ": "
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{remedy}"


class UsageError(TsfixError):
    """The request or a configuration file is wrong: unknown target, ID that is not an ID, output inside the input."""

    exit_code = 2


class OutputError(TsfixError):
    """A copy or a report could not be put in its place: no room, no right, or something is there already."""

    exit_code = 2


class UnreadableError(TsfixError):
    """An input could not be read, or did not survive the round-trip check."""

    exit_code = 4


class UnsupportedEditError(TsfixError):
    """An edit cannot be made without risk to the rest of the file, so the file is left alone."""

    exit_code = 4


class OverlapError(TsfixError):
    """Two edits claim the same bytes. Both reasons are in the message; nothing is written."""

    exit_code = 70


class VerificationError(TsfixError):
    """A finished copy holds something that was not planned, or lacks something that was. It is not put in place."""

    exit_code = 70
