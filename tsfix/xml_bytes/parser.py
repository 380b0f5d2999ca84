"""The one way XML gets in: lxml, without DTDs, entities or network, within limits, with errors in plain words."""

from __future__ import annotations

import re

from lxml import etree
from msgspec.structs import replace

from tsfix.errors import UnreadableError, UnsupportedEditError
from tsfix.values import Location
from tsfix.xml_bytes.escaping import check_characters

MAX_XML_BYTES = 64 * 1024 * 1024
"""The largest XML text that is read. The largest known object.xml has 1.5 MB."""

MAX_DEPTH = 256
"""The deepest nesting that is read. Real task sequences have about 20 levels; libxml2's own limit is the same."""

MAX_TAGS = 4_000_000
"""The most ``<`` that one text may hold. A tree takes some hundred bytes for each, however small the file."""

MAX_ATTRIBUTES = 1_000
"""The most attributes that one element may have. lxml looks for each among all, so a million would take days."""

_HUGE = 10_000_000
"""libxml2 refuses a single text of more than this without its ``huge`` option, and nesting beyond 256 levels."""

_LONG_PIECE = 4 * MAX_ATTRIBUTES
"""A tag shorter than this has not too many attributes: each takes at least a blank, a name, ``=`` and two quotes."""
_SOMETHING = re.compile(rb"\S")
_PROLOG_PIECE = re.compile(rb"\s*(?:<!--.*?-->|<\?.*?\?>)", re.DOTALL)
_DOCTYPE = re.compile(rb"\s*<!DOCTYPE", re.IGNORECASE)
_UTF8_BOM = b"\xef\xbb\xbf"
_TOO_DEEP = "/" + "/".join("*" * (MAX_DEPTH + 1))

_EXPORT_AGAIN = "Export the task sequence again, or mend the file in an XML editor."

_PLAIN = {
    "ERR_DOCUMENT_EMPTY": "There is no XML where it should start.",
    "ERR_DOCUMENT_END": "Something follows after the end of the XML.",
    "ERR_INVALID_CHAR": "The file holds a character that XML forbids.",
    "ERR_INVALID_CHARREF": "The file holds a character reference that XML forbids.",
    "ERR_INVALID_ENCODING": "The file holds bytes that are not valid in its encoding.",
    "ERR_UNDECLARED_ENTITY": "The file uses an entity that XML does not define.",
    "ERR_ENTITYREF_NO_NAME": "A bare & stands where &amp; is needed.",
    "ERR_NAME_REQUIRED": "A name is missing; perhaps a bare & or < stands in the text.",
    "ERR_ENTITYREF_SEMICOL_MISSING": "A reference lacks its semicolon; perhaps a bare & stands in the text.",
    "ERR_LT_IN_ATTRIBUTE": "A bare < stands in an attribute, or an attribute lacks its closing quote.",
    "ERR_ATTRIBUTE_NOT_STARTED": "An attribute's value has no quotes.",
    "ERR_ATTRIBUTE_NOT_FINISHED": "An attribute lacks its closing quote.",
    "ERR_ATTRIBUTE_WITHOUT_VALUE": "An attribute has no value.",
    "ERR_ATTRIBUTE_REDEFINED": "An element has the same attribute twice.",
    "ERR_TAG_NAME_MISMATCH": "A start tag and an end tag do not match.",
    "ERR_TAG_NOT_FINISHED": "The file ends before its last element is closed; it may be cut short.",
    "ERR_GT_REQUIRED": "A tag is not closed; the file may be cut short.",
    "ERR_LTSLASH_REQUIRED": "The file ends before its last element is closed; it may be cut short.",
    "ERR_CDATA_NOT_FINISHED": "A CDATA section is not closed; the file may be cut short.",
    "ERR_COMMENT_NOT_FINISHED": "A comment is not closed; the file may be cut short.",
    "ERR_PI_NOT_FINISHED": "A processing instruction is not closed; the file may be cut short.",
    "ERR_MISPLACED_CDATA_END": "The characters ]]> stand in the text outside a CDATA section.",
    "ERR_RESERVED_XML_NAME": "An XML declaration stands where none may be; it must be the very first thing.",
    "ERR_XMLDECL_NOT_FINISHED": "The XML declaration is not closed.",
    "ERR_RESOURCE_LIMIT": f"The elements are nested more than {MAX_DEPTH} levels deep, or something is too large.",
    "NS_ERR_UNDEFINED_NAMESPACE": "A name has a prefix that is not declared.",
}


