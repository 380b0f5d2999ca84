"""Looks at an export as the checks do: subjects, findings, and what must be readable before anything is changed."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from tsfix.checks import run_checks
from tsfix.checks.subject import Subject
from tsfix.errors import UnreadableError
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export import APPLICATIONS, REFERENCES
from tsfix.parse.export_layout import TASK_SEQUENCE_CLASS, object_parts
from tsfix.parse.relationships import MANIFEST, RELATIONSHIPS, find_part, read_manifest, read_relationships
from tsfix.request import CloneRequest
from tsfix.values import Location


def subjects_of(
    export: Export, request: CloneRequest, knowledge: KnowledgeBase, hierarchy: Hierarchy
) -> tuple[Subject, ...]:
    """One subject for each task sequence of the export."""
    return tuple(
        Subject(export=export, exported=exported, knowledge=knowledge, target=request.target, hierarchy=hierarchy)
        for exported in export.task_sequences
    )


class Views:
    """What the checks see in the exports of one conversion: the original, what its stages leave of it, the copy.

    Each of them is looked at once, however many ask about it: an export never changes.
    """

    def __init__(self, request: CloneRequest, knowledge: KnowledgeBase, hierarchy: Hierarchy) -> None:
        self.request = request
        self.knowledge = knowledge
        self.hierarchy = hierarchy
        self._seen: dict[int, _View] = {}
        """By the identity of the export, which the view keeps alive."""

    def subjects(self, export: Export) -> tuple[Subject, ...]:
        """One subject for each task sequence of the export."""
        return self._of(export).subjects

    def findings(self, export: Export) -> tuple[Finding, ...]:
        """The findings in every task sequence of the export; in borrowed ones only where decisions may be about them."""
        return self._of(export).findings

    def _of(self, export: Export) -> _View:
        view = self._seen.get(id(export))
        if view is None:
            subjects = subjects_of(export, self.request, self.knowledge, self.hierarchy)
            borrowed = frozenset[str]() if self.request.decisions else frozenset(export.parts.borrowed.files)
            view = self._seen[id(export)] = _View(export=export, subjects=subjects, left_out=borrowed)
        return view


class _View(Struct, frozen=True, kw_only=True, dict=True):
    """What the checks see in one export."""

    export: Export
    subjects: tuple[Subject, ...]
    left_out: frozenset[str]
    """The parts with task sequences that are not checked."""

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(
            finding
            for subject in self.subjects
            if subject.exported.part not in self.left_out
            for finding in run_checks(subject)
        )


def require_readable(export: Export) -> None:
    """A part that was not read would keep its old IDs in the copy. Raises UnreadableError for one that must change."""
    for problem in export.problems:
        part = problem.location.part
        objects = object_parts([part])
        if part.endswith((REFERENCES, APPLICATIONS)) or (objects and objects[0].class_name == TASK_SEQUENCE_CLASS):
            raise UnreadableError(
                f"{problem.message} A copy must change this part.", remedy=problem.remedy, location=problem.location
            )
    _require_tables_of_contents(export)


def _require_tables_of_contents(export: Export) -> None:
    """They name what a copy renames and drops, and every copy is held against them."""
    for name, read in ((RELATIONSHIPS, read_relationships), (MANIFEST, read_manifest)):
        part = find_part(export.parts, name)
        if part is not None:
            read(export.parts.parts[part], Location(file=export.name, part=part))


def under_old_names(findings: tuple[Finding, ...], original: Export, copy: Export) -> tuple[Finding, ...]:
    """Findings in the copy, told with the names that the person knows."""
    names = {
        after.location.part: before.task_sequence.name
        for before, after in zip(original.task_sequences, copy.task_sequences, strict=True)
    }
    return tuple(
        replace(
            finding,
            location=replace(
                finding.location,
                task_sequence=names.get(finding.location.part, finding.location.task_sequence),
            ),
        )
        if finding.location.task_sequence
        else finding
        for finding in findings
    )
