"""Proves a copy before it is put in place: every difference was planned, every plan is there, no old ID is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from tsfix import verified_parts
from tsfix.changes import Change
from tsfix.comparison.differences import Detail
from tsfix.comparison.properties import differing_details
from tsfix.errors import VerificationError
from tsfix.export import Export, ExportedTaskSequence, PartChanges
from tsfix.knowledge.base import KnowledgeBase
from tsfix.places import live_places
from tsfix.task_sequence import Group, ObjectReference, Reference, Sequence, Step, TaskSequence, Variable, attribute
from tsfix.values import Location, Position

_REMEDY = "Nothing was written. This is a fault of tsfix: please send in the report and, if you may, the export."


_GLOBAL = "global-variable:"
"""The field of a variable that the whole sequence sets."""

Expected = Mapping[tuple[str, Position], Group | Step]
"""What shall stand in the copy at a position of a part."""


def verify(
    original: Export,
    copy: Export,
    part_changes: PartChanges,
    planned: Iterable[Change],
    knowledge: KnowledgeBase,
    gone: frozenset[str],
    expected: Expected | None = None,
) -> None:
    """Compare a copy that was read back with its original and with the plan.

    ``gone`` holds the replaced IDs in upper case. ``expected`` holds groups and steps that shall stand in the copy
    exactly so, by part and position: a replaced one with all that is in it, another one without what is in it.
    Raises VerificationError with every deviation.
    """
    planned = tuple(planned)
    faults = [*_problems(original, copy), *_parts(original, copy, part_changes)]
    if len(original.task_sequences) == len(copy.task_sequences):
        faults += _differences(original, copy, planned, expected or {})
        faults += verified_parts.faults(original, copy, part_changes, planned, gone)
        faults += _old_ids(copy, knowledge, gone) if gone else ()
    if faults:
        raise VerificationError(
            "The copy is not what was planned: " + " ".join(faults),
            remedy=_REMEDY,
            location=Location(file=original.name),
        )


def refuse_second_run(copy: Export, changes: Iterable[Change]) -> None:
    """A second run over the copy would change something. Raises VerificationError that says what."""
    what = "; ".join(f"{' > '.join(change.location.path)} {change.label}" for change in changes)
    raise VerificationError(
        f"A second run would change the copy again: {what or 'other parts'}.",
        remedy=_REMEDY,
        location=Location(file=copy.name),
    )


def _problems(original: Export, copy: Export) -> Iterator[str]:
    before = {problem.message for problem in original.problems}
    for problem in copy.problems:
        if problem.message not in before:
            yield f"{problem.location.part}: {problem.message}"
    if len(original.task_sequences) != len(copy.task_sequences):
        yield f"It holds {len(copy.task_sequences)} task sequences instead of {len(original.task_sequences)}."


def _parts(original: Export, copy: Export, changes: PartChanges) -> Iterator[str]:
    """Parts that no change names are the same bytes under the same names, in the same order."""
    expected = [changes.renamed.get(name, name) for name in original.parts.parts if name not in changes.removed]
    found = list(copy.parts.parts)
    if expected != found:
        yield f"Its parts are {found}, expected {expected}."
        return
    for name, data in original.parts.parts.items():
        planned = name in changes.removed or name in changes.replaced
        if not planned and copy.parts.parts[changes.renamed.get(name, name)] != data:
            yield f"The part {name} differs without a plan."


def _differences(original: Export, copy: Export, planned: tuple[Change, ...], expected: Expected) -> Iterator[str]:
    """Every group and step is compared with its counterpart; a plan must answer for each difference, and no plan be idle."""
    for before, after in zip(original.task_sequences, copy.task_sequences, strict=True):
        own = [change for change in planned if _concerns(change, before)]
        items = {position: item for (part, position), item in expected.items() if part == before.part}
        yield from (
            f'"{before.task_sequence.name}", {_named(before, position)}: {fault}'
            for position, fault in _in_sequence(before, after, own, items)
        )
        yield from (f'"{before.task_sequence.name}": {fault}' for fault in _outside_of_steps(before, after, own))


def _concerns(change: Change, exported: ExportedTaskSequence) -> bool:
    location = change.location
    return location.part == exported.location.part and location.task_sequence == exported.task_sequence.name


def _in_sequence(
    before: ExportedTaskSequence,
    after: ExportedTaskSequence,
    own: list[Change],
    expected: Mapping[Position, Group | Step],
) -> Iterator[tuple[Position, str]]:
    structural = {change.location.position: change.kind for change in own if change.field in ("step", "group")}
    wanted = {
        (change.location.position, change.field): change
        for change in own
        if change.location.position
        and change.field not in ("step", "group")
        and change.location.position not in expected
    }
    seen: set[tuple[Position, str]] = set()
    for position, old, new in _pairs(before.task_sequence, after.task_sequence, structural):
        if old is None or new is None:
            yield position, "another number of groups and steps than planned."
        elif position in expected:
            deep = structural.get(position) == "replaced"
            yield from (
                (position, f"{field} is not what was planned.") for field in _unlike(expected[position], new, deep=deep)
            )
        elif structural.get(position) == "replaced":
            if not isinstance(new, Step) or not new.disabled or new.name != old.name:
                yield position, "what stands in its place is not the placeholder."
        elif _kind(old) != _kind(new):
            yield position, f"it was a {_kind(old)} and is a {_kind(new)}."
        else:
            for detail in differing_details(old, new):
                seen.add((position, detail.field))
                plan = wanted.get((position, detail.field))
                if plan is None and any(_goes_with(detail, one) for (at, _), one in wanted.items() if at == position):
                    continue
                if plan is None:
                    yield position, f"{detail.field} differs without a plan."
                elif not _as_planned(plan, old, new):
                    yield position, f"{detail.field} is not what was planned."
    for position, field in sorted(wanted.keys() - seen):
        yield position, f"{field} was to differ and does not."


def _goes_with(detail: Detail, plan: Change) -> bool:
    """Tell whether something belongs to a variable that is taken out: its attributes go with it, whatever they are."""
    belongs = detail.field.startswith((f"{plan.field}@", f"{plan.field}/"))
    return belongs and detail.kind == "removed" and plan.after is None and plan.field.startswith("variable:")


def _unlike(wanted: Group | Step, found: Group | Step, *, deep: bool) -> Iterator[str]:
    """In what a group or step is not as wanted; ``deep``: with all that is in it."""
    if _kind(wanted) != _kind(found):
        yield "the kind"
        return
    yield from (detail.field for detail in differing_details(wanted, found))
    if deep and isinstance(wanted, Group) and isinstance(found, Group):
        if len(wanted.children) != len(found.children):
            yield "the number of groups and steps"
        for one, other in zip(wanted.children, found.children, strict=False):
            yield from _unlike(one, other, deep=True)


def _pairs(
    before: TaskSequence, after: TaskSequence, structural: Mapping[Position, str]
) -> Iterator[tuple[Position, Group | Step | None, Group | Step | None]]:
    """Each group and step with its counterpart in the copy; None where a group has another number of them."""
    stack: list[tuple[Position, tuple[Group | Step, ...], tuple[Group | Step, ...]]] = [
        ((), before.sequence.children, after.sequence.children)
    ]
    while stack:
        position, old_items, new_items = stack.pop()
        standing = [item for item in old_items if structural.get(item.position) != "removed"]
        if len(standing) != len(new_items):
            yield position, None, None
            continue
        for old, new in zip(standing, new_items, strict=True):
            yield old.position, old, new
            if isinstance(old, Group) and isinstance(new, Group):
                stack.append((old.position, old.children, new.children))


def _kind(item: Group | Step) -> str:
    return "group" if isinstance(item, Group) else item.kind


def _as_planned(plan: Change, old: Group | Step, new: Group | Step) -> bool:
    """Tell whether the copy has the value that the plan names."""
    what, _, name = plan.field.partition(":")
    if what == "attribute":
        return attribute(new.attributes, name) == plan.after
    if isinstance(old, Group) or isinstance(new, Group):
        return False
    if what == "action":
        return new.action == plan.after
    if what == "variable":
        values = [variable.value for variable in new.variables if variable.name == name]
        if plan.after is None:
            return len(values) < sum(1 for variable in old.variables if variable.name == name)
        return plan.after in values
    return False


def _named(exported: ExportedTaskSequence, position: Position) -> str:
    items: tuple[Group | Step, ...] = exported.task_sequence.sequence.children
    names: list[str] = []
    for index in position:
        item = items[index]
        names.append(item.name)
        items = item.children if isinstance(item, Group) else ()
    return " > ".join(names) or "the whole"


def _outside_of_steps(before: ExportedTaskSequence, after: ExportedTaskSequence, own: list[Change]) -> Iterator[str]:
    """The sequence's attributes, variables and reference list, and the properties of the object around it."""
    old, new = before.task_sequence, after.task_sequence
    plans = {change.field: change for change in own}
    yield from _sequence(old.sequence, new.sequence, plans)
    yield from _reference_list(old.sequence.references, new.sequence.references, own)
    gone = {field.partition(":")[2] for field, plan in plans.items() if _takes_out_property(plan)}
    standing = [item for item in old.compared_properties() if item.name not in gone]
    if [item.name for item in standing] != [item.name for item in new.properties]:
        yield "the object has other properties."
        return
    if tuple(text for text in old.object_other if text.partition(" ")[0] not in gone) != new.object_other:
        yield "the object around the sequence differs in more than values."
    for old_property, new_property in zip(standing, new.compared_properties(), strict=True):
        if old_property.name == "References":
            if len(old.object_references) == len(new.object_references) and old_property.value != new_property.value:
                yield "the References array differs in more than values."
            continue
        plan = plans.get(f"package-property:{old_property.name}")
        if new_property.value != (old_property.value if plan is None else plan.after):
            yield f"the property {old_property.name} is not what was planned."
        elif plan is not None and new_property.value == old_property.value:
            yield f"the property {old_property.name} was to differ and does not."
    yield from _object_references(old.object_references, new.object_references, own)


