"""The map between an XML text that is stored inside another one and the bytes that store it.

The content of an element that holds XML as text is a row of regions: CDATA sections, and stretches of escaped text. In a
region bytes stand for themselves, but for references, each of which stands for one character.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from tsfix.errors import UnsupportedEditError
from tsfix.values import Span
from tsfix.xml_bytes.edits import Edit, ordered
from tsfix.xml_bytes.escaping import FIVE, REFERENCE, decode_reference, decode_references
from tsfix.xml_bytes.spans import Content, contents

MAX_REFERENCES = 1_000_000
"""The most references in one stored text that is edited: each takes some hundred bytes in the map."""

_SPLIT_CDATA = b"]]><![CDATA["


class Region(Struct, frozen=True, kw_only=True):
    """A stretch of decoded bytes that stands in one CDATA section, or in one stretch of escaped text."""

    start: int
    end: int
    """The decoded bytes."""
    raw: Span
    """The bytes that stand for them."""
    cdata: bool
    places: tuple[int, ...] = ()
    """Where in the decoded bytes the characters start that are written as references."""
    references: tuple[tuple[int, int], ...] = ()
    """Of each, how many bytes the character has, and where the reference ends."""


class _Piece(NamedTuple):
    """The part of an edit that falls into one region: raw bytes to replace, and their replacement, not yet escaped."""

    raw: Span
    replacement: bytes
    edit: Edit


def decode_content(data: bytes, span: Span) -> bytes:
    """The XML text that is stored in the content. Line ends stay as they are.

    Comments and processing instructions between the pieces of text are not part of it and are kept by every edit.

    Raises:
        UnsupportedEditError: the content has child elements, or a reference that XML does not define.
    """
    return b"".join(_decoded(data, content) for content in _text_contents(data, span))


def _decoded(data: bytes, content: Content) -> bytes:
    raw = data[content.span.start : content.span.end]
    return raw if content.kind == "cdata" else decode_references(raw)


def map_content(data: bytes, span: Span) -> tuple[Region, ...]:
    """How the text that ``decode_content`` gives maps to the bytes of the content.

    Raises:
        UnsupportedEditError: as ``decode_content``; or the text has more references than any real one.
    """
    if data.count(b"&", span.start, span.end) > MAX_REFERENCES:
        message = f"The text at byte {span.start} has more than {MAX_REFERENCES:,} references."
        raise UnsupportedEditError(message, remedy="tsfix leaves the file alone.")
    regions: list[Region] = []
    position = 0
    for content in _text_contents(data, span):
        if content.span.start < content.span.end:
            cdata = content.kind == "cdata"
            regions.append(_cdata(content.span, position) if cdata else _escaped(data, content.span, position))
            position = regions[-1].end
    return tuple(regions)


def _cdata(raw: Span, start: int) -> Region:
    return Region(start=start, end=start + raw.end - raw.start, raw=raw, cdata=True)


def _escaped(data: bytes, raw: Span, start: int) -> Region:
    """A stretch of escaped text, whose decoded bytes begin at ``start``."""
    places: list[int] = []
    references: list[tuple[int, int]] = []
    ahead = raw.start - start
    """How much further on a raw byte stands than the decoded one that it stands for."""
    for match in REFERENCE.finditer(data, raw.start, raw.end):
        raw_start, raw_end = match.span()
        length = 1 if match[0] in FIVE else len(decode_reference(match))
        places.append(raw_start - ahead)
        references.append((length, raw_end))
        ahead += raw_end - raw_start - length
    return Region(
        start=start,
        end=raw.end - ahead,
        raw=raw,
        cdata=False,
        places=tuple(places),
        references=tuple(references),
    )


def _text_contents(data: bytes, span: Span) -> Iterator[Content]:
    for content in contents(data, span):
        if content.kind == "element":
            message = f"The text at byte {content.span.start} should hold XML as text, but has elements of its own."
            raise UnsupportedEditError(message, remedy="tsfix leaves the file alone.")
        if content.kind in ("text", "cdata"):
            yield content


def lift_edits(
    decoded: bytes,
    edits: Iterable[Edit],
    *,
    regions: Sequence[Region],
    outer: bytes,
    content: Span,
) -> list[Edit]:
    """The edits of the stored text as edits of the text around it.

    All edits of one stored text must be lifted together, because neighbours can form ``]]>`` between them.

    Args:
        decoded: the stored text.
        edits: what is to change in it.
        regions: its map.
        outer: the bytes of the text around it.
        content: where the stored text lies in them; used when it is empty.

    Raises:
        OverlapError: two edits claim the same bytes.
        UnsupportedEditError: an edit starts or ends within a character that is written as a reference.
    """
    by_region: dict[int, list[_Piece]] = {}
    starts = [region.start for region in regions]
    for edit in ordered(decoded, edits):
        for index, piece in _split(edit, regions, starts, content):
            by_region.setdefault(index, []).append(piece)
    result: list[Edit] = []
    for index, pieces in by_region.items():
        if regions and regions[index].cdata:
            result.extend(_write_cdata(outer, regions[index].raw, pieces))
        else:
            result.extend(_write_text(outer, regions[index].raw if regions else content, pieces))
    return result


def _split(
    edit: Edit,
    regions: Sequence[Region],
    starts: Sequence[int],
    content: Span,
) -> Iterator[tuple[int, _Piece]]:
    """The parts of an edit by region. The first part takes the whole replacement, the others delete."""
    if not regions:
        yield 0, _Piece(Span(content.start, content.start), edit.replacement, edit)
        return
    start, end = edit.span
    first = max(bisect_right(starts, start) - 1, 0)
    if start == end:
        raw = _raw_offset(regions[first], start, edit)
        yield first, _Piece(Span(raw, raw), edit.replacement, edit)
        return
    replacement = edit.replacement
    for index in range(first, bisect_left(starts, end)):
        region = regions[index]
        raw_start = _raw_offset(region, max(start, region.start), edit)
        raw_end = _raw_offset(region, min(end, region.end), edit)
        yield index, _Piece(Span(raw_start, raw_end), replacement, edit)
        replacement = b""


def _raw_offset(region: Region, offset: int, edit: Edit) -> int:
    """Where the decoded byte stands; for a character that is written as a reference, where that begins."""
    before = bisect_left(region.places, offset) - 1
    if before < 0:
        return region.raw.start + offset - region.start
    length, raw_end = region.references[before]
    into = offset - region.places[before]
    if into < length:
        message = f"An edit would divide a character that is written as a reference ({'; '.join(edit.reasons)})."
        raise UnsupportedEditError(message, remedy="tsfix leaves the file alone.")
    return raw_end + into - length


def _write_cdata(outer: bytes, section: Span, pieces: Sequence[_Piece]) -> Iterator[Edit]:
    """Edits inside one CDATA section; every ``]]>`` that they would make is divided between two sections."""
    before = b""
    kept_from = section.start
    for index, piece in enumerate(pieces):
        next_start = pieces[index + 1].raw.start if index + 1 < len(pieces) else section.end
        before = (before + outer[max(kept_from, piece.raw.start - 2) : piece.raw.start])[-2:]
        written = _divide(before, piece.replacement)
        after = outer[piece.raw.end : min(piece.raw.end + 2, next_start)]
        tail = (before + written)[-2:]
        if b"]]>" in tail + after:
            written += _SPLIT_CDATA
            tail = b""
        yield Edit(span=piece.raw, replacement=written, reasons=piece.edit.reasons)
        before = tail
        kept_from = piece.raw.end


def _divide(before: bytes, replacement: bytes) -> bytes:
    """The replacement with each ``]]>`` divided, also one that begins in the (at most two) bytes before it."""
    divided = (before + replacement).replace(b"]]>", b"]]" + _SPLIT_CDATA + b">")
    return divided[len(before) :]


def _write_text(outer: bytes, region: Span, pieces: Sequence[_Piece]) -> Iterator[Edit]:
    """Edits inside one stretch of escaped text; a ``]]>`` that they would make gets its ``>`` escaped."""
    quotes = _escaped_quotes(outer[region.start : region.end])
    before = b""
    kept_from = region.start
    for index, piece in enumerate(pieces):
        next_start = pieces[index + 1].raw.start if index + 1 < len(pieces) else region.end
        before = (before + outer[max(kept_from, piece.raw.start - 2) : piece.raw.start])[-2:]
        written = _escape(piece.replacement, quotes)
        end = piece.raw.end
        after = outer[end : min(end + 2, next_start)]
        tail = (before + written)[-2:]
        cut = (tail + after).find(b"]]>")
        if cut != -1:
            # The file has a bare ">" here, allowed until now: it is taken into the edit and escaped.
            taken = cut + 3 - len(tail)
            written += after[: taken - 1] + b"&gt;"
            end += taken
            tail = b";"
        yield Edit(span=Span(piece.raw.start, end), replacement=written, reasons=piece.edit.reasons)
        before = tail
        kept_from = end


def _escape(text: bytes, quotes: Sequence[tuple[bytes, bytes]]) -> bytes:
    text = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    for quote, reference in quotes:
        text = text.replace(quote, reference)
    return text


def _escaped_quotes(raw: bytes) -> list[tuple[bytes, bytes]]:
    """The quote characters that this text always writes as references, though XML does not ask for it."""
    pairs = ((b'"', b"&quot;"), (b"'", b"&apos;"))
    return [(quote, reference) for quote, reference in pairs if reference in raw and quote not in raw]
