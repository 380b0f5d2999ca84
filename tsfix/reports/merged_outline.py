"""The groups and steps of two task sequences in one tree: the later one, and what was removed where it stood."""

from __future__ import annotations

from msgspec.structs import replace

from tsfix.comparison.matching import Added, Matching, Pair, Removed
from tsfix.reports.outline import Mark, OutlineItem, TitleOf, item_of
from tsfix.values import Position


def merged_outline(matching: Matching, title_of: TitleOf) -> tuple[OutlineItem, ...]:
    """The outline of two sequences in one: the later one, and what was removed where it stood."""
    now = {pair.before.position: pair.after.position for pair in matching.pairs}
    depths: dict[Position, int] = {}
    found: list[OutlineItem] = []
    for entry in matching.reading_order:
        match entry:
            case Removed():
                # It stands in the group that its own group became; a group that is gone as well stands there itself.
                around = entry.item.position[:-1]
                depth = 0 if not around else len(now[around]) if around in now else depths[around] + 1
                depths[entry.item.position] = depth
                found.append(item_of(entry.item, entry.item.position, depth, title_of, mark="removed"))
            case Added():
                depth = len(entry.item.position) - 1
                found.append(item_of(entry.item, (), depth, title_of, mark="added"))
            case Pair():
                depth = len(entry.after.position) - 1
                item = item_of(entry.after, entry.before.position, depth, title_of, mark=_mark(entry))
                found.append(replace(item, before_path=entry.before.path) if entry.moved else item)
    return tuple(found)


def _mark(pair: Pair) -> Mark:
    if pair.moved:
        return "moved" if pair.same else "moved-and-changed"
    return "" if pair.same else "changed"
