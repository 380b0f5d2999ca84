"""The map between an XML text that is stored inside another one and the bytes that store it.

The content of an element that holds XML as text is a row of regions: CDATA sections, and stretches of escaped text. A
region is a row of segments: bytes that stand for themselves, and references that stand for one character.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from tsfix.errors import UnsupportedEditError
from tsfix.values import Span
from tsfix.xml_bytes.edits import Edit, ordered
from tsfix.xml_bytes.escaping import REFERENCE, decode_reference, decode_references
from tsfix.xml_bytes.spans import Content, contents

SegmentKind = Literal["cdata", "text", "reference"]

MAX_REFERENCES = 1_000_000
"""The most references in one stored text that is edited: each takes some hundred bytes in the map."""

_SPLIT_CDATA = b"]]><![CDATA["


class Segment(Struct, frozen=True, kw_only=True):
    """A stretch of decoded bytes and the raw bytes that stand for it. The two are equal but for a reference."""

    start: int
    end: int
    """The decoded bytes."""
    raw_start: int
    raw_end: int
    kind: SegmentKind
    region: int
    """Which region of the content it belongs to: one CDATA section, or one stretch of escaped text."""


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


def map_content(data: bytes, span: Span) -> tuple[Segment, ...]:
    """How the text that ``decode_content`` gives maps to the bytes of the content.

    Raises:
        UnsupportedEditError: as ``decode_content``; or the text has more references than any real one.
    """
    if data.count(b"&", span.start, span.end) > MAX_REFERENCES:
        message = f"The text at byte {span.start} has more than {MAX_REFERENCES:,} references."
        raise UnsupportedEditError(message, remedy="tsfix leaves the file alone.")
    segments: list[Segment] = []
    position = 0
    for region, content in enumerate(_text_contents(data, span)):
        for kind, raw_start, raw_end, length in _pieces(data, content.span, cdata=content.kind == "cdata"):
            end = position + length
            segments.append(
                Segment(start=position, end=end, raw_start=raw_start, raw_end=raw_end, kind=kind, region=region)
            )
            position = end
    return tuple(segments)


def _text_contents(data: bytes, span: Span) -> Iterator[Content]:
    for content in contents(data, span):
        if content.kind == "element":
            message = f"The text at byte {content.span.start} should hold XML as text, but has elements of its own."
            raise UnsupportedEditError(message, remedy="tsfix leaves the file alone.")
        if content.kind in ("text", "cdata"):
            yield content


def _pieces(data: bytes, span: Span, *, cdata: bool) -> Iterator[tuple[SegmentKind, int, int, int]]:
    """The kind of each piece, where its raw bytes start and end, and how many decoded bytes they stand for."""
    if cdata:
        if span.start < span.end:
            yield "cdata", span.start, span.end, span.end - span.start
        return
    position = span.start
    for match in REFERENCE.finditer(data, span.start, span.end):
        start, end = match.span()
        if start > position:
            yield "text", position, start, start - position
        yield "reference", start, end, len(decode_reference(match))
        position = end
    if position < span.end:
        yield "text", position, span.end, span.end - position


def lift_edits(
    decoded: bytes,
    edits: Iterable[Edit],
    *,
    segments: Sequence[Segment],
    outer: bytes,
    content: Span,
) -> list[Edit]:
    """The edits of the stored text as edits of the text around it.

    All edits of one stored text must be lifted together, because neighbours can form ``]]>`` between them.

    Args:
        decoded: the stored text.
        edits: what is to change in it.
        segments: its map.
        outer: the bytes of the text around it.
        content: where the stored text lies in them; used when it is empty.

    Raises:
        OverlapError: two edits claim the same bytes.
        UnsupportedEditError: an edit starts or ends within a character that is written as a reference.
    """
    by_region: dict[int, list[_Piece]] = {}
    starts = [segment.start for segment in segments]
    for edit in ordered(decoded, edits):
        for region, piece in _split(edit, segments, starts, content):
            by_region.setdefault(region, []).append(piece)
    result: list[Edit] = []
    for region, pieces in by_region.items():
        members = [segment for segment in segments if segment.region == region]
        if members and members[0].kind == "cdata":
            result.extend(_write_cdata(outer, Span(members[0].raw_start, members[0].raw_end), pieces))
        else:
            whole = Span(members[0].raw_start, members[-1].raw_end) if members else content
            result.extend(_write_text(outer, whole, pieces))
    return result


def _split(
    edit: Edit,
    segments: Sequence[Segment],
    starts: Sequence[int],
    content: Span,
) -> Iterator[tuple[int, _Piece]]:
    """The parts of an edit by region. The first part takes the whole replacement, the others delete."""
    if not segments:
        yield -1, _Piece(Span(content.start, content.start), edit.replacement, edit)
        return
    start, end = edit.span
    index = max(bisect_right(starts, start) - 1, 0)
    if start == end:
        raw = _raw_offset(segments[index], start, edit)
        yield segments[index].region, _Piece(Span(raw, raw), edit.replacement, edit)
        return
    replacement = edit.replacement
    while index < len(segments) and segments[index].start < end:
        first = last = segments[index]
        while index < len(segments) and segments[index].region == first.region and segments[index].start < end:
            last = segments[index]
            index += 1
        raw_start = _raw_offset(first, max(start, first.start), edit)
        raw_end = _raw_offset(last, min(end, last.end), edit)
        yield first.region, _Piece(Span(raw_start, raw_end), replacement, edit)
        replacement = b""


def _raw_offset(segment: Segment, offset: int, edit: Edit) -> int:
    if offset == segment.end:
        return segment.raw_end
    if segment.kind != "reference":
        return segment.raw_start + offset - segment.start
    if offset == segment.start:
        return segment.raw_start
    message = f"An edit would divide a character that is written as a reference ({'; '.join(edit.reasons)})."
    raise UnsupportedEditError(message, remedy="tsfix leaves the file alone.")


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
