"""Edits: replacements of byte spans in one XML text, each with its reasons.

Nothing here knows XML. The bytes outside the spans are kept, in their order. Edits that claim the same bytes are an
error.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from msgspec import Struct

from tsfix.errors import OverlapError, UnsupportedEditError
from tsfix.values import Span


class Edit(Struct, frozen=True, kw_only=True):
    """One replacement of bytes. An empty span inserts, an empty replacement deletes."""

    span: Span
    """The bytes to replace, counted in the original XML text."""
    replacement: bytes
    """What takes their place, in UTF-8 and already escaped for the place where it stands."""
    reasons: tuple[str, ...]
    """Why; every report shows it."""


def ordered(data: bytes, edits: Iterable[Edit]) -> list[Edit]:
    """The edits in the order of the file, proved free of overlap.

    An insertion may touch a replaced span at either end: at its start the insertion comes first, at its end last.

    Raises:
        OverlapError: two edits claim the same bytes, or insert at the same place, even when they are equal.
        UnsupportedEditError: a span lies outside the file or ends before it starts.
    """
    result = sorted(edits, key=lambda edit: edit.span)
    for edit in result:
        if not 0 <= edit.span.start <= edit.span.end <= len(data):
            message = f"An edit claims the bytes {_show(edit.span)}, but the text has {len(data)}."
            raise UnsupportedEditError(message, remedy=f"Nothing was written. The edit's reason: {_reasons(edit)}.")
    for first, second in pairwise(result):
        if second.span.start < first.span.end or second.span == first.span:
            message = (
                f"Two edits claim the same place: bytes {_show(first.span)} ({_reasons(first)}) "
                f"and bytes {_show(second.span)} ({_reasons(second)})."
            )
            raise OverlapError(message, remedy="Nothing was written.")
    return result


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The data with every span replaced. The order of the edits does not matter.

    Raises:
        OverlapError: two edits claim the same bytes, or insert at the same place.
        UnsupportedEditError: a span lies outside the data.
    """
    pieces: list[bytes] = []
    kept_from = 0
    for edit in ordered(data, edits):
        pieces.append(data[kept_from : edit.span.start])
        pieces.append(edit.replacement)
        kept_from = edit.span.end
    pieces.append(data[kept_from:])
    return b"".join(pieces)


def _show(span: Span) -> str:
    return f"{span.start}-{span.end}"


def _reasons(edit: Edit) -> str:
    return "; ".join(edit.reasons) or "no reason given"
