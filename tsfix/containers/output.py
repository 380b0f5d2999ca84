"""Put finished copies and reports in place: whole or not at all, and never over an input.

Everything is written under a temporary name in the target folder, forced to the disk, read back and compared, and only
then given its name. A crash or a full disk leaves at most a file named ``.tsfix-….tmp``, never half a copy; the
next run takes that away.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal

from tsfix.containers.destination import check_not_an_input, check_not_read
from tsfix.containers.leftovers import sweep_once, temporary_name
from tsfix.containers.names import has_forbidden_characters, shown, why_unsafe
from tsfix.errors import OutputError
from tsfix.opening import WITHOUT_WAITING
from tsfix.values import Location

_LONG_ON_WINDOWS = 220
"""Windows without long paths stops at 260 characters; a temporary name and the files of a folder come on top."""

WAITS_FOR_READER = 5.0
"""Seconds for which a pipe that no program reads from is waited for."""

Placed = Literal["written", "replaced", "unchanged"]
"""What happened: a new copy; an earlier one replaced; or the very same copy was there already and was left alone."""


def put_in_place(
    destination: Path, data: bytes | Mapping[str, bytes], *, force: bool = False, inputs: Iterable[Path] = ()
) -> Placed:
    """Put a copy in place: bytes as a file, a mapping as a folder of files. Missing folders above it are made.

    An earlier copy is only replaced with ``force``; one that is identical is left as it is. A folder is only replaced
    if it holds nothing but files that the copy holds too. Raises ``OutputError``; then the earlier copy is still there.
    """
    check_not_an_input(destination, inputs)
    sweep_once(destination.parent)
    try:
        if isinstance(data, bytes):
            return _put_file(destination, data, force=force)
        return _put_folder(destination, data, force=force)
    except OSError as error:
        raise _os_error(destination, error) from None
    except RecursionError:
        # Making a thousand folders in each other: a member of a zip may stand in as many.
        raise _too_long(destination) from None


def write_text_atomically(path: Path, text: str, *, inputs: Iterable[Path] = ()) -> None:
    """Write a report as UTF-8 with LF line ends, in place of an earlier one of that name.

    It may lie inside an input folder, but never take the place of something that is read. Raises ``OutputError``.
    """
    write_pieces_atomically(path, [text], inputs=inputs)


def write_pieces_atomically(path: Path, pieces: Iterable[str], *, inputs: Iterable[Path] = ()) -> None:
    """The same for a text in pieces, of which only one is in memory at a time."""
    check_not_read(path, inputs)
    encoded = (piece.encode("utf-8") for piece in pieces)
    try:
        if path.is_dir():
            raise _error(path, "A folder has this name.", "Choose another file name.")
        if path.exists() and not path.is_file():
            with _opened_as_it_is(path) as file:  # a device or a pipe, which cannot be replaced
                file.writelines(encoded)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep_once(path.parent)
        temporary = temporary_name(path)
        try:
            _write_checked(temporary, encoded)
            temporary.replace(path)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise _os_error(path, error) from None


def _put_file(destination: Path, data: bytes, *, force: bool) -> Placed:
    exists = os.path.lexists(destination)
    if exists and _holds(destination, data):
        return "unchanged"
    if exists and not (force and destination.is_file()):
        raise _is_there(destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(destination)
    try:
        _write_checked(temporary, [data])
        if force:
            temporary.replace(destination)
        elif not _moved_to_free_name(temporary, destination):
            # Another run may have written the very same copy this moment.
            if _holds(destination, data):
                return "unchanged"
            raise _is_there(destination)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    _sync_folder(destination.parent)
    return "replaced" if exists else "written"


def _put_folder(destination: Path, files: Mapping[str, bytes], *, force: bool) -> Placed:
    _check_file_names(destination, files)
    exists = os.path.lexists(destination)
    if exists:
        if _holds_all(destination, files):
            return "unchanged"
        if not (force and destination.is_dir() and not destination.is_symlink()):
            raise _is_there(destination)
        _check_replaceable(destination, files)
    destination.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(destination)
    try:
        for name, data in files.items():
            file = temporary.joinpath(*name.split("/"))
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_checked(file, [data])
        if exists:
            _swap_folders(temporary, destination)
        else:
            try:
                temporary.rename(destination)
            except OSError:
                if _holds_all(destination, files):
                    return "unchanged"  # another run has written the very same copy this moment
                raise
    finally:
        _remove_tree(temporary)
    _sync_folder(destination.parent)
    return "replaced" if exists else "written"


def _write_checked(path: Path, pieces: Iterable[bytes]) -> None:
    written = hashlib.sha256()
    with path.open("xb") as file:
        for piece in pieces:
            file.write(piece)
            written.update(piece)
        file.flush()
        os.fsync(file.fileno())
    with path.open("rb") as file:
        read = hashlib.file_digest(file, "sha256")
    if read.digest() != written.digest():
        message = "What was read back from the disk is not what was written."
        raise _error(path, message, "Check the disk or the network share, and choose another output folder.")


def _moved_to_free_name(temporary: Path, destination: Path) -> bool:
    """Give a file its name, but never that of another one, even if that came into being this moment: then False."""
    try:
        if os.name == "nt":
            temporary.rename(destination)  # fails on Windows if the name is taken
        else:
            os.link(temporary, destination)
    except FileExistsError:
        return False
    except OSError:
        # No hard links here (FAT, some network shares): a check just before is the best there is.
        if os.name == "nt":
            raise
        if os.path.lexists(destination):
            return False
        temporary.rename(destination)
    return True


def _swap_folders(temporary: Path, destination: Path) -> None:
    """Put a folder in the place of an earlier one, which comes back if that fails.

    Nobody sweeps the earlier one away where a crash leaves it aside: it may be all that there is.
    """
    aside = temporary_name(destination).with_suffix(".old")
    destination.rename(aside)
    try:
        temporary.rename(destination)
    except OSError:
        aside.rename(destination)
        raise
    _remove_tree(aside)


def _remove_tree(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _check_replaceable(destination: Path, files: Mapping[str, bytes]) -> None:
    """Refuse to delete what tsfix did not write."""
    strange = sorted(set(_tree(destination)) - set(files))
    if strange:
        message = f"The folder is there already and holds files that the copy does not, such as {shown(strange[0])}."
        raise _error(destination, message, "Delete the folder yourself if it is no longer needed, or choose another.")


def _holds(path: Path, data: bytes) -> bool:
    """Tell whether this is a file with just that content. What has another size is not read: it may have any."""
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def _holds_all(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Tell whether this is a folder with just these files."""
    if not folder.is_dir():
        return False
    found = _tree(folder)
    return found.keys() == files.keys() and all(_holds(found[name], data) for name, data in files.items())


