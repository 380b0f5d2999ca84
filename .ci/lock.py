"""Pins every package with its hashes, for all systems and Python versions: ``python .ci/lock.py [--upgrade]``.

Needs uv and a package index, and writes .ci/requirements/*.txt. Whether these fit pyproject.toml is checked by
tests/packaging/test_locks.py, which needs neither. Without --upgrade, versions that still fit stay as they are.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".ci" / "requirements"
LOCKS: dict[str, tuple[str, ...]] = {
    "runtime": (),
    "development": ("--extra", "test", "--extra", "lint"),
    "release": ("--group", "release"),
}
"""Name of a file, and what of pyproject.toml it pins besides the dependencies."""


def main() -> int:
    """Write the files. Returns the exit code of uv."""
    for name, what in LOCKS.items():
        command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
        # No address of an index: what is pinned is the content, wherever it comes from.
        command += ["--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "python .ci/lock.py"]
        command += [*what, *sys.argv[1:], "pyproject.toml", "-o", f".ci/requirements/{name}.txt"]
        done = subprocess.run(command, cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