def _takes_out_property(plan: Change) -> bool:
    return plan.field.startswith("package-property:") and plan.after is None


def _sequence(old: Sequence, new: Sequence, plans: Mapping[str, Change]) -> Iterator[str]:
    old_attributes, new_attributes = dict(old.attributes), dict(new.attributes)
    for key in old_attributes.keys() | new_attributes.keys():
        plan = plans.get(f"sequence-attribute:{key}")
        if new_attributes.get(key) != (old_attributes.get(key) if plan is None else plan.after):
            yield f"the attribute {key} of the sequence is not what was planned."
    added = {plan.field.partition(":")[2]: plan.after for plan in plans.values() if plan.field.startswith(_GLOBAL)}
    kept = [item for item in new.global_variables if item.name not in added]
    if (
        list(map(_variable, old.global_variables)) != list(map(_variable, kept))
        or {item.name: item.value for item in new.global_variables if item.name in added} != added
        or old.other != new.other
    ):
        yield "the sequence's own variables or other content differ without a plan."


def _variable(variable: Variable) -> tuple[object, ...]:
    return variable.attributes, variable.value, variable.other


def _reference_list(old: tuple[Reference, ...], new: tuple[Reference, ...], own: list[Change]) -> Iterator[str]:
    """What no plan names stands as it did, in its order; the rest is what the plans say."""
    plans = [change for change in own if change.field.startswith("reference:")]
    befores, afters = {change.before for change in plans}, {change.after for change in plans}
    untouched = [item.attributes for item in old if _listed(item) not in befores | afters]
    if untouched != [item.attributes for item in new if _listed(item) not in befores | afters]:
        yield "the reference list differs without a plan."
    expected = Counter(_listed(item) for item in old)
    expected.subtract(change.before or "" for change in plans)
    expected.update(change.after for change in plans if change.after is not None)
    if +expected != Counter(_listed(item) for item in new):
        yield "the reference list is not what was planned."


