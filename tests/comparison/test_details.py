"""A changed group or step says what changed, under stable names and in words."""

from __future__ import annotations

import copy

import pytest
from lxml import etree

from tests.comparison.builders import (
    Element,
    command,
    compare_sequences,
    group,
    query_condition,
    restart,
    script,
    script_value,
    sequence,
    set_variable,
    step,
    variable_condition,
    with_condition,
)
from tsfix.comparison.differences import Detail


def details(before: Element, after: Element) -> list[tuple[str, str | None, str | None]]:
    """Field, before and after of all details of the only difference."""
    return [(found.field, found.before, found.after) for found in full_details(before, after)]


def full_details(before: Element, after: Element) -> tuple[Detail, ...]:
    one, other = etree.Element("sequence"), etree.Element("sequence")
    one.append(copy.deepcopy(before))
    other.append(copy.deepcopy(after))
    (difference,) = compare_sequences(sequence(one), sequence(other)).differences
    return difference.details


def variables(element: Element) -> Element:
    return element.find("defaultVarList")


def test_a_client_package_is_named_as_the_console_and_the_client_name_it() -> None:
    before = step(
        "Setup",
        "SetupWindowsAndSMSAction",
        "OSDSetupWindows.exe",
        {"_SMSClientPackageID": ("ClientPackageID", "CHQ00002")},
    )
    after = copy.deepcopy(before)
    variables(after)[0].text = "LEG00007"
    assert (
        Detail(
            field="variable:_SMSClientPackageID",
            label="variable _SMSClientPackageID (ClientPackageID)",
            before="CHQ00002",
            after="LEG00007",
            kind="changed",
        ),
    ) == full_details(before, after)


def test_attributes_appear_and_vanish() -> None:
    before, after = command("Copy", "copy.cmd", timeout="900"), command("Copy", "copy.cmd", disable="true")
    found = full_details(before, after)
    assert [
        ("attribute:timeout", "time limit in seconds (timeout)", "removed"),
        ("attribute:disable", "disabled (disable)", "added"),
    ] == [(detail.field, detail.label, detail.kind) for detail in found]


def test_an_empty_text_is_not_a_missing_one() -> None:
    before, after = command("Copy", "copy.cmd"), command("Copy", "copy.cmd")
    after.remove(after.find("action"))
    before.find("action").text = None
    del after.attrib["description"]
    assert [("attribute:description", "", None), ("action", "", None)] == details(before, after)


def test_an_empty_action_is_not_a_missing_one() -> None:
    before = step("Plain", "", "", {})
    after = copy.deepcopy(before)
    after.remove(after.find("action"))
    assert [("action", "", None)] == details(before, after)


def test_a_missing_list_of_variables_is_not_an_empty_one() -> None:
    before = step("Plain", "", "", {})
    after = copy.deepcopy(before)
    after.remove(variables(after))
    assert [("variable-list", "empty", None)] == details(before, after)


def test_variables_come_and_go_with_what_is_unusual_about_them() -> None:
    before = set_variable("Set", "A", "1")
    after = copy.deepcopy(before)
    gone = variables(after)[1]
    variables(after).remove(gone)
    etree.SubElement(variables(after), "variable", name="New", property="NewOne", hidden="true").text = "x"
    etree.SubElement(variables(after), "variable", name="Odd", property="Odd", hidden="maybe", extra="1").text = ""
    assert [
        ("variable:VariableValue", "variable VariableValue", "1", None),
        ("variable:New", "variable New (NewOne), hidden", None, "x"),
        ("variable:Odd", "variable Odd", None, ""),
        ("variable:Odd@hidden", "variable Odd: hidden", None, "maybe"),
        ("variable:Odd@extra", "variable Odd: extra", None, "1"),
    ] == [(found.field, found.label, found.before, found.after) for found in full_details(before, after)]


