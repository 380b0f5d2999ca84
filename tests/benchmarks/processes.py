"""Runs whole processes: how long they take, and how much memory they need at their peak."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from time import perf_counter

from tests.benchmarks.inputs import ROOT

TSFIX = (sys.executable, "-m", "tsfix")
FINE = (0, 1)
"""``scan`` ends with 1 when it found something, as it should in these inputs."""

_PEAK = """
import json, os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps([time.perf_counter() - started, usage.ru_maxrss * unit, process.returncode]))
"""
"""Runs in a small process in between: a child counts the memory of the process that started it as its own."""


def environment(**others: str) -> dict[str, str]:
    """This checkout, and nothing that colours or wraps."""
    keep = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "PYTHONIOENCODING")}
    return {**keep, "PYTHONPATH": str(ROOT), **others}


def wall_seconds(command: Sequence[str], **env: str) -> float:
    """Run a command, throw away what it prints, and return the seconds from its start to its end."""
    settings = environment(**env)
    started = perf_counter()
    code = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=settings, cwd=ROOT, check=False
    ).returncode
    taken = perf_counter() - started
    if code not in FINE:
        raise RuntimeError(f"{' '.join(command)} ended with {code}")
    return taken


def measures_memory() -> bool:
    """Whether this system says how much memory a process needed: Windows does not say it this way."""
    return hasattr(os, "wait4")


def peak_memory(command: Sequence[str]) -> tuple[float, float]:
    """Run a command; returns its seconds and the peak of its largest process in bytes."""
    found = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _PEAK, *command],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        check=True,
    )
    taken, peak, code = json.loads(found.stdout)
    if code not in FINE:
        raise RuntimeError(f"{' '.join(command)} ended with {code}")
    return taken, peak
