"""Applications are mapped like packages: in the steps, the action line, every list; never a package for an application."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.made import Application, Known, hierarchy, knowledge, parts, read_parts, sequence, step_values, steps
from tsfix.configuration.mapping_file import read_mappings, relink_mappings
from tsfix.containers.discover import find_exports
from tsfix.containers.found import FoundExport
from tsfix.conversion import Rewritten, Unchanged
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy
from tsfix.parse.export import read_export
from tsfix.relink import Relinked, relink
from tsfix.request import PackageMapping, RelinkRequest
from tsfix.values import PackageId

CORPUS = os.environ.get("TSFIX_CORPUS", "")
SCOPE = "ScopeId_00000000-AAAA-4BBB-8CCC-000000000001"
OFFICE, READER, NEWER = (f"{SCOPE}/Application_0000000{number}-1111-4222-8333-444444444444" for number in (1, 2, 3))
KNOWN = (
    Application(model=OFFICE, name="Office", ci_id=16801, package="CHQ000A1"),
    Application(model=READER, name="Reader", ci_id=16802, package="CHQ000A2"),
)


def installing(*models: tuple[str, str]) -> Export:
    step = steps.install_applications("Applications", models)
    script = steps.run_command_line("Log", f"cmd.exe /c echo {OFFICE} >> log.txt")
    return read_parts(parts(sequence("CHQ00D00", "Deploy", step, script), applications=KNOWN))


def mapped(found: Export, *texts: str, names: dict[str, str] | None = None) -> Relinked:
    given = relink_mappings(texts, (), knowledge(), Hierarchy(), allow_chains=True)
    named = tuple(replace(item, new_name=(names or {}).get(item.new, "")) for item in given)
    return relink(found, RelinkRequest(mappings=named), knowledge(), Hierarchy())


def lists(found: Export) -> dict[str, list[str]]:
    (item,) = found.task_sequences
    rows = found.parts.parts[item.part.replace("object.xml", "AppReferencesInfo.xml")].decode("utf-8")
    return {
        "reference list": [str(one.application) for one in item.task_sequence.sequence.references if one.application],
        "array": [one.package for one in item.task_sequence.object_references if one.type == "1"],
        "rows": [model for model in (OFFICE, READER, NEWER) if model in rows],
    }


def test_application_is_replaced_in_all_places(tmp_path: Path) -> None:
    found = mapped(installing((OFFICE, "Office"), (READER, "Reader")), f"{OFFICE.lower()}={NEWER}")
    assert isinstance(found.outcome, Rewritten)
    copy = found.outcome.copy
    values = step_values(copy.task_sequences[0], "Applications")
    assert f"smsappinstall.exe /app:{NEWER},{READER} /basevar: /continueOnError:False" == values["action"]
    assert (f"{NEWER},{READER}", NEWER, "Office") == tuple(
        values[name] for name in ("ApplicationName", "OSDApp0Name", "OSDApp0DisplayName")
    )
    expected = lists(installing((OFFICE, "Office"), (READER, "Reader")))
    assert {
        name: sorted(NEWER if model == OFFICE else model for model in models) for name, models in expected.items()
    } == {name: sorted(models) for name, models in lists(copy).items()}
    (use,) = found.uses
    assert (1, 1) == (use.exports, use.mentions)  # the command line names it too, and stays
    assert use.places >= 4
    row = copy.parts.parts[copy.task_sequences[0].part.replace("object.xml", "AppReferencesInfo.xml")]
    assert b"16801" not in row
    assert b"16802" in row


def test_shown_name_follows_where_it_is_given() -> None:
    found = mapped(installing((OFFICE, "Office")), f"{OFFICE}={NEWER}", names={NEWER: "Office 2024"})
    assert isinstance(found.outcome, Rewritten)
    values = step_values(found.outcome.copy.task_sequences[0], "Applications")
    assert "Office 2024" == values["OSDApp0DisplayName"]


def test_two_become_one_and_are_listed_once() -> None:
    found = mapped(installing((OFFICE, "Office"), (READER, "Reader")), f"{OFFICE}={NEWER}", f"{READER}={NEWER}")
    assert isinstance(found.outcome, Rewritten)
    assert {"reference list": [NEWER], "array": [NEWER], "rows": [NEWER]} == lists(found.outcome.copy)


def test_two_that_change_places_do_so_at_once() -> None:
    found = mapped(installing((OFFICE, "Office"), (READER, "Reader")), f"{OFFICE}={READER}", f"{READER}={OFFICE}")
    assert isinstance(found.outcome, Rewritten)
    values = step_values(found.outcome.copy.task_sequences[0], "Applications")
    assert f"{READER},{OFFICE}" == values["ApplicationName"]


def test_export_without_the_application_is_left_alone() -> None:
    found = mapped(installing((READER, "Reader")), f"{NEWER}={OFFICE}")
    assert isinstance(found.outcome, Unchanged)
    assert [0] == [use.places for use in found.uses]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{OFFICE}=LEG00042", "is not the name of an application"),
        (f"CHQ00001={OFFICE}", "is not the name of an application"),
        (f"{OFFICE}={OFFICE.upper()}", "mapped to itself"),
        ("ScopeId_1/Application_2=ScopeId_3/Application_4", "is not the name of an application"),
    ],
)
def test_what_is_no_mapping_of_applications(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        relink_mappings([text], (), knowledge(), hierarchy())


def test_chain_of_applications_is_refused_unless_asked_for() -> None:
    chain = [f"{OFFICE}={READER}", f"{READER.upper()}={NEWER}"]
    with pytest.raises(UsageError, match="are to be replaced themselves"):
        relink_mappings(chain, (), knowledge(), hierarchy())
    assert 2 == len(relink_mappings(chain, (), knowledge(), hierarchy(), allow_chains=True))


def test_file_may_map_both(tmp_path: Path) -> None:
    file = tmp_path / "map.csv"
    file.write_text(f"old,new,name\nchq00001,LEG00001,\n{OFFICE},{NEWER},Office 2024\n", encoding="utf-8")
    found = [(item.old, item.new, item.new_name) for item in read_mappings(file, Hierarchy())]
    assert [("CHQ00001", "LEG00001", ""), (OFFICE, NEWER, "Office 2024")] == found
    file.write_text(f"old,new\nCHQ00001,{NEWER}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="an application can only take the place of an application"):
        read_mappings(file, Hierarchy())


def test_packages_and_applications_together() -> None:
    step = steps.install_applications("Applications", ((OFFICE, "Office"),))
    tools = Known(id="CHQ00C01", name="Tools", type=0)
    deploy = sequence("CHQ00D00", "Deploy", step, steps.install_package("Tools", tools.id, "x"))
    made = parts(deploy, applications=KNOWN, known=(tools,))
    found = mapped(read_parts(made), f"{OFFICE}={NEWER}", "CHQ00C01=LEG00C01")
    assert isinstance(found.outcome, Rewritten)
    assert [True, True] == [use.places > 0 for use in found.uses]


@pytest.mark.skipif(not CORPUS, reason="TSFIX_CORPUS is not set")
def test_no_real_export_keeps_an_old_application() -> None:
    seen = 0
    for found in find_exports([Path(CORPUS)]):
        original = read_export(found.parts) if isinstance(found, FoundExport) else None
        sequences = [item.task_sequence.sequence for item in original.task_sequences] if original is not None else []
        used = sorted(
            {str(one.application).upper() for item in sequences for one in item.references if one.application}
        )
        if original is None or not used:
            continue
        new = [f"{SCOPE}/Application_{number:08}-0000-0000-0000-000000000000" for number in range(len(used))]
        mappings = (PackageMapping(old=PackageId(old), new=PackageId(it)) for old, it in zip(used, new, strict=True))
        done = relink(original, RelinkRequest(mappings=tuple(mappings)), knowledge(), Hierarchy())
        assert isinstance(done.outcome, Rewritten)
        left = [old for old in used for data in done.outcome.copy.parts.parts.values() if old.encode() in data.upper()]
        assert [] == left, original.name
        seen += 1
    assert seen > 0
