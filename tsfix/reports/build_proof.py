"""Builds the value of a proof: pairs the task sequences, explains every difference, masks secrets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from tsfix.checks import run_checks
from tsfix.checks.subject import Subject
from tsfix.comparison.compare import compare_task_sequences
from tsfix.decisions import Decision
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.proof.copy_proof import explain
from tsfix.proof.explained import By, Explained
from tsfix.proof.replaced_ids import Pair, Replaced, replaced
from tsfix.reports.build import grouped, target_summary
from tsfix.reports.build_diff import DiffInput, build_diff
from tsfix.reports.diff_masking import all_secrets, masked_comparison, masked_name
from tsfix.reports.diff_report import DiffReport, PartDiff, TaskSequenceSide
from tsfix.reports.masked import export_secrets, masked
from tsfix.reports.pairing import HeldPair, pair_exports
from tsfix.reports.proof_report import KindOfChange, ProofReport, ProvedTaskSequence
from tsfix.reports.report import Notice
from tsfix.request import Target
from tsfix.rewrites.step_decisions import Choice, choices
from tsfix.values import Position

_ORDER: dict[By, int] = {"unexplained": 0, "tsfix": 1, "site": 2}
_ID = re.compile(r"(?<![0-9A-Za-z])[A-Z0-9]{3}[0-9A-F]{5}(?![0-9A-Za-z])")
_CONTENTS = ("manifest.xml", ".rels", "[content_types].xml", ".psmdcp", "userstate_migration_package.xml")
_ROWS = "referencesinfo.xml"
_WRITTEN_ANEW = "the site wrote lists and tables of contents anew"


def build_proof(
    tool_version: str,
    original: DiffInput,
    copy: DiffInput,
    knowledge: KnowledgeBase,
    *,
    target: Target | None,
    hierarchy: Hierarchy,
    problems: Sequence[Notice] = (),
    decisions: Sequence[Decision] = (),
) -> ProofReport:
    """Explain all differences of two inputs. Pure: the same inputs give the same report.

    ``decisions`` are those that the copies were made with. Raises UsageError when two of them contradict each other.
    """
    diff = build_diff(tool_version, original, copy, knowledge, problems)
    paired = pair_exports(original.exports, copy.exports)
    pairs = [Pair(before=item.before.exported, after=item.after.exported) for item in paired.pairs]
    changed = replaced(pairs, knowledge, [item for export in original.exports for item in export.task_sequences])
    secrets = all_secrets(exported.task_sequence for pair in pairs for exported in (pair.before, pair.after))
    proved = tuple(
        _task_sequence(pair, changed, _subject(item, knowledge, target, hierarchy), secrets, decisions)
        for item, pair in zip(paired.pairs, pairs, strict=True)
    )
    parts = _kinds([entry for part in diff.parts for entry in _part(part, changed)])
    lost, uncopied = _missing(diff, {before.name for before, _ in paired.exports})
    kinds = (*(kind for item in proved for kind in item.kinds), *parts)
    unexplained = any(kind.by == "unexplained" for kind in kinds)
    findings = _findings(copy, knowledge, target, hierarchy) if target is not None else ()
    report = ProofReport(
        tool_version=tool_version,
        original=diff.before,
        copy=diff.after,
        same_bytes=diff.same_bytes,
        proved=bool(pairs) and not (unexplained or changed.contradictions or lost or problems),
        packages=tuple(
            (changed.as_written.get(old, old), new) for old, new in changed.packages.items() if old not in changed.own
        ),
        contradictions=changed.contradictions,
        task_sequences=proved,
        other_parts=parts,
        missing=(*lost, *uncopied),
        target=target_summary(target),
        findings=grouped(findings, across=True),
        problems=tuple(problems),
    )
    # A task sequence without a partner has secrets too, and names may repeat them.
    everything = frozenset[str]().union(
        *(export_secrets(export) for side in (original, copy) for export in side.exports)
    )
    return masked(report, everything)


def _missing(diff: DiffReport, copied: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What only one side of copied exports has, and which task sequences are in exports of which there is no copy."""
    lost = (
        *(f"{_name(side)} is only in the original" for side in diff.only_before if side.export in copied),
        *(f"{_name(side)} is only in the copy" for side in diff.only_after),
    )
    uncopied = (
        f"{_name(side)} is only in the original: no copy of {side.export} is here"
        for side in diff.only_before
        if side.export not in copied
    )
    return lost, tuple(uncopied)


def _name(side: TaskSequenceSide) -> str:
    return f"The task sequence {side.name}" + (f" [{side.package_id}]" if side.package_id else "")


def _subject(item: HeldPair, knowledge: KnowledgeBase, target: Target | None, hierarchy: Hierarchy) -> Subject:
    before = item.before
    return Subject(
        export=before.export, exported=before.exported, knowledge=knowledge, target=target, hierarchy=hierarchy
    )


