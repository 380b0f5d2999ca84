"""Names of temporary files, which say whose they are, and the removal of those that a dead run of tsfix left behind."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

_NAME = re.compile(r"\.tsfix-(?:(?P<computer>[0-9a-f]{8})-(?P<process>[0-9]{1,10})-)?[0-9a-f]{16}\.tmp")
_SURELY_OVER = 24 * 60 * 60
"""Seconds. A temporary file lives for as long as one copy is written; of another computer's, only the age tells."""


def temporary_name(destination: Path) -> Path:
    """A name beside the destination that says which process on which computer writes there."""
    return destination.with_name(f".tsfix-{_this_computer()}-{os.getpid()}-{os.urandom(8).hex()}.tmp")


@lru_cache(maxsize=1024)
def sweep_once(folder: Path) -> None:
    """Sweep a folder before the first copy of this process goes there."""
    sweep(folder)


def sweep(folder: Path, *, below: bool = False) -> int:
    """Remove the temporary files and folders in a folder whose run is over; returns how many.

    What has no such name, belongs to a living process, or is young and of another computer stays. What cannot be removed
    stays too: it harms nobody. ``below`` looks into the folders below as well.
    """
    removed = 0
    waiting = [folder]
    while waiting:
        entries: list[os.DirEntry[str]] = []
        with suppress(OSError), os.scandir(waiting.pop()) as found:
            entries = list(found)
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                with suppress(OSError):
                    removed += _removed(entry)
            elif below and entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
    return removed


def _removed(entry: os.DirEntry[str]) -> bool:
    name = _NAME.fullmatch(entry.name)
    if name is None or entry.is_symlink():
        return False
    if name["computer"] == _this_computer():
        over = not is_alive(int(name["process"]))
    else:
        over = time.time() - entry.stat(follow_symlinks=False).st_mtime > _SURELY_OVER
    if not over:
        return False
    if entry.is_dir(follow_symlinks=False):
        shutil.rmtree(entry.path, ignore_errors=True)
    else:
        Path(entry.path).unlink(missing_ok=True)
    return True


@lru_cache(maxsize=1)
def _this_computer() -> str:
    """The same for every process of this computer, and no name that a file on a share should not show."""
    return hashlib.sha256(platform.node().encode("utf-8", "backslashreplace")).hexdigest()[:8]


def is_alive(process: int) -> bool:
    """Tell whether a process of this number runs on this computer. In doubt, it does."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        handle = kernel.OpenProcess(0x00100000, False, process)  # SYNCHRONIZE
        if not handle:
            return ctypes.get_last_error() != 87  # ERROR_INVALID_PARAMETER: there is none
        try:
            return bool(kernel.WaitForSingleObject(ctypes.c_void_p(handle), 0) == 0x102)  # WAIT_TIMEOUT: it runs
        finally:
            kernel.CloseHandle(ctypes.c_void_p(handle))
    else:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except (OSError, OverflowError):
            return True
        return not _is_over(process)


def _is_over(process: int) -> bool:
    """Tell whether a process has ended and nobody has asked for its end yet: it keeps its number until then.

    In a container without an init process that can take forever. Only Linux shows it.
    """
    try:
        state = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state in (b"Z", b"X")
