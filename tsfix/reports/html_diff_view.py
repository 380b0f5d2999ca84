"""What the HTML page of a diff shows, put in order and into words; the template only lays it out."""

from __future__ import annotations

from msgspec import Struct

from tsfix.comparison.differences import Detail, Difference
from tsfix.reports.diff_report import DiffReport, PartDiff, TaskSequenceDiff, TaskSequenceSide
from tsfix.reports.diff_words import (
    KIND_WORDS,
    WHAT_WORDS,
    WHITE_SPACE_NOTE,
    counts_words,
    is_bookkeeping,
    moved_from,
    named,
    ordered,
    pair_heading,
    pair_was,
    paired_words,
    part_names,
    place_number,
    place_path,
    shown_details,
    size_words,
    summary_lines,
    verdict,
)
from tsfix.reports.html_tree import (
    EMPTY,
    Badge,
    Content,
    Row,
    ValueView,
    badges_of,
    kinds_in,
    row_id,
    tree_rows,
    value_view,
)
from tsfix.reports.outline import OutlineItem


class EntryView(Struct, frozen=True, kw_only=True):
    """One entry that is no group or step."""

    id: str
    badges: tuple[Badge, ...]
    title: str
    note: str
    values: tuple[ValueView, ...]
    bookkeeping: tuple[ValueView, ...] = ()
    """What the site writes by itself; it stays folded."""


class EntryLink(Struct, frozen=True, kw_only=True):
    """One line of the list of all entries of a pair."""

    href: str
    word: str
    number: str
    path: str


class PairView(Struct, frozen=True, kw_only=True):
    """One pair of task sequences."""

    id: str
    heading: str
    was: str
    paired: str
    counts: str
    equal: bool
    size: str
    entries: tuple[EntryView, ...]
    """What stands before the tree: settings of the task sequence and of the sequence."""
    repeats: tuple[EntryView, ...]
    """What stands behind it: the lists that repeat what the steps refer to."""
    links: tuple[EntryLink, ...]
    rows: tuple[Row, ...]


class DiffView(Struct, frozen=True, kw_only=True):
    """The whole page."""

    report: DiffReport
    verdict: str
    summary: tuple[str, ...]
    pairs: tuple[PairView, ...]
    only_before: tuple[tuple[str, TaskSequenceSide], ...]
    only_after: tuple[tuple[str, TaskSequenceSide], ...]
    parts: tuple[EntryView, ...]
    kinds: tuple[tuple[str, str], ...]
    white_space: str


def diff_view(report: DiffReport) -> DiffView:
    """Put the page together."""
    pairs = tuple(_pair(f"t{number}", pair) for number, pair in enumerate(report.pairs, start=1))
    return DiffView(
        report=report,
        verdict=verdict(report),
        summary=summary_lines(report),
        pairs=pairs,
        only_before=tuple((named(side), side) for side in report.only_before),
        only_after=tuple((named(side), side) for side in report.only_after),
        parts=tuple(_part(f"p{number}", part) for number, part in enumerate(report.parts, start=1)),
        kinds=kinds_in(pair.rows for pair in pairs),
        white_space=WHITE_SPACE_NOTE,
    )


def _pair(section: str, pair: TaskSequenceDiff) -> PairView:
    found = ordered(pair)
    whole = [difference for difference in found if not (difference.before_position or difference.after_position)]
    contents, ids = _contents(section, pair)
    numbers = {id(difference): f"{section}-whole-{number}" for number, difference in enumerate(whole, start=1)}
    return PairView(
        id=section,
        heading=pair_heading(pair),
        was=pair_was(pair),
        paired=paired_words(pair),
        counts=counts_words(pair.comparison.counts),
        equal=pair.comparison.identical,
        size=size_words(pair.after),
        entries=tuple(_entry(numbers[id(item)], item) for item in whole if item.what != "references"),
        repeats=tuple(_entry(numbers[id(item)], item) for item in whole if item.what == "references"),
        links=tuple(
            EntryLink(
                href=numbers.get(id(difference)) or ids[_key(difference)],
                word=KIND_WORDS[difference.kind],
                number=place_number(difference),
                path=place_path(difference),
            )
            for difference in found
        ),
        rows=tree_rows(section, pair.outline, contents),
    )


Key = tuple[tuple[int, ...], tuple[int, ...]]
"""Position before and after: what ties a difference to its row."""


def _key(difference: Difference) -> Key:
    return difference.before_position, difference.after_position


def _item_key(item: OutlineItem) -> Key:
    return item.before_position, () if item.mark == "removed" else item.position


def _contents(section: str, pair: TaskSequenceDiff) -> tuple[dict[int, Content], dict[Key, str]]:
    """What there is to say at each row, by its index; and the name of each row in links."""
    by_key = {_key(difference): difference for difference in pair.comparison.differences}
    contents: dict[int, Content] = {}
    ids: dict[Key, str] = {}
    for index, item in enumerate(pair.outline):
        if item.mark:
            key = _item_key(item)
            ids[key] = row_id(section, item)
            contents[index] = _content(by_key[key]) if key in by_key else EMPTY
    return contents, ids


def _content(difference: Difference) -> Content:
    notes: list[str] = []
    if difference.kind in ("moved", "moved-and-changed"):
        source = moved_from(difference)
        place = place_number(difference).replace("->", "to")
        notes.append(f"Moved from {source} ({place})" if source else f"Moved within its group ({place})")
    values = _values(shown_details(difference))
    # What a removed step held is a click away; what a new one holds is what a reviewer has to read.
    return Content(notes=tuple(notes), values=values, shut=difference.kind == "removed")


def _values(details: tuple[Detail, ...]) -> tuple[ValueView, ...]:
    return tuple(value_view(detail.field, detail.label, detail.before, detail.after) for detail in details)


def _entry(entry_id: str, difference: Difference) -> EntryView:
    return EntryView(
        id=entry_id,
        badges=badges_of(difference.kind),
        title=WHAT_WORDS.get(difference.what, difference.name),
        note=difference.name,
        values=_values(tuple(detail for detail in shown_details(difference) if not is_bookkeeping(detail))),
        bookkeeping=_values(tuple(detail for detail in difference.details if is_bookkeeping(detail))),
    )


def _part(entry_id: str, part: PartDiff) -> EntryView:
    return EntryView(
        id=entry_id,
        badges=badges_of(part.kind),
        title=part.what,
        note=part_names(part),
        values=_values(part.details),
    )
