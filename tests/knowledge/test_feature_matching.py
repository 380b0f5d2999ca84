"""The predicate that tells whether a feature is in use: one table for every operator."""

from __future__ import annotations

import base64

import pytest
from msgspec.structs import replace

from tests.knowledge.sequences import condition, reference, sequence, step, task_sequence, variable
from tsfix.knowledge.facts import Downlevel, Feature, Introduced, Match, Source
from tsfix.knowledge.load import load
from tsfix.knowledge.matching import Context, Item, carriers, in_use, is_neutral, use_of
from tsfix.task_sequence import Step
from tsfix.values import PackageId, VersionId

REBOOT = "SMS_TaskSequence_RebootAction"
CHILD = "SMS_TaskSequence_SubTasksequence"


def feature(
    match: Match, *, only_if: Match | None = None, variable_name: str = "", neutral: tuple[str, ...] = ()
) -> Feature:
    return Feature(
        id="a-feature",
        property="",
        variable=variable_name,
        detect="in words",
        match=match,
        only_if=only_if,
        neutral=neutral,
        introduced=Introduced(version=VersionId("1710"), bound="exact"),
        severity="error",
        behaviour_only=False,
        effect_on_older="none",
        downlevel=Downlevel(kind="flag", text="in words"),
        confidence="documented",
        source=Source(page="a page"),
    )


def used(match: Match, item: Item, context: Context | None = None) -> bool:
    if context is None:
        context = Context(sequence=sequence(*([item] if item is not None else [])))
    return in_use(feature(match), item, context)


@pytest.mark.parametrize(
    ("op", "values", "value", "expected"),
    [
        ("present", (), "", True),
        ("present", (), None, False),
        ("absent", (), None, True),
        ("absent", (), "", False),
        ("nonempty", (), "x", True),
        ("nonempty", (), " \n", False),
        ("nonempty", (), None, False),
        ("equals", ("true",), "true", True),
        ("equals", ("true",), " TRUE ", True),
        ("equals", ("true",), "false", False),
        ("equals", ("true",), None, False),
        ("not-equals", ("Normal",), "Vss", True),
        ("not-equals", ("Normal",), "normal", False),
        ("not-equals", ("Normal",), None, False),
        ("in", ("3", "4"), "4", True),
        ("in", ("3", "4"), "5", False),
        ("not-in", ("0", ""), "7", True),
        ("not-in", ("0", ""), "", False),
        ("not-in", ("0", ""), None, False),
        ("regex", ("^%[^%]+%$",), "%Name%", True),
        ("regex", ("^%[^%]+%$",), "-A %Name%", False),
        ("gt", ("99",), "100", True),
        ("gt", ("99",), "99", False),
        ("gt", ("99",), "%Disk%", False),
        ("longer-than", ("3",), "four", True),
        ("longer-than", ("3",), "two", False),
    ],
)
@pytest.mark.parametrize("where", ["variable", "attribute", "package-property"])
def test_values(where: str, op: str, values: tuple[str, ...], value: str | None, expected: bool) -> None:
    match = Match(where=where, op=op, name="Setting", values=values)
    variables = [variable("setting", value)] if value is not None else []
    attributes = (("Setting", value),) if value is not None else ()
    one = step(REBOOT, *variables, attributes=attributes)
    content = sequence(one)
    outer = task_sequence(content, **({"Setting": value} if value is not None else {}))
    assert expected == in_use(feature(match), one, Context(sequence=content, task_sequence=outer))


def test_a_hash_in_a_name_stands_for_an_index() -> None:
    match = Match(where="variable", op="equals", name="OSDPartitions#Type", values=("EFI",))
    assert used(match, step(REBOOT, variable("OSDPartitions0Type", "PRIMARY"), variable("OSDPartitions11Type", "EFI")))
    assert not used(match, step(REBOOT, variable("OSDPartitionsType", "EFI")))


def test_none_asks_about_any_step() -> None:
    match = Match(where="variable", op="nonempty", name="A")
    content = sequence(step(REBOOT), step(REBOOT, variable("A", "x"), element=2))
    assert used(match, None, Context(sequence=content))
    assert not used(match, content.children[0], Context(sequence=content))


