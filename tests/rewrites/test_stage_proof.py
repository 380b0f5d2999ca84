"""The proof of a stage accepts what was planned and nothing else. Each test plants one deviation in a stage that is right."""

from __future__ import annotations

import pytest

from tests.made import knowledge, read_parts, request
from tests.rewrites.test_child_pasted import CALLS, family
from tests.rewrites.test_operators_and_scripts import SCRIPT, rules, script
from tsfix.conversion import subjects_of
from tsfix.errors import VerificationError
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy
from tsfix.rewrites import reshaping
from tsfix.rewrites.reshaping import Stage
from tsfix.verification import verify


def stages(found: Export, target: str) -> list[Stage]:
    asked = request(target)
    return list(reshaping.stages(found, lambda one: subjects_of(one, asked, knowledge(), Hierarchy()), frozenset()))


def objects_to(stage: Stage, suffix: str, before: str, after: str) -> bool:
    """True when the proof objects to the stage with one text of one part replaced."""
    content = dict(stage.after.parts.parts)
    part = next(name for name in content if name.endswith(suffix))
    text = content[part].decode("utf-8")
    assert before in text, before
    content[part] = text.replace(before, after, 1).encode("utf-8")
    copy = read_parts(content, stage.after.name)
    try:
        verify(stage.before, copy, stage.part_changes, stage.changes, knowledge(), frozenset(), stage.planned)
    except VerificationError:
        return True
    return False


PLANTED = [
    ("CHQ00040/object.xml", 'name="two"', 'name="other"'),
    ("CHQ00040/object.xml", '<group name="deep"', '<group name="deep" disable="true"'),
    ("CHQ00040/object.xml", ">notEquals<", ">equals<"),
    ("CHQ00040/object.xml", "cmd.exe /c echo deep two", "cmd.exe /c echo deep"),
    ("CHQ00040/object.xml", '<group name="Call"', '<group name="Call" continueOnError="true"'),
    ("CHQ00040/object.xml", '<group name="inner"', '<group name="more"/><group name="inner"'),
    ("CHQ00041/object.xml", 'name="one"', 'name="other"'),
]


@pytest.mark.parametrize(("part", "before", "after"), PLANTED)
def test_a_pasted_child(part: str, before: str, after: str) -> None:
    stage = stages(family(CALLS["plain"]), "1706")[0]
    assert not objects_to(stage, part, before, before)
    assert objects_to(stage, part, before, after)


def test_the_lists_of_a_pasted_child() -> None:
    stage = stages(family(CALLS["plain"]), "1706")[1]
    listed = '<reference package="CHQ00021"/>'
    assert not objects_to(stage, "CHQ00040/object.xml", listed, listed)
    assert objects_to(stage, "CHQ00040/object.xml", listed, "")
    assert objects_to(stage, "CHQ00040/object.xml", listed, f'{listed}<reference package="CHQ00055"/>')
    assert objects_to(stage, "CHQ00040/ReferencesInfo.xml", "CHQ00021", "CHQ00055")


def test_a_script_as_a_command() -> None:
    (stage,) = stages(script(*SCRIPT), "1806")
    assert not objects_to(stage, "object.xml", "Bypass", "Bypass")
    assert objects_to(stage, "object.xml", "Bypass", "Undefined")
    assert objects_to(stage, "object.xml", 'name="SuccessCodes"', 'name="Other"')
    assert objects_to(stage, "object.xml", 'successCodeList="0 3010"', 'successCodeList="0"')


def test_rules() -> None:
    (stage,) = stages(rules(("notLike", "HP*")), "2010")
    assert not objects_to(stage, "object.xml", "HP*", "HP*")
    assert objects_to(stage, "object.xml", "HP*", "HQ*")
