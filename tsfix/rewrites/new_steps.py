"""Deals with steps that the target cannot run, as the person chose: disable, placeholder, remove or keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from tsfix.changes import Reason
from tsfix.checks.engine_programs import newer_programs
from tsfix.checks.feature_use import feature_name, feature_value, newer_sequence_features
from tsfix.checks.guards import RUN_RULES, guarded_positions
from tsfix.checks.newer_features import rule_of
from tsfix.checks.newer_steps import newer_steps
from tsfix.checks.out_of_action import marked
from tsfix.checks.subject import Subject
from tsfix.request import NewSteps
from tsfix.rewrites.newer_features import unresolved
from tsfix.rewrites.placeholder import placeholder
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.rewrites.step_decisions import Choice
from tsfix.task_sequence import Group, Step
from tsfix.values import Position, RuleId


class OutOfAction(Struct, frozen=True, kw_only=True):
    """One group or step that needs a decision, with everything that speaks against it."""

    item: Group | Step
    reasons: tuple[Reason, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """All reasons in words."""
        return tuple(dict.fromkeys(reason.text for reason in self.reasons))


def undecided(subject: Subject, *, also_disabled: bool = False) -> list[OutOfAction]:
    """Groups and steps that the target cannot run and that no equivalent change mends, in the order of the sequence.

    What the task sequence itself keeps the target's clients away from is none of them: it serves the newer clients.
    Disabled ones run nowhere, but an older site may not take their class in; ``also_disabled`` asks for them too.
    """
    reasons: dict[int, list[Reason]] = {}
    items: dict[int, Group | Step] = {}

    guarded = guarded_positions(subject)

    def note(item: Group | Step, reason: Reason) -> None:
        if reason.rule in RUN_RULES and any(item.position[:end] in guarded for end in range(1, len(item.position) + 1)):
            return
        items[item.element] = item
        reasons.setdefault(item.element, []).append(reason)

    for newer in newer_steps(subject):
        text = f'"{newer.fact.name}": {newer.age.reason}'
        note(newer.step, Reason(rule=RuleId("R24"), text=text, sources=(newer.fact.source,)))
    for step in subject.task_sequence.sequence.steps():
        if subject.knowledge.step(step.type) is None and subject.exported.format != "mdt":
            text = f'step type "{step.type or "(none)"}" is unknown'
            note(step, Reason(rule=RuleId("R44"), text=text))
    for feature in unresolved(subject):
        text = f"{feature_name(feature)}: {feature.age.reason}"
        note(feature.step, Reason(rule=RuleId(rule_of(feature.feature)), text=text, sources=(feature.feature.source,)))
    for program in newer_programs(subject):
        if program.found.certain:
            text = f"{program.found.program}: {program.age.reason}"
            source = program.found.fact.source
            note(program.found.step, Reason(rule=RuleId("R26"), text=text, sources=(source,)))
    for condition in newer_sequence_features(subject, "condition"):
        if condition.item is not None and condition.feature.severity == "error":
            text = f'condition with "{feature_value(condition.feature)}": {condition.age.reason}'
            note(condition.item, Reason(rule=RuleId("R34"), text=text, sources=(condition.feature.source,)))
    return [
        OutOfAction(item=items[element], reasons=tuple(reasons[element]))
        for element in sorted(items)
        if also_disabled or _runs(items[element])
    ]


def _runs(item: Group | Step) -> bool:
    return item.runs if isinstance(item, Step) else not (item.disabled or item.in_disabled_group)


def apply(
    subject: Subject, draft: SequenceDraft, policy: NewSteps, choices: Mapping[Position, Choice] | None = None
) -> None:
    """Carry out the policy, and before it the choices for single groups and steps. ``auto`` and ``keep`` change nothing."""
    target = subject.target
    if target is None or (policy in ("auto", "keep") and not choices):
        return
    taken: list[tuple[int, ...]] = []
    longest = subject.knowledge.signs.limit("description-characters").value or 0
    for entry, do in _with_choices(subject, policy, choices or {}):
        position = entry.item.position
        if any(position[: len(outer)] == outer for outer in taken):
            continue
        if do == "placeholder" and isinstance(entry.item, Group) and not _runs(entry.item):
            continue
        reason = Reason(
            rule=entry.reasons[0].rule,
            text="; ".join(entry.texts),
            sources=tuple(dict.fromkeys(source for item in entry.reasons for source in item.sources)),
        )
        label = target.version.id
        if do == "remove":
            draft.remove_item(entry.item, reason)
            taken.append(position)
        elif do == "placeholder" and isinstance(entry.item, Step):
            explanation = marked("", f"stands for a step that {label} does not know", entry.texts, longest)
            draft.replace_item(entry.item, placeholder(entry.item, explanation), "disabled placeholder", reason)
            taken.append(position)
        else:
            _disable(draft, entry, f"disabled for {label}", reason, longest)


def _with_choices(
    subject: Subject, policy: NewSteps, choices: Mapping[Position, Choice]
) -> Iterator[tuple[OutOfAction, NewSteps]]:
    """What is to be taken out of action and how, in the order of the sequence."""
    entries = {item.item.position: item for item in undecided(subject, also_disabled=True)}
    for item in subject.task_sequence.sequence.walk():
        choice, entry = choices.get(item.position), entries.get(item.position)
        do = policy
        if choice is not None:
            if choice.do == "use-package" or choice.do == "use-upgrade-package":  # noqa: PLR1714 - mypy narrows this
                continue  # an earlier stage did it
            reasons = entry.reasons if entry is not None else (choice.finding,)
            entry, do = OutOfAction(item=item, reasons=(*reasons, choice.reason)), choice.do
        if entry is None or do in ("auto", "keep") or (do == "disable" and not _runs(entry.item)):
            continue
        yield entry, do


def _disable(draft: SequenceDraft, entry: OutOfAction, what: str, reason: Reason, longest: int) -> None:
    item = entry.item
    draft.set_attribute(item, "disable", "true", reason, kind="disabled")
    draft.set_attribute(item, "description", marked(item.description, what, entry.texts, longest), reason)
