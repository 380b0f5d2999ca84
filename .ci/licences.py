"""Lists what tsfix needs at run time and under which licence: ``python .ci/licences.py [--check]``.

Reads the pinned list and what the installed packages say of themselves. With --check nothing is written; the exit code
is 1 when the page is out of date.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "licences.md"
RUNTIME = ROOT / ".ci" / "requirements" / "runtime.txt"
PURPOSE = {
    "lxml": "reads XML",
    "typer": "the command line",
    "deepdiff": "compares nested values",
    "jinja2": "fills the template of the HTML report",
    "msgspec": "the values of the program",
    "pydantic": "checks the files of hierarchy, decisions and facts",
}
"""What the direct dependencies are for."""
ELSEWHERE = {"colorama": "BSD-3-Clause"}
"""Packages of one system only, which this one may lack."""
COMPILED = frozenset({"lxml", "pydantic-core", "markupsafe", "msgspec", "cachebox"})
"""Those with machine code, so that a file for Windows differs from one for Linux."""
OLD_NAMES = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",  # Jinja2: its LICENSE.txt has the three clauses
    "ISC License (ISCL)": "ISC",
    "BSD": "BSD-3-Clause",
}
"""Packages that say their licence in an older way, in today's way (SPDX)."""
PERMISSIVE = frozenset({"MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "PSF-2.0", "Apache-2.0"})
"""What may come in without a second look."""
INTRODUCTION = """\
<!-- Made by: python .ci/licences.py. Change pyproject.toml and .ci/requirements/runtime.txt instead. -->

# What tsfix brings along

tsfix is under the MIT licence. Installing it installs these packages, and nothing else.
All these licences allow use at work, and none asks for your own sources.
The names of the licences are those of SPDX, as the packages state them.

| package | licence | machine code | for | needed by |
|---|---|---|---|---|
"""
CLOSING = """
Versions and hashes stand in `.ci/requirements/runtime.txt`.
The wheels of lxml hold the C libraries libxml2, libxslt, zlib and libiconv; the licence files in the wheel speak of them.
libiconv is under the LGPL 2.1, the others are under the MIT and zlib licences.

A release has a bill of materials beside it: `tsfix-VERSION.cdx.json`, CycloneDX, made of the pinned packages on Linux.
On Windows one package more comes along: `colorama`.
The wheel itself holds none of these packages, so it has no bill of materials inside.
"""


def page() -> str:
    """The text of the page. Raises SystemExit for a licence that nobody has looked at."""
    return INTRODUCTION + "".join(map(_row, pinned())) + CLOSING


def pinned() -> dict[str, tuple[str, ...]]:
    """The pinned packages, and what needs each, as the list says."""
    found: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in RUNTIME.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([a-z0-9._-]+)==", line):
            name = match[1]
            found[name] = ()
        elif name and (match := re.match(r"    #(?: via)? +([a-z0-9._-]+)(?: \(pyproject\.toml\))?$", line)):
            found[name] += (match[1],) if match[1] != "via" else ()
    return found


def licence_of(name: str) -> str:
    """The licence as SPDX names it, of the installed package; empty where it is not installed."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return ELSEWHERE.get(name, "")
    stated = _stated(found)
    return OLD_NAMES.get(stated, stated)


def _stated(found: Distribution) -> str:
    if stated := found.metadata.get_all("License-Expression"):
        return str(stated[0])
    classes = [
        text.rpartition(" :: ")[2]
        for text in found.metadata.get_all("Classifier", [])
        if text.startswith("License :: OSI Approved :: ")
    ]
    return str((classes or found.metadata.get_all("License") or [""])[0])


def _row(name: str) -> str:
    licence = licence_of(name)
    if licence not in PERMISSIVE:
        raise SystemExit(f'{name}: nobody has looked at the licence "{licence}". Look, then add it to {__file__}.')
    code = "yes" if name in COMPILED else "no"
    needed = ", ".join(pinned()[name])
    where = " (Windows only)" if name in ELSEWHERE else ""
    return f"| {name}{where} | {licence} | {code} | {PURPOSE.get(name, '')} | {needed} |\n"


def main() -> int:
    """Write or check the page. Returns the exit code."""
    text = page()
    current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
    if not current and "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    if not current:
        print(f"{'out of date' if '--check' in sys.argv[1:] else 'written'}: {PAGE.name}")
    return 0 if current or "--check" not in sys.argv[1:] else 1


if __name__ == "__main__":
    sys.exit(main())
