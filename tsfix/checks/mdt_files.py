"""Says of a file of the Microsoft Deployment Toolkit that the rules for sites do not apply to it."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.checks.subject import Subject
from tsfix.findings import Finding


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 45: one remark for the whole file. The toolkit runs such a file with an engine of its own."""
    rule = subject.knowledge.rule("R45")
    yield subject.finding(
        rule.id,
        "info",
        subject="task sequence of MDT",
        title="A task sequence of the Microsoft Deployment Toolkit itself, not of Configuration Manager",
        reason="No site imports such a file, and the versions of sites and clients say nothing about it.",
        remedy="Nothing to do for a site. To check a task sequence with toolkit steps, export it from the console.",
        sources=(rule.source,),
    )
