"""``auto`` never loses function. One row for each feature that a step of the knowledge base can use, made from the facts.

At a value in use the copy is refused, or the step stays as it is, or it changes as the facts call equivalent. At a
neutral value the variable is left out, and nothing else.
"""

from __future__ import annotations

import pytest
from msgspec import Struct

from tests.made import (
    Step,
    cloned,
    is_unchanged,
    knowledge,
    own_step,
    raw,
    refused,
    request,
    rewritten,
    sequence_text,
    step_values,
)
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tsfix.conversion import Refused, Rewritten, Unchanged
from tsfix.knowledge.facts import Feature, Match, StepFact, Version

IN_USE = {
    "partition-type-recovery": "Recovery",
    "run-powershell-parameters-variable": "%Parameters%",
    "dynamic-variables-make-model-wildcards": '<Rules><Rule><condition><expression type="SMS_TaskSequence_MakeModelConditionExpression"><variable name="Make">Fabrikam*</variable></expression></condition></Rule></Rules>',
    "dynamic-variables-secret": '<Rules><Rule><Variables><Variable Name="A" IsSecret="true"></Variable></Variables></Rule></Rules>',
    "dynamic-variables-operator-like": '<Rules><Rule><condition><expression type="SMS_TaskSequence_VariableConditionExpression"><variable name="Operator">like</variable><variable name="Value">a*</variable></expression></condition></Rule></Rules>',
    "dynamic-variables-operator-notlike": '<Rules><Rule><condition><expression type="SMS_TaskSequence_VariableConditionExpression"><variable name="Operator">notLike</variable><variable name="Value">a*</variable></expression></condition></Rule></Rules>',
    "setup-windows-provisionts": "PROVISIONTS=CHQ00050",
    "apply-driver-package-recurse-switch": "osddriverclient.exe /install:CHQ00014 /recurse:True",
    "apply-os-run-from-network-switch": "OSDApplyOS.exe /image:CHQ00012,1 /runfromnet:True",
    "enable-bitlocker-full-disk-switch": "OSDBitLocker.exe /enable /full:True",
    "enable-bitlocker-encryption-method-switch": "OSDBitLocker.exe /enable /crypt:4",
    "enable-bitlocker-skip-without-tpm-switch": "OSDBitLocker.exe /enable /ignoretpm:True",
    "preprovision-bitlocker-full-disk-switch": "OSDOfflineBitlocker.exe /enable /full:True",
    "preprovision-bitlocker-encryption-method-switch": "OSDOfflineBitlocker.exe /enable /crypt:4",
    "prepare-windows-shutdown-switch": "osdprepareos.exe /shutdown:True",
    "set-variable-hidden-flag-in-action": 'tsenv.exe "A=" /hiddenflag:True',
}
"""Values in use where the predicate is a pattern; for switches the whole action line."""


class Row(Struct, frozen=True, kw_only=True):
    fact: StepFact
    feature: Feature
    target: Version

    @property
    def id(self) -> str:
        return f"{self.feature.id}-{self.target.id}"


def rows(*where: str) -> list[Row]:
    """Every feature of steps, with the newest version that lacks it and has the step."""
    found = []
    for fact in knowledge().step_types():
        for feature in fact.features:
            lacking = [
                version
                for version in knowledge().versions
                if knowledge().feature_age(feature, version).newer and not knowledge().step_age(fact, version).newer
            ]
            if feature.match.where in where and lacking:
                found.append(Row(fact=fact, feature=feature, target=max(lacking, key=lambda version: version.order)))
    return found


def value_in_use(feature: Feature, match: Match) -> str:
    if feature.id in IN_USE and match is feature.match:
        return IN_USE[feature.id]
    if match.op in ("equals", "in", "equals-ignore-case"):
        return match.values[0]
    if match.op in ("not-in", "not-equals"):
        return next(text for text in ("7", "x") if text not in match.values)
    if match.op == "gt":
        return str(int(match.values[0]) + 1)
    assert match.op in ("nonempty", "present"), (feature.id, match.op)
    return "x"


def step_with(row: Row, value: str, *more: tuple[str, str, str], action: str = "program.exe", name: str = "S") -> Step:
    feature = row.feature
    variables = list(more)
    if feature.match.where == "variable":
        name_of = feature.property if feature.match.name == feature.variable else feature.match.name
        variables.append((feature.match.name.replace("#", "0"), name_of.replace("#", "0"), value))
    if feature.only_if is not None and feature.only_if.where == "variable":
        variables.append((feature.only_if.name, feature.only_if.name, value_in_use(feature, feature.only_if)))
    return own_step(row.fact.type, name, action, *variables)


def text_of(*steps: Step) -> str:
    """Of the oldest schema, so that the version of the sequence is no matter."""
    return sequence_text(*steps, version="3.00")


VARIABLES = [row for row in rows("variable") if row.feature.severity != "info"]


