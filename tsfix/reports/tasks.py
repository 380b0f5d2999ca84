"""What a person has to do after importing a copy, taken from the rules and from what the export will lose on import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tsfix.changes import Mention
from tsfix.conversion import Rewritten
from tsfix.export import ExportedTaskSequence
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.context import Context
from tsfix.knowledge.matching import in_use
from tsfix.reports.report import Task

_EMPTY_SECRETS = "secret-values-missing"
_ALWAYS = ("R52", "R54", "R40", "R37", "R64")
"""Advice that holds for every copy for an older site."""


def tasks_after(outcome: Rewritten, knowledge: KnowledgeBase) -> tuple[Task, ...]:
    """The list in the order in which a person works through it."""
    tasks = [
        Task(
            rule="R54",
            text=(
                "Import the copy with Create New. The IDs in the file only keep it apart from the original: "
                "the site gives every imported task sequence an ID of its own."
            ),
        )
    ]
    tasks.extend(secrets_task(outcome, knowledge))
    tasks.extend(mention_task(outcome.mentions))
    tasks.extend(Task(rule=rule.id, text=rule.remedy) for rule in map(knowledge.rule, _ALWAYS) if rule.id != "R54")
    return tuple(tasks)


def secrets_task(outcome: Rewritten, knowledge: KnowledgeBase) -> Iterator[Task]:
    """What an import leaves empty, where there is something."""
    secrets = tuple(
        f"{exported.task_sequence.name}: {place}"
        for exported in outcome.copy.task_sequences
        for place in lost_secrets(exported, knowledge)
    )
    if secrets:
        rule = knowledge.rule("R53")
        yield Task(rule=rule.id, text=rule.remedy, places=secrets)


def mention_task(mentions: Iterable[Mention]) -> Iterator[Task]:
    """Texts that name a replaced package, where there are some."""
    places = tuple(f"{' > '.join(mention.location.path)}: {mention.label}" for mention in mentions)
    if places:
        text = "These texts name a replaced package. tsfix does not rewrite free text; look at each."
        yield Task(rule="R46", text=text, places=places)


def lost_secrets(exported: ExportedTaskSequence, knowledge: KnowledgeBase) -> Iterator[str]:
    """The paths of the steps whose passwords and other secrets have to be typed in again after an import."""
    feature = next((item for item in knowledge.sequence_features() if item.id == _EMPTY_SECRETS), None)
    if feature is None:
        return
    context = Context(sequence=exported.task_sequence.sequence)
    for step in exported.task_sequence.sequence.steps():
        if in_use(feature, step, context):
            yield " > ".join(step.path)