def _listed(reference: Reference) -> str:
    return str(reference.package or reference.application)


def _object_references(
    old: tuple[ObjectReference, ...], new: tuple[ObjectReference, ...], own: list[Change]
) -> Iterator[str]:
    """The References array, in which the same reference stands once."""
    expected = {(str(item.package), item.program, item.type) for item in old}
    for change in own:
        if change.field.startswith("object-reference:"):
            concerned = {item for item in expected if item[0] == change.before}
            moved = {(change.after, *item[1:]) for item in concerned if change.after is not None}
            if change.before is None:
                moved = {(str(item.package), item.program, item.type) for item in new if item.package == change.after}
                moved = moved or {(str(change.after), None, "")}
            expected = (expected - concerned) | moved
    found = {(item.package, item.program, item.type) for item in new}
    # Two packages that change places do so at once; otherwise a plan may build on another.
    moves = {change.before: change.after for change in own if change.field.startswith("object-reference:")}
    at_once = {(moves.get(str(item.package), item.package), item.program, item.type) for item in old}
    if found not in (expected, at_once):
        yield "the References array is not what was planned."


def _old_ids(copy: Export, knowledge: KnowledgeBase, gone: frozenset[str]) -> Iterator[str]:
    """No replaced ID stands in a live place, or in the name of a part.

    Only what a call repeats of a child outside of the export stays as it is.
    """
    here = {str(item.task_sequence.package_id).upper() for item in copy.task_sequences}
    for exported in copy.task_sequences:
        for place in live_places(exported, knowledge):
            if place.roll_up_of and place.roll_up_of not in here:
                continue
            for found in place.ids:
                if found.upper() in gone:
                    where = " > ".join(place.step.path) if place.step else exported.task_sequence.name
                    yield f"The old ID {found} is left in {where}, {place.label}."
        own = exported.task_sequence.package_id
        if own is not None and own.upper() in gone:
            yield f"The task sequence still has the ID {own}."
    yield from verified_parts.old_ids(copy, gone)
