"""Every place where an export names another object by ID is found, and nothing that only looks like an ID is taken for one."""

from __future__ import annotations

import pytest

from tests.made import (
    Application,
    Known,
    child_sequences,
    export,
    knowledge,
    live,
    named,
    on,
    own_step,
    raw,
    sequence,
    sequence_text,
)
from tests.made import Step as BuilderStep
from tests.made import osd_steps as osd
from tests.made import state_steps as state
from tests.made import steps as basic
from tests.parse.documents import CORPUS, corpus_exports, fixture_export
from tsfix.changes import Mention
from tsfix.places import action_spans, child_calls, free_texts, id_spans, list_places, mentions, step_places
from tsfix.task_sequence import Step
from tsfix.values import Location

TABLE = [
    # step, expected places as "kind label: IDs"
    (osd.setup_windows("S", "ABC00003", ""), ["variable _SMSClientPackageID: ABC00003 (client-package)"]),
    (
        own_step(
            "SMS_TaskSequence_SetupWindowsAndSMSAction",
            "S",
            "OSDSetupWindows.exe",
            ("_SMSClientPreProductionPackageID", "ClientPreProductionPackageID", "ABC00004"),
        ),
        ["variable _SMSClientPreProductionPackageID: ABC00004 (client-package)"],
    ),
    (
        osd.apply_driver_package("S", "ABC00010"),
        ["variable OSDApplyDriverDriverPackageID: ABC00010 (driver-package)", "action line: ABC00010 ()"],
    ),
    (
        osd.apply_image("S", "ABC00011", answer_package="ABC00012", answer_file="u.xml"),
        [
            "variable ConfigFilePackage: ABC00012 (package)",
            "variable ImagePackageID: ABC00011 (os-image)",
            "action line: ABC00011 ABC00012 ()",
        ],
    ),
    (
        own_step(
            "SMS_TaskSequence_ApplyOperatingSystemAction",
            "S",
            "OSDApplyOS.exe /install:ABC00013,%OSDInstallEditionIndex% /target:%OSDisk%",
            ("InstallPackageID", "InstallPackageID", "ABC00013"),
        ),
        ["variable InstallPackageID: ABC00013 (os-upgrade-package)", "action line: ABC00013 ()"],
    ),
    (
        own_step(
            "SMS_TaskSequence_ApplyDataImageAction",
            "S",
            "OSDApplyOS.exe /data:ABC00014,%OSDDataImageIndex%",
            ("ImagePackageID", "ImagePackageID", "ABC00014"),
        ),
        ["variable ImagePackageID: ABC00014 (os-image)", "action line: ABC00014 ()"],
    ),
    (
        own_step(
            "SMS_TaskSequence_UpgradeOperatingSystemAction",
            "S",
            "OSDUpgradeOS.exe ",
            ("OSDUpgradeDriverPackageID", "DriverPackageID", "ABC00015"),
            ("OSDUpgradeInstallPackageID", "InstallPackageID", "ABC00016"),
        ),
        [
            "variable OSDUpgradeDriverPackageID: ABC00015 (driver-package)",
            "variable OSDUpgradeInstallPackageID: ABC00016 (os-upgrade-package)",
        ],
    ),
    (state.capture_user_state("S", "ABC00017"), ["variable _OSDMigrateUsmtPackageID: ABC00017 (usmt-package)"]),
    (state.restore_user_state("S", "ABC00018"), ["variable _OSDMigrateUsmtRestorePackageID: ABC00018 (usmt-package)"]),
    (
        basic.run_command_line("S", "run.cmd", package_id="ABC00019"),
        ["variable PackageID: ABC00019 (package)", "action line: ABC00019 ()"],
    ),
    (basic.run_command_line("S", "run.cmd /run:ABC00019", package_id=""), []),
    (
        basic.run_command_line("S", "run.cmd /run:ABC0001A", package_id="ABC00019"),
        ["variable PackageID: ABC00019 (package)", "action line: ABC00019 ()"],
    ),
    (
        basic.run_powershell_script("S", package_id="ABC0001B", script="a.ps1"),
        ["variable OSDRunPowerShellScriptPackageID: ABC0001B (package)"],
    ),
    (
        basic.install_package("S", "ABC0001C", "p"),
        ["variable PackageID: ABC0001C (package)", "action line: ABC0001C ()"],
    ),
    (
        own_step(
            "SMS_TaskSequence_InstallDeployToolsAction",
            "S",
            "osdprepareos.exe /install:ABC0001D",
            ("SysprepPackageID", "SysprepPackageID", "ABC0001D"),
        ),
        ["variable SysprepPackageID: ABC0001D (sysprep-package)", "action line: ABC0001D ()"],
    ),
    (
        own_step(
            "SMS_TaskSequence_DownloadPackageContentAction",
            "S",
            "OsdDownloadContent.exe ",
            ("OSDDownloadDownloadPackages", "DownloadPackages", "ABC0002B,ABC0002A"),
            ("OSDPackage0Name", "PackageInfo0Name", "ABC0002C"),
            ("OSDPackage0PackageId", "PackageInfo0PackageId", "ABC0002B"),
            ("OSDPackage11PackageId", "PackageInfo11PackageId", "ABC0002A"),
        ),
        [
            "variable OSDDownloadDownloadPackages: ABC0002B ABC0002A (mixed)",
            "variable OSDPackage0PackageId: ABC0002B (mixed)",
            "variable OSDPackage11PackageId: ABC0002A (mixed)",
        ],
    ),
    (
        own_step("BDD_UsePackage", "S", "smsswd.exe /run:ABC00020 tool.exe", ("BDDPackageID", "PackageID", "ABC00020")),
        ["variable BDDPackageID: ABC00020 (package)", "action line: ABC00020 ()"],
    ),
    (
        own_step(
            "Fabrikam_Custom_Action",
            "S",
            "smsswd.exe /run:ABC00021 f.exe",
            ("FabrikamPackage", "Package", "ABC00021"),
            ("FabrikamText", "Text", "ABC00022 and more"),
        ),
        ["variable FabrikamPackage: ABC00021 (package)", "action line: ABC00021 ()"],
    ),
    (
        own_step(
            "SMS_TaskSequence_AutoApplyAction",
            "S",
            "osddriverclient.exe",
            ("OSDAutoApplyDriverCategoryList", "CategoryList", "ABC00023"),
        ),
        [],
    ),
    (osd.apply_driver_package("S", "00000000"), []),
    (basic.set_variable("S", "Package", "ABC00024"), []),
]


