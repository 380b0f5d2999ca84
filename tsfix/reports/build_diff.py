"""Builds the value of a diff: pairs the task sequences of two inputs, compares each pair, masks secrets, counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tsfix.comparison.compare import compare_task_sequences
from tsfix.comparison.matching import match
from tsfix.export import Export
from tsfix.knowledge.base import KnowledgeBase
from tsfix.reports.diff_masking import all_secrets, masked_comparison, masked_detail
from tsfix.reports.diff_report import (
    DiffReport,
    DiffSide,
    DiffSummary,
    PartDiff,
    TaskSequenceDiff,
    TaskSequenceSide,
)
from tsfix.reports.masked import masked
from tsfix.reports.merged_outline import merged_outline
from tsfix.reports.outline import TitleOf, titles
from tsfix.reports.pairing import Held, HeldPair, Paired, pair_exports
from tsfix.reports.part_differences import part_differences
from tsfix.reports.report import Notice
from tsfix.task_sequence import Group


class DiffInput(Struct, frozen=True, kw_only=True):
    """One of the two inputs, read."""

    file: str
    sha256: str
    digest_of: Literal["file", "parts"]
    exports: Sequence[Export]


def build_diff(
    tool_version: str,
    before: DiffInput,
    after: DiffInput,
    knowledge: KnowledgeBase,
    problems: Sequence[Notice] = (),
) -> DiffReport:
    """Compare everything in two inputs. Pure: the same inputs give the same report."""
    paired = pair_exports(before.exports, after.exports)
    secrets = all_secrets(
        exported.task_sequence
        for side in (before, after)
        for export in side.exports
        for exported in export.task_sequences
    )
    title_of = titles(knowledge)
    pairs = tuple(_pair(pair, title_of, secrets) for pair in paired.pairs)
    parts = tuple(_masked_part(part, secrets) for part in _parts(paired))
    only_before = tuple(_side(held) for held in paired.only_before)
    only_after = tuple(_side(held) for held in paired.only_after)
    report = DiffReport(
        tool_version=tool_version,
        before=_input(before),
        after=_input(after),
        same_bytes=bool(before.sha256) and (before.sha256, before.digest_of) == (after.sha256, after.digest_of),
        summary=_summary(pairs, only_before, only_after, parts),
        pairs=pairs,
        only_before=only_before,
        only_after=only_after,
        parts=parts,
        problems=tuple(problems),
    )
    return masked(report, secrets)


def _input(given: DiffInput) -> DiffSide:
    return DiffSide(
        file=given.file,
        sha256=given.sha256,
        digest_of=given.digest_of,
        exports=len(given.exports),
        task_sequences=sum(len(export.task_sequences) for export in given.exports),
    )


def _pair(pair: HeldPair, title_of: TitleOf, secrets: tuple[str, ...]) -> TaskSequenceDiff:
    before, after = pair.before.exported.task_sequence, pair.after.exported.task_sequence
    matching = match(before.sequence, after.sequence)
    comparison = compare_task_sequences(before, after, matching)
    return TaskSequenceDiff(
        before=_side(pair.before),
        after=_side(pair.after),
        paired_by=pair.paired_by,
        comparison=masked_comparison(comparison, secrets),
        outline=merged_outline(matching, title_of),
    )


def _side(held: Held) -> TaskSequenceSide:
    task_sequence = held.exported.task_sequence
    items = list(task_sequence.sequence.walk())
    groups = sum(isinstance(item, Group) for item in items)
    return TaskSequenceSide(
        export=held.export.name,
        part=held.exported.part,
        name=task_sequence.name,
        package_id=task_sequence.package_id or "",
        steps=len(items) - groups,
        groups=groups,
    )


def _parts(paired: Paired) -> list[PartDiff]:
    found: list[PartDiff] = []
    for before, after in paired.exports:
        folders = {
            _folder(pair.before.exported.part): _folder(pair.after.exported.part)
            for pair in paired.pairs
            if pair.before.export is before and pair.after.export is after
        }
        found.extend(part_differences(before, after, folders))
    return found


def _folder(part: str) -> str:
    return part.rpartition("/")[0]


def _masked_part(part: PartDiff, secrets: tuple[str, ...]) -> PartDiff:
    return replace(part, details=tuple(masked_detail(detail, secrets) for detail in part.details))


def _summary(
    pairs: tuple[TaskSequenceDiff, ...],
    only_before: tuple[TaskSequenceSide, ...],
    only_after: tuple[TaskSequenceSide, ...],
    parts: tuple[PartDiff, ...],
) -> DiffSummary:
    counts = [pair.comparison.counts for pair in pairs]
    return DiffSummary(
        pairs=len(pairs),
        equal_pairs=sum(pair.comparison.identical for pair in pairs),
        only_before=len(only_before),
        only_after=len(only_after),
        changed=sum(found.changed for found in counts),
        moved=sum(found.moved for found in counts),
        moved_and_changed=sum(found.moved_and_changed for found in counts),
        added=sum(found.added for found in counts),
        removed=sum(found.removed for found in counts),
        parts=len(parts),
        entries=sum(found.total for found in counts) + len(only_before) + len(only_after) + len(parts),
    )