def parse_xml(data: bytes, *, location: Location) -> etree._Element:
    """The root element of the XML text, which must be UTF-8 (with or without a byte order mark).

    What the text's own declaration says about the encoding is ignored: the bytes were decoded before.

    Raises:
        UnreadableError: empty, too large, nested too deep, with a DOCTYPE, or not well-formed.
    """
    _check_size(data, location)
    _check_prolog(data, location)
    huge = len(data) > _HUGE
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=huge,
        remove_comments=False,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _syntax_error(error, location) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(1, location)
    if huge and root.xpath(f"boolean({_TOO_DEEP})"):
        message = f"The elements are nested more than {MAX_DEPTH} levels deep."
        raise UnreadableError(
            message, remedy="This is no task sequence that Configuration Manager wrote.", location=location
        )
    if _may_have_many_attributes(data) and root.xpath(f"boolean(//*[count(@*) > {MAX_ATTRIBUTES}])"):
        message = f"An element has more than {MAX_ATTRIBUTES:,} attributes."
        raise UnreadableError(
            message, remedy="This is no task sequence that Configuration Manager wrote.", location=location
        )
    return root


def _may_have_many_attributes(data: bytes) -> bool:
    """Whether a tag with the text behind it is long enough for too many attributes, and has as many ``=``."""
    start = data.find(b"<")
    while start != -1:
        # To the last "<" within reach: a long piece can begin at no other one that is passed over.
        following = data.rfind(b"<", start + 1, start + _LONG_PIECE)
        if following == -1:
            following = data.find(b"<", start + _LONG_PIECE)
            end = len(data) if following == -1 else following
            if data.count(b"=", start, end) > MAX_ATTRIBUTES:
                return True
        start = following
    return False


def check_fragment(xml: str) -> None:
    """Refuse new XML that is not well-formed by itself.

    Raises:
        UnsupportedEditError: the XML cannot stand inside an element.
    """
    check_characters(xml)
    try:
        parse_xml(f"<fragment>{xml}</fragment>".encode(), location=Location(file=""))
    except UnreadableError as error:
        raise UnsupportedEditError(
            f"The new XML is not well-formed: {error.message}", remedy="Nothing was written."
        ) from None


def _check_size(data: bytes, location: Location) -> None:
    if _SOMETHING.search(data, len(_UTF8_BOM) if data.startswith(_UTF8_BOM) else 0) is None:
        raise UnreadableError("The file is empty.", remedy=_EXPORT_AGAIN, location=location)
    if len(data) > MAX_XML_BYTES:
        message = f"The XML has {len(data):,} bytes; the limit is {MAX_XML_BYTES:,}."
        raise UnreadableError(
            message, remedy="Task sequences are far smaller. Check what this file is.", location=location
        )
    if len(data) > MAX_TAGS and data.count(b"<") > MAX_TAGS:
        message = f"The XML has more than {MAX_TAGS:,} tags."
        raise UnreadableError(
            message, remedy="Task sequences are far smaller. Check what this file is.", location=location
        )


def _check_prolog(data: bytes, location: Location) -> None:
    """Refuse a DOCTYPE before libxml2 sees it: entities and outside files come in that way."""
    position = len(_UTF8_BOM) if data.startswith(_UTF8_BOM) else 0
    while (piece := _PROLOG_PIECE.match(data, position)) is not None:
        position = piece.end()
    doctype = _DOCTYPE.match(data, position)
    if doctype is not None:
        raise _doctype(data.count(b"\n", 0, doctype.end()) + 1, location)


def _doctype(line: int, location: Location) -> UnreadableError:
    return UnreadableError(
        "The XML has a DOCTYPE. Exports have none, and a DOCTYPE can draw in other files.",
        remedy="Take the DOCTYPE out if you trust the file.",
        location=replace(location, line=line),
    )


def _syntax_error(error: etree.XMLSyntaxError, location: Location) -> UnreadableError:
    line, column = error.position
    # Only the first line: libxml2 may quote the file's own text in the next ones.
    reason = (error.msg or "").splitlines()[0] if error.msg else ""
    reason = re.sub(r", line \d+, column \d+$", "", reason)
    plain = _PLAIN.get(_error_name(error.code), "The XML is not well-formed.")
    return UnreadableError(
        f"{plain} The parser says: {reason}." if reason else plain,
        remedy=_EXPORT_AGAIN,
        location=replace(location, line=line or None, column=column or None),
    )


def _error_name(code: int) -> str:
    for name in _PLAIN:
        if getattr(etree.ErrorTypes, name, None) == code:
            return name
    return ""
