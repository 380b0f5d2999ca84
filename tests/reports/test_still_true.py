"""What is still true of a copy stands in its report: nobody may learn it from the computers."""

from __future__ import annotations

import json

from msgspec.structs import replace

from tests.made import (
    CLIENT,
    Group,
    Step,
    export,
    hierarchy,
    knowledge,
    osd_steps,
    own_step,
    package,
    request,
    rewritten,
    sequence,
    with_references,
)
from tsfix.conversion import subjects_of
from tsfix.reports.build import build_report
from tsfix.reports.converted import converted
from tsfix.reports.json_ import render as to_json
from tsfix.reports.report import Report
from tsfix.reports.text import render


def copied(*items: Group | Step) -> Report:
    original = export(sequence("CHQ00200", "Deploy", *items))
    wanted = request("1706", client="LEG00042", policy="disable")
    done = rewritten(original, wanted)
    subjects = subjects_of(original, wanted, knowledge(), hierarchy())
    found = converted(done, subjects, knowledge(), wanted, "copy.zip", written=True)
    return build_report("clone", "0", [found], (), "disable")


def client_step(properties: str = "") -> Step:
    return with_references(osd_steps.setup_windows("Install the client", CLIENT.id, properties), *package(CLIENT.id))


def test_a_warning_that_no_change_mends_is_named() -> None:
    report = copied(client_step("SMSMP=mp1.contoso.com"))
    assert {("R2", "warning"), ("R6", "warning")} == {(one.rule, one.severity) for one in report.exports[0].still_true}
    text = render(report)
    assert "2 findings are still true of the copy, see below" in text
    assert "STILL TRUE OF THE COPY: 2 findings" in text
    assert "SMSMP=mp1.contoso.com" in text.partition("STILL TRUE OF THE COPY")[2]
    assert ["R2", "R6"] == sorted(one["rule"] for one in json.loads(to_json(report))["exports"][0]["still_true"])


def test_what_the_copy_mends_or_takes_out_of_action_is_not_named_again() -> None:
    report = copied(
        client_step(),
        own_step("SMS_TaskSequence_SubTasksequence", "Unknown to 1706", "tsrun.exe"),
    )
    (found,) = report.exports
    assert found.out_of_action
    places = {one.location.path for one in found.still_true}
    assert ("Unknown to 1706",) not in places
    assert "R1" not in {one.rule for one in found.still_true}


def test_a_task_is_not_said_twice() -> None:
    report = copied(client_step(), osd_steps.join_domain("Join", "contoso.com", "", "CONTOSO\\join"))
    (found,) = report.exports
    assert "R53" in {task.rule for task in found.tasks}
    assert "R53" not in {one.rule for one in found.still_true}


def test_what_a_setting_did_that_the_target_ignores_is_named_though_the_copy_is_without_it() -> None:
    step = osd_steps.apply_windows_settings("Settings", "Contoso", "Contoso")
    rows = tuple((*row[:2], "de-CH") if row[1] == "UILanguage" else row for row in step.variables)
    report = copied(client_step(), replace(step, variables=rows))
    (found,) = report.exports
    assert [("R26", "apply-windows-settings-ui-language", "warning", "advice")] == [
        (one.rule, one.subject, one.severity, one.fix) for one in found.still_true if one.rule != "R2"
    ]
    text = render(report).partition("STILL TRUE OF THE COPY")[2]
    assert "UILanguage was taken out: the target ignores it" in text
    assert "/Set-UILang:{value}" in text
    assert "OSDWindowsSettingsUILanguage  - de-CH" in text


def test_a_setting_that_was_not_in_use_is_not_lost() -> None:
    step = osd_steps.apply_windows_settings("Settings", "Contoso", "Contoso")
    assert ["R2"] == [one.rule for one in copied(client_step(), step).exports[0].still_true]


def test_nothing_is_lost_in_a_step_that_the_copy_does_not_run() -> None:
    step = osd_steps.apply_windows_settings("Settings", "Contoso", "Contoso")
    rows = tuple((*row[:2], "de-CH") if row[1] == "UILanguage" else row for row in step.variables)
    report = copied(client_step(), Group(name="Off", children=(replace(step, variables=rows),), disable=True))
    assert ["R2"] == [one.rule for one in report.exports[0].still_true]
