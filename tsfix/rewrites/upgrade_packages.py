"""Lets an upgrade by a feature update use an upgrade package, where a person decided so and named the package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tsfix.changes import Reason
from tsfix.checks.subject import Subject
from tsfix.checks.upgrade_packages import ANSWER, PACKAGE, UPDATE, obstacle, with_package
from tsfix.errors import UsageError
from tsfix.package_kinds import UPGRADE_PACKAGE_TYPE, KindsOf
from tsfix.places import item_location
from tsfix.rewrites.added_references import Added, add_packages
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.planned import Planned
from tsfix.rewrites.step_decisions import Choice
from tsfix.rewrites.written import condition_text, step_xml
from tsfix.task_sequence import Group, Step
from tsfix.values import Position, RuleId


def wanted(subjects: Iterable[Subject], choices: Mapping[tuple[str, Position], Choice]) -> bool:
    """True when there is something to do."""
    return any(_chosen(subject, choices) for subject in subjects)


def apply(
    draft: ExportDraft,
    subjects: tuple[Subject, ...],
    planned: Planned,
    choices: Mapping[tuple[str, Position], Choice],
) -> None:
    """Put the packages into the chosen steps and list them.

    Raises UsageError when a step cannot take an upgrade package, and when the package is known to be something else.
    """
    added: list[Added] = []
    for subject, sequence in zip(subjects, draft.sequences, strict=True):
        for step, choice in _chosen(subject, choices):
            _refuse_other_kind(subject, step, choice)
            after = with_package(step, choice.package)
            text = f"{choice.reason.text}; it upgrades from package {choice.package} in place of the feature update"
            reason = Reason(rule=RuleId("R25"), text=text, sources=choice.finding.sources, topic="rewritten")
            what = f"Upgrade Operating System with package {choice.package}"
            sequence.replace_item(step, step_xml(after, condition_text(sequence, step)), what, reason)
            planned[subject.exported.part, step.position] = after
            if step.runs:
                added.append(
                    Added(part=subject.exported.part, step=step, package=choice.package, type=UPGRADE_PACKAGE_TYPE)
                )
    add_packages(draft, subjects, added)


def _chosen(subject: Subject, choices: Mapping[tuple[str, Position], Choice]) -> list[tuple[Step, Choice]]:
    """The steps to be written anew. What names the package already was written by an earlier run."""
    found: list[tuple[Step, Choice]] = []
    for item in subject.task_sequence.sequence.walk():
        choice = choices.get((subject.exported.part, item.position))
        if choice is None or choice.do != ANSWER or (isinstance(item, Step) and _is_done(item, choice)):
            continue
        why = "it is a group" if isinstance(item, Group) else obstacle(subject, item)
        if isinstance(item, Group) or why:
            raise UsageError(
                f'The decision about "{item.name}" says {ANSWER}, which does not go: {why}.',
                remedy="Decide something else in tsfix.toml.",
                location=item_location(subject.exported, item),
            )
        found.append((item, choice))
    return found


def _is_done(step: Step, choice: Choice) -> bool:
    named, update = step.property(PACKAGE), step.property(UPDATE)
    return (
        named is not None
        and named.value.casefold() == choice.package.casefold()
        and (update is None or not update.value.strip())
    )


def _refuse_other_kind(subject: Subject, step: Step, choice: Choice) -> None:
    other = KindsOf(subject.export, subject.knowledge, subject.hierarchy).other_than_upgrade(choice.package)
    if other:
        raise UsageError(
            f'The decision about the step "{step.name}" names {choice.package}, which is {other}.',
            remedy="Name an operating system upgrade package.",
            location=item_location(subject.exported, step),
        )
