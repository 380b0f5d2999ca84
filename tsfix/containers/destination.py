"""Decide where a copy goes: its folder and its name, and that it never lands on an input or on another copy."""

from __future__ import annotations

import os
from collections.abc import Iterable, MutableMapping, Sequence
from pathlib import Path, PurePosixPath

from tsfix.containers.files import opened
from tsfix.containers.found import Origin
from tsfix.containers.limits import DEFAULT_LIMITS
from tsfix.containers.names import safe_file_name, same_name_key
from tsfix.containers.sniff import looks_like_task_sequence
from tsfix.errors import OutputError, UsageError
from tsfix.values import Location


def plan_destination(origin: Origin, output_dir: Path, target_label: str) -> Path:
    """Where the copy of an export goes: ``TS.zip`` becomes ``TS (for LEG).zip`` in the output folder.

    Folders below a named input folder are kept. An export inside ``outer.zip`` goes into a folder ``outer``.
    Characters and names that Windows forbids are replaced. An empty label gives ``TS (relinked).zip``.
    """
    folder = _below(output_dir, origin.below.parts)
    way = [PurePosixPath(member) for member in origin.inside]
    if way:
        folder = folder / safe_file_name(origin.path.stem)
        for member in way[:-1]:
            folder = _below(folder, member.parent.parts) / safe_file_name(member.stem)
        folder = _below(folder, way[-1].parent.parts)
        name = way[-1].name
    else:
        # The name of "." or ".." is only known once the path is resolved; that of C:\ stays empty.
        name = origin.path.name if origin.path.name not in ("", "..") else origin.path.resolve().name
    added = f" (for {target_label})" if target_label else " (relinked)"
    stem, suffix = (name, "") if origin.kind == "folder" else (PurePosixPath(name).stem, PurePosixPath(name).suffix)
    return folder / safe_file_name(stem or "export", added=added, suffix=suffix)


def claim_destination(taken: MutableMapping[str, str], destination: Path, origin_name: str) -> None:
    """Note in ``taken`` that a copy of ``origin_name`` goes to ``destination``.

    Raises ``UsageError`` naming both inputs if another copy goes there, also where the names differ only in case or
    in how an accent is written.
    """
    key = same_name_key(os.path.realpath(destination))
    other = taken.setdefault(key, origin_name)
    if other != origin_name:
        message = f"The copies of {other} and {origin_name} would both become {destination}."
        raise UsageError(message, remedy="Name the folder that holds both, or use two runs and two output folders.")


def check_output_dir(output_dir: Path, inputs: Sequence[Path]) -> None:
    """Make sure that copies may go to the folder; it need not exist yet and is not made.

    Raises ``UsageError`` if it is, or lies in, an input folder (links and upper and lower case considered), if a file
    has that name, or if it may not be written to.
    """
    _check_current_folder(output_dir)
    for folder in inputs:
        if _is_folder(folder) and _is_inside(output_dir, folder):
            message = f"The output folder {output_dir} lies inside the input folder {folder}."
            remedy = "Copies would become inputs of the next run. Choose an output folder outside of all inputs."
            raise UsageError(message, remedy=remedy)
    existing = _nearest_existing(output_dir)
    if not existing.is_dir():
        message = f"The output folder {output_dir} cannot be made: {existing} is not a folder."
        raise UsageError(message, remedy="Choose another output folder.")
    if not _is_writable(existing, probe=existing == output_dir.absolute()):
        message = f"The output folder {output_dir} cannot be written to."
        raise UsageError(message, remedy="Choose another output folder, or check your rights on this one.")


def check_not_an_input(destination: Path, inputs: Iterable[Path]) -> None:
    """Raise ``OutputError`` if a file to be written is one of the inputs, or lies inside an input folder."""
    for path in inputs:
        if _is_same(destination, path) or (_is_folder(path) and _is_inside(destination, path)):
            message = f"This would write over the input {path}. Inputs are only read."
            location = Location(file=str(destination))
            raise OutputError(message, remedy="Choose another name or folder.", location=location)


def check_not_read(report: Path, inputs: Iterable[Path]) -> None:
    """Raise ``OutputError`` if a report would replace an input, or anything in an input folder that would be read."""
    _check_current_folder(report)
    for path in inputs:
        if _is_same(report, path) or (_is_folder(path) and _is_inside(report, path) and _may_be_read(report)):
            message = "This would write a report over something that is read."
            raise OutputError(message, remedy="Choose another name.", location=Location(file=str(report)))


def _may_be_read(path: Path) -> bool:
    """Tell whether a walk would read the file that is there now."""
    try:
        if not path.is_file():
            return path.suffix.lower() == ".zip"
        with opened(path) as file:
            start = file.read(DEFAULT_LIMITS.sniffed_bytes)
    except OSError:
        return True
    return path.suffix.lower() == ".zip" or looks_like_task_sequence(start or b"")


def _below(folder: Path, components: Sequence[str]) -> Path:
    return folder.joinpath(*(safe_file_name(component) for component in components))


def _nearest_existing(path: Path) -> Path:
    path = path.absolute()
    while not os.path.lexists(path) and path != path.parent:
        path = path.parent
    return path


def _check_current_folder(path: Path) -> None:
    """Raise ``UsageError`` for a path that is counted from a folder which somebody has deleted meanwhile."""
    try:
        path.absolute()
    except OSError:
        remedy = "Change to a folder that exists, or give the whole path."
        raise UsageError(f"{path} cannot be found: the current folder is gone.", remedy=remedy) from None


def _is_folder(path: Path) -> bool:
    """No folder where the system cannot even ask, as for a name that is too long: what reads the input says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_same(one: Path, other: Path) -> bool:
    """Tell whether both are the same file or folder. The file system is asked first: it knows links and case."""
    try:
        if one.samefile(other):
            return True
    except OSError:
        pass
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def _is_inside(path: Path, folder: Path) -> bool:
    resolved = Path(os.path.realpath(path))
    return any(_is_same(candidate, folder) for candidate in (resolved, *resolved.parents))


def _is_writable(folder: Path, *, probe: bool) -> bool:
    """Tell whether files can be made in the folder. Only a try is honest on Windows; it leaves nothing behind."""
    if not os.access(folder, os.W_OK):
        return False
    if probe:
        import tempfile

        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError:
            return False
    return True