@pytest.mark.parametrize(("step", "expected"), TABLE, ids=lambda value: getattr(value, "type", ""))
def test_places_of_a_step(step: BuilderStep, expected: list[str]) -> None:
    # The packages are not in the export's lists: here only the step counts.
    made = raw(sequence_text(step))
    (found,) = made.task_sequences[0].task_sequence.sequence.steps()
    places = [
        f"{place.label}: {' '.join(place.ids)} ({place.reference_kind})" for place in step_places(found, knowledge())
    ]
    assert expected == places


def test_a_place_of_a_step_knows_its_step_and_its_variable() -> None:
    found = raw(sequence_text(osd.apply_driver_package("S", "ABC00010")))
    (step,) = found.task_sequences[0].task_sequence.sequence.steps()
    names = [variable for variable in step.variables if variable.value == "ABC00010"]
    assert [("variable", step, names[0], names[0].element), ("action", step, None, step.action_element)] == [
        (place.kind, place.step, place.variable, place.element) for place in step_places(step, knowledge())
    ]


def test_a_variable_without_a_property_is_known_by_its_name() -> None:
    text = (
        '<sequence version="3.00"><step type="SMS_TaskSequence_SetupWindowsAndSMSAction" name="S">'
        '<defaultVarList><variable name="_SMSClientPackageID">ABC00003</variable>'
        '<variable name="_smsclientpreproductionpackageid">ABC00004</variable>'
        '<variable name="Other">ABC00005</variable></defaultVarList></step></sequence>'
    )
    assert {"variable": ["ABC00003", "ABC00004"]} == live(raw(text).task_sequences[0])


def test_a_variable_without_a_property_has_the_kind_of_its_own_property() -> None:
    text = (
        '<sequence version="3.00"><step type="SMS_TaskSequence_ApplyOperatingSystemAction" name="S">'
        '<defaultVarList><variable name="ConfigFilePackage">ABC00012</variable>'
        '<variable name="ImagePackageID">ABC00011</variable>'
        '<variable name="OSDConfigFileName">ABC00013</variable></defaultVarList></step></sequence>'
    )
    (step,) = raw(text).task_sequences[0].task_sequence.sequence.steps()
    assert [("ABC00012", "package"), ("ABC00011", "os-image")] == [
        (place.value, place.reference_kind) for place in step_places(step, knowledge())
    ]


