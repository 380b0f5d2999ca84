"""What must hold for any bytes at all: every function takes an input and raises only when a law is broken."""

from __future__ import annotations

import io
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

from lxml import etree

from tests.containers.copy_law import check_copy as check_zip_copy
from tests.copies import check_outcome, nothing_drafted
from tests.fuzzing.seeds import DIVIDER, OBJECT, small_export
from tests.made import findings, knowledge, raw, read_parts, request
from tests.xml_bytes.reference import HERE, Plan, assert_only_spans_changed, canonical
from tsfix.comparison.compare import compare_task_sequences
from tsfix.configuration.decisions_file import read_decisions
from tsfix.configuration.facts_file import load_with
from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.configuration.mapping_file import read_mappings
from tsfix.containers.limits import Limits
from tsfix.containers.zip_reader import read_zip
from tsfix.containers.zip_writer import copy_zip
from tsfix.errors import TsfixError, UnreadableError, UnsupportedEditError
from tsfix.export import Export, PartChanges
from tsfix.hierarchy import Hierarchy
from tsfix.masking import MASK, mask_text
from tsfix.reports.build_diff import DiffInput, build_diff
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.draft import Draft
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import SourceText, decode_source

MOST = 60_000
"""Longer inputs are passed over: they cost time and show nothing new. Size is tested in ``tests/hostile``."""
_SMALL = Limits(part_bytes=1 << 20, unpacked_bytes=1 << 20, members=200)


def read_xml(data: bytes) -> None:
    """Names, attributes, texts and spans of every element are those of lxml; no draft gives the same bytes."""
    source, root = _parsed(data)
    if root is None or source is None:
        return
    if source.editable:
        assert data == source.encode(source.utf8)
    document = Document(source.utf8)
    document.check_against(root)
    elements = list(root.iter("*"))
    assert len(elements) == len(document.starts)
    for number, element in enumerate(elements):
        tag = document.tag(number)
        assert {name.name: document.attribute(number, name.name) for name in tag.attributes} == dict(_plain(element))
        assert document.text(number) == "".join([element.text or "", *(child.tail or "" for child in element)])
        span, content = document.element_span(number), document.content_span(number)
        assert span.start < content.start <= content.end <= span.end <= len(source.utf8)
    assert source.utf8 == Draft(document).apply()


def edit_xml(data: bytes) -> None:
    """Changes at places that the input chooses: the same as changes to a tree, and no byte outside their spans."""
    choices, _, rest = data.partition(DIVIDER)
    source, root = _parsed(rest)
    if root is None or source is None or not source.editable or b"<![CDATA[]]>" in source.utf8:
        return
    if any(":" in name or "{" in name for element in root.iter("*") for name in (element.tag, *element.attrib)):
        return  # the reference writes no namespaces
    document = Document(source.utf8)
    draft, plan = Draft(document), Plan()
    elements = list(root.iter("*"))
    for at in range(0, min(len(choices) - 2, 24), 3):
        with suppress(UnsupportedEditError):
            _change(draft, plan, elements, *choices[at : at + 3])
    try:
        edits = draft.edits()
    except UnsupportedEditError:
        return
    result = draft.apply()
    assert_only_spans_changed(document.data, edits, result)
    assert canonical(plan.result(document.data)) == canonical(result)


_VALUES = ("", "x", "<&>", "]]>", "\"'", " \t\n", "\u20ac", "]]", ">")
_XML = ("<n/>", "<n a='1'>x</n>", "<n><![CDATA[<]]></n>")


def _change(draft: Draft, plan: Plan, elements: list[etree._Element], kind: int, where: int, what: int) -> None:
    number = where % len(elements)
    value, xml = _VALUES[what % len(_VALUES)], _XML[what % len(_XML)]
    match kind % 7:
        case 0:
            draft.set_attribute(number, "a", value, "fuzz")
            plan.attributes.setdefault(number, {})["a"] = value
        case 1:
            draft.remove_attribute(number, "a", "fuzz")
            plan.attributes.setdefault(number, {})["a"] = None
        case 2 if not len(elements[number]):
            draft.set_text(number, value, "fuzz")
            plan.texts[number] = value
        case 3 if number:
            draft.insert_before(number, xml, "fuzz")
            plan.insertions.append(("before", number, xml))
        case 4 if number:
            draft.insert_after(number, xml, "fuzz")
            plan.insertions.append(("after", number, xml))
        case 5:
            draft.append_child(number, xml, "fuzz")
            plan.insertions.append(("end", number, xml))
        case 6 if number:
            draft.remove_element(number, "fuzz")
            plan.gone[number] = ""


def _parsed(data: bytes) -> tuple[SourceText | None, etree._Element | None]:
    try:
        source = decode_source(data, HERE)
        return source, parse_xml(source.utf8, location=HERE)
    except UnreadableError:
        return None, None


