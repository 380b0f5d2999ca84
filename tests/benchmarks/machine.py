"""What was measured on: the machine and the versions, without any name of either."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import strftime

from lxml import etree

from tsfix import __version__

PACKAGES = ("lxml", "typer", "deepdiff", "xmldiff", "graphtage")


def about(size: str) -> dict[str, str]:
    """The facts that a reader needs to judge the figures."""
    libxml2 = ".".join(map(str, etree.LIBXML_VERSION))
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return {
        "date": strftime("%Y-%m-%d"),
        "size": size,
        "processor": _processor(),
        "processors": str(os.cpu_count() or 1),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "versions": f"tsfix {__version__}, {versions}, libxml2 {libxml2}",
    }


def load() -> float | None:
    """How many processes want to run, on average over the last minute; None where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def _processor() -> str:
    """Linux tells it in a file; elsewhere Python knows something like it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown")


def _memory() -> str:
    try:
        found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return "unknown"
    return f"{found / 1e9:.0f} GB"