def test_ids_of_a_list() -> None:
    assert {
        "": [],
        "ABC00001": ["ABC00001"],
        " ABC00001 ": ["ABC00001"],
        "ABC00001, ABC00002,": ["ABC00001", "ABC00002"],
        "00000000,ABC00001": ["ABC00001"],
        "%Package%": ["%Package%"],
    } == {
        text: [text[start:end] for start, end in id_spans(text)]
        for text in ("", "ABC00001", " ABC00001 ", "ABC00001, ABC00002,", "00000000,ABC00001", "%Package%")
    }


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("smsswd.exe /run:ABC00001 cmd", ["ABC00001"]),
        ("smsswd.exe /RUN:abc00001 cmd", ["abc00001"]),
        ("smsswd.exe /run:ABC00001", ["ABC00001"]),
        ("smsswd.exe /run: ABC00001", []),
        ("smsswd.exe /run:ABC000012 cmd", []),
        ("smsswd.exe /run:%Package% cmd", []),
        ("smsswd.exe /run:00000000 cmd", []),
        ("smsswd.exe /run: cmd /run:ABC00001", []),
        ("", []),
    ],
)
def test_ids_of_an_action_line(action: str, expected: list[str]) -> None:
    fact = knowledge().step("SMS_TaskSequence_RunCommandLineAction")
    assert expected == [action[start:end] for start, end in action_spans(fact, action)]


def test_live_places_of_an_export() -> None:
    office = Application(model="ScopeId_A/Application_B", name="Office", ci_id=1, package="ABC00090")
    items = (
        basic.run_command_line("A", "a", package_id="CHQ00016", disable=True),
        basic.run_command_line("B", "b", package_id="CHQ00017"),
        basic.install_package("C", "CHQ00019", "Install quiet"),
        basic.install_applications("D", ((office.model, office.name),)),
    )
    made = export(sequence("CHQ00050", "TS", *items, boot_image="CHQ00005"), applications=(office,))  # type: ignore[arg-type]
    assert {
        "variable": ["CHQ00016", "CHQ00017", "CHQ00019", "ScopeId_A/Application_B", "ScopeId_A/Application_B"],
        "action": ["CHQ00016", "CHQ00017", "CHQ00019"],
        "reference-list": ["CHQ00017", "CHQ00019"],
        "boot-image": ["CHQ00005"],
        "object-reference": ["CHQ00005", "CHQ00017", "CHQ00019"],
        "references-info": ["CHQ00005", "CHQ00017", "CHQ00019"],
    } == live(made.task_sequences[0])


def test_the_places_outside_of_the_steps_are_named_in_words() -> None:
    step = basic.run_command_line("A", "a", package_id="CHQ00016")
    found = export(sequence("CHQ00050", "TS", step, boot_image="CHQ00005")).task_sequences[0]
    assert [
        ("reference-list", "reference list", "CHQ00016", ""),
        ("boot-image", "boot image of the task sequence", "CHQ00005", "boot-image"),
        ("object-reference", "References array of the object", "CHQ00005", ""),
        ("object-reference", "References array of the object", "CHQ00016", ""),
        ("references-info", "ReferencesInfo.xml", "CHQ00005", ""),
        ("references-info", "ReferencesInfo.xml", "CHQ00016", ""),
    ] == [(place.kind, place.label, place.value, place.reference_kind) for place in list_places(found)]


def test_the_boot_image_of_a_2007_package() -> None:
    places = live(fixture_export("package-2007.xml").task_sequences[0])
    assert ["C0700004"] == places["boot-image"]


def test_child_calls() -> None:
    found = named(fixture_export("Deploy Windows 11.zip"), "Install standard applications")
    assert [
        (
            child_sequences.REGIONAL_NAME,
            "CHQ00032",
            ["TsReferencePackages", "TsReferenceApplications", "TsReferenceSoftwareUpdates"],
        )
    ] == [
        (call.step.name, call.child, [variable.property for variable in call.roll_ups])
        for call in child_calls(found.task_sequence, knowledge())
    ]
    roll_ups = {
        place.label: place.roll_up_of
        for step in found.task_sequence.sequence.steps()
        for place in step_places(step, knowledge())
        if place.roll_up_of
    }
    assert {"variable OSDSubTasksequenceTsReferencePackages": "CHQ00032"} == roll_ups


@pytest.mark.parametrize("value", ["", " ", "00000000"])
def test_a_call_without_a_child(value: str) -> None:
    step = basic.run_task_sequence("Call", value, "none", ())
    found = raw(sequence_text(step)).task_sequences[0]
    expected = [] if not value.strip() else [value]
    assert expected == [call.child for call in child_calls(found.task_sequence, knowledge())]


