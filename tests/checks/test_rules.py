"""Every rule is kept: what it forbids is found with the right severity, and what only looks like it is left alone."""

from __future__ import annotations

import pytest

from tests.checks import cases_client, cases_export, cases_images, cases_steps
from tests.checks.cases import Case
from tests.checks.scenes import Scene, scene
from tests.made import knowledge
from tsfix.findings import Finding

CASES: dict[str, Case] = {**cases_client.CASES, **cases_images.CASES, **cases_steps.CASES, **cases_export.CASES}

BY_REWRITE = {"R48": "tsfix/rewrites/copy_identity.py"}
"""Rules that only a copy can break, and the module that keeps them: nothing in an export does."""


def said(found: list[Finding], rule: str) -> list[Finding]:
    return [one for one in found if one.rule == rule]


def test_every_rule_has_a_case() -> None:
    assert {rule.id for rule in knowledge().rules} == set(CASES) | set(BY_REWRITE)


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_fires(rule: str) -> None:
    case = CASES[rule]
    found = said(case.fires().found(), rule)
    kept = [one for one in found if (one.subject == "advice") == (case.how == "advice")]
    assert (case.severity, case.certainty) in {(one.severity, one.certainty) for one in kept}


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_leaves_alone_what_is_fine(rule: str) -> None:
    case = CASES[rule]
    found = said(case.silent().found(), rule)
    assert [] == [one.title for one in found if (one.subject == "advice") == (case.how == "advice")]


@pytest.mark.parametrize("rule", [rule for rule, case in CASES.items() if case.how == "advice"])
def test_advice_is_a_remark_that_is_said_once_and_stands_in_no_way(rule: str) -> None:
    (found,) = [one for one in CASES[rule].fires().found() if one.rule == rule and one.subject == "advice"]
    assert ("info", False, "advice", ()) == (found.severity, found.blocking, found.fix, found.location.position)


def test_no_advice_without_a_target() -> None:
    assert [] == Scene(export=scene().export, to=None).found()


def test_every_finding_names_its_source_reason_and_remedy() -> None:
    for case in CASES.values():
        for finding in case.fires().found():
            assert finding.title
            assert finding.reason
            assert finding.remedy
            assert finding.sources, finding.title
            assert not finding.title.endswith("."), finding.title
