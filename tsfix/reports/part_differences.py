"""Compares what two exports hold besides task sequences: dependencies, the rows of ReferencesInfo.xml, tables of contents."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from collections.abc import Sequence as List

from lxml import etree

from tsfix.comparison.differences import Detail
from tsfix.comparison.keys import common_keys, name_of, other_order, shown
from tsfix.comparison.nested import changes
from tsfix.comparison.package_object import package_details
from tsfix.comparison.references import object_reference_details
from tsfix.errors import TsfixError
from tsfix.export import Export
from tsfix.parse.export_layout import TASK_SEQUENCE_CLASS, ObjectPart, object_parts
from tsfix.parse.object_rest import read_rest
from tsfix.parse.package_object import read_object
from tsfix.parse.references_info import read_row
from tsfix.reports.diff_report import PartDiff
from tsfix.task_sequence import Sequence, TaskSequence
from tsfix.values import Location
from tsfix.xml_bytes.parser import parse_xml
from tsfix.xml_bytes.source_text import decode_source

_WORDS = (
    ("AppReferencesInfo.xml", "applications that the task sequence refers to (AppReferencesInfo.xml)"),
    ("ReferencesInfo.xml", "objects that the task sequence refers to (ReferencesInfo.xml)"),
    ("USERSTATE_MIGRATION_PACKAGE.xml", "default user state migration package of the exporting site"),
    ("Manifest.xml", "table of contents (Manifest.xml)"),
    (".rels", "relationships of the parts (.rels)"),
    ("[Content_Types].xml", "content types of the parts"),
    (".psmdcp", "properties of the export file: who made it and when"),
    ("PACKAGE_CONTENT.xml", "where the content of the package is"),
)
"""Parts of a console export by the end of their names."""


def part_differences(before: Export, after: Export, folders: Mapping[str, str]) -> Iterator[PartDiff]:
    """Every part that differs and is no task sequence: what says something first, then what follows from the rest.

    ``folders`` says which folder of a task sequence became which; what is in them belongs together. Parts that differ in
    nothing but white space between elements or the order of attributes are equal. Exports of different kinds, such as a
    zip and a single file, have no other parts in common that could differ.
    """
    if before.parts.kind == after.parts.kind:
        yield from sorted(_all(before, after, folders), key=_rank)


def _rank(part: PartDiff) -> int:
    name = part.after_part or part.before_part
    return next((rank for rank, end in enumerate(_LAST, start=1) if name.endswith(end)), 0)


_LAST = ("PACKAGE_CONTENT.xml", "Manifest.xml", ".rels", "[Content_Types].xml", ".psmdcp")
"""What only says again which objects there are, or who exported them when."""


def _all(before: Export, after: Export, folders: Mapping[str, str]) -> Iterator[PartDiff]:
    old, new = before.parts.parts, after.parts.parts
    sequences = {item.part for item in before.task_sequences}, {item.part for item in after.task_sequences}
    own_folders = {_folder(part) for part in sequences[0]}, {_folder(part) for part in sequences[1]}
    partners = _partners(old, new, folders)
    taken = set(partners.values())
    objects = _objects(before), _objects(after)
    for name in new:
        partner = partners.get(name)
        if partner is None:
            # What stands beside a task sequence that is new itself is said by that.
            if _folder(name) not in own_folders[1]:
                yield _one_sided("added", after, name, objects[1])
        elif old[partner] != new[name] and not (name in sequences[1] and partner in sequences[0]):
            details = tuple(_details(old[partner], new[name], name))
            if details:
                yield PartDiff(
                    kind="changed",
                    what=_words(name, objects[1]),
                    before_part=partner,
                    after_part=name,
                    export=after.name,
                    details=details,
                )
    for name in old:
        if name not in taken and _folder(name) not in own_folders[0]:
            yield _one_sided("removed", before, name, objects[0])


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _partners(old: Mapping[str, bytes], new: Mapping[str, bytes], folders: Mapping[str, str]) -> dict[str, str]:
    """For each part of the later export the one that it was: by name, by folder, or as the only one of its kind."""
    expected = {_renamed(name, folders): name for name in old}
    found = {name: expected[name] for name in new if name in expected}
    left: dict[str, list[str]] = {}
    right: dict[str, list[str]] = {}
    taken = set(found.values())
    for name in old:
        if name not in taken:
            left.setdefault(_kind(name), []).append(name)
    for name in new:
        if name not in found:
            right.setdefault(_kind(name), []).append(name)
    for kind, names in right.items():
        if len(names) == len(left.get(kind, ())) == 1:
            found[names[0]] = left[kind][0]
    return found


def _renamed(name: str, folders: Mapping[str, str]) -> str:
    folder, slash, file = name.rpartition("/")
    return f"{folders.get(folder, folder)}{slash}{file}"


def _kind(name: str) -> str:
    """The folder and the ending: the name of the file's properties, say, is another GUID in every export."""
    folder, _, file = name.rpartition("/")
    return f"{folder}/*.{file.rpartition('.')[2]}"


