"""Every place where an export names another object by ID: the live ones, which must change together, and free text.

The knowledge base says which properties of a step hold IDs and which parts of an action line repeat them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import Literal

from msgspec import Struct

from tsfix.changes import Mention
from tsfix.export import ExportedTaskSequence
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.context import inline_script
from tsfix.knowledge.facts import StepFact
from tsfix.task_sequence import Group, Reference, Step, TaskSequence, Variable
from tsfix.values import NO_PACKAGE, Location, PackageId, is_package_id

PlaceKind = Literal["variable", "action", "reference-list", "boot-image", "object-reference", "references-info"]

_ID_TOKEN = re.compile(r"[^,\s]+")
_WORD = re.compile(r"(?<![0-9A-Za-z])[A-Za-z0-9]{3}[0-9A-Fa-f]{5}(?![0-9A-Za-z])")
_ACTION_SWITCH = re.compile(r"(?P<switch>/[A-Za-z]+:)\{(?P<property>\w+)\}")
_NUMBERED_ID = re.compile(r"(?P<start>\w*\d)PackageId", re.IGNORECASE)
MOST_MENTIONS = 100
"""Mentions of one ID in one text. Each says where it is, and a name can hold thousands of IDs and be part of the answer."""
_NO_ID_KINDS = frozenset({"driver-category", "software-update"})


class Place(Struct, frozen=True, kw_only=True, dict=True):
    """One live place: a text and the IDs that stand in it."""

    kind: PlaceKind
    label: str
    """In words, such as ``variable _SMSClientPackageID``."""
    value: str
    spans: tuple[tuple[int, int], ...]
    """Where in ``value`` the IDs stand."""
    element: int
    """The number of the element that holds the text, in the document of ``kind``."""
    step: Step | None = None
    variable: Variable | None = None
    reference_kind: str = ""
    """What the ID refers to, such as ``client-package``; empty where the place does not say."""
    roll_up_of: str = ""
    """The child task sequence (upper-case ID) whose references the place repeats; empty everywhere else."""

    @cached_property
    def ids(self) -> tuple[PackageId, ...]:
        """The IDs in the order of the text."""
        return tuple([PackageId(self.value[start:end]) for start, end in self.spans])


class ChildCall(Struct, frozen=True, kw_only=True):
    """The call of a child task sequence by a step of its parent."""

    step: Step
    variable: Variable
    """The variable that names the child."""
    child: str
    """The child's ID in upper case."""
    roll_ups: tuple[Variable, ...]
    """The lists that repeat what the child refers to: packages, applications, software updates."""


def child_call(step: Step, fact: StepFact | None) -> ChildCall | None:
    """The call that the step makes, or None when it makes none."""
    if fact is None or not fact.references:
        return None
    if not any(reference.kind == "task-sequence" for reference in fact.references):
        return None
    named: Variable | None = None
    roll_ups: list[Variable] = []
    for reference in fact.references:
        variable = step.property(reference.property)
        if variable is None:
            continue
        if reference.kind == "task-sequence":
            named = variable
        else:
            roll_ups.append(variable)
    if named is None or not named.value.strip():
        return None
    return ChildCall(step=step, variable=named, child=named.value.strip().upper(), roll_ups=tuple(roll_ups))


def child_calls(task_sequence: TaskSequence, knowledge: KnowledgeBase) -> Iterator[ChildCall]:
    """Every call of a child task sequence, in the order of the sequence."""
    for step in task_sequence.sequence.steps():
        call = child_call(step, knowledge.step(step.type))
        if call is not None:
            yield call


def step_places(step: Step, knowledge: KnowledgeBase) -> Iterator[Place]:
    """The live places of one step: its reference variables and the parts of the action line that repeat them."""
    fact = knowledge.step(step.type)
    call = child_call(step, fact)
    for variable in step.variables if _may_hold_ids(fact) else ():
        kind = reference_kind(fact, variable)
        if kind is None:
            continue
        spans = id_spans(variable.value)
        if spans:
            yield Place(
                kind="variable",
                label=f"variable {variable.name}",
                value=variable.value,
                spans=spans,
                element=variable.element,
                step=step,
                variable=variable,
                reference_kind=kind,
                roll_up_of=call.child if call is not None and variable in call.roll_ups else "",
            )
    if step.action_element is not None:
        spans = action_spans(fact, step.action)
        if spans:
            yield Place(
                kind="action",
                label="action line",
                value=step.action,
                spans=spans,
                element=step.action_element,
                step=step,
            )


