"""The page that says what auto does tells the truth: it is asked against the code that decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made import knowledge
from tsfix.checks.feature_use import equivalent_change
from tsfix.knowledge import downlevel_page
from tsfix.knowledge.facts import Feature

PAGE = Path(__file__).parents[2] / "docs" / "reference" / downlevel_page.NAME
FEATURES = [
    feature
    for feature in (
        *(one for step in knowledge().step_types() for one in step.features),
        *knowledge().sequence_features(),
    )
    if feature.downlevel.kind in downlevel_page.KINDS
]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.id)
def test_done_is_what_a_rewrite_does(feature: Feature) -> None:
    said = downlevel_page.done_as(feature.downlevel, feature)
    of_the_object = feature.match.where == "package-property" and feature.downlevel.automatic == "always"
    of_the_object = of_the_object or feature.id in ("package-description-length", "package-property-count")
    does = bool(feature.downlevel.rewrite) or of_the_object or equivalent_change(feature) is not None
    assert does == said.startswith(("Done", "Left out"))


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.id)
def test_what_is_marked_is_done_or_refused_or_left_with_a_reason(feature: Feature) -> None:
    said = downlevel_page.done_as(feature.downlevel, feature)
    assert said.startswith(("Done", "Left out", "Refused")) or feature.downlevel.left in said != ""
    assert not said.startswith("Refused") or feature.severity == "error"
    assert not (feature.downlevel.left and feature.severity == "error")
    rows = [
        line
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith(f"| {feature.id} |") or f" (`{feature.id}`) | " in line
    ]
    assert [True] == [f" | {' '.join(said.split())} | ".replace("||", "") in row for row in rows]


def test_the_page_is_made_of_the_knowledge_base() -> None:
    """When this fails: python -m tsfix.knowledge.publish"""
    assert downlevel_page.page(knowledge()) == PAGE.read_text(encoding="utf-8")


def test_every_rewrite_that_the_facts_name_is_told_with_its_trade_off() -> None:
    named = {feature.downlevel.rewrite for feature in FEATURES} | {
        step.downlevel.rewrite for step in knowledge().step_types()
    }
    assert named - {""} == set(downlevel_page.REWRITES)
