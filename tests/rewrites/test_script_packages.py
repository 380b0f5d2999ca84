"""An inline script that runs from a package, because a person decided so: the step, the lists, the file, and what is refused."""

from __future__ import annotations

import html
import re
from collections import Counter

import pytest
from msgspec.structs import replace

from tests.made import (
    SCRIPTS,
    Group,
    Known,
    Step,
    cloned,
    export,
    findings,
    hierarchy,
    knowledge,
    known_package,
    live,
    on,
    raw,
    read_parts,
    request,
    rewritten,
    sequence,
    sequence_text,
    steps,
)
from tests.rewrites.written_laws import breaches
from tsfix.conversion import Refused, Rewritten, Unchanged
from tsfix.decisions import Decision
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.relink import relink
from tsfix.reports.choices import answers
from tsfix.request import PackageMapping, RelinkRequest
from tsfix.task_sequence import Step as ReadStep
from tsfix.values import PackageId

LINES = ("param($Name)", "Write-Output 'Grüße %Name% <&>'")
PACKAGE, FILE = "LEG00050", "Set-Wallpaper.ps1"
LATER = Known(id="ZZZ00001", name="Later", type=0)


def script(name: str = "Script", *, rows: dict[str, str] | None = None, **others: object) -> Step:
    """A step whose script no encoded command can hold: its parameters need quotes."""
    made = steps.run_powershell_script(name, **{"lines": LINES, "parameters": '-Name "a b"', **others})  # type: ignore[arg-type]
    return replace(made, variables=tuple((*row[:2], (rows or {}).get(row[1], row[2])) for row in made.variables))


def decision(
    step: str = "Script", package: str = PACKAGE, file: str = FILE, name: str = "Deploy", rule: str = "R26"
) -> Decision:
    return Decision(
        task_sequence=name, rule=rule, do="use-package", reason="CHG0012345", step=step, package=package, file=file
    )


def done(found: Export, *decisions: Decision, to: str = "1706", **others: object) -> Rewritten:
    return rewritten(found, request(to, decisions=decisions or (decision(),), **others))  # type: ignore[arg-type]


def of(*items: Step) -> Export:
    return export(sequence("CHQ00D00", "Deploy", *items), known=(LATER,))


def step_of(found: Export, name: str = "Script", index: int = 0) -> ReadStep:
    return next(one for one in found.task_sequences[index].task_sequence.sequence.steps() if one.name == name)


def rows_of(step: ReadStep) -> list[tuple[str, str, str]]:
    return [(one.name, one.property, one.value) for one in step.variables]


def test_where_the_target_knows_the_step_it_stays_one() -> None:
    when = on.when(on.variable("Make", "equals", "HP"))
    found = of(script(timeout=900, continue_on_error=True, condition=when))
    made = done(found)
    before, after = step_of(found), step_of(made.copy)
    assert "OSDRunPowerShellScript.exe" == after.action
    assert [
        ("OSDRunPowerShellScriptExecutionPolicy", "ExecutionPolicy", "Bypass"),
        ("OSDRunPowerShellScriptPackageID", "PackageID", PACKAGE),
        ("OSDRunPowerShellScriptParameters", "Parameters", '-Name "a b"'),
        ("OSDRunPowerShellScriptScriptName", "ScriptName", FILE),
    ] == rows_of(after)
    assert before.attributes == after.attributes
    assert after.condition is not None
    assert before.condition is not None
    assert before.condition.parts[0].value("Value") == after.condition.parts[0].value("Value")


def test_where_it_lacks_the_step_it_is_a_command_line() -> None:
    found = of(script(timeout=900, continue_on_error=True))
    (before,) = found.task_sequences[0].task_sequence.sequence.steps()
    after = step_of(done(found, decision(rule="R24"), to="2012-sp1").copy)
    command = f'powershell.exe -NoProfile -ExecutionPolicy Bypass -File "{FILE}" -Name "a b"'
    assert f"smsswd.exe /run:{PACKAGE} {command}" == after.action
    assert [
        ("CommandLine", "CommandLine", command),
        ("SMSTSDisableWow64Redirection", "DisableWow64Redirection", "false"),
        ("PackageID", "PackageID", PACKAGE),
        ("SuccessCodes", "SuccessCodes", "0 3010"),
    ] == rows_of(after)
    assert before.attributes[1:] == after.attributes[1:]


