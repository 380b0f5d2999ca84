"""A relink replaces package IDs in every live place of every task sequence, and leaves everything else as it is."""

from __future__ import annotations

import pytest

from tests.made import (
    Known,
    export,
    hierarchy,
    knowledge,
    known_package,
    live,
    osd_steps,
    raw,
    sequence,
    step_values,
    steps,
)
from tsfix.conversion import Refused, Rewritten, Unchanged
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy
from tsfix.relink import MappingUse, Relinked, relink
from tsfix.request import PackageMapping, RelinkRequest
from tsfix.values import PackageId

BOOT = Known(id="CHQ00B00", name="Boot image", type=258)
CLIENT = Known(id="CHQ00C00", name="Client", type=0)
TOOLS = Known(id="CHQ00C01", name="Tools", type=0)


def wanted(maps: dict[str, str], *, keep: bool = False) -> RelinkRequest:
    mappings = tuple(PackageMapping(old=PackageId(old), new=PackageId(new)) for old, new in maps.items())
    return RelinkRequest(mappings=mappings, keep_identity=keep)


def relinked(found: Export, maps: dict[str, str], *, keep: bool = False, known: Hierarchy | None = None) -> Relinked:
    return relink(found, wanted(maps, keep=keep), knowledge(), known or Hierarchy())


def deployment() -> Export:
    return export(
        sequence(
            "CHQ00D00",
            "Deploy",
            osd_steps.setup_windows("Setup", CLIENT.id, 'SMSMP="a" PATCH="C:\\Packages\\CHQ00C00\\p.msp"'),
            steps.install_package("Tools", TOOLS.id, "Install"),
            boot_image=BOOT.id,
        ),
        known=(BOOT, CLIENT, TOOLS),
    )


def copy_of(found: Relinked) -> Export:
    assert isinstance(found.outcome, Rewritten), found.outcome
    return found.outcome.copy


def test_every_live_place_gets_the_new_id() -> None:
    found = relinked(deployment(), {"CHQ00C00": "LEG00C00", "CHQ00B00": "LEG00B00", "CHQ00C01": "LEG00C01"})
    ids = {item for places in live(copy_of(found).task_sequences[0]).values() for item in places}
    assert {"LEG00C00", "LEG00B00", "LEG00C01"} == ids


def test_id_in_free_text_stays_and_is_reported() -> None:
    found = relinked(deployment(), {"CHQ00C00": "LEG00C00"})
    values = step_values(copy_of(found).task_sequences[0], "Setup")
    assert any("Packages\\CHQ00C00\\" in value for value in values.values())
    assert {"CHQ00C00"} == {mention.package_id for mention in found.mentions}


def test_copy_has_a_name_and_an_id_of_its_own_and_keeps_them_when_relinked_again() -> None:
    first = copy_of(relinked(deployment(), {"CHQ00C00": "LEG00C00"}))
    assert "Deploy (relinked)" == first.task_sequences[0].task_sequence.name
    assert "CHQ00D00" != first.task_sequences[0].task_sequence.package_id
    assert isinstance(relinked(first, {"CHQ00C00": "LEG00C00"}).outcome, Unchanged)


def test_identity_is_kept_on_request() -> None:
    copy = copy_of(relinked(deployment(), {"CHQ00C00": "LEG00C00"}, keep=True))
    assert ("Deploy", "CHQ00D00") == (
        copy.task_sequences[0].task_sequence.name,
        copy.task_sequences[0].task_sequence.package_id,
    )
    assert list(deployment().parts.parts) == list(copy.parts.parts)


def test_nothing_to_replace_is_no_copy() -> None:
    found = relinked(deployment(), {"ABC00001": "ABC00002"})
    assert isinstance(found.outcome, Unchanged)
    assert (
        MappingUse(
            old=PackageId("ABC00001"), new=PackageId("ABC00002"), exports=0, task_sequences=0, places=0, mentions=0
        ),
    ) == found.uses


def test_uses_count_places() -> None:
    (use,) = relinked(deployment(), {"CHQ00B00": "LEG00B00"}).uses
    before = [place for places in live(deployment().task_sequences[0]).values() for place in places].count("CHQ00B00")
    assert (1, 1, before, 0) == (use.exports, use.task_sequences, use.places, use.mentions)
    assert before >= 3


def test_single_file_is_relinked() -> None:
    xml = (
        '<sequence version="3.10"><step type="SMS_TaskSequence_SetupWindowsAndSMSAction" name="S"><action>osdsetuphook.exe'
        ' /install</action><defaultVarList><variable name="_SMSClientPackageID" property="ClientPackageID">CHQ00C00</variable>'
        '</defaultVarList></step><referenceList><reference package="CHQ00C00" /></referenceList></sequence>'
    )
    (part,) = copy_of(relinked(raw(xml), {"CHQ00C00": "LEG00C00"})).parts.parts.values()
    assert xml.replace("CHQ00C00", "LEG00C00").encode() == part


def test_two_packages_change_places_at_once() -> None:
    before = live(deployment().task_sequences[0])
    copy = copy_of(relinked(deployment(), {"CHQ00C00": "CHQ00C01", "CHQ00C01": "CHQ00C00"}))
    swap = {"CHQ00C00": "CHQ00C01", "CHQ00C01": "CHQ00C00"}
    after = live(copy.task_sequences[0])
    assert sorted(swap.get(found, found) for found in before["variable"]) == sorted(after["variable"])
    assert sorted(before["object-reference"]) == sorted(after["object-reference"])


def parent_of_an_absent_child() -> Export:
    call = steps.run_task_sequence("Call", "CHQ00A00", "Child", steps.package("CHQ00C00"))
    return export(sequence("CHQ00D00", "Parent", call), known=(Known(id="CHQ00A00", name="Child", type=4), CLIENT))


def test_child_outside_of_the_export_that_needs_the_old_package_is_in_the_way() -> None:
    outcome = relinked(parent_of_an_absent_child(), {"CHQ00C00": "LEG00C00"}).outcome
    assert isinstance(outcome, Refused), outcome
    assert ["R47"] == [reason.rule for reason in outcome.reasons]
    assert "CHQ00A00" in outcome.reasons[0].title


def test_with_kept_ids_the_parent_is_relinked_and_the_child_named() -> None:
    found = relinked(parent_of_an_absent_child(), {"CHQ00C00": "LEG00C00"}, keep=True)
    assert ("CHQ00A00",) == found.children
    assert {"CHQ00A00", "LEG00C00"} == {
        item for places in live(copy_of(found).task_sequences[0]).values() for item in places
    }


def test_boot_image_for_a_client_package_is_refused() -> None:
    with pytest.raises(UsageError, match=r"CHQ00C00 \(package\) cannot be replaced by CHQ00B00 \(boot image\)"):
        relinked(deployment(), {"CHQ00C00": "CHQ00B00"})


def test_kinds_of_the_hierarchy_file_count() -> None:
    known = hierarchy(known_package("LEG00001", kind="image"))
    with pytest.raises(UsageError, match="operating system image"):
        relinked(deployment(), {"CHQ00B00": "LEG00001"}, known=known)


def test_own_task_sequence_is_no_package() -> None:
    with pytest.raises(UsageError, match="CHQ00D00 is a task sequence of this export"):
        relinked(deployment(), {"CHQ00D00": "LEG00001"})
