"""Three invented estates with planted faults: nothing is missed, and nothing is invented. The lists were worked out by hand."""

from __future__ import annotations

from tests.checks import estates
from tests.checks.scenes import Scene

Row = tuple[str, str, str, str, str, str]
"""Rule, severity, certainty, what it is about, task sequence, group or step."""


def rows(made: Scene) -> set[Row]:
    return {
        (
            one.rule,
            one.severity,
            one.certainty,
            one.subject,
            one.location.task_sequence,
            one.location.path[-1] if one.location.path else "",
        )
        for one in made.found()
        if one.subject != "advice"
    }


def advice(made: Scene) -> list[str]:
    return [one.rule for one in made.found() if one.subject == "advice"]


JOIN = "password of the account that joins the domain"
FILES = "password of the account that runs the command"

NORTHWIND: set[Row] = {
    ("R1", "error", "certain", "NWC00002", "New computer", "Install client"),
    ("R40", "error", "certain", "NWC20001", "New computer", ""),
    ("R6", "warning", "certain", "SMSSITECODE", "New computer", "Install client"),
    ("R6", "warning", "unknown", "SMSMP", "New computer", "Install client"),
    ("R8", "warning", "likely", "ccmsetup", "New computer", "Repair client"),
    ("R11", "warning", "certain", "NWC00001", "New computer", "Capture state"),
    ("R11", "warning", "certain", "NWC00001", "New computer", "Restore state"),
    ("R15", "warning", "certain", "NWC00005", "New computer", ""),
    ("R24", "warning", "certain", "NWC20001", "New computer", ""),
    ("R32", "warning", "certain", "OSDAppInstallRetries", "New computer", "Retry applications"),
    ("R50", "warning", "likely", "NWC000FF", "New computer", ""),
    ("R53", "warning", "certain", JOIN, "New computer", "Network"),
}

LITWARE: set[Row] = {
    ("R1", "error", "likely", "LIT00002", "Upgrade to Windows 10", "Install client"),
    ("R15", "error", "likely", "LIT00004", "Upgrade to Windows 10", ""),
    (
        *("R24", "error", "certain", "SMS_TaskSequence_UpgradeOperatingSystemAction"),
        *("Upgrade to Windows 10", "Upgrade Windows"),
    ),
    ("R32", "error", "likely", "_SMSTSSetupRollback", "Upgrade to Windows 10", "Roll back"),
    ("R34", "error", "likely", "condition-operator-like", "Upgrade to Windows 10", "Tailspin"),
    ("R29", "warning", "likely", "SMS_TaskSequence_DownloadPackageContentAction", "Upgrade to Windows 10", "Later"),
    ("R31", "warning", "certain", "object properties", "Upgrade to Windows 10", ""),
    ("R45", "warning", "likely", "BDD_Gather", "Upgrade to Windows 10", "Gather"),
    ("R46", "error", "certain", "LIT000AA", "Upgrade to Windows 10", "Half changed"),
}

WOODGROVE: set[Row] = {
    ("R34", "error", "certain", "dynamic-variables-operator-notlike", "Refresh", "Rules"),
    ("R44", "error", "likely", "OLD00099", "Refresh", "Ping"),
    ("R44", "error", "unknown", "Fabrikam_PingAction", "Refresh", "Ping"),
    ("R47", "error", "certain", "WGA00042", "Refresh", "Drivers"),
    ("R34", "warning", "certain", "condition-operator-notlike", "Refresh", "Not Tailspin"),
    ("R44", "warning", "likely", "SMSTSNomad.exe", "Refresh", "Downloads"),
    ("R49", "warning", "certain", "WGA00041", "Refresh", "Applications"),
    ("R53", "warning", "certain", "value of UnlockCode", "Refresh", "Rules"),
    ("R53", "warning", "certain", FILES, "Applications", "Connect"),
    ("R54", "warning", "certain", "Refresh", "", ""),
    ("R57", "warning", "certain", "Manifest.xml", "", ""),
    ("R26", "info", "certain", "neutral settings", "Refresh", ""),
}

ALWAYS = {"R37", "R38", "R39", "R40", "R42", "R43", "R52", "R61", "R64"}
"""What is said for every older target."""


def test_northwind() -> None:
    assert NORTHWIND == rows(estates.northwind())


def test_northwind_for_the_newest_site() -> None:
    """The default packages are right there; what is left was wrong before, or belongs to the other site."""
    assert {
        ("R3", "warning", "certain", "NWC00077", "New computer (for PLA)", "Install client"),
        ("R6", "warning", "certain", "SMSSITECODE", "New computer (for PLA)", "Install client"),
        ("R50", "warning", "likely", "NWC000FF", "New computer", ""),
        ("R53", "warning", "certain", JOIN, "New computer", "Network"),
        ("R65", "info", "certain", "PLB", "", ""),
    } == rows(estates.northwind("PLB"))


def test_northwind_without_a_target() -> None:
    """Only what is wrong anywhere, and what the deployments say."""
    assert {
        ("R1", "warning", "certain", "NWC00002", "New computer", "Install client"),
        ("R24", "warning", "certain", "NWC20001", "New computer", ""),
        ("R40", "error", "certain", "NWC20001", "New computer", ""),
        ("R50", "warning", "likely", "NWC000FF", "New computer", ""),
        ("R53", "warning", "certain", JOIN, "New computer", "Network"),
    } == rows(estates.northwind(None))


def test_litware() -> None:
    assert LITWARE == rows(estates.litware())


def test_woodgrove() -> None:
    assert WOODGROVE == rows(estates.woodgrove())


def test_woodgrove_without_a_target() -> None:
    """Of the faults, those that have nothing to do with the older site."""
    gone = {"R34", "R26"}
    changed = {("R47", "error"), ("R44", "warning")}
    kept = {row for row in WOODGROVE if row[0] not in gone and row[:2] not in changed}
    assert kept | {
        ("R47", "warning", "certain", "WGA00042", "Refresh", "Drivers"),
        ("R44", "info", "likely", "SMSTSNomad.exe", "Refresh", "Downloads"),
    } == rows(estates.woodgrove(None))


def test_advice_is_what_fits_the_estate() -> None:
    """Windows PE is customised only where the default image is used; content lies beside none of the exports."""
    assert sorted(ALWAYS | {"R9", "R10", "R16", "R17", "R22", "R50"}) == sorted(advice(estates.northwind()))
    assert sorted(ALWAYS | {"R9", "R10", "R16", "R17", "R22", "R50", "R56", "R62"}) == sorted(advice(estates.litware()))
    assert sorted(ALWAYS | {"R17", "R50", "R56", "R62"}) == sorted(advice(estates.woodgrove()))
    assert [] == advice(estates.northwind("PLB"))


def test_the_copy_made_for_the_older_site_is_clean() -> None:
    assert [] == [row for row in rows(estates.northwind()) if row[4] == "New computer (for PLA)"]


def test_what_blocks_a_copy() -> None:
    def blocking(made: Scene) -> set[str]:
        return {one.rule for one in made.found() if one.blocking}

    assert {"R1"} == blocking(estates.northwind())
    assert {"R1", "R15", "R24", "R32", "R34", "R46"} == blocking(estates.litware())
    assert {"R34", "R44", "R47"} == blocking(estates.woodgrove())
    assert set() == blocking(estates.northwind("PLB"))
