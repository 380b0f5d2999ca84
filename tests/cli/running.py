"""Runs the command line as a person does: in this process where that is enough, in one of its own where it is not."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from msgspec import Struct

from tsfix.cli import main

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT / "fixtures" / "exports"
INVALID = ROOT / "fixtures" / "invalid"
HIERARCHY = ROOT / "fixtures" / "hierarchy" / "contoso.toml"
DEPLOY = EXPORTS / "Contoso Deploy Windows 11.zip"
KIOSK = EXPORTS / "Contoso Kiosk (zipped by hand).zip"
PRETTY = EXPORTS / "raw" / "pretty.xml"
"""A small export without any error for 1706."""


class Ran(Struct, frozen=True, kw_only=True):
    """What a run of tsfix left on its streams, and how it ended."""

    code: int
    out: bytes
    err: bytes

    @property
    def stdout(self) -> str:
        return self.out.decode("utf-8").replace("\r\n", "\n")

    @property
    def stderr(self) -> str:
        return self.err.decode("utf-8").replace("\r\n", "\n")

    @property
    def said(self) -> str:
        """Everything on one line, as wrapping breaks sentences anywhere."""
        return " ".join(f"{self.stdout} {self.stderr}".split())


def run(*arguments: object) -> Ran:
    """Run in this process. Nothing is a terminal here."""
    out, err = io.BytesIO(), io.BytesIO()
    streams = [io.TextIOWrapper(stream, encoding="utf-8", newline="\n") for stream in (out, err)]
    code: object = 0
    with (
        mock.patch.object(sys, "argv", ["tsfix", *map(str, arguments)]),
        mock.patch.object(sys, "stdout", streams[0]),
        mock.patch.object(sys, "stderr", streams[1]),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
        for stream in streams:
            stream.flush()
    found = Ran(code=code if isinstance(code, int) else 0, out=out.getvalue(), err=err.getvalue())
    for stream in streams:
        stream.detach()
    return found


def environment(**others: str) -> dict[str, str]:
    """The environment of a process of its own: this checkout, and nothing that colours or wraps."""
    keep = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "PYTHONIOENCODING")}
    return {**keep, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0", **others}


def run_process(*arguments: object, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Ran:
    """Run in a process of its own, with pipes for its streams."""
    found = subprocess.run(
        [sys.executable, "-m", "tsfix", *map(str, arguments)],
        capture_output=True,
        env=environment(**(env or {})),
        cwd=cwd or ROOT,
        check=False,
        timeout=60,
    )
    return Ran(code=found.returncode, out=found.stdout, err=found.stderr)


def files_below(folder: Path) -> list[str]:
    """Every file below a folder, so that a test can tell that nothing half-written is left."""
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
