"""Find and read the exports in what the person named: files, folders, zips, and zips inside zips.

One export is in memory at a time. A file that cannot be read is a result like any other and never stops the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import assert_never

from msgspec import Struct

from tsfix.containers.files import read_bytes, single_file
from tsfix.containers.folder import TASK_SEQUENCES, names_of_task_sequences, read_folder
from tsfix.containers.found import (
    NOT_A_TASK_SEQUENCE,
    Found,
    FoundExport,
    Origin,
    OriginKind,
    Skipped,
    Unreadable,
    unreadable,
)
from tsfix.containers.limits import DEFAULT_LIMITS, Limits
from tsfix.containers.sniff import looks_like_task_sequence
from tsfix.containers.walk import Candidate, list_candidates
from tsfix.containers.zip_layout import Member, ZipLayout
from tsfix.containers.zip_reader import check_total, open_zip, read_member
from tsfix.errors import TsfixError, UnreadableError
from tsfix.export import Parts
from tsfix.values import Location

_WHAT_IS_READ = "Name an export zip, an unpacked export folder, or a file that holds a task sequence."


def find_exports(paths: Sequence[Path], *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Found]:
    """Find and read all exports, one after the other, in a fixed order. Raises nothing for bad input."""
    for candidate in list_candidates(paths, limits=limits):
        if isinstance(candidate, Candidate):
            yield from open_candidate(candidate, limits=limits)
        else:
            yield candidate


def open_candidate(candidate: Candidate, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Found]:
    """Read the exports of one candidate; a zip of zips gives several. Raises nothing for bad input."""
    origin = Origin(kind=candidate.kind, path=candidate.path, below=candidate.below)
    try:
        match candidate.kind:
            case "folder":
                yield FoundExport(parts=read_folder(candidate.path, origin.name, limits=limits), origin=origin)
            case "zip":
                data = read_bytes(candidate.path, origin.name, limit=limits.file_bytes)
                source = _OpenZip(data=data, origin=origin, is_named=candidate.is_named)
                yield from _open_zip(source, _Budget(limits), limits)
            case "file":
                yield _open_file(candidate, origin, limits)
            case _:
                assert_never(candidate.kind)
    except TsfixError as error:
        yield unreadable(error, origin.name)


def _open_file(candidate: Candidate, origin: Origin, limits: Limits) -> Found:
    data = read_bytes(candidate.path, origin.name, limit=limits.part_bytes)
    if candidate.is_named and not looks_like_task_sequence(data):
        message = "The file is empty." if not data else "No task sequence was found in the file."
        return Unreadable(location=Location(file=origin.name), message=message, remedy=_WHAT_IS_READ)
    return FoundExport(parts=single_file(candidate.path.name, data, origin.name), origin=origin, original=data)


class _BudgetSpentError(UnreadableError):
    """The zip holds more than is unpacked out of one file; nothing more of it is read."""


class _Budget:
    """What may still be unpacked out of one file on disk, zips inside it included."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.nested_bytes

    def take(self, size: int, name: str) -> None:
        self._left -= size
        if self._left < 0:
            message = "The zip holds too much to be unpacked in one go; the rest was not read."
            remedy = "Unpack it and name the folder, if you trust the file."
            raise _BudgetSpentError(message, remedy=remedy, location=Location(file=name))


class _OpenZip(Struct, frozen=True, kw_only=True):
    data: bytes
    origin: Origin
    level: int = 1
    is_named: bool = False

    @property
    def name(self) -> str:
        return self.origin.name


def _open_zip(source: _OpenZip, budget: _Budget, limits: Limits) -> Iterator[Found]:
    """The exports of one zip: itself, or those that it holds."""
    if source.level > limits.zip_levels:
        message = f"The zip is nested more than {limits.zip_levels} levels deep."
        raise UnreadableError(message, remedy="Unpack the outer zip first.", location=Location(file=source.name))
    layout = open_zip(source.data, source.name, limits=limits)
    exports = _export_folders(layout)
    if "" in exports:
        parts = _read_export(source, layout, "", budget, limits)
        yield FoundExport(parts=parts, origin=source.origin, original=source.data)
        return
    for folder in exports:
        yield _open_export_folder(source, layout, folder, budget, limits)
    found = bool(exports)
    others = 0
    for member in layout.members:
        if member.is_folder or member.name.startswith(exports):
            continue
        for result in _open_member(source, member, budget, limits):
            if isinstance(result, Skipped) and result.reason == NOT_A_TASK_SEQUENCE:
                others += result.count
            else:
                found = found or not isinstance(result, Skipped)
                yield result
    yield from _remarks(source, layout, found=found, others=others)


