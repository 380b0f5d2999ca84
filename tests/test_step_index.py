"""The index of a step's variables: by name and by property, without case, the first one first, shared by equal steps."""

from __future__ import annotations

from lxml import etree

from tsfix.parse.sequence import read_sequence

XML = (
    '<sequence version="3.10">'
    + (
        '<step type="T" name="S"><defaultVarList><variable name="A" property="P">{0}1</variable>'
        '<variable name="a" property="Q">{0}2</variable><variable name="B" property="p">{0}3</variable>'
        "</defaultVarList></step>"
    )
    * 2
    + "</sequence>"
)


def test_variables_are_found_by_name_and_property_in_each_step() -> None:
    text = XML.replace("{0}", "x", 3).replace("{0}", "y")
    for mark, step in zip("xy", read_sequence(etree.fromstring(text)).steps(), strict=True):
        assert [f"{mark}1", f"{mark}2"] == [one.value for one in step.named("A")]
        assert [f"{mark}3"] == [one.value for one in step.named("b")]
        assert () == step.named("C")
        found = [step.variable("a"), step.variable("C"), step.property("p"), step.property("Q"), step.property("R")]
        assert [f"{mark}1", None, f"{mark}1", f"{mark}2", None] == [one.value if one else None for one in found]


def test_many_variables_of_one_name_are_indexed_in_step_with_their_number() -> None:
    variables = '<variable name="A" property="P">1</variable>' * 50_000
    xml = f'<sequence><step type="T" name="S"><defaultVarList>{variables}</defaultVarList></step></sequence>'
    (step,) = read_sequence(etree.fromstring(xml)).steps()
    assert 50_000 == len(step.named("a"))
