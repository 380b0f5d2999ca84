"""Writes an answer to stdout: as wide as the terminal, coloured only where a person looks at it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tsfix.errors import OutputError

if TYPE_CHECKING:
    from tsfix.reports.diff_report import DiffReport
    from tsfix.reports.proof_report import ProofReport
    from tsfix.reports.report import Report

_PIPED_WIDTH = 100
_WIDEST = 120


def write_answer(report: Report | DiffReport, format: str, *, no_color: bool) -> None:
    """Render the report and write it. Machine formats are UTF-8 whatever the console's encoding is."""
    from tsfix.reports import rendered, text
    from tsfix.reports.report import Report

    if format == "text":
        colour = sys.stdout.isatty() and not no_color and not os.environ.get("NO_COLOR") and _understands_colour()
        if isinstance(report, Report):
            _write_lines(text.lines(report, answer_width(), colour))
        else:
            from tsfix.reports import text_diff

            write_text(text_diff.render(report, width=answer_width(), colour=colour))
    else:
        _write_bytes(rendered(report, format))


def write_proof(report: ProofReport, format: str, *, no_color: bool) -> None:
    """Render the answer of ``tsfix verify`` and write it."""
    from tsfix.reports import proof_report

    if format == "text":
        colour = sys.stdout.isatty() and not no_color and not os.environ.get("NO_COLOR") and _understands_colour()
        write_text(proof_report.render_text(report, width=answer_width(), colour=colour))
    else:
        _write_bytes([(proof_report.to_json if format == "json" else proof_report.render_markdown)(report)])


def answer_width() -> int:
    """How many columns an answer may take: those of the terminal, or a fixed number where nobody watches."""
    if not sys.stdout.isatty():
        return _PIPED_WIDTH
    return min(shutil.get_terminal_size((_PIPED_WIDTH, 40)).columns - 1, _WIDEST)


def write_json(value: Any) -> None:
    """Write plain values as JSON."""
    _write_bytes([json.dumps(value, ensure_ascii=False, indent=2) + "\n"])


def write_text(answer: str) -> None:
    """Write text for a person, in the console's encoding."""
    _write_lines([answer])


def _write_lines(lines: Iterable[str]) -> None:
    with _open_end():
        sys.stdout.writelines(lines)
        sys.stdout.flush()


def _write_bytes(pieces: Iterable[str]) -> None:
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        _write_lines(pieces)
        return
    with _open_end():
        sys.stdout.flush()
        for piece in pieces:
            buffer.write(piece.encode("utf-8"))
        buffer.flush()


@contextmanager
def _open_end() -> Iterator[None]:
    """A reader that has seen enough, such as ``head``, is no fault. Raises OutputError for everything else."""
    try:
        yield
    except OSError as error:
        # What is left in the buffer goes nowhere, or Python complains about it at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno not in (errno.EPIPE, errno.EINVAL):  # Windows says EINVAL
            raise OutputError(
                f"The answer cannot be written to where stdout leads: {error.strerror}.",
                remedy="Make room there, or name a file with --output.",
            ) from error


def _understands_colour() -> bool:
    """Windows consoles need their escape sequences switched on; where that fails there is no colour."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        handle = kernel.GetStdHandle(-11)
        mode = ctypes.c_ulong()
        if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
            return False
        return bool(kernel.SetConsoleMode(handle, mode.value | 0x0004))
    else:  # noqa: RET505 - the type checker reads platforms by branches
        return os.environ.get("TERM", "") != "dumb"
