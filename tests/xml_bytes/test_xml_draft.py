"""Drafts: intended changes, and the exact bytes they become."""

# The tables run several calls in one lambda, as a tuple of their results.
# mypy: disable-error-code="func-returns-value"

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest

from tsfix.errors import OverlapError, UnreadableError, UnsupportedEditError
from tsfix.values import Location, Span
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.draft import Draft
from tsfix.xml_bytes.edits import Edit
from tsfix.xml_bytes.parser import parse_xml

HERE = Location(file="test.xml")
WHY = "why"

ORDER = ("name", "description", "disable", "continueOnError", "runIn")

Change = Callable[[Draft], object]


def draft(data: bytes) -> Draft:
    return Draft(Document(data))


CHANGES: dict[str, tuple[bytes, Change, bytes]] = {
    # Texts
    "text": (b"<v>old</v>", lambda d: d.set_text(0, "new", WHY), b"<v>new</v>"),
    "text, special characters": (
        b"<v>old</v>",
        lambda d: d.set_text(0, "<&>\"']]>%\\\u20ac", WHY),
        b"<v>&lt;&amp;&gt;\"']]&gt;%\\\xe2\x82\xac</v>",
    ),
    "text to empty": (b"<v>old</v>", lambda d: d.set_text(0, "", WHY), b"<v></v>"),
    "text into an empty pair": (b"<v ></v >", lambda d: d.set_text(0, "x", WHY), b"<v >x</v >"),
    "text into an empty tag": (b"<r><v/></r>", lambda d: d.set_text(1, "x", WHY), b"<r><v>x</v></r>"),
    "text into an empty tag with blank": (b"<v a='1' />", lambda d: d.set_text(0, "x", WHY), b"<v a='1'>x</v>"),
    "empty text into an empty tag": (b"<v />", lambda d: d.set_text(0, "", WHY), b"<v />"),
    "text with line ends, LF": (b"<v>\n</v>", lambda d: d.set_text(0, "x\ny\r\tz", WHY), b"<v>x\ny&#xD;\tz</v>"),
    "text with line ends, CRLF": (b"<v>\r\n</v>", lambda d: d.set_text(0, "x\ny\r\n", WHY), b"<v>x\r\ny&#xD;\r\n</v>"),
    "text in CDATA": (b"<v><![CDATA[<old>]]></v>", lambda d: d.set_text(0, "<n&w>", WHY), b"<v><![CDATA[<n&w>]]></v>"),
    "text with ]]> in CDATA": (
        b"<v><![CDATA[x]]></v>",
        lambda d: d.set_text(0, "a]]>b", WHY),
        b"<v><![CDATA[a]]]]><![CDATA[>b]]></v>",
    ),
    "plain text in CDATA": (b"<v><![CDATA[<old>]]></v>", lambda d: d.set_text(0, "n", WHY), b"<v><![CDATA[n]]></v>"),
    "text in two sections": (b"<v><![CDATA[a]]><![CDATA[b]]></v>", lambda d: d.set_text(0, "n", WHY), b"<v>n</v>"),
    "new CDATA takes the file's line ends": (
        b"<r>\r\n<v>x</v><w><![CDATA[&]]></w></r>",
        lambda d: d.set_text(1, "<\n", WHY),
        b"<r>\r\n<v><![CDATA[<\r\n]]></v><w><![CDATA[&]]></w></r>",
    ),
    "text with CR in CDATA": (b"<v><![CDATA[x]]></v>", lambda d: d.set_text(0, "a\r<", WHY), b"<v>a&#xD;&lt;</v>"),
    "text beside CDATA": (b"<v>&lt;<![CDATA[x]]></v>", lambda d: d.set_text(0, "<", WHY), b"<v>&lt;</v>"),
    "special text where the file uses CDATA": (
        b"<r><v>x</v><w><![CDATA[&]]></w></r>",
        lambda d: d.set_text(1, "a & b", WHY),
        b"<r><v><![CDATA[a & b]]></v><w><![CDATA[&]]></w></r>",
    ),
    "plain text where the file uses CDATA": (
        b"<r><v>x</v><w><![CDATA[&]]></w></r>",
        lambda d: d.set_text(1, "y", WHY),
        b"<r><v>y</v><w><![CDATA[&]]></w></r>",
    ),
    "text, last value wins": (
        b"<v>old</v>",
        lambda d: (d.set_text(0, "x", WHY), d.set_text(0, "y", WHY)),
        b"<v>y</v>",
    ),
    "text and back": (
        b"<v>&#111;ld</v>",
        lambda d: (d.set_text(0, "x", WHY), d.set_text(0, "old", WHY)),
        b"<v>&#111;ld</v>",
    ),
    # Attributes
    "attribute": (b'<v a="1" b="2"/>', lambda d: d.set_attribute(0, "b", "3", WHY), b'<v a="1" b="3"/>'),
    "attribute, double quotes": (
        b'<v a=""/>',
        lambda d: d.set_attribute(0, "a", "<&>\"'\r\n\t]]>", WHY),
        b'<v a="&lt;&amp;&gt;&quot;\'&#xD;&#xA;&#x9;]]&gt;"/>',
    ),
    "attribute, single quotes": (
        b"<v a = '>'/>",
        lambda d: d.set_attribute(0, "a", "\"'", WHY),
        b"<v a = '\"&apos;'/>",
    ),
    "attribute and back": (
        b'<v a="&#49;"/>',
        lambda d: (d.set_attribute(0, "a", "2", WHY), d.set_attribute(0, "a", "1", WHY)),
        b'<v a="&#49;"/>',
    ),
    "attribute of a namespace": (
        b"<r xmlns:x='u' x:a='1'/>",
        lambda d: d.set_attribute(0, "x:a", "2", WHY),
        b"<r xmlns:x='u' x:a='2'/>",
    ),
    "attribute added at the end": (b'<v a="1" />', lambda d: d.set_attribute(0, "b", "2", WHY), b'<v a="1" b="2" />'),
    "attribute added to a bare tag": (b"<v/>", lambda d: d.set_attribute(0, "b", '"', WHY), b'<v b="&quot;"/>'),
    "empty attribute added": (b'<v a="1"/>', lambda d: d.set_attribute(0, "b", "", WHY), b'<v a="1" b=""/>'),
    "attribute added in order": (
        b'<step type="t" name="n" description="" runIn="x">z</step>',
        lambda d: d.set_attribute(0, "disable", "true", WHY, ("type", *ORDER)),
        b'<step type="t" name="n" description="" disable="true" runIn="x">z</step>',
    ),
    "attribute added first": (
        b"<step runIn='x'/>",
        lambda d: d.set_attribute(0, "name", "n", WHY, ORDER),
        b"<step name='n' runIn='x'/>",
    ),
    "attributes added in order": (
        b'<group name="n" runIn="x"/>',
        lambda d: (
            d.set_attribute(0, "continueOnError", "true", WHY, ORDER),
            d.set_attribute(0, "disable", "true", WHY, ORDER),
        ),
        b'<group name="n" disable="true" continueOnError="true" runIn="x"/>',
    ),
    "attribute added in the style of its neighbour": (
        b"<v\r\n  a='1'\r\n  b='2'/>",
        lambda d: d.set_attribute(0, "c", "3", WHY, ("a", "c", "b")),
        b"<v\r\n  a='1'\r\n  c='3'\r\n  b='2'/>",
    ),
    "attribute removed": (
        b'<v a="1" b = \'2\' c="3"/>',
        lambda d: d.remove_attribute(0, "b", WHY),
        b'<v a="1" c="3"/>',
    ),
    "absent attribute removed": (b'<v a="1"/>', lambda d: d.remove_attribute(0, "b", WHY), b'<v a="1"/>'),
    "attribute added and removed": (
        b"<v/>",
        lambda d: (d.set_attribute(0, "b", "2", WHY), d.remove_attribute(0, "b", WHY)),
        b"<v/>",
    ),
    "attribute removed and another added": (
        b'<v a="1" b="2"/>',
        lambda d: (d.remove_attribute(0, "a", WHY), d.set_attribute(0, "c", "3", WHY, ("a", "c", "b"))),
        b'<v c="3" b="2"/>',
    ),
    "attribute and text of an empty tag": (
        b'<v a="1" />',
        lambda d: (d.set_text(0, "x", WHY), d.set_attribute(0, "b", "2", WHY), d.remove_attribute(0, "a", WHY)),
        b'<v b="2">x</v>',
    ),
    # Elements
    "element removed": (b"<r>\n <a>x</a>\n <b/>\n</r>", lambda d: d.remove_element(1, WHY), b"<r>\n \n <b/>\n</r>"),
    "element removed with its line": (
        b"<r>\r\n  <a>x</a>\r\n  <b/>\r\n</r>",
        lambda d: d.remove_element(1, WHY, with_line=True),
        b"<r>\r\n  <b/>\r\n</r>",
    ),
    "element removed with its line and the blanks behind it": (
        b"<r>\n <a/> \n <b/>\t \t\n <c/>\n</r>",
        lambda d: (d.remove_element(1, WHY, with_line=True), d.remove_element(2, WHY, with_line=True)),
        b"<r> \t \t\n <c/>\n</r>",
    ),
    "last element removed with its line": (
        b"<r>\n\t<a>x</a>\n\t<b/>\n</r>",
        lambda d: d.remove_element(2, WHY, with_line=True),
        b"<r>\n\t<a>x</a>\n</r>",
    ),
    "neighbours removed with their lines": (
        b"<r>\n <a/>\n <b/>\n <c/>\n</r>",
        lambda d: (d.remove_element(1, WHY, with_line=True), d.remove_element(2, WHY, with_line=True)),
        b"<r>\n <c/>\n</r>",
    ),
    "element that shares its line": (
        b"<r>\n <a/><b/>\n</r>",
        lambda d: d.remove_element(1, WHY, with_line=True),
        b"<r>\n <b/>\n</r>",
    ),
    "element on one line with everything": (
        b"<r><a/><b/></r>",
        lambda d: d.remove_element(1, WHY, with_line=True),
        b"<r><b/></r>",
    ),
    "line goes, what is put before stays": (
        b"<r>\n <a/>\n <b/>\n</r>",
        lambda d: (d.insert_before(1, "<n/>", WHY), d.remove_element(1, WHY, with_line=True)),
        b"<r>\n <n/>\n <b/>\n</r>",
    ),
    "line goes, what is put after the one above stays": (
        b"<r>\n <a/>\n <b/>\n</r>",
        lambda d: (d.insert_after(1, "<n/>", WHY), d.remove_element(2, WHY, with_line=True)),
        b"<r>\n <a/><n/>\n</r>",
    ),
    "element replaced": (
        b"<r><a><b/></a></r>",
        lambda d: d.replace_element(1, "<c>&lt;</c>", WHY),
        b"<r><c>&lt;</c></r>",
    ),
    "element replaced by itself": (b"<r><a/></r>", lambda d: d.replace_element(1, "<a/>", WHY), b"<r><a/></r>"),
    "nothing inserted": (
        b"<r><a/></r>",
        lambda d: (d.insert_after(1, "", WHY), d.append_child(1, "", WHY)),
        b"<r><a/></r>",
    ),
    "changes in a removed element": (
        b"<r><a k='1'><b>x</b></a><c/></r>",
        lambda d: (
            d.set_text(2, "y", WHY),
            d.set_attribute(1, "k", "2", WHY),
            d.set_attribute(1, "l", "2", WHY),
            d.insert_before(2, "<n/>", WHY),
            d.insert_after(2, "<n/>", WHY),
            d.append_child(1, "<n/>", WHY),
            d.remove_element(2, WHY),
            d.remove_element(1, WHY),
        ),
        b"<r><c/></r>",
    ),
    "inserted around a removed element": (
        b"<r><a/><b/><c/></r>",
        lambda d: (d.remove_element(2, WHY), d.insert_after(2, "<y/>", WHY), d.insert_before(2, "<x/>", WHY)),
        b"<r><a/><x/><y/><c/></r>",
    ),
    "inserted at one place in the order of the calls": (
        b"<r><a/><b/></r>",
        lambda d: (d.insert_before(2, "<x/>", WHY), d.insert_after(1, "<y/>", WHY), d.insert_before(2, "<z/>", WHY)),
        b"<r><a/><x/><y/><z/><b/></r>",
    ),
    "inserted at the end in the order of the calls": (
        b"<r><a/></r>",
        lambda d: (d.append_child(0, "<x/>", WHY), d.insert_after(1, "<y/>", WHY), d.append_child(0, "<z/>", WHY)),
        b"<r><a/><x/><y/><z/></r>",
    ),
    "inserted lines": (
        b"<r>\r\n<a/></r>",
        lambda d: d.insert_after(1, "\n<b/>\r\n<c/>", WHY),
        b"<r>\r\n<a/>\r\n<b/>\r\n<c/></r>",
    ),
    "child into an empty tag": (b"<r><a /></r>", lambda d: d.append_child(1, "<x/>", WHY), b"<r><a><x/></a></r>"),
    "children into an empty pair": (
        b"<a></a>",
        lambda d: (d.append_child(0, "<x/>", WHY), d.append_child(0, "<y/>", WHY)),
        b"<a><x/><y/></a>",
    ),
    "child into a filled element": (b"<a>t<b/></a>", lambda d: d.append_child(0, "<x/>", WHY), b"<a>t<b/><x/></a>"),
    "child and text into an empty tag": (
        b"<a/>",
        lambda d: (d.append_child(0, "<x/>", WHY), d.set_text(0, "t", WHY)),
        b"<a>t<x/></a>",
    ),
    "child and text into an empty pair": (
        b"<a></a>",
        lambda d: (d.append_child(0, "<x/>", WHY), d.set_text(0, "t", WHY)),
        b"<a>t<x/></a>",
    ),
    "child and text into a filled element": (
        b"<a>old</a>",
        lambda d: (d.append_child(0, "<x/>", WHY), d.set_text(0, "t", WHY)),
        b"<a>t<x/></a>",
    ),
    # Stored texts
    "stored in CDATA": (
        b'<r><v><![CDATA[<s k="1"><t/></s>\r\n]]></v></r>',
        lambda d: (
            d.embedded(1).set_attribute(0, "k", "]]>&", WHY),
            d.embedded(1).set_text(1, "x\ny", WHY),
            d.embedded(1).insert_after(1, "<u><![CDATA[<]]></u>", WHY),
        ),
        b'<r><v><![CDATA[<s k="]]&gt;&amp;"><t>x\r\ny</t><u><![CDATA[<]]]]><![CDATA[></u></s>\r\n]]></v></r>',
    ),
    "stored as escaped text": (
        b"<v>&lt;s k=&quot;1&quot;/&gt;</v>",
        lambda d: d.embedded(0).set_attribute(0, "l", "&'", WHY),
        b"<v>&lt;s k=&quot;1&quot; l=&quot;&amp;amp;'&quot;/&gt;</v>",
    ),
    "stored text in a removed element": (
        b"<r><v><![CDATA[<s/>]]></v></r>",
        lambda d: (d.embedded(1).set_text(0, "x", WHY), d.remove_element(1, WHY)),
        b"<r></r>",
    ),
    "beside a stored text": (
        b"<r><v a='1'><![CDATA[<s/>]]></v></r>",
        lambda d: (
            d.embedded(1).set_text(0, "x", WHY),
            d.set_attribute(1, "a", "2", WHY),
            d.insert_after(1, "<w/>", WHY),
        ),
        b"<r><v a='2'><![CDATA[<s>x</s>]]></v><w/></r>",
    ),
}