def shown_names(step: Step) -> Iterator[tuple[Variable, Variable]]:
    """Variables that hold the ID of a package, each with the variable that shows the package's name.

    Download Package Content has such pairs: ``PackageInfo0PackageId`` and ``PackageInfo0Name``.
    """
    for variable in step.variables:
        found = _NUMBERED_ID.fullmatch(variable.property or "")
        name = step.property(f"{found['start']}Name") if found is not None else None
        if name is not None:
            yield variable, name


def reference_kind(fact: StepFact | None, variable: Variable) -> str | None:
    """What the variable refers to, or None when it holds no IDs.

    In a step of unknown type a variable counts when its whole value has the form of a package ID. A variable without a
    property (MDT writes such) is known by its name.
    """
    if fact is None or not (fact.base_properties or fact.references):
        return "package" if is_package_id(variable.value.strip()) else None
    return _kind_by_name(fact, variable.property, variable.name)


@lru_cache(maxsize=8192)
def _kind_by_name(fact: StepFact, property: str, variable: str) -> str | None:
    """What the step type says of a variable with these two names."""
    for reference in fact.references:
        if reference.kind not in _NO_ID_KINDS and _holds(fact, reference.property, property, variable):
            return reference.kind
    return None


def _may_hold_ids(fact: StepFact | None) -> bool:
    """False for a step type whose properties are known, none of which holds IDs."""
    return fact is None or not fact.base_properties or bool(fact.references)


def _holds(fact: StepFact, name: str, property: str, variable: str) -> bool:
    """Tell whether a variable with these two names carries the property ``name``."""
    if property:
        return _property_pattern(name).fullmatch(property) is not None
    pairs = (*fact.base_properties, *((feature.property, feature.variable) for feature in fact.features))
    return any(
        known_property == name and known_variable and _property_pattern(known_variable).fullmatch(variable)
        for known_property, known_variable in pairs
    )


@lru_cache(maxsize=256)
def _property_pattern(name: str) -> re.Pattern[str]:
    """``#`` in the name of a property stands for an index."""
    return re.compile(r"\d+".join(re.escape(piece) for piece in name.split("#")), re.IGNORECASE)


def id_spans(value: str) -> tuple[tuple[int, int], ...]:
    """Where the IDs of a comma list stand; the placeholder for "no package" is none."""
    return tuple(found.span() for found in _ID_TOKEN.finditer(value) if found.group() != NO_PACKAGE)


def action_spans(fact: StepFact | None, action: str) -> tuple[tuple[int, int], ...]:
    """Where an action line repeats IDs: right behind a switch that the known forms of the line fill from a reference."""
    spans: list[tuple[int, int]] = []
    for switch in _action_switches(fact):
        # The first switch is the step's own; a later one stands in the command that the step runs.
        found = _behind(switch).search(action)
        if found and is_package_id(found.group(1)) and found.group(1) != NO_PACKAGE:
            spans.append(found.span(1))
    return tuple(sorted(set(spans)))


