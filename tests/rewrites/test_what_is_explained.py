"""What counts as the same when a copy is verified, and what does not: conditions, command lines, settings, whole steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

import tsfix
from tests.made import (
    Application,
    Element,
    Group,
    Known,
    export,
    knowledge,
    on,
    own_step,
    read_parts,
    request,
    rewritten,
    sequence,
    steps,
    subject,
)
from tests.made import Step as Made
from tests.made import osd_steps as osd
from tests.rewrites.test_rewrites_are_proved import CASES, done, explained
from tsfix.comparison.compare import compare_task_sequences
from tsfix.comparison.differences import Detail
from tsfix.export import Export
from tsfix.masking import MASK
from tsfix.proof.copy_proof import explain
from tsfix.proof.explained import Explained
from tsfix.proof.replaced_ids import Pair, replaced
from tsfix.proof.same_meaning import same_but_for_site, same_rules, same_script, same_tests
from tsfix.proof.settings import can_be_left_out
from tsfix.rewrites.inline_scripts import as_command
from tsfix.task_sequence import Condition, Step


def only_step(made: Made) -> Step:
    known = (Known(id="CHQ00016", name="Tools"),)
    (step,) = export(sequence("CHQ00050", "TS", made), known=known).task_sequences[0].task_sequence.sequence.steps()
    return step


# Conditions.


def condition(*parts: Element) -> Condition:
    found = only_step(Made(type="X", name="S", action="", condition=on.when(*parts))).condition
    assert found is not None
    return found


NOT_HP = on.variable("Make", "notLike", "HP*")
WMI = on.wmi("SELECT * FROM A")
SAME: dict[str, tuple[Element, Element]] = {
    "not like": (NOT_HP, on.none_of(on.variable("Make", "like", "HP*"))),
    "like without a wildcard": (on.variable("Make", "like", "HP"), on.variable("Make", "equals", "HP")),
    "not like without a wildcard": (
        on.variable("Make", "notLike", "HP"),
        on.none_of(on.variable("Make", "equals", "HP")),
    ),
    "case of the operator": (on.variable("Make", "Like", "HP*"), on.variable("Make", "like", "HP*")),
    "inside an operator": (on.any_of(NOT_HP), on.any_of(on.none_of(on.variable("Make", "like", "HP*")))),
}
OTHER: dict[str, tuple[Element, Element]] = {
    "like": (NOT_HP, on.variable("Make", "like", "HP*")),
    "equals with a wildcard": (on.variable("Make", "like", "HP*"), on.variable("Make", "equals", "HP*")),
    "other wildcards": (on.variable("Make", "like", "HP?"), on.variable("Make", "equals", "HP?")),
    "value": (NOT_HP, on.none_of(on.variable("Make", "like", "HPE*"))),
    "variable": (NOT_HP, on.none_of(on.variable("Model", "like", "HP*"))),
    "not around two": (NOT_HP, on.none_of(on.variable("Make", "like", "HP*"), on.variable("A", "exists"))),
    "not twice": (on.variable("Make", "like", "HP*"), on.none_of(NOT_HP)),
    "and, or": (on.any_of(NOT_HP), on.all_of(NOT_HP)),
    "query": (on.wmi("SELECT * FROM A"), on.wmi("SELECT * FROM B")),
    "file": (on.file(r"C:\a"), on.folder(r"C:\a")),
    "attribute of a query": (WMI, replace(WMI, attributes=(*WMI.attributes, ("extra", "1")))),
}


@pytest.mark.parametrize("kind", SAME)
def test_the_same_test_in_another_form(kind: str) -> None:
    one, other = (condition(part) for part in SAME[kind])
    assert (True, True) == (same_tests(one, other), same_tests(other, one))


@pytest.mark.parametrize("kind", OTHER)
def test_another_test(kind: str) -> None:
    one, other = (condition(part) for part in OTHER[kind])
    assert (False, False, True) == (same_tests(one, other), same_tests(other, one), same_tests(one, one))


def test_no_condition_is_none_other() -> None:
    assert (True, False, False) == (
        same_tests(None, None),
        same_tests(None, condition(NOT_HP)),
        same_tests(condition(NOT_HP), None),
    )
    more = condition(NOT_HP, on.variable("A", "exists"))
    assert (False, False) == (same_tests(condition(NOT_HP), more), same_tests(more, condition(NOT_HP)))


def test_rules_are_compared_without_their_indents() -> None:
    test = (
        '<expression type="T"><variable name="Operator">{}</variable><variable name="Value">HP*</variable></expression>'
    )
    new = f"<Rules>{test.format('notLike')}</Rules>"
    old = f'<Rules>\n  <operator type="not">\n    {test.format("like")}\n  </operator>\n</Rules>\n'
    assert (True, True, False, False) == (
        same_rules(new, old),
        same_rules(old, new),
        same_rules(new, old.replace("HP", "HPE")),
        same_rules(new, old.replace("like", "equals")),
    )


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("SMSMP=a CCMLOGLEVEL=0", "SMSMP=b CCMLOGLEVEL=0", True),
        ('SMSMP="a b" CCMLOGLEVEL=0', "smsmp = b CCMLOGLEVEL=0", False),
        ('SMSMP="a b" CCMLOGLEVEL=0', "SMSMP = b CCMLOGLEVEL=0", True),
        ("SMSMP=a CCMLOGLEVEL=0", "SMSMP=b CCMLOGLEVEL=1", False),
        ("SMSMP=a", "SMSMP=a SMSSITECODE=X", False),
        ("XSMSMP=a", "XSMSMP=b", False),
        ("/SMSMP=a", "/SMSMP=b", False),
    ],
)
def test_properties_of_the_site_may_have_other_values(before: str, after: str, same: bool) -> None:
    assert same == same_but_for_site(before, after, ["SMSMP", "SMSSITECODE"])


# Scripts.


def script(user: str = "", codes: str = "0 3010", folder: str = "") -> Step:
    made = steps.run_powershell_script("Script", lines=("exit 0",))
    values = {
        "RunAsUser": "true" if user else "false",
        "UserName": user,
        "SuccessCodes": codes,
        "WorkingDirectory": folder,
    }
    rows = tuple((name, prop, values.get(prop.lstrip("^"), value)) for name, prop, value in made.variables)
    step = only_step(replace(made, variables=rows))
    both = tuple((name, codes if name == "successCodeList" else value) for name, value in step.attributes)
    return replace(step, attributes=both)


USER = r"CONTOSO\svc-osd"


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ({}, {}, True),
        ({"user": USER}, {"user": USER}, True),
        ({"codes": "0 1"}, {"codes": "0 1"}, True),
        ({"folder": r"C:\Work"}, {"folder": r"C:\Work"}, True),
        ({}, {"user": USER}, False),
        ({"user": USER}, {}, False),
        ({"user": USER}, {"user": r"CONTOSO\other"}, False),
        ({"codes": "0 1"}, {}, False),
        ({"folder": r"C:\Work"}, {}, False),
    ],
)
def test_a_command_line_runs_the_script_as_the_step_did(
    before: dict[str, str], after: dict[str, str], same: bool
) -> None:
    assert same == same_script(script(**before), as_command(script(**after)))


def test_another_script_or_no_command_is_not_the_same() -> None:
    one = script()
    other = only_step(steps.run_powershell_script("Script", lines=("exit 1",)))
    assert (False, False) == (same_script(one, as_command(other)), same_script(one, one))


# Settings that a copy may leave out.


def newer() -> tuple[Step, str, str, str | None]:
    """A step with a newer setting: its name, its property, and the value that older versions mean."""
    step = only_step(steps.set_variable("Set", "A", "b"))
    fact = knowledge().step(step.type)
    assert fact is not None
    (feature,) = (one for one in fact.features if one.property == "DoNotShowVariableValue")
    (variable,) = (one for one in step.variables if one.property == feature.property)
    return step, variable.name, feature.property, feature.downlevel.set_value


STEPS_WITH_SETTINGS = sorted(
    path.stem for path in (Path(tsfix.__file__).parent / "knowledge" / "data" / "steps").glob("SMS_*.toml")
)


def detail(name: str, kind: str, before: str | None, after: str | None) -> Detail:
    return Detail(field=f"variable:{name}", label=name, before=before, after=after, kind=kind)  # type: ignore[arg-type]


def test_a_newer_setting_may_go_and_no_other() -> None:
    step, name, _, _ = newer()
    about = subject(export(sequence("CHQ00050", "TS", steps.set_variable("Set", "A", "b"))), None)
    assert (True, False, False, False, False) == (
        can_be_left_out(step, name, detail(name, "removed", "false", None), about),
        can_be_left_out(step, name, detail(name, "changed", "false", "something"), about),
        can_be_left_out(step, name, detail(name, "removed", MASK, None), about),
        can_be_left_out(step, "VariableValue", detail("VariableValue", "removed", "b", None), about),
        can_be_left_out(step, "Missing", detail("Missing", "removed", "b", None), about),
    )
    unknown = only_step(Made(type="Fabrikam", name="S", action="", variables=((name, name, "false"),)))
    assert not can_be_left_out(unknown, name, detail(name, "removed", "false", None), about)


def test_a_newer_setting_may_go_or_be_set_back_to_the_value_of_older_versions() -> None:
    facts = (fact for fact in map(knowledge().step, STEPS_WITH_SETTINGS) if fact is not None)
    fact, feature = next(
        (fact, one) for fact in facts for one in fact.features if one.property and one.downlevel.set_value
    )
    value, name = feature.downlevel.set_value, str(feature.variable)
    made = own_step(fact.type, "S", "", (name, str(feature.property), "newer"))
    step, about = only_step(made), subject(export(sequence("CHQ00050", "TS", made)), None)
    assert (True, True, False) == (
        can_be_left_out(step, name, detail(name, "removed", "newer", None), about),
        can_be_left_out(step, name, detail(name, "changed", "newer", value), about),
        can_be_left_out(step, name, detail(name, "changed", "newer", f"{value}x"), about),
    )


# Whole differences.

OBJECT_ONLY_1610 = {
    *("BaseBoardProductID", "CustomHighImpactHeadline", "CustomHighImpactSet", "CustomHighImpactWarning"),
    *("CustomHighImpactWarningInstall", "CustomHighImpactWarningTop", "DriverManufacturer", "DriverModel"),
    *("DriverOSVersion", "DriverPkgVersion", "EstimatedDownloadSizeMB", "EstimatedRunTimeMinutes"),
    *("HighImpactTaskSequence", "LocalizedTaskSequenceDescription", "LocalizedTaskSequenceName", "ObjectPath"),
    *("PreDownloadRule", "RestartRequired", "SourceSize", "TsEnabled"),
}


@pytest.mark.parametrize(
    ("to", "kind"), [("1610", "a setting that the target lacks"), (None, "a setting that older versions lack")]
)
def test_properties_that_go_and_their_number_are_explained_together(to: str | None, kind: str) -> None:
    found = explained(CASES["object"][0], done("object").copy, to)
    removed = {one.field.partition(":")[2]: (one.by, one.kind) for one in found if one.after is None}
    assert dict.fromkeys(OBJECT_ONLY_1610, ("tsfix", kind)) == {
        name: said for name, said in removed.items() if name in OBJECT_ONLY_1610
    }
    (count,) = (one for one in found if one.field == "package-property:__PROPERTY_COUNT")
    fewer = int(count.before or 0) - int(count.after or 0)
    expected = ("tsfix", kind) if to else ("site", "the site wrote dates and counters anew")
    assert (len(OBJECT_ONLY_1610), expected) == (fewer, (count.by, count.kind))


def whole(kind: str, label: str, field: str, by: str = "unexplained") -> Explained:
    return Explained(by=by, kind=kind, place=("Group", label), label=label, field=field, before=None, after=None)  # type: ignore[arg-type]


def test_steps_that_come_and_go_are_named_with_their_place() -> None:
    def deploy(*names: str) -> Export:
        items = tuple(Made(type="SMS_TaskSequence_RebootAction", name=name, action=name) for name in names)
        return export(sequence("CHQ00050", "TS", Group(name="Group", children=items)))

    one, two = deploy("A"), deploy("A", "B")
    assert (
        (whole("a group or step was added", "B", "added"),),
        (whole("a group or step is missing", "B", "removed"),),
    ) == (explained(one, two, "1706"), explained(two, one, "1706"))


@pytest.mark.parametrize(
    ("policy", "words"), [("remove", "taken out: the target cannot run it"), ("placeholder", "placeholder")]
)
def test_a_step_that_the_target_cannot_run_is_named_with_its_place(policy: str, words: str) -> None:
    newer_step = steps.run_powershell_script("Script", package_id="CHQ00016", script="x.ps1", output_variable="Y")
    items = Group(name="Group", children=(osd.setup_windows("Client", "CHQ00003", ""), newer_step))
    original = export(sequence("CHQ00050", "TS", items), known=(Known(id="CHQ00016", name="Tools"),))
    wanted = request("1706", client="LEG00042", policy=policy)  # type: ignore[arg-type]
    copy = rewritten(original, wanted).copy
    found = [one for one in explained(original, copy, "1706") if one.place[-1:] == ("Script",)]
    assert {("tsfix", words, ("Group", "Script"))} == {(one.by, one.kind, one.place) for one in found}
    if policy == "remove":
        assert (whole(words, "Script", "removed", "tsfix"),) == tuple(found)


def test_a_longer_list_may_lose_what_nothing_needs() -> None:
    """Only lists of IDs: any other text that lost a piece is a change by hand."""
    made = sequence("CHQ00050", "TS", steps.set_variable("Set", "A", "one,two"))
    original = export(made)
    part = original.task_sequences[0].part
    data = original.parts.parts[part]
    assert b">one,two<" in data
    copy = read_parts({**original.parts.parts, part: data.replace(b">one,two<", b">one<")})
    assert ["unexplained"] == [
        one.by for one in explained(original, copy, "1706") if one.field == "variable:VariableValue"
    ]


def test_what_the_person_decided_to_take_out_is_named_with_its_place() -> None:
    def deploy(*names: str) -> Export:
        items = tuple(Made(type="SMS_TaskSequence_RebootAction", name=name, action=name) for name in names)
        return export(sequence("CHQ00050", "TS", Group(name="Group", children=items)))

    original, copy = deploy("A", "B"), deploy("A")
    pair = Pair(before=original.task_sequences[0], after=copy.task_sequences[0])
    comparison = compare_task_sequences(pair.before.task_sequence, pair.after.task_sequence)
    found = explain(
        pair,
        replaced([pair], knowledge()),
        subject(original, "1706"),
        comparison,
        comparison,
        frozenset({(0, 1)}),
    )
    assert (whole("taken out: you decided so", "B", "removed", "tsfix"),) == found


def by_hand(step: Made, before: str, after: str, *known: str) -> dict[str, tuple[str, str]]:
    """What is said of a copy in which one text was replaced, for 1706, by field."""
    original = export(sequence("CHQ00050", "TS", step), known=tuple(Known(id=one, name=one) for one in known))
    part = original.task_sequences[0].part
    text = original.parts.parts[part].decode("utf-8-sig")
    assert 1 == text.count(before)
    copy = read_parts({**original.parts.parts, part: text.replace(before, after).encode()})
    return {one.field: (one.by, one.kind) for one in explained(original, copy, "1706")}


def test_an_attribute_of_a_newer_variable_is_not_the_variable() -> None:
    name = "DoNotShowVariableValue"
    step = steps.set_variable("Set", "A", "b")
    found = by_hand(step, f'<variable name="{name}" property="{name}"', f'<variable name="{name}" property="Other"')
    assert {f"variable:{name}@property": ("unexplained", "changed by neither tsfix nor a site")} == found


def test_a_list_of_two_may_lose_one() -> None:
    call = steps.run_task_sequence("Call", "CHQ00060", "Child", steps.package("CHQ00A01", "CHQ00B01"))
    known = ("CHQ00A01", "CHQ00B01", "CHQ00060")
    field = "variable:OSDSubTasksequenceTsReferencePackages"
    assert ("tsfix", "a package was replaced by another") == by_hand(
        call, ">CHQ00A01,CHQ00B01<", ">CHQ00B01<", *known
    ).get(field)
    assert "unexplained" == by_hand(call, ">CHQ00A01,CHQ00B01<", ">CHQ00C01<", *known)[field][0]


def test_a_step_as_a_group_is_named_with_its_place() -> None:
    apps = tuple((f"ScopeId_A/Application_{number:02}", f"Application {number}") for number in range(10))
    known = tuple(
        Application(model=model, name=name, ci_id=100 + number, package=f"CHQ001{number:02X}")
        for number, (model, name) in enumerate(apps)
    )
    original = export(sequence("CHQ00050", "TS", steps.install_applications("Apps", apps)), applications=known)  # type: ignore[arg-type]
    copy = rewritten(original, request("1610")).copy
    words = "one step written as a group of steps that do the same"
    assert {("tsfix", words, "Apps"), ("tsfix", words, "Apps (1 of 2)"), ("tsfix", words, "Apps (2 of 2)")} == {
        (one.by, one.kind, one.label) for one in explained(original, copy, "1610") if one.place
    }


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('NAME="ProgramFlags"', 'NAME="ProgramFlag"', {"site"}),
        ("<VALUE>152084496</VALUE>", "<VALUE>1</VALUE>", {"unexplained"}),
    ],
)
def test_a_property_that_a_person_changed_is_not_the_site(before: str, after: str, said: set[str]) -> None:
    found = by_hand(steps.restart("Restart"), before, after)
    assert said == {by for by, _ in found.values()}
    kinds = {
        "site": "the site writes another number of properties",
        "unexplained": "changed by neither tsfix nor a site",
    }
    assert {kinds[by] for by in said} == {kind for _, kind in found.values()}
