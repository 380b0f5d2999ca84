"""Two task sequences of one export may share a name: what a report says of one must not hide what it says of the other."""

from __future__ import annotations

from msgspec.structs import replace

from tests.made import (
    CLIENT,
    Step,
    export,
    hierarchy,
    knowledge,
    osd_steps,
    package,
    request,
    rewritten,
    sequence,
    steps,
    with_references,
)
from tsfix.conversion import subjects_of
from tsfix.decisions import Decision
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.reports.build import build_report
from tsfix.reports.converted import converted
from tsfix.reports.html_finding_groups import is_mended
from tsfix.reports.html_view import report_view
from tsfix.reports.report import ExportReport
from tsfix.request import CloneRequest

ONE, OTHER = (f"SMS_TaskSequencePackage/{package_id}/object.xml" for package_id in ("CHQ00A01", "CHQ00A02"))


def client_step(properties: str = "") -> Step:
    return with_references(osd_steps.setup_windows("Install the client", CLIENT.id, properties), *package(CLIENT.id))


def saved(name: str) -> Step:
    return steps.run_command_line(name, "cmd.exe /c one", output_variable="Saved")


def is_server(finding: Finding) -> bool:
    return finding.title == "The client's installation names a server: SMSMP=mp1.contoso.com"


def copied(original: Export, wanted: CloneRequest) -> ExportReport:
    subjects = subjects_of(original, wanted, knowledge(), hierarchy())
    return converted(rewritten(original, wanted), subjects, knowledge(), wanted, "out/copy.zip", written=True)


def namesakes(first: Step, second: Step) -> Export:
    return export(sequence("CHQ00A01", "Deploy", first), sequence("CHQ00A02", "Deploy", second))


def removing(package_id: str, step: str) -> CloneRequest:
    chosen = Decision(task_sequence=package_id, rule="R6", do="disable", reason="said so", step=step)
    return request("1706", client="LEG00042", decisions=(chosen,))


def test_a_step_out_of_action_hides_nothing_of_a_namesake() -> None:
    both = client_step("SMSMP=mp1.contoso.com")
    found = copied(namesakes(both, both), removing("CHQ00A01", "1"))
    assert [ONE] == [change.location.part for change in found.out_of_action if change.field == "attribute:disable"]
    assert {OTHER} == {finding.location.part for finding in found.still_true if is_server(finding)}


def test_a_removed_step_hides_nothing_of_the_one_that_moves_up() -> None:
    """The step behind a removed one has its position in the copy, and its own in the original."""
    chosen = Decision(task_sequence="Deploy", rule="R26", do="remove", reason="said so", step="1")
    original = export(sequence("CHQ00A01", "Deploy", saved("First"), client_step("SMSMP=mp1.contoso.com")))
    found = copied(original, request("1706", client="LEG00042", decisions=(chosen,)))
    assert {((1,), ONE)} == {
        (finding.location.position, finding.location.part) for finding in found.still_true if is_server(finding)
    }


def test_what_is_mended_in_one_is_not_said_of_a_namesake() -> None:
    both = client_step("SMSMP=mp1.contoso.com")
    found = copied(namesakes(both, both), removing("CHQ00A01", "1"))
    mended = {finding.location.part: is_mended(finding, found) for finding in found.findings if is_server(finding)}
    assert {ONE: True, OTHER: False} == mended


def test_the_index_counts_what_is_left_for_each() -> None:
    found = copied(namesakes(client_step(), client_step("SMSMP=mp1.contoso.com")), request("1706", client="LEG00042"))
    found = replace(found, still_true=tuple(item for item in found.still_true if is_server(item)))
    view = report_view(build_report("clone", "0", [found], (), "auto"))
    texts = [cell.text for row in view.index for cell in row.cells if cell is not None]
    assert ["copied", "copied; 1 finding still true"] == texts


def test_places_of_secrets_tell_namesakes_apart() -> None:
    join = osd_steps.join_domain("Join", "contoso.com", "", "CONTOSO\\svc-join")
    ids = {"CHQ00A01": "CHQF0001", "CHQ00A02": "CHQF0002"}
    original = export(*(sequence(package_id, "Deploy", client_step(), join) for package_id in ids))
    found = copied(original, request("1706", client="LEG00042", new_ids=ids))
    (task,) = (task for task in found.tasks if task.rule == "R53")
    assert ["Deploy (for 1706) [CHQF0001]", "Deploy (for 1706) [CHQF0002]"] == [
        place.partition(": ")[0] for place in task.places
    ]