def test_attributes_of_a_variable_have_their_own_fields() -> None:
    before = set_variable("Set", "A", "1")
    after = copy.deepcopy(before)
    variables(after)[0].set("hidden", "true")
    variables(after)[1].set("property", "Value")
    assert [
        ("variable:VariableName@hidden", None, "true"),
        ("variable:VariableValue@property", "VariableValue", "Value"),
    ] == details(before, after)


def test_variables_of_one_name_are_told_apart() -> None:
    before = set_variable("Set", "A", "1")
    etree.SubElement(variables(before), "variable", name="VariableValue", property="VariableValue").text = "2"
    after = copy.deepcopy(before)
    variables(after)[2].text = "3"
    assert [("variable:VariableValue#2", "2", "3")] == details(before, after)
    removed = copy.deepcopy(before)
    variables(removed).remove(variables(removed)[1])
    assert [("variable:VariableValue", "1", None)] == details(before, removed), "the first one is gone, not the second"


def test_another_order_of_variables_is_seen() -> None:
    before = set_variable("Set", "A", "1")
    after = copy.deepcopy(before)
    variables(after).append(variables(after)[0])
    assert [("order:variable", "VariableName, VariableValue", "VariableValue, VariableName")] == details(before, after)


def test_a_variable_without_a_name_is_not_one_with_an_empty_name() -> None:
    before = set_variable("Set", "A", "1")
    variables(before)[0].set("name", "")
    after = copy.deepcopy(before)
    del variables(after)[0].attrib["name"]
    assert [("variable:@name", "", None)] == details(before, after)


def test_names_that_look_like_ours_do_not_confuse_the_fields() -> None:
    before = set_variable("Set", "A", "1")
    for name in ("VariableValue#2", "VariableValue", "__private", "it's [0]\"", "a@hidden"):
        etree.SubElement(variables(before), "variable", name=name).text = "old"
    after = copy.deepcopy(before)
    for variable in variables(after):
        variable.text = f"new {variable.text}"
    fields = [field for field, _, _ in details(before, after)]
    assert 7 == len(fields)
    assert {"variable:__private", "variable:it's [0]\"", "variable:a@hidden"} < set(fields)


def test_a_script_is_shown_decoded() -> None:
    (found,) = full_details(script("Run", "Write-Host 'ä'\r\nexit 0"), script("Run", "Write-Host 'ä'\r\nexit 1"))
    assert "variable OSDRunPowerShellScriptSourceScript (SourceScript), decoded" == found.label
    assert ("Write-Host 'ä'\r\nexit 0", "Write-Host 'ä'\r\nexit 1") == (found.before, found.after)


def test_a_difference_that_decoding_hides_is_shown_raw() -> None:
    before = script("Run", "exit 0")
    after = copy.deepcopy(before)
    # The same characters in the other byte order.
    after_value = "/v8AZQB4AGkAdAAgADA="
    variables(after)[1].text = after_value
    (found,) = full_details(before, after)
    assert (script_value("exit 0"), after_value) == (found.before, found.after)
    assert found.label.endswith("the raw value; decoded there is no difference")


@pytest.mark.parametrize("value", ["no base64!", "", "AAAA", "//4A", "ZXhpdCAw", "//5lAHgA!aQB0ACAAMQA="])
def test_what_is_no_script_in_base64_is_shown_as_it_is(value: str) -> None:
    before = script("Run", "exit 0")
    after = copy.deepcopy(before)
    variables(after)[1].text = value
    assert [("variable:OSDRunPowerShellScriptSourceScript", "exit 0", value)] == details(before, after)