def _one_sided(kind: str, export: Export, name: str, objects: Mapping[str, ObjectPart]) -> PartDiff:
    return PartDiff(
        kind="added" if kind == "added" else "removed",
        what=_words(name, objects),
        before_part="" if kind == "added" else name,
        after_part=name if kind == "added" else "",
        export=export.name,
        details=(),
    )


def _objects(export: Export) -> dict[str, ObjectPart]:
    return {entry.part: entry for entry in object_parts(export.parts.parts)}


def _words(name: str, objects: Mapping[str, ObjectPart]) -> str:
    for end, words in _WORDS:
        if name.endswith(end):
            return words
    entry = objects.get(name)
    if entry is None:
        return "other part"
    kind = "task sequence that could not be read" if entry.class_name == TASK_SEQUENCE_CLASS else "dependency"
    return f"{kind}: {entry.class_name} {entry.key}"


LARGEST_COMPARED = 2 * 1024 * 1024
"""Bytes of a part of which only the size is said. The largest real one has 0.3 MB."""


def _details(before: bytes, after: bytes, name: str) -> Iterator[Detail]:
    large = max(len(before), len(after)) > LARGEST_COMPARED
    roots = (None, None) if large else (_root(before, name), _root(after, name))
    if roots[0] is None or roots[1] is None:
        yield Detail(
            field="content",
            label="content (too large to be compared)" if large else "content (no readable XML)",
            before=f"{len(before):,} bytes",
            after=f"{len(after):,} bytes, others than before",
            kind="changed",
        )
    else:
        lines = _xml_lines(roots[0]), _xml_lines(roots[1])
        if lines[0] == lines[1]:
            return
        # Words for the two forms that are known; where they do not say what differs, the lines do.
        said = tuple(_in_words(roots[0], roots[1]))
        if said:
            yield from said
            return
        yield Detail(
            field="content",
            label="content",
            before="\n".join(lines[0]),
            after="\n".join(lines[1]),
            kind="changed",
        )


def _root(data: bytes, name: str) -> etree._Element | None:
    location = Location(file=name)
    try:
        return parse_xml(decode_source(data, location).utf8, location=location)
    except TsfixError:
        return None


def _in_words(before: etree._Element, after: etree._Element) -> Iterator[Detail]:
    if before.tag != after.tag:
        return
    if after.tag == "INSTANCE":
        yield from _object_details(before, after)
    elif after.tag == "ArrayOfString":
        yield from _row_details(before, after)


Row = tuple[str, Mapping[str, str]]
"""What a row of ReferencesInfo.xml is about, and its properties."""


