"""Writes the page that says what a copy does about each step type and setting that an older target lacks."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Downlevel, Feature, Introduced, Rewrite
from tsfix.knowledge.pages import MADE

NAME = "what-auto-does.md"

KINDS = frozenset({"strip", "rewrite-action", "rewrite-value", "rewrite-condition", "replace-step"})
"""What the facts say could be done; what no rewrite does is refused."""

REWRITES: dict[Rewrite, str] = {
    "paste-child": (
        "Done: the child's groups and steps stand in a group of the parent, when the child is in the export. Refused when it "
        "is not, is disabled, has a boot image of its own, or calls itself, when the call has success codes or retries of "
        "its own, and when the text would pass the size limit."
    ),
    "command-line": (
        "Done: Run Command Line with `powershell.exe`, an inline script as an encoded command. Refused when an inline script "
        "has parameters, must be signed or asks for its own folder, when the step has an output variable or runs as another "
        "user, and when the command is too long."
    ),
    "not-like": (
        "Done: `like` inside `not`, or `notEquals` where the pattern has no wildcard. Refused when the target lacks `like` "
        "and the pattern has one."
    ),
    "exact-operator": "Done: `equals`, where the pattern has no wildcard. Refused when it has one.",
}

_HEAD = """\
# What auto does

This page lists what an older target may lack, and what `clone` does about it under `--new-steps auto`.
*Done* means: the copy keeps the function. *Refused* means: no copy, until you decide. The other policies do the same where
it says *done*, and disable, replace or remove the step where it says *refused*. The policy `keep` pastes nothing and writes
no step anew.

A setting that stands at a value that means "not used" is always left out.

The child itself stays in the export as its own copy, also when no parent calls it any more.
"""


def done_as(downlevel: Downlevel, feature: Feature | None) -> str:
    """What a copy does, in words."""
    if downlevel.rewrite:
        return REWRITES[downlevel.rewrite]
    where = "" if feature is None else feature.match.where
    if downlevel.automatic == "always":
        if where == "action" and downlevel.cut:
            return "Done: the switch is cut out of the action line."
        if downlevel.set_value is not None:
            return (
                f"Done: the value is set to `{downlevel.set_value}`." if downlevel.set_value else "Done: it is emptied."
            )
        if where in ("variable", "attribute") and downlevel.kind == "strip":
            return "Done: the setting is left out."
    if feature is not None and feature.severity != "error":
        return "Left as it is, and reported: it breaks nothing."
    return "Refused: no rewrite keeps the function."


def page(kb: KnowledgeBase) -> str:
    """The text of the page."""
    return MADE + "\n".join((_HEAD, *_tables(kb))).rstrip("\n") + "\n"


def _tables(kb: KnowledgeBase) -> Iterator[str]:
    head = "| What | Since | What a copy does | Trade-off, or what to do |\n|---|---|---|---|"
    for step in sorted(kb.step_types(), key=lambda one: one.name.casefold()):
        rows = []
        if step.downlevel.kind in KINDS:
            rows.append(_row("the step itself", step.introduced, step.downlevel, None))
        rows += [
            _row(feature.property or feature.id, feature.introduced, feature.downlevel, feature)
            for feature in step.features
            if feature.downlevel.kind in KINDS
        ]
        if rows:
            yield f"## {step.name}\n\n`{step.type}`\n\n{head}\n" + "\n".join(rows) + "\n"
    rows = [
        _row(feature.property or feature.id, feature.introduced, feature.downlevel, feature)
        for feature in kb.sequence_features()
        if feature.downlevel.kind in KINDS
    ]
    yield f"## Conditions, groups and the task sequence as a whole\n\n{head}\n" + "\n".join(rows) + "\n"


def _row(what: str, introduced: Introduced, downlevel: Downlevel, feature: Feature | None) -> str:
    name = what if feature is None or what == feature.id else f"{what} (`{feature.id}`)"
    since = introduced.version or "unknown"
    cells = (name, since, done_as(downlevel, feature), downlevel.trade_off or downlevel.text)
    return "| " + " | ".join(" ".join(str(cell).split()).replace("|", "\\|") for cell in cells) + " |"
