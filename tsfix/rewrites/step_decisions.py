"""Finds out what the person decided about single groups and steps, from the findings that the decisions answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tsfix.changes import Reason
from tsfix.decisions import Decision
from tsfix.errors import UsageError
from tsfix.findings import Finding, PackageAnswer
from tsfix.request import NewSteps
from tsfix.values import Position


class Choice(Struct, frozen=True, kw_only=True):
    """What becomes of one group or step."""

    do: NewSteps | PackageAnswer
    finding: Reason
    """What the decision answers."""
    reason: Reason
    """What the person said."""
    package: str = ""
    """For ``use-package``: the ID of the package from which the step's script shall run."""
    file: str = ""
    """For ``use-package``: the name of the script in the package."""


def choices(
    findings: Iterable[Finding],
    decisions: Sequence[Decision],
    package_id: str,
    former: Callable[[Position], Position],
) -> Mapping[Position, Choice]:
    """The choices for one task sequence, by the positions of groups and steps.

    Decisions count groups and steps as the original does: ``former`` tells the position there by that of a finding.
    Raises UsageError when two decisions want different things of one step: each may answer another finding about it.
    """
    found: dict[Position, tuple[Choice, Decision]] = {}
    for finding in findings if decisions else ():
        if not finding.location.position:
            continue
        where = finding.location
        named = replace(finding, location=replace(where, position=former(where.position)))
        for decision in decisions:
            if decision.do == "accept" or decision.do == "known":  # noqa: PLR1714 - mypy narrows this and no "in"
                continue
            if not decision.matches(named, package_id):
                continue
            earlier = found.get(finding.location.position)
            choice = Choice(
                do=decision.do,
                finding=Reason(rule=finding.rule, text=finding.title, sources=finding.sources),
                reason=Reason(rule=finding.rule, text=f"you decided: {decision.reason}"),
                package=decision.package,
                file=decision.file,
            )
            if earlier is not None and earlier[1].answer.casefold() != decision.answer.casefold():
                raise _conflict(finding, earlier[1], decision)
            if earlier is None:
                found[finding.location.position] = choice, decision
    return {position: choice for position, (choice, _) in found.items()}


def _conflict(finding: Finding, one: Decision, other: Decision) -> UsageError:
    step = " > ".join(finding.location.path)
    return UsageError(
        f'Two decisions about the step "{step}" conflict: {one.answer} ({one.rule}) and {other.answer} ({other.rule}).',
        remedy="Decide the same for all findings about one step.",
        location=finding.location,
    )