@pytest.mark.parametrize(("action", "expected"), [("a.exe /recurse:false", True), ("a.exe", False)])
def test_action(action: str, expected: bool) -> None:
    assert expected == used(Match(where="action", op="regex", values=(r"\s/recurse:",)), step(REBOOT, action=action))


def test_condition() -> None:
    match = Match(where="condition", op="equals-ignore-case", name="Operator", values=("notLike",))
    assert used(match, step(REBOOT, condition=condition("Operator", "NOTLIKE")))
    assert not used(match, step(REBOOT, condition=condition("Operator", "like")))
    assert not used(match, step(REBOOT))
    assert used(Match(where="condition", op="present"), step(REBOOT, condition=condition("Operator", "like")))
    assert used(
        Match(where="condition", op="regex", name="Query", values=(r"(?i)oslanguage\s*=",)),
        step(REBOOT, condition=condition("Query", "SELECT * FROM x WHERE OSLanguage = 1033")),
    )


SCRIPT = base64.b64encode("$env.Value('TSUEFIDrive') = 'S:'".encode("utf-16-le").join([b"\xff\xfe", b""])).decode()


@pytest.mark.parametrize(
    ("carrier", "expected"),
    [
        (step(REBOOT, variable("OSDPartitions0VolumeLetterVariable", "tsuefidrive")), True),
        (step(REBOOT, action='tsenv.exe "TSUEFIDrive=S:"'), True),
        (step(REBOOT, attributes=(("description", "sets TSUEFIDrive"),)), True),
        (step(REBOOT, condition=condition("Variable", "TSUEFIDrive")), True),
        (step(REBOOT, variable("OSDRunPowerShellScriptSourceScript", SCRIPT)), True),
        (step(REBOOT, variable("OSDSetDynamicVariablesRules", '<Variable Name="TSUEFIDrive">S:</Variable>')), True),
        (step(REBOOT, variable("OSDRunPowerShellScriptSourceScript", "//4A")), False),
        (step(REBOOT), False),
    ],
)
def test_text(carrier: Step, expected: bool) -> None:
    match = Match(where="text", op="present", name="TSUEFIDrive")
    assert expected == used(match, step(REBOOT, element=2), Context(sequence=sequence(carrier)))


def test_step() -> None:
    store = step("SMS_TaskSequence_RequestStateStoreAction", element=1)
    after = step(REBOOT, element=2)
    last = step("SMS_TaskSequence_InstallApplicationAction", element=3)
    context = Context(sequence=sequence(store, after, last))
    assert used(Match(where="step", op="present"), after, context)
    assert used(Match(where="step", op="with", values=(store.type,)), last, context)
    assert not used(Match(where="step", op="with", values=("Other",)), last, context)
    assert used(Match(where="step", op="after", values=(REBOOT,)), last, context)
    assert not used(Match(where="step", op="after", values=(REBOOT,)), after, context)


def test_a_child_that_calls_a_child() -> None:
    match = Match(where="reference", op="child-has-subtasksequence", name="TsPackageID")
    call = step(CHILD, variable("OSDSubTasksequencePackageID", "chq00002"))
    nested = sequence(step(CHILD, variable("OSDSubTasksequencePackageID", "CHQ00003")))
    flat = sequence(step(REBOOT))
    assert used(match, call, Context(sequence=sequence(call), others={PackageId("CHQ00002"): nested}))
    assert not used(match, call, Context(sequence=sequence(call), others={PackageId("CHQ00002"): flat}))
    assert not used(match, call, Context(sequence=sequence(call)))


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (Match(where="reference", op="present", name="application"), True),
        (Match(where="reference", op="present", name="package"), False),
        (Match(where="child", op="present", name="globalVarList"), True),
        (Match(where="sequence-attribute", op="version-above", name="version", values=("3.00",)), True),
        (Match(where="sequence-attribute", op="version-above", name="version", values=("3.10",)), False),
        (Match(where="container", op="present"), True),
        (Match(where="container", op="count-gt", values=("1",)), True),
        (Match(where="container", op="count-gt", values=("2",)), False),
        (Match(where="text-size", op="gt", values=("999",)), True),
        (Match(where="text-size", op="gt", values=("1000",)), False),
        (Match(where="none"), False),
        (Match(where="variable", op="unknown-property"), False),
        (Match(where="action", op="compare-with", values=("action_history",)), False),
        (Match(where="condition", op="newer-than-target", name="Variable"), False),
    ],
)
def test_of_the_whole_sequence(match: Match, expected: bool) -> None:
    content = sequence(
        step(REBOOT),
        references=(reference(application="ScopeId_1/Application_2"),),
        global_variables=(variable("A", ""),),
    )
    context = Context(sequence=content, console_export=True, exported=2, size=1000)
    assert expected == in_use(feature(match), None, context)


