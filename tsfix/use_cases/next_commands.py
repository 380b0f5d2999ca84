"""What a scan was called with, put into its report: the commands of what to do next have to work as they are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from tsfix.use_cases.answers import Answer


def with_command(answer: Answer, exports: Sequence[Path], files: Mapping[str, Path | None]) -> Answer:
    """The answer whose matrix knows the exports and the files, by the options that name them."""
    matrix = answer.report.matrix
    if matrix is None:
        return answer
    options = tuple(text for option, path in files.items() if path is not None for text in (option, str(path)))
    told = replace(matrix, exports=tuple(map(str, exports)), options=options)
    return replace(answer, report=replace(answer.report, matrix=told))
