"""Leaves properties of the task sequence object out of a copy that the target's class has not, and that say nothing.

What an older provider does with an unknown property on import is not documented: tests by others show success and failure.
"""

from __future__ import annotations

from tsfix.changes import Reason
from tsfix.checks.object_properties import idle_properties
from tsfix.checks.subject import Subject
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.values import whole_number

_COUNT = "__PROPERTY_COUNT"


def apply(subject: Subject, draft: SequenceDraft) -> None:
    """Take out every property that the target lacks and that can go without a loss, and lower the count by as many.

    A site writes the number of class properties (162 of 162 real objects); a number that was wrong stays as wrong.
    """
    if not draft.has_envelope:
        return
    rule = subject.knowledge.rule("R31")
    gone = 0
    for idle in idle_properties(subject):
        reason = Reason(rule=rule.id, text=idle.age.reason, sources=(idle.feature.source, rule.source), topic="neutral")
        draft.remove_property(idle.property, reason)
        gone += 1
    count = draft.task_sequence.property(_COUNT)
    left = whole_number(count.value.strip()) if count is not None and isinstance(count.value, str) else None
    if gone and count is not None and left is not None:
        reason = Reason(rule=rule.id, text="the number of properties that are left", topic="neutral")
        draft.set_property(count, str(left - gone), reason, "number of properties")
