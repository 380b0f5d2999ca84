"""The law of copies, stated without the code under test: what a copy may change and what stays bit for bit."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise

from msgspec import Struct

from tsfix.export import PartChanges

_OFFSET = slice(42, 46)


class Raw(Struct, frozen=True, kw_only=True):
    """A zip cut into pieces at the places that Python's ``zipfile`` names."""

    members: dict[str, bytes]
    """Local header, content and descriptor by name, in the order of the file."""
    records: dict[str, bytes]
    """The directory's records by name and in its order, with the offset blanked out."""
    comment: bytes
    contents: dict[str, bytes]


def cut(data: bytes) -> Raw:
    """Cut a zip without gaps into its pieces."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        in_file_order = sorted(archive.infolist(), key=lambda item: item.header_offset)
        starts = [item.header_offset for item in in_file_order] + [archive.start_dir]
        members = {
            item.orig_filename: data[start:end]
            for item, (start, end) in zip(in_file_order, pairwise(starts), strict=True)
        }
        records = {}
        position = archive.start_dir
        for item in archive.infolist():
            lengths = (int.from_bytes(data[position + at : position + at + 2], "little") for at in (28, 30, 32))
            end = position + 46 + sum(lengths)
            record = bytearray(data[position:end])
            record[_OFFSET] = bytes(4)
            records[item.orig_filename] = bytes(record)
            position = end
        files = [item for item in archive.infolist() if not item.orig_filename.endswith("/")]
        contents = {item.orig_filename: archive.read(item) for item in files}
        return Raw(members=members, records=records, comment=archive.comment, contents=contents)


def fields_of_edited(data: bytes, name: str) -> tuple[object, ...]:
    """Every field of a member that an edit must leave alone."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        item = next(item for item in archive.infolist() if item.orig_filename == name)
        return (
            item.date_time,
            item.compress_type,
            item.comment,
            item.extra,
            item.create_system,
            item.create_version,
            item.extract_version,
            item.reserved,
            item.flag_bits,
            item.volume,
            item.internal_attr,
            item.external_attr,
        )


def check_copy(original: bytes, changes: PartChanges, copy: bytes) -> None:
    """Fail unless the copy holds the planned changes and nothing else. Folder entries are not looked at."""
    before, after = cut(original), cut(copy)
    renamed = dict(changes.renamed)
    names = [name for name in before.members if not name.endswith("/") and name not in changes.removed]
    assert [renamed.get(name, name) for name in names] == [name for name in after.members if not name.endswith("/")]
    in_directory = [name for name in before.records if not name.endswith("/") and name not in changes.removed]
    assert [renamed.get(name, name) for name in in_directory] == [
        name for name in after.records if not name.endswith("/")
    ]
    assert before.comment == after.comment
    for name in names:
        new_name = renamed.get(name, name)
        assert changes.replaced.get(name, before.contents[name]) == after.contents[new_name]
        assert fields_of_edited(original, name) == fields_of_edited(copy, new_name)
        if name not in changes.replaced and name == new_name:
            assert before.members[name] == after.members[name]
            assert before.records[name] == after.records[name]