def _tree(folder: Path) -> dict[str, Path]:
    return {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}


def _opened_as_it_is(path: Path) -> BinaryIO:
    """A device or a pipe, such as ``>(...)`` of a shell, open to write. The reader of a pipe is not waited for for ever."""
    started = time.monotonic()
    flags = os.O_WRONLY | WITHOUT_WAITING | getattr(os, "O_BINARY", 0)
    while True:
        try:
            descriptor = os.open(path, flags)
            break
        except OSError as error:
            if not path.is_fifo() or error.errno != errno.ENXIO or time.monotonic() - started > WAITS_FOR_READER:
                raise
            time.sleep(0.01)
    if os.name != "nt":
        os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "wb")


def _check_file_names(destination: Path, files: Mapping[str, bytes]) -> None:
    for name in files:
        reason = why_unsafe(name)
        if not reason and (has_forbidden_characters(name) or name.endswith("/")):
            reason = "the name holds characters that no file name may hold"
        if reason:
            message = f"The part {shown(name)} cannot be written as a file: {reason}."
            raise _error(destination, message, "Use the export as a zip instead of a folder.")


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk, where the system can do that for folders (Windows cannot)."""
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_there(destination: Path) -> OutputError:
    message = "There is already something else with this name."
    return _error(destination, message, "Use --force to replace an earlier copy, or choose another output folder.")


def _os_error(destination: Path, error: OSError) -> OutputError:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        remedy = "Free some space or choose another output folder."
        return _error(destination, "There is no room left on the disk.", remedy)
    if isinstance(error, PermissionError):
        remedy = "Check your rights, whether a program has the file open, or choose another output folder."
        return _error(destination, "The file may not be written.", remedy)
    if isinstance(error, FileExistsError | NotADirectoryError):
        return _error(destination, "A file stands where a folder is needed.", "Choose another output folder.")
    if error.errno == errno.ENAMETOOLONG or (os.name == "nt" and len(str(destination.absolute())) > _LONG_ON_WINDOWS):
        return _too_long(destination)
    if error.errno in (errno.ENXIO, errno.EPIPE) and destination.is_fifo():
        remedy = "Start the program that reads from the pipe first, or name a file."
        return _error(destination, "It is a pipe, and no program reads what is written to it.", remedy)
    if error.errno == errno.EFBIG:
        remedy = "Choose an output folder on another disk, or ask for a higher limit on the size of files."
        return _error(destination, "The file is larger than this disk or this account allows.", remedy)
    reason = error.strerror or type(error).__name__
    return _error(destination, f"The file cannot be written: {reason}.", "Choose another output folder.")


def _too_long(destination: Path) -> OutputError:
    remedy = "Choose an output folder with a short path."
    return _error(destination, "The path is too long for this system.", remedy)


def _error(destination: Path, message: str, remedy: str) -> OutputError:
    return OutputError(message, remedy=remedy, location=Location(file=str(destination)))