def _task_sequence(
    pair: Pair,
    changed: Replaced,
    subject: Subject,
    secrets: tuple[str, ...],
    decisions: Sequence[Decision],
) -> ProvedTaskSequence:
    before, after = pair.before.task_sequence, pair.after.task_sequence
    comparison = compare_task_sequences(before, after)
    decided = _decided(subject, decisions)
    explained = explain(
        pair,
        changed,
        subject,
        comparison,
        masked_comparison(comparison, secrets),
        frozenset(position for position, choice in decided.items() if choice.do == "remove"),
        {position: (choice.package, choice.file) for position, choice in decided.items() if choice.package},
    )
    total = sum(1 for _ in before.sequence.walk())
    touched = {found.before_position for found in comparison.differences if found.before_position}
    return ProvedTaskSequence(
        before_name=masked_name(before.name, secrets),
        before_id=before.package_id or "",
        after_name=masked_name(after.name, secrets),
        after_id=after.package_id or "",
        steps=total,
        untouched=total - len(touched),
        kinds=_kinds(explained),
    )


def _decided(subject: Subject, decisions: Sequence[Decision]) -> Mapping[Position, Choice]:
    """What the decisions remove or let run from packages in an original, also those that hold no longer."""
    summary = target_summary(subject.target)
    wanted = [
        decision
        for decision in decisions
        if decision.do in ("remove", "use-package", "use-upgrade-package")
        and (summary is None or decision.is_for(summary.label))
    ]
    found = run_checks(subject) if wanted else ()
    return choices(found, wanted, subject.task_sequence.package_id or "", lambda position: position)


def _kinds(explained: Iterable[Explained]) -> tuple[KindOfChange, ...]:
    found: dict[tuple[By, str], list[Explained]] = {}
    for item in explained:
        found.setdefault((item.by, item.kind), []).append(item)
    return tuple(
        KindOfChange(by=by, kind=kind, items=tuple(items))
        for (by, kind), items in sorted(found.items(), key=lambda entry: _ORDER[entry[0][0]])
    )


def _part(part: PartDiff, changed: Replaced) -> Iterable[Explained]:
    """Parts besides the task sequences run nowhere; lists and tables of contents follow what the sequences say."""
    name = (part.after_part or part.before_part).lower()
    own = set(changed.packages)
    if part.kind == "removed":
        gone = any(found.upper() in own for found in _ID.findall(part.before_part.upper()))
        if gone:
            yield _entry(part, "tsfix", "dependencies of replaced packages are left out")
        elif name.endswith(_CONTENTS):
            yield _entry(part, "site", _WRITTEN_ANEW)
        else:
            yield _entry(part, "unexplained", "a part of the export is missing")
    elif part.kind == "added" and not name.endswith(_CONTENTS):
        yield _entry(part, "unexplained", "a part was added to the export")
    elif name.endswith(_ROWS):
        for detail in part.details:
            follows = changed.substituted(detail.before or "") == (detail.after or "") or detail.kind != "changed"
            by: By = "tsfix" if follows else "site"
            kind = "lists of what the steps refer to" if follows else _WRITTEN_ANEW
            yield Explained(
                by=by,
                kind=kind,
                place=(),
                label=f"{part.what}: {detail.label}",
                field=detail.field,
                before=detail.before,
                after=detail.after,
            )
    elif name.endswith(_CONTENTS):
        known = {changed.packages.get(found, found) for found in _ids(part, before=True)}
        if _ids(part, before=False) <= known:
            yield _entry(part, "tsfix", "tables of contents follow the new IDs")
        else:
            yield _entry(part, "site", _WRITTEN_ANEW)
    else:
        yield _entry(part, "unexplained", "a part of the export differs")


def _ids(part: PartDiff, *, before: bool) -> set[str]:
    texts = [(detail.before if before else detail.after) or "" for detail in part.details]
    return {found for text in texts for found in _ID.findall(text.upper())}


def _entry(part: PartDiff, by: By, kind: str) -> Explained:
    return Explained(
        by=by, kind=kind, place=(), label=part.what, field=part.after_part or part.before_part, before=None, after=None
    )


def _findings(copy: DiffInput, knowledge: KnowledgeBase, target: Target, hierarchy: Hierarchy) -> tuple[Finding, ...]:
    """The errors that a scan of the copy finds."""
    return tuple(
        finding
        for export in copy.exports
        for exported in export.task_sequences
        for finding in masked(
            tuple(
                run_checks(
                    Subject(export=export, exported=exported, knowledge=knowledge, target=target, hierarchy=hierarchy)
                )
            ),
            export_secrets(export),
        )
        if finding.severity == "error"
    )
