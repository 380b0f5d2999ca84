"""Findings that count less than they look, and sentences that have to agree with each other."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.checks.scenes import scene
from tests.made import Step, knowledge, own_step
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tsfix.checks.secrets import missing_secrets
from tsfix.findings import Finding
from tsfix.reports.matrix import cell
from tsfix.reports.words import OUTCOME_WORDS


def about(found: list[Finding], subject: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.rule, one.severity, one.location.path) for one in found if one.subject == subject]


def retrying(name: str, number: int, *, disabled: bool = False) -> Step:
    """An Install Software Updates step that tries again: in a setting, and in the attribute that repeats it."""
    plain = basic.install_updates(name, disable=disabled)
    rows = tuple(
        (one, prop, str(number)) if one == "RetryCount" else (one, prop, value) for one, prop, value in plain.variables
    )
    return replace(plain, variables=rows, retry_count=number)


def test_an_attribute_that_repeats_a_setting_is_not_found_twice() -> None:
    found = scene(retrying("Updates", 3), to="2012 R2", site=1511).found()
    assert [] == about(found, "step-retry-count")
    assert [("R26", "warning", ("Updates",))] == [
        (one.rule, one.severity, one.location.path) for one in found if "RetryCount" in one.title
    ]


def test_an_attribute_that_nothing_else_says_is_found() -> None:
    alone = replace(basic.run_command_line("Copy", "cmd.exe", site=1511), retry_count=3)
    found = scene(alone, to="2012 R2", site=1511).found()
    assert [("R26", "warning", ("Copy",))] == about(found, "step-retry-count")


def test_a_newer_setting_of_a_disabled_step_is_a_remark() -> None:
    alone = replace(basic.run_command_line("Copy", "cmd.exe", site=1511, disable=True), retry_count=3)
    found = scene(alone, retrying("Updates", 3, disabled=True), to="2012 R2", site=1511).found()
    assert {"info"} == {one.severity for one in found if "retrycount" in one.title.casefold()}


@pytest.mark.parametrize("disabled", [False, True])
def test_how_a_step_works_matters_where_it_runs(disabled: bool) -> None:
    step = own_step("SMS_TaskSequence_PrepareSMSClientAction", "Prepare", "prep.exe", disable=disabled)
    found = scene(step, to="1511", site=1511).found()
    assert ([] if disabled else ["info"]) == [one.severity for one in found if one.rule == "R28"]


def test_steps_of_the_toolkit_are_no_riddle() -> None:
    gather = own_step("BDD_Gather", "Gather", "cscript.exe ZTIGather.wsf")
    found = [one for one in scene(gather, to="1706").found() if one.rule == "R45"]
    assert [("warning", "likely")] == [(one.severity, one.certainty) for one in found]
    assert "safe" == cell(found).state
    stranger = [one for one in scene(own_step("Contoso_Own", "Own", "own.exe"), to="1706").found() if one.rule == "R44"]
    assert ["unknown"] == [one.certainty for one in stranger]


def test_a_secret_is_lost_only_by_an_import() -> None:
    """The site that has the task sequence already imports nothing."""
    join = osd.join_domain("Join", "contoso.example", "", r"CONTOSO\svc-join")
    (found,) = [one for one in scene(join).found() if one.rule == "R53"]
    assert found.title.startswith("To type in again if you import it: ")
    assert found.remedy.startswith("If you export and import the task sequence")
    assert [missing.step.path for missing in missing_secrets(scene(join).subjects()[0])] == [found.location.path]


def test_newer_properties_alone_make_no_copy_and_no_sentence_denies_them() -> None:
    assert "tsfix makes no copy for these settings alone" in knowledge().rule("R31").remedy
    assert "no copy needed: nothing in it has to be changed for the target" == OUTCOME_WORDS["unchanged"]