@pytest.mark.parametrize("row", VARIABLES, ids=lambda row: row.id)
def test_a_setting_in_use(row: Row) -> None:
    feature = row.feature
    step = step_with(row, value_in_use(feature, feature.match))
    text = text_of(step)
    made = raw(text)
    outcome = cloned(made, request(str(row.target.id)))
    if feature.downlevel.rewrite:
        # Written in another form, or refused with the reason; tests of these rewrites are elsewhere.
        assert isinstance(outcome, Rewritten | Refused)
        return
    if feature.only_if is not None and isinstance(outcome, Refused):
        # What the setting belongs to is itself newer than the target, and in use.
        return
    if feature.downlevel.automatic != "always":
        assert isinstance(outcome, Refused if feature.severity == "error" else Unchanged), feature.id
        return
    assert isinstance(outcome, Rewritten)
    variable = step.variables[0][0]
    values = step_values(outcome.copy.task_sequences[0], "S")
    wanted = feature.downlevel.set_value
    assert (wanted is None) == (variable not in values)
    assert values.get(variable, wanted) == wanted


@pytest.mark.parametrize("row", [row for row in rows("variable") if row.feature.neutral], ids=lambda row: row.id)
def test_a_setting_at_a_neutral_value(row: Row) -> None:
    feature = row.feature
    for value in feature.neutral:
        if feature.only_if is not None:
            continue
        step = own_step(
            row.fact.type,
            "S",
            "program.exe",
            (feature.variable.replace("#", "0"), feature.property.replace("#", "0"), value),
        )
        text = text_of(step, basic.restart("R"))
        done = rewritten(raw(text), request(str(row.target.id)))
        before, variable = text, feature.variable.replace("#", "0")
        start = before.index(f'<variable name="{variable}"')
        end = before.index("</variable>", start) + len("</variable>")
        assert before[:start] + before[end:] == done.copy.parts.parts["raw.xml"].decode()
        assert [("removed", f"variable:{variable}", "neutral")] == [
            (change.kind, change.field, change.topic) for change in done.changes
        ]


@pytest.mark.parametrize("row", rows("variable"), ids=lambda row: row.id)
def test_a_version_that_has_the_setting_changes_nothing(row: Row) -> None:
    introduced = row.feature.introduced.version
    assert introduced is not None
    values = (value_in_use(row.feature, row.feature.match), *row.feature.neutral)
    for number, value in enumerate(values):
        outcome = cloned(raw(text_of(step_with(row, value))), request(introduced))
        variable = (step_with(row, value).variables or (("", "", ""),))[0][0]
        if isinstance(outcome, Rewritten):
            # Another feature of the same variable may be newer still; rule 4 takes pre-production packages out for all.
            assert row.feature.id == "setup-windows-preproduction-client" or any(
                other is not row.feature and other.variable == row.feature.variable for other in row.fact.features
            ), (number, variable, outcome.changes)
        elif isinstance(outcome, Refused):
            assert row.feature.id not in {reason.subject for reason in outcome.reasons}


SWITCHES = rows("action")


@pytest.mark.parametrize("row", SWITCHES, ids=lambda row: row.id)
def test_a_switch_that_says_something_is_not_cut(row: Row) -> None:
    """The client reads the action line: there the switch is in use, whatever the variables say."""
    made = raw(text_of(step_with(row, "", action=IN_USE[row.feature.id])))
    assert ("R26", row.feature.id) in refused(made, request(str(row.target.id)))


@pytest.mark.parametrize("row", SWITCHES, ids=lambda row: row.id)
@pytest.mark.parametrize("value", ["neutral", "%Variable%"])
def test_a_switch_at_a_neutral_value_is_cut(row: Row, value: str) -> None:
    switch, _, used = IN_USE[row.feature.id].split()[-1].partition(":")
    if value == "neutral" or switch == "/hiddenflag":
        value = "False" if used == "True" else "0"
    action = f"{' '.join(IN_USE[row.feature.id].split()[:-1])} {switch}:{value}"
    text = text_of(step_with(row, "", action=action))
    done = rewritten(raw(text), request(str(row.target.id)))
    assert text.replace(f" {switch}:{value}</action>", "</action>") == done.copy.parts.parts["raw.xml"].decode()


