"""One step as a group of several: applications in parts of nine, newer readiness checks as steps that fail."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.made import (
    Application,
    blocking,
    cloned,
    findings,
    knowledge,
    on,
    read_parts,
    refused,
    request,
    rewritten,
    sequence,
    steps,
    subject,
)
from tests.made import export as made_export
from tests.made import osd_steps as osd
from tests.rewrites.written_laws import breaches
from tsfix.comparison.compare import compare_task_sequences
from tsfix.conversion import Rewritten
from tsfix.export import Export
from tsfix.proof.copy_proof import explain
from tsfix.proof.explained import Explained
from tsfix.proof.replaced_ids import Pair, replaced
from tsfix.task_sequence import Group, Step

SCOPE = "ScopeId_0F0E0D0C-0B0A-4908-8706-050403020100"
APPLICATIONS = tuple((f"{SCOPE}/Application_{number:08d}", f"Application {number}") for number in range(20))


KNOWN = tuple(
    Application(model=model, name=name, ci_id=16780000 + number, package=f"CHQ001{number:02X}")
    for number, (model, name) in enumerate(APPLICATIONS)
)


def export(*items: Group | steps.Step) -> Export:
    return made_export(sequence("CHQ00050", "TS", *items), applications=KNOWN)  # type: ignore[arg-type]


def apps(count: int, **others: object) -> steps.Step:
    return steps.install_applications("Apps", APPLICATIONS[:count], **others)  # type: ignore[arg-type]


def group(done: Rewritten, name: str) -> Group:
    (found,) = (
        item
        for item in done.copy.task_sequences[0].task_sequence.sequence.walk()
        if item.name == name and isinstance(item, Group)
    )
    return found


def inside(found: Group) -> list[Step]:
    return [item for item in found.children if isinstance(item, Step)]


@pytest.mark.parametrize(("count", "sizes"), [(10, [9, 1]), (18, [9, 9]), (19, [9, 9, 1])])
def test_applications_in_the_old_order(count: int, sizes: list[int]) -> None:
    done = rewritten(export(apps(count)), request("1610"))
    parts = inside(group(done, "Apps"))
    assert [f"Apps ({number} of {len(sizes)})" for number in range(1, len(sizes) + 1)] == [part.name for part in parts]
    names = [part.property("ApplicationName").value.split(",") for part in parts]  # type: ignore[union-attr]
    assert sizes == [len(one) for one in names]
    assert [model for model, _ in APPLICATIONS[:count]] == [name for one in names for name in one]
    for part, one in zip(parts, names, strict=True):
        assert f"smsappinstall.exe /app:{','.join(one)} /basevar: /continueOnError:False" == part.action
        values = {variable.property: variable.value for variable in part.variables}
        assert (str(len(one)), str(len(one))) == (values["NumApps"], values["AppInfo"])
        assert one == [values[f"AppInfo{number}Name"] for number in range(len(one))]
        assert f"AppInfo{len(one)}Name" not in values
        assert ("2", "false") == (values["RetryCount"], values["ContinueOnInstallError"])
        assert "2" == dict(part.attributes)["retryCount"]
    assert not breaches(done.copy.parts.parts)


def test_the_group_takes_over_what_the_step_had() -> None:
    step = apps(
        12, description="All", condition=on.when(on.variable("Run", "exists")), continue_on_error=True, disable=False
    )
    found = group(rewritten(export(step), request("1610")), "Apps")
    assert ("All", "true") == (found.description, dict(found.attributes)["continueOnError"])
    assert found.condition is not None
    assert {(None, None)} == {(part.condition, dict(part.attributes).get("continueOnError")) for part in inside(found)}


def test_nine_are_not_too_many_and_1702_takes_ninety_nine() -> None:
    for count, to in ((9, "1610"), (19, "1702")):
        outcome = cloned(export(apps(count)), request(to))
        assert not blocking(outcome)
        assert "replaced" not in {change.kind for change in getattr(outcome, "changes", ())}


def test_refused_with_the_reason() -> None:
    rows = apps(12).variables
    other = "smsappinstall.exe /app:x /basevar: /continueOnError:False"
    for step, words in (
        (replace(apps(12), variables=(*rows, ("BaseVariableName", "^BaseVariableName", "APP"))), "numbered variables"),
        (replace(apps(12), action=other), "action line"),
        (replace(apps(12), variables=tuple(row for row in rows if row[0] != "OSDApp3Name")), "other applications"),
        (apps(12, timeout=600), "time-out"),
    ):
        found = export(step)
        (reason,) = (
            one.reason for one in findings(found, "1610") if one.subject == "install-application-more-than-nine"
        )
        assert words in reason
        assert "install-application-more-than-nine" in {subject for _, subject in refused(found, request("1610"))}


# Check Readiness.

CHECKS = {
    "CheckDeviceUEFI": "_SMSTSBootUEFI",
    "CheckNetworkConnected": "SELECT * FROM Win32_NetworkAdapter WHERE NetConnectionStatus = 2",
    "CheckOSArchitecture": "SELECT * FROM Win32_OperatingSystem WHERE OSArchitecture LIKE '64%'",
    "CheckOSLanguageID": "SELECT * FROM Win32_OperatingSystem WHERE OSLanguage = 1033",
    "CheckMinOSVersion": ("SELECT * FROM Win32_OperatingSystem WHERE Version LIKE '10.0.%' AND BuildNumber >= '19045'"),
    "CheckMaxOSVersion": (
        "SELECT * FROM Win32_OperatingSystem WHERE Version LIKE '6.%' "
        "OR (Version LIKE '10.0.%' AND BuildNumber <= '22631')"
    ),
}
VALUES = {"OSArchitecture": "64", "OSLanguageID": "1033", "MinOSVersion": "10.0.19045", "MaxOSVersion": "10.0.22631"}


def ready(*on_checks: str, **others: object) -> steps.Step:
    step = osd.check_readiness("Ready", memory=2048, disk=1024, on=on_checks, **others)  # type: ignore[arg-type]
    rows = tuple((name, prop, VALUES.get(prop, value)) for name, prop, value in step.variables)
    return replace(step, variables=rows)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_becomes_a_step_that_fails_where_it_is_not_met(check: str) -> None:
    done = rewritten(export(ready(check)), request("1910"))
    first, test = inside(group(done, "Ready"))
    assert ("Ready", "OSDPrestartCheck.exe ") == (first.name, first.action)
    held = {variable.property: variable.value for variable in first.variables}
    assert ("2048", "true") == (held["Memory"], held["CheckMemory"])
    assert not {*CHECKS, *VALUES} & set(held)
    assert ("smsswd.exe /run: cmd.exe /c exit 4316", "WinPEandFullOS") == (test.action, dict(test.attributes)["runIn"])
    assert test.condition is not None
    (opposite,) = test.condition.parts
    (one,) = opposite.children
    assert ("not", CHECKS[check]) == (opposite.type, one.value("Query") or one.value("Variable"))
    assert not breaches(done.copy.parts.parts)


def test_all_checks_at_once_and_what_the_target_knows_stays_in_the_step() -> None:
    done = rewritten(export(ready(*CHECKS)), request("2002"))
    first, test = inside(group(done, "Ready"))
    assert "Ready: started with UEFI" == test.name
    assert {"true"} == {first.property(name).value for name in CHECKS if name != "CheckDeviceUEFI"}  # type: ignore[union-attr]
    assert 1 + len(CHECKS) == len(inside(group(rewritten(export(ready(*CHECKS)), request("1910")), "Ready")))


@pytest.mark.parametrize(
    "check", ["CheckPowerState", "CheckNetworkWired", "CheckTpmEnabled", "CheckCMClientMinVersion"]
)
def test_a_check_that_no_query_shows_is_refused(check: str) -> None:
    found = export(ready("CheckDeviceUEFI", check))
    reasons = [one.reason for one in findings(found, "1910") if one.rule in ("R25", "R26") and one.severity == "error"]
    assert reasons
    assert all("no query that every client answers" in reason for reason in reasons)
    assert refused(found, request("1910"))


def test_a_value_that_no_query_can_test_is_refused() -> None:
    step = ready("CheckMinOSVersion")
    rows = tuple((name, prop, "6.3.9600" if prop == "MinOSVersion" else value) for name, prop, value in step.variables)
    assert refused(export(replace(step, variables=rows)), request("1910"))


# The proof of a copy that lies in a file.


@pytest.mark.parametrize("to", ["1610", None])
@pytest.mark.parametrize("items", [(apps(19),), (ready(*CHECKS),), (ready("CheckDeviceUEFI"), apps(12))])
def test_the_proof_explains_every_difference(items: tuple[steps.Step, ...], to: str | None) -> None:
    found = export(*items)
    assert set() == {
        one.kind for one in explained(found, rewritten(found, request("1610")).copy, to) if one.by == "unexplained"
    }


def test_the_proof_finds_an_application_that_is_gone() -> None:
    found = export(apps(19))
    copy = rewritten(found, request("1610")).copy
    part = copy.task_sequences[0].part
    data = copy.parts.parts[part].replace(b"Application_00000004", b"Application_00000005")
    broken = read_parts(dict(copy.parts.parts) | {part: data})
    assert "unexplained" in {one.by for one in explained(found, broken, "1610")}


def explained(found: Export, copy: Export, to: str | None) -> tuple[Explained, ...]:
    pair = Pair(before=found.task_sequences[0], after=copy.task_sequences[0])
    changed = replaced([pair], knowledge())
    comparison = compare_task_sequences(pair.before.task_sequence, pair.after.task_sequence)
    return explain(pair, changed, subject(found, to), comparison, comparison)


@pytest.mark.parametrize("where", ["WinPE", "FullOS", "WinPEandFullOS"])
def test_the_steps_of_the_tests_run_where_the_step_ran(where: str) -> None:
    done = rewritten(export(ready("CheckDeviceUEFI", run_in=where)), request("1910"))
    assert [where, where] == [dict(part.attributes)["runIn"] for part in inside(group(done, "Ready"))]