@pytest.mark.parametrize(("before", "change", "after"), CHANGES.values(), ids=CHANGES)
def test_changes_become_these_bytes(before: bytes, change: Change, after: bytes) -> None:
    parse_xml(before, location=HERE)
    made = draft(before)
    change(made)
    assert after == made.apply()
    assert (before != after) == made.changed
    parse_xml(after, location=HERE)


def test_an_element_right_behind_a_cdata_section_can_go() -> None:
    made = draft(b"<r><![CDATA[x]]><a/>y</r>")
    made.remove_element(1, WHY)
    assert b"<r><![CDATA[x]]>y</r>" == made.apply()


REFUSED: dict[str, tuple[bytes, Change]] = {
    "text of an element with children": (b"<r>x<a/></r>", lambda d: d.set_text(0, "y", WHY)),
    "text of an element with a comment": (b"<r>x<!-- c --></r>", lambda d: d.set_text(0, "y", WHY)),
    "text with a control character": (b"<r/>", lambda d: d.set_text(0, "\x00", WHY)),
    "text with half a surrogate pair": (b"<r/>", lambda d: d.set_text(0, "\ud800", WHY)),
    "attribute with a control character": (b"<r/>", lambda d: d.set_attribute(0, "a", "\x1f", WHY)),
    "attribute with an impossible name": (b"<r/>", lambda d: d.set_attribute(0, "a b", "", WHY)),
    "attribute without a name": (b"<r/>", lambda d: d.set_attribute(0, "", "", WHY)),
    "attribute of a namespace that is not there": (b"<r/>", lambda d: (d.set_attribute(0, "x:a", "", WHY), d.edits())),
    "attribute that changes the namespace": (b"<r/>", lambda d: (d.set_attribute(0, "xmlns", "u", WHY), d.edits())),
    "removed root": (b"<r/>", lambda d: d.remove_element(0, WHY)),
    "replaced root": (b"<r/>", lambda d: d.replace_element(0, "<s/>", WHY)),
    "before the root": (b"<r/>", lambda d: d.insert_before(0, "<s/>", WHY)),
    "after the root": (b"<r/>", lambda d: d.insert_after(0, "<s/>", WHY)),
    "inserted XML that is not well-formed": (b"<r><a/></r>", lambda d: d.insert_after(1, "<s>", WHY)),
    "child that is not well-formed": (b"<r/>", lambda d: d.append_child(0, "&nbsp;", WHY)),
    "no such element": (b"<r/>", lambda d: d.remove_element(1, WHY)),
    "no such element for an attribute": (b"<r/>", lambda d: d.set_attribute(7, "a", "", WHY)),
    "stored text where there are elements": (b"<r><s/></r>", lambda d: d.embedded(0)),
    "]]> left in the text": (b"<r>]]<a/>></r>", lambda d: (d.remove_element(1, WHY), d.edits())),
    "]]> left in the text by two": (
        b"<r>]<a/>]<b/><c/>></r>",
        lambda d: ([d.remove_element(n, WHY) for n in (1, 2, 3)], d.edits()),
    ),
    "stored text in an empty tag": (b"<r/>", lambda d: (d.embedded(0).set_text(0, "x", WHY), d.edits())),
}


