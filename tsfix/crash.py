"""Keeps the trace of an unexpected fault in a file, so that it can be sent in; the terminal shows one line."""

from __future__ import annotations

import platform
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from tsfix import __version__

_MOST_CAUSES = 20
_MOST_FRAMES = 60
"""From each end of a way. Both are far more than a fault needs that is not a recursion."""


class CarriedFaultError(Exception):
    """A fault that happened in another process. Its argument is the trace as lines: a trace itself cannot travel."""


def carried(fault: Exception) -> CarriedFaultError:
    """The fault in a form that can be sent to another process."""
    return CarriedFaultError(tuple(_trace(fault)))


def write_log(faults: Sequence[BaseException]) -> str:
    """Write versions and the way to each fault to a file in the temporary folder; returns what to tell the person.

    The log names kinds of errors and lines of programs, never the text of an error: that may hold what an export holds.
    """
    import tempfile

    lines = [f"tsfix {__version__}, Python {platform.python_version()}, {platform.platform()}"]
    for fault in faults:
        lines += ["", *_trace(fault)]
    text = "\n".join(lines) + "\n"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="tsfix-", suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(text)
    except OSError:
        return text
    return f"The details are in {file.name}; please send them in. They hold no content of your exports."


def _trace(fault: BaseException) -> Iterator[str]:
    """The kinds of errors, the first cause first, with the calls that led to each."""
    chain = [fault]
    while (before := _cause(chain[-1])) is not None and before not in chain and len(chain) < _MOST_CAUSES:
        chain.append(before)
    for number, one in enumerate(reversed(chain)):
        if number:
            yield "which led to"
        if isinstance(one, CarriedFaultError):
            yield from one.args[0]
            continue
        yield type(one).__qualname__
        # A recursion without an end has thousands of the same calls.
        frames = traceback.extract_tb(one.__traceback__)
        for frame in [*frames[:_MOST_FRAMES], *frames[_MOST_FRAMES:][-_MOST_FRAMES:]]:
            # The whole path would say who the person is, and helps nobody.
            name = "/".join(Path(frame.filename).parts[-3:])
            yield f"  {name}, line {frame.lineno}, in {frame.name}"
            if frame.line:
                yield f"    {frame.line}"


def _cause(fault: BaseException) -> BaseException | None:
    if isinstance(fault, CarriedFaultError):
        return None
    return fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
