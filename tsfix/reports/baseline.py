"""Writes the findings of a scan as a baseline: a file of decisions that says ``known`` to each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tsfix.decisions import NO_TARGET, PATH_SEPARATOR, Decision, file_name
from tsfix.findings import Finding
from tsfix.masking import MASK
from tsfix.reports.decision_block import one_line, toml_text
from tsfix.reports.report import ExportReport, Report
from tsfix.values import Severity

_HEAD = """\
# Known findings, written by tsfix scan --write-baseline. Give the file to tsfix scan with --baseline.
# It is a file of decisions: a reason or a day can be changed by hand, and an entry can be taken out.
"""
_COUNTED: dict[Severity, frozenset[Severity]] = {
    "error": frozenset({"error", "warning"}),
    "warning": frozenset({"error", "warning"}),
    "info": frozenset({"error", "warning", "info"}),
}


_RANK: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}


def baseline(report: Report, reason: str, until: str = "", fail_on: Severity = "error") -> str:
    """The text of a baseline, as TOML: what is new gets the ``reason``, what is known keeps its own.

    Errors and warnings are in it; remarks only where ``fail_on`` lets them count.
    """
    found: dict[Decision, str] = {}
    for export in report.exports:
        ids = {item.part or item.name: item.package_id for item in export.task_sequences}
        for finding in export.findings:
            if finding.severity in _COUNTED[fail_on]:
                found.setdefault(_decision(export, finding, ids, reason, until), finding.title)
        for one in export.accepted:
            if one.decision.do == "known":
                entry = _decision(export, one.finding, ids, one.decision.reason, one.decision.until)
                found.setdefault(entry, one.finding.title)
    entries = sorted(_worst(found).items(), key=lambda item: _order(item[0]))
    return "\n".join([_HEAD, *("\n".join(_entry(decision, title)) + "\n" for decision, title in entries)])


def _worst(found: Mapping[Decision, str]) -> dict[Decision, str]:
    """One entry for what differs in severity or in case only, such as two exports of one task sequence: the worst."""
    kept: dict[tuple[str, ...], Decision] = {}
    for decision in found:
        texts = (decision.task_sequence, decision.step, decision.rule, decision.about, decision.target)
        key = tuple(text.casefold() for text in texts)
        if key not in kept or _RANK[decision.severity or "info"] > _RANK[kept[key].severity or "info"]:
            kept[key] = decision
    return {decision: found[decision] for decision in kept.values()}


def _decision(export: ExportReport, finding: Finding, ids: Mapping[str, str], reason: str, until: str) -> Decision:
    """What names this finding and no other. Line and position are not in it: they change with every edit."""
    where = finding.location
    path = PATH_SEPARATOR.join(where.path)
    if MASK in path:
        path = ".".join(str(number + 1) for number in where.position)
    return Decision(
        task_sequence=ids.get(where.part or where.task_sequence) or where.task_sequence or file_name(where.file),
        step=path,
        rule=finding.rule,
        about="" if MASK in finding.subject else finding.subject,
        target=NO_TARGET if export.target is None else export.target.label,
        severity=finding.severity,
        do="known",
        reason=reason,
        until=until,
    )


def _order(decision: Decision) -> tuple[object, ...]:
    rule = decision.rule
    return (decision.task_sequence, decision.target, decision.step, len(rule), rule, decision.about, decision.severity)


def _entry(decision: Decision, title: str) -> Iterator[str]:
    yield "[[decisions]]"
    yield f"# {one_line(title)}"
    for key in ("task_sequence", "step", "rule", "about", "target", "severity", "do", "reason", "until"):
        value = getattr(decision, key)
        if value:
            yield f"{key} = {toml_text(value)}"