def test_what_only_a_command_line_has_at_the_target_goes_over() -> None:
    found = of(script(rows={"RunAsUser": "true", "UserName": r"CONTOSO\svc"}))
    after = step_of(done(found).copy)
    assert "SMS_TaskSequence_RunCommandLineAction" == after.type
    kept = {one.property: one.value for one in after.variables}
    assert ("true", r"CONTOSO\svc", PACKAGE) == (kept["RunAsUser"], kept["UserName"], kept["PackageID"])


def test_parameters_that_are_a_variable_go_into_a_command_line_before_2002() -> None:
    found = of(script(parameters="%Arguments%"))
    command = f'powershell.exe -NoProfile -ExecutionPolicy Bypass -File "{FILE}" %Arguments%'
    assert f"smsswd.exe /run:{PACKAGE} {command}" == step_of(done(found).copy).action


def test_the_file_is_utf_8_with_a_mark_and_the_lines_are_as_they_were() -> None:
    (made,) = done(of(script())).scripts
    assert b"\xef\xbb\xbf" + "\r\n".join((*LINES, "")).encode() == made.content
    assert (PACKAGE, FILE, False) == (made.package, made.file, made.signed)


LONG = ("x" * 12_500,)
OWN_FOLDER = ("Get-Content $PSScriptRoot\\a.txt",)


@pytest.mark.parametrize(
    ("step", "signed"),
    [
        (script(lines=LONG, parameters=""), False),
        (script(lines=OWN_FOLDER, parameters=""), False),
        (script(lines=("using namespace System.IO",), parameters="-A 1"), False),
        (script(rows={"ExecutionPolicy": "AllSigned"}), True),
        (script(rows={"ExecutionPolicy": ""}), True),
    ],
)
def test_what_an_encoded_command_cannot_do_a_package_can(step: Step, signed: bool) -> None:
    made = done(of(step))
    assert [signed] == [one.signed for one in made.scripts]
    assert PACKAGE in step_of(made.copy).variables[1].value


def test_the_package_is_listed_where_a_site_lists_it() -> None:
    first = steps.run_command_line("First", "cmd.exe", package_id=SCRIPTS.id)
    last = steps.run_command_line("Last", "cmd.exe", package_id=LATER.id)
    found = of(first, script(), script("Off", disable=True), last)
    made = done(found, decision(), decision("Off", package="LEG00051"))
    assert {
        "variable": [SCRIPTS.id, PACKAGE, "LEG00051", LATER.id],
        "action": [SCRIPTS.id, LATER.id],
        "reference-list": [SCRIPTS.id, PACKAGE, LATER.id],
        "object-reference": [SCRIPTS.id, PACKAGE, LATER.id],
        "references-info": [SCRIPTS.id, PACKAGE, LATER.id],
    } == live(made.copy.task_sequences[0])
    rows = {
        row.package_id: (row.name, row.package_type, row.owner) for row in made.copy.task_sequences[0].references_info
    }
    assert (PACKAGE, "0", made.new_ids[0][1]) == rows[PackageId(PACKAGE)]


