"""What a command ends with: the report, the exit code and the remarks; and how remarks name decisions."""

from __future__ import annotations

from msgspec import Struct

from tsfix import __version__
from tsfix.decisions import Decision
from tsfix.export import Export
from tsfix.reports.build import build_report
from tsfix.reports.report import Report
from tsfix.use_cases.gathered import Gathered


class Answer(Struct, frozen=True, kw_only=True):
    """What a command ends with."""

    report: Report
    exit_code: int
    remarks: tuple[str, ...] = ()
    """What was left aside, for stderr."""
    faults: tuple[Exception, ...] = ()
    """Faults of tsfix itself, for a log that can be sent in."""


def answer(gathered: Gathered, command: str, policy: str = "") -> Answer:
    """What a command ends with."""
    return Answer(
        report=build_report(
            command, __version__, gathered.exports, gathered.notices, policy, about_all=gathered.about_all
        ),
        exit_code=gathered.code,
        remarks=tuple(gathered.remarks),
        faults=tuple(gathered.faults),
    )


def package_ids(export: Export) -> dict[str, str]:
    """The task sequences' package IDs by their parts, for the decisions."""
    return {
        item.location.part or item.location.task_sequence: item.task_sequence.package_id or ""
        for item in export.task_sequences
    }


def about(decision: Decision) -> str:
    """What a decision is about, for remarks: the task sequence, the step, the rule."""
    return f"{decision.task_sequence}{f', {decision.step}' if decision.step else ''}, {decision.rule}"
