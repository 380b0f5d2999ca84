"""Properties of the object, references and the sequence's own parts are compared too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.comparison.builders import sequence
from tsfix.comparison.compare import compare_task_sequences
from tsfix.comparison.differences import Comparison, Counts, Difference
from tsfix.task_sequence import KnownRest, ObjectReference, PackageProperty, TaskSequence
from tsfix.values import PackageId


def package_property(
    name: str, value: str | tuple[str, ...] | None, *attributes: tuple[str, str], other: str = ""
) -> PackageProperty:
    return PackageProperty(
        name=name, value=value, attributes=attributes, element=1, value_element=2, other=(other,) if other else ()
    )


def object_reference(package: str, program: str | None = "*", kind: str = "0") -> ObjectReference:
    return ObjectReference(package=PackageId(package), program=program, type=kind, element=3, package_element=4)


BEFORE = TaskSequence(
    name="Install Windows",
    package_id=PackageId("CHQ00012"),
    sequence=sequence(
        '<referenceList><reference package="CHQ00002"/><reference package="CHQ00010" program="Install"/></referenceList>'
        '<step name="Restart" description="" type="SMS_TaskSequence_RebootAction"/>'
    ),
    properties=(
        package_property("__PATH", "\\\\SERVER\\X", ("TYPE", "string")),
        package_property("Name", "Install Windows", ("TYPE", "string")),
        package_property("Duration", None),
        package_property("Description", ""),
        package_property("SupportedOperatingSystems", ("x64", "x86")),
    ),
    object_references=(object_reference("CHQ00002"), object_reference("CHQ00010", "Install")),
    object_rest=KnownRest(other=("digest",)),
)


def only(comparison: Comparison) -> Difference:
    (found,) = comparison.differences
    return found


def details(after: TaskSequence, before: TaskSequence = BEFORE) -> list[tuple[str, str | None, str | None]]:
    return [(found.field, found.before, found.after) for found in only(compare_task_sequences(before, after)).details]


def with_property(name: str, value: str | tuple[str, ...] | None) -> TaskSequence:
    properties = [replace(found, value=value) if found.name == name else found for found in BEFORE.properties]
    return replace(BEFORE, properties=tuple(properties))


def with_sequence(inner: str) -> TaskSequence:
    return replace(BEFORE, sequence=sequence(inner))


def test_nothing_differs_from_itself() -> None:
    found = compare_task_sequences(BEFORE, BEFORE)
    assert ("Install Windows", "Install Windows", (), Counts(), True) == (
        found.before_name,
        found.after_name,
        found.differences,
        found.counts,
        found.identical,
    )


def test_where_things_stand_in_the_file_is_no_difference() -> None:
    moved = tuple(replace(found, element=99, value_element=100) for found in BEFORE.properties)
    references = tuple(replace(found, element=99, package_element=98) for found in BEFORE.object_references)
    after = replace(BEFORE, name="copy", properties=moved, object_references=references)
    assert compare_task_sequences(BEFORE, after).identical


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Name", "Other", ("package-property:Name", "Install Windows", "Other")),
        ("__PATH", "\\\\SERVER\\Y", ("package-property:__PATH", "\\\\SERVER\\X", "\\\\SERVER\\Y")),
        ("Duration", "", ("package-property:Duration", None, "")),
        ("Description", None, ("package-property:Description", "", None)),
        ("Description", "NULL", ("package-property:Description", "", "NULL")),
        ("SupportedOperatingSystems", ("x64", "arm"), ("package-property:SupportedOperatingSystems#2", "x86", "arm")),
    ],
)
def test_a_property_of_the_object(name: str, value: str | None, expected: tuple[str, str | None, str | None]) -> None:
    after = with_property(name, value)
    assert [expected] == details(after)
    assert ("package", "changed", "object around the sequence") == (
        (found := only(compare_task_sequences(BEFORE, after))).what,
        found.kind,
        found.name,
    )


def test_a_text_is_not_an_array_of_it() -> None:
    assert details(with_property("Name", ("Install Windows",)))
    assert details(with_property("SupportedOperatingSystems", ()))


def test_properties_come_and_go() -> None:
    new = (
        package_property("TsEnabled", "true", ("TYPE", "boolean")),
        package_property("Icon", None, other="qualifier"),
    )
    after = replace(BEFORE, properties=(*BEFORE.properties[1:], *new))
    assert [
        ("package-property:__PATH", "\\\\SERVER\\X", None),
        ("package-property:__PATH@TYPE", "string", None),
        ("package-property:TsEnabled", None, "true"),
        ("package-property:TsEnabled@TYPE", None, "boolean"),
        ("package-property:Icon", None, "(NULL)"),
        ("package-property:Icon/other#1", None, "qualifier"),
    ] == details(after)


def test_attributes_of_properties_other_content_and_order() -> None:
    first, *rest = BEFORE.properties
    after = replace(
        BEFORE,
        properties=(*rest, replace(first, attributes=(("TYPE", "uint32"),))),
        object_rest=KnownRest(other=("another",)),
    )
    assert [
        ("package-property:__PATH@TYPE", "string", "uint32"),
        "order:package-property",
        ("object-other#1", "digest", "another"),
    ] == [found if found[0] != "order:package-property" else found[0] for found in details(after)]


def test_the_array_of_references() -> None:
    after = replace(BEFORE, object_references=(object_reference("CHQ00010", None), object_reference("LEG00007")))
    found = only(compare_task_sequences(BEFORE, after))
    assert ("references", "References array of the object") == (found.what, found.name)
    assert [
        ("object-reference:CHQ00002", "Package=CHQ00002; Type=0; Program=*", None),
        ("object-reference:CHQ00010@Program", "Install", None),
        ("object-reference:LEG00007", None, "Package=LEG00007; Type=0; Program=*"),
    ] == [(detail.field, detail.before, detail.after) for detail in found.details]


def test_the_digest_of_the_array_is_left_out_where_entries_came_or_went() -> None:
    def with_digest(digest: str, *references: ObjectReference) -> TaskSequence:
        return replace(BEFORE, properties=(package_property("References", digest),), object_references=references)

    one, two = object_reference("CHQ00002"), object_reference("CHQ00010")
    assert ["object-reference:CHQ00010"] == [
        field for field, _, _ in details(with_digest("b", one), with_digest("a", one, two))
    ]
    assert ["package-property:References"] == [
        field for field, _, _ in details(with_digest("b", one), with_digest("a", one))
    ]


def test_the_reference_list() -> None:
    after = with_sequence(
        '<referenceList><reference package="CHQ00010" program="Run"/><reference package="LEG00007"/>'
        '<reference application="ScopeId_1/Application_2"/></referenceList>'
        '<step name="Restart" description="" type="SMS_TaskSequence_RebootAction"/>'
    )
    found = only(compare_task_sequences(BEFORE, after))
    assert ("references", "reference list of the sequence") == (found.what, found.name)
    assert [
        ("reference:CHQ00002", "removed", "package=CHQ00002", None),
        ("reference:CHQ00010@program", "changed", "Install", "Run"),
        ("reference:LEG00007", "added", None, "package=LEG00007"),
        ("reference:ScopeId_1/Application_2", "added", None, "application=ScopeId_1/Application_2"),
    ] == [(detail.field, detail.kind, detail.before, detail.after) for detail in found.details]


def test_one_package_with_two_programs_loses_the_right_one() -> None:
    listed = '<referenceList><reference package="CHQ00010" program="A"/><reference package="CHQ00010" program="B"/></referenceList>'
    before, after = (
        with_sequence(listed),
        with_sequence(listed.replace('<reference package="CHQ00010" program="A"/>', "")),
    )
    assert [("reference:CHQ00010", "package=CHQ00010; program=A", None)] == details(after, before)


def test_order_and_presence_of_the_reference_list() -> None:
    two = '<referenceList><reference package="CHQ00002"/><reference package="CHQ00010"/></referenceList>'
    turned = '<referenceList><reference package="CHQ00010"/><reference package="CHQ00002"/></referenceList>'
    assert [("order:reference", "CHQ00002, CHQ00010", "CHQ00010, CHQ00002")] == details(
        with_sequence(turned), with_sequence(two)
    )
    assert [("reference-list", "empty", None)] == details(with_sequence(""), with_sequence("<referenceList/>"))


def test_the_sequence_itself() -> None:
    before = with_sequence('<globalVarList><variable name="OSGUID" property="OSGUID">1</variable></globalVarList>')
    after = replace(
        BEFORE,
        sequence=sequence(
            '<sequence version="3.00"><globalVarList><variable name="OSGUID" property="OSGUID">2</variable>'
            "</globalVarList><unknown/></sequence>"
        ),
    )
    found = only(compare_task_sequences(before, after))
    assert ("task-sequence", "sequence") == (found.what, found.name)
    assert [
        ("attribute:version", "3.10", "3.00"),
        ("global-variable:OSGUID", "1", "2"),
        ("other#1", None, "<unknown></unknown>"),
    ] == [(detail.field, detail.before, detail.after) for detail in found.details]


def test_package_comes_before_sequence_before_references_before_steps() -> None:
    after = replace(
        with_property("Name", "Other"),
        sequence=sequence('<sequence version="3.00"><step name="New"/></sequence>'),
        object_references=(),
    )
    assert [
        "package",
        "references",
        "task-sequence",
        "references",
        "step",
        "step",
    ] == [found.what for found in compare_task_sequences(BEFORE, after).differences]


EMPTY = "<sequence/>"
ONE = '<sequence><step name="A" type="T" disable="false"/></sequence>'
CHANGED = '<sequence><step name="A" type="T" disable="true"/></sequence>'
TESTED = """<sequence><step name="A" type="T"><condition><expression type="SMS_TaskSequence_VariableConditionExpression">
<variable name="Value">true</variable></expression></condition></step></sequence>"""
_PROGRAM = """
import sys
from tests.comparison.builders import compare_sequences, sequence
found = compare_sequences(sequence(sys.argv[1]), sequence(sys.argv[2]))
print(found.identical, "deepdiff" in sys.modules)
"""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (ONE, ONE, "True False"),
        (EMPTY, ONE, "False False"),
        (ONE, EMPTY, "False False"),
        (ONE, CHANGED, "False False"),
        (TESTED, TESTED.replace("true", "false"), "False True"),
    ],
)
def test_deepdiff_is_only_imported_where_conditions_differ(before: str, after: str, expected: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, before, after],
        capture_output=True,
        check=True,
        encoding="utf-8",
        cwd=Path(__file__).parents[2],
    )
    assert expected == done.stdout.strip()
