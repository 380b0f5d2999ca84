"""Finds task sequences whose text or policy is too large to be saved, imported or sent to a client."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.checks.subject import Subject
from tsfix.export import Export, ExportedTaskSequence
from tsfix.findings import Finding
from tsfix.knowledge.facts import Rule
from tsfix.places import child_calls
from tsfix.values import Severity

_START, _END = b"<sequence", b"</sequence>"


def sequence_bytes(export: Export, exported: ExportedTaskSequence) -> int:
    """The length of the sequence's text in bytes. The site's own property SourceSize gives it in kilobytes, rounded up."""
    data = export.parts.parts.get(exported.part, b"")
    start, end = data.find(_START), data.rfind(_END)
    return end + len(_END) - start if 0 <= start < end else len(data)


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 58 for the text, rule 59 for the policy of a parent with its children. Both are limits of the site itself."""
    signs = subject.knowledge.signs
    near = signs.limit("near-per-cent").value or 100
    own = sequence_bytes(subject.export, subject.exported)
    text, policy = signs.limit("sequence-bytes").value, signs.limit("policy-bytes").value
    if text is not None and own * 100 > text * near:
        rule = subject.knowledge.rule("R58")
        yield _finding(subject, rule, "error" if own > text else "warning", own, text, "text")
    together = own + sum(sequence_bytes(subject.export, child) for child in _children(subject))
    if policy is not None and together * 100 > policy * near:
        rule = subject.knowledge.rule("R59")
        yield _finding(subject, rule, rule.severity, together, policy, "policy")


def _children(subject: Subject) -> Iterator[ExportedTaskSequence]:
    """Every task sequence of the export that this one runs, directly or through others."""
    by_id = {
        other.task_sequence.package_id.upper(): other
        for other in subject.export.task_sequences
        if other.task_sequence.package_id is not None
    }
    seen: set[str] = set()
    waiting = [subject.exported] if subject.child_calls else []
    while waiting:
        for call in child_calls(waiting.pop().task_sequence, subject.knowledge):
            if call.child in by_id and call.child not in seen:
                seen.add(call.child)
                waiting.append(by_id[call.child])
                yield by_id[call.child]


def _finding(subject: Subject, rule: Rule, severity: Severity, found: int, limit: int, what: str) -> Finding:
    share = found * 100 // limit
    return subject.finding(
        rule.id,
        severity,
        subject=what,
        title=(
            f"The {what} of the task sequence is too large"
            if found > limit
            else f"The {what} of the task sequence is near the limit ({share} per cent)"
        ),
        reason=f"{found:,} bytes of {limit:,}; {rule.reason}",
        remedy=rule.remedy,
        certainty="likely" if what == "policy" else "certain",
        sources=(rule.source,),
    )
