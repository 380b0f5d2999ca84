"""Download Package Content shows the names of its packages: they follow the IDs."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tests.made import Known, export, knowledge, own_step, request, rewritten, sequence, step_values, steps
from tsfix.changes import Reason
from tsfix.conversion import Rewritten
from tsfix.request import PackageMapping
from tsfix.rewrites.child_names import replace_name
from tsfix.rewrites.export_draft import ExportDraft
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.task_sequence import Step, Variable
from tsfix.values import PackageId, RuleId

ROWS = (
    ("OSDPackage", "PackageInfo", "2"),
    ("OSDPackage0Name", "PackageInfo0Name", "Old drivers"),
    ("OSDPackage0PackageId", "PackageInfo0PackageId", "CHQ00081"),
    ("OSDPackage0PkgType", "PackageInfo0PkgType", "3"),
    ("OSDPackage0Size", "PackageInfo0Size", "10"),
    ("OSDPackage1Name", "PackageInfo1Name", "Scripts"),
    ("OSDPackage1PackageId", "PackageInfo1PackageId", "CHQ00082"),
    ("OSDPackage1PkgType", "PackageInfo1PkgType", "0"),
    ("OSDPackage1Size", "PackageInfo1Size", "1"),
    ("OSDDownloadDownloadPackages", "DownloadPackages", "CHQ00081,CHQ00082"),
    ("OSDPackageCount", "NumPackages", "2"),
)
STEP = own_step(
    "SMS_TaskSequence_DownloadPackageContentAction",
    "Download",
    "OsdDownloadContent.exe",
    *ROWS,
    needs=("CHQ00081", "CHQ00082"),
)

FOUND = export(
    sequence("CHQ00050", "TS", STEP),
    known=(Known(id="CHQ00081", name="Old drivers"), Known(id="CHQ00082", name="Scripts")),
)


def values(done: Rewritten) -> dict[str, str]:
    return step_values(done.copy.task_sequences[0], "Download")


def test_the_new_name_where_it_is_known() -> None:
    mapping = PackageMapping(old=PackageId("CHQ00081"), new=PackageId("LEG00081"), new_name="Drivers for LEG")
    wanted = replace(request("2203"), mappings=(mapping,))
    found = values(rewritten(FOUND, wanted))
    assert ("LEG00081", "Drivers for LEG") == (found["OSDPackage0PackageId"], found["OSDPackage0Name"])
    assert ("CHQ00082", "Scripts") == (found["OSDPackage1PackageId"], found["OSDPackage1Name"])
    assert "LEG00081,CHQ00082" == found["OSDDownloadDownloadPackages"]


def test_the_new_id_where_nobody_said_the_name() -> None:
    """As in ReferencesInfo.xml: the old name must not stand beside the new package."""
    found = values(rewritten(FOUND, request("2203", maps={"CHQ00082": "LEG00082"})))
    assert ("LEG00082", "LEG00082") == (found["OSDPackage1PackageId"], found["OSDPackage1Name"])
    assert "Old drivers" == found["OSDPackage0Name"]


def test_what_an_earlier_change_of_the_same_copy_wrote_is_left_alone() -> None:
    """The text follows the ID of the child. Where that is another one by now, or the text is gone, nothing is to follow."""
    call = steps.run_task_sequence("Call", "CHQ00060", "Child", ())
    found = export(sequence("CHQ00050", "TS", call), known=(Known(id="CHQ00060", name="Child", type=4),))
    reason = Reason(rule=RuleId("R46"), text="because")
    new = NewReference(package_id=PackageId("LEG00060"), name="New", same_object=False, reason=reason)

    def follows(edit: Callable[[SequenceDraft, Step, Variable, Variable], None]) -> list[str | None]:
        (draft,) = ExportDraft(found).sequences
        (step,) = draft.task_sequence.sequence.steps()
        child, shown = step.property("TsPackageID"), step.property("TsName")
        assert child is not None
        assert shown is not None
        edit(draft, step, child, shown)
        replace_name(draft, step, knowledge(), {"CHQ00060": new}, {"CHQ00060": "Child"})
        return [change.after for change in draft.log.changes() if change.field == f"variable:{shown.name}"]

    assert ["LEG00060, New"] == follows(lambda *_: None)
    assert [] == follows(lambda draft, step, child, _: draft.set_variable(step, child, "CHQ00061", reason))
    assert [None] == follows(lambda draft, step, _, shown: draft.remove_variable(step, shown, reason))
