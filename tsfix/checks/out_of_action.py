"""Marks what a copy takes out of action, in its description, and recognises what an earlier copy marked."""

from __future__ import annotations

from collections.abc import Sequence

from tsfix.task_sequence import Group, Step

MARK = "[tsfix: "
"""How every text that tsfix adds to a description begins, so that a second run knows it."""

_CUT = "... "


def out_of_action(item: Group | Step) -> bool:
    """True for a group or step that tsfix disabled. A second run leaves it alone."""
    return item.disabled and MARK in item.description


def marked(description: str, what: str, reasons: Sequence[str], longest: int) -> str:
    """The description with what was done behind it, and why, as far as ``longest`` characters leave room.

    The person's own words come before our reasons: they are cut only where not even ``what`` fits behind them.
    """
    all_reasons = f"{MARK}{what}. {'; '.join(reasons)}]"
    first_reason = f"{MARK}{what}. {reasons[0]}; {len(reasons) - 1} more]" if len(reasons) > 1 else all_reasons
    no_reason = f"{MARK}{what}]"
    for mark in (all_reasons, first_reason, no_reason):
        text = f"{description} {mark}" if description else mark
        if len(text) <= longest:
            return text
    if len(description) > longest:
        return f"{description} {no_reason}"
    return description[: longest - len(_CUT) - len(no_reason)].rstrip() + _CUT + no_reason


def is_marked_from(description: str, found: str) -> bool:
    """Tell whether a marked description is made from this one."""
    if MARK not in found:
        return False
    own = found[: found.index(MARK)]
    return own.rstrip() == description.rstrip() or (
        own.endswith(_CUT) and bool(description) and description.startswith(own.removesuffix(_CUT))
    )
