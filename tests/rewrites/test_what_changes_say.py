"""The words of the report: what each kind of change is called, what stood there, what stands there, and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.decisions.test_use_upgrade_package import decision, upgrade
from tests.made import Group, Known, Step, export, on, request, rewritten, sequence, step_values, steps
from tests.made import osd_steps as osd
from tests.rewrites import test_child_pasted as family
from tests.rewrites import test_operators_and_scripts as forms
from tests.rewrites import test_script_packages as scripts
from tests.rewrites import test_step_groups as groups
from tsfix.changes import Change
from tsfix.conversion import Rewritten
from tsfix.knowledge.facts import Source

Said = tuple[str, str, str, str | None, str | None]
"""Kind, field, label, before and after."""
Why = tuple[str, str, str, bool, int]
"""Rule, topic, text, whether it names a trade-off, number of sources."""

STEP = "SMS_TaskSequence_"
UNUSED = ("R46", "references", "no enabled step of the copy uses it any more", False, 0)
OUT = ("R46", "references", "its steps were pasted, so no enabled step uses it any more", False, 0)
IN = ("R46", "references", "a step of a pasted child uses it", False, 0)


def listed(old: str | None, new: str | None, name: str) -> list[Said]:
    """What the three lists of one task sequence lose and get."""
    places = (
        ("reference", "reference list"),
        ("object-reference", "References array of the object"),
        ("references-info", f"ReferencesInfo.xml of {name}"),
    )
    return [
        (kind, f"{field}:{package}", label, before, after)
        for field, label in places
        for kind, package, before, after in (("removed", old, old, None), ("added", new, None, new))
        if package is not None
    ]


def with_test(operator: str, value: str) -> Rewritten:
    return rewritten(forms.conditional(on.any_of(on.variable("Make", operator, value))), request("2010"))


def stale_call() -> Rewritten:
    """A parent whose list does not hold what its child needs."""
    call = replace(family.call("Call", family.CHILD), references=steps.package(family.CHILD))
    return rewritten(family.family(call), request("1706"))


def newer_script(policy: str) -> Rewritten:
    script = steps.run_powershell_script("Script", package_id="CHQ00016", script="x.ps1", output_variable="Y")
    found = export(sequence("CHQ00050", "TS", script), known=(Known(id="CHQ00016", name="Tools"),))
    return rewritten(found, request("1706", policy=policy))  # type: ignore[arg-type]


def of_no_type() -> Rewritten:
    step = Step(type="", name="S", action="x")
    return rewritten(export(sequence("CHQ00050", "TS", step)), request("1706", policy="disable"))


def retried() -> Rewritten:
    """For a version that ignores the attribute, in a step and in one that stands in a group."""
    step = steps.run_command_line("A", "a.cmd", retry_count=2, site=1606)
    group = Group(name="G", children=(replace(step, name="B"),))
    return rewritten(export(sequence("CHQ00050", "TS", step, group)), request("2012-sp1"))


def removed_with_retries() -> Rewritten:
    step = Step(type="Fabrikam", name="S", action="x", retry_count=2)
    return rewritten(export(sequence("CHQ00050", "TS", step)), request("2012-sp1", policy="remove"))


def upgraded() -> Rewritten:
    found = export(sequence("CHQ00D00", "Deploy", upgrade()))
    return rewritten(found, request("2010", decisions=(decision("LEG00060"),)))


RULES = "variable:OSDSetDynamicVariablesRules"


def rule_text(operator: str) -> str:
    found = forms.rules((operator, "HP")).task_sequences[0]
    return step_values(found, "Rules")["OSDSetDynamicVariablesRules"]


NEWER = "OutputVariableName: target 1706 < needs 1902"
NO_TYPE = 'step type "(none)" is unknown'
OPERATOR = ("R34", "rewritten", "target 2010 < needs 2103", True, 1)
CASES: dict[str, tuple[Callable[[], Rewritten], list[tuple[Said, Why]]]] = {
    "not like, with a wildcard": (
        lambda: with_test("notLike", "HP*"),
        [
            (
                (
                    *("changed", "condition", "condition"),
                    *('if any of: Make is not like "HP*"', 'if any of: (none of: Make is like "HP*")'),
                ),
                OPERATOR,
            )
        ],
    ),
    "not like, without one": (
        lambda: with_test("notLike", "HP"),
        [
            (
                (
                    *("changed", "condition", "condition"),
                    *('if any of: Make is not like "HP"', 'if any of: Make does not equal "HP"'),
                ),
                OPERATOR,
            )
        ],
    ),
    "rules": (
        lambda: rewritten(forms.rules(("notLike", "HP")), request("2010")),
        [((*("changed", RULES, RULES.partition(":")[2]), rule_text("notLike"), rule_text("notEquals")), OPERATOR)],
    ),
    "inline script": (
        lambda: rewritten(forms.script(*forms.SCRIPT), request("1806")),
        [
            (
                ("replaced", "step", "step", f"{STEP}RunPowerShellScriptAction", "Run Command Line"),
                ("R25", "rewritten", "target 1806 < needs 1902", True, 1),
            )
        ],
    ),
    "applications in parts": (
        lambda: rewritten(groups.export(groups.apps(10, site=1606)), request("1610")),
        [
            (
                ("replaced", "step", "step", f"{STEP}InstallApplicationAction", "group with 2 steps"),
                ("R25", "rewritten", "target 1610 < needs 1702", True, 1),
            )
        ],
    ),
    "pasted children": (
        stale_call,
        [
            (
                (
                    *("replaced", "step", "step", f"{STEP}SubTasksequence"),
                    'group with the 5 steps of "Child" (CHQ00041)',
                ),
                ("R25", "rewritten", "target 1706 < needs 1710", True, 1),
            ),
            (
                (
                    *("replaced", "step", "step", f"{STEP}SubTasksequence"),
                    'group with the 2 steps of "Below" (CHQ00042)',
                ),
                ("R25", "rewritten", "target 1706 < needs 1710", True, 1),
            ),
            *((said, OUT if said[0] == "removed" else IN) for said in listed("CHQ00041", "CHQ00021", "Parent")),
            *((said, OUT) for said in listed("CHQ00042", None, "Child")),
        ],
    ),
    "an attribute that older clients ignore": (
        retried,
        [
            (
                ("changed", "sequence-attribute:version", "version of the sequence", "3.10", "3.00"),
                ("R26", "content", "target 2012-sp1 < 1606, the oldest that surely has it; 1511 lacks it", False, 1),
            ),
            *[
                (
                    ("removed", "attribute:retryCount", "number of retries (retryCount)", "2", None),
                    ("R26", "content", "target 2012-sp1 < needs 2012-r2-sp1", True, 1),
                )
            ]
            * 2,
        ],
    ),
    "a step without a type": (
        of_no_type,
        [
            (
                ("disabled", "attribute:disable", "disabled (disable)", None, "true"),
                ("R44", "content", NO_TYPE, False, 0),
            ),
            (
                ("changed", "attribute:description", "description", "", f"[tsfix: disabled for 1706. {NO_TYPE}]"),
                ("R44", "content", NO_TYPE, False, 0),
            ),
        ],
    ),
    "a step that is removed, with an attribute that older clients ignore": (
        removed_with_retries,
        [
            (("removed", "step", "step", "S", None), ("R44", "content", 'step type "Fabrikam" is unknown', False, 0)),
            (
                ("changed", "sequence-attribute:version", "version of the sequence", "3.10", "3.00"),
                ("R26", "content", "target 2012-sp1 < 1606, the oldest that surely has it; 1511 lacks it", False, 1),
            ),
        ],
    ),
    "upgrade package": (
        upgraded,
        [
            (
                (
                    *("replaced", "step", "step", f"{STEP}UpgradeOperatingSystemAction"),
                    "Upgrade Operating System with package LEG00060",
                ),
                (
                    *("R25", "rewritten"),
                    "you decided: CHG0012345; it upgrades from package LEG00060 in place of the feature update",
                    *(False, 1),
                ),
            ),
            *(
                (
                    ("added", f"{field}:LEG00060", label, None, "LEG00060"),
                    ("R46", "references", "a step of the copy uses it now", False, 0),
                )
                for field, label in (
                    ("reference", "reference list"),
                    ("object-reference", "References array of the object"),
                )
            ),
            (
                ("changed", "package-property:ReferencesCount", "number of references", "0", "1"),
                ("R46", "references", "a step of the copy uses it now", False, 0),
            ),
            (
                ("added", "references-info:LEG00060", "ReferencesInfo.xml of Deploy", None, "LEG00060"),
                ("R46", "references", "a step of the copy uses it now", False, 0),
            ),
        ],
    ),
    "placeholder": (
        lambda: newer_script("placeholder"),
        [
            (
                ("replaced", "step", "step", f"{STEP}RunPowerShellScriptAction", "disabled placeholder"),
                ("R26", "content", NEWER, False, 1),
            ),
            *((said, UNUSED) for said in listed("CHQ00016", None, "TS")),
        ],
    ),
    "removed": (
        lambda: newer_script("remove"),
        [
            (("removed", "step", "step", "Script", None), ("R26", "content", NEWER, False, 1)),
            *((said, UNUSED) for said in listed("CHQ00016", None, "TS")),
        ],
    ),
}


def why(change: Change) -> list[Why]:
    result: list[Why] = []
    for reason in change.reasons:
        text, _, trade_off = reason.text.partition(". Trade-off: ")
        assert all(isinstance(source, Source) for source in reason.sources)
        result.append((reason.rule, reason.topic, text, trade_off != "", len(reason.sources)))
    return result


@pytest.mark.parametrize("kind", CASES)
def test_a_change_is_told_with_its_reason(kind: str) -> None:
    """Without what every copy gets (name, ID, description) and properties of the object that the target lacks."""
    make, expected = CASES[kind]
    found = [
        ((one.kind, one.field, one.label, one.before, one.after), why(one))
        for one in make().changes
        if not {reason.rule for reason in one.reasons} & {"R54", "R31"}
    ]
    assert [(said, [reason]) for said, reason in expected] == found


def test_the_number_of_properties_is_told_as_such() -> None:
    found = export(sequence("CHQ00050", "TS", osd.setup_windows("Client", "CHQ00003", "")))
    done = rewritten(found, request("1810", client="LEG00042"))
    assert [
        (("removed", "package-property:BaseBoardProductID", "BaseBoardProductID", "", None), 2),
        (("removed", "package-property:DriverOSVersion", "DriverOSVersion", "", None), 2),
        (("removed", "package-property:DriverPkgVersion", "DriverPkgVersion", "", None), 2),
        (("removed", "package-property:SourceSize", "SourceSize", "0", None), 2),
        (("changed", "package-property:__PROPERTY_COUNT", "number of properties", "78", "74"), 0),
    ] == [
        ((one.kind, one.field, one.label, one.before, one.after), len(one.reasons[0].sources))
        for one in done.changes
        if one.reasons[0].rule == "R31" and one.reasons[0].topic == "neutral"
    ]


def test_a_property_that_goes_is_told_with_its_whole_value() -> None:
    found = export(sequence("CHQ00050", "TS", osd.setup_windows("Client", "CHQ00003", "")))
    changes = rewritten(found, request("1702", client="LEG00042")).changes
    (enabled,) = (one for one in changes if one.field == "package-property:TsEnabled")
    assert ("removed", "TRUE", None) == (enabled.kind, enabled.before, enabled.after)


@pytest.mark.parametrize(
    ("to", "rule", "what"), [("1706", "R26", "Run PowerShell Script"), ("2012-sp1", "R24", "Run Command Line")]
)
def test_a_script_in_a_package_is_told_with_both(to: str, rule: str, what: str) -> None:
    wanted = request(to, decisions=(scripts.decision(rule=rule),))
    (change, *_) = rewritten(scripts.of(scripts.script()), wanted).changes
    text = "you decided: CHG0012345; the script is to lie in package LEG00050 as Set-Wallpaper.ps1"
    before = f"{STEP}RunPowerShellScriptAction"
    assert (
        ("replaced", "step", "step", before, f"{what} with package LEG00050"),
        [("R25", "rewritten", text, False, 1)],
    ) == ((change.kind, change.field, change.label, change.before, change.after), why(change))
