"""The fuzz targets: for each a law, the first inputs, and words that a mutation may put in."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tests.fuzzing import laws, seeds

Law = Callable[[bytes], None]

_XML = (b"<", b">", b"&", b"'", b'"', b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x ?>", b"&#10;", b"&#x41;", b"&lt;")
_SEQUENCE = (b"<group name='g'>", b"</group>", b"<step type='X'/>", b"disable='true'", b"<referenceList/>", b"\r\n")
_ZIP = (b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08", b"\xff\xff\xff\xff", b"\0\0\0\0", b"../")
_TOML = (b"[[", b"]]", b" = ", b"[", b"{", b'"', b"'''", b"1" * 30, b"1979-05-27", b"\\u0000", b"true", b"\xff")
_TEXT = (b"-p ", b"/p:", b"password=", b'"', b"'", b"net use ", b"net user ", b"Geheim-1", b"IsSecret='true'", b"=")


class Target(Struct, frozen=True, kw_only=True):
    """One entry point that takes whatever a file or a person gives it."""

    law: Law
    seeds: Callable[[], tuple[bytes, ...]]
    words: tuple[bytes, ...]


def _edits() -> tuple[bytes, ...]:
    choices = (b"\0\1\2", b"\2\1\3\3\1\0\4\2\1", b"\6\2\0\5\0\2", b"\1\1\1\0\0\4\5\3\2\6\4\0")
    return tuple(choice + seeds.DIVIDER + seed for choice in choices for seed in seeds.xml_seeds())


TARGETS = {
    "xml": Target(law=laws.read_xml, seeds=seeds.xml_seeds, words=_XML),
    "edits": Target(law=laws.edit_xml, seeds=_edits, words=_XML),
    "sequence": Target(law=laws.sequence_file, seeds=seeds.xml_seeds, words=_XML + _SEQUENCE),
    "object": Target(law=laws.object_xml, seeds=seeds.xml_seeds, words=_XML + _SEQUENCE),
    "zip": Target(law=laws.zip_file, seeds=seeds.zip_seeds, words=_ZIP),
    "comparison": Target(law=laws.comparison, seeds=seeds.pair_seeds, words=_XML + _SEQUENCE),
    "hierarchy": Target(law=laws.hierarchy_file, seeds=seeds.hierarchy_seeds, words=_TOML),
    "decisions": Target(law=laws.decisions_file, seeds=seeds.decision_seeds, words=_TOML),
    "mapping": Target(law=laws.mapping_file, seeds=seeds.mapping_seeds, words=(b",", b";", b'"', b"\n", b"CHQ00001")),
    "masking": Target(law=laws.masked_text, seeds=seeds.text_seeds, words=_TEXT),
}
