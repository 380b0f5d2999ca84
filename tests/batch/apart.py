"""Exports for the tests of parents and children that stand in different files of one run."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.made import CLIENT, Group, Known, Step, TaskSequence, osd_steps, parts, sequence, steps
from tsfix.export import Export, Parts
from tsfix.parse.export import read_export

PARENT, CHILD, GRANDCHILD = "CHQ00A00", "CHQ00A01", "CHQ00A02"
TOOLS = Known(id="CHQ00C01", name="Tools", type=0)
LEGACY_CLIENT = "LEG00042"


def client_step() -> Step:
    """Installs the default client package, which no older site takes."""
    return osd_steps.setup_windows("Setup", CLIENT.id, "")


def call(child: str, *needs: str, name: str = "Call") -> Step:
    """Calls a child and repeats what that refers to."""
    return steps.run_task_sequence(name, child, f"Child {child}", steps.package(*needs))


def write(folder: Path, name: str, package_id: str, title: str, *items: Group | Step) -> Path:
    """An export zip with one task sequence."""
    folder.mkdir(parents=True, exist_ok=True)
    others = tuple(Known(id=found, name=f"Child {found}", type=4) for found in (PARENT, CHILD, GRANDCHILD))
    content = parts(sequence(package_id, title, *items), known=(CLIENT, TOOLS, *others))
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in content.items():
            archive.writestr(zipfile.ZipInfo(part, (2024, 5, 1, 12, 0, 0)), data)
    return path


def read(path: Path) -> Export:
    """An export zip as the core sees it."""
    with zipfile.ZipFile(path) as archive:
        content = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    return read_export(Parts(name=str(path), kind="console-export", parts=content))


def call_of(export: Export, step: str = "Call") -> dict[str, str]:
    """The variables of the step that calls the child, without the prefix of their names."""
    found = next(item for item in export.task_sequences[0].task_sequence.sequence.steps() if item.name == step)
    return {variable.name.removeprefix("OSDSubTasksequence"): variable.value for variable in found.variables}


def write_all(path: Path, *sequences: TaskSequence) -> Path:
    """An export zip with several task sequences."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts(*sequences, known=(CLIENT, TOOLS)).items():
            archive.writestr(part, data)
    return path
