"""Writes a Run PowerShell Script step as Run Command Line, for a target that lacks the step or its inline script."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tsfix.checks.equivalent_steps import KEPT_PROPERTIES
from tsfix.checks.script_command import command_line
from tsfix.checks.subject import Subject
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.planned import Decided, Planned, reason_of, rewritable
from tsfix.rewrites.written import RUN_COMMAND_LINE, condition_text, new_variable, step_xml
from tsfix.task_sequence import Step, attribute

_HIDDEN = frozenset({"CommandLine", "PackageID", "SuccessCodes"})
"""Properties that the console's editor writes as hidden."""


def wanted(subjects: Iterable[Subject], decided: Decided) -> bool:
    """True when there is something to do."""
    return any(rewritable(subject, decided, "command-line") for subject in subjects)


def apply(draft: ExportDraft, subjects: Iterable[Subject], planned: Planned, decided: Decided) -> None:
    """Write every step that can be written as a command line."""
    for subject, sequence in zip(subjects, draft.sequences, strict=True):
        for one in rewritable(subject, decided, "command-line"):
            after = as_command(one.step)
            reason = reason_of("R25", one.age, one.downlevel, one.source)
            sequence.replace_item(
                one.step, step_xml(after, condition_text(sequence, one.step)), "Run Command Line", reason
            )
            planned[sequence.exported.part, one.step.position] = after


def as_command(step: Step) -> Step:
    """The Run Command Line step: attributes and condition stay, action and variables are new."""
    command = command_line(step).text
    package = _value(step, "PackageID") if not _value(step, "SourceScript").strip() else ""
    rows = [
        ("CommandLine", "CommandLine", command),
        ("SMSTSDisableWow64Redirection", "DisableWow64Redirection", "false"),
        ("PackageID", "PackageID", package),
        ("SuccessCodes", "SuccessCodes", attribute(step.attributes, "successCodeList") or "0"),
        *((name, name, _value(step, name)) for name in KEPT_PROPERTIES),
        *_account(step),
    ]
    return replace(
        step,
        type=RUN_COMMAND_LINE,
        attributes=tuple((name, str(RUN_COMMAND_LINE) if name == "type" else value) for name, value in step.attributes),
        action=f"smsswd.exe /run:{package} {command}",
        variables=tuple(
            new_variable(*row, hidden=row[1] in _HIDDEN)
            for row in sorted(rows, key=lambda row: row[1])
            if row[2] or row[1] not in ("PackageID", *KEPT_PROPERTIES)
        ),
    )


def _account(step: Step) -> tuple[tuple[str, str, str], ...]:
    """Run Command Line runs as another user by settings of the same meaning; an export holds no password."""
    if _value(step, "RunAsUser").strip().casefold() != "true":
        return ()
    return (
        ("_SMSTSRunCommandLineAsUser", "RunAsUser", "true"),
        ("SMSTSRunCommandLineUserName", "UserName", _value(step, "UserName")),
        ("SMSTSRunCommandLineUserPassword", "UserPassword", _value(step, "UserPassword")),
    )


def _value(step: Step, name: str) -> str:
    found = step.property(name)
    return "" if found is None else found.value
