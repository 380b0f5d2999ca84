"""Gives the client's installation the site code and the servers of the target site, where the hierarchy file names them."""

from __future__ import annotations

from tsfix.changes import Reason
from tsfix.checks.client_properties import for_the_site
from tsfix.checks.guards import guarded_positions
from tsfix.checks.out_of_action import out_of_action
from tsfix.checks.subject import Subject
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import Step, Variable


def apply(subject: Subject, draft: SequenceDraft) -> None:
    """Write the values into the step that installs the client, and into steps that set the properties by name.

    Rules of dynamic variables stay as they are, and so does what no client of the target runs: it is not for that site.
    """
    target = subject.target
    if target is None or target.site is None:
        return
    rule = subject.knowledge.rule("R6")
    reason = Reason(rule=rule.id, text=f"the hierarchy file says so of {target.site}", sources=(rule.source,))
    guarded = guarded_positions(subject)
    for step in subject.steps:
        around = (step.position[:end] for end in range(1, len(step.position) + 1))
        if draft.gone(step) or out_of_action(step) or any(position in guarded for position in around):
            continue
        for variable in _holders(subject, step):
            _write(subject, draft, step, variable, reason)


def _holders(subject: Subject, step: Step) -> list[Variable]:
    """The variables of the step that hold installation properties."""
    names = {name.casefold() for name in subject.knowledge.signs.client_installation.variables}
    found = [variable for variable in step.variables if variable.name.casefold() in names]
    named, value = step.property("VariableName"), step.property("VariableValue")
    if named is not None and value is not None and named.value.strip().casefold() in names:
        found.append(value)
    return found


def _write(subject: Subject, draft: SequenceDraft, step: Step, variable: Variable, reason: Reason) -> None:
    before = draft.value(variable)
    after = for_the_site(subject, before)
    if after == before:
        return
    action = draft.action(step)
    if variable.property.casefold() == "variablevalue":
        # Both halves change, or neither: where they disagree already, nobody knows which one is meant.
        if action.count(before) != 1:
            return
        draft.set_action(step, action.replace(before, after), reason)
    draft.set_variable(step, variable, after, reason)
