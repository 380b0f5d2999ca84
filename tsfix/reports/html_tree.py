"""The rows of the tree on an HTML page: groups and steps as the console shows them, with what there is to say at each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Sequence as List
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tsfix.findings import Finding
from tsfix.knowledge.facts import Source
from tsfix.reports.outline import OutlineItem, number_of
from tsfix.reports.shown_value import Line, marked, show_value
from tsfix.reports.words import certainty_words, fix_words, shorten
from tsfix.values import Position

LONGEST_NAME = 300
LONGEST_VALUE = 2000
MOST_LINES = 400

Piece = tuple[str, bool]
"""A piece of a text, and whether it differs."""


class Badge(Struct, frozen=True, kw_only=True):
    """A mark at a row: a sign and a word, so that it does not need its colour."""

    key: str
    sign: str
    word: str


class Why(Struct, frozen=True, kw_only=True):
    """Why something is changed: the rule, its words, where the fact comes from."""

    rule: str
    text: str
    sources: tuple[Source, ...]


class ValueView(Struct, frozen=True, kw_only=True):
    """One value before and after."""

    label: str
    before: tuple[Piece, ...] | None
    after: tuple[Piece, ...] | None
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    why: tuple[Why, ...] = ()
    """Why it is changed, at the last of several values that share their reasons."""


class FindingView(Struct, frozen=True, kw_only=True):
    """A finding in words."""

    severity: str
    badge: Badge
    rule: str
    certainty: str
    title: str
    reason: str
    fix: str
    remedy: str
    sources: tuple[Source, ...]
    evidence: tuple[str, ...]


class Content(Struct, frozen=True, kw_only=True):
    """What there is to say at one group or step."""

    badges: tuple[Badge, ...] = ()
    values: tuple[ValueView, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[FindingView, ...] = ()
    shut: bool = False
    """True when it is so little that it stays folded."""


class Row(Struct, frozen=True, kw_only=True):
    """One row; ``end`` closes the group that was opened last."""

    what: Literal["group", "step", "end"]
    id: str = ""
    number: str = ""
    name: str = ""
    type: str = ""
    disabled: bool = False
    removed: bool = False
    marked: bool = False
    """True when it is not the same before and after."""
    one_sided: bool = False
    """True for what is on one side only, so that its values have nothing beside them."""
    kinds: str = ""
    """What the filter goes by, with blanks between."""
    opened: bool = False
    content: Content = Content()

    @property
    def has_body(self) -> bool:
        """True when there is more to say than the badges do."""
        content = self.content
        return bool(content.values or content.notes or content.findings)


EMPTY = Content()

_MARKS = {
    "changed": Badge(key="changed", sign="~", word="changed"),
    "disabled": Badge(key="disabled", sign="\N{DOUBLE VERTICAL LINE}", word="disabled in the copy"),
    "replaced": Badge(key="replaced", sign="\N{WHITE SQUARE}", word="placeholder in the copy"),
    "removed": Badge(key="removed", sign="\N{MINUS SIGN}", word="removed"),
    "added": Badge(key="added", sign="+", word="added"),
    "moved": Badge(key="moved", sign="\N{UP DOWN ARROW}", word="moved"),
}
_SEVERITIES = {
    "error": Badge(key="error", sign="\N{MULTIPLICATION SIGN}", word="error"),
    "warning": Badge(key="warning", sign="!", word="warning"),
    "info": Badge(key="info", sign="i", word="remark"),
}
KIND_ORDER = ("changed", "moved", "added", "removed", "disabled", "replaced", "error", "warning", "info", "unchanged")
KIND_LABELS = {
    "changed": "changed",
    "moved": "moved",
    "added": "added",
    "removed": "removed",
    "disabled": "disabled in the copy",
    "replaced": "placeholder",
    "error": "error",
    "warning": "warning",
    "info": "remark",
    "unchanged": "nothing to report",
}


def badges_of(mark: str) -> tuple[Badge, ...]:
    """The badges of a mark; what has moved and changed has two."""
    return tuple(_MARKS[word] for word in mark.split("-and-")) if mark else ()


def severity_badge(severity: str) -> Badge:
    """The badge of a finding."""
    return _SEVERITIES[severity]


_MENDED = {
    "error": Badge(key="mended", sign="\N{CHECK MARK}", word="no error any more"),
    "warning": Badge(key="mended", sign="\N{CHECK MARK}", word="no warning any more"),
}


def row_id(section: str, item: OutlineItem) -> str:
    """The name of a row in links: by position, since names repeat and change."""
    place = "-".join(str(index + 1) for index in item.position)
    # What was removed has the number that it had before, which another row may have now.
    return f"{section}-was-{place}" if item.mark == "removed" and item.before_position else f"{section}-{place}"


def link_id(section: str, position: Position) -> str:
    """The name of the row at a position of the tree."""
    return f"{section}-{'-'.join(str(index + 1) for index in position)}"


def tree_rows(
    section: str, outline: List[OutlineItem], contents: Mapping[int, Content], *, removed_stands: bool = False
) -> tuple[Row, ...]:
    """The rows of one tree; ``contents`` holds what there is to say, by the index in the outline.

    ``removed_stands``: a removed step has the number that it has in this very tree (a clone shows the original's tree).
    """
    opened = _opened(outline, contents)
    rows: list[Row] = []
    depth = 0
    for index, item in enumerate(outline):
        while depth > item.depth:
            rows.append(Row(what="end"))
            depth -= 1
        content = contents.get(index, EMPTY)
        badges = (*badges_of(item.mark), *content.badges)
        gone = item.mark == "removed" and not removed_stands
        kinds = [badge.key for badge in badges] or ["unchanged"]
        rows.append(
            Row(
                what=item.what,
                id=row_id(section, item) if not removed_stands else link_id(section, item.position),
                number=f"was {number_of(item.position)}" if gone else number_of(item.position),
                name=shorten(item.name, LONGEST_NAME) or "(no name)",
                type=item.title or item.type,
                disabled=item.disabled,
                removed=item.mark == "removed",
                marked=bool(item.mark),
                one_sided=item.mark in ("added", "removed") and not removed_stands,
                kinds=" ".join(dict.fromkeys(kinds)),
                opened=opened[index],
                content=replace(content, badges=badges),
            )
        )
        if item.what == "group":
            depth = item.depth + 1
    rows.extend(Row(what="end") for _ in range(depth))
    return tuple(rows)


def _opened(outline: List[OutlineItem], contents: Mapping[int, Content]) -> list[bool]:
    """Which rows stand open: those with something to say, and the groups around them."""
    opened = [False] * len(outline)
    wanted: set[int] = set()
    for index in range(len(outline) - 1, -1, -1):
        item = outline[index]
        content = contents.get(index, EMPTY)
        seen = bool(item.mark) or (content is not EMPTY and not content.shut)
        inner = item.what == "group" and item.depth + 1 in wanted
        opened[index] = inner or (content is not EMPTY and not content.shut)
        # Deeper rows that follow belong to this row; what stands before it in the same group does not.
        wanted = {depth for depth in wanted if depth <= item.depth}
        if seen or inner:
            wanted.add(item.depth)
    return opened


def kinds_in(trees: Iterable[Iterable[Row]]) -> tuple[tuple[str, str], ...]:
    """The kinds of rows that there are, with their words, for the filter."""
    found = {kind for rows in trees for row in rows for kind in row.kinds.split()}
    return tuple((kind, KIND_LABELS[kind]) for kind in KIND_ORDER if kind in found)


def value_view(field: str, label: str, before: str | None, after: str | None) -> ValueView:
    """One value, with the pieces marked in which both sides differ."""
    shown = show_value(field, label, before, after, longest=LONGEST_VALUE, most_lines=MOST_LINES)
    old: tuple[Piece, ...] | None = None if shown.before is None else ((shown.before, False),)
    new: tuple[Piece, ...] | None = None if shown.after is None else ((shown.after, False),)
    if shown.before is not None and shown.after is not None:
        old, new = marked(shown.before, shown.after)
    return ValueView(label=shown.label, before=old, after=new, lines=shown.lines, notes=shown.notes)


def finding_view(finding: Finding, *, mended: bool = False) -> FindingView:
    """One finding in words. ``mended``: it was found in the original, and is not true of the copy any more."""
    gone = mended and finding.severity in _MENDED
    return FindingView(
        severity="mended" if gone else finding.severity,
        badge=_MENDED[finding.severity] if gone else severity_badge(finding.severity),
        rule=finding.rule,
        certainty=certainty_words(finding),
        title=finding.title,
        reason=finding.reason,
        fix="" if finding.fix == "advice" else fix_words(finding),
        remedy=finding.remedy if finding.fix != "automatic" else "",
        sources=finding.sources,
        evidence=tuple(item.text for item in finding.evidence),
    )
