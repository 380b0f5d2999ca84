"""An export as the core sees it: named parts in memory, the task sequences among them, and changes to the parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from tsfix.task_sequence import TaskSequence
from tsfix.values import Location, PackageId

PartsKind = Literal["console-export", "single-file"]
"""``console-export``: the parts of an export zip or of its unpacked folder; ``single-file``: one XML file."""


class Withheld(Struct, frozen=True, kw_only=True):
    """A child task sequence that another export of the same run holds, and that has no copy its parent could call."""

    package_id: PackageId
    name: str
    """Empty where it could not be read."""
    file: str
    """The export that holds it."""
    reason: str
    """Why there is no copy, as a sentence."""


class Borrowed(Struct, frozen=True, kw_only=True):
    """What an export takes from other exports of the same run: the children that its task sequences call."""

    files: Mapping[str, str] = field(default_factory=dict)
    """The borrowed parts, each with the export that it comes from."""
    kept: frozenset[str] = frozenset()
    """Those ``object.xml`` among them whose own export needs no copy: calls of these stay as they are."""
    withheld: tuple[Withheld, ...] = ()


class Parts(Struct, frozen=True, kw_only=True):
    """The parts of one export, as bytes, in the order of the file."""

    name: str
    """The file as the person named it; ``outer.zip!inner.zip`` for a zip inside a zip."""
    kind: PartsKind
    parts: Mapping[str, bytes]
    """Part name (with ``/``) to content. A single file has one part, named like the file."""
    borrowed: Borrowed = field(default_factory=Borrowed)
    """Which of the parts come from other exports of the same run; a copy of this export never holds them."""


class PartChanges(Struct, frozen=True, kw_only=True):
    """What a copy changes in the parts of its original; all other parts stay as they are, byte for byte."""

    replaced: Mapping[str, bytes] = field(default_factory=dict)
    """New content, by the part's name in the original."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """New name, by the part's name in the original."""
    removed: frozenset[str] = frozenset()
    """Names of the original's parts that the copy lacks."""

    def apply(self, parts: Parts) -> dict[str, bytes]:
        """The parts of the copy, in the order of the original."""
        return {
            self.renamed.get(name, name): self.replaced.get(name, data)
            for name, data in parts.parts.items()
            if name not in self.removed
        }

    def copy_of(self, parts: Parts) -> Parts:
        """The same as a value of its own, in which borrowed parts stay borrowed."""
        borrowed = parts.borrowed
        if borrowed.files:
            files = {self.renamed.get(name, name): file for name, file in borrowed.files.items()}
            borrowed = replace(borrowed, files=files)
        return Parts(name=parts.name, kind=parts.kind, parts=self.apply(parts), borrowed=borrowed)


class ReferenceInfo(Struct, frozen=True, kw_only=True):
    """One row of ``ReferencesInfo.xml``: what the exporting site knew about a referenced object."""

    package_id: PackageId
    """The referenced object."""
    name: str
    description: str
    version: str
    program: str
    package_type: str
    """``0`` package, ``3`` driver package, ``4`` task sequence, ``257`` image, ``258`` boot image, ``259`` upgrade."""
    owner: PackageId
    """The task sequence that refers to it."""
    element: int
    """The number of the ``string`` element."""


class PackageObject(Struct, frozen=True, kw_only=True):
    """A dependency that travels in the export: a package, boot image or the like, with some of its properties."""

    package_id: PackageId
    class_name: str
    """``SMS_Package``, ``SMS_BootImagePackage`` and so on."""
    part: str
    properties: Mapping[str, str]
    """Plain properties of ``object.xml`` by name."""


class ExportedTaskSequence(Struct, frozen=True, kw_only=True):
    """One task sequence of an export together with the parts it came from."""

    task_sequence: TaskSequence
    part: str
    """The part that holds the sequence."""
    format: Literal["object-xml", "raw-sequence", "escaped-sequence", "task-sequence-package", "mdt"]
    references_info: tuple[ReferenceInfo, ...] = ()
    location: Location = field(default_factory=lambda: Location(file=""))


class Problem(Struct, frozen=True, kw_only=True):
    """A part that could not be read, with the place and the reason; the rest of the export is still used."""

    location: Location
    message: str
    remedy: str = ""


class Export(Struct, frozen=True, kw_only=True):
    """Everything read from one export."""

    parts: Parts
    task_sequences: tuple[ExportedTaskSequence, ...]
    usmt_marker: PackageId | None = None
    """The exporting site's default USMT package (``USERSTATE_MIGRATION_PACKAGE.xml``)."""
    package_objects: tuple[PackageObject, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """The file as the person named it."""
        return self.parts.name

    @property
    def own_task_sequences(self) -> tuple[ExportedTaskSequence, ...]:
        """The task sequences that it holds itself; all of them, but where children of other exports are borrowed."""
        files = self.parts.borrowed.files
        return tuple(item for item in self.task_sequences if item.part not in files) if files else self.task_sequences
