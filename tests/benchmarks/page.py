"""The page: what was measured, with goals and verdicts. It is written by the command and never by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.goals import GOALS, MEANINGS
from tests.benchmarks.results import Family, Figure, Goal, Table, Unit, counted

_HEADER = ("what", "compared with", "goal", "measured", "spread", "time", "verdict")

_INTRODUCTION = """# Benchmarks

<!-- Written by `python -m tests.benchmarks`. Do not edit it by hand. -->

Every figure is a ratio to a floor that was measured in the same round: the least that must be done, or another tool.
Rounds are interleaved, so a ratio holds on a slow machine and on a busy one. Times are this machine's and only a hint.
"measured" is the median over the rounds, "spread" the smallest and the largest.
Start-up and many exports are timed by the clock on the wall, all else by the time on the processor.
[What grows with what](../explanation/scale.md) says how to read this page."""


def render(families: Sequence[Family], about: Mapping[str, str], remarks: Sequence[str]) -> str:
    """The whole page in Markdown."""
    blocks = [_INTRODUCTION, *(f"**{remark}**" for remark in remarks), _machine(about), *_goals(families)]
    for family in families:
        blocks += [f"## {family.title}", family.about]
        if family.figures:
            blocks.append(_rows(_HEADER, [_row(found) for found in family.figures]))
        blocks += [block for table in family.tables for block in _table(table)]
        if family.left_out:
            blocks.append("\n".join(f"- Not measured: {reason}" for reason in family.left_out))
    return "\n\n".join(blocks) + "\n"


def _machine(about: Mapping[str, str]) -> str:
    return _rows(("", ""), [(name, text) for name, text in about.items() if text])


def _goals(families: Sequence[Family]) -> Iterator[str]:
    """All goals at one glance."""
    rows = [(GOALS[found.key], found) for family in families for found in family.figures if found.key in GOALS]
    if not rows:
        return
    verdicts = [goal.verdict(found.spread.value) for goal, found in rows]
    yield "## Goals"
    yield f"{verdicts.count('met')} met, {verdicts.count('missed')} missed."
    yield _rows(
        ("goal", "what", "should be", "measured", "verdict"),
        [
            (goal.id, found.title, _limit(goal, found), _value(found.spread.value, found.unit), _verdict(found))
            for goal, found in sorted(rows, key=lambda row: row[0].id)
        ],
    )
    used = {goal.id for goal, _ in rows}
    yield "\n".join(f"- **{name}** {meaning}" for name, meaning in sorted(MEANINGS.items()) if name in used)


def _row(found: Figure) -> tuple[str, ...]:
    goal = GOALS.get(found.key)
    values = found.spread
    low, high = (_number(value, found.unit) for value in (values.low, values.high))
    return (
        found.title,
        found.base,
        "" if goal is None else f"{goal.id}: {_limit(goal, found)}",
        _value(values.value, found.unit),
        f"{low} to {high}, {counted(values.rounds, found.of)}",
        "; ".join(filter(None, (_time(found.seconds), found.note))),
        _verdict(found),
    )


def _verdict(found: Figure) -> str:
    goal = GOALS.get(found.key)
    return "" if goal is None else goal.verdict(found.spread.value)


def _limit(goal: Goal, found: Figure) -> str:
    return f"{goal.kind} {_value(goal.limit, found.unit)}"


def _value(value: float, unit: Unit) -> str:
    number = _number(value, unit)
    return {"x": f"{number}x", "%": f"{number} %", "power": f"power {number}", "MB": f"{number} MB", "count": number}[
        unit
    ]


def _number(value: float, unit: Unit) -> str:
    if unit == "%":
        return f"{value * 100:.0f}" if value >= 0.1 else f"{value * 100:.1f}"
    if unit == "power":
        return f"{value:.2f}"
    return f"{value:,.0f}" if value >= 100 or unit == "MB" else f"{value:.3g}"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _table(table: Table) -> Iterator[str]:
    yield f"### {table.title}"
    yield _rows(table.header, table.rows)
    if table.remark:
        yield table.remark


def _rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
