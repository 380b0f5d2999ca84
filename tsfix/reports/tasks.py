"""What a person has to do after importing a copy, taken from the rules and from what the export will lose on import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tsfix.changes import Mention
from tsfix.checks.secrets import missing_secrets
from tsfix.checks.subject import Subject
from tsfix.conversion import Rewritten
from tsfix.export import Export, ExportedTaskSequence
from tsfix.knowledge.base import KnowledgeBase
from tsfix.reports.report import Task
from tsfix.reports.same_names import shared_names

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
    shared = shared_names(outcome.copy)
    secrets = tuple(
        f"{shared.get((exported.location.part, exported.task_sequence.name), exported.task_sequence.name)}: {place}"
        for exported in outcome.copy.own_task_sequences
        for place in lost_secrets(exported, outcome.copy, knowledge)
    )
    if secrets:
        rule = knowledge.rule("R53")
        yield Task(rule=rule.id, text=rule.remedy, places=secrets)


def mention_task(mentions: Iterable[Mention]) -> Iterator[Task]:
    """Texts that name a replaced package, where there are some."""
    # One line for one text, however often the text names a package: a name may stand in itself thousands of times.
    once = dict.fromkeys((mention.location, mention.label) for mention in mentions)
    places = tuple(f"{' > '.join(location.path)}: {label}" for location, label in once)
    if places:
        text = "These texts name a replaced package. tsfix does not rewrite free text; look at each."
        yield Task(rule="R46", text=text, places=places)


def lost_secrets(exported: ExportedTaskSequence, export: Export, knowledge: KnowledgeBase) -> Iterator[str]:
    """The paths of the steps that lack secrets, and what has to be typed in again there after an import.

    Names of steps are not unique: where two steps have the same path, the lines also say the number of each.
    """
    subject = Subject(export=export, exported=exported, knowledge=knowledge)
    paths = Counter(item.path for item in exported.task_sequence.sequence.walk())
    for missing in missing_secrets(subject):
        step = missing.step
        number = f" (step {'.'.join(str(index + 1) for index in step.position)})" if paths[step.path] > 1 else ""
        later = "" if step.runs else " (before you enable the step)"
        yield f"{' > '.join(step.path)}{number}: {'; '.join(missing.what)}{later}"
