"""What a person has decided about findings, with a reason: accepted ones, and what becomes of single steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct

from tsfix.findings import Finding
from tsfix.values import Location, Severity

Do = Literal["accept", "known", "disable", "placeholder", "remove", "keep", "use-package", "use-upgrade-package"]
"""``accept``: the finding stands and no longer counts; ``known``: a scan counts it apart from what is new, and it decides
nothing about a copy; the others say what a copy does with the step. ``use-package``: its inline script runs from a package;
``use-upgrade-package``: it upgrades from a package in place of a feature update."""

PATH_SEPARATOR = " > "
NO_TARGET = "none"
"""The target of a scan that has none, as decisions name it."""

_RANK: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}
_ANSWERS: frozenset[Do] = frozenset({"accept", "known"})


class Decision(Struct, frozen=True, kw_only=True):
    """One decision of ``tsfix.toml``."""

    task_sequence: str
    """The name or the package ID; ``*`` stands for any text. Compared without case.

    For what is found about an export as a whole it is the name of the file.
    """
    rule: str
    """The rule whose findings it answers, such as ``R24``."""
    do: Do
    reason: str
    """Why; reports show it beside the finding."""
    step: str = ""
    """The path by names (``Install > Setup Windows and ConfigMgr``) or by numbers (``1.3.6``); empty for any step."""
    until: str = ""
    """The last day on which it holds, ``2027-03-31``; empty for always."""
    about: str = ""
    """What the finding is about, as reports name it: a package, a step type, a setting. Empty for anything."""
    target: str = ""
    """The target as reports call it, ``LEG`` or ``1706``; ``none`` for a scan without one. Empty for any."""
    severity: Severity | None = None
    """The worst severity that it answers; None for any."""
    package: str = ""
    """For ``use-package`` the ID of the package with the step's script, for ``use-upgrade-package`` that of the upgrade
    package. Empty for all others."""
    file: str = ""
    """For ``use-package``: the name of the script in the package, ``Set-Wallpaper.ps1``."""

    @property
    def answer(self) -> str:
        """What it says, in words: ``disable``, ``use-package LEG00050 Set-Wallpaper.ps1``."""
        return " ".join(text for text in (self.do, self.package, self.file) if text)

    def holds_on(self, today: str) -> bool:
        """Tell whether the decision still holds. Days as ``YYYY-MM-DD``, which sort as text."""
        return not self.until or today <= self.until

    def matches(self, finding: Finding, package_id: str = "") -> bool:
        """Tell whether the decision is about the finding."""
        return (
            finding.rule.casefold() == self.rule.casefold()
            and (not self.about or self.about.casefold() == finding.subject.casefold())
            and (self.severity is None or _RANK[finding.severity] <= _RANK[self.severity])
            and self.is_about(finding.location, package_id)
        )

    def is_for(self, target: str) -> bool:
        """Tell whether the decision holds for the target of that label."""
        return not self.target or self.target.casefold() == target.casefold()

    def holds_for_copies(self, target: str) -> bool:
        """Tell whether a copy for the target of that label asks it. What is known is not decided."""
        return self.do != "known" and self.is_for(target)

    def is_about(self, location: Location, package_id: str = "") -> bool:
        """Tell whether the decision is about the place, whatever the rule."""
        wanted = self.task_sequence.casefold()
        names = (location.task_sequence.casefold(), package_id.casefold())
        if not any(names):
            names = (file_name(location.file).casefold(), "")
        # A name may itself hold what means something in a pattern, such as brackets.
        if not any(name and (name == wanted or fnmatchcase(name, wanted)) for name in names):
            return False
        numbers = ".".join(str(index + 1) for index in location.position)
        return not self.step or self.step.casefold() == _path(location) or self.step == numbers


class Accepted(Struct, frozen=True, kw_only=True):
    """A finding that a decision answers."""

    finding: Finding
    decision: Decision


class Decided(Struct, frozen=True, kw_only=True):
    """Findings sorted by what was decided about them."""

    open: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]


def decide(
    findings: Iterable[Finding],
    decisions: Sequence[Decision],
    today: str,
    package_ids: dict[str, str] | None = None,
    target: str = "",
) -> Decided:
    """Take out the findings that a decision answers.

    ``package_ids`` has the package ID for each part of the export; ``target`` is the label of the target, empty where
    the decisions are all about it.
    """
    ids = package_ids or {}
    by_rule: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.do in _ANSWERS and decision.holds_on(today) and (not target or decision.is_for(target)):
            by_rule.setdefault(decision.rule.casefold(), []).append(decision)
    open_findings: list[Finding] = []
    accepted: list[Accepted] = []
    for finding in findings:
        package_id = ids.get(finding.location.part or finding.location.task_sequence, "")
        asked = by_rule.get(finding.rule.casefold(), ())
        answer = next((decision for decision in asked if decision.matches(finding, package_id)), None)
        if answer is None:
            open_findings.append(finding)
        else:
            accepted.append(Accepted(finding=finding, decision=answer))
    return Decided(open=tuple(open_findings), accepted=tuple(accepted))


def _path(location: Location) -> str:
    return PATH_SEPARATOR.join(location.path).casefold()


def file_name(file: str) -> str:
    """The name of an export without its folders; ``!`` and what stands inside a zip stay."""
    return file.replace("\\", "/").rpartition("/")[2]