ALONE, CHARACTER, LETTERS = (
    "tsfix leaves the file alone.",
    "Take the character out of the value.",
    "Use letters and digits.",
)
SAID: dict[str, tuple[str, str]] = {
    "text of an element with children": ("The text of <r> cannot be set: it holds more than text.", ALONE),
    "text of an element with a comment": ("The text of <r> cannot be set: it holds more than text.", ALONE),
    "text with a control character": ("The new value holds the character U+0000, which XML cannot store.", CHARACTER),
    "text with half a surrogate pair": ("The new value holds the character U+D800, which XML cannot store.", CHARACTER),
    "attribute with a control character": (
        "The new value holds the character U+001F, which XML cannot store.",
        CHARACTER,
    ),
    "attribute with an impossible name": ("'a b' cannot be the name of an XML attribute.", LETTERS),
    "attribute without a name": ("'' cannot be the name of an XML attribute.", LETTERS),
    "attribute of a namespace that is not there": (
        "The attribute x:a belongs to a namespace and is not in the element yet.",
        ALONE,
    ),
    "attribute that changes the namespace": (
        "The attribute xmlns belongs to a namespace and is not in the element yet.",
        ALONE,
    ),
    "removed root": ("The root element cannot be removed.", ALONE),
    "replaced root": ("The root element cannot be replaced.", ALONE),
    "before the root": ("Nothing can stand beside the root element.", ALONE),
    "after the root": ("Nothing can stand beside the root element.", ALONE),
    "inserted XML that is not well-formed": (
        "The new XML is not well-formed: A start tag and an end tag do not match.",
        "Nothing was written.",
    ),
    "child that is not well-formed": (
        "The new XML is not well-formed: The file uses an entity that XML does not define.",
        "Nothing was written.",
    ),
    "no such element": ("There is no element number 1; the text has 1.", ALONE),
    "no such element for an attribute": ("There is no element number 7; the text has 1.", ALONE),
    "stored text where there are elements": (
        "The text at byte 3 should hold XML as text, but has elements of its own.",
        ALONE,
    ),
    "]]> left in the text": ("The characters ]]> would be left in the text, which XML forbids.", ALONE),
    "]]> left in the text by two": ("The characters ]]> would be left in the text, which XML forbids.", ALONE),
    "stored text in an empty tag": ("There is no element number 0; the text has 0.", ALONE),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_written_is_refused_in_these_words(what: str) -> None:
    """What the parser says comes behind them, in the words of its version."""
    data, change = REFUSED[what]
    with pytest.raises(UnsupportedEditError) as caught:
        change(draft(data))
    assert SAID[what] == (caught.value.message.partition(" The parser says: ")[0], caught.value.remedy)


def test_a_text_and_a_change_inside_it_contradict_each_other() -> None:
    made = draft(b"<r><![CDATA[<s>x</s>]]></r>")
    made.embedded(0).set_text(0, "y", "inside")
    made.set_text(0, "z", "whole")
    with pytest.raises(OverlapError) as caught:
        made.apply()
    assert "inside" in str(caught.value)
    assert "whole" in str(caught.value)


@pytest.mark.parametrize("data", [b"<r><v></r>", b"<r><![CDATA[<s><t></s>]]></r>"])
def test_what_is_not_well_formed_is_never_changed(data: bytes) -> None:
    made = draft(data)
    inner = made if b"CDATA" not in data else made.embedded(0)
    inner.set_attribute(1, "a", "1", WHY)
    with pytest.raises(UnreadableError, match="do not match"):
        made.apply()


def test_a_tree_that_was_read_from_other_bytes_stops_the_changes() -> None:
    document = Document(b"<r><v/></r>")
    with pytest.raises(UnsupportedEditError, match="not the elements"):
        document.check_against(parse_xml(b"<r><w/></r>", location=HERE))
    document.prove()
    document.check_against(parse_xml(document.data, location=HERE))


def test_a_tree_that_was_kept_is_checked_like_any_other() -> None:
    document = Document(b"<r><v/></r>")
    document.keep_tree(parse_xml(b"<r><w/></r>", location=HERE))
    with pytest.raises(UnsupportedEditError, match="not the elements"):
        document.prove()
    document.keep_tree(parse_xml(document.data, location=HERE))
    document.prove()


def test_a_change_deep_inside_is_seen_by_all_the_texts_around_it() -> None:
    made = draft(b"<r><v><![CDATA[<s><t>&lt;u/&gt;</t></s>]]></v></r>")
    sequence = made.embedded(1)
    rules = sequence.embedded(1)
    rules.set_attribute(0, "a", "1", WHY)
    assert [1, 1, 1] == [len(level.edits()) for level in (made, sequence, rules)]
    rules.set_attribute(0, "a", "2", WHY)
    assert (b'<r><v><![CDATA[<s><t>&lt;u a="2"/&gt;</t></s>]]></v></r>', b'<s><t>&lt;u a="2"/&gt;</t></s>') == (
        made.apply(),
        sequence.apply(),
    )


def test_every_edit_carries_the_reasons_of_its_change() -> None:
    made = draft(b"<r><a/><b/><c/><d>x</d></r>")
    made.insert_before(1, "<n/>", "new")
    made.insert_before(1, "<o/>", "also new")
    made.remove_element(2, "not used")
    made.append_child(3, "<p/>", "child")
    made.set_text(4, "y", "text")
    assert [
        Edit(span=Span(3, 3), replacement=b"<n/><o/>", reasons=("new", "also new")),
        Edit(span=Span(7, 11), replacement=b"", reasons=("not used",)),
        Edit(span=Span(13, 15), replacement=b"><p/></c>", reasons=("child",)),
        Edit(span=Span(18, 19), replacement=b"y", reasons=("text",)),
    ] == made.edits()


def test_a_removal_that_would_leave_the_end_of_cdata_says_so() -> None:
    made = draft(b"<r>]]<a/>></r>")
    made.remove_element(1, WHY)
    with pytest.raises(UnsupportedEditError) as caught:
        made.edits()
    assert ("The characters ]]> would be left in the text, which XML forbids.", "tsfix leaves the file alone.") == (
        caught.value.message,
        caught.value.remedy,
    )


def test_new_xml_that_is_not_well_formed_is_refused_in_the_words_of_the_parser() -> None:
    with pytest.raises(UnsupportedEditError) as caught:
        draft(b"<r/>").append_child(0, "<a></b>", WHY)
    assert caught.value.message.startswith("The new XML is not well-formed: ")
    assert ("Nothing was written.", None) == (caught.value.remedy, caught.value.location)


def test_reasons_accumulate_once_each() -> None:
    made = draft(b"<r a='1'>x</r>")
    for reason in ("first", "second", "first"):
        made.set_text(0, reason, reason)
        made.set_attribute(0, "a", reason, reason)
        made.set_attribute(0, "b", reason, reason)
    assert [("first", "second")] * 3 == [edit.reasons for edit in made.edits()]


def test_values_as_drafted_so_far() -> None:
    made = draft(b"<r a='1'>x<v/><w><![CDATA[<s>\r\n</s>]]></w></r>")
    assert ("x", "1", None) == (made.text(0), made.attribute(0, "a"), made.attribute(0, "b"))
    made.set_attribute(0, "b", "2", WHY)
    made.remove_attribute(0, "a", WHY)
    made.set_text(1, "y", WHY)
    made.embedded(2).set_text(0, "z\n", WHY)
    assert ("2", None, "y") == (made.attribute(0, "b"), made.attribute(0, "a"), made.text(1))
    assert "<s>z\n</s>" == made.text(2)
    assert "z\n" == made.embedded(2).text(0)
    assert made.embedded(2) is made.embedded(2)


def test_removed_elements_are_known_with_all_they_hold() -> None:
    made = draft(b"<r><a><b/></a><c/><d><e/></d></r>")
    made.remove_element(1, WHY)
    made.replace_element(4, "<x/>", WHY)
    assert [False, True, True, False, True, True] == [made.removed(number) for number in range(6)]


@pytest.mark.parametrize("order", list(permutations((1, 2, 4, 6))))
def test_removals_in_any_order_leave_the_same(order: tuple[int, ...]) -> None:
    made = draft(b"<r><a><b/><c/></a><d><e/></d><f/></r>")
    for number in order:
        made.remove_element(number, WHY)
    assert [False, True, True, True, True, True, True] == [made.removed(number) for number in range(7)]
    assert b"<r></r>" == made.apply()


def test_a_removal_keeps_all_its_reasons_and_is_one_edit() -> None:
    made = draft(b"<r><a><b/></a></r>")
    made.remove_element(2, "inner")
    made.remove_element(1, "first")
    made.remove_element(1, "second")
    assert [("first", "second")] == [edit.reasons for edit in made.edits()]
