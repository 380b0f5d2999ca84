"""Explanations and lists: everything has one, near misses are suggested, and 80 columns are enough."""

from __future__ import annotations

import json

import pytest

from tsfix.errors import UsageError
from tsfix.knowledge.explain import explain, names
from tsfix.knowledge.listing import listing
from tsfix.knowledge.load import load
from tsfix.knowledge.show import render_text, to_json

WIDTH = 80


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("R24", "rule", "R24"),
        ("r1", "rule", "R1"),
        ("SMS_TaskSequence_RebootAction", "step type", "SMS_TaskSequence_RebootAction"),
        ("restart computer", "step type", "SMS_TaskSequence_RebootAction"),
        ("Reboot", "step type", "SMS_TaskSequence_RebootAction"),
        ("apply-driver-package-recurse", "feature", "apply-driver-package-recurse"),
        ("sequence-schema-version", "feature", "sequence-schema-version"),
        ("TsEnabled", "feature", "task-sequence-enabled"),
        ("1706", "version", "1706"),
        ("2012 R2", "version", "2012-r2"),
        ("5.00.9122.1011", "version", "2309"),
        ("osdcomputername", "variable", "OSDComputerName"),
        ("OSDAdapter3Name", "variable", "OSDAdapter"),
        ("ClientPackageID", "property", "ClientPackageID"),
        ("Restart Computer.Message", "property", "Message"),
        ("VariableCondition", "condition", "SMS_TaskSequence_VariableConditionExpression"),
    ],
)
def test_a_thing_is_found_by_any_of_its_names(text: str, kind: str, found: str) -> None:
    answer = explain(load(), text)
    assert (kind, found) == (answer.kind, answer.id)


def test_every_name_has_an_explanation_with_a_source_that_fits_the_screen() -> None:
    base = load()
    for name in names(base):
        answer = explain(base, name)
        assert answer.points, name
        assert answer.sources, name
        for line in render_text(answer, WIDTH).splitlines():
            assert len(line) <= WIDTH or " " not in line.strip(), (name, line)


def test_what_is_related_can_be_explained_too() -> None:
    base = load()
    for name in names(base):
        for related in explain(base, name).related:
            assert explain(base, related).id


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("Restart Computr", "Restart Computer"),
        ("SMS_TaskSequence_RebotAction", "SMS_TaskSequence_RebootAction"),
        ("OSDComputerNam", "OSDComputerName"),
        ("recurse-switch", "apply-driver-package-recurse-switch"),
        ("2310", "2309"),
        ("R99", "R9"),
    ],
)
def test_a_near_miss_is_suggested(text: str, suggested: str) -> None:
    with pytest.raises(UsageError) as caught:
        explain(load(), text)
    assert suggested in caught.value.remedy


@pytest.mark.parametrize("text", ["", "  ", "no such thing at all", "."])
def test_nonsense_is_an_error(text: str) -> None:
    with pytest.raises(UsageError):
        explain(load(), text)


def test_a_newer_build_is_an_error_that_names_the_newest_version() -> None:
    with pytest.raises(UsageError, match="newer than 2609"):
        explain(load(), "5.00.9999.1000")


def test_the_text_of_a_rule() -> None:
    expected = """\
R12: Capture and restore use different USMT packages
Rule

Why:             A state that one version of the User State Migration Tool saved
                 may not be restored by another version.
What to do:      Name packages of one version in both steps.
Severity:        warning: it may fail or behave otherwise
Needs:           the export alone decides it
"""
    assert render_text(explain(load(), "R12"), WIDTH).startswith(expected)


def test_the_json_of_an_explanation_is_plain() -> None:
    answer = to_json(explain(load(), "R12"))
    assert answer == json.loads(json.dumps(answer))
    assert ["kind", "id", "title", "points", "sources", "related"] == list(answer)
    assert {"label": "What to do", "text": "Name packages of one version in both steps."} in answer["points"]


@pytest.mark.parametrize("kind", ["versions", "steps", "features", "variables", "rules"])
def test_a_list_holds_everything_and_fits_the_screen(kind: str) -> None:
    base = load()
    found = listing(base, kind)
    counts = {
        "versions": len(base.versions),
        "steps": len(base.step_types()),
        "features": sum(len(step.features) for step in base.step_types()) + len(base.sequence_features()),
        "variables": len(base.variables),
        "rules": len(base.rules),
    }
    assert counts[kind] == len(found.rows)
    assert "" == found.note
    assert all(len(line) <= WIDTH for line in render_text(found, WIDTH).splitlines())
    assert len(to_json(found)["rows"]) == counts[kind]


@pytest.mark.parametrize(
    ("kind", "since", "until", "expected", "note"),
    [
        ("versions", "2403", "2503", ["2403", "2409", "2503"], ""),
        ("versions", "2509", None, ["2509", "2603", "2609"], ""),
        ("steps", "1702", "2309", ["Run Task Sequence"], "21 entries whose versions are not known are left out."),
        (
            "features",
            "2403",
            "2403",
            ["install-package-retry", "arm64-deployment"],
            "2 entries whose versions are not known are left out.",
        ),
        (
            "variables",
            "2111",
            "2111",
            ["_TS_CRTPMACTIVATED", "_TS_CRTPMENABLED"],
            "2 entries whose versions are not known are left out.",
        ),
    ],
)
def test_a_range_keeps_what_came_in_it(
    kind: str, since: str | None, until: str | None, expected: list[str], note: str
) -> None:
    found = listing(load(), kind, since, until)
    assert (expected, note) == ([row[0] for row in found.rows], found.note)


@pytest.mark.parametrize(
    ("kind", "since", "until", "told"),
    [
        ("rules", "1706", None, "rules have no version"),
        ("steps", "1806", "1706", "1806 is newer than --until 1706"),
        ("steps", "1807", None, "unknown version"),
        ("tables", None, None, "there is no list of 'tables'"),
    ],
)
def test_a_list_that_makes_no_sense_is_an_error(kind: str, since: str | None, until: str | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        listing(load(), kind, since, until)
