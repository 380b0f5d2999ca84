"""What the hierarchy file replaces at the target's site needs no decision: the scan says it, and the copy keeps it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.checks.scenes import Scene, boot_image, client, hierarchy, scene
from tests.made import CLIENT, Known, cloned, osd_steps, request, rewritten, state_steps
from tsfix.conversion import Refused
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy, KnownPackage, Replacement
from tsfix.reports.build import checked
from tsfix.reports.matrix import cell
from tsfix.reports.words import fix_words
from tsfix.values import PackageId

OUR = PackageId("LEG00042")
USMT = Known(id="CHQ00001", name="User State Migration Tool for Windows")
BOOT = Known(id="CHQ000B0", name="Boot image (x64)", type=258)
OLD_BOOT, NEW_BOOT = boot_image("CHQ000B0", "2309", default=True), boot_image("LEG00044", "2207")


def replacing(sites: Hierarchy, *pairs: tuple[str, str]) -> Hierarchy:
    found = tuple(Replacement(old=PackageId(old), new=PackageId(new)) for old, new in pairs)
    return replace(
        sites,
        sites=tuple(replace(site, replacements=found) if site.code == "LEG" else site for site in sites.sites),
    )


def installs(sites: Hierarchy, to: str = "LEG") -> Scene:
    return scene(osd_steps.setup_windows("Setup", CLIENT.id, ""), to=to, sites=sites)


def about(made: Scene, *rules: str) -> list[Finding]:
    return [one for one in made.found() if one.rule in rules]


KNOWN_CLIENT = replacing(hierarchy(client(OUR, "2207")), (CLIENT.id, OUR))


def test_a_replaced_client_package_needs_no_decision() -> None:
    made = installs(KNOWN_CLIENT)
    (found,) = about(made, "R1", "R2")
    assert ("R1", "error", "automatic", OUR, "") == (
        found.rule,
        found.severity,
        found.fix,
        found.replaced_by,
        found.trade_off,
    )
    assert "tsfix clone puts LEG00042 in its place, as the hierarchy file says." == found.remedy
    assert "tsfix clone puts LEG00042 in its place, as the hierarchy file says" == fix_words(found)
    assert "safe after clone" == cell(made.found()).state


def test_the_copy_has_no_such_finding() -> None:
    made = installs(KNOWN_CLIENT)
    done = rewritten(made.export, request("2207", site="LEG"), KNOWN_CLIENT)
    assert [] == [one.rule for one in done.remaining if one.rule in ("R1", "R2")]


def test_without_the_replacement_the_person_decides() -> None:
    for made in (installs(hierarchy(client(OUR, "2207"))), installs(KNOWN_CLIENT, to="2207")):
        (found,) = about(made, "R1")
        assert ("decision", "") == (found.fix, found.replaced_by)
        assert "needs a decision" == cell(made.found()).state


def test_ids_are_compared_without_case() -> None:
    (found,) = about(installs(replacing(hierarchy(client(OUR, "2207")), (CLIENT.id.lower(), OUR))), "R1")
    assert "automatic" == found.fix


@pytest.mark.parametrize("new", [client(OUR, "2309"), client(OUR, "2207", default=True)])
def test_a_bad_replacement_is_told_and_decides_nothing(new: KnownPackage) -> None:
    sites = replacing(hierarchy(new), (CLIENT.id, OUR))
    made = installs(sites)
    (found,) = about(made, "R1")
    assert ("decision", "") == (found.fix, found.replaced_by)
    assert found.reason.startswith("The hierarchy file puts LEG00042 in its place, but: ")
    assert isinstance(cloned(made.export, request("2207", site="LEG"), sites), Refused)


def test_a_replacement_that_nobody_knows_decides_nothing() -> None:
    sites = replacing(replace(hierarchy(), packages=()), (CLIENT.id, "LEG00002"))
    (found,) = about(installs(sites), "R1")
    copy = cloned(installs(sites).export, request("2207", site="LEG"), sites)
    assert ("automatic" == found.fix) is not isinstance(copy, Refused)


def test_an_unknown_client_version_is_the_trade_off() -> None:
    (found,) = about(installs(replacing(hierarchy(client(OUR)), (CLIENT.id, OUR))), "R1")
    assert ("automatic", OUR) == (found.fix, found.replaced_by)
    assert "Which client version" in found.trade_off
    assert fix_words(found).startswith(
        "tsfix clone puts LEG00042 in its place, as the hierarchy file says. Trade-off: "
    )


def test_a_step_that_is_guarded_or_disabled_stays_as_mild_as_it_was() -> None:
    step = osd_steps.setup_windows("Setup", CLIENT.id, "", disable=True)
    (found,) = about(scene(step, to="LEG", sites=KNOWN_CLIENT), "R1")
    assert ("warning", "automatic") == (found.severity, found.fix)


def test_user_state_and_boot_image_are_answered_too() -> None:
    usmt = KnownPackage(id=PackageId("LEG00043"), kind="usmt", name="USMT for LEG", default=False)
    sites = replacing(hierarchy(usmt, OLD_BOOT, NEW_BOOT), (USMT.id, usmt.id), (BOOT.id, NEW_BOOT.id))
    steps = (state_steps.capture_user_state("Capture", USMT.id), state_steps.restore_user_state("Restore", USMT.id))
    made = scene(*steps, to="LEG", known=(USMT, BOOT), sites=sites, boot=BOOT.id)
    found = {(one.rule, one.subject, one.fix, one.replaced_by) for one in about(made, "R11", "R15")}
    assert {
        ("R11", USMT.id, "automatic", usmt.id),
        ("R15", BOOT.id, "automatic", NEW_BOOT.id),
    } == found


def test_a_boot_image_that_is_too_new_itself_is_told() -> None:
    sites = replacing(hierarchy(OLD_BOOT, boot_image("LEG00044", "2309")), (BOOT.id, "LEG00044"))
    (found,) = about(scene(to="LEG", known=(BOOT,), sites=sites, boot=BOOT.id), "R15")
    assert ("automatic", "LEG00044") == (found.fix, found.replaced_by)
    assert "holds a client newer than the target" in found.trade_off


def test_what_no_replacement_is_about_stays() -> None:
    made = installs(KNOWN_CLIENT)
    plain = installs(hierarchy(client(OUR, "2207")))

    def others(found: Scene) -> list[Finding]:
        return [one for one in found.found() if one.subject != CLIENT.id]

    assert others(plain) == others(made)


def test_the_report_follows() -> None:
    made = installs(KNOWN_CLIENT)
    subjects = made.subjects()
    report = checked(made.export, tuple(made.found()), subjects, subjects[0].target)
    assert {"R1"} == {group.finding.rule for group in report.finding_groups if group.finding.replaced_by}


def test_what_the_replaced_client_causes_is_answered_with_it() -> None:
    newer = client("CHQ00077", "2309")
    sites = replacing(hierarchy(newer, client(OUR, "1706"), older="1706"), (newer.id, OUR))
    steps = (
        state_steps.request_state_store("Request", "capture"),
        state_steps.capture_user_state("Capture", "CHQ00099"),
        osd_steps.setup_windows("Setup", newer.id, ""),
        state_steps.restore_user_state("Restore", "CHQ00099"),
    )
    known = (Known(id="CHQ00077", name="Client"), Known(id="CHQ00099", name="USMT"))
    (found,) = about(scene(*steps, to="LEG", known=known, sites=sites), "R13")
    assert "automatic" == found.fix
    (plain,) = about(scene(*steps, to="LEG", known=known, sites=replacing(sites)), "R13")
    assert "decision" == plain.fix