def test_the_new_row_has_every_property_that_a_site_writes() -> None:
    made = done(of(script(), steps.run_command_line("Last", "cmd.exe", package_id=LATER.id)))
    part = made.copy.task_sequences[0].part.replace("object.xml", "ReferencesInfo.xml")
    rows = html.unescape(made.copy.parts.parts[part].decode("utf-8-sig")).replace("\r\n", "\n")
    new, site = (row.partition("</string>")[0] for row in rows.split("<string>")[1:])
    expected = site.replace(LATER.id, PACKAGE).replace(">Later<", f">{PACKAGE}<")
    assert expected == new
    owner = str(made.new_ids[0][1])
    assert [
        *(("__RELPATH", "string", ""), ("PackageID", "string", owner), ("ProgramName", "string", "*")),
        *(("ReferenceDescription", "string", ""), ("ReferenceName", "string", PACKAGE)),
        *(("ReferencePackageID", "string", PACKAGE), ("ReferencePackageType", "uint32", "0")),
        *(("ReferenceProgramName", "string", "*"), ("ReferenceVersion", "string", "")),
    ] == [
        (name or other, kind or other_kind, value)
        for name, kind, other_kind, other, value in re.findall(
            r'<PROPERTY (?:NAME="(\w+)" TYPE="(\w+)"|TYPE="(\w+)" NAME="(\w+)")>\s*<VALUE>([^<]*)</VALUE>', new
        )
    ]


@pytest.mark.parametrize("before", [(), (SCRIPTS.id,), (LATER.id,)])
def test_the_laws_of_what_a_site_writes_are_kept(before: tuple[str, ...]) -> None:
    found = of(*(steps.run_command_line(f"Run {one}", "cmd.exe", package_id=one) for one in before), script())
    assert Counter() == breaches(done(found).copy.parts.parts)


def test_a_package_that_is_listed_already_is_not_listed_twice() -> None:
    found = of(script(), steps.run_command_line("Last", "cmd.exe", package_id=LATER.id))
    copy = done(found, decision(package=LATER.id)).copy.task_sequences[0]
    assert [LATER.id] == [one.package for one in copy.task_sequence.sequence.references]
    assert [LATER.id] == [row.package_id for row in copy.references_info]


def test_a_row_that_names_no_program_is_a_row_of_the_package() -> None:
    """A site writes an asterisk; a row that was edited by hand may say nothing."""
    found = of(script(), steps.run_command_line("Last", "cmd.exe", package_id=LATER.id))
    part = found.task_sequences[0].part.replace("object.xml", "ReferencesInfo.xml")
    text, value = found.parts.parts[part].decode("utf-8-sig"), "&lt;VALUE&gt;*&lt;/VALUE&gt;"
    assert 2 == text.count(value)
    bare = read_parts({**found.parts.parts, part: text.replace(value, "&lt;VALUE&gt;&lt;/VALUE&gt;").encode()})
    copy = done(bare, decision(package=LATER.id)).copy.task_sequences[0]
    assert [LATER.id] == [row.package_id for row in copy.references_info]


@pytest.mark.parametrize("array", ["<VALUE.OBJECTARRAY></VALUE.OBJECTARRAY>", "<VALUE.OBJECTARRAY/>", ""])
def test_an_object_without_references_gets_an_array(array: str) -> None:
    found = of(script())
    part = found.task_sequences[0].part
    text, empty = found.parts.parts[part].decode("utf-8-sig"), "<VALUE.OBJECTARRAY></VALUE.OBJECTARRAY>"
    at = text.index(empty, text.index('NAME="References"'))
    changed = text[:at] + array + text[at + len(empty) :]
    made = done(read_parts({**found.parts.parts, part: changed.encode()}))
    copy = made.copy.task_sequences[0].task_sequence
    assert [(PACKAGE, "*", "0")] == [(one.package, one.program, one.type) for one in copy.object_references]


def test_a_raw_sequence_gets_a_list_of_references() -> None:
    copy = done(raw(sequence_text(script())), decision(name="*")).copy.task_sequences[0]
    assert [PACKAGE] == [one.package for one in copy.task_sequence.sequence.references]


def family() -> Export:
    """A parent that calls a child whose script shall run from a package, and a parent of both."""
    child = sequence("CHQ00D01", "Child", script())
    middle = sequence("CHQ00D02", "Middle", steps.run_task_sequence("Call", "CHQ00D01", "Child", ()))
    top = sequence("CHQ00D03", "Top", steps.run_task_sequence("Call", "CHQ00D02", "Middle", steps.package("CHQ00D01")))
    return export(child, middle, top)


