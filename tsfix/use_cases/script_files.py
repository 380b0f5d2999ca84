"""Hands the scripts over that a person has to put into packages: files beside the copy, and what to do with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from tsfix.containers.names import safe_file_name
from tsfix.containers.output import put_in_place
from tsfix.conversion import Rewritten
from tsfix.reports.report import Task
from tsfix.rewrites.script_packages import ScriptFile

_INTO_PACKAGES = (
    "Put these scripts into the source folders of their packages, and update the distribution points, before the copy is "
    "deployed. The files are UTF-8 with a byte order mark, as Windows PowerShell needs them."
)
_SIGN = " A step that asks for signed scripts is marked: check the signature of its file, and sign it again if need be."


class HandedOver(Struct, frozen=True, kw_only=True):
    """One script of a run: for which package, under which name, and a fingerprint."""

    package: str
    file: str
    sha256: str
    export: str


def folder_of(copy: Path) -> Path:
    """Where the scripts of a copy lie: ``TS (for LEG).zip`` has them in ``TS (for LEG) - scripts``."""
    stem = copy.stem if copy.suffix.lower() in (".zip", ".xml") else copy.name
    return copy.with_name(safe_file_name(stem, added=" - scripts"))


def file_of(copy: Path, script: ScriptFile) -> Path:
    """The file of one script: in a folder named as its package, so that the folder is what goes into the package."""
    return folder_of(copy) / script.package.upper() / safe_file_name(script.file)


def write_scripts(outcome: Rewritten, copy: Path, inputs: Sequence[Path], *, force: bool) -> None:
    """Write the scripts of a copy. An earlier, different file is only replaced with ``force``. Raises OutputError."""
    for script in outcome.scripts:
        put_in_place(file_of(copy, script), script.content, force=force, inputs=inputs)


def with_scripts(tasks: tuple[Task, ...], outcome: Rewritten, copy: Path) -> tuple[Task, ...]:
    """The tasks after an import, with the scripts to be put into packages, which come first."""
    if not outcome.scripts:
        return tasks
    signed = any(script.signed for script in outcome.scripts)
    places = tuple(
        f"{file_of(copy, script)}: for package {script.package}, step {' > '.join(script.location.path)}"
        + (" (signed)" if script.signed else "")
        for script in outcome.scripts
    )
    return (Task(rule="R25", text=_INTO_PACKAGES + (_SIGN if signed else ""), places=places), *tasks)


def handed_over(outcome: Rewritten) -> tuple[HandedOver, ...]:
    """The scripts of one copy, to compare with those of the other copies of the run."""
    return tuple(
        HandedOver(
            package=script.package.upper(),
            file=script.file,
            sha256=hashlib.sha256(script.content).hexdigest(),
            export=outcome.original.name,
        )
        for script in outcome.scripts
    )


def contradictions(scripts: Iterable[HandedOver]) -> Iterator[str]:
    """Scripts of different copies that would be the same file of the same package, and differ."""
    first: dict[tuple[str, str], HandedOver] = {}
    for one in scripts:
        other = first.setdefault((one.package, one.file.casefold()), one)
        if other.sha256 != one.sha256:
            yield (
                f"The scripts {one.file} for package {one.package} of {other.export} and {one.export} differ: give one of "
                "them another file name in tsfix.toml."
            )
