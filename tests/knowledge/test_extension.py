"""A user's own facts: added, checked, and never in place of ours."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import astuple

from tsfix.errors import UsageError
from tsfix.knowledge.load import load

STEP: dict[str, Any] = {
    "type": "Contoso_SetBios",
    "element": "step",
    "name": "Set BIOS (Contoso)",
    "provider": "third-party",
    "introduced": {"version": "1802"},
    "confidence": "documented",
    "source": {"page": "Contoso manual 4.2"},
    "downlevel": {"kind": "flag", "text": "Ask Contoso for the older extension."},
    "base_properties": {"Password": "ContosoBiosPassword"},
}
VARIABLE: dict[str, Any] = {
    "name": "ContosoBiosMode",
    "kind": "override",
    "introduced": {"bound": "unknown"},
    "confidence": "unknown",
    "source": "contoso",
}


def test_added_facts_are_found_beside_ours() -> None:
    base = load({"steps": [STEP], "variables": [VARIABLE], "sources": {"contoso": {"page": "Contoso manual 4.2"}}})
    added = base.step("contoso_setbios")
    assert added is not None
    assert ("Set BIOS (Contoso)", (("Password", "ContosoBiosPassword"),)) == (added.name, added.base_properties)
    variable = base.variable("contosobiosmode")
    assert variable is not None
    assert "Contoso manual 4.2" == variable.source.page
    ours, theirs = (one.step("SMS_TaskSequence_RebootAction") for one in (load(), base))
    assert ours is not None
    assert theirs is not None
    assert astuple(ours) == astuple(theirs)
    assert base.versions == load().versions


def test_without_facts_of_ones_own_nothing_is_read_again() -> None:
    assert load() is load({})


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ({"steps": [{**STEP, "type": "sms_tasksequence_rebootaction"}]}, "it is never replaced"),
        ({"variables": [{**VARIABLE, "name": "OSDComputerName", "source": "S1"}]}, "found OSDComputerName"),
        ({"steps": [{**STEP, "introduced": {"version": "1803"}}]}, "expected a version of versions.toml"),
        ({"steps": [{**STEP, "provider": "contoso"}]}, "steps.Contoso_SetBios.provider: found 'contoso'"),
        ({"variables": [VARIABLE]}, "variables.ContosoBiosMode.source: found contoso"),
        ({"step": [STEP]}, "step: found [{'type'"),
        ({"rules": []}, "expected no such key"),
    ],
)
def test_a_mistake_is_told_with_the_users_file(extra: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(extra, "facts.toml")
    assert told in str(caught.value)
    assert "facts.toml" in str(caught.value)
