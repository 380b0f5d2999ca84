"""The floors: what cannot be left out, done by lxml and zlib alone. Kept free of tsfix, so that nothing of it is imported."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree

SEQUENCE = etree.XPath("string(/INSTANCE/PROPERTY[@NAME='Sequence']/VALUE)", smart_strings=False)


def sequence_of(data: bytes) -> bytes:
    """The sequence that an ``object.xml`` holds as text."""
    return str(SEQUENCE(etree.fromstring(data))).encode()


def parse_both(outer: bytes, inner: bytes) -> tuple[etree._Element, etree._Element]:
    """Parse an object and the sequence in it."""
    return etree.fromstring(outer), etree.fromstring(inner)


def parts_of(path: Path) -> dict[str, bytes]:
    """Read a zip and inflate all that is in it."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def parse_objects(parts: dict[str, bytes]) -> None:
    """Parse every task sequence object, and the sequence in it."""
    for name, data in parts.items():
        if name.startswith("SMS_TaskSequencePackage/") and name.endswith("/object.xml"):
            etree.fromstring(str(SEQUENCE(etree.fromstring(data))).encode())


def read_and_parse(path: Path) -> None:
    """The least that any scan of an export does."""
    parse_objects(parts_of(path))


def read_parse_and_write(path: Path, target: Path) -> None:
    """The least that any checked copy of an export does: parse it, parse the result, deflate it."""
    parts = parts_of(path)
    parse_objects(parts)
    parse_objects(parts)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def read_and_parse_all(paths: list[Path]) -> int:
    """One chunk of a batch, for another process."""
    for path in paths:
        read_and_parse(path)
    return len(paths)
