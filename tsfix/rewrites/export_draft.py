"""The intended changes to a whole export: its task sequences, its small parts, its dependencies."""

from __future__ import annotations

from msgspec import Struct

from tsfix.changes import Change, Reason
from tsfix.export import Export, ExportedTaskSequence, PartChanges
from tsfix.parse.references_info import Row, row_of
from tsfix.rewrites.change_log import ChangeLog
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.values import Location
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.draft import Draft
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import SourceText, decode_source


class DraftedRow(Struct, frozen=True, kw_only=True):
    """One row of a list of references: an INSTANCE that stands there as escaped text."""

    draft: Draft
    """Its intended changes."""
    was: Row
    """The row as the original has it; it numbers the elements for the draft."""

    def text(self, name: str) -> str | None:
        """The value of a property as drafted so far; None where the row has no such property."""
        number = self.was.elements.get(name)
        if number is None:
            return None
        return self.draft.text(number) if self.draft.drafted(number) else self.was.values[name]


class ExportDraft:
    """Drafts of every part that changes, and what is removed or renamed."""

    def __init__(self, export: Export) -> None:
        self.export = export
        self.log = ChangeLog()
        self.sequences = tuple(SequenceDraft(export.parts, item, self.log) for item in export.task_sequences)
        self._sources: dict[str, SourceText] = {}
        self._drafts: dict[str, Draft] = {}
        self._rows: dict[tuple[str, int], DraftedRow] = {}
        self.removed_parts: set[str] = set()
        self.renamed_parts: dict[str, str] = {}

    def of(self, exported: ExportedTaskSequence) -> SequenceDraft:
        """The draft of one task sequence."""
        return next(draft for draft in self.sequences if draft.exported is exported)

    def part(self, name: str) -> Draft:
        """The draft of a part that holds no sequence, such as ``Manifest.xml``.

        Raises UnreadableError when the part cannot be decoded.
        """
        if name not in self._drafts:
            source = decode_source(self.export.parts.parts[name], Location(file=self.export.name, part=name))
            self._sources[name] = source
            self._drafts[name] = Draft(Document(source.utf8))
        return self._drafts[name]

    def is_drafted(self, name: str) -> bool:
        """Tell whether anyone has asked for the draft of that part; if not, it stands as in the original."""
        return name in self._drafts

    def row(self, part: str, element: int) -> DraftedRow:
        """The draft of one row of a list of references, by the ``string`` element that holds it.

        Raises UnreadableError when the row is not well-formed.
        """
        found = self._rows.get((part, element))
        if found is None:
            draft = self.part(part).embedded(element)
            root = parse_xml(draft.document.data, location=Location(file=self.export.name, part=part))
            draft.document.keep_tree(root)
            found = self._rows[part, element] = DraftedRow(draft=draft, was=row_of(root))
        return found

    def note(
        self,
        part: str,
        element: int,
        field: str,
        label: str,
        before: str | None,
        after: str | None,
        reason: Reason,
        *,
        task_sequence: str = "",
    ) -> None:
        """Log a change outside of the sequences: in a small part, or in the object around a sequence."""
        self.log.add(
            kind="removed" if after is None else "changed",
            location=Location(file=self.export.name, part=part, task_sequence=task_sequence),
            element=element,
            field=field,
            label=label,
            before=before,
            after=after,
            reasons=(reason,),
        )

    @property
    def changes(self) -> tuple[Change, ...]:
        """Everything planned so far."""
        return self.log.changes()

    @property
    def changed(self) -> bool:
        """True when the copy will differ from the original in any byte."""
        return bool(
            self.removed_parts
            or self.renamed_parts
            or any(draft.changed for draft in self.sequences)
            or any(draft.changed for draft in self._drafts.values())
        )

    def part_changes(self) -> PartChanges:
        """The finished parts. Raises UnsupportedEditError when one cannot be written faithfully."""
        replaced = {draft.exported.part: draft.content() for draft in self.sequences if draft.changed}
        for name, draft in self._drafts.items():
            if draft.changed and name not in self.removed_parts:
                replaced[name] = self._sources[name].encode(draft.apply())
        return PartChanges(replaced=replaced, renamed=dict(self.renamed_parts), removed=frozenset(self.removed_parts))
