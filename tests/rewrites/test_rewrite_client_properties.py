"""Site code and servers in the client's installation: those of the target site where the hierarchy file names them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.made import Group, export, knowledge, on, request, rewritten, sequence, step_values, steps
from tests.made import osd_steps as osd
from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.conversion import Rewritten
from tsfix.export import Export
from tsfix.hierarchy import Hierarchy, Site
from tsfix.values import SiteCode

LEG = Site(
    code=SiteCode("LEG"),
    version="1706",
    management_point="leg-mp01.contoso.example",
    internet_management_point="leg-net.contoso.example",
    fallback_status_point="LEG-FSP",
    dns_suffix="leg.contoso.example",
)
KNOWN = Hierarchy(sites=(Site(code=SiteCode("CHQ"), version="2309"), LEG))
WANTED = request("1706", client="LEG00042", site="LEG")


def made(properties: str) -> Export:
    return export(sequence("CHQ00050", "TS", osd.setup_windows("Client", "CHQ00003", properties)))


def properties_of(done: Rewritten) -> str:
    return step_values(done.copy.task_sequences[0], "Client")["SMSClientInstallProperties"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SMSSITECODE=CHQ", "SMSSITECODE=LEG"),
        ("smssitecode = chq CCMLOGLEVEL=0", "smssitecode = LEG CCMLOGLEVEL=0"),
        ('SMSSITECODE="CHQ" FSP=CHQ-FSP', 'SMSSITECODE="LEG" FSP=LEG-FSP'),
        ("SMSMP=chq-mp01", "SMSMP=leg-mp01.contoso.example"),
        ("SMSMP=https://chq-mp01 /source:x", "SMSMP=https://leg-mp01.contoso.example /source:x"),
        ("CCMHOSTNAME=chq-net", "CCMHOSTNAME=leg-net.contoso.example"),
        ("DNSSUFFIX=chq.contoso.example", "DNSSUFFIX=leg.contoso.example"),
        ("SMSSITECODE=AUTO", "SMSSITECODE=AUTO"),
        ("SMSMP=%MyServer%", "SMSMP=%MyServer%"),
        ("SMSMP=one;two", "SMSMP=one;two"),
        ("SMSMPLIST=chq-mp01", "SMSMPLIST=chq-mp01"),
        ("MYSMSMP=chq-mp01", "MYSMSMP=chq-mp01"),
        ("CCMLOGLEVEL=0", "CCMLOGLEVEL=0"),
    ],
)
def test_only_what_the_hierarchy_file_names(before: str, after: str) -> None:
    assert after == properties_of(rewritten(made(before), WANTED, KNOWN))


def test_what_the_file_does_not_name_stays_and_is_reported() -> None:
    bare = Hierarchy(sites=(Site(code=SiteCode("CHQ"), version="2309"), Site(code=SiteCode("LEG"), version="1706")))
    done = rewritten(made("SMSSITECODE=CHQ SMSMP=chq-mp01 FSP=CHQ-FSP"), WANTED, bare)
    assert "SMSSITECODE=LEG SMSMP=chq-mp01 FSP=CHQ-FSP" == properties_of(done)
    assert ["SMSMP", "FSP"] == [finding.subject for finding in done.remaining if finding.rule == "R6"]


def test_nothing_is_left_to_report_in_the_copy() -> None:
    done = rewritten(made("SMSSITECODE=CHQ SMSMP=http://chq-mp01 FSP=x DNSSUFFIX=y CCMHOSTNAME=z"), WANTED, KNOWN)
    assert [] == [finding.subject for finding in done.remaining if finding.rule == "R6"]
    assert {"automatic"} == {finding.fix for finding in done.findings if finding.rule == "R6"}


def test_without_a_site_nothing_changes() -> None:
    assert "SMSSITECODE=CHQ" == properties_of(
        rewritten(made("SMSSITECODE=CHQ"), request("1706", client="LEG00042"), KNOWN)
    )


def test_a_step_that_sets_the_properties_by_name_changes_in_both_halves() -> None:
    step = steps.set_variable("Set", "SMSClientInstallProperties", "SMSSITECODE=CHQ FSP=a")
    values = step_values(
        rewritten(export(sequence("CHQ00050", "TS", step)), WANTED, KNOWN).copy.task_sequences[0], "Set"
    )
    assert "SMSSITECODE=LEG FSP=LEG-FSP" == values["VariableValue"]
    assert values["action"].startswith('tsenv.exe "SMSClientInstallProperties=SMSSITECODE=LEG FSP=LEG-FSP"')


def test_a_step_whose_halves_disagree_stays() -> None:
    step = steps.set_variable("Set", "SMSClientInstallProperties", "SMSSITECODE=CHQ")
    step = replace(step, action='tsenv.exe "SMSClientInstallProperties=SMSSITECODE=XYZ"')
    done = rewritten(
        export(sequence("CHQ00050", "TS", step, osd.setup_windows("Client", "CHQ00003", ""))), WANTED, KNOWN
    )
    values = step_values(done.copy.task_sequences[0], "Set")
    assert ("SMSSITECODE=CHQ", 'tsenv.exe "SMSClientInstallProperties=SMSSITECODE=XYZ"') == (
        values["VariableValue"],
        values["action"],
    )


def test_what_only_newer_clients_run_stays() -> None:
    query = "SELECT * FROM SMS_Client WHERE ClientVersion >= '5.00.9000.1000'"
    newer = Group(
        name="New",
        children=(steps.set_variable("Set", "SMSClientInstallProperties", "SMSSITECODE=CHQ"),),
        condition=on.when(on.wmi(query, r"root\ccm")),
    )
    done = rewritten(
        export(sequence("CHQ00050", "TS", newer, osd.setup_windows("Client", "CHQ00003", ""))), WANTED, KNOWN
    )
    assert "SMSSITECODE=CHQ" == step_values(done.copy.task_sequences[0], "Set")["VariableValue"]


def test_what_an_earlier_copy_disabled_stays_and_what_a_person_disabled_follows() -> None:
    """A person may enable a step again, for that site; what tsfix took out of action waits for one to decide."""
    step = steps.set_variable("Set", "SMSClientInstallProperties", "SMSSITECODE=CHQ", disable=True)
    for description, expected in (("[tsfix: disabled for 1706. x]", "SMSSITECODE=CHQ"), ("mine", "SMSSITECODE=LEG")):
        items = (replace(step, description=description), osd.setup_windows("Client", "CHQ00003", ""))
        done = rewritten(export(sequence("CHQ00050", "TS", *items)), WANTED, KNOWN)
        assert expected == step_values(done.copy.task_sequences[0], "Set")["VariableValue"]


def test_a_secondary_site_has_no_clients_of_its_own() -> None:
    known = Hierarchy(sites=(Site(code=SiteCode("LEG"), version="1706", kind="secondary"),))
    assert "SMSSITECODE=CHQ" == properties_of(rewritten(made("SMSSITECODE=CHQ"), WANTED, known))


def test_the_keys_of_the_file(tmp_path: Path) -> None:
    text = b"""[[sites]]
code = "LEG"
version = "1706"
management_point = "leg-mp01.contoso.example"
internet_management_point = "leg-net.contoso.example"
fallback_status_point = "LEG-FSP"
dns_suffix = "leg.contoso.example"
"""
    path = tmp_path / "hierarchy.toml"
    path.write_bytes(text)
    assert (LEG,) == read_hierarchy(path, knowledge()).sites
