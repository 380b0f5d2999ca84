"""Laws that hold for every export and every target; the fixtures always, real exports where TSFIX_CORPUS names a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.made import FIXTURES, knowledge
from tsfix.checks import estate_findings, merged_estates, run_checks
from tsfix.checks.minimum_version import minimum_version
from tsfix.checks.subject import Subject
from tsfix.containers.discover import find_exports
from tsfix.containers.found import FoundExport
from tsfix.findings import Finding
from tsfix.parse.export import read_export
from tsfix.request import Target

CORPUS = os.environ.get("TSFIX_CORPUS", "")
OF_VERSIONS = frozenset({"R24", "R25", "R26", "R28", "R34"})
"""Rules that compare the target with the version that something needs."""
TARGETS = (None, "2007", "2012 R2", "1511", "1706", "1902", "2103", "2309", "2603")


def subjects(folder: Path, target: Target | None = None) -> Iterator[Subject]:
    for found in find_exports([folder]):
        if isinstance(found, FoundExport):
            export = read_export(found.parts)
            for exported in export.task_sequences:
                yield Subject(export=export, exported=exported, knowledge=knowledge(), target=target)


@cache
def fixtures() -> tuple[Subject, ...]:
    """Read once: a subject keeps what it read when it is asked for another target."""
    return tuple(subjects(FIXTURES / "exports"))


def target(text: str | None) -> Target | None:
    return None if text is None else Target(version=knowledge().find_version(text))


def check_laws(subject: Subject, found: tuple[Finding, ...]) -> None:
    order = {"error": 0, "warning": 1, "info": 2}
    assert sorted(order[one.severity] for one in found) == [order[one.severity] for one in found]
    for one in found:
        assert not (one.guarded and (one.blocking or one.severity == "error")), one.title
        assert not (one.blocking and subject.target is None), one.title
        assert one.fix != "decision" or one.blocking, one.title
        assert one.location.file == subject.export.name, one.title
        assert one.title, one.rule
        assert one.reason, one.rule
        assert one.remedy, one.rule


def check_minimum(subject: Subject, found: tuple[Finding, ...]) -> None:
    """What blocks a copy because of a version needs more than the target has, by both ways of looking at it."""
    assert subject.target is not None
    needs = minimum_version(subject)
    enough = subject.target.version.order >= max(needs.site.order, needs.client.order)
    blocking = [one.title for one in found if one.rule in OF_VERSIONS and one.blocking and one.certainty != "unknown"]
    assert not (enough and blocking), (subject.task_sequence.name, subject.target.label, blocking)


@pytest.mark.parametrize("version", [version.id for version in knowledge().versions])
def test_fixtures_against_every_version(version: str) -> None:
    for one in fixtures():
        subject = one.for_target(target(version))
        found = run_checks(subject)
        check_laws(subject, found)
        check_minimum(subject, found)


def test_another_target_of_the_same_subject_changes_nothing_else() -> None:
    for subject in subjects(FIXTURES / "exports", target("1706")):
        run_checks(subject)
        other = target("2012 R2")
        fresh = Subject(export=subject.export, exported=subject.exported, knowledge=subject.knowledge, target=other)
        assert run_checks(fresh) == run_checks(subject.for_target(other))


def test_exports_can_be_asked_one_by_one() -> None:
    """What holds for a whole report comes out of its parts."""
    every = [one.for_target(target("1706")) for one in fixtures()]
    by_export: dict[str, list[Subject]] = {}
    for subject in every:
        by_export.setdefault(subject.export.name, []).append(subject)
    parts = [
        estate_findings(part, [one for subject in part for one in run_checks(subject)]) for part in by_export.values()
    ]
    whole = estate_findings(every, [one for subject in every for one in run_checks(subject)])
    together = merged_estates(parts)
    assert len(by_export) > 5
    assert {(one.rule, one.title, one.severity) for one in whole} == {
        (one.rule, one.title, one.severity) for one in together
    }
    assert len(together) == len(whole)


def test_asking_twice_gives_the_same() -> None:
    for subject in subjects(FIXTURES / "exports", target("1706")):
        assert run_checks(subject) == run_checks(subject)


@pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")
@pytest.mark.parametrize("text", TARGETS)
def test_real_exports(text: str | None) -> None:
    every: list[Subject] = []
    findings: list[Finding] = []
    for subject in subjects(Path(CORPUS), target(text)):
        found = run_checks(subject)
        check_laws(subject, found)
        if text is not None and subject.exported.format != "mdt":
            check_minimum(subject, found)
        assert [] == [one.title for one in found if one.rule == "R46"], subject.export.name
        every.append(subject)
        findings.extend(found)
    assert len(every) > 100
    said = [one.rule for one in estate_findings(every, findings)]
    assert len(said) == len(set(said))