def _plain(element: etree._Element) -> dict[str, str]:
    """The attributes under the names that stand in the file."""
    names = {uri: prefix for prefix, uri in element.nsmap.items()} | {"http://www.w3.org/XML/1998/namespace": "xml"}

    def written(name: str) -> str:
        uri, end, local = name.removeprefix("{").partition("}")
        return f"{names[uri]}:{local}" if end else name

    spaces = {"xmlns" + (f":{prefix}" if prefix else ""): uri for prefix, uri in _own_spaces(element).items()}
    return {written(str(name)): str(value) for name, value in element.attrib.items()} | spaces


def _own_spaces(element: etree._Element) -> dict[str | None, str]:
    parent = element.getparent()
    around = {} if parent is None else parent.nsmap
    return {prefix: uri for prefix, uri in element.nsmap.items() if around.get(prefix) != uri}


def sequence_file(data: bytes) -> None:
    """A single file: read, checked, copied under every policy, or refused in words."""
    _check_export(raw(data))


def object_xml(data: bytes) -> None:
    """The object of an export: the other parts are sound."""
    _check_export(read_parts({**small_export(), OBJECT: data}))


def _check_export(found: Export) -> None:
    if not found.task_sequences:
        assert found.problems
        return
    for index in range(len(found.task_sequences)):
        findings(found, index=index)
    with suppress(UnreadableError, UnsupportedEditError):
        assert nothing_drafted(found)
        for wanted in (request(policy="disable", client="LEG00042"), request("2107", policy="remove")):
            check_outcome(found, wanted)


def zip_file(data: bytes) -> None:
    """What is read is what Python's ``zipfile`` reads, and a copy keeps the law of copies."""
    try:
        found = read_zip(data, "fuzz.zip", limits=_SMALL)
    except TsfixError:
        return
    contents = _with_zipfile(data)
    if contents is not None:
        assert contents == dict(found.parts)
    assert data == copy_zip(data, PartChanges())
    for name in list(found.parts)[:1]:
        changes = PartChanges(replaced={name: b"<new/>"}, renamed={name: "new name.xml"})
        try:
            copy = copy_zip(data, changes, limits=_SMALL)
        except TsfixError:
            return
        check_zip_copy(data, changes, copy)
        assert changes.apply(found) == dict(read_zip(copy, "fuzz.zip", limits=_SMALL).parts)


def _with_zipfile(data: bytes) -> dict[str, bytes] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {item.orig_filename: archive.read(item) for item in archive.infolist() if not item.is_dir()}
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError, EOFError):
        return None


def comparison(data: bytes) -> None:
    """Equal is equal, different is different, and both directions say the same."""
    one, _, other = data.partition(DIVIDER)
    sides = [raw(one), raw(other)]
    if not all(side.task_sequences for side in sides):
        return
    before, after = (side.task_sequences[0].task_sequence for side in sides)
    assert compare_task_sequences(before, before).identical
    assert compare_task_sequences(after, after).identical
    there, back = compare_task_sequences(before, after), compare_task_sequences(after, before)
    assert there.identical == back.identical
    assert there.counts.added == back.counts.removed
    assert there.counts.removed == back.counts.added
    build_diff(
        "0", *(DiffInput(file="x", sha256="", digest_of="parts", exports=[side]) for side in sides), knowledge(), []
    )


def hierarchy_file(data: bytes) -> None:
    """A hierarchy file in either form: read, or refused in words."""
    for suffix in (".toml", ".json"):
        with suppress(TsfixError):
            read_hierarchy(_file(data, suffix), knowledge())


def decisions_file(data: bytes) -> None:
    """A file of decisions, and the same as a file of facts."""
    with suppress(TsfixError):
        read_decisions(_file(data, ".toml"), knowledge())
    with suppress(TsfixError):
        load_with(_file(data, ".toml"))


def mapping_file(data: bytes) -> None:
    """A file of mappings: read, or refused in words; each old ID once."""
    with suppress(TsfixError):
        found = read_mappings(_file(data, ".csv"), Hierarchy())
        assert len(found) == len({item.old for item in found})


_FOLDER = tempfile.TemporaryDirectory(prefix="tsfix-fuzz-", ignore_cleanup_errors=True)


def _file(data: bytes, suffix: str) -> Path:
    path = Path(_FOLDER.name, f"fuzz{suffix}")
    path.write_bytes(data)
    return path


def masked_text(data: bytes) -> None:
    """Masking a masked text again changes nothing, and a secret that is known never stays."""
    text = data.decode("utf-8", "replace")
    masked = mask_text(text, ("Geheim-1",))
    assert "Geheim-1" not in masked
    again = mask_text(masked, ("Geheim-1",))
    assert again == mask_text(again, ("Geheim-1",))
    assert len(masked) <= len(text) * (len(MASK) + 1) + len(MASK)
