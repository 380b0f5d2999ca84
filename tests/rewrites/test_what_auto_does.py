"""The page that says what auto does tells the truth: it is asked against the code that decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made import knowledge
from tsfix.checks.newer_features import equivalent_change
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
    of_the_object = of_the_object or feature.id == "package-description-length"
    does = bool(feature.downlevel.rewrite) or of_the_object or equivalent_change(feature) is not None
    assert does == said.startswith("Done")
    assert f"`{feature.id}`" in PAGE.read_text(encoding="utf-8") or feature.id in PAGE.read_text(encoding="utf-8")


def test_the_page_is_made_of_the_knowledge_base() -> None:
    """When this fails: python -m tsfix.knowledge.publish"""
    assert downlevel_page.page(knowledge()) == PAGE.read_text(encoding="utf-8")


def test_every_rewrite_that_the_facts_name_is_told_with_its_trade_off() -> None:
    named = {feature.downlevel.rewrite for feature in FEATURES} | {
        step.downlevel.rewrite for step in knowledge().step_types()
    }
    assert named - {""} == set(downlevel_page.REWRITES)