@lru_cache(maxsize=64)
def _behind(switch: str) -> re.Pattern[str]:
    return re.compile(re.escape(switch) + r"([A-Za-z0-9]*)", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _action_switches(fact: StepFact | None) -> tuple[str, ...]:
    if fact is None or (fact.references and not fact.action_history):
        # Custom actions (MDT's, vendors') have no recorded forms; all that were seen start "smsswd.exe /run:PACKAGE".
        return ("/run:",)
    if not fact.references:
        return ()
    properties = {reference.property.lower() for reference in fact.references}
    switches: list[str] = []
    for form in fact.action_history:
        for found in _ACTION_SWITCH.finditer(form.template):
            if found["property"].lower() in properties and found["switch"] not in switches:
                switches.append(found["switch"])
    return tuple(switches)


def reference_place(reference: Reference) -> Place | None:
    """The place of one entry of the sequence's ``referenceList``."""
    if reference.package is None or reference.package == NO_PACKAGE:
        return None
    return Place(
        kind="reference-list",
        label="reference list",
        value=reference.package,
        spans=((0, len(reference.package)),),
        element=reference.element,
    )


def live_places(exported: ExportedTaskSequence, knowledge: KnowledgeBase) -> Iterator[Place]:
    """Every live place of one task sequence, steps first."""
    for step in exported.task_sequence.sequence.steps():
        yield from step_places(step, knowledge)
    yield from list_places(exported)


def list_places(exported: ExportedTaskSequence) -> Iterator[Place]:
    """The live places outside the steps: the lists that repeat what steps refer to, and the boot image."""
    task_sequence = exported.task_sequence
    for reference in task_sequence.sequence.references:
        place = reference_place(reference)
        if place is not None:
            yield place
    boot_image = task_sequence.property("BootImageID")
    if boot_image is not None and isinstance(boot_image.value, str) and boot_image.value.strip():
        spans = id_spans(boot_image.value)
        if spans and boot_image.value_element is not None:
            yield Place(
                kind="boot-image",
                label="boot image of the task sequence",
                value=boot_image.value,
                spans=spans,
                element=boot_image.value_element,
                reference_kind="boot-image",
            )
    for entry in task_sequence.object_references:
        if entry.type == "0" and entry.package and entry.package != NO_PACKAGE:
            yield Place(
                kind="object-reference",
                label="References array of the object",
                value=entry.package,
                spans=((0, len(entry.package)),),
                element=entry.package_element,
            )
    for row in exported.references_info:
        if row.package_id and row.package_id != NO_PACKAGE:
            yield Place(
                kind="references-info",
                label="ReferencesInfo.xml",
                value=row.package_id,
                spans=((0, len(row.package_id)),),
                element=row.element,
            )


def mentions(
    exported: ExportedTaskSequence, knowledge: KnowledgeBase, wanted: Callable[[str], bool]
) -> Iterator[Mention]:
    """IDs in free text: command lines, scripts, rules, descriptions. ``wanted`` gets an upper-case ID.

    A text that names the same ID over and over is to be looked at anyway: the first ``MOST_MENTIONS`` are told.
    """
    for item in exported.task_sequence.sequence.walk():
        for label, text in free_texts(item, knowledge):
            told: Counter[str] = Counter()
            for found in _WORD.finditer(text):
                package_id = found.group().upper()
                if told[package_id] < MOST_MENTIONS and wanted(package_id):
                    told[package_id] += 1
                    start, end = max(0, found.start() - 30), min(len(text), found.end() + 30)
                    yield Mention(
                        location=item_location(exported, item),
                        package_id=found.group(),
                        label=label,
                        excerpt=" ".join(text[start:end].split()),
                    )


def free_texts(item: Group | Step, knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """Texts of a group or step in which no ID is live, each with its label; inline scripts are decoded."""
    yield "name", item.name
    yield "description", item.description
    if item.condition is not None:
        for part in item.condition.walk():
            for variable in part.variables:
                yield "condition", variable.value
    if isinstance(item, Group):
        return
    fact = knowledge.step(item.type)
    live = {place.element: place for place in step_places(item, knowledge)}
    for variable in item.variables:
        if variable.element not in live:
            yield f"variable {variable.name}", inline_script(variable.value) or variable.value
    if item.action_element is not None:
        yield "action line", _without(item.action, action_spans(fact, item.action))


def _without(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def item_location(exported: ExportedTaskSequence, item: Group | Step) -> Location:
    """The place of a group or step, for findings and changes."""
    base = exported.location
    return Location(
        file=base.file,
        part=base.part,
        task_sequence=exported.task_sequence.name,
        path=item.path,
        position=item.position,
        line=item.line,
    )
