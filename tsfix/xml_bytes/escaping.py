"""How values are written in XML text and read back: references, line ends, quotes, characters that XML cannot hold."""

from __future__ import annotations

import re

from tsfix.errors import UnsupportedEditError

REFERENCE = re.compile(rb"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([A-Za-z_:][^\s;&<]*));")
"""A character reference or an entity reference."""

_NAMED = {b"lt": b"<", b"gt": b">", b"amp": b"&", b"quot": b'"', b"apos": b"'"}
FIVE = {b"&lt;": b"<", b"&gt;": b">", b"&quot;": b'"', b"&apos;": b"'", b"&amp;": b"&"}
"""XML's own entities, the ampersand last: what it makes must not be decoded again."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no place for. Named one by one: the class of all that is allowed takes 4 ms to compile."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*(?::[A-Za-z_][A-Za-z0-9_.\-]*)?")
_LINE_END = re.compile(b"\r\n?")
_WHITE_SPACE = re.compile(b"\r\n|[\r\n\t]")


def decode_text(raw: bytes) -> str:
    """The value of raw text outside CDATA: line ends become LF, then references become characters."""
    raw = _LINE_END.sub(b"\n", raw)
    return decode_references(raw).decode("utf-8")


def decode_cdata(raw: bytes) -> str:
    """The value of the inside of a CDATA section: line ends become LF, nothing else changes."""
    return _LINE_END.sub(b"\n", raw).decode("utf-8")


def decode_attribute(raw: bytes) -> str:
    """The value of an attribute: raw line ends and tabs become blanks, then references become characters."""
    raw = _WHITE_SPACE.sub(b" ", raw)
    return decode_references(raw).decode("utf-8")


def decode_reference(match: re.Match[bytes]) -> bytes:
    """The character that a reference stands for, in UTF-8.

    Raises:
        UnsupportedEditError: the entity is not one of XML's five, or XML forbids the character.
    """
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        known = _NAMED.get(name)
        if known is None:
            message = f"The text holds the entity &{name.decode('utf-8', 'replace')}; which XML does not define."
            raise UnsupportedEditError(message, remedy="tsfix leaves the file alone.")
        return known
    digits, base = (hexadecimal, 16) if hexadecimal is not None else (decimal, 10)
    # Without the zeros in front, which may be thousands: int() of a very long number is slow or refused.
    digits = digits.lstrip(b"0")
    number = int(digits, base) if 0 < len(digits) <= 7 else 0
    character = chr(number) if 0 < number <= 0x10FFFF else ""
    if not character or _ILLEGAL.search(character):
        message = (
            f"The text holds the reference {match[0][:40].decode('ascii', 'replace')}, a character that XML forbids."
        )
        raise UnsupportedEditError(message, remedy="tsfix leaves the file alone.")
    return character.encode("utf-8")


def decode_references(raw: bytes) -> bytes:
    """The text with each reference replaced by its character.

    Raises:
        UnsupportedEditError: a reference that XML does not define, or a bare ``&``.
    """
    references = raw.count(b"&")
    if not references:
        return raw
    if references == sum(map(raw.count, FIVE)):
        for reference, character in FIVE.items():
            raw = raw.replace(reference, character)
        return raw
    decoded, count = REFERENCE.subn(decode_reference, raw)
    if count != references:
        raise UnsupportedEditError("The text holds a bare &.", remedy="tsfix leaves the file alone.")
    return decoded


def escape_text(value: str, *, crlf: bool) -> bytes:
    """The value as text outside CDATA. A line feed is written as the file writes line ends; CR as a reference."""
    check_characters(value)
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")
    return line_ends(value, crlf=crlf).encode("utf-8")


def escape_attribute(value: str, quote: str) -> bytes:
    """The value for an attribute in such quotes. CR, LF and TAB become references, or XML would lose them."""
    check_characters(value)
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    value = value.replace(quote, "&quot;" if quote == '"' else "&apos;")
    return value.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;").encode("utf-8")


def escape_cdata(value: str, *, crlf: bool) -> bytes | None:
    """The value for the inside of a CDATA section, or None where CDATA cannot hold it (a CR of its own).

    ``]]>`` is divided between two sections.
    """
    check_characters(value)
    if "\r" in value:
        return None
    return line_ends(value, crlf=crlf).replace("]]>", "]]]]><![CDATA[>").encode("utf-8")


def line_ends(text: str, *, crlf: bool) -> str:
    """The text with each bare LF written as CRLF, where the file does so."""
    return re.sub("(?<!\r)\n", "\r\n", text) if crlf else text


def check_characters(value: str) -> None:
    """Refuse what no XML file can hold, even as a reference.

    Raises:
        UnsupportedEditError: the value has control characters or half a surrogate pair.
    """
    illegal = _ILLEGAL.search(value)
    if illegal is not None:
        message = f"The new value holds the character U+{ord(illegal[0]):04X}, which XML cannot store."
        raise UnsupportedEditError(message, remedy="Take the character out of the value.")


def check_name(name: str) -> None:
    """Refuse what cannot be the name of an attribute.

    Raises:
        UnsupportedEditError: the name is empty or has characters that a name cannot have.
    """
    if _NAME.fullmatch(name) is None:
        raise UnsupportedEditError(
            f"{name!r} cannot be the name of an XML attribute.", remedy="Use letters and digits."
        )
