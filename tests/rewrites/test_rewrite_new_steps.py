"""What the policies do with steps that the target cannot run: to those and to no others, visibly, and in the grammar of a site."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from tests.made import (
    Application,
    Group,
    Known,
    Reference,
    Step,
    export,
    is_unchanged,
    on,
    own_step,
    pretty_text,
    raw,
    refused,
    request,
    rewritten,
    sequence,
)
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tests.parse.documents import elements, sequence_document
from tests.rewrites.written_laws import ITEM_ATTRIBUTES
from tsfix.checks.out_of_action import is_marked_from, marked
from tsfix.conversion import Rewritten
from tsfix.export import Export
from tsfix.request import NewSteps
from tsfix.task_sequence import Group as ModelGroup
from tsfix.task_sequence import Step as ModelStep

POLICIES: tuple[NewSteps, ...] = ("disable", "placeholder", "remove", "keep")
UNKNOWN_STEP = "Fabrikam_Custom_Action"


def checking(name: str = "Check", **common: object) -> Step:
    """A known step with a check that the target lacks and that nothing replaces."""
    return osd.check_readiness(name, memory=4096, disk=60, on=("CheckNetworkWired",), **common)  # type: ignore[arg-type]


def unknown(name: str = "Unknown", **common: object) -> Step:
    return own_step(UNKNOWN_STEP, name, "smsswd.exe /run: f.exe", ("FabrikamTenant", "Tenant", "x"), **common)  # type: ignore[arg-type]


def absent_call(name: str = "Call", **common: object) -> Step:
    """A call of a child that is not in the export, so that it cannot be pasted."""
    return basic.run_task_sequence(name, "CHQ00099", "Absent", (), **common)  # type: ignore[arg-type]


def of(*items: Step | Group) -> Export:
    return export(sequence("CHQ00050", "TS", *items), known=(Known(id="CHQ00099", name="Absent", type=4),))


def shown(done: Rewritten) -> list[tuple[str, str, bool]]:
    """Path, type (empty for a group) and whether it is disabled itself."""
    return [
        (" > ".join(item.path), item.type if isinstance(item, ModelStep) else "", item.disabled)
        for item in done.copy.task_sequences[0].task_sequence.sequence.walk()
    ]


def taken_out(done: Rewritten) -> list[tuple[str, str]]:
    return [(change.kind, " > ".join(change.location.path)) for change in done.changes if change.takes_out]


STEPS = {"feature": checking(), "unknown type": unknown(), "newer type": absent_call()}
RUN = "SMS_TaskSequence_RunCommandLineAction"


@pytest.mark.parametrize("kind", STEPS)
def test_each_kind_of_step_under_each_policy(kind: str) -> None:
    step = STEPS[kind]
    made = of(basic.restart("Before"), Group(name="G", children=(step, basic.restart("After"))))
    before, after = (
        ("Before", "SMS_TaskSequence_RebootAction", False),
        ("G > After", "SMS_TaskSequence_RebootAction", False),
    )
    expected = {
        "disable": [before, ("G", "", False), (f"G > {step.name}", step.type, True), after],
        "placeholder": [before, ("G", "", False), (f"G > {step.name}", RUN, True), after],
        "remove": [before, ("G", "", False), after],
    }
    kinds = {"disable": "disabled", "placeholder": "replaced", "remove": "removed"}
    for policy, seen in expected.items():
        done = rewritten(made, request("1706", policy=policy))  # type: ignore[arg-type]
        assert (seen, [(kinds[policy], f"G > {step.name}")]) == (shown(done), taken_out(done))
        assert not [finding for finding in done.remaining if finding.blocking]


@pytest.mark.parametrize("kind", STEPS)
def test_auto_refuses_and_writes_nothing(kind: str) -> None:
    rule = {"feature": "R26", "unknown type": "R44", "newer type": "R24"}[kind]
    assert rule in [found for found, _ in refused(of(STEPS[kind]), request("1706"))]


@pytest.mark.parametrize("kind", STEPS)
def test_keep_leaves_the_step_and_says_so(kind: str) -> None:
    made = of(STEPS[kind], basic.run_command_line("Own", "a", package_id="CHQ00016"))
    done = rewritten(made, request("1706", policy="keep", maps={"CHQ00016": "LEG00016"}))
    assert [] == taken_out(done)
    assert _step_bytes(made, STEPS[kind].name) == _step_bytes(done.copy, STEPS[kind].name)
    assert [finding for finding in done.remaining if finding.blocking]


def _step_bytes(found: Export, name: str) -> bytes:
    document = sequence_document(found, found.task_sequences[0])
    step = next(one for one in found.task_sequences[0].task_sequence.sequence.steps() if one.name == name)
    span = document.element_span(step.element)
    return document.data[span.start : span.end]


# What is out of action stays out of action, and what runs keeps running.


@pytest.mark.parametrize("policy", POLICIES)
def test_steps_that_the_target_knows_are_left_alone(policy: NewSteps) -> None:
    made = of(
        Group(name="G", children=(basic.restart("R"), basic.run_command_line("C", "x", site=1606))),
        basic.restart("S", disable=True),
    )
    assert is_unchanged(made, request("1706", policy=policy))


def test_disabled_steps() -> None:
    """Disabled ones run nowhere; but an older provider may not know their class."""
    made = of(unknown(disable=True), Group(name="Off", disable=True, children=(unknown("Inside"), basic.restart("R"))))
    assert is_unchanged(made, request("1706", policy="disable"))
    assert is_unchanged(made, request("1706", policy="keep"))
    assert is_unchanged(made, request("1706"))
    removed = rewritten(made, request("1706", policy="remove"))
    assert [("Off", "", True), ("Off > R", "SMS_TaskSequence_RebootAction", False)] == shown(removed)
    replaced = rewritten(made, request("1706", policy="placeholder"))
    assert [("Unknown", RUN, True), ("Off", "", True), ("Off > Inside", RUN, True)] == shown(replaced)[:3]


def test_a_group_with_a_condition_that_nobody_can_write_for_the_target() -> None:
    """``like`` came with 1706; for an older target with a wildcard nothing says the same."""
    group = Group(
        name="Guarded",
        condition=on.when(on.variable("Ring", "like", "x*")),
        children=(basic.run_command_line("C", "x", package_id="CHQ00016", site=1606), unknown("Inside")),
    )
    made = of(group, basic.restart("R"))
    disabled = rewritten(made, request("1610", policy="disable"))
    assert ("Guarded", "", True) == shown(disabled)[0]
    assert ("disabled", "Guarded") in taken_out(disabled)
    # Nothing in the group runs, so its references go.
    assert () == disabled.copy.task_sequences[0].task_sequence.sequence.references
    assert [("R", "SMS_TaskSequence_RebootAction", False)] == shown(rewritten(made, request("1610", policy="remove")))
    replaced = rewritten(made, request("1610", policy="placeholder"))
    assert [("Guarded", "", True), ("Guarded > C", RUN, False), ("Guarded > Inside", RUN, True)] == shown(replaced)[:3]
    assert [("R34", "condition-operator-like"), ("R44", UNKNOWN_STEP)] == sorted(refused(made, request("1610")))


def test_nested_removal_is_one_change() -> None:
    group = Group(
        name="Guarded", condition=on.when(on.variable("Ring", "like", "x*")), children=(unknown("A"), unknown("B"))
    )
    done = rewritten(of(group, basic.restart("R")), request("1610", policy="remove"))
    assert [("removed", "Guarded")] == taken_out(done)


# The mark and the grammar.


@pytest.mark.parametrize(
    ("described", "expected"),
    [("", "[tsfix: disabled for 1706. "), ('Old & "good"', 'Old & "good" [tsfix: disabled for 1706. ')],
)
def test_the_description_says_what_happened(described: str, expected: str) -> None:
    done = rewritten(of(unknown(description=described)), request("1706", policy="disable"))
    (step,) = done.copy.task_sequences[0].task_sequence.sequence.steps()
    assert f'{expected}step type "{UNKNOWN_STEP}" is unknown]' == step.description


def test_every_reason_stands_in_the_description() -> None:
    step = osd.check_readiness("Check", memory=1, disk=1, on=("CheckNetworkWired", "CheckDeviceUEFI"))
    done = rewritten(of(step), request("1706", policy="disable"))
    (found,) = done.copy.task_sequences[0].task_sequence.sequence.steps()
    assert (
        "[tsfix: disabled for 1706. CheckNetworkWired: target 1706 < needs 2002; CheckDeviceUEFI: target 1706 < needs 2006]"
        == found.description
    )


WORDS = "the words of an administrator " * 9


@pytest.mark.parametrize("length", [0, 1, 150, 185, 200, 220, 228, 229, 240, 254, 255, 260])
def test_a_site_takes_descriptions_of_255_characters(length: int) -> None:
    """Our reasons give way first; the person's words are cut only where not even the mark has room, and never all of them."""
    described = WORDS[:length].strip()
    step = osd.check_readiness(
        "Check", memory=1, disk=1, on=("CheckNetworkWired", "CheckDeviceUEFI"), description=described
    )
    done = rewritten(of(step), request("1706", policy="disable"))
    (found,) = done.copy.task_sequences[0].task_sequence.sequence.steps()
    assert len(found.description) <= 255 or len(described) > 255
    assert "[tsfix: disabled for 1706" in found.description
    assert found.description.endswith("]")
    assert found.description.startswith(described[:220])
    assert is_marked_from(described, found.description)
    assert not is_marked_from("Other" + described, found.description)
    assert is_unchanged(done.copy, request("1706", policy="disable"))


