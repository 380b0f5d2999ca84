"""Rule 47: a child that is not in the export cannot be converted, and its parent must not claim that it was."""

from __future__ import annotations

import pytest

from tests.made import (
    CLIENT,
    Group,
    Known,
    Reference,
    Step,
    cloned,
    export,
    findings,
    is_unchanged,
    live,
    raw,
    refused,
    request,
    rewritten,
    sequence,
    sequence_text,
    step_values,
)
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tsfix.conversion import Refused
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy, KnownPackage, Site
from tsfix.request import NewSteps
from tsfix.values import PackageId, SiteCode

CHILD = Known(id="CHQ00062", name="Child", type=4)
KNOWN = (CHILD, Known(id="CHQ00063", name="Other child", type=4))
SETUP = osd.setup_windows("Client", CLIENT.id, "")


def call(name: str = "Call", child: str = "CHQ00062", *needs: str, disable: bool = False) -> Step:
    return basic.run_task_sequence(
        name, child, "Child", tuple(Reference(package=found) for found in needs), disable=disable
    )


def parent(*items: Step | Group) -> Export:
    return export(sequence("CHQ00061", "Parent", *items), known=KNOWN)


def r47(found: tuple[Finding, ...]) -> list[tuple[str, str, str, bool]]:
    return [(one.severity, one.certainty, one.subject, one.blocking) for one in found if one.rule == "R47"]


# Findings.


def test_a_child_that_lists_the_default_client_package() -> None:
    assert [("error", "certain", "CHQ00062", True)] == r47(
        findings(parent(call("Call", "CHQ00062", "CHQ00016", CLIENT.id)), "2010")
    )


@pytest.mark.parametrize("policy", ["auto", "disable", "placeholder", "remove", "keep"])
def test_no_copy_is_made_of_the_parent_alone(policy: NewSteps) -> None:
    made = parent(call("Call", "CHQ00062", CLIENT.id))
    assert [("R47", "CHQ00062")] == refused(made, request("2010", client="LEG00042", policy=policy))


def test_a_child_that_lists_other_packages_was_not_checked() -> None:
    """The first IDs of a site belong to packages of every kind: no verdict comes from the ID alone."""
    made = parent(call("Call", "CHQ00062", "CHQ00001", "CHQ00016"))
    assert [("warning", "unknown", "CHQ00062", False)] == r47(findings(made, "2010"))
    assert is_unchanged(made, request("2103", client="LEG00042"))


def test_a_child_in_the_export_is_checked_itself() -> None:
    made = export(
        sequence("CHQ00061", "Parent", call("Call", "CHQ00062", CLIENT.id)), sequence("CHQ00062", "Child", SETUP)
    )
    assert [] == r47(findings(made, "2010"))
    assert [] == r47(rewritten(made, request("2010", client="LEG00042")).remaining)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (call("Call", "CHQ00062", CLIENT.id, disable=True), [("info", "certain", "CHQ00062", False)]),
        (
            Group(name="Off", disable=True, children=(call("Call", "CHQ00062", CLIENT.id),)),
            [("info", "certain", "CHQ00062", False)],
        ),
    ],
)
def test_a_call_that_does_not_run(item: Step | Group, expected: object) -> None:
    # Disabled calls are in no list, so the package needs a row from elsewhere.
    assert expected == r47(findings(parent(item, basic.run_command_line("A", "a", package_id=CLIENT.id)), "2010"))


def test_without_a_target() -> None:
    assert [("warning", "certain", "CHQ00062", False)] == r47(
        findings(parent(call("Call", "CHQ00062", CLIENT.id)), None)
    )


def test_the_newest_site_takes_the_default_client() -> None:
    known = Hierarchy(sites=(Site(code=SiteCode("CHQ"), version="2309"),))
    assert [("warning", "unknown", "CHQ00062", False)] == r47(
        findings(parent(call("Call", "CHQ00062", CLIENT.id)), "2309", known)
    )


def test_what_the_hierarchy_file_says_counts() -> None:
    def says(**facts: object) -> Hierarchy:
        return Hierarchy(packages=(KnownPackage(id=PackageId("CHQ00016"), **facts),))  # type: ignore[arg-type]

    made = parent(call("Call", "CHQ00062", "CHQ00016"))
    assert [
        [("error", "certain", "CHQ00062", True)],
        [("error", "certain", "CHQ00062", True)],
        [("warning", "unknown", "CHQ00062", False)],
        [("warning", "unknown", "CHQ00062", False)],
        [("error", "certain", "CHQ00062", True)],
        [("warning", "unknown", "CHQ00062", False)],
    ] == [
        r47(findings(made, "2010", says(kind="client", default=True))),
        r47(findings(made, "2010", says(kind="client", pre_production=True))),
        r47(findings(made, "2010", says(kind="client", default=False))),
        r47(findings(made, "2010", says(kind="usmt", default=True))),
        r47(findings(made, "2010", says(kind="client", default=False, client_version="5.00.9122.1002"))),
        r47(findings(made, "2010", says(kind="client", default=False, client_version="5.00.8540.1007"))),
    ]


