"""The inputs: invented exports of real size, larger ones made of the same groups, and edited copies for the comparison."""

from __future__ import annotations

import sys
import zipfile
from functools import cache
from pathlib import Path

from msgspec.structs import replace

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "fixtures"))

from builder import build_and_capture, contoso, deploy_windows_11, refresh_windows_10, steps  # noqa: E402
from builder.export_content import Content, Known, TaskSequence  # noqa: E402
from builder.export_parts import export_parts  # noqa: E402
from builder.sequence import Group, Step, sequence_text  # noqa: E402

__all__ = ["Group", "Items", "Step", "items", "object_xml", "parts_of", "sequence_xml", "steps", "write_exports"]

Items = tuple[Group | Step, ...]

REAL_STEPS = 57
"""The steps of the two fixtures together; the real exports that the goals were set with have 41 to 57."""


def items(number: int = REAL_STEPS) -> Items:
    """About that many steps, in groups like those of a real deployment.

    The first 57 steps are those of two fixtures. More of them repeat the same groups with other names, values and
    descriptions; the number is rounded to whole repetitions.
    """
    return tuple(
        renamed(item, copy) if copy else item
        for copy in range(max(1, round(number / REAL_STEPS)))
        for item in real_items()
    )


@cache
def real_items() -> Items:
    """The groups of a Windows 11 deployment and of a build and capture: 57 steps."""
    contents = (deploy_windows_11.content(), build_and_capture.content())
    return tuple(item for content in contents for item in content.task_sequences[0].items)


def renamed(item: Group | Step, number: int) -> Group | Step:
    """The same group or step with another name and other values, as an administrator copies one to change it."""
    if isinstance(item, Group):
        children = tuple(renamed(child, number) for child in item.children)
        return replace(item, name=f"{item.name} {number}", children=children)
    return replace(item, name=f"{item.name} {number}", description=f"Copy {number}. {item.description}".strip())


def object_xml(wanted: Items, number: int = 0) -> bytes:
    """The ``object.xml`` of one task sequence with these groups and steps."""
    parts = parts_of(wanted, number)
    return next(data for name, data in parts.items() if name.endswith("/object.xml"))


def sequence_xml(wanted: Items) -> bytes:
    """The ``<sequence>`` alone, on one line."""
    return sequence_text(wanted).encode()


def parts_of(wanted: Items, number: int = 0) -> dict[str, bytes]:
    """The parts of an export with one task sequence, without dependencies."""
    return export_parts(
        Content(
            title=f"Benchmark {number}",
            site=contoso.CHQ,
            known=known_packages(),
            applications=contoso.APPLICATIONS,
            task_sequences=(
                TaskSequence(
                    id=f"CHQ{number + 0x1000:05X}",
                    name=f"Deploy Windows {number}",
                    items=wanted,
                    boot_image=contoso.BOOT_IMAGE.id,
                ),
            ),
        )
    )


def known_packages() -> tuple[Known, ...]:
    """What the exporting site knows of every package that the steps name."""
    contents = (deploy_windows_11.content(), build_and_capture.content(), refresh_windows_10.content())
    return tuple({known.id: known for content in contents for known in content.known}.values())


def write_exports(folder: Path, number: int) -> list[Path]:
    """Write that many exports as deflated zips, each with another name and ID."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"Deploy Windows {index:04}.zip" for index in range(number)]
    for index, path in enumerate(paths):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, data in parts_of(items(), index).items():
                archive.writestr(name, data)
    return paths
