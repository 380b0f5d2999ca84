"""The proof of a stage accepts what was planned and nothing else. Each test plants one deviation in a stage that is right."""

from __future__ import annotations

import pytest

from tests.made import knowledge, read_parts, request
from tests.rewrites.test_child_pasted import CALLS, family
from tests.rewrites.test_operators_and_scripts import SCRIPT, rules, script
from tsfix.changes import Reason
from tsfix.conversion import subjects_of
from tsfix.errors import VerificationError
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy
from tsfix.rewrites import reshaping
from tsfix.rewrites.reshaping import Stage
from tsfix.rewrites.step_decisions import Choice
from tsfix.values import RuleId
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


def test_a_script_in_a_package() -> None:
    said = Reason(rule=RuleId("R26"), text="you decided")
    choice = Choice(do="use-package", finding=said, reason=said, package="LEG00050", file="Set-It.ps1")
    found, asked = script(*SCRIPT), request("1806")
    (stage,) = reshaping.stages(
        found,
        lambda one: subjects_of(one, asked, knowledge(), Hierarchy()),
        frozenset({(found.task_sequences[0].part, (0,))}),
        lambda one: {(one.task_sequences[0].part, (0,)): choice},
    )
    listed = '<reference package="LEG00050"/>'
    assert not objects_to(stage, "object.xml", listed, listed)
    assert objects_to(stage, "object.xml", f"<referenceList>{listed}</referenceList>", "")
    assert objects_to(stage, "object.xml", listed, f'{listed}<reference package="CHQ00055"/>')
    assert objects_to(stage, "object.xml", "<VALUE>LEG00050</VALUE>", "<VALUE>LEG00051</VALUE>")
    assert objects_to(stage, "object.xml", 'property="PackageID">LEG00050', 'property="PackageID">LEG00051')
    assert objects_to(stage, "object.xml", ">Set-It.ps1<", ">Other.ps1<")
    assert objects_to(stage, "object.xml", ">Bypass<", ">Undefined<")
    row = 'NAME="ReferencePackageID" TYPE="string"&gt;\r\n    &lt;VALUE&gt;LEG0005'
    assert objects_to(stage, "CHQ00040/ReferencesInfo.xml", f"{row}0", f"{row}1")


def test_rules() -> None:
    (stage,) = stages(rules(("notLike", "HP*")), "2010")
    assert not objects_to(stage, "object.xml", "HP*", "HP*")
    assert objects_to(stage, "object.xml", "HP*", "HQ*")