def _open_export_folder(source: _OpenZip, layout: ZipLayout, folder: str, budget: _Budget, limits: Limits) -> Found:
    """One of several exports that were zipped with their folders. A damaged one does not stop the others."""
    origin = _inside(source.origin, folder.removesuffix("/"), "folder")
    try:
        return FoundExport(parts=_read_export(source, layout, folder, budget, limits), origin=origin)
    except _BudgetSpentError:
        raise
    except UnreadableError as error:
        return unreadable(error, origin.name)


def _remarks(source: _OpenZip, layout: ZipLayout, *, found: bool, others: int) -> Iterator[Found]:
    """What to say about the members that are no exports."""
    location = Location(file=source.name)
    if found and others:
        yield Skipped(location=location, reason=NOT_A_TASK_SEQUENCE, count=others)
    elif not found and source.is_named:
        message = f"The zip holds no task sequence ({others:,} other files)." if layout.members else "The zip is empty."
        yield Unreadable(location=location, message=message, remedy=_WHAT_IS_READ)
    elif not found:
        yield Skipped(location=location, reason="a zip without a task sequence")


def _export_folders(layout: ZipLayout) -> tuple[str, ...]:
    """Where exports stand in the zip: ``""`` for the zip itself, ``Folder/`` for an export zipped with its folder."""
    names = names_of_task_sequences(member.name for member in layout.members)
    return tuple(dict.fromkeys(name[: name.rindex(f"{TASK_SEQUENCES}/")] for name in names if not _is_hidden(name)))


def _is_hidden(name: str) -> bool:
    """Tell whether a member lies in a hidden folder or is one of the shadow files that macOS puts into zips."""
    return name.startswith("__MACOSX/") or any(component.startswith(".") for component in name.split("/"))


def _read_export(source: _OpenZip, layout: ZipLayout, folder: str, budget: _Budget, limits: Limits) -> Parts:
    members = [member for member in layout.members if member.name.startswith(folder) and not member.is_folder]
    check_total(members, source.name, limits)
    parts = {}
    for member in members:
        budget.take(member.size, source.name)
        parts[member.name.removeprefix(folder)] = read_member(source.data, member, source.name, limits=limits)
    name = source.name if not folder else _inside(source.origin, folder.removesuffix("/"), "folder").name
    return Parts(name=name, kind="console-export", parts=parts)


def _open_member(source: _OpenZip, member: Member, budget: _Budget, limits: Limits) -> Iterator[Found]:
    """The exports that one member of a plain zip holds. A damaged member does not stop the others."""
    suffix = PurePosixPath(member.name).suffix.lower()
    if suffix not in (".zip", ".xml") or _is_hidden(member.name):
        yield Skipped(location=Location(file=source.name, part=member.name), reason=NOT_A_TASK_SEQUENCE)
        return
    try:
        budget.take(member.size, source.name)
        content = read_member(source.data, member, source.name, limits=limits)
        if suffix == ".zip":
            origin = _inside(source.origin, member.name, "zip")
            yield from _open_zip(_OpenZip(data=content, origin=origin, level=source.level + 1), budget, limits)
        elif looks_like_task_sequence(content[: limits.sniffed_bytes]):
            origin = _inside(source.origin, member.name, "file")
            parts = single_file(PurePosixPath(member.name).name, content, origin.name)
            yield FoundExport(parts=parts, origin=origin, original=content)
        else:
            yield Skipped(location=Location(file=source.name, part=member.name), reason=NOT_A_TASK_SEQUENCE)
    except _BudgetSpentError:
        raise
    except UnreadableError as error:
        yield unreadable(error, source.name)


def _inside(origin: Origin, member: str, kind: OriginKind) -> Origin:
    return Origin(kind=kind, path=origin.path, inside=(*origin.inside, member), below=origin.below)
