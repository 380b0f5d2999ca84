"""Encodings: what is read, what is refused, and that the way back gives the same bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsfix.errors import UnreadableError, UnsupportedEditError
from tsfix.values import Location
from tsfix.xml_bytes.source_text import SourceText, decode_source

HERE = Location(file="ts.xml")
BOM8, BOM16LE, BOM16BE = b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"
TEXT = "<a>\u20ac \xe9</a>\r\n"


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\r\n{TEXT}'


def in_utf16le(text: str) -> bytes:
    return text.encode("utf-16-le")


def in_utf16be(text: str) -> bytes:
    return text.encode("utf-16-be")


@pytest.mark.parametrize(
    ("data", "encoding", "bom", "utf8"),
    [
        (TEXT.encode(), "utf-8", b"", TEXT.encode()),
        (BOM8 + TEXT.encode(), "utf-8", BOM8, BOM8 + TEXT.encode()),
        (declared("UTF-8").encode(), "utf-8", b"", declared("UTF-8").encode()),
        (BOM8 + declared("utf-8").encode(), "utf-8", BOM8, BOM8 + declared("utf-8").encode()),
        (BOM16LE + in_utf16le(TEXT), "utf-16-le", BOM16LE, TEXT.encode()),
        (BOM16BE + in_utf16be(TEXT), "utf-16-be", BOM16BE, TEXT.encode()),
        (BOM16LE + in_utf16le(declared("utf-16")), "utf-16-le", BOM16LE, declared("utf-16").encode()),
        (BOM16BE + in_utf16be(declared("UTF-16BE")), "utf-16-be", BOM16BE, declared("UTF-16BE").encode()),
        (in_utf16le(TEXT), "utf-16-le", b"", TEXT.encode()),
        (in_utf16be(declared("utf-16")), "utf-16-be", b"", declared("utf-16").encode()),
        (declared("windows-1252").encode("cp1252"), "cp1252", b"", declared("windows-1252").encode()),
        (declared("iso-8859-15").encode("iso-8859-15"), "iso8859-15", b"", declared("iso-8859-15").encode()),
        (declared("gb18030").encode("gb18030"), "gb18030", b"", declared("gb18030").encode()),
        (b"&lt;a/&gt;", "utf-8", b"", b"&lt;a/&gt;"),
        (b"", "utf-8", b"", b""),
    ],
)
def test_known_encodings_are_read_and_written_back(data: bytes, encoding: str, bom: bytes, utf8: bytes) -> None:
    source = decode_source(data, HERE)
    assert SourceText(original=data, encoding=encoding, bom=bom, utf8=utf8, editable=True, reason="") == source
    assert data == source.encode(source.utf8)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<a>\n\xff</a>", "byte 4 (0xFF)"),
        (BOM8 + b"<a>\n\xe9</a>", "byte 7 (0xE9)"),
        (b"<a>\n\xed\xa0\x80</a>", "byte 4 (0xED)"),
        (b"<a>\n\xc0\xbc</a>", "byte 4 (0xC0)"),
        (b'<?xml version="1.0" encoding="us-ascii"?>\n<a>\xe9</a>', "byte 45 (0xE9)"),
        (b'<?xml version="1.0" encoding="windows-1252"?>\n<a>\x81</a>', "byte 49 (0x81)"),
        (BOM16LE + in_utf16le("<a>\n") + b"\x00\xd8" + in_utf16le("</a>"), "byte 10 (0x00)"),
        (BOM16BE + in_utf16be("<a>\n") + b"\xdc\x00" + in_utf16be("</a>"), "byte 10 (0xDC)"),
        (BOM16LE + in_utf16le("<a>\n</a>") + b"\x00", "byte 18 (0x00)"),
    ],
)
def test_bytes_that_the_encoding_lacks_are_named(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        decode_source(data, HERE)
    assert words in caught.value.message
    assert caught.value.remedy
    assert caught.value.location is not None
    assert 2 == caught.value.location.line


@pytest.mark.parametrize(
    "data",
    [
        declared("utf-16").encode(),
        BOM8 + declared("utf-16").encode(),
        BOM8 + declared("windows-1252").encode(),
        BOM16LE + in_utf16le(declared("utf-8")),
        BOM16LE + in_utf16le(declared("utf-16be")),
        BOM16BE + in_utf16be(declared("utf-16le")),
        in_utf16le(declared("iso-8859-1")),
        b"\xff\xfe\x00\x00" + TEXT.encode("utf-32-le"),
        TEXT.encode("utf-32-be"),
        TEXT.encode("utf-32-le"),
        declared("klingon").encode(),
        declared("utf-7").encode(),
        declared("rot13").encode(),
        declared("unicode_escape").encode(),
        declared("idna").encode(),
    ],
)
def test_marks_and_declarations_that_are_wrong_or_unknown_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        decode_source(data, HERE)
    assert caught.value.remedy


def test_a_character_that_the_file_cannot_hold_is_refused() -> None:
    source = decode_source(declared("windows-1252").encode("cp1252"), HERE)
    with pytest.raises(UnsupportedEditError, match=r"U\+0416"):
        source.encode(source.utf8.replace(b"</a>", "\u0416</a>".encode()))


def test_a_file_that_cannot_be_written_back_is_not_editable() -> None:
    # In Shift JIS two codes stand for one character; only one of them is written.
    data = declared("cp932").replace("\u20ac \xe9", "").encode() + b"\x81\xca\xee\xf9"
    source = decode_source(data, HERE)
    assert not source.editable
    assert source.reason
    assert data == source.original


@given(
    st.binary(max_size=60), st.sampled_from([b"", BOM8, BOM16LE, BOM16BE, b"<?xml version='1.0' encoding='cp1252'?>"])
)
def test_any_bytes_are_read_faithfully_or_refused(data: bytes, start: bytes) -> None:
    try:
        source = decode_source(start + data, HERE)
    except UnreadableError:
        return
    assert not source.editable or start + data == source.encode(source.utf8)


ONE_IS_WRONG = "One of the two is wrong."
SAVE = "Export the task sequence again, or save the file as UTF-8 with a declaration that says so."
REFUSED: dict[str, tuple[bytes, str, int | None]] = {
    "UTF-32 with a mark": ("\ufeff<r/>".encode("utf-32-le"), "The file is in UTF-32, which tsfix does not read.", None),
    "UTF-32, little end first": ("<r/>".encode("utf-32-le"), "The file is in UTF-32, which tsfix does not read.", None),
    "UTF-32, big end first": ("<r/>".encode("utf-32-be"), "The file is in UTF-32, which tsfix does not read.", None),
    "unknown": (
        b'<?xml version="1.0" encoding="martian"?><r/>',
        "The file declares the encoding 'martian', which tsfix does not know.",
        None,
    ),
    "declared only": (
        b'<?xml version="1.0" encoding="utf-16le"?><r/>',
        "The file declares the encoding 'utf-16le', but its bytes are not UTF-16.",
        None,
    ),
    "mark against declaration": (
        b'\xef\xbb\xbf<?xml version="1.0" encoding="windows-1252"?><r/>',
        f"The file begins with the byte order mark of utf-8, but declares the encoding 'windows-1252'. {ONE_IS_WRONG}",
        1,
    ),
    "bytes against declaration": (
        '<?xml version="1.0" encoding="utf-8"?><r/>'.encode("utf-16-le"),
        "The file has the bytes of utf-16-le, but declares the encoding 'utf-8'. One of the two is wrong.",
        1,
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_an_encoding_is_refused_in_words_with_the_place(kind: str) -> None:
    data, message, line = REFUSED[kind]
    here = Location(file="export.zip", part="object.xml")
    with pytest.raises(UnreadableError) as caught:
        decode_source(data, here)
    place = Location(file="export.zip", part="object.xml", line=line)
    assert (message, SAVE, place) == (caught.value.message, caught.value.remedy, caught.value.location)
