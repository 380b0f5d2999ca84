"""What a person types as target, package ID, mapping, rule or name template."""

from __future__ import annotations

import pytest

from tests.made import knowledge
from tsfix.configuration.targets import accepted_rules, find_target, mappings, name_template, package_id
from tsfix.errors import UsageError
from tsfix.hierarchy import Hierarchy, KnownPackage, Site
from tsfix.request import PackageMapping
from tsfix.values import PackageId, SiteCode

KNOWN = Hierarchy(
    sites=(
        Site(code=SiteCode("CHQ"), version="2309"),
        Site(code=SiteCode("LEG"), version="5.00.8540.1000"),
        Site(code=SiteCode("170"), version="2203"),
    ),
    packages=(KnownPackage(id=PackageId("LEG00042"), kind="client", name="Client 1706"),),
)


@pytest.mark.parametrize(
    ("text", "label", "version"),
    [
        ("1706", "1706", "1706"),
        (" 1706 ", "1706", "1706"),
        ("2012 R2", "2012-r2", "2012-r2"),
        ("5.00.8540.1000", "1706", "1706"),
        ("LEG", "LEG", "1706"),
        ("leg", "LEG", "1706"),
        ("170", "170", "2203"),
    ],
)
def test_target(text: str, label: str, version: str) -> None:
    found = find_target(text, knowledge(), KNOWN)
    assert (label, version) == (found.label, found.version.id)


@pytest.mark.parametrize(
    ("text", "hierarchy", "phrases"),
    [
        ("XYZ", KNOWN, ('"XYZ" is not in the hierarchy file', "CHQ (2309), LEG (5.00.8540.1000)", "name a version")),
        ("XYZ", Hierarchy(), ("Its sites are: none",)),
        ("LEG", None, ('"LEG" looks like a site code', "--hierarchy", "--to 1706")),
        ("123", KNOWN, ("unknown version '123'", "Known versions")),
        ("1707", KNOWN, ("unknown version '1707'", "Did you mean", "1706")),
        ("", None, ("unknown version ''",)),
        ("latest", None, ("unknown version 'latest'",)),
    ],
)
def test_no_target(text: str, hierarchy: Hierarchy | None, phrases: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as caught:
        find_target(text, knowledge(), hierarchy)
    assert [] == [phrase for phrase in phrases if phrase not in str(caught.value)]


def test_package_ids_become_upper_case() -> None:
    assert "LEG0004A" == package_id(" leg0004a ", "--client-package")


@pytest.mark.parametrize("text", ["", "LEG", "LEG0004G", "LEG000421", "LEG 00042"])
def test_no_package_id(text: str) -> None:
    with pytest.raises(UsageError, match=r"--client-package: .* is not a package ID"):
        package_id(text, "--client-package")


def test_mappings_know_the_name_of_the_new_package() -> None:
    expected = (
        PackageMapping(old=PackageId("CHQ00003"), new=PackageId("LEG00042"), new_name="Client 1706"),
        PackageMapping(old=PackageId("CHQ00004"), new=PackageId("LEG00043")),
    )
    assert expected == mappings(["chq00003=leg00042", "CHQ00004=LEG00043", "CHQ00003=LEG00042"], "--map", KNOWN)


@pytest.mark.parametrize(
    ("texts", "phrase"),
    [
        (["CHQ00003"], 'has no "="'),
        (["CHQ00003=CHQ00003"], "mapped to itself"),
        (["CHQ00003=LEG00042", "CHQ00003=LEG00043"], "mapped to both LEG00042 and LEG00043"),
        (["CHQ00003=LEG00042=LEG00043"], "is not a package ID"),
    ],
)
def test_no_mapping(texts: list[str], phrase: str) -> None:
    with pytest.raises(UsageError, match=phrase):
        mappings(texts, "--map")


def test_rules_get_their_own_case() -> None:
    assert {"R33", "R1"} == accepted_rules(["r33", " R1 "], knowledge())


def test_unknown_rule_is_answered_with_real_ones() -> None:
    with pytest.raises(UsageError) as caught:
        accepted_rules(["R333"], knowledge())
    assert "Did you mean R33" in caught.value.remedy
    assert "tsfix list rules" in caught.value.remedy


@pytest.mark.parametrize("text", ["{name} (for {target})", "{id} {version}", "Plain", "{{name}} {name}"])
def test_name_template_stays_as_it_is(text: str) -> None:
    assert text == name_template(text)


@pytest.mark.parametrize(
    "text", ["", " ", "{", "}", "{}", "{0}", "{nmae}", "{name!r}", "{name:>5}", "{name.x}", "{id[0]}"]
)
def test_name_template_that_cannot_be_used(text: str) -> None:
    with pytest.raises(UsageError, match="--name") as caught:
        name_template(text)
    assert "{name}, {target}, {version} and {id}" in caught.value.remedy