def test_how_the_reasons_give_way() -> None:
    two = ("CheckNetworkWired: target 1706 < needs 2002", "CheckDeviceUEFI: target 1706 < needs 2006")
    assert [
        f"{'x' * 100} [tsfix: disabled for 1706. {two[0]}; {two[1]}]",
        f"{'x' * 170} [tsfix: disabled for 1706. {two[0]}; 1 more]",
        f"{'x' * 210} [tsfix: disabled for 1706]",
        f"{'x' * 225}... [tsfix: disabled for 1706]",
    ] == [marked("x" * length, "disabled for 1706", two, 255) for length in (100, 170, 210, 250)]


def check_grammar(done: Rewritten) -> None:
    """Attributes and children in the order of every site; variables sorted by property; both halves of steps agree."""
    for exported in done.copy.task_sequences:
        for element in elements(sequence_document(done.copy, exported)):
            names = [str(name) for name in element.attrib]
            if element.tag in ("group", "step", "subtasksequence"):
                assert [name for name in ITEM_ATTRIBUTES if name in names] == names
                children = [str(child.tag) for child in element]
                known = [tag for tag in ("condition", "action", "defaultVarList") if tag in children]
                assert children[: len(known)] == known
            if element.tag == "defaultVarList":
                properties = [variable.get("property", "") for variable in element]
                assert sorted(properties) == properties
        for step in exported.task_sequence.sequence.steps():
            if step.type == RUN:
                package, command = (step.property(name) for name in ("PackageID", "CommandLine"))
                expected = f"smsswd.exe /run:{package.value if package else ''} {command.value if command else ''}"
                assert expected == step.action
            codes = step.property("SuccessCodes")
            if codes is not None and step.type == RUN:
                assert dict(step.attributes)["successCodeList"] == codes.value


