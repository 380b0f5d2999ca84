"""The page of the rules is current, and everything that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.checks import estate_files
from tests.checks.rules_map import STATEMENTS, anchor, page
from tests.checks.test_rules import BY_REWRITE, CASES
from tests.made import knowledge

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "rules-map.md"


def test_the_page_is_current(request: pytest.FixtureRequest) -> None:
    """When this fails: pytest tests/checks/test_rules_map.py --update-golden"""
    text = page(CASES, BY_REWRITE)
    if request.config.getoption("--update-golden"):
        PAGE.write_bytes(text.encode())
    assert text == PAGE.read_bytes().decode()


def test_every_statement_has_a_rule_or_a_test() -> None:
    assert [] == [one.row for one in STATEMENTS if not one.rules and not one.tests]
    rows = [*(f"S{number}" for number in range(1, 14)), *(f"C{number}" for number in range(1, 6)), "U1", "U2", "U3"]
    assert rows == [one.row for one in STATEMENTS]


def test_everything_that_it_names_is_there() -> None:
    text = page(CASES, BY_REWRITE)
    named = re.findall(r"`((?:tests|tsfix)/[^`]+)`", text)
    assert len(named) > 80
    assert [] == sorted({name for name in named if not (ROOT / name).exists()})
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("https:")}
    assert [] == sorted(link for link in links if not (PAGE.parent / link).exists())


def test_the_estates_that_a_statement_names_hold_one_of_its_rules() -> None:
    for statement in STATEMENTS:
        rules = {f"R{number}" for number in statement.rules}
        for name in statement.estates:
            wanted = estate_files.expected(name).values()
            held = {row[0] for one in wanted for row in one.rows} | {rule for one in wanted for rule in one.advice}
            assert rules & held, (statement.row, name)


def test_every_statement_of_the_guidance_is_shown_in_an_estate() -> None:
    assert [] == [one.row for one in STATEMENTS if one.row.startswith("S") and not one.estates]


def test_anchors_lead_to_headings() -> None:
    headings = {
        anchor(line.removeprefix("## "))
        for line in (PAGE.parent / "knowledge" / "rules.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    }
    assert {anchor(f"{rule.id}: {rule.title}") for rule in knowledge().rules} <= headings


def test_the_module_that_is_named_says_the_rule() -> None:
    """Every check module of the table names its rule, or takes it from the facts."""
    for rule, case in CASES.items():
        source = (ROOT / "tsfix" / "checks" / f"{case.where}.py").read_text(encoding="utf-8")
        assert f'"{rule}"' in source or "fact.rule" in source, (rule, case.where)