def test_dynamic_rules_have_a_line_for_each_element() -> None:
    rules = '<Rules><Rule><Variables><Variable Name="A" IsSecret="false">{}</Variable></Variables></Rule></Rules>\n'
    before = step(
        "Rules",
        "SetDynamicVariablesAction",
        "OSDSetDynamicVariables.exe",
        {"OSDSetDynamicVariablesRules": ("Rules", rules.format(1))},
    )
    after = copy.deepcopy(before)
    variables(after)[0].text = rules.format(2)
    (found,) = full_details(before, after)
    assert '<Variable Name="A" IsSecret="false">2</Variable>' in (found.after or "").split("\n")
    variables(after)[0].text = rules.format(1).rstrip()
    (found,) = full_details(before, after)
    assert (rules.format(1), rules.format(1).rstrip()) == (found.before, found.after), "the final line break is seen"


def test_blanks_and_lines_inside_values_count() -> None:
    before, after = command("Copy", "copy.cmd"), command("Copy", "copy.cmd")
    variables(after)[0].text = "copy.cmd "
    after.find("action").text += "\n"
    assert ["action", "variable:CommandLine"] == [field for field, _, _ in details(before, after)]


def test_content_that_has_no_field_is_compared_as_text() -> None:
    before, after = restart(), restart()
    etree.SubElement(before, "extension", mode="a")
    etree.SubElement(after, "extension", mode="b")
    variables(after)[0].append(etree.Element("part"))
    assert [
        ("variable:SMSRebootMessage/other#1", None),
        ("other#1", '<extension mode="a"></extension>'),
    ] == [(field, old) for field, old, _ in details(before, after)]


def test_an_added_step_shows_all_that_it_has() -> None:
    added = with_condition(command("Copy", "copy.cmd", "CHQ00010"), variable_condition("A", "exists", ""))
    root = etree.Element("sequence")
    root.append(added)
    (found,) = compare_sequences(sequence("<sequence/>"), sequence(root)).differences
    shown = {detail.field: detail.after for detail in found.details}
    assert {
        "attribute:name": "Copy",
        "condition": "if A exists",
        "variable:PackageID": "CHQ00010",
    }.items() <= shown.items()
    assert {"added"} == {detail.kind for detail in found.details}
    assert {None} == {detail.before for detail in found.details}


def test_a_condition_is_said_in_words() -> None:
    before = with_condition(group("G"), variable_condition("Model", "equals", "A"))
    after = with_condition(group("G"), variable_condition("Model", "notEquals", "A"))
    assert [("condition", 'if Model equals "A"', 'if Model does not equal "A"')] == details(before, after)
    assert [("condition", None, 'if Model equals "A"')] == details(group("G"), before)
    assert [("condition", 'if Model equals "A"', None)] == details(before, group("G"))


def test_a_long_condition_names_the_places_too() -> None:
    parts = [variable_condition(name, "equals", "1") for name in "ABC"]
    before = with_condition(restart(), *parts, query_condition("select * from X"), operator="and")
    after = copy.deepcopy(before)
    operator = after.find("condition/operator")
    operator[1][1].text = "2"
    operator.insert(0, variable_condition("New", "exists", ""))
    found = details(before, after)
    assert [
        "condition",
        "condition/operator and/VariableCondition B/Value",
        "condition/operator and/VariableCondition New",
    ] == [field for field, _, _ in found]
    assert ("1", "2") == found[1][1:]
    assert (None, "New exists") == found[2][1:]


def test_what_the_words_leave_out_is_named_by_place() -> None:
    before = with_condition(restart(), variable_condition("A", "equals", "1"))
    after = copy.deepcopy(before)
    after.find("condition/expression")[0].text = "Equals"
    assert [("condition/VariableCondition A/Operator", "equals", "Equals")] == details(before, after)


def test_another_order_of_alike_parts_is_seen() -> None:
    first, second = variable_condition("A", "equals", "1"), variable_condition("A", "equals", "2")
    before = with_condition(restart(), first, second)
    after = with_condition(restart(), copy.deepcopy(second), copy.deepcopy(first))
    before.find("condition").extend([copy.deepcopy(first), copy.deepcopy(second)])
    after.find("condition").extend([copy.deepcopy(first), copy.deepcopy(second)])
    assert details(before, after)
