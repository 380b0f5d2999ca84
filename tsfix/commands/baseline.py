"""The options of ``tsfix scan`` for known findings: what is given is checked first, and the file is written last."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tsfix.commands.options import FailOn
    from tsfix.use_cases.answers import Answer

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def check_baseline(path: Path | None, read: Path | None, reason: str, until: str) -> None:
    """Raise UsageError before any work is done: without a reason, or where known findings would lose theirs."""
    from tsfix.errors import UsageError
    from tsfix.values import Location

    if path is None:
        if reason or until:
            raise UsageError(
                "--reason and --until say something about --write-baseline, which is not there.",
                remedy="Add --write-baseline FILE, or leave them out.",
            )
        return
    if not reason.strip():
        raise UsageError(
            "--write-baseline needs a reason.",
            remedy='Say why these findings may stay: --reason "checked on 2 March, to be mended with the update in May".',
        )
    if until and not _DAY.fullmatch(until):
        raise UsageError(f'--until: "{until}" is not a day.', remedy="Write it like 2027-03-31.")
    if path.exists() and (read is None or path.resolve() != read.resolve()):
        raise UsageError(
            "The baseline is there already.",
            remedy="Give it with --baseline too, so that what is known keeps its reasons; or take the file away first.",
            location=Location(file=str(path)),
        )


def with_baseline(
    answer: Answer, path: Path, reason: str, until: str, fail_on: FailOn, inputs: Iterable[Path]
) -> Answer:
    """Write the baseline. What it holds is known from now on, so it fails this run no more.

    Raises OutputError when the file cannot be written.
    """
    from msgspec.structs import replace

    from tsfix.containers.output import write_text_atomically
    from tsfix.reports.baseline import baseline
    from tsfix.use_cases.exit_codes import EXIT_FINDINGS

    counted = "error" if fail_on == "never" else fail_on
    text = baseline(answer.report, reason.strip(), until, counted)
    write_text_atomically(path, text, inputs=inputs)
    number = text.count("[[decisions]]\n")
    remark = f"{number:,} known {'finding' if number == 1 else 'findings'} in {path}"
    code = 0 if answer.exit_code == EXIT_FINDINGS else answer.exit_code
    return replace(answer, remarks=(*answer.remarks, remark), exit_code=code)
