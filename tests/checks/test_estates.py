"""Invented estates with planted faults, scanned as files: every fault is found, and nothing else is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks import estate_files as estates
from tests.made import knowledge

CASES = [(name, target) for name in estates.NAMES for target in estates.expected(name)]


@pytest.mark.parametrize(("name", "target"), CASES, ids=[f"{name}-{target}" for name, target in CASES])
def test_an_estate_is_told_as_it_is(name: str, target: str, tmp_path: Path) -> None:
    wanted = estates.expected(name)[target]
    report = estates.scanned(estates.write_exports(name, tmp_path), estates.hierarchy(name), target)
    assert wanted == estates.Expected(rows=estates.rows(report), advice=estates.advice(report))


def test_without_a_target_every_site_with_clients_is_one() -> None:
    """No client is assigned to a central or a secondary site."""
    assert {
        "adatum": ["ADN", "ADS"],
        "tailspin": ["TSP"],
        "fabrikam": ["FA1", "FA2"],
        "wide_world": ["WW1", "WW2", "WW3"],
    } == {
        name: [str(site.code) for site in estates.hierarchy(name).client_sites]
        for name in ("adatum", "tailspin", "fabrikam", "wide_world")
    }


def test_what_the_estates_do_not_hold() -> None:
    """These hang on words in a text, or on the form of an export; tests/checks has cases of them."""
    wanted = [one for name in estates.NAMES for one in estates.expected(name).values()]
    held = {row[0] for one in wanted for row in one.rows} | {rule for one in wanted for rule in one.advice}
    assert {"R7", "R8", "R29", "R46", "R48", "R51", "R54", "R55", "R57", "R59", "R63"} == {
        rule.id for rule in knowledge().rules if rule.id not in held
    }
