"""Tells what became of an export that was converted together with children of other exports, as of the export alone."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from tsfix.conversion import Outcome, Refused, Rewritten, Unchanged
from tsfix.export import Export, PartChanges, Parts
from tsfix.findings import Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export import read_export
from tsfix.places import child_calls


def is_copied(outcome: Outcome) -> bool:
    """Tell whether there is a copy that a parent can call."""
    return isinstance(outcome, Rewritten)


def refusal(outcome: Outcome) -> str:
    """Why there is no copy though one is needed, as a sentence; empty where there is one, or none is needed."""
    if not isinstance(outcome, Refused):
        return ""
    rules = sorted({reason.rule for reason in outcome.reasons}, key=lambda rule: (len(rule), rule))
    return f"Its export is refused ({', '.join(rules)}), so there is no copy to call."


def foreign_calls(outcome: Outcome, knowledge: KnowledgeBase) -> tuple[str, ...]:
    """The calls in a copy that lead to copies in other files, in words."""
    if not isinstance(outcome, Rewritten):
        return ()
    files = outcome.copy.parts.borrowed.files
    new = {str(item).upper() for _, item in outcome.new_ids}
    lent = {
        str(item.task_sequence.package_id).upper(): item for item in outcome.copy.task_sequences if item.part in files
    }
    return tuple(
        f"{' > '.join((exported.task_sequence.name, *call.step.path))} calls {call.child} "
        f'"{lent[call.child].task_sequence.name}", the copy of what {files[lent[call.child].part]} holds'
        for exported in outcome.copy.own_task_sequences
        for call in child_calls(exported.task_sequence, knowledge)
        if call.child in lent and call.child in new
    )


def alone(outcome: Outcome, export: Export) -> Outcome:
    """What became of an export with borrowed children, told as of the export itself."""
    foreign = outcome.original.parts.borrowed.files.keys()
    findings = _own(outcome.findings, foreign)
    if isinstance(outcome, Refused):
        return replace(outcome, original=export, findings=findings, reasons=_own(outcome.reasons, foreign))
    if isinstance(outcome, Unchanged):
        return replace(outcome, original=export, findings=findings)
    changes = _without(outcome.part_changes, foreign)
    if not (changes.replaced or changes.renamed or changes.removed):
        return Unchanged(original=export, findings=findings)
    return _own_copy(outcome, export, changes)


def _own_copy(outcome: Rewritten, export: Export, changes: PartChanges) -> Rewritten:
    foreign = outcome.original.parts.borrowed.files.keys()
    copied = outcome.copy.parts.borrowed.files.keys()
    own = {str(item.task_sequence.package_id).upper() for item in export.task_sequences}
    last = outcome.last_stage
    if last is not None:
        shaped = read_export(_own_parts(last.original))
        last = _own_copy(last, shaped, _without(last.part_changes, last.original.parts.borrowed.files.keys()))
    return replace(
        outcome,
        original=export,
        copy=read_export(_own_parts(outcome.copy)),
        part_changes=changes,
        changes=tuple(item for item in outcome.changes if item.location.part not in foreign),
        findings=_own(outcome.findings, foreign),
        remaining=_own(outcome.remaining, copied),
        mentions=tuple(item for item in outcome.mentions if item.location.part not in copied),
        new_ids=tuple(pair for pair in outcome.new_ids if pair[0].upper() in own),
        scripts=tuple(item for item in outcome.scripts if item.location.part not in foreign),
        last_stage=last,
    )


def _own_parts(export: Export) -> Parts:
    files = export.parts.borrowed.files
    own = {name: data for name, data in export.parts.parts.items() if name not in files}
    return Parts(name=export.name, kind=export.parts.kind, parts=own)


def _without(changes: PartChanges, foreign: Collection[str]) -> PartChanges:
    return PartChanges(
        replaced={name: data for name, data in changes.replaced.items() if name not in foreign},
        renamed={name: new for name, new in changes.renamed.items() if name not in foreign},
        removed=changes.removed,
    )


def _own(findings: tuple[Finding, ...], foreign: Collection[str]) -> tuple[Finding, ...]:
    return tuple(item for item in findings if item.location.part not in foreign)
