"""What a person can choose when there is no copy: only what the command takes, and only what answers the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tsfix.conversion import CLIENT_RULES
from tsfix.findings import Finding
from tsfix.values import is_package_id

_BY_POLICY = frozenset({"R24", "R25", "R26", "R28", "R29", "R34", "R44"})
"""Rules about steps that the policy ``--new-steps`` takes out of action; tried over all fixtures and estates."""
_CHILD = "R47"
_BOOT_IMAGE = "R15"
STEP_ANSWERS = ("disable", "placeholder", "remove", "keep", "accept")
"""What a decision can say about one step."""


def choices(reasons: Sequence[Finding], findings: Iterable[Finding], policy: str) -> tuple[str, ...]:
    """What can be done about the reasons, in sentences. ``findings`` is what the check of the original found."""
    return tuple(_choices(reasons, {finding.title for finding in findings}, policy))


def _choices(reasons: Sequence[Finding], found: set[str], policy: str) -> Iterator[str]:
    if any(reason.rule in CLIENT_RULES for reason in reasons):
        yield (
            "Name the custom package that holds the target's client: --client-package ID, or a replacement in the "
            "hierarchy file."
        )
    mapped = _mapped(reasons, _BOOT_IMAGE)
    if mapped:
        yield f"Name a boot image that was made at the target's version: {mapped}, or a replacement in the hierarchy file."
    mapped = _mapped(reasons, "R44")
    if mapped:
        yield f"Name the package that the hierarchy has instead: {mapped}, or a replacement in the hierarchy file."
    others = [reason for reason in reasons if reason.rule not in CLIENT_RULES and reason.rule != _BOOT_IMAGE]
    by_policy = [one for one in others if policy == "auto" and one.rule in _BY_POLICY and one.location.position]
    if by_policy:
        yield (
            "Say what becomes of the steps that the target cannot run: --new-steps disable (they stay, disabled), "
            "placeholder (a disabled Run Command Line step with the old name), remove, or keep (they stay as they "
            "are, and you accept it)."
        )
    if any(one.package_answer == "use-package" for one in others):
        yield (
            'Put a script into a package that you make for it, and say so in tsfix.toml: do = "use-package". clone then '
            "writes the script beside the copy as a file, and the step runs it from the package."
        )
    children = [one for one in others if one.rule == _CHILD]
    if children:
        names = ", ".join(dict.fromkeys(one.subject for one in children))
        yield (
            f"Convert parents and children together: export the task sequence with its dependencies, or name the "
            f"exports that hold {names} in the same run."
        )
    accepted = [one for one in others if one not in by_policy and not is_conflict(one, found)]
    if accepted:
        rules = sorted({one.rule for one in accepted}, key=lambda rule: (len(rule), rule))
        options = " ".join(f"--accept {rule}" for rule in rules)
        what = "this" if policy == "auto" else f"what the policy --new-steps {policy} leaves"
        yield (
            f"Change the task sequence by hand, or accept {what}: {options}. It then stays in the copy and in the report."
        )


def _mapped(reasons: Iterable[Finding], rule: str) -> str:
    """The option for each package that such reasons are about."""
    ids = dict.fromkeys(one.subject for one in reasons if one.rule == rule and is_package_id(one.subject))
    return " ".join(f"--map {found}=NEW" for found in ids)


def is_conflict(reason: Finding, found: set[str]) -> bool:
    """Tell whether the copy itself would contradict a child that is not in it. Accepting does not help.

    ``found`` has the titles of what the check of the original found; such a conflict arises only in the copy.
    """
    return reason.rule == _CHILD and reason.title not in found


def answers(reasons: Sequence[Finding], found: set[str]) -> tuple[str, ...]:
    """What a decision about reasons of one rule at one place can say."""
    first = reasons[0]
    if not first.location.position:
        return ("accept",)
    left_out = {"keep"} if first.rule in CLIENT_RULES | {_CHILD} else set()
    if any(is_conflict(reason, found) for reason in reasons):
        left_out = {"keep", "accept"}
    by_package = sorted({reason.package_answer for reason in reasons if reason.package_answer})
    return (*by_package, *(answer for answer in STEP_ANSWERS if answer not in left_out))
