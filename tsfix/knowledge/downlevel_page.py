"""Writes the page that says what a copy does about each step type and setting that an older target lacks."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Downlevel, Feature, Introduced, Rewrite
from tsfix.knowledge.page_markup import MADE, table

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
        "Done: Run Command Line with `powershell.exe`, an inline script as an encoded command, with the same account. Refused "
        "when an inline script must be signed, asks for its own folder, or has parameters other than plain words, when the "
        "step has an output variable, and when the command is too long. For a script that an encoded "
        "command cannot run, make a package and [decide](decisions-file.md#a-script-into-a-package) `use-package`: the step "
        "runs the script from there, and `clone` writes it as a file to put into the package."
    ),
    "split-applications": (
        "Done: a group with several steps, each with as many applications as the target takes. Refused when the step takes "
        "applications from numbered variables, has a time-out, or names other applications in its action line."
    ),
    "readiness-steps": (
        "Done for architecture, lowest and highest build of Windows 10 and later, language, network and UEFI: a step behind "
        "this one that fails when the test is not met. Refused for the version of the client, power, wired network and TPM: "
        "no query that every client answers shows them; and for an OS version that does not begin with 10.0."
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
*Done* means: the copy keeps the function. *Left out* means: the target's client ignores the setting, and the copy is
without it. The report says under *Still true of the copy* what is lost. *Left as it is* means: the setting stands in the copy,
and the report says so there as well. *Refused* means: no copy, until you decide.

The other policies do the same where it says *done* or *left out*, and disable, replace or remove the step where it says
*refused*. The policy `keep` pastes nothing and writes no step anew.

A setting that stands at a value that means "not used" is always left out.

The child itself stays in the export as its own copy, also when no parent calls it any more.

Properties of the task sequence object that the target lacks are left out of every copy where they say nothing.
`__PROPERTY_COUNT` is lowered by as many. Such properties alone are no reason for a copy.

A copy says in its description what it was made from: the original's ID, the target, and the start of the SHA-256 of the
original's `object.xml`. Your own words stand before that. Where a site of the target takes no more than 127 characters, the
hash goes first, then the end of your words.

For a site of the hierarchy file, a copy also writes the site's code and servers into the installation properties of the
client, as far as the file names them. See the [hierarchy file](hierarchy-file.md).

What only newer clients run, because a condition on the client's version says so, is left to them by the policies disable,
placeholder and remove.

An upgrade by a feature update is refused for a target below 2103. When you have an upgrade package of the same Windows
version, [decide](decisions-file.md#an-upgrade-package-in-place-of-a-feature-update) `use-upgrade-package`.

A step that has the same variable twice cannot be changed: the copy is refused, with the step's place.
"""


_LEFT_OUT = "Left out: the target's client ignores it. What is lost stays in the report of the copy."


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
            return _LEFT_OUT if downlevel.trade_off else "Done: the setting is left out."
    if feature is not None and feature.match.op == "longer-than":
        return "Done: cut to what a site of the target takes, with the origin of the copy at its end."
    if feature is not None and feature.match.name == "__PROPERTY_COUNT":
        return "Done: lowered by as many properties as the copy leaves out."
    if downlevel.left:
        alone = " Where it says nothing, it is left out of the copy." if downlevel.automatic == "neutral" else ""
        return f"Left as it is in use, and reported: {downlevel.left}{alone}"
    if where == "package-property" and downlevel.automatic == "always":
        return "Done: the property is left out of the copy."
    return "Refused: no rewrite keeps the function."


def page(kb: KnowledgeBase) -> str:
    """The text of the page."""
    return MADE + "\n".join((_HEAD, *_tables(kb))).rstrip("\n") + "\n"


def _tables(kb: KnowledgeBase) -> Iterator[str]:
    columns = ("What", "Since", "What a copy does", "Trade-off, or what to do")
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
            yield f"## {step.name}\n\n`{step.type}`\n\n{table(columns, rows)}"
    rows = [
        _row(feature.property or feature.id, feature.introduced, feature.downlevel, feature)
        for feature in kb.sequence_features()
        if feature.downlevel.kind in KINDS
    ]
    yield f"## Conditions, groups and the task sequence as a whole\n\n{table(columns, rows)}"


def _row(what: str, introduced: Introduced, downlevel: Downlevel, feature: Feature | None) -> tuple[str, ...]:
    name = what if feature is None or what == feature.id else f"{what} (`{feature.id}`)"
    since = introduced.version or "unknown"
    cells = (name, since, done_as(downlevel, feature), downlevel.trade_off or downlevel.text)
    return tuple(" ".join(cell.split()).replace("|", "\\|") for cell in cells)
