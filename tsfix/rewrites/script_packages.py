"""Lets the inline script of a step run from a package, where a person decided so and named package and file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tsfix.changes import Reason
from tsfix.checks.script_packages import from_package, packaged_script
from tsfix.checks.subject import Subject
from tsfix.errors import UsageError
from tsfix.package_kinds import KindsOf
from tsfix.places import item_location
from tsfix.rewrites.added_references import Added, add_packages
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.inline_scripts import as_command
from tsfix.rewrites.planned import Planned
from tsfix.rewrites.step_decisions import Choice
from tsfix.rewrites.written import condition_text, step_xml
from tsfix.task_sequence import Group, Step
from tsfix.values import Location, Position, RuleId

Choices = Mapping[tuple[str, Position], Choice]
"""What the person decided, by part and position."""

_MARK = b"\xef\xbb\xbf"
"""Windows PowerShell takes a file without a byte order mark for text in the code page of the system."""


class ScriptFile(Struct, frozen=True, kw_only=True):
    """The script of one step, which a person has to put into a package. Steps with the same script may share a file."""

    package: str
    file: str
    content: bytes
    """The script as UTF-8 with a byte order mark, its line ends as they were."""
    signed: bool
    """True when the step runs signed scripts only."""
    location: Location
    """The step."""


def wanted(subjects: Iterable[Subject], choices: Choices) -> bool:
    """True when there is something to do."""
    return any(_chosen(subject, choices) for subject in subjects)


def apply(
    draft: ExportDraft, subjects: tuple[Subject, ...], planned: Planned, choices: Choices
) -> tuple[ScriptFile, ...]:
    """Write the chosen steps anew and list their packages. Returns the script of each step.

    Raises UsageError when a step has no script that could run from a package, when the package is known to be something
    else, and when two different scripts would be the same file.
    """
    files: list[ScriptFile] = []
    first: dict[tuple[str, str], ScriptFile] = {}
    added: list[Added] = []
    for subject, sequence in zip(subjects, draft.sequences, strict=True):
        for step, choice in _chosen(subject, choices):
            _refuse_other_kind(subject, step, choice)
            file, as_line = _script_file(subject, step, choice)
            files.append(file)
            earlier = first.setdefault((file.package.upper(), file.file.casefold()), file)
            if earlier.content != file.content:
                raise _same_file(earlier, file)
            after = packaged(step, choice.package, choice.file, as_line=as_line)
            what = f"{'Run Command Line' if as_line else 'Run PowerShell Script'} with package {choice.package}"
            text = f"{choice.reason.text}; the script is to lie in package {choice.package} as {choice.file}"
            reason = Reason(rule=RuleId("R25"), text=text, sources=choice.finding.sources, topic="rewritten")
            sequence.replace_item(step, step_xml(after, condition_text(sequence, step)), what, reason)
            planned[subject.exported.part, step.position] = after
            if step.runs:
                added.append(Added(part=subject.exported.part, step=step, package=choice.package))
    add_packages(draft, subjects, added)
    return tuple(files)


def packaged(step: Step, package: str, file: str, *, as_line: bool) -> Step:
    """The step with its script in a package; ``as_line``: as Run Command Line."""
    after = from_package(step, package, file)
    return as_command(after) if as_line else after


def _chosen(subject: Subject, choices: Choices) -> list[tuple[Step, Choice]]:
    """The steps to be written anew. What names the package already was written by an earlier run."""
    found: list[tuple[Step, Choice]] = []
    for item in subject.task_sequence.sequence.walk():
        choice = choices.get((subject.exported.part, item.position))
        if choice is None:
            continue
        if isinstance(item, Group):
            raise _impossible(subject, item, "it is a group")
        if not _is_done(item, choice):
            found.append((item, choice))
    return found


def _is_done(step: Step, choice: Choice) -> bool:
    named, script = step.property("PackageID"), step.property("SourceScript")
    return (
        named is not None
        and named.value.casefold() == choice.package.casefold()
        and (script is None or not script.value.strip())
    )


def _script_file(subject: Subject, step: Step, choice: Choice) -> tuple[ScriptFile, bool]:
    found = packaged_script(subject, step)
    if found.obstacle:
        raise _impossible(subject, step, found.obstacle)
    policy = step.property("ExecutionPolicy")
    file = ScriptFile(
        package=choice.package,
        file=choice.file,
        content=_MARK + found.text.encode("utf-8"),
        signed=policy is None or policy.value.strip().casefold() in ("", "allsigned"),
        location=item_location(subject.exported, step),
    )
    return file, found.as_command


def _refuse_other_kind(subject: Subject, step: Step, choice: Choice) -> None:
    other = KindsOf(subject.export, subject.knowledge, subject.hierarchy).other_than_package(choice.package)
    if other:
        raise UsageError(
            f'The decision about the step "{step.name}" names {choice.package} for its script, which is {other}.',
            remedy="Make a package of its own for the script, and name that one.",
            location=item_location(subject.exported, step),
        )


def _impossible(subject: Subject, item: Group | Step, why: str) -> UsageError:
    return UsageError(
        f'The decision about "{item.name}" says use-package, which does not go: {why}.',
        remedy="Decide something else in tsfix.toml; a refusal of the export without this decision says what can be chosen.",
        location=item_location(subject.exported, item),
    )


def _same_file(one: ScriptFile, other: ScriptFile) -> UsageError:
    return UsageError(
        f'The scripts of "{one.location.path[-1]}" and "{other.location.path[-1]}" differ, and both are to be '
        f"{other.file} in package {other.package}.",
        remedy="Give one of them another file name in tsfix.toml.",
        location=other.location,
    )
