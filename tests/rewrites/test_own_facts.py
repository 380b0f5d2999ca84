"""What a person's own facts call an equivalent change is made as ours are: here a setting of a step that only they know."""

from __future__ import annotations

from typing import Any

import pytest

from tests.knowledge.test_extension import STEP
from tests.made import export, own_step, request, sequence
from tsfix.conversion import Rewritten, clone
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.load import load


def facts(**downlevel: str) -> dict[str, Any]:
    """A step of Contoso with a mode that versions below 1806 lack."""
    feature = {
        "id": "contoso-set-bios-mode",
        "property": "Mode",
        "variable": "ContosoBiosMode",
        "detect": "ContosoBiosMode is present and not legacy",
        "match": {"where": "variable", "op": "not-in", "name": "ContosoBiosMode", "values": ["legacy", ""]},
        "introduced": {"version": "1806"},
        "confidence": "documented",
        "severity": "error",
        "effect_on_older": "the older step stops",
        "xml_confidence": "unknown",
        "source": {"page": "Contoso manual 4.2"},
        "downlevel": {"text": "Contoso takes legacy everywhere.", "automatic": "always", **downlevel},
    }
    if downlevel["kind"] == "strip":
        feature["neutral"] = ["legacy", ""]
    return {"steps": [{**STEP, "introduced": {"version": "1511"}, "features": [feature]}]}


@pytest.mark.parametrize(
    ("downlevel", "kind", "after"),
    [
        ({"kind": "rewrite-value", "set_value": "legacy"}, "changed", "legacy"),
        ({"kind": "strip"}, "removed", None),
    ],
)
def test_a_setting_of_a_step_that_only_the_person_knows(
    downlevel: dict[str, str], kind: str, after: str | None
) -> None:
    step = own_step("Contoso_SetBios", "BIOS", "contosobios.exe", ("ContosoBiosMode", "Mode", "uefi"))
    outcome = clone(
        export(sequence("CHQ00050", "TS", step)), request("1706"), load(facts(**downlevel), "facts.toml"), Hierarchy()
    )
    assert isinstance(outcome, Rewritten)
    changes = [change for change in outcome.changes if change.location.position]
    assert [
        (kind, "variable:ContosoBiosMode", "uefi", after, "R26", "target 1706 < needs 1806", "Contoso manual 4.2")
    ] == [
        (
            change.kind,
            change.field,
            change.before,
            change.after,
            change.reasons[0].rule,
            change.reasons[0].text,
            change.reasons[0].sources[0].page,
        )
        for change in changes
    ]
    (found,) = outcome.copy.task_sequences[0].task_sequence.sequence.steps()
    assert [after] * (after is not None) == [variable.value for variable in found.variables]