def _row_details(before: etree._Element, after: etree._Element) -> Iterator[Detail]:
    """The rows of ReferencesInfo.xml and AppReferencesInfo.xml, by what they refer to."""
    rows = _rows(before), _rows(after)
    if rows[0] is None or rows[1] is None:
        return
    old_keys, new_keys = common_keys([_content(row) for row in rows[0]], [_content(row) for row in rows[1]])
    old = {key: values for key, (_, values) in zip(old_keys, rows[0], strict=True)}
    new = {key: values for key, (_, values) in zip(new_keys, rows[1], strict=True)}
    for change in changes(old, new):
        key, *inner = change.path
        label = f"row about {name_of(key) or 'nothing'}"
        yield change.detail("/".join([f"row:{shown(key)}", *inner]), ": ".join([label, *inner]))
    orders = other_order(old_keys, new_keys)
    if orders is not None:
        yield Detail(field="order:row", label="order of the rows", before=orders[0], after=orders[1], kind="changed")


def _rows(root: etree._Element) -> list[Row] | None:
    found: list[Row] = []
    for element in root:
        text = element.text or ""
        if element.tag != "string":
            return None
        try:
            row = read_row(text.encode("utf-8"), Location(file="row"))
        except TsfixError:
            return None
        found.append((row.value("ReferencePackageID") or row.value("ReferenceName"), dict(row.values)))
    return found


def _content(row: Row) -> tuple[str, Hashable]:
    return row[0], tuple(sorted(row[1].items()))


def _object_details(before: etree._Element, after: etree._Element) -> Iterator[Detail]:
    """The properties of a package, boot image or the like, compared as those of a task sequence's object."""
    old, new = _as_object(before), _as_object(after)
    yield from package_details(old, new)
    yield from object_reference_details(old.object_references, new.object_references)


def _as_object(root: etree._Element) -> TaskSequence:
    found = read_object(root)
    nothing = Sequence(
        version="",
        attributes=(),
        references=(),
        reference_list_element=None,
        global_variables=(),
        children=(),
        element=0,
    )
    return TaskSequence(
        name="",
        package_id=None,
        sequence=nothing,
        properties=found.properties,
        object_references=found.references,
        object_rest=read_rest(root),
    )


_DEEPEST = 20
"""Levels, those of texts in texts included, down to which lines are indented and texts unfolded. Real ones have ten or so."""


def _xml_lines(root: etree._Element) -> List[str]:
    """The document as lines, one for each element; text that is itself XML is unfolded as well.

    White space between elements and the order of attributes are no difference.
    """
    lines: list[str] = []
    waiting: list[tuple[etree._Element | str, int]] = [(root, 0)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, str):
            lines.append(f"{_indent(depth)}{_flat(item)}")
            continue
        if not isinstance(item.tag, str):
            lines.append(f"{_indent(depth)}{_flat((item.text or '').strip())}")
            continue
        text = item.text or ""
        inner = _embedded(text.strip()) if depth < _DEEPEST else None
        shown_text = "" if inner is not None else text.strip() if len(item) else text
        attributes = "".join(f' {key}="{_flat(str(value))}"' for key, value in sorted(item.attrib.items()))
        name = f"{_indent(depth)}{etree.QName(item).localname}{attributes}"
        lines.append(f"{name}: {_flat(shown_text)}" if shown_text else name)
        below: list[tuple[etree._Element | str, int]] = [] if inner is None else [(inner, depth + 1)]
        for child in item:
            below.append((child, depth + 1))
            if child.tail and child.tail.strip():
                below.append((child.tail.strip(), depth + 1))
        waiting.extend(reversed(below))
    return lines


def _indent(depth: int) -> str:
    """Blanks for real depths. Of a hostile one they would be most of the text, so there a number tells the depth."""
    return "  " * depth if depth <= _DEEPEST else f"{'  ' * _DEEPEST}({depth}) "


def _flat(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _embedded(text: str) -> etree._Element | None:
    return _root(text.encode("utf-8"), "text") if text.startswith("<") else None
