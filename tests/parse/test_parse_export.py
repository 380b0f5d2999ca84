"""What is read from each format, and what becomes of parts that cannot be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from tests.made import Group, export, parts, raw, read_parts, sequence
from tests.made import steps as basic
from tests.parse.documents import fixture_export, fixture_exports
from tsfix.errors import UnreadableError
from tsfix.export import Export
from tsfix.parse.export import read_export
from tsfix.parse.export_layout import object_parts, sibling
from tsfix.parse.object_rest import ObjectText, read_rest
from tsfix.parse.package_object import read_object
from tsfix.parse.references_info import read_references_info, read_row
from tsfix.parse.relationships import read_manifest, read_relationships, relationship_id
from tsfix.task_sequence import Group as ModelGroup
from tsfix.task_sequence import KnownRest, Step
from tsfix.values import Location, PackageId

FOLDER = "SMS_TaskSequencePackage/CHQ00050/"


def small() -> dict[str, bytes]:
    return parts(
        sequence("CHQ00050", "First", basic.restart("Restart")),
        sequence("CHQ00051", "Second", basic.install_package("Install", "CHQ00019", "Install quiet")),
    )


def test_every_fixture() -> None:
    found = {
        export.name.replace("\\", "/").split("/")[-1]: [
            (
                item.format,
                item.task_sequence.name,
                item.task_sequence.package_id,
                item.task_sequence.sequence.version,
                sum(1 for _ in item.task_sequence.sequence.steps()),
            )
            for item in export.task_sequences
        ]
        for export in fixture_exports()
    }
    assert {
        "Contoso Build and Capture 2012.zip": [("object-xml", "Build and capture Windows 7", "OLD0001C", "3.00", 16)],
        "Contoso Deploy Windows 11.zip": [
            ("object-xml", "Deploy Windows 11 – Zürich & Genève", "CHQ00030", "3.10", 41),
            ("object-xml", "Install standard applications", "CHQ00031", "3.10", 5),
            ("object-xml", "Set regional settings", "CHQ00032", "3.10", 3),
        ],
        "Contoso Kiosk (zipped by hand).zip": [("object-xml", "Prepare kiosk", "NEW0000A", "3.10", 3)],
        "Contoso Kiosk": [("object-xml", "Prepare kiosk", "NEW0000A", "3.10", 3)],
        "Contoso Refresh Windows 10.zip": [("object-xml", "Refresh Windows 10", "CHQ00040", "3.10", 21)],
        "Contoso Wallpaper.zip": [("object-xml", "Set wallpaper", "CHQ0004C", "3.10", 3)],
        "Contoso Time Zone.zip": [("object-xml", "Time zone <lab only>", "LAB00010", "3.10", 1)],
        "Contoso Empty.zip": [("object-xml", "Nothing yet", "LAB00011", "3.10", 0)],
        "escaped.xml": [("escaped-sequence", "escaped", None, "3.10", 2)],
        "fabrikam-custom-action.xml": [("raw-sequence", "fabrikam-custom-action", None, "3.10", 2)],
        "one-line.xml": [("raw-sequence", "one-line", None, "3.10", 4)],
        "package-2007.xml": [("task-sequence-package", "Install Windows XP branch", None, "3.00", 3)],
        "pretty.xml": [("raw-sequence", "pretty", None, "3.10", 3)],
        "ts.xml": [("mdt", "Contoso client", None, "3.00", 5)],
    } == found
    assert [export.problems for export in fixture_exports() if export.problems] == []


def test_positions_paths_and_disabled_groups() -> None:
    items = (
        Group(
            name="Same",
            children=(
                Group(
                    name="Off",
                    disable=True,
                    children=(basic.restart("Same"), Group(name="Deep", children=(basic.restart("Same"),))),
                ),
                basic.restart("Same", disable=True),
            ),
        ),
        basic.restart("Same"),
    )
    (found,) = export(sequence("CHQ00050", "TS", *items)).task_sequences
    seen = [
        (item.position, item.path, item.disabled, item.in_disabled_group)
        for item in found.task_sequence.sequence.walk()
    ]
    assert [
        ((0,), ("Same",), False, False),
        ((0, 0), ("Same", "Off"), True, False),
        ((0, 0, 0), ("Same", "Off", "Same"), False, True),
        ((0, 0, 1), ("Same", "Off", "Deep"), False, True),
        ((0, 0, 1, 0), ("Same", "Off", "Deep", "Same"), False, True),
        ((0, 1), ("Same", "Same"), True, False),
        ((1,), ("Same",), False, False),
    ] == seen
    assert [False, False, False, True] == [step.runs for step in found.task_sequence.sequence.steps()]


@pytest.mark.parametrize(
    ("written", "disabled"), [("true", True), ("TRUE", True), (" true ", True), ("false", False), ("", False)]
)
def test_what_counts_as_disabled(written: str, disabled: bool) -> None:
    (found,) = raw(
        f'<sequence version="3.00"><group name="G" disable="{written}"><step name="S"/></group></sequence>'
    ).task_sequences
    group, step = found.task_sequence.sequence.walk()
    assert (disabled, disabled) == (group.disabled, isinstance(step, Step) and not step.runs)


def test_an_empty_and_a_missing_list_are_two_things() -> None:
    (one,) = raw("<sequence version='3.10'><referenceList/></sequence>").task_sequences
    (other,) = raw("<sequence version='3.10'/>").task_sequences
    assert (1, None) == (
        one.task_sequence.sequence.reference_list_element,
        other.task_sequence.sequence.reference_list_element,
    )


# Encodings and wrappings of single files.

_SEQUENCE = '<sequence version="3.10"><step type="T" name="Zürich – 東京"><action>a &amp; b</action></step></sequence>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (_SEQUENCE.encode(), "raw-sequence"),
        (b"\xef\xbb\xbf" + _SEQUENCE.encode(), "raw-sequence"),
        (b"\xff\xfe" + _SEQUENCE.encode("utf-16-le"), "raw-sequence"),
        (b"\xfe\xff" + ('<?xml version="1.0" encoding="utf-16"?>' + _SEQUENCE).encode("utf-16-be"), "raw-sequence"),
        (('<?xml version="1.0" encoding="utf-8"?>\r\n<!-- x -->' + _SEQUENCE + "\r\n").encode(), "raw-sequence"),
        (_escaped(_SEQUENCE).encode(), "escaped-sequence"),
        (b"\xef\xbb\xbf\r\n" + _escaped(_SEQUENCE).encode() + b"\r\n", "escaped-sequence"),
        (_escaped('<?xml version="1.0"?>' + _SEQUENCE).encode(), "escaped-sequence"),
        (b"\xff\xfe" + _escaped(_SEQUENCE).encode("utf-16-le"), "escaped-sequence"),
    ],
)
def test_encodings(data: bytes, form: str) -> None:
    found = raw(data)
    assert [(form, "raw", "Zürich – 東京", "a & b")] == [
        (item.format, item.task_sequence.name, step.name, step.action)
        for item in found.task_sequences
        for step in item.task_sequence.sequence.steps()
    ], found.problems


def test_a_single_object() -> None:
    data = small()[FOLDER + "object.xml"]
    found = raw(data, "object.xml")
    assert [("object-xml", "First", "CHQ00050")] == [
        (item.format, item.task_sequence.name, item.task_sequence.package_id) for item in found.task_sequences
    ]


def test_the_2007_package_keeps_what_stands_around_the_sequence() -> None:
    (found,) = fixture_export("package-2007.xml").task_sequences
    boot_image = found.task_sequence.property("BootImageID")
    assert boot_image is not None
    assert ("C0700004", 1, 1) == (boot_image.value, boot_image.element, boot_image.value_element)
    text = fixture_export("package-2007.xml").parts.parts["package-2007.xml"]
    changed = raw(text.replace(b"<Category />", b'<Category a="1"><b /></Category>'))
    same = raw(text.replace(b"152084496", b"1"))
    around = [item.task_sequence.object_other for item in (*changed.task_sequences, *same.task_sequences)]
    assert around[0] != found.task_sequence.object_other == around[1]


# Parts that cannot be read: named, and the rest goes on.


def _problems(found: Export) -> list[tuple[str, str]]:
    return [(problem.location.part, problem.message) for problem in found.problems]


def _names(found: Export) -> list[str]:
    return [item.task_sequence.name for item in found.task_sequences]


def test_a_broken_object_does_not_stop_the_others() -> None:
    content = small()
    content[FOLDER + "object.xml"] = content[FOLDER + "object.xml"].replace(b"</INSTANCE>", b"")
    found = read_parts(content)
    assert (["Second"], [FOLDER + "object.xml"]) == (_names(found), [part for part, _ in _problems(found)])


def test_a_broken_sequence_says_where_in_the_sequence() -> None:
    content = small()
    content[FOLDER + "object.xml"] = content[FOLDER + "object.xml"].replace(b"</action>", b"</oops>", 1)
    found = read_parts(content)
    (problem,) = found.problems
    assert (["Second"], "First", 1) == (_names(found), problem.location.task_sequence, problem.location.line)


@pytest.mark.parametrize("name", ["ReferencesInfo.xml", "AppReferencesInfo.xml"])
@pytest.mark.parametrize(
    "data",
    [
        b"<ArrayOfString><string>&lt;a</string>",
        b"\xff\xfe\x00",
        b"<ArrayOfString><string>&lt;a</string></ArrayOfString>",
    ],
)
def test_broken_rows_are_a_problem_and_the_sequence_is_read(name: str, data: bytes) -> None:
    content = small()
    content[FOLDER + name] = data
    found = read_parts(content)
    assert (["First", "Second"], [FOLDER + name]) == (_names(found), [part for part, _ in _problems(found)])


def _without_value(data: bytes, name: bytes) -> bytes:
    start = data.index(b'NAME="' + name + b'"')
    end = data.index(b"</PROPERTY>", start)
    return data[: data.rindex(b"<VALUE>", start, end)] + data[end:]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda data: _without_value(data, b"Sequence"), "The property Sequence is missing or empty"),
        (
            lambda data: data.replace(b'CLASSNAME="SMS_TaskSequencePackage"', b'CLASSNAME="SMS_Other"'),
            'The object is of class "SMS_Other"',
        ),
        (
            lambda data: data.replace(b"<sequence ", b"<series ").replace(b"</sequence>", b"</series>"),
            "The outermost element is <series>",
        ),
    ],
)
def test_objects_without_a_sequence(edit: Callable[[bytes], bytes], expected: str) -> None:
    content = small()
    content[FOLDER + "object.xml"] = edit(content[FOLDER + "object.xml"])
    found = read_parts(content)
    assert ["Second"] == _names(found)
    assert _problems(found)[0][1].startswith(expected)


def test_a_part_that_the_relationships_name_is_missing() -> None:
    content = small()
    del content["SMS_TaskSequencePackage/CHQ00051/object.xml"]
    found = read_parts(content)
    expected = "It names the part /SMS_TaskSequencePackage/CHQ00051/object.xml, but the export does not hold it."
    assert (["First"], [("_rels/.rels", expected)]) == (_names(found), _problems(found))


def test_an_object_without_an_id_takes_that_of_its_folder() -> None:
    content = small()
    content[FOLDER + "object.xml"] = _without_value(content[FOLDER + "object.xml"], b"PackageID")
    assert ["CHQ00050", "CHQ00051"] == [item.task_sequence.package_id for item in read_parts(content).task_sequences]


def test_folders_in_another_case() -> None:
    content = {
        name.replace("SMS_TaskSequencePackage", "sms_tasksequencepackage"): data for name, data in small().items()
    }
    found = read_parts(content)
    assert (["First", "Second"], [], None) == (_names(found), _problems(found), found.usmt_marker and None)


def test_the_marker() -> None:
    assert ["00000000", "CHQ00001"] == [read_parts(small()).usmt_marker, fixture_export("Windows 11.zip").usmt_marker]


# Small parts.


def test_layout() -> None:
    names = (
        "a/SMS_Program/CHQ00019_Remove%20100%25/object.xml",
        "SMS_Package/CHQ00019/object.xml",
        "SMS_Package/object.xml",
        "x.xml",
    )
    assert [
        ("a/", "SMS_Program", "CHQ00019", "a/SMS_Program/CHQ00019_Remove%20100%25/"),
        ("", "SMS_Package", "CHQ00019", "SMS_Package/CHQ00019/"),
    ] == [(item.prefix, item.class_name, item.package_id, item.folder) for item in object_parts(names)]
    assert ("a/b/c.xml", "c.xml") == (sibling("a/b/object.xml", "c.xml"), sibling("object.xml", "c.xml"))


def test_a_row_takes_the_value_of_the_property_and_not_that_of_a_qualifier() -> None:
    text = (
        b'<INSTANCE><PROPERTY NAME="A"><QUALIFIER NAME="Q"><VALUE>no</VALUE></QUALIFIER><VALUE>yes</VALUE></PROPERTY>'
        b'<PROPERTY NAME="B"/><PROPERTY NAME="C"><VALUE/></PROPERTY></INSTANCE>'
    )
    row = read_row(text, Location(file=""))
    assert ({"A": "yes", "C": ""}, {"A": 4, "C": 7}) == (dict(row.values), dict(row.elements))


def _row(package: str, more: str = "") -> str:
    return f'<INSTANCE><PROPERTY NAME="ReferencePackageID"><VALUE>{package}</VALUE></PROPERTY>{more}</INSTANCE>'


def _read_rows(*rows: str) -> list[tuple[PackageId, int]]:
    root = etree.Element("ArrayOfString")
    for text in rows:
        etree.SubElement(root, "string").text = text
    return [(row.package_id, row.element) for row in read_references_info(root, Location(file=""))]


@pytest.mark.parametrize(
    "rows",
    [
        (_row("CHQ00001"), _row("CHQ00002")),
        (_row("CHQ00001"), "", f"\r\n  {_row('CHQ00002')}\r\n"),
        (_row("CHQ00001"), _row("CHQ00002", "<!-- one's own -->")),
        (_row("CHQ00001"), f"<?xml version='1.0'?>{_row('CHQ00002')}"),
        (_row("CHQ00001", "<?row?>"), _row("CHQ00002")),
        (_row("CHQ00001"), f"<?row?>{_row('CHQ00002')}"),
        (_row("CHQ00001", "<![CDATA[<?row?>]]>"), _row("CHQ00002")),
        (_row("CHQ00001"), f"<x:INSTANCE xmlns:x='u:x'>{_row('CHQ00002')}</x:INSTANCE>"),
    ],
)
def test_rows_are_the_same_together_and_alone(rows: tuple[str, ...]) -> None:
    alone = [_read_rows(*("" if one is not text else text for one in rows))[0] for text in rows if text]
    assert ["CHQ00001", "CHQ00002"] == [package for package, _ in alone]
    assert alone == _read_rows(*rows)


@pytest.mark.parametrize(
    "rows",
    [
        ("<INSTANCE><PROPERTY>", "</PROPERTY></INSTANCE>"),
        ("<INSTANCE/><INSTANCE>", "</INSTANCE>"),
        ("<INSTANCE/></rows><rows>", "<INSTANCE/>"),
        ("<INSTANCE/><?row?><INSTANCE><!--", "--></INSTANCE>"),
        ("<INSTANCE a='", "'/>"),
        (_row("CHQ00001"), "text"),
        (_row("CHQ00001"), f"{_row('CHQ00002')} text"),
        (_row("CHQ00001"), f"{_row('CHQ00002')}\xa0"),
        (f"\u2003{_row('CHQ00001')}", _row("CHQ00002")),
        (_row("CHQ00001"), " "),
        (_row("CHQ00001"), "<!-- nothing else -->"),
        (_row("CHQ00001"), _row("CHQ00002") + _row("CHQ00003")),
        (_row("CHQ00001"), f"<!DOCTYPE INSTANCE>{_row('CHQ00002')}"),
        (_row("CHQ00001"), f"{_row('CHQ00002')}<![CDATA[]]>"),
    ],
)
def test_rows_that_are_well_formed_only_together_are_refused(rows: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableError):
        _read_rows(*rows)


def test_null_empty_and_array_are_three_things() -> None:
    found = read_object(
        etree.fromstring(
            '<INSTANCE CLASSNAME="C"><PROPERTY NAME="Null"/><PROPERTY NAME="Empty"><VALUE></VALUE></PROPERTY>'
            '<PROPERTY.ARRAY NAME="None"/><PROPERTY.ARRAY NAME="List"><VALUE.ARRAY><VALUE>1</VALUE><VALUE/></VALUE.ARRAY>'
            "</PROPERTY.ARRAY></INSTANCE>"
        )
    )
    assert [("Null", None), ("Empty", ""), ("None", None), ("List", ("1", ""))] == [
        (item.name, item.value) for item in found.properties
    ]


def test_what_an_object_holds_besides_values_is_fingerprinted() -> None:
    def other(inside: str) -> tuple[object, ...]:
        text = f'<INSTANCE CLASSNAME="C"><PROPERTY NAME="A">{inside}</PROPERTY></INSTANCE>'
        rest = ObjectText(utf8=text.encode())
        assert read_rest(etree.fromstring(text)) == KnownRest(other=rest.other, arrays=rest.arrays) == rest
        assert rest == ObjectText(utf8=f" {text}".encode()) != ObjectText(utf8=b"<INSTANCE/>")
        assert hash(rest) == hash(KnownRest(other=rest.other, arrays=rest.arrays))
        return rest.other

    assert other("<VALUE>1</VALUE>") == other("<VALUE>2</VALUE>") == other("\r\n  <VALUE>2</VALUE>\r\n")
    different = [
        "",
        "<VALUE a='1'>1</VALUE>",
        "<QUALIFIER/><VALUE>1</VALUE>",
        "<VALUE>1</VALUE>x",
        "<VALUE>1</VALUE><VALUE>2</VALUE>",
    ]
    fingerprints = {other(inside) for inside in ("<VALUE>1</VALUE>", *different)}
    assert len(different) + 1 == len(fingerprints)


@pytest.mark.parametrize("name", ["Contoso Deploy Windows 11.zip", "package-2007.xml"])
def test_what_is_read_to_be_compared_is_the_same(name: str) -> None:
    content = next(found.parts for found in fixture_exports() if found.name.replace("\\", "/").split("/")[-1] == name)
    later, at_once = read_export(content), read_export(content, to_compare=True)
    assert at_once == later
    assert [item.task_sequence.object_other for item in at_once.task_sequences] == [
        item.task_sequence.object_other for item in later.task_sequences
    ]


def test_an_array_of_objects_is_compared_by_its_fingerprint() -> None:
    def compared(old: bytes, new: bytes) -> dict[str, object]:
        data = small()["SMS_TaskSequencePackage/CHQ00051/object.xml"]
        assert old in data
        (found,) = raw(data.replace(old, new), "object.xml").task_sequences
        assert ["(objects)"] == [item.value for item in found.task_sequence.properties if item.name == "References"]
        return {item.name: item.value for item in found.task_sequence.compared_properties()}

    before = compared(b"<VALUE>CHQ00019", b"<VALUE>CHQ00019")
    assert before == compared(b"<VALUE>CHQ00019", b"<VALUE>LEG00019")
    changed = compared(b'CLASSNAME="SMS_TaskSequence_Reference"', b'CLASSNAME="Other"')
    assert ["References"] == [name for name, value in changed.items() if value != before[name]]


def test_relationships_and_manifest() -> None:
    content = small()
    where = Location(file="")
    found = read_relationships(content["_rels/.rels"], where)
    assert [
        relationship_id("SMS_TaskSequencePackage", "CHQ00050"),
        relationship_id("SMS_TaskSequencePackage", "CHQ00051"),
    ] == [item.id for item in found if item.type == "SMS_TaskSequencePackage"]
    assert [("CHQ00050",), ("CHQ00051",)] == [
        item.keys for item in read_manifest(content["Manifest.xml"], where).objects
    ]


def test_walk_is_document_order() -> None:
    (found,) = export(
        sequence("CHQ00050", "TS", Group(name="1", children=(basic.restart("2"), Group(name="3"))), basic.restart("4"))
    ).task_sequences
    items = list(found.task_sequence.sequence.walk())
    assert ["1", "2", "3", "4"] == [item.name for item in items]
    assert [True, False, True, False] == [isinstance(item, ModelGroup) for item in items]
