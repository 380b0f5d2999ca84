"""How one changed value is shown: before and after side by side, or line by line; nothing is left out silently."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

from tsfix.masking import MASK
from tsfix.reports.dynamic_rules import is_rules_field, rules_in_words
from tsfix.reports.words import count, printable, shorten

Sign = Literal[" ", "-", "+", "@"]
"""Kept, only before, only after; ``@``: lines left out, the text says how many."""

CONTEXT = 2
"""Kept lines that are shown around a changed one."""

_MOST_EQUAL_PAIRS = 200_000
"""The work of comparing two lists grows with the pairs of equal entries in them."""

_WORTH_MARKING = 0.4
"""The share of the shorter text that has to be equal before what differs is pointed at."""

_VISIBLE = str.maketrans({" ": "\N{MIDDLE DOT}", "\t": "\N{RIGHTWARDS ARROW}", "\r": "\N{SYMBOL FOR CARRIAGE RETURN}"})
_LINE_END = "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}"

NOTE_WHITE_SPACE = (
    "Only white space differs. Blanks are shown as \N{MIDDLE DOT}, tabs as \N{RIGHTWARDS ARROW}, "
    "carriage returns as \N{SYMBOL FOR CARRIAGE RETURN}."
)
NOTE_LINE_ENDS = "Only the line ends differ."
NOTE_MASKED = "The values differ. Both are masked."
NOTE_CODE_POINTS = "The letters look alike but are other characters; they are written as code points."


class Line(Struct, frozen=True, kw_only=True):
    """One line of a text that is compared line by line."""

    sign: Sign
    text: str


class ShownValue(Struct, frozen=True, kw_only=True):
    """One value before and after, ready to be put on paper: printable, on one line each, or as lines."""

    label: str
    before: str | None
    """None where there was none. Also None when the value is shown as lines."""
    after: str | None
    lines: tuple[Line, ...] = ()
    """A unified text diff where a value has several lines; else empty."""
    notes: tuple[str, ...] = ()
    """What a reader has to know to read the value rightly."""


def show_value(
    field: str,
    label: str,
    before: str | None,
    after: str | None,
    *,
    longest: int,
    most_lines: int,
) -> ShownValue:
    """Prepare one value, which is masked already.

    ``longest`` is the most characters of a value or line, ``most_lines`` the most lines; what is beyond is left out in the
    middle, with a note in its place.
    """
    if before is not None and before == after:
        old, new = window(_flat(before), _flat(before), longest)
        return ShownValue(label=label, before=old, after=new, notes=(NOTE_MASKED,) if MASK in before else ())
    if is_rules_field(field):
        said = rules_in_words(before), rules_in_words(after)
        # Words that are equal leave out what differs, so the text itself is shown.
        before, after = said if said[0] != said[1] else (before, after)
    if before is not None and after is not None and _no_blanks(before) == _no_blanks(after):
        return _white_space(label, before, after, longest, most_lines)
    if "\n" in (before or "").strip("\n") or "\n" in (after or "").strip("\n"):
        return _several_lines(label, before, after, longest, most_lines)
    return _one_line(label, before, after, longest, ())


def _no_blanks(text: str) -> str:
    return "".join(text.split())


def _one_line(label: str, before: str | None, after: str | None, longest: int, notes: tuple[str, ...]) -> ShownValue:
    old = None if before is None else _flat(before)
    new = None if after is None else _flat(after)
    if old is not None and new is not None and _looks(old) == _looks(new):
        old, new, notes = _code_points(old), _code_points(new), (*notes, NOTE_CODE_POINTS)
    old, new = window(old, new, longest)
    return ShownValue(label=label, before=old, after=new, notes=notes)


def _flat(text: str) -> str:
    """A value on one line: line ends are written out, an empty one has a word so that it is seen."""
    return printable(text.replace("\r\n", "\n").replace("\n", _LINE_END).replace("\t", "    ")) or "(empty)"


def _looks(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _code_points(text: str) -> str:
    return "".join(char if char.isascii() else f"<U+{ord(char):04X}>" for char in text)


def window(before: str | None, after: str | None, longest: int) -> tuple[str | None, str | None]:
    """Shorten two texts so that what differs stays in sight; what both have in common goes first."""
    if before is None or after is None:
        return (
            None if before is None else shorten(before, longest),
            None if after is None else shorten(after, longest),
        )
    if len(before) <= longest and len(after) <= longest:
        return before, after
    head = _common_start(before, after)
    tail = _common_start(before[head:][::-1], after[head:][::-1])
    inner = max(len(before), len(after)) - head - tail
    room = max((longest - inner) // 2 - 30, 20)
    cut_head, cut_tail = max(head - room, 0), max(tail - room, 0)
    start = f"[{count(cut_head, 'equal character')}] ... " if cut_head else ""
    end = f" ... [{count(cut_tail, 'equal character')}]" if cut_tail else ""

    def cut(text: str) -> str:
        return start + shorten(text[cut_head : len(text) - cut_tail], longest) + end

    return cut(before), cut(after)


def _common_start(one: Sequence[str], other: Sequence[str]) -> int:
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _white_space(label: str, before: str, after: str, longest: int, most_lines: int) -> ShownValue:
    """Both values with their white space made visible."""
    if "\n" not in before and "\n" not in after:
        old, new = window(_seen(before), _seen(after), longest)
        return ShownValue(label=label, before=old, after=new, notes=(NOTE_WHITE_SPACE,))
    if before.replace("\r\n", "\n") == after.replace("\r\n", "\n"):
        return ShownValue(label=label, before=_line_ends(before), after=_line_ends(after), notes=(NOTE_LINE_ENDS,))
    old_lines = [_seen(line) for line in _marked_lines(before)]
    new_lines = [_seen(line) for line in _marked_lines(after)]
    lines = _compared(old_lines, new_lines, longest, most_lines)
    return ShownValue(label=label, before=None, after=None, lines=lines, notes=(NOTE_WHITE_SPACE,))


def _seen(text: str) -> str:
    return printable(text.translate(_VISIBLE)) or "(empty)"


def _marked_lines(text: str) -> list[str]:
    """The lines with a sign for each line end, so that a missing last one is seen."""
    *lines, last = text.split("\n")
    return [f"{line}{_LINE_END}" for line in lines] + ([last] if last else [])


def _line_ends(text: str) -> str:
    with_return = text.count("\r\n")
    total = text.count("\n")
    if with_return == total:
        return f"{count(total, 'line end')}, all carriage return and line feed"
    if not with_return:
        return f"{count(total, 'line end')}, all line feed"
    return f"{count(total, 'line end')}, {with_return:,} of them carriage return and line feed"


def _several_lines(label: str, before: str | None, after: str | None, longest: int, most_lines: int) -> ShownValue:
    old, new = _lines(before), _lines(after)
    if before is None or after is None:
        sign: Sign = "+" if before is None else "-"
        signed = [Line(sign=sign, text=shorten(text, longest)) for text in (new if before is None else old)]
        return ShownValue(label=label, before=None, after=None, lines=_limited(signed, most_lines))
    notes: tuple[str, ...] = ()
    if ("\r\n" in before) != ("\r\n" in after) and "\n" in before and "\n" in after:
        notes = (f"The line ends differ as well. Before: {_line_ends(before)}. After: {_line_ends(after)}.",)
    return ShownValue(label=label, before=None, after=None, lines=_compared(old, new, longest, most_lines), notes=notes)


def _lines(text: str | None) -> list[str]:
    if text is None:
        return []
    lines = [_line(line.removesuffix("\r")) for line in text.split("\n")]
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines


def _line(text: str) -> str:
    """A line of a script: its tabs are white space as any other, all else is as in every value."""
    return printable(text.expandtabs(4))


def _compared(old: list[str], new: list[str], longest: int, most_lines: int) -> tuple[Line, ...]:
    """A unified diff: the changed lines with some kept ones around them."""
    found: list[Line] = []
    operations = _operations(old, new)
    for number, (tag, old_start, old_end, new_start, new_end) in enumerate(operations):
        if tag != "equal":
            found.extend(_changed_lines(old[old_start:old_end], new[new_start:new_end], longest))
            continue
        # Before the first change and after the last one there is nothing to keep in view on the far side.
        head = 0 if number == 0 else CONTEXT
        tail = 0 if number == len(operations) - 1 else CONTEXT
        kept = [Line(sign=" ", text=shorten(text, longest)) for text in old[old_start:old_end]]
        left_out = len(kept) - head - tail
        if left_out <= 0:
            found.extend(kept)
        else:
            gap = Line(sign="@", text=count(left_out, "equal line"))
            found.extend((*kept[:head], gap, *kept[head + left_out :]))
    return _limited(found, most_lines)


Operation = tuple[str, int, int, int, int]
"""As difflib has them: what, and the ranges before and after."""


def _operations(old: list[str], new: list[str]) -> list[Operation]:
    """What makes the new list out of the old one. Equal entries at both ends cost nothing.

    Where the rest has too many equal pairs to be compared, as in two texts of ten thousand blank lines, it counts as
    replaced as a whole.
    """
    start = _common_start(old, new)
    tail = _common_start(old[start:][::-1], new[start:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    inner_old, inner_new = old[start:old_end], new[start:new_end]
    operations: list[Operation] = [("equal", 0, start, 0, start)] if start else []
    if _equal_pairs(inner_old, inner_new) <= _MOST_EQUAL_PAIRS:
        operations += [
            (tag, start + one, start + two, start + three, start + four)
            for tag, one, two, three, four in SequenceMatcher(None, inner_old, inner_new, autojunk=False).get_opcodes()
        ]
    else:
        operations.append(("replace", start, old_end, start, new_end))
    if tail:
        operations.append(("equal", old_end, len(old), new_end, len(new)))
    return operations


def _equal_pairs(old: list[str], new: list[str]) -> int:
    counts = Counter(new)
    return sum(counts[entry] for entry in old)


def _changed_lines(old: list[str], new: list[str], longest: int) -> list[Line]:
    """Replaced lines below each other. Where a line stands against one other, long ones show what differs in them."""
    if len(old) == len(new) == 1:
        before, after = window(old[0], new[0], longest)
        return [Line(sign="-", text=before or ""), Line(sign="+", text=after or "")]
    removed = [Line(sign="-", text=shorten(text, longest)) for text in old]
    return removed + [Line(sign="+", text=shorten(text, longest)) for text in new]


def _limited(lines: list[Line], most_lines: int) -> tuple[Line, ...]:
    if len(lines) <= most_lines:
        return tuple(lines)
    head = max(most_lines * 2 // 3, 1)
    tail = max(most_lines - head - 1, 0)
    left_out = lines[head : len(lines) - tail]
    note = f"{count(len(left_out), 'more line')}; the JSON report holds all of them"
    return (*lines[:head], Line(sign="@", text=note), *lines[len(lines) - tail :])


def marked(before: str, after: str) -> tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, bool], ...]]:
    """Both texts in pieces, each with whether it differs, so that a renderer can point at what differs.

    Where hardly anything is equal there is nothing to point at: everything differs.
    """
    old, new = _words(before), _words(after)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, old_start, old_end, new_start, new_end in _operations(old, new):
        if old_end > old_start:
            left.append(("".join(old[old_start:old_end]), tag != "equal"))
        if new_end > new_start:
            right.append(("".join(new[new_start:new_end]), tag != "equal"))
    equal = sum(len(text.strip()) for text, differs in left if not differs)
    if equal < min(len(before), len(after)) * _WORTH_MARKING:
        return ((before, False),), ((after, False),)
    return tuple(left), tuple(right)


def _words(text: str) -> list[str]:
    """Runs of letters and digits, and every other character by itself."""
    words: list[str] = []
    in_word = False
    for char in text:
        if char.isalnum() or char == "_":
            if in_word:
                words[-1] += char
            else:
                words.append(char)
            in_word = True
        else:
            words.append(char)
            in_word = False
    return words