def test_an_array_property_without_members_is_empty() -> None:
    match = Match(where="package-property", op="nonempty", name="SupportedOperatingSystems")
    content = sequence()
    empty = task_sequence(content, SupportedOperatingSystems=())
    filled = task_sequence(content, SupportedOperatingSystems=("one",))
    null = task_sequence(content, SupportedOperatingSystems=None)
    answers = [used(match, None, Context(sequence=content, task_sequence=one)) for one in (empty, filled, null)]
    assert [False, True, False] == answers


def test_a_null_property_is_present_but_has_no_value() -> None:
    content = sequence()
    context = Context(sequence=content, task_sequence=task_sequence(content, TsEnabled=None))
    assert used(Match(where="package-property", op="present", name="tsenabled"), None, context)
    assert not used(Match(where="package-property", op="not-equals", name="TsEnabled", values=("TRUE",)), None, context)


def test_empty_secret() -> None:
    match = Match(where="variable", op="empty-secret", values=("DomainPassword",))
    assert used(match, step(REBOOT, variable("OSDJoinPassword", "", "domainpassword")))
    assert not used(match, step(REBOOT, variable("OSDJoinPassword", "x", "DomainPassword")))
    assert not used(match, step(REBOOT, variable("OSDJoinDomainName", "", "DomainName")))


AS_USER = Match(where="variable", op="equals", name="AsUser", values=("true",))
USER = feature(
    Match(where="variable", op="nonempty", name="User"), only_if=AS_USER, variable_name="User", neutral=("",)
)


@pytest.mark.parametrize(
    ("as_user", "user", "in_use_expected", "strippable"),
    [
        ("true", "bob", True, False),
        ("true", "", False, True),
        ("false", "bob", False, True),
        ("false", "", False, True),
    ],
)
def test_only_if(as_user: str, user: str, in_use_expected: bool, strippable: bool) -> None:
    one = step(REBOOT, variable("AsUser", as_user), variable("User", user))
    context = Context(sequence=sequence(one))
    assert (in_use_expected, strippable) == (in_use(USER, one, context), bool(use_of(USER, one, context).neutral))


def test_carriers_are_all_variables_of_the_feature_at_any_value() -> None:
    letters = feature(
        Match(where="variable", op="equals", name="OSDPartitions#AssignVolumeLetter", values=("false",)),
        variable_name="OSDPartitions#AssignVolumeLetter",
        neutral=("true", ""),
    )
    first, second = (variable(f"OSDPartitions{n}AssignVolumeLetter", value) for n, value in ((0, "True"), (1, "false")))
    one = step(REBOOT, first, second, variable("OSDPartitions0Type", "EFI"))
    context = Context(sequence=sequence(one))
    assert (first, second) == carriers(letters, one)
    assert (first,) == use_of(letters, one, context).neutral


def test_a_variable_as_old_as_the_step_is_never_neutral() -> None:
    disk = replace(
        feature(Match(where="variable", op="gt", name="OSDDiskIndex", values=("99",))), variable="OSDDiskIndex"
    )
    one = step(REBOOT, variable("OSDDiskIndex", "0"))
    assert not is_neutral(disk, "0")
    assert () == use_of(disk, one, Context(sequence=sequence(one))).neutral


def _facts() -> list[Feature]:
    base = load()
    return [*base.sequence_features(), *(one for fact in base.step_types() for one in fact.features)]