@pytest.mark.parametrize("policy", POLICIES)
def test_the_grammar_is_kept(policy: NewSteps) -> None:
    made = of(
        unknown("A", description="d", continue_on_error=True, timeout=900, condition=on.when(on.UEFI)),
        absent_call("B"),
        Group(
            name="C",
            condition=on.when(on.variable("Ring", "like", "x*")),
            continue_on_error=True,
            children=(checking("D"),),
        ),
        basic.run_command_line("E", 'cmd.exe /c echo "<&>"', package_id="CHQ00016"),
    )
    check_grammar(rewritten(made, request("1610", policy=policy, maps={"CHQ00016": "LEG00016"})))


def test_the_placeholder_is_a_step_of_every_site() -> None:
    made = of(
        unknown(
            'Old "name" & <more>',
            timeout=900,
            continue_on_error=True,
            run_in="WinPE",
            success_codes="0 5",
            retry_count=2,
        )
    )
    done = rewritten(made, request("1706", policy="placeholder"))
    text = sequence_document(done.copy, done.copy.task_sequences[0]).data.decode()
    (found,) = re.findall("<step .*</step>", text)
    assert found == (
        '<step type="SMS_TaskSequence_RunCommandLineAction" name="Old &quot;name&quot; &amp; &lt;more&gt;" '
        'description="[tsfix: stands for a step that 1706 does not know. step type &quot;Fabrikam_Custom_Action&quot; is '
        'unknown]" disable="true" runIn="WinPEandFullOS" successCodeList="0" retryCount="0" runFromNet="false">'
        "<action>smsswd.exe /run: cmd.exe /c exit 0</action><defaultVarList>"
        '<variable name="CommandLine" property="CommandLine" hidden="true">cmd.exe /c exit 0</variable>'
        '<variable name="SMSTSDisableWow64Redirection" property="DisableWow64Redirection">false</variable>'
        '<variable name="PackageID" property="PackageID" hidden="true"></variable>'
        '<variable name="SuccessCodes" property="SuccessCodes" hidden="true">0</variable></defaultVarList></step>'
    )