PAIRS = [
    # action line, rows of the step, property, what the copy's action line is; None: refused
    (
        "SMS_TaskSequence_EnableBitLockerAction",
        "OSDBitLocker.exe /enable /full:False /crypt:0 /ignoretpm:False",
        {"EncryptFullDisk": "false", "EncryptMethod": "0", "SkipWhenNoValidTPM": "false"},
        "OSDBitLocker.exe /enable",
    ),
    (
        "SMS_TaskSequence_EnableBitLockerAction",
        "OSDBitLocker.exe /enable /full:True /crypt:0 /ignoretpm:False",
        {"EncryptFullDisk": "true", "EncryptMethod": "0", "SkipWhenNoValidTPM": "false"},
        None,
    ),
    (
        "SMS_TaskSequence_EnableBitLockerAction",
        "OSDBitLocker.exe /enable /full:True /crypt:0 /ignoretpm:False",
        {"EncryptFullDisk": "false", "EncryptMethod": "0", "SkipWhenNoValidTPM": "false"},
        None,
    ),
    (
        "SMS_TaskSequence_EnableBitLockerAction",
        "OSDBitLocker.exe /enable /full:False /crypt:0 /ignoretpm:False",
        {"EncryptFullDisk": "true", "EncryptMethod": "0", "SkipWhenNoValidTPM": "false"},
        None,
    ),
    (
        "SMS_TaskSequence_ApplyDriverPackageAction",
        "osddriverclient.exe /install:CHQ00014 /recurse:%OSDRecurse%",
        {"Recurse": "false", "DriverPackageID": "CHQ00014"},
        "osddriverclient.exe /install:CHQ00014",
    ),
    (
        "SMS_TaskSequence_ApplyDriverPackageAction",
        "osddriverclient.exe /install:CHQ00014 /recurse:%OSDRecurse%",
        {"Recurse": "true", "DriverPackageID": "CHQ00014"},
        None,
    ),
    (
        "SMS_TaskSequence_SetVariableAction",
        'tsenv.exe "A=b" /hiddenflag:False',
        {"DoNotShowVariableValue": "false", "VariableName": "A", "VariableValue": "b"},
        'tsenv.exe "A=b"',
    ),
    (
        "SMS_TaskSequence_SetVariableAction",
        'tsenv.exe "A=" /hiddenflag:True',
        {"DoNotShowVariableValue": "true", "VariableName": "A"},
        None,
    ),
]


@pytest.mark.parametrize(("kind", "action", "settings", "expected"), PAIRS)
def test_both_halves_of_a_step(kind: str, action: str, settings: dict[str, str], expected: str | None) -> None:
    fact = knowledge().step(kind)
    assert fact is not None
    names = dict(fact.base_properties) | {
        feature.property: feature.variable for feature in fact.features if feature.variable
    }
    variables = tuple((names[prop], prop, value) for prop, value in settings.items())
    made = raw(text_of(own_step(kind, "S", action, *variables)))
    if expected is None:
        assert "R26" in {rule for rule, _ in refused(made, request("1610"))}
    else:
        done = rewritten(made, request("1610"))
        assert expected == step_values(done.copy.task_sequences[0], "S")["action"]


@pytest.mark.parametrize("policy", ["disable", "keep"])
def test_a_step_that_needs_a_decision_is_not_changed_by_half(policy: str) -> None:
    """Cutting the switch of a secret would show it; cutting ``/full:True`` would encrypt less."""
    hidden = basic.set_variable("Key", "FirmwareKey", "", hidden=True)
    full = osd.enable_bitlocker("BitLocker")
    rows_ = tuple((name, prop, "true" if "EncryptFullDisk" in prop else value) for name, prop, value in full.variables)
    locked = Step(
        type=full.type, name="BitLocker", action=full.action.replace("/full:False", "/full:True"), variables=rows_
    )
    client = osd.setup_windows("Client", "CHQ00003", "")
    made = raw(sequence_text(hidden, locked, client))
    done = rewritten(made, request("1706", client="LEG00042", policy=policy))  # type: ignore[arg-type]
    for name in ("Key", "BitLocker"):
        assert step_values(made.task_sequences[0], name) == step_values(done.copy.task_sequences[0], name)
    assert is_unchanged(done.copy, request("1706", client="LEG00042", policy=policy)) or policy == "keep"  # type: ignore[arg-type]


def test_the_attribute_that_every_older_site_writes_otherwise() -> None:
    made = raw(text_of(osd.apply_network_settings("Network", site=2309)))
    done = rewritten(made, request("1902"))
    (step,) = done.copy.task_sequences[0].task_sequence.sequence.steps()
    assert "WinPEandFullOS" == dict(step.attributes)["runIn"]
    assert is_unchanged(made, request("1910"))


def test_the_version_of_the_schema() -> None:
    made = raw(sequence_text(basic.restart("R"), version="3.10"))
    done = rewritten(made, request("1602"))
    assert done.copy.parts.parts["raw.xml"] == made.parts.parts["raw.xml"].replace(b'"3.10"', b'"3.00"')
    assert is_unchanged(made, request("1606"))
    assert is_unchanged(raw(sequence_text(basic.restart("R"), version="3.00")), request("2012"))


def test_every_feature_with_a_pattern_has_a_value_here() -> None:
    patterns = {row.feature.id for row in rows("variable", "action") if row.feature.match.op == "regex"}
    assert patterns - IN_USE.keys() == set()
