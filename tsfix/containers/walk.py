"""List the files and folders below what the person named that may hold exports, without reading them fully."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct, field

from tsfix.containers.files import cannot_open, opened
from tsfix.containers.folder import is_export_entry, is_export_folder, is_link
from tsfix.containers.found import NOT_A_TASK_SEQUENCE, OriginKind, Skipped, Unreadable, unreadable
from tsfix.containers.limits import DEFAULT_LIMITS, Limits
from tsfix.containers.sniff import looks_like_task_sequence
from tsfix.containers.zip_end import looks_like_zip
from tsfix.values import Location


class Candidate(Struct, frozen=True, kw_only=True):
    """A file or folder on disk that may hold exports. It is small, so that it can be sent to another process."""

    kind: OriginKind
    path: Path
    below: PurePosixPath = field(default_factory=PurePosixPath)
    """The folders between the folder that the person named and this."""
    is_named: bool = False
    """Whether the person named exactly this; then it is reported even if it holds no task sequence."""


def list_candidates(
    paths: Sequence[Path], *, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Candidate | Unreadable | Skipped]:
    """List what may hold exports, in a fixed order; a file or folder that is named twice comes once.

    Folders are walked recursively. Links, hidden folders and content folders (``<zip>_files``) are not entered; a
    ``Skipped`` says so.
    """
    seen: set[str] = set()
    for path in paths:
        try:
            candidates = _named(path, limits)
            for candidate in candidates:
                if isinstance(candidate, Candidate):
                    key = os.path.normcase(os.path.realpath(candidate.path))
                    if key in seen:
                        continue
                    seen.add(key)
                yield candidate
        except OSError as error:
            yield unreadable(cannot_open(str(path), error), str(path))


def _named(path: Path, limits: Limits) -> Iterator[Candidate | Unreadable | Skipped]:
    path.stat()  # says at once if there is nothing
    if path.is_dir():
        yield from _walk(path, limits)
    else:
        yield Candidate(kind=_kind(path), path=path, is_named=True)


def _kind(path: Path) -> OriginKind:
    if path.is_file():
        with opened(path) as file:
            if looks_like_zip(file.read(4) or b"") or path.suffix.lower() == ".zip":
                return "zip"
    return "file"


def _walk(top: Path, limits: Limits) -> Iterator[Candidate | Unreadable | Skipped]:
    """Everything below a folder: its own exports first, then its sub-folders, each by name."""
    files = others = found = 0
    waiting = [(top, PurePosixPath())]
    while waiting:
        folder, below = waiting.pop()
        is_export = is_export_folder(folder)
        if is_export:
            found += 1
            yield Candidate(kind="folder", path=folder, below=below.parent, is_named=folder == top)
        try:
            entries = _entries(folder)
        except OSError as error:
            yield unreadable(cannot_open(str(folder), error), str(folder))
            continue
        names = {entry.name.casefold() for entry in entries}
        subfolders = []
        for entry in entries:
            if is_export and is_export_entry(entry.name):
                continue
            reason = _why_not_entered(entry, names)
            if reason:
                yield Skipped(location=Location(file=str(Path(entry.path))), reason=reason)
            elif _is_folder(entry):
                subfolders.append((Path(entry.path), below / entry.name))
            else:
                files += 1
                if files > limits.walked_files:
                    message = f"The folder holds more than {limits.walked_files:,} files; the rest was not looked at."
                    remedy = "Name its sub-folders one by one."
                    yield Unreadable(location=Location(file=str(top)), message=message, remedy=remedy)
                    return
                candidate = _sniffed(Path(entry.path), below, limits)
                if candidate is None:
                    others += 1
                else:
                    found += 1
                    yield candidate
        waiting.extend(reversed(subfolders))
    if others:
        yield Skipped(location=Location(file=str(top)), reason=NOT_A_TASK_SEQUENCE, count=others)
    if not found:
        message = f"The folder holds no task sequence ({others:,} other files)."
        remedy = "Name a folder with export zips, unpacked exports or task sequence XML files."
        yield Unreadable(location=Location(file=str(top)), message=message, remedy=remedy)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: (entry.name.casefold(), entry.name))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link whose target may not be looked at
        return False


def _why_not_entered(entry: os.DirEntry[str], names: set[str]) -> str:
    """Say why a sub-folder is left out; empty for a folder to enter and for every file."""
    if not _is_folder(entry):
        return ""
    if is_link(entry):
        return "a link to a folder; name it to read what it points to"
    if entry.name.startswith((".", "$")):
        return "a hidden folder; name it to read it"
    name = entry.name.casefold()
    if name.endswith("_files") and name.removesuffix("_files") + ".zip" in names:
        return "the content folder of the export beside it"
    return ""


def _sniffed(path: Path, below: PurePosixPath, limits: Limits) -> Candidate | Unreadable | None:
    """What a file in a walked folder is, judged by its first bytes; nothing if it is clearly no task sequence."""
    if path.name.startswith("."):  # macOS puts a hidden ._name.zip beside many a name.zip
        return None
    if path.suffix.lower() == ".zip":
        return Candidate(kind="zip", path=path, below=below)
    try:
        if not path.is_file():
            return None
        with opened(path) as file:
            start = file.read(limits.sniffed_bytes) or b""  # nothing at all from a pipe that took its place
    except OSError as error:
        if path.suffix.lower() == ".xml":
            return unreadable(cannot_open(str(path), error), str(path))
        return None
    return Candidate(kind="file", path=path, below=below) if looks_like_task_sequence(start) else None
