"""The part of the text report that says what a copy changes: steps first, then what only repeats or follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tsfix.changes import Change
from tsfix.reports.report import ExportReport, StepChanges
from tsfix.reports.shown_value import show_value
from tsfix.reports.terminal_lines import TerminalLines
from tsfix.reports.words import count, printable, shorten

_VALUE_LINES = 3
_MOST_LINES = 40
_SIGN_STYLE = {"-": ("red",), "+": ("green",), "@": ("dim",), " ": ()}


def change_lines(out: TerminalLines, export: ExportReport) -> Iterator[str]:
    """Every change of a copy, folded where many say the same; nothing for an export without a copy."""
    if export.changes:
        yield from _Changes(out).lines(export)


class _Changes:
    def __init__(self, out: TerminalLines) -> None:
        self._out = out

    def lines(self, export: ExportReport) -> Iterator[str]:
        yield from self._identities(export)
        yield from self._steps(export)
        yield from self._left_out(export)
        yield from self._references(export)
        yield ""
        yield from self._out.prose(
            f"{count(export.change_count, 'value')} in all; --format json shows every one. Each was planned. The copy was "
            "read back and compared: every other byte is as it was.",
            "  ",
        )

    def _heading(self, text: str) -> Iterator[str]:
        yield ""
        yield from self._out.prose(text, "", "  ", "bold")

    def _identities(self, export: ExportReport) -> Iterator[str]:
        """Names and IDs of the copies, one entry for each task sequence instead of eight changed places."""
        renamed = [item for item in export.task_sequences if item.new_id or item.new_name not in ("", item.name)]
        if renamed:
            yield from self._heading("NAME AND ID OF THE COPY")
        for item in renamed:
            if item.new_name not in ("", item.name):
                yield from self._pair("name", item.name, item.new_name, "  ")
            else:
                yield from self._out.prose(f"name  {item.name} (as it was)", "  ")
            if item.new_id:
                yield from self._pair("ID", item.package_id, f"{item.new_id} (the site will give its own)", "  ")

    def _steps(self, export: ExportReport) -> Iterator[str]:
        substance = [group for group in export.changes if _of(group.changes, "content")]
        number = sum(len(_of(group.changes, "content")) for group in substance)
        yield from self._heading(
            f"WHAT CHANGES IN THE STEPS: {count(number, 'value')} in {count(len(substance), 'place')}"
        )
        for name in dict.fromkeys(group.task_sequence for group in substance):
            yield from self._out.prose(name or "In the export around the task sequences", "  ", "    ", "dim")
            for lines, groups in self._folded(group for group in substance if group.task_sequence == name):
                for group in groups:
                    if group.path:
                        number_text = ".".join(str(index + 1) for index in group.position)
                        place = f"{number_text}  {' > '.join(group.path)}"
                        yield from self._out.prose(place, "  ", "       ", "bold")
                yield from lines

    def _folded(self, groups: Iterable[StepChanges]) -> Iterable[tuple[tuple[str, ...], list[StepChanges]]]:
        """Steps in which the very same is changed for the same reason, together."""
        found: dict[tuple[str, ...], list[StepChanges]] = {}
        for group in groups:
            found.setdefault(tuple(self._step_changes(group)), []).append(group)
        return found.items()

    def _step_changes(self, group: StepChanges) -> Iterator[str]:
        indent = "      "
        # Values with the same reasons stand together, so that it is clear which reason is whose.
        together: dict[tuple[str, ...], list[Change]] = {}
        for change in _of(group.changes, "content"):
            reasons = dict.fromkeys(f"{reason.rule}: {reason.text}" for reason in change.reasons)
            together.setdefault(tuple(reasons), []).append(change)
        for same, changes in together.items():
            for change in changes:
                yield from self._change(change, indent)
            for reason_text in same:
                yield from self._out.prose(reason_text, f"{indent}why  ", None, "dim")

    def _change(self, change: Change, indent: str) -> Iterator[str]:
        if change.kind == "disabled" and change.field == "attribute:disable":
            yield self._out.style(f"{indent}disabled", "yellow")
        elif change.before and change.after and change.after.startswith(change.before):
            yield from self._pair(f"{change.label}, added at its end", None, change.after[len(change.before) :], indent)
        elif change.before and change.after and change.before.startswith(change.after):
            yield from self._pair(f"{change.label}, cut off its end", change.before[len(change.after) :], None, indent)
        else:
            yield from self._whole(change, indent)

    def _whole(self, change: Change, indent: str) -> Iterator[str]:
        """The value before and after, or line by line where it has several; what differs stays in sight."""
        room = (self._out.width - len(indent) - 4) * _VALUE_LINES
        shown = show_value(
            change.field, change.label, change.before, change.after, longest=room, most_lines=_MOST_LINES
        )
        if shown.lines:
            yield from self._out.prose(shown.label, indent)
            for line in shown.lines:
                text = f"[... {line.text} ...]" if line.sign == "@" else line.text
                sign = " " if line.sign == "@" else line.sign
                yield from self._out.exact(text, f"{indent}  {sign} ", f"{indent}    ", *_SIGN_STYLE[line.sign])
        else:
            yield from self._pair(shown.label, shown.before, shown.after, indent)
        for note in shown.notes:
            yield from self._out.prose(note, indent, None, "dim")

    def _pair(self, label: str, before: str | None, after: str | None, indent: str) -> Iterator[str]:
        """One value before and after: on one line where there is room, else below each other."""
        old, new = _shown(before), _shown(after)
        label = printable(label)
        if before is None or after is None:
            sign, value, style = ("+", new, "green") if before is None else ("-", old, "red")
            if len(indent) + len(label) + len(value) + 4 <= self._out.width:
                yield f"{indent}{label}  {self._out.style(f'{sign} {value}', style)}"
                return
        elif len(indent) + len(label) + len(old) + len(new) + 6 <= self._out.width:
            yield f"{indent}{label}  {self._out.style(old, 'red')} -> {self._out.style(new, 'green')}"
            return
        yield from self._out.prose(label, indent)
        if before is not None:
            yield from self._value(old, f"{indent}  - ", "red")
        if after is not None:
            yield from self._value(new, f"{indent}  + ", "green")

    def _value(self, value: str, first: str, style: str) -> Iterator[str]:
        room = (self._out.width - len(first)) * _VALUE_LINES
        yield from self._out.prose(shorten(value, room), first, None, style)

    def _left_out(self, export: ExportReport) -> Iterator[str]:
        """Newer settings that were not in use, by name: they change nothing, and there can be hundreds."""
        names: dict[str, int] = {}
        for group in export.changes:
            for change in _of(group.changes, "neutral"):
                names[change.label] = names.get(change.label, 0) + 1
        if names:
            total = count(sum(names.values()), "newer setting")
            yield from self._heading(f"LEFT OUT WITHOUT A LOSS: {total} that no step made use of")
            listed = (f"{name} ({number} times)" if number > 1 else name for name, number in sorted(names.items()))
            yield from self._out.prose(", ".join(listed), "  ")

    def _references(self, export: ExportReport) -> Iterator[str]:
        """The lists that repeat what the steps refer to: what was swapped and what is no longer listed, once each."""
        swapped: dict[tuple[str, str], int] = {}
        dropped: dict[str, None] = {}
        for group in export.changes:
            for change in _of(group.changes, "references"):
                before = (change.before or "").split(" ")[0]
                after = (change.after or "").split(" ")[0]
                if change.field.startswith(("reference:", "object-reference:", "references-info:")):
                    if change.after is None:
                        dropped.setdefault(before)
                    else:
                        swapped[before, after] = swapped.get((before, after), 0) + 1
        if swapped or dropped:
            yield from self._heading("LISTS OF WHAT THE STEPS REFER TO")
        for (before, after), number in swapped.items():
            yield from self._out.prose(f"{before} -> {after}  in {count(number, 'place')}", "  ")
        if dropped:
            yield from self._out.prose("No longer listed, because no enabled step uses them:", "  ")
            for name in dropped:
                yield from self._out.prose(name, "    - ")


def _of(changes: Iterable[Change], topic: str) -> list[Change]:
    return [change for change in changes if change.topic == topic]


def _shown(value: str | None) -> str:
    """A value on one line; an empty one has a word, so that it is seen."""
    if value is None:
        return ""
    return printable(" ".join(value.split())) or "(empty)"
