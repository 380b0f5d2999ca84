"""Lists a package that a step of the copy newly uses wherever a site lists it: in the task sequence and in its parents.

A site lists what enabled steps use: ``referenceList`` in the order of first use, all other lists sorted. A call repeats
what its child needs, and so do the parent's own lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tsfix.changes import Reason
from tsfix.checks.subject import Subject
from tsfix.errors import UnsupportedEditError
from tsfix.parse.export_layout import sibling
from tsfix.places import child_calls
from tsfix.rewrites.change_log import log_number
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.reference_order import first_uses, listed
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.rewrites.written import quoted, text
from tsfix.task_sequence import Step
from tsfix.values import Location, RuleId

_REASON = Reason(rule=RuleId("R46"), text="a step of the copy uses it now", topic="references")
_ROLL_UP = "TsReferencePackages"
_ROWS = "ReferencesInfo.xml"
_ARRAY = "VALUE.OBJECTARRAY"


class Added(Struct, frozen=True, kw_only=True):
    """A package that a step uses newly."""

    part: str
    step: Step
    package: str
    type: str = "0"
    """``ReferencePackageType``: 0 for a package of any content, 259 for an upgrade package."""


def add_packages(draft: ExportDraft, subjects: tuple[Subject, ...], added: Iterable[Added]) -> None:
    """List the packages of enabled steps. What a list names already stays as it stands there.

    Raises UnsupportedEditError where an object has no place for such a list.
    """
    added = tuple(added)
    types = {one.package: one.type for one in added}
    for subject, sequence, new in _with_parents(draft, subjects, added):
        order = sorted(new, key=lambda package: (new[package], package))
        _reference_list(sequence, new, [one for one in order if not _is_listed(sequence, one)])
        if sequence.has_envelope:
            _object_references(draft, sequence, sorted(new))
            _rows(draft, subject, sequence, {one: types[one] for one in sorted(new)})


def _with_parents(
    draft: ExportDraft, subjects: tuple[Subject, ...], added: Iterable[Added]
) -> list[tuple[Subject, SequenceDraft, dict[str, int]]]:
    """What each task sequence newly needs, with the number of the first step that needs it; calls are written anew."""
    needs: dict[str, dict[str, int]] = {}
    parts = {str(one.exported.task_sequence.package_id).upper(): one.exported.part for one in subjects}
    for one in added:
        steps = list(_sequence(draft, one.part).task_sequence.sequence.steps())
        number = next(number for number, step in enumerate(steps) if step.position == one.step.position)
        found = needs.setdefault(one.part, {})
        found[one.package] = min(number, found.get(one.package, number))
    changed = True
    while changed:
        changed = False
        for subject, sequence in zip(subjects, draft.sequences, strict=True):
            numbers = {step.element: number for number, step in enumerate(sequence.task_sequence.sequence.steps())}
            for call in child_calls(sequence.task_sequence, subject.knowledge):
                child = needs.get(parts.get(call.child, ""), {})
                for variable in call.roll_ups if child and not sequence.gone(call.step) else ():
                    if variable.property == _ROLL_UP:
                        _roll_up(sequence, call.step, child, sequence.value(variable))
                own = needs.setdefault(subject.exported.part, {}) if child and call.step.runs else {}
                for package in child:
                    if call.step.runs and package not in own:
                        own[package] = numbers[call.step.element]
                        changed = True
    return [
        (subject, sequence, needs[subject.exported.part])
        for subject, sequence in zip(subjects, draft.sequences, strict=True)
        if needs.get(subject.exported.part)
    ]


def _sequence(draft: ExportDraft, part: str) -> SequenceDraft:
    return next(one for one in draft.sequences if one.exported.part == part)


def _roll_up(sequence: SequenceDraft, call: Step, packages: Iterable[str], now: str) -> None:
    held = [one.strip() for one in now.split(",") if one.strip()]
    have = {one.upper() for one in held}
    new = [one for one in sorted(packages) if one.upper() not in have]
    variable = call.property(_ROLL_UP)
    if new and variable is not None:
        sequence.set_variable(call, variable, ",".join(sorted((*held, *new))), _REASON)


def _is_listed(sequence: SequenceDraft, package: str) -> bool:
    return any(
        listed(one) == package.upper() and one.program in (None, "*")
        for one in sequence.task_sequence.sequence.references
    )


def _reference_list(sequence: SequenceDraft, numbers: Mapping[str, int], new: list[str]) -> None:
    """New entries stand before the first one that is used later."""
    whole, uses = sequence.task_sequence.sequence, first_uses(sequence.task_sequence.sequence)
    elements = {one: f"<reference package={quoted(one)}/>" for one in new}
    if new and whole.reference_list_element is None:
        xml = f"<referenceList>{''.join(elements.values())}</referenceList>"
        sequence.sequence.insert_before(whole.element + 1, xml, _REASON.text)
    for package, xml in elements.items():
        later = [one for one in whole.references if uses.get(listed(one), -1) > numbers[package]]
        if later:
            sequence.sequence.insert_before(later[0].element, xml, _REASON.text)
        elif whole.reference_list_element is not None:
            sequence.sequence.append_child(whole.reference_list_element, xml, _REASON.text)
        _note(sequence, f"reference:{package}", "reference list", package)


def _object_references(draft: ExportDraft, sequence: SequenceDraft, packages: list[str]) -> None:
    """The References array of the object, sorted by package."""
    own = sequence.task_sequence.object_references
    have = {(one.package.upper(), one.program or "*") for one in own}
    new = [one for one in packages if (one.upper(), "*") not in have]
    if not new:
        return
    holder = sequence.task_sequence.property("References")
    if holder is None:
        raise UnsupportedEditError(
            "The object has no list of references to add to.", location=sequence.exported.location
        )
    if own:
        for package in new:
            later = next((one for one in own if one.package > package), None)
            if later is not None:
                sequence.envelope.insert_before(later.element, f"{_entry(package)}\n      ", _REASON.text)
            else:
                sequence.envelope.insert_after(own[-1].element, f"\n      {_entry(package)}", _REASON.text)
    else:
        entries = "".join(f"\n      {_entry(package)}" for package in new)
        array = _empty_array(sequence, holder.element)
        if array is not None:
            sequence.envelope.append_child(array, entries, _REASON.text)
        else:
            xml = f"  <{_ARRAY}>{entries}\n    </{_ARRAY}>\n  "
            sequence.envelope.append_child(holder.element, xml, _REASON.text)
    for package in new:
        _note(sequence, f"object-reference:{package}", "References array of the object", package)
    count = sequence.task_sequence.property("ReferencesCount")
    if count is not None and count.value == str(len(own)):
        sequence.set_property(count, str(len(own) + len(new)), _REASON, "number of references")


def _empty_array(sequence: SequenceDraft, holder: int) -> int | None:
    """The array in a property that holds one without entries."""
    document = sequence.envelope.document
    end = document.element_span(holder).end
    for number in range(holder + 1, len(document.starts)):
        if document.start(number) >= end:
            return None
        if document.tag(number).name == _ARRAY:
            return number
    return None


def _rows(draft: ExportDraft, subject: Subject, sequence: SequenceDraft, packages: Mapping[str, str]) -> None:
    """ReferencesInfo.xml: one INSTANCE as escaped text for each reference, sorted by package."""
    part = sibling(sequence.exported.part, _ROWS)
    if part not in draft.export.parts.parts:
        return
    drafted, rows = draft.part(part), sequence.exported.references_info
    have = {(one.package_id.upper(), one.program or "*") for one in rows}
    for package, kind in packages.items():
        if (package.upper(), "*") in have:
            continue
        known = subject.hierarchy.package(package)
        name = (known.name if known is not None else "") or package
        row = _row(str(sequence.task_sequence.package_id), package, name, kind)
        later = next((one for one in rows if one.package_id > package), None)
        if later is not None:
            drafted.insert_before(later.element, f"{row}\r\n  ", _REASON.text)
        else:
            before = "  " if rows else "\r\n  "
            drafted.append_child(0, f"{before}{row}\r\n", _REASON.text)
        draft.log.add(
            kind="added",
            location=Location(file=draft.export.name, part=part),
            element=log_number(package),
            field=f"references-info:{package}",
            label=f"{_ROWS} of {sequence.task_sequence.name}",
            before=None,
            after=package,
            reasons=(_REASON,),
        )


def _note(sequence: SequenceDraft, field: str, label: str, package: str) -> None:
    sequence.log.add(
        kind="added",
        location=sequence.exported.location,
        element=log_number(package),
        field=field,
        label=label,
        before=None,
        after=package,
        reasons=(_REASON,),
    )


# Both forms as every site from 2012 to today writes them (270 entries in 44 exports, without an exception).

_ENTRY = """<VALUE.OBJECT>
        <INSTANCE CLASSNAME="SMS_TaskSequence_Reference">
          <PROPERTY NAME="__PATH" CLASSORIGIN="___SYSTEM" TYPE="string"></PROPERTY>
          <PROPERTY NAME="__NAMESPACE" CLASSORIGIN="___SYSTEM" TYPE="string"></PROPERTY>
          <PROPERTY NAME="__SERVER" CLASSORIGIN="___SYSTEM" TYPE="string"></PROPERTY>
          <PROPERTY.ARRAY NAME="__DERIVATION" CLASSORIGIN="___SYSTEM" TYPE="string">
            <VALUE.ARRAY></VALUE.ARRAY>
          </PROPERTY.ARRAY>
          <PROPERTY NAME="__PROPERTY_COUNT" CLASSORIGIN="___SYSTEM" TYPE="sint32">
            <VALUE>3</VALUE>
          </PROPERTY>
          <PROPERTY NAME="__RELPATH" CLASSORIGIN="___SYSTEM" TYPE="string"></PROPERTY>
          <PROPERTY NAME="__DYNASTY" CLASSORIGIN="___SYSTEM" TYPE="string">
            <VALUE>SMS_TaskSequence_Reference</VALUE>
          </PROPERTY>
          <PROPERTY NAME="__SUPERCLASS" CLASSORIGIN="___SYSTEM" TYPE="string"></PROPERTY>
          <PROPERTY NAME="__CLASS" CLASSORIGIN="___SYSTEM" TYPE="string">
            <VALUE>SMS_TaskSequence_Reference</VALUE>
          </PROPERTY>
          <PROPERTY NAME="__GENUS" CLASSORIGIN="___SYSTEM" TYPE="sint32">
            <VALUE>2</VALUE>
          </PROPERTY>
{properties}
        </INSTANCE>
      </VALUE.OBJECT>"""

_PROPERTY = """          <PROPERTY NAME="{name}" CLASSORIGIN="SMS_TaskSequence_Reference" TYPE="{kind}">
            <QUALIFIER NAME="CIMTYPE" PROPAGATED="true" TYPE="string" TOINSTANCE="true">
              <VALUE>{kind}</VALUE>
            </QUALIFIER>
            <VALUE>{value}</VALUE>
          </PROPERTY>"""

_ROW = """<INSTANCE CLASSNAME="SMS_TaskSequenceReferencesInfo">
{properties}
</INSTANCE>"""


def _entry(package: str) -> str:
    values = (("Package", "string", package), ("Program", "string", "*"), ("Type", "uint32", "0"))
    properties = (_PROPERTY.format(name=name, kind=kind, value=text(value)) for name, kind, value in values)
    return _ENTRY.format(properties="\n".join(properties))


def _row(owner: str, package: str, name: str, type: str) -> str:
    values = (
        ("__RELPATH", "string", ""),
        ("PackageID", "string", owner),
        ("ProgramName", "string", "*"),
        ("ReferenceDescription", "string", ""),
        ("ReferenceName", "string", name),
        ("ReferencePackageID", "string", package),
        ("ReferencePackageType", "uint32", type),
        ("ReferenceProgramName", "string", "*"),
        ("ReferenceVersion", "string", ""),
    )
    heads = (
        f'NAME="{key}" TYPE="{kind}"' if number else f'TYPE="{kind}" NAME="{key}"'
        for number, (key, kind, _) in enumerate(values)
    )
    properties = (
        f"  <PROPERTY {head}>\n    <VALUE>{text(value)}</VALUE>\n  </PROPERTY>"
        for head, (_, _, value) in zip(heads, values, strict=True)
    )
    escaped = text(_ROW.format(properties="\n".join(properties))).replace("\n", "\r\n")
    return f"<string>{escaped}</string>"
