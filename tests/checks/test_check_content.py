"""Content that is not at the target: told where the hierarchy file says which sites have it, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.checks.scenes import Scene, boot_image, client, hierarchy, scene, told
from tests.made import Known, knowledge
from tests.made import steps as basic
from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.errors import UsageError
from tsfix.hierarchy import Hierarchy, KnownPackage, Replacement
from tsfix.values import PackageId, SiteCode

TOOLS = Known(id="CHQ000D0", name="Tools")
BOOT = Known(id="CHQ000B0", name="Our boot image", type=258, version="10.0.19041.1")


def at(*sites: str) -> tuple[SiteCode, ...]:
    return tuple(map(SiteCode, sites))


def tools(*sites: str) -> KnownPackage:
    return KnownPackage(id=PackageId(TOOLS.id), name="Tools", content_at=at(*sites))


def used(known: Hierarchy, to: str | None = "LEG", *, disable: bool = False) -> Scene:
    step = basic.run_command_line("Use tools", "run.cmd", package_id=TOOLS.id, site=1606, disable=disable)
    return scene(step, to=to, known=(TOOLS, BOOT), sites=known, boot=BOOT.id)


def found(made: Scene) -> list[tuple[str, str, str]]:
    told_ones = [(rule, *one) for rule in ("R22", "R50") for one in told(made.found(), rule)]
    return [(rule, severity, about) for rule, severity, _, about in told_ones if about != "advice"]


def test_a_package_that_the_site_lacks_is_told() -> None:
    assert [("R50", "warning", TOOLS.id)] == found(used(hierarchy(tools("CHQ", "NEW"))))
    assert [("R50", "warning", TOOLS.id)] == found(used(hierarchy(tools())))


def test_a_package_that_the_site_has_is_not() -> None:
    assert [] == found(used(hierarchy(tools("CHQ", "leg"))))


@pytest.mark.parametrize("to", ["2207", None])
def test_a_version_has_no_distribution_points(to: str | None) -> None:
    assert [] == found(used(hierarchy(tools("CHQ")), to))


def test_what_nobody_said_is_not_told() -> None:
    known = KnownPackage(id=PackageId(TOOLS.id), name="Tools")
    assert [] == found(used(hierarchy(known)))


def test_a_step_that_does_not_run_needs_no_content() -> None:
    assert [] == found(used(hierarchy(tools("CHQ")), disable=True))


def test_the_boot_image_has_a_rule_of_its_own() -> None:
    known = replace(boot_image(BOOT.id, "2207"), content_at=at("CHQ"))
    assert [("R22", "warning", BOOT.id)] == found(used(hierarchy(known)))


def test_what_replaces_a_package_at_the_site_is_what_counts() -> None:
    new = replace(client("LEG000D0", "2207"), content_at=at("LEG"))
    known = hierarchy(tools("CHQ"), new)
    swap = (Replacement(old=PackageId(TOOLS.id), new=new.id),)
    sites = tuple(replace(site, replacements=swap) if site.code == "LEG" else site for site in known.sites)
    assert [] == found(used(replace(known, sites=sites)))
    lacking = replace(known, sites=sites, packages=(tools("LEG"), replace(new, content_at=at("CHQ"))))
    assert [("R50", "warning", "LEG000D0")] == found(used(lacking))


def test_the_advice_goes_where_everything_is_known() -> None:
    known = (tools("LEG"), replace(boot_image(BOOT.id, "2207"), content_at=at("LEG")))
    assert [] == told(used(hierarchy(*known)).found(), "R50")
    assert [("info", "certain", "advice")] == told(used(hierarchy(known[0])).found(), "R50")


def test_content_at_names_sites_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sites.toml"
    text = '[[sites]]\ncode = "CHQ"\nversion = "2309"\n\n[[packages]]\nid = "CHQ00001"\ncontent_at = ["CHQ", "XXX"]\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r'packages\[1\]\.content_at\[2\]: "XXX" is no site of this file'):
        read_hierarchy(path, knowledge())
    path.write_text(text.replace(', "XXX"', ""), encoding="utf-8")
    assert (SiteCode("CHQ"),) == read_hierarchy(path, knowledge()).packages[0].content_at