@pytest.mark.parametrize("policy", ["disable", "placeholder", "remove"])
def test_no_blank_line_and_no_other_byte(policy: NewSteps) -> None:
    """In a file with indents everything around the step stays as it was, line by line."""
    text = pretty_text(basic.restart("A"), unknown(), basic.restart("B"))
    done = rewritten(raw(text), request("1706", policy=policy))
    after = done.copy.parts.parts["raw.xml"].decode()
    lines, copied = text.split("\r\n"), after.split("\r\n")
    start = next(number for number, line in enumerate(lines) if UNKNOWN_STEP in line)
    end = next(number for number in range(start, len(lines)) if "</step>" in lines[number])
    assert [] == [line for line in copied if not line.strip()]
    assert lines[:start] == copied[:start]
    assert lines[end + 1 :] == copied[start if policy == "remove" else -len(lines[end + 1 :]) :]
    assert "\n" not in after.replace("\r\n", "")


# References go with the steps, everywhere, and only those.


def lists(found: Export, index: int = 0) -> dict[str, list[str]]:
    exported = found.task_sequences[index]
    sequence_, objects = exported.task_sequence.sequence, exported.task_sequence.object_references
    return {
        "list": [str(item.package or item.application) for item in sequence_.references],
        "object": [str(item.package) for item in objects],
        "rows": [str(row.package_id) for row in exported.references_info],
    }


@pytest.mark.parametrize("policy", ["disable", "placeholder", "remove"])
def test_references_of_steps_out_of_action_go_everywhere(policy: NewSteps) -> None:
    made = of(
        unknown("Gone", needs=("CHQ00017",)),
        own_step(
            UNKNOWN_STEP, "Both", "smsswd.exe /run:CHQ00018 x", ("P", "PackageID", "CHQ00018"), needs=("CHQ00018",)
        ),
        basic.run_command_line("Stays", "x", package_id="CHQ00019", site=1606),
        own_step(
            UNKNOWN_STEP, "Shared", "smsswd.exe /run:CHQ00019 x", ("P", "PackageID", "CHQ00019"), needs=("CHQ00019",)
        ),
    )
    done = rewritten(made, request("1706", policy=policy))
    # CHQ00017 stands in the list of the original without a step that names it; that is not ours to judge.
    assert {
        "list": ["CHQ00017", "CHQ00019"],
        "object": ["CHQ00017", "CHQ00019"],
        "rows": ["CHQ00017", "CHQ00019"],
    } == lists(done.copy)


def test_the_last_reference_takes_its_list_along() -> None:
    """Sites write no empty list, neither in the sequence nor in the object."""
    step = own_step(
        UNKNOWN_STEP, "S", "smsswd.exe /run:CHQ00018 x", ("P", "PackageID", "CHQ00018"), needs=("CHQ00018",)
    )
    done = rewritten(of(step), request("1706", policy="disable"))
    data = done.copy.parts.parts[done.copy.task_sequences[0].part]
    assert 0 == data.count(b"referenceList")
    root = etree.fromstring(data)
    (array,) = root.xpath("PROPERTY.OBJECTARRAY[@NAME='References']")
    assert ["QUALIFIER"] == [child.tag for child in array]
    assert b"\r\n    \r\n" not in data
    info = next(value for name, value in done.copy.parts.parts.items() if name.endswith("/ReferencesInfo.xml"))
    assert 0 == info.count(b"<string>")


def test_the_boot_image_stays_although_a_step_that_names_it_goes() -> None:
    step = own_step(UNKNOWN_STEP, "S", "", ("P", "PackageID", "CHQ00005"), needs=("CHQ00005",))
    made = export(sequence("CHQ00050", "TS", step, basic.restart("R"), boot_image="CHQ00005"))
    done = rewritten(made, request("1706", policy="disable"))
    assert {"list": set(), "object": {"CHQ00005"}, "rows": {"CHQ00005"}} == {
        where: set(ids) for where, ids in lists(done.copy).items()
    }