def test_the_parents_repeat_what_the_child_needs() -> None:
    made = done(family(), decision(name="Child"), to="1806")
    ids = {str(old): str(new) for old, new in made.new_ids}
    needs = {item.task_sequence.name.partition(" (")[0]: live(item) for item in made.copy.task_sequences}
    assert {
        "Child": [PACKAGE],
        "Middle": sorted([ids["CHQ00D01"], PACKAGE]),
        "Top": sorted([ids["CHQ00D01"], ids["CHQ00D02"], PACKAGE]),
    } == {name: sorted(set(found["object-reference"])) for name, found in needs.items()}
    assert all(PACKAGE in needs[name]["variable"] for name in needs)
    assert all(PACKAGE in needs[name]["references-info"] for name in needs)
    assert Counter() == breaches(made.copy.parts.parts)


def test_a_pasted_child_has_a_decision_of_its_own() -> None:
    said = (
        decision(name="Child"),
        decision("Call > Script", name="Middle"),
        decision("Call > Call > Script", name="Top"),
    )
    made = done(family(), *said, to="1606")
    assert [PACKAGE] * 3 == [live(item)["object-reference"][-1] for item in made.copy.task_sequences]
    assert 3 == len(made.copy.task_sequences)


def test_the_copy_needs_nothing_more_and_is_not_copied_again() -> None:
    made = done(of(script()))
    assert [] == [one.rule for one in findings(made.copy, "1706") if one.severity == "error"]
    assert isinstance(cloned(made.copy, request("1706", decisions=(decision(name="*"),))), Unchanged)


def test_relink_knows_the_new_reference() -> None:
    copy = done(of(script())).copy
    mapping = PackageMapping(old=PackageId(PACKAGE), new=PackageId("LEG00060"))
    outcome = relink(copy, RelinkRequest(mappings=(mapping,)), knowledge(), Hierarchy()).outcome
    assert isinstance(outcome, Rewritten)
    assert PACKAGE not in {one for found in live(outcome.copy.task_sequences[0]).values() for one in found}


def test_the_copys_own_id_is_never_that_of_the_package() -> None:
    own = done(of(script()), decision(package="CHQF0001")).new_ids[0][1]
    assert "CHQF0001" != own
    assert PackageId("CHQF0001") in request("1706", decisions=(decision(package="CHQF0001"),)).taken_ids