def test_mentions_are_free_text_only() -> None:
    script = basic.encoded_script("# copies", "Copy-Item \\\\srv\\CHQ00016\\a.txt")
    items = (
        basic.run_command_line(
            "Copy from CHQ00016",
            "robocopy \\\\srv\\pkg$\\chq00016 C:\\x",
            package_id="CHQ00016",
            description="see XCHQ00016 and CHQ000160",
        ),
        own_step(
            "SMS_TaskSequence_RunPowerShellScriptAction",
            "Script",
            "OSDRunPowerShellScript.exe",
            ("OSDRunPowerShellScriptSourceScript", "SourceScript", script),
        ),
        BuilderStep(type="X", name="Y", action="", condition=on.when(on.wmi("SELECT * FROM A WHERE P = 'CHQ00016'"))),
    )
    found = export(sequence("CHQ00050", "TS", *items)).task_sequences[0]
    seen = [
        (mention.location.path[-1], mention.label)
        for mention in mentions(found, knowledge(), {"CHQ00016"}.__contains__)
    ]
    assert [
        ("Copy from CHQ00016", "name"),
        ("Copy from CHQ00016", "variable CommandLine"),
        ("Copy from CHQ00016", "action line"),
        ("Script", "variable OSDRunPowerShellScriptSourceScript"),
        ("Y", "condition"),
    ] == seen


def test_a_mention_has_its_place_and_thirty_characters_on_both_sides() -> None:
    before, after = "b" * 40 + " word ", " a\t\n word " + "c" * 40
    items = (
        basic.restart("First"),
        BuilderStep(type="X", name="Second", action="", description=f"{before}chq00016{after}"),
        BuilderStep(type="X", name="Third", action="", description="CHQ00016"),
    )
    found = export(sequence("CHQ00050", "TS", *items)).task_sequences[0]
    here = {"file": "made.zip", "part": "SMS_TaskSequencePackage/CHQ00050/object.xml", "task_sequence": "TS"}
    assert [
        Mention(
            location=Location(**here, path=("Second",), position=(1,), line=1),  # type: ignore[arg-type]
            package_id="chq00016",
            label="description",
            excerpt="b" * 24 + " word chq00016 a word " + "c" * 20,
        ),
        Mention(
            location=Location(**here, path=("Third",), position=(2,), line=1),  # type: ignore[arg-type]
            package_id="CHQ00016",
            label="description",
            excerpt="CHQ00016",
        ),
    ] == list(mentions(found, knowledge(), {"CHQ00016"}.__contains__))


def test_what_is_live_in_an_action_line_is_no_mention() -> None:
    step = osd.apply_image("Image", "CHQ00016", answer_package="CHQ00017", answer_file="u.xml")
    found = raw(sequence_text(step)).task_sequences[0]
    assert [] == list(mentions(found, knowledge(), {"CHQ00016", "CHQ00017"}.__contains__))


@pytest.mark.parametrize("first", ["#", "$a", "<#", "Copy-Item", "param", "é", "東"])
def test_scripts_are_read_whatever_they_begin_with(first: str) -> None:
    """The third character of the base64 text depends on the first one of the script."""
    script = basic.encoded_script(f"{first} CHQ00016")
    step = own_step(
        "SMS_TaskSequence_RunPowerShellScriptAction",
        "Script",
        "",
        ("OSDRunPowerShellScriptSourceScript", "SourceScript", script),
    )
    found = raw(sequence_text(step)).task_sequences[0]
    assert 1 == len(list(mentions(found, knowledge(), {"CHQ00016"}.__contains__)))


@pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")
def test_every_listed_package_of_the_corpus_is_found_in_a_step_or_mentioned() -> None:
    """What a reference list names is used by an enabled step (4.1.1); so a place that is not known would show here."""
    missed: list[str] = []
    for found in corpus_exports():
        for exported in found.task_sequences:
            places = live(exported)
            used = {*map(str.upper, places.get("variable", ())), *map(str.upper, places.get("action", ()))}
            listed = {item.upper() for item in places.get("reference-list", ())}
            missed += [f"{found.name}: {item}" for item in sorted(listed - used)]
    assert [] == missed


def test_free_texts_leave_live_ids_out() -> None:
    step = basic.run_command_line("S", "a.cmd", package_id="CHQ00016")
    (found,) = raw(sequence_text(step)).task_sequences[0].task_sequence.sequence.steps()
    assert isinstance(found, Step)
    assert not any("CHQ00016" in text for _, text in free_texts(found, knowledge()))


def test_known_packages_need_rows() -> None:
    """The builder of these tests writes a row for every reference, as a site does."""
    made = export(
        sequence("CHQ00050", "TS", basic.run_command_line("A", "a", package_id="ABC00001")),
        known=(Known(id="ABC00001", name="One"),),
    )
    assert ["ABC00001"] == live(made.task_sequences[0])["references-info"]