def test_an_application_goes_from_its_own_rows() -> None:
    office = Application(model="ScopeId_A/Application_B", name="Office", ci_id=1, package="ABC00090")
    other = Application(model="ScopeId_A/Application_C", name="Other", ci_id=2, package="ABC00091")
    many = tuple((office.model, office.name) for _ in range(11))
    made = export(
        sequence(
            "CHQ00050",
            "TS",
            basic.install_applications("Many", many, site=1606, timeout=600),
            basic.install_applications("One", ((other.model, other.name),), site=1606),
        ),
        applications=(office, other),  # type: ignore[arg-type]
    )
    done = rewritten(made, request("1606", policy="disable"))
    assert [("disabled", "Many")] == taken_out(done)
    assert {"list": [other.model], "object": [other.model], "rows": []} == lists(done.copy)
    info = next(value for name, value in done.copy.parts.parts.items() if name.endswith("AppReferencesInfo.xml"))
    assert (0, 1) == (info.count(office.model.encode()), info.count(other.model.encode()))


def test_parents_lose_what_their_children_lose() -> None:
    def call(name: str, child: str, *needs: str) -> Step:
        return basic.run_task_sequence(name, child, "x", tuple(Reference(package=found) for found in needs))

    step = own_step(
        UNKNOWN_STEP, "S", "smsswd.exe /run:CHQ00018 x", ("P", "PackageID", "CHQ00018"), needs=("CHQ00018",)
    )
    made = export(
        sequence("CHQ00060", "Top", call("Middle", "CHQ00061", "CHQ00016", "CHQ00018", "CHQ00062")),
        sequence("CHQ00061", "Middle", call("Bottom", "CHQ00062", "CHQ00016", "CHQ00018"), basic.restart("R")),
        sequence("CHQ00062", "Bottom", step, basic.run_command_line("C", "x", package_id="CHQ00016", site=1906)),
    )
    done = rewritten(made, request("2010", policy="disable"))
    new = {str(old): str(fresh) for old, fresh in done.new_ids}
    roll_ups = [
        variable.value
        for item in done.copy.task_sequences
        for found in item.task_sequence.sequence.steps()
        for variable in found.variables
        if variable.property == "TsReferencePackages"
    ]
    assert [",".join(sorted(["CHQ00016", new["CHQ00062"]])), "CHQ00016"] == roll_ups
    for index in range(3):
        assert [] == [where for where, ids in lists(done.copy, index).items() if "CHQ00018" in ids]
    assert sorted(["CHQ00016", new["CHQ00061"], new["CHQ00062"]]) == lists(done.copy)["object"]


def test_a_disabled_step_keeps_everything_else() -> None:
    """Whoever enables it again finds the old step: only the mark and the switch are new."""
    step = checking("Check", condition=on.when(on.UEFI))
    made = of(step)
    done = rewritten(made, request("1706", policy="disable"))
    before, after = _step_bytes(made, "Check").decode(), _step_bytes(done.copy, "Check").decode()
    mark = 'description="[tsfix: disabled for 1706. CheckNetworkWired: target 1706 &lt; needs 2002]" disable="true"'
    assert before.replace('description=""', mark) == after


def test_a_group_that_loses_all_its_steps_stays() -> None:
    done = rewritten(of(Group(name="G", children=(unknown(),))), request("1706", policy="remove"))
    (group,) = done.copy.task_sequences[0].task_sequence.sequence.children
    assert isinstance(group, ModelGroup)
    assert () == group.children


@pytest.mark.parametrize("policy", ["disable", "placeholder", "remove"])
def test_what_only_newer_clients_run_is_left_to_them(policy: NewSteps) -> None:
    query = "SELECT * FROM SMS_Client WHERE ClientVersion >= '5.00.9000.1000'"
    newer = Group(name="New", condition=on.when(on.wmi(query, r"root\ccm")), children=(checking("Guarded"),))
    made = export(sequence("CHQ00050", "TS", newer, checking("Open")))
    assert ["Open"] == [name for _, name in taken_out(rewritten(made, request("1806", policy=policy)))]
    assert is_unchanged(export(sequence("CHQ00050", "TS", newer)), request("1806", policy=policy))


def test_an_unknown_class_goes_also_where_only_newer_clients_run_it() -> None:
    """An older site may not take the class in, whoever runs the step."""
    query = "SELECT * FROM SMS_Client WHERE ClientVersion >= '5.00.9000.1000'"
    newer = Group(name="New", condition=on.when(on.wmi(query, r"root\ccm")), children=(unknown("Guarded"),))
    done = rewritten(export(sequence("CHQ00050", "TS", newer)), request("1806", policy="disable"))
    assert [("disabled", "New > Guarded")] == taken_out(done)