REFUSED: dict[str, tuple[Step, str]] = {
    "output": (script(output_variable="Out"), "the step also uses OutputVariableName"),
    "start in": (script(rows={"WorkingDirectory": "C:\\Work"}), "in another folder than the package"),
    "policy": (script(rows={"RunAsUser": "true", "ExecutionPolicy": "Odd"}), "no script that a command line can name"),
    "unreadable": (script(rows={"SourceScript": "//4!"}), "the inline script cannot be read"),
    "package": (
        steps.run_powershell_script("Script", package_id=SCRIPTS.id, script="a.ps1", output_variable="Out"),
        "the step holds no script of its own",
    ),
    "other step": (
        steps.run_command_line("Script", "cmd.exe", output_variable="Out"),
        "the step holds no script of its own",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_does_not_go_is_neither_offered_nor_done(kind: str) -> None:
    step, why = REFUSED[kind]
    outcome = cloned(of(step), request("1706"))
    assert isinstance(outcome, Refused)
    assert [None] * len(outcome.reasons) == [one.package_answer for one in outcome.reasons]
    with pytest.raises(UsageError, match="use-package") as error:
        done(of(step))
    assert error.value.message.startswith('The decision about "Script" says use-package, which does not go: ')
    assert why in error.value.message
    assert (
        "Decide something else in tsfix.toml; a refusal of the export without this decision says what can be chosen."
        == error.value.remedy
    )


@pytest.mark.parametrize("to", ["2012-sp1", "1511", "1706", "1806"])
@pytest.mark.parametrize("lines", [LINES, LONG, OWN_FOLDER])
def test_what_is_offered_is_done(to: str, lines: tuple[str, ...]) -> None:
    found = of(script(lines=lines))
    outcome = cloned(found, request(to))
    assert isinstance(outcome, Refused)
    offered = [one for one in outcome.reasons if one.package_answer == "use-package"]
    assert offered == list(outcome.reasons)
    done(found, *(decision(rule=one.rule) for one in offered[:1]), to=to)


def test_it_is_the_first_answer() -> None:
    outcome = cloned(of(script()), request("1706"))
    assert isinstance(outcome, Refused)
    found: tuple[Finding, ...] = outcome.reasons
    assert "use-package" == answers(found, set())[0]


def test_where_tsfix_needs_nobody_it_is_not_offered() -> None:
    assert not any(one.package_answer for one in findings(of(script(parameters="")), "1706"))
    assert not any(one.package_answer for one in findings(of(script()), "1902"))


def test_a_person_may_want_a_package_where_a_command_would_do() -> None:
    step = step_of(done(of(script(parameters="")), decision(rule="R25")).copy)
    assert PACKAGE in {one.value for one in step.variables}


@pytest.mark.parametrize("policy", ["disable", "placeholder", "remove", "keep"])
def test_the_decision_goes_before_the_policy(policy: str) -> None:
    step = step_of(done(of(script()), policy=policy).copy)
    assert not step.disabled
    assert PACKAGE in {one.value for one in step.variables}


def test_two_scripts_are_not_one_file() -> None:
    other = script("Other", lines=("Write-Output 2",))
    with pytest.raises(UsageError, match="both are to be"):
        done(of(script(), other), decision(), decision("Other", file=FILE.upper()))


def test_the_same_script_twice_is_one_file() -> None:
    made = done(of(script(), script("Other")), decision(), decision("Other"))
    assert [("Script", FILE), ("Other", FILE)] == [(one.location.path[-1], one.file) for one in made.scripts]


def test_two_answers_about_one_step_conflict() -> None:
    found = of(script(rows={"RunAsUser": "true"}))
    other = decision(step="1", package="LEG00051")
    with pytest.raises(UsageError, match="conflict: use-package LEG00050"):
        done(found, decision(), other)


def test_a_conflict_names_the_step_with_its_groups() -> None:
    group = Group(name="Group", children=(script(rows={"RunAsUser": "true"}),))
    found = export(sequence("CHQ00D00", "Deploy", group))
    with pytest.raises(UsageError) as caught:
        done(found, decision(step="Group > Script"), decision(step="1.1", package="LEG00051"))
    assert caught.value.message.startswith(
        'Two decisions about the step "Group > Script" conflict: use-package LEG00050'
    )
    assert "Decide the same for all findings about one step." == caught.value.remedy


@pytest.mark.parametrize(("kind", "words"), [("boot-image", "boot image"), ("client", "the client package")])
def test_a_package_of_another_kind_is_refused(kind: str, words: str) -> None:
    known = hierarchy(known_package(PACKAGE, kind=kind))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=words) as caught:
        rewritten(of(script()), request("1706", decisions=(decision(),)), known)
    assert "Make a package of its own for the script, and name that one." == caught.value.remedy
    assert caught.value.location is not None
    assert ("Script",) == caught.value.location.path


def test_a_group_has_no_script() -> None:
    condition = on.when(on.variable("Make", "notLike", "HP"), on.variable("Make", "like", "D*"))
    group = Group(name="Group", children=(steps.restart("R"),), condition=condition)
    with pytest.raises(UsageError) as caught:
        done(export(sequence("CHQ00D00", "Deploy", group)), decision(step="Group", rule="R34"), to="1511")
    assert 'The decision about "Group" says use-package, which does not go: it is a group.' == caught.value.message
