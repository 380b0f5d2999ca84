"""Takes what the import script must know about a copy from the copy itself, as it was read back."""

from __future__ import annotations

from collections.abc import Mapping

from tsfix.export import Export
from tsfix.scripts.options import CopyFacts
from tsfix.task_sequence import TaskSequence
from tsfix.values import NO_PACKAGE, PackageId, is_package_id


def copy_facts(
    export: Export, *, file: str, sha256: str = "", type_in_again: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[CopyFacts, ...]:
    """One entry for each task sequence of a copy, in the order of the file.

    ``file`` is its path below the folder that the import script will be given, ``sha256`` the digest of the whole file,
    ``type_in_again`` the lines for the person by the part that holds the task sequence. A task sequence without an ID (a
    raw sequence, MDT) gets an empty one, which ``render`` refuses with the file's name.
    """
    lines = type_in_again or {}
    return tuple(
        CopyFacts(
            name=exported.task_sequence.name,
            package_id=exported.task_sequence.package_id or PackageId(""),
            file=file,
            sha256=sha256,
            references=_references(exported.task_sequence),
            boot_image=_boot_image(exported.task_sequence),
            type_in_again=lines.get(exported.part, ()),
        )
        for exported in export.task_sequences
    )


def _references(task_sequence: TaskSequence) -> tuple[str, ...]:
    """Everything that the sequence or its object refers to, each once, without the placeholder for "no package"."""
    found: list[str] = []
    for reference in task_sequence.sequence.references:
        found.extend(one for one in (reference.package, reference.application) if one)
    found.extend(reference.package for reference in task_sequence.object_references)
    return tuple(dict.fromkeys(one for one in found if one != NO_PACKAGE))


def _boot_image(task_sequence: TaskSequence) -> PackageId | None:
    given = task_sequence.property("BootImageID")
    value = given.value if given is not None else None
    return PackageId(value) if isinstance(value, str) and is_package_id(value) and value != NO_PACKAGE else None
