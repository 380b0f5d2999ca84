"""The main job on an invented example: a Windows 11 deployment of the Contoso hierarchy, cloned for a site on 1706."""

from __future__ import annotations

import tempfile
from pathlib import Path

from msgspec.structs import replace

from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.configuration.targets import find_target
from tsfix.errors import TsfixError
from tsfix.knowledge.load import load
from tsfix.reports.report import Report
from tsfix.request import CloneRequest
from tsfix.use_cases.answers import Answer
from tsfix.use_cases.cloning import clone_exports

EXPORT = "Contoso Deploy Windows 11.zip"
HIERARCHY = "contoso.toml"
TARGET = "LEG"
"""The site of the example that still runs an older version."""


def run_demo(output_dir: Path | None) -> Answer:
    """Clone the shipped example, into a temporary folder unless one is given.

    The exit code is 0 when the copy was written: that steps were disabled is the point of the example.
    """
    if output_dir is not None:
        return _run(output_dir)
    with tempfile.TemporaryDirectory(prefix="tsfix-demo-") as folder:
        answer = _run(Path(folder) / "copies")
    return replace(answer, report=_without_folder(answer.report))


def _without_folder(report: Report) -> Report:
    """The temporary folder is gone when the report is read, so its name would help nobody."""
    return replace(
        report,
        exports=tuple(
            replace(
                export,
                file=Path(export.file).name,
                destination=f"{Path(export.destination).name} (deleted again; keep it with -o DIR)",
            )
            for export in report.exports
        ),
    )


def _run(output_dir: Path) -> Answer:
    knowledge = load()
    hierarchy = read_hierarchy(example(HIERARCHY), knowledge)
    request = CloneRequest(
        target=find_target(TARGET, knowledge, hierarchy),
        new_steps="disable",
        reserved_ids=frozenset(hierarchy.ids()),
    )
    answer = clone_exports([example(EXPORT)], knowledge, request, hierarchy, output_dir, force=True)
    copied = any(export.outcome in ("copied", "present") for export in answer.report.exports)
    return replace(answer, exit_code=0 if copied else answer.exit_code)


def example(name: str) -> Path:
    """A file of the example: shipped with the package, or in a checkout among the fixtures.

    Raises TsfixError when the installation lacks it.
    """
    here = Path(__file__).parents[1]
    places = (here / "demo_data" / name, *sorted((here.parent / "fixtures").glob(f"*/{name}")))
    for place in places:
        if place.is_file():
            return place
    raise TsfixError(f"The example {name} is missing from this installation.", remedy="Install tsfix again.")