def test_a_raw_sequence_shows_no_names() -> None:
    text = sequence_text(call("Call", "CHQ00062", CLIENT.id))
    assert [("warning", "unknown", "CHQ00062", False)] == r47(findings(raw(text), "2010"))


def test_each_call_is_reported() -> None:
    made = parent(
        call("One", "CHQ00062", CLIENT.id), call("Two", "CHQ00062", CLIENT.id), call("Three", "CHQ00063", "CHQ00016")
    )
    found = findings(made, "2010")
    assert [("One", "CHQ00062"), ("Two", "CHQ00062"), ("Three", "CHQ00063")] == [
        (one.location.path[-1], one.subject) for one in found if one.rule == "R47"
    ]


# Rewrites: nothing is claimed of a child that does not change.


def test_a_package_that_parent_and_absent_child_share_cannot_be_replaced() -> None:
    """The parent's list can name only one of the two; either the child or the parent would go without."""
    made = parent(basic.run_command_line("Own", "a", package_id="CHQ00016"), call("Call", "CHQ00062", "CHQ00016"))
    assert [("R47", "CHQ00062")] == refused(made, request("2103", maps={"CHQ00016": "LEG00016"}))
    # Not even for somebody who accepts the rule: the copy would be wrong.
    assert [("R47", "CHQ00062")] == refused(made, request("2103", maps={"CHQ00016": "LEG00016"}, accept=("R47",)))


def test_the_reason_stands_once() -> None:
    made = parent(SETUP, call("Call", "CHQ00062", CLIENT.id))
    assert [("R47", "CHQ00062")] == refused(made, request("2010", client="LEG00042"))


def test_accepting_the_rule_changes_nothing_of_the_call() -> None:
    made = parent(call("Call", "CHQ00062", CLIENT.id), basic.run_command_line("Own", "a", package_id="CHQ00016"))
    done = rewritten(made, request("2103", client="LEG00042", maps={"CHQ00016": "LEG00016"}, accept=("R47",)))
    before, after = (step_values(found.task_sequences[0], "Call") for found in (done.original, done.copy))
    assert before == after
    assert [CLIENT.id, "CHQ00062", "LEG00016"] == sorted(live(done.copy.task_sequences[0])["reference-list"])
    assert [("error", "certain", "CHQ00062", True)] == r47(done.remaining)


def test_a_call_that_is_taken_out_of_action_keeps_its_list() -> None:
    made = parent(call("Call", "CHQ00062", CLIENT.id), SETUP)
    done = rewritten(made, request("1706", client="LEG00042", policy="disable"))
    values = step_values(done.copy.task_sequences[0], "Call")
    assert (CLIENT.id, "CHQ00062") == (
        values["OSDSubTasksequenceTsReferencePackages"],
        values["OSDSubTasksequencePackageID"],
    )
    assert ["LEG00042"] == live(done.copy.task_sequences[0])["reference-list"]
    assert is_unchanged(done.copy, request("1706", client="LEG00042", policy="disable"))


def test_a_child_that_is_mapped_is_another_task_sequence() -> None:
    """Somebody converted the child elsewhere and says so: the list of the call follows the same map."""
    made = parent(SETUP, call("Call", "CHQ00062", CLIENT.id, "CHQ00016"))
    done = rewritten(made, request("2103", client="LEG00042", maps={"CHQ00062": "LEG00062"}))
    values = step_values(done.copy.task_sequences[0], "Call")
    assert {
        "OSDSubTasksequencePackageID": "LEG00062",
        "OSDSubTasksequenceTsName": "LEG00062, Child",
        "OSDSubTasksequenceTsReferencePackages": "CHQ00016,LEG00042",
    } == {
        name: values[name]
        for name in ("OSDSubTasksequencePackageID", "OSDSubTasksequenceTsName", "OSDSubTasksequenceTsReferencePackages")
    }
    assert ["CHQ00016", "LEG00042", "LEG00062"] == sorted(live(done.copy.task_sequences[0])["reference-list"])


def test_a_grandchild_that_gets_another_id() -> None:
    """The absent child still calls the original of a task sequence whose copy the parent calls."""
    made = export(
        sequence("CHQ00061", "Parent", call("Absent", "CHQ00063", "CHQ00062"), call("Here", "CHQ00062", CLIENT.id)),
        sequence("CHQ00062", "Child", SETUP),
        known=KNOWN,
    )
    outcome = cloned(made, request("2103", client="LEG00042"))
    assert isinstance(outcome, Refused)
    assert [("R47", "CHQ00063", ("Absent",))] == [(one.rule, one.subject, one.location.path) for one in outcome.reasons]
