"""What the hierarchy file tells: deployments to the wrong computers, and versions that never stand together."""

from __future__ import annotations

import pytest

from tests.checks.cases_client import CUSTOM, KNOWN, setup
from tests.checks.scenes import Scene, client, deployed, hierarchy, scene
from tests.made import CLIENT, knowledge
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tsfix.checks.sites import site_findings
from tsfix.hierarchy import Deployment, Hierarchy, Site, SiteKind
from tsfix.request import Target
from tsfix.values import Location, SiteCode

DEFAULT = client(CLIENT.id, "2309", default=True)


def of_rule(made: Scene, rule: str) -> list[tuple[str, str]]:
    return [(one.severity, one.title) for one in made.found() if one.rule == rule and one.subject != "advice"]


def test_the_newest_client_for_computers_of_an_older_site() -> None:
    made = scene(setup(), to=None, sites=hierarchy(DEFAULT, deployments=(deployed("LEG"),)))
    title = (
        'Deployed to 20 computers of LEG ("All kiosks"), and installs the default client package with a newer client'
    )
    assert [("error", title)] == of_rule(made, "R40")


def test_an_older_client_for_computers_of_the_newest_site() -> None:
    sites = hierarchy(client(CUSTOM, "2207"), deployments=(deployed("NEW"),))
    made = scene(setup(CUSTOM), to=None, known=KNOWN, sites=sites)
    title = 'Deployed to 20 computers of NEW ("All kiosks"), and installs a client package with an older client'
    assert [("warning", title)] == of_rule(made, "R40")


@pytest.mark.parametrize(
    "one",
    [deployed("NEW"), deployed("LEG", count=0), deployed(""), deployed("XYZ")],
    ids=["its own site", "nobody", "no site", "unknown site"],
)
def test_other_deployments_are_fine(one: Deployment) -> None:
    assert [] == of_rule(scene(setup(), to=None, sites=hierarchy(DEFAULT, deployments=(one,))), "R40")


def test_only_the_members_of_the_target_count() -> None:
    sites = hierarchy(DEFAULT, deployments=(deployed("LEG"),))
    assert 1 == len(of_rule(scene(setup(), to="LEG", sites=sites), "R40"))
    assert [] == of_rule(scene(setup(), to="NEW", sites=sites), "R40")


def test_clients_that_are_too_old_for_the_steps() -> None:
    step = basic.run_powershell_script("Inline", lines=("Get-Date",))
    sites = hierarchy(deployments=(deployed("LEG", "5.00.8740.1024"),))
    title = 'Deployed to computers of LEG ("All kiosks") whose client is too old for it'
    assert [("warning", title)] == of_rule(scene(step, to=None, sites=sites), "R24")
    (found,) = [one for one in scene(step, to=None, sites=sites).found() if one.rule == "R24"]
    assert "does not know the step" not in found.reason
    assert "not everything that they use" in found.reason
    new_enough = hierarchy(deployments=(deployed("LEG", "5.00.8790.1007"),))
    assert [] == of_rule(scene(step, to=None, sites=new_enough), "R24")


def test_clients_that_do_not_know_a_step_type() -> None:
    step = osd.check_readiness("Ready", memory=1, disk=1, site=1706)
    old = hierarchy(deployments=(deployed("LEG", "5.00.7804.1000"),))
    (found,) = [one for one in scene(step, to=None, sites=old, site=1706).found() if one.rule == "R24"]
    assert "does not know the step" in found.reason
    assert "copy for their version" in found.remedy


def test_a_deployment_of_the_original_is_not_told_as_one_of_a_copy() -> None:
    sites = hierarchy(DEFAULT, deployments=(deployed("LEG"),))
    (found,) = [
        one
        for one in scene(setup(), to="LEG", sites=sites).found()
        if one.rule == "R40" and one.reason and one.subject != "advice"
    ]
    assert "refuses a newer client" in found.reason
    assert "the copy" not in found.reason


def sites(*found: tuple[str, str, str, SiteKind | None], to: str | None = None) -> list[tuple[str, str]]:
    """Code, version, parent and kind of each site; rule and title of what is wrong."""
    known = Hierarchy(
        sites=tuple(
            Site(code=SiteCode(code), version=version, parent=SiteCode(parent) if parent else None, kind=kind)
            for code, version, parent, kind in found
        )
    )
    base = knowledge()
    target = Target(version=base.find_version(to)) if to else None
    return [(one.rule, one.title) for one in site_findings(known, base, target, Location(file="sites"))]


TOP = ("CHQ", "2309", "", None)


@pytest.mark.parametrize(
    "found",
    [
        (),
        (TOP,),
        (TOP, ("LEG", "2207", "CHQ", None)),
        (TOP, ("LEG", "2207", "CHQ", None), ("NEW", "2309", "CHQ", None)),
        (TOP, ("LEG", "2207", "CHQ", None), ("L01", "2111", "LEG", None)),
        (TOP, ("LEG", "2309", "CHQ", "primary"), ("L01", "2111", "LEG", "secondary")),
    ],
    ids=["nothing", "one site", "an update", "half-way", "a secondary site lags", "a secondary site by its kind"],
)
def test_hierarchies_that_can_be(found: tuple[tuple[str, str, str, SiteKind | None], ...]) -> None:
    assert [] == sites(*found)


def test_three_versions() -> None:
    assert [("R60", "The sites of the hierarchy have 3 versions: 2207, 2211, 2309")] == sites(
        TOP, ("LEG", "2207", "CHQ", None), ("MID", "2211", "CHQ", None)
    )


def test_a_version_that_cannot_be_reached() -> None:
    title = "The site LEG has 1706, from which no update leads to 2309"
    assert [("R60", title)] == sites(TOP, ("LEG", "1706", "CHQ", None))


def test_a_child_above_its_parent() -> None:
    title = "The site NEW (2403) is newer than its parent CHQ (2309)"
    assert [("R60", title)] == sites(TOP, ("NEW", "2403", "CHQ", None))


def test_a_target_that_cannot_be_reached() -> None:
    assert [("R60", "The target has 1706, from which no update leads to 2309")] == sites(TOP, to="1706")


def test_a_target_whose_clients_get_nothing() -> None:
    assert ("R41", "Clients of 2012 get no task sequence from a site of 2309") in sites(TOP, to="2012")


def test_the_direction() -> None:
    assert [("R65", "2403 is as new as the newest site of the hierarchy")] == sites(TOP, to="2403")
    assert [] == sites(TOP, to="2303")


def test_the_reason_of_a_rule_is_said_once_for_the_sites() -> None:
    known = Hierarchy(
        sites=tuple(
            Site(code=SiteCode(code), version=version, parent=SiteCode("CHQ") if code != "CHQ" else None)
            for code, version in (("CHQ", "2309"), ("LEG", "1706"), ("OLD", "1702"))
        )
    )
    found = [one for one in site_findings(known, knowledge(), None, Location(file="sites")) if one.rule == "R60"]
    assert len(found) > 1
    assert 1 == sum(knowledge().rule("R60").reason in one.reason for one in found)
