"""Writes tests for a target that lacks their operator: ``not`` around ``like``, or an exact comparison.

The same for conditions of groups and steps and for the rules inside Set Dynamic Variables steps.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tsfix.changes import Reason
from tsfix.checks.dynamic_rules import is_rules
from tsfix.checks.older_operators import (
    EXACT,
    LIKE,
    OlderTest,
    mends_condition,
    mends_rules,
    of_condition,
    of_rules,
    older_tests,
)
from tsfix.checks.out_of_action import out_of_action
from tsfix.checks.subject import Subject
from tsfix.comparison.conditions import condition_in_words
from tsfix.places import item_location
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.planned import Decided, Planned, reason_of
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import Condition, ConditionPart, Group, Step, Variable
from tsfix.xml_bytes.draft import Draft

_RULE = "R34"
_NOT = "operator"


def wanted(subjects: Iterable[Subject], decided: Decided) -> bool:
    """True when there is something to do."""
    return any(
        mends_condition(subject, item) or any(True for _ in _rules(subject, item))
        for subject in subjects
        for item in subject.task_sequence.sequence.walk()
        if (subject.exported.part, item.position) not in decided
    )


def apply(draft: ExportDraft, subjects: Iterable[Subject], planned: Planned, decided: Decided) -> None:
    """Write every test that can be written. A condition or rule text with another one stays as it is."""
    for subject, sequence in zip(subjects, draft.sequences, strict=True):
        for item in subject.task_sequence.sequence.walk():
            after = item
            if (subject.exported.part, item.position) in decided:
                continue
            if item.condition is not None and mends_condition(subject, item):
                after = _in_condition(subject, sequence, item, item.condition)
            for variable in _rules(subject, item):
                after = _in_rules(subject, sequence, after, variable)
            if after is not item:
                planned[sequence.exported.part, item.position] = after


def _rules(subject: Subject, item: Group | Step) -> list[Variable]:
    variables = item.variables if isinstance(item, Step) else ()
    return [one for one in variables if is_rules(one.name) and mends_rules(subject, one) and not out_of_action(item)]


def _in_condition(subject: Subject, sequence: SequenceDraft, item: Group | Step, condition: Condition) -> Group | Step:
    found = older_tests(subject, of_condition(condition))
    for one in found:
        _write(sequence.sequence, one)
    changed = {one.test.element: one for one in found}
    after = replace(condition, parts=tuple(_part(part, changed) for part in condition.parts))
    sequence.log.add(
        kind="changed",
        location=item_location(sequence.exported, item),
        element=item.element,
        field="condition",
        label="condition",
        before=condition_in_words(condition),
        after=condition_in_words(after),
        reasons=tuple(_reason(one) for one in found),
    )
    return replace(item, condition=after)


def _part(part: ConditionPart, changed: dict[int, OlderTest]) -> ConditionPart:
    """The part as it shall be."""
    one = changed.get(part.element)
    if one is None:
        return replace(part, children=tuple(_part(child, changed) for child in part.children))
    variables = tuple(
        replace(variable, value=_operator(one)) if variable.element == one.test.operator_element else variable
        for variable in part.variables
    )
    inner = replace(part, variables=variables)
    if one.change == "exact":
        return inner
    return ConditionPart(
        kind=_NOT, type="not", attributes=(("type", "not"),), variables=(), children=(inner,), element=part.element
    )


def _in_rules(subject: Subject, sequence: SequenceDraft, item: Group | Step, variable: Variable) -> Group | Step:
    assert isinstance(item, Step)
    sequence.require_single(item, variable)
    found = older_tests(subject, of_rules(variable.value))
    inner = sequence.sequence.embedded(variable.element)
    for one in found:
        _write(inner, one)
    after = sequence.sequence.text(variable.element)
    sequence.log.add(
        kind="changed",
        location=item_location(sequence.exported, item),
        element=variable.element,
        field=f"variable:{variable.name}",
        label=variable.name,
        before=variable.value,
        after=after,
        reasons=tuple(_reason(one) for one in found),
    )
    variables = tuple(replace(one, value=after) if one is variable else one for one in item.variables)
    return replace(item, variables=variables)


def _write(draft: Draft, one: OlderTest) -> None:
    reason = _reason(one).text
    if one.change == "exact":
        draft.set_text(one.test.operator_element, _operator(one), reason)
        return
    alone = Draft(draft.document)
    alone.set_text(one.test.operator_element, _operator(one), reason)
    # The operator stands inside of the test, so the test begins where it did and grows by as much as the whole.
    before, after, span = draft.document.data, alone.apply(), draft.document.element_span(one.test.element)
    text = after[span.start : span.end + len(after) - len(before)].decode("utf-8")
    draft.replace_element(one.test.element, f'<{_NOT} type="not">{text}</{_NOT}>', reason)


def _operator(one: OlderTest) -> str:
    return EXACT[one.feature.downlevel.rewrite] if one.change == "exact" else LIKE


def _reason(one: OlderTest) -> Reason:
    return reason_of(_RULE, one.age, one.feature.downlevel, one.feature.source)
