"""Build the copy of an export in memory, and read a built copy again as if it were a fresh input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from tsfix.containers.files import single_file
from tsfix.containers.found import FoundExport
from tsfix.containers.limits import DEFAULT_LIMITS, Limits
from tsfix.containers.names import same_name_key, shown
from tsfix.containers.zip_reader import read_zip
from tsfix.containers.zip_writer import copy_zip
from tsfix.errors import TsfixError, UnsupportedEditError, VerificationError
from tsfix.export import PartChanges, Parts
from tsfix.values import Location

Built = bytes | Mapping[str, bytes]
"""A finished copy: the bytes of a zip or file, or the files of a folder by their names (with ``/``)."""


def build_copy(found: FoundExport, changes: PartChanges, *, limits: Limits = DEFAULT_LIMITS) -> Built:
    """Build the copy that the changes describe. Without changes it equals the original byte for byte.

    Raises ``UnsupportedEditError`` where no faithful copy is possible.
    """
    match found.origin.kind:
        case "zip":
            return copy_zip(found.original, changes, name=found.parts.name, limits=limits)
        case "folder":
            return _copy_folder(found.parts, changes)
        case "file":
            return _copy_file(found.parts, changes)
        case _:
            assert_never(found.origin.kind)


def reread(found: FoundExport, built: Built, *, limits: Limits = DEFAULT_LIMITS) -> Parts:
    """Read a built copy like a fresh input; the parts keep the original's name for messages.

    A zip is read twice, by our own reader and by Python's ``zipfile``, and both must find the same.
    Raises ``VerificationError``: a copy that cannot be read is a bug, not an input error.
    """
    name = found.parts.name
    if not isinstance(built, bytes):
        return Parts(name=name, kind="console-export", parts=dict(built))
    if found.origin.kind == "file":
        (part,) = found.parts.parts
        return single_file(part, built, name)
    try:
        parts = read_zip(built, name, limits=limits)
    except TsfixError as error:
        raise VerificationError(f"The finished copy cannot be read again: {error}") from error
    if dict(parts.parts) != _read_with_zipfile(built):
        message = "Two programs read different contents out of the finished copy."
        raise VerificationError(message, location=Location(file=name))
    return parts


def _copy_file(parts: Parts, changes: PartChanges) -> bytes:
    (part,) = parts.parts
    _check_known(parts, changes)
    if changes.renamed or changes.removed:
        message = "The only part of a single file cannot be renamed or removed."
        raise UnsupportedEditError(message, location=Location(file=parts.name, part=part))
    return changes.replaced.get(part, parts.parts[part])


def _copy_folder(parts: Parts, changes: PartChanges) -> dict[str, bytes]:
    _check_known(parts, changes)
    copy = changes.apply(parts)
    if len({same_name_key(name) for name in copy}) != len(parts.parts) - len(changes.removed):
        message = "Two parts of the copy would have the same name."
        raise UnsupportedEditError(message, location=Location(file=parts.name))
    return copy


def _check_known(parts: Parts, changes: PartChanges) -> None:
    for part in (*changes.replaced, *changes.renamed, *sorted(changes.removed)):
        if part not in parts.parts:
            location = Location(file=parts.name, part=shown(part))
            raise UnsupportedEditError("A part is to be changed that the export does not hold.", location=location)


def _read_with_zipfile(data: bytes) -> dict[str, bytes] | None:
    """The members of a zip as Python reads them; nothing where it cannot."""
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {item.orig_filename: archive.read(item) for item in archive.infolist() if not item.is_dir()}
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError):
        return None
