"""What the parser refuses, how fast, and in which words."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tsfix.errors import UnreadableError, UnsupportedEditError
from tsfix.values import Location
from tsfix.xml_bytes import parser
from tsfix.xml_bytes.parser import MAX_ATTRIBUTES, MAX_DEPTH, check_fragment, parse_xml

HERE = Location(file="export.zip", part="object.xml")


def refused(data: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        parse_xml(data, location=HERE)
    assert caught.value.remedy
    assert caught.value.location is not None
    assert ("export.zip", "object.xml") == (caught.value.location.file, caught.value.location.part)
    return caught.value


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"<a>x</a>", "x"),
        (b"\xef\xbb\xbf<a>\xe2\x82\xac</a>", "\u20ac"),
        (b'<?xml version="1.0" encoding="utf-16"?><a>\xe2\x82\xac</a>', "\u20ac"),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="windows-1252"?><a>\xe2\x82\xac</a>', "\u20ac"),
        (b"<a>x\r\ny\rz</a>", "x\ny\nz"),
        (b"<a><![CDATA[<b/>]]>&amp;</a>", "<b/>&"),
        (b"<!-- <!DOCTYPE no> --><?x <!DOCTYPE no>?><a>x</a>", "x"),
        (b"<a>&lt;!DOCTYPE no&gt;</a>", "<!DOCTYPE no>"),
    ],
)
def test_good_xml_is_read(data: bytes, text: str) -> None:
    assert text == parse_xml(data, location=HERE).text


def test_comments_and_instructions_are_kept() -> None:
    root = parse_xml(b"<a><!--c--><?p q?><b/></a>", location=HERE)
    assert 3 == len(root)


@pytest.mark.parametrize("data", [b"", b"  \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"])
def test_an_empty_file_is_called_empty(data: bytes) -> None:
    assert "The file is empty." == refused(data).message


@pytest.mark.parametrize(
    ("data", "words", "line"),
    [
        (b"<a>\n<b></a>", "do not match", 2),
        (b"<a>\n<b>", "cut short", 2),
        (b"<a>\n<b", "cut short", 2),
        (b"<a><![CDATA[x\n", "cut short", 2),
        (b"<a><!-- x\n", "cut short", 2),
        (b"<a>\n<b x='<'/></a>", "bare <", 2),
        (b"<a>\n\nx & y</a>", "bare &", 3),
        (b"<a>&nbsp;</a>", "entity", 1),
        (b"<a>\x01</a>", "character that XML forbids", 1),
        (b"<a>&#0;</a>", "character that XML forbids", 1),
        (b"<a>&#x1F;</a>", "character that XML forbids", 1),
        (b"<a>&#xD800;</a>", "character that XML forbids", 1),
        (b"<a>\x00</a>", "character that XML forbids", 1),
        (b"<a>\xff</a>", "not valid in its encoding", 1),
        (b"<a>\xed\xa0\x80</a>", "not valid in its encoding", 1),
        (b"<a x='1' x='2'/>", "same attribute twice", 1),
        (b"<a x=1/>", "no quotes", 1),
        (b"<a x/>", "no value", 1),
        (b"<a/><b/>", "after the end", 1),
        (b"<a/>text", "after the end", 1),
        (b"<a>]]></a>", "]]>", 1),
        (b" <?xml version='1.0'?><a/>", "very first", 1),
        (b"text", "no XML", 1),
        (b"&lt;a/&gt;", "no XML", 1),
        (b"<x:a/>", "prefix", 1),
    ],
)
def test_errors_say_what_and_where(data: bytes, words: str, line: int) -> None:
    error = refused(data)
    assert words in error.message
    assert error.location is not None
    assert line == error.location.line
    assert error.location.column is not None


def test_an_error_does_not_quote_the_text_of_the_file() -> None:
    assert "secret" not in str(refused(b"<a><![CDATA[secret</a>"))


BOMB = b"""<?xml version="1.0"?>
<!-- first --><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<lolz>&c;</lolz>"""


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>',
        b"\xef\xbb\xbf <?x ?> <!DOCTYPE a><a/>",
        b"<!doctype a><a/>",
    ],
)
def test_a_doctype_is_refused(data: bytes) -> None:
    error = refused(data)
    assert "DOCTYPE" in error.message
    assert error.location is not None
    assert (2 if data is BOMB else 1) == error.location.line


def nested(levels: int, filler: bytes = b"") -> bytes:
    return b"<a>" * levels + filler + b"</a>" * levels


@pytest.mark.parametrize("filler", [b"", b"x" * 10_000_001])
def test_the_depth_limit_is_the_same_for_small_and_large_files(filler: bytes) -> None:
    assert "a" == parse_xml(nested(MAX_DEPTH, filler), location=HERE).tag
    assert "nested" in refused(nested(MAX_DEPTH + 1, filler)).message


WRITTEN = "This is no task sequence that Configuration Manager wrote."


@pytest.mark.parametrize(
    ("data", "message", "remedy"),
    [
        (
            nested(MAX_DEPTH + 1, b"x" * 10_000_001),
            f"The elements are nested more than {MAX_DEPTH} levels deep.",
            WRITTEN,
        ),
        (
            b"<a " + b" ".join(b"a%d='1'" % number for number in range(MAX_ATTRIBUTES + 1)) + b"/>",
            f"An element has more than {MAX_ATTRIBUTES:,} attributes.",
            WRITTEN,
        ),
        (b" \n", "The file is empty.", "Export the task sequence again, or mend the file in an XML editor."),
    ],
    ids=["deep and large", "attributes", "empty"],
)
def test_what_is_too_much_is_refused_in_these_words(data: bytes, message: str, remedy: str) -> None:
    error = refused(data)
    assert (message, remedy, HERE.file) == (error.message, error.remedy, error.location.file if error.location else "")


@pytest.mark.parametrize(
    "make",
    [
        lambda: nested(100_000),
        lambda: nested(100_000, b"x" * 10_000_000),
        lambda: b"<a>" * 1_000_000,
        lambda: b"<a " + b" ".join(b"a%d='1'" % number for number in range(100_000)) + b">",
        lambda: b"<a>" + b"&#60;" * 1_000_000,
        lambda: b"<?xml?>" + b"<!-- -->" * 200_000,
    ],
    ids=["deep", "deep and large", "never closed", "many attributes", "many references", "long prolog"],
)
def test_hostile_files_are_refused_in_seconds(make: Callable[[], bytes]) -> None:
    data = make()
    started = time.perf_counter()
    refused(data)
    assert time.perf_counter() - started < 10


def test_a_huge_attribute_is_read() -> None:
    root = parse_xml(b"<a b='" + b"x" * 50_000_000 + b"'/>", location=HERE)
    assert 50_000_000 == len(root.get("b", ""))


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "MAX_XML_BYTES", 20)
    monkeypatch.setattr(parser, "MAX_TAGS", 3)
    assert "limit is 20" in refused(b"<a>" + b"x" * 20 + b"</a>").message
    assert "more than 3 tags" in refused(b"<a><b/><c/></a>").message
    smaller = "Task sequences are far smaller. Check what this file is."
    assert [smaller] * 2 == [refused(data).remedy for data in (b"<a>" + b"x" * 20 + b"</a>", b"<a><b/><c/></a>")]
    assert "a" == parse_xml(b"<a><b/></a>", location=HERE).tag


@pytest.mark.parametrize("xml", ["", "text", "<a/>", " <a b='&lt;'/> <b/>", "<![CDATA[<]]>", "<!--c-->"])
def test_fragments_that_can_be_inserted(xml: str) -> None:
    check_fragment(xml)


@pytest.mark.parametrize(
    "xml", ["<a>", "</a>", "&", "<a b='<'/>", "]]>", "\x00", "\ud800", "</fragment><a/><fragment>", "<!DOCTYPE a>"]
)
def test_fragments_that_cannot(xml: str) -> None:
    with pytest.raises(UnsupportedEditError):
        check_fragment(xml)


def test_a_doctype_behind_a_byte_order_mark_is_found_in_its_line() -> None:
    for data in (b"\n\n<!DOCTYPE a><a/>", b"\xef\xbb\xbf\n\n<!DOCTYPE a><a/>"):
        error = refused(data)
        assert error.message.startswith("The XML has a DOCTYPE.")
        assert Location(file="export.zip", part="object.xml", line=3) == error.location


def test_limits_are_named_and_what_just_fits_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"<a/>"
    monkeypatch.setattr(parser, "MAX_XML_BYTES", len(data))
    assert "a" == parse_xml(data, location=HERE).tag
    assert "The XML has 5 bytes; the limit is 4." == refused(data + b"\n").message


def test_the_place_of_an_error_stands_beside_its_words() -> None:
    error = refused(b"<a>\n<b></a>")
    assert error.location is not None
    assert 2 == error.location.line
    assert "column" not in error.message


def test_a_text_of_equal_signs_has_no_attributes() -> None:
    text = "=" * (10 * MAX_ATTRIBUTES)
    assert text == parse_xml(f"<a>{text}</a>".encode(), location=HERE).text