@pytest.mark.parametrize("fact", [fact for fact in _facts() if fact.neutral], ids=lambda fact: fact.id)
def test_no_feature_is_in_use_at_its_neutral_values(fact: Feature) -> None:
    """Found by this test or by the console: stripping a value must never take a used feature away."""
    if fact.match.where == "sequence-attribute" or fact.match.op == "present":
        return
    for value in fact.neutral:
        name = fact.match.name.replace("#", "0")
        one = step(REBOOT, variable(name, value), attributes=((name, value),))
        content = sequence(one)
        context = Context(sequence=content, task_sequence=task_sequence(content, **{name: value}))
        assert not in_use(replace(fact, only_if=None), one, context), value


@pytest.mark.parametrize(
    ("step_type", "feature_id", "action", "expected"),
    [
        (
            "SMS_TaskSequence_ApplyDriverPackageAction",
            "apply-driver-package-recurse-switch",
            "osddriverclient.exe /install:CHQ00001  /unsigned:%OSDAllowUnsignedDriver% /recurse:%OSDRecurse%",
            "osddriverclient.exe /install:CHQ00001  /unsigned:%OSDAllowUnsignedDriver%",
        ),
        (
            "SMS_TaskSequence_SetVariableAction",
            "set-variable-hidden-flag-in-action",
            'tsenv.exe "A=b /hiddenflag:x c" /hiddenflag:False',
            'tsenv.exe "A=b /hiddenflag:x c"',
        ),
        (
            "SMS_TaskSequence_SetVariableAction",
            "set-variable-hidden-flag-in-action",
            'tsenv.exe "A=b" /hiddenflag:',
            'tsenv.exe "A=b"',
        ),
        (
            "SMS_TaskSequence_PrepareOSAction",
            "prepare-windows-shutdown-switch",
            "osdprepareos.exe /activate:%OSDKeepActivation% /shutdown:%OSDShutdownPreparedOs%",
            "osdprepareos.exe /activate:%OSDKeepActivation%",
        ),
        (
            "SMS_TaskSequence_EnableBitLockerAction",
            "enable-bitlocker-full-disk-switch",
            "OSDBitLocker.exe /enable  /wait:False /mode:TPM /pwd:AD /full:False",
            "OSDBitLocker.exe /enable  /wait:False /mode:TPM /pwd:AD",
        ),
        (
            "SMS_TaskSequence_EnableBitLockerAction",
            "enable-bitlocker-encryption-method-switch",
            "OSDBitLocker.exe /enable  /wait:True /mode:TPM /pwd:AD /full:True /crypt:7 /ignoretpm:True",
            "OSDBitLocker.exe /enable  /wait:True /mode:TPM /pwd:AD /full:True /ignoretpm:True",
        ),
        (
            "SMS_TaskSequence_EnableBitLockerAction",
            "enable-bitlocker-skip-without-tpm-switch",
            "OSDBitLocker.exe /enable  /wait:True /mode:TPM /pwd:AD /full:True /ignoretpm:True",
            "OSDBitLocker.exe /enable  /wait:True /mode:TPM /pwd:AD /full:True",
        ),
        (
            "SMS_TaskSequence_OfflineEnableBitLockerAction",
            "preprovision-bitlocker-full-disk-switch",
            "OSDOfflineBitlocker.exe /enable  /ignoretpm:True /full:False",
            "OSDOfflineBitlocker.exe /enable  /ignoretpm:True",
        ),
        (
            "SMS_TaskSequence_ApplyOperatingSystemAction",
            "apply-os-run-from-network-switch",
            "OSDApplyOS.exe /image:CHQ00001,%OSDImageIndex% /target:%OSDisk% /runfromnet:False",
            "OSDApplyOS.exe /image:CHQ00001,%OSDImageIndex% /target:%OSDisk%",
        ),
    ],
)
def test_cutting_a_switch_leaves_the_older_action(step_type: str, feature_id: str, action: str, expected: str) -> None:
    """The actions are those of real exports; the results are the older forms in the action history."""
    import re

    fact = load().step(step_type)
    assert fact is not None
    switch = next(one for one in fact.features if one.id == feature_id)
    one = step(step_type, action=action)
    assert in_use(switch, one, Context(sequence=sequence(one)))
    assert expected == re.sub(switch.downlevel.cut, "", action)
    left = step(step_type, action=expected)
    assert not in_use(switch, left, Context(sequence=sequence(left)))
