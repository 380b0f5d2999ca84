"""The text report for a terminal: wrapped, folded, shortened with a note, and the same with or without colour."""

from __future__ import annotations

import re

import pytest

from tests.reports.runs import RUNS, report
from tsfix.changes import Change, Reason
from tsfix.reports import text
from tsfix.reports.report import ExportReport, StepChanges, Task
from tsfix.reports.terminal_lines import TerminalLines
from tsfix.reports.text_changes import change_lines
from tsfix.reports.words import printable, shorten, shorten_name
from tsfix.values import Location, RuleId


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("run", RUNS)
def test_lines_keep_within_the_width(run: str, width: int) -> None:
    lines = text.render(report(run), width=width).splitlines()
    # Addresses and lines to be pasted into a file must not be broken.
    free = [
        line for line in lines if "http" not in line and not line.startswith(("task_sequence =", "step =", "#", "do ="))
    ]
    assert [] == [line for line in free if len(line) > width]


@pytest.mark.parametrize("run", RUNS)
def test_colour_changes_nothing_but_the_colour(run: str) -> None:
    coloured = text.render(report(run), width=80, colour=True)
    assert "\x1b[" in coloured
    assert text.render(report(run), width=80) == re.sub(r"\x1b\[[0-9;]*m", "", coloured)


@pytest.mark.parametrize("run", RUNS)
def test_report_begins_and_ends_with_something(run: str) -> None:
    lines = text.render(report(run), width=80).splitlines()
    assert lines[0].strip()
    assert lines[-1].strip()


def head(run: str, number: int = 40) -> str:
    return "\n".join(text.render(report(run), width=80).splitlines()[:number])


def test_first_screen_of_a_copy_says_what_to_know() -> None:
    shown = head("clone")
    for phrase in (
        "copy planned",
        "site LEG, version 1706",
        "--new-steps disable",
        "out of action in the copy, see below",
        "after the import, see the end",
        "OUT OF ACTION IN THE COPY",
        "disabled; why: ",
        "target 1706 < needs 2002",
    ):
        assert phrase in shown, phrase


def test_first_screen_of_a_refusal_says_what_to_decide() -> None:
    shown = head("clone-refused", 20)
    for phrase in ("REFUSED: no copy was written", "your decision on", "WHAT YOU CAN DO", "--new-steps"):
        assert phrase in shown, phrase


def test_several_exports_begin_with_a_table() -> None:
    first, *rows = text.render(report("clone-several"), width=80).split("\n\n")[0].splitlines()
    assert ["errors", "warnings", "outcome", "for", "file"] == first.split()
    assert ["planned (dry run)", "REFUSED", "planned (dry run)", "NOT DONE"] == [
        re.split(r"  +", row.strip())[2 if row.strip()[0].isdigit() else 0] for row in rows
    ]


def test_what_is_to_be_done_for_every_copy_is_said_once() -> None:
    shown = text.render(report("clone-several"), width=80)
    assert 1 == shown.count("Import the copy with Create New.")
    assert 1 == text.render(report("clone"), width=80).count("Import the copy with Create New.")


def change(number: int, before: str | None, after: str | None, **others: object) -> Change:
    values = {
        "kind": "changed",
        "location": Location(file="f", task_sequence="TS", path=("G", f"S{number}"), position=(0, number)),
        "field": "attribute:x",
        "label": "value",
        "before": before,
        "after": after,
        "reasons": (Reason(rule=RuleId("R26"), text="target 1706 < needs 1806"),),
    }
    return Change(**(values | others))  # type: ignore[arg-type]


def lines_for(*changes: Change) -> list[str]:
    base = report("clone").exports[0]
    groups = tuple(
        StepChanges(task_sequence="TS", path=item.location.path, position=item.location.position, changes=(item,))
        for item in changes
    )
    values = {name: getattr(base, name) for name in ExportReport.__slots__}
    export = ExportReport(**(values | {"changes": groups, "change_count": len(changes), "task_sequences": ()}))
    shown = "\n".join(change_lines(TerminalLines(60, colour=False), export))
    return shown.split("WHAT CHANGES IN THE STEPS")[1].split("\n\n")[0].splitlines()[1:]


def test_value_stands_on_one_line_where_there_is_room() -> None:
    assert [
        "  TS",
        "  1.2 G > S1",
        "      value  old -> new",
        "      why  R26: target 1706 < needs 1806",
    ] == lines_for(change(1, "old", "new"))


def test_same_change_in_several_steps_is_said_once() -> None:
    shown = lines_for(change(1, "old", "new"), change(2, "a", "b"), change(3, "old", "new"))
    assert ["  1.2 G > S1", "  1.4 G > S3", "      value  old -> new"] == shown[1:4]
    assert "  1.3 G > S2" in shown


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("text", "text and more", "      value, added at its end  + and more"),
        ("text and more", "text", "      value, cut off its end  - and more"),
        ("", "more", "      value  (empty) -> more"),
        (None, "more", "      value  + more"),
        ("more", None, "      value  - more"),
        ("", None, "      value  - (empty)"),
        ("a b", "a  b", "      value  a·b -> a··b"),
        ("\x1b[31m", "x", "      value  <U+001B>[31m -> x"),
    ],
)
def test_value_is_shown_so_that_the_difference_is_seen(before: str | None, after: str | None, expected: str) -> None:
    assert expected == lines_for(change(1, before, after))[2]


def test_long_value_is_shortened_in_the_middle_and_says_so() -> None:
    shown = " ".join(" ".join(lines_for(change(1, "a" * 400, "x" * 30 + "b" * 400 + "z" * 20))).split())
    assert re.search(r"- a+ a+ \.\.\. \[\d{3} more characters\] \.\.\. a+", shown)
    assert re.search(r"\+ x{30}b+ b+ \.\.\. \[\d{3} more characters\] \.\.\. b+z{20}", shown)


def test_step_that_was_disabled_is_called_so() -> None:
    assert "      disabled" == lines_for(change(1, None, "true", kind="disabled", field="attribute:disable"))[2]


def test_tasks_of_one_export_stay_with_it() -> None:
    assert Task(rule="R1", text="x") == Task(rule="R1", text="x", places=())
    shown = text.render(report("clone"), width=80)
    assert shown.index("AFTER THE IMPORT") > shown.index("WHAT CHANGES IN THE STEPS")


@pytest.mark.parametrize("limit", [1, 30, 60, 100, 999])
def test_shortened_text_counts_what_it_leaves_out(limit: int) -> None:
    whole = "".join(chr(65 + index % 26) for index in range(1000))
    shown = shorten(whole, limit)
    begin, note, end = re.fullmatch(r"(\w*) \.\.\. (\[[\d,]+) more characters\] \.\.\. (\w*)", shown).groups()  # type: ignore[union-attr]
    assert whole.startswith(begin)
    assert whole.endswith(end)
    assert len(whole) == len(begin) + len(end) + int(note[1:].replace(",", ""))
    assert len(shown) <= max(limit, 60)


def test_short_text_is_not_shortened() -> None:
    assert "x" * 50 == shorten("x" * 50, 50)
    assert "a/b.zip" == shorten_name("a/b.zip", 20)
    assert ("fix...name is long.zip", 22) == (
        shorten_name("fixtures/the name is long.zip", 22)[:3] + "..." + "name is long.zip",
        len(shorten_name("fixtures/the name is long.zip", 22)),
    )


def test_characters_that_drive_a_terminal_are_written_out() -> None:
    assert "a<U+001B>[31m<U+202E><U+0007>ü – 東" == printable("a\x1b[31m\u202e\x07ü – 東")
