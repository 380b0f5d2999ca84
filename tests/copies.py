"""Laws that every copy keeps, for fixtures and for real exports alike."""

from __future__ import annotations

from tests.made import cloned, knowledge
from tsfix.conversion import CLIENT_RULES, Outcome, Rewritten, Unchanged, Views, with_request
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy
from tsfix.request import CloneRequest
from tsfix.rewrites.export_draft import ExportDraft


def check_outcome(original: Export, wanted: CloneRequest, known: Hierarchy | None = None) -> Outcome:
    """Clone, and check everything that holds for every outcome."""
    before = dict(original.parts.parts)
    outcome = cloned(original, wanted, known)
    assert before == dict(original.parts.parts)
    if isinstance(outcome, Rewritten):
        check_copy(outcome, wanted, known or Hierarchy())
    return outcome


def check_copy(done: Rewritten, wanted: CloneRequest, known: Hierarchy) -> None:
    """No false claim: nothing blocking is left, a second run changes nothing, unplanned parts are the same bytes."""
    original, copy = done.original, done.copy
    assert dict(done.part_changes.apply(original.parts)) == dict(copy.parts.parts)
    for name, data in original.parts.parts.items():
        if name not in done.part_changes.replaced and name not in done.part_changes.removed:
            assert data == copy.parts.parts[done.part_changes.renamed.get(name, name)]
    assert [problem.message for problem in original.problems] == [problem.message for problem in copy.problems]
    left = [
        finding
        for finding in Views(wanted, knowledge(), with_request(known, wanted)).findings(copy)
        if finding.blocking and finding.rule not in wanted.accepted_rules
    ]
    if wanted.new_steps == "keep":
        left = [finding for finding in left if finding.rule in CLIENT_RULES]
    assert [] == [(finding.rule, finding.title) for finding in left]
    assert isinstance(cloned(copy, wanted, known), Unchanged)
    check_identity(done)
    check_lengths(done)


def check_lengths(done: Rewritten) -> None:
    """What a site does not take must not come from us: names above 50 characters, descriptions of steps above 255."""
    for before, after in zip(done.original.task_sequences, done.copy.task_sequences, strict=True):
        if before.format == "object-xml":
            assert len(after.task_sequence.name) <= max(50, len(before.task_sequence.name) + 20)
            assert len(after.task_sequence.name) <= 50 or len(before.task_sequence.name) > 50
        longest = max((len(item.description) for item in before.task_sequence.sequence.walk()), default=0)
        for item in after.task_sequence.sequence.walk():
            assert len(item.description) <= max(255, longest + 40)


def check_identity(done: Rewritten) -> None:
    """Where the format has an ID, the copy has another one; no part keeps the old one but in free text."""
    new = {str(old): str(fresh) for old, fresh in done.new_ids}
    assert not set(new) & set(new.values())
    own = {str(item.task_sequence.package_id) for item in done.copy.task_sequences}
    assert own - {"None"} == set(new.values())
    assert len(new) == len(set(new.values()))
    for name in done.copy.parts.parts:
        assert not set(name.split("/")) & set(new)


def nothing_drafted(original: Export) -> bool:
    """True when drafting without a change gives the same bytes for every part that holds a sequence."""
    draft = ExportDraft(original)
    assert not draft.changed
    return all(sequence.content() == original.parts.parts[sequence.exported.part] for sequence in draft.sequences)
