"""A command that installs the client from the default client package is told with the package and its properties."""

from __future__ import annotations

import pytest

from tests.checks.scenes import hierarchy, scene, told
from tests.made import Known, Step
from tests.made import steps as basic

DEFAULT = Known(id="CHQ00002", name="Configuration Manager Client Package")
OWN = Known(id="CHQ000D0", name="Our tools")


def install(package_id: str, line: str = "ccmsetup.exe SMSSITECODE=CHQ", *, disable: bool = False) -> Step:
    return basic.run_command_line("Install client", line, package_id=package_id, disable=disable)


@pytest.mark.parametrize(
    ("package", "disable", "severity", "certainty"),
    [(DEFAULT, False, "error", "likely"), (DEFAULT, True, "info", "likely"), (OWN, False, "warning", "likely")],
)
def test_ccmsetup_from_a_package(package: Known, disable: bool, severity: str, certainty: str) -> None:
    found = scene(install(package.id, disable=disable), to="LEG", sites=hierarchy(), known=(package,)).found()
    (one,) = [finding for finding in found if finding.rule == "R8"]
    assert (severity, certainty) == (one.severity, one.certainty)
    assert (DEFAULT.id in one.title, one.blocking) == (package is DEFAULT, severity == "error")


def test_its_site_code_names_another_site() -> None:
    found = scene(install(OWN.id), to="LEG", sites=hierarchy(), known=(OWN,)).found()
    assert [("warning", "certain", "SMSSITECODE")] == told(found, "R6")
    own = scene(install(OWN.id, "ccmsetup.exe SMSSITECODE=LEG"), to="LEG", sites=hierarchy(), known=(OWN,)).found()
    assert [] == told(own, "R6")
    other = scene(install(OWN.id, "contoso.exe SMSSITECODE=CHQ"), to="LEG", sites=hierarchy(), known=(OWN,)).found()
    assert [] == told(other, "R6")
