"""Properties of the object that the target's class has not: what says nothing goes, what is in use stays and is reported."""

from __future__ import annotations

import pytest

from tests.made import export, findings, is_unchanged, parts, read_parts, request, rewritten, sequence, steps
from tests.made import osd_steps as osd
from tests.rewrites.written_laws import breaches
from tsfix.conversion import Rewritten
from tsfix.errors import VerificationError
from tsfix.export import Export

CLIENT = osd.setup_windows("Client", "CHQ00003", "")
PART = "SMS_TaskSequencePackage/CHQ00050/object.xml"

SINCE = {
    "2010": {"SourceSize"},
    "1902": {"BaseBoardProductID", "DriverOSVersion", "DriverPkgVersion"},
    "1810": {"DriverManufacturer", "DriverModel"},
    "1706": {"TsEnabled"},
    "1702": {
        "CustomHighImpactHeadline",
        "CustomHighImpactSet",
        "CustomHighImpactWarning",
        "CustomHighImpactWarningInstall",
        "CustomHighImpactWarningTop",
        "EstimatedDownloadSizeMB",
        "EstimatedRunTimeMinutes",
        "HighImpactTaskSequence",
        "LocalizedTaskSequenceDescription",
        "LocalizedTaskSequenceName",
        "ObjectPath",
        "PreDownloadRule",
        "RestartRequired",
    },
    "1602": {"ISVString"},
}


def made(**values: str) -> Export:
    """An export whose object has these values instead of the usual ones."""
    content = parts(sequence("CHQ00050", "TS", CLIENT))
    data = content[PART]
    for name, value in values.items():
        start = data.index(f'<PROPERTY NAME="{name}"'.encode())
        last = data.index(b"</PROPERTY>", start)
        first = data.rindex(b"<VALUE>", start, last)
        data = data[:first] + f"<VALUE>{value}</VALUE>\r\n  ".encode() + data[last:]
    return read_parts(content | {PART: data})


def names(found: Export) -> set[str]:
    return {item.name for item in found.task_sequences[0].task_sequence.properties}


def gone(done: Rewritten) -> set[str]:
    return names(done.original) - names(done.copy)


def count(found: Export) -> str:
    item = found.task_sequences[0].task_sequence.property("__PROPERTY_COUNT")
    assert item is not None
    return str(item.value)


@pytest.mark.parametrize(
    ("to", "newer", "left"),
    [
        ("2403", (), "78"),
        ("2010", (), "78"),
        ("2006", ("2010",), "77"),
        ("1806", ("2010", "1902", "1810"), "72"),
        ("1610", ("2010", "1902", "1810", "1706", "1702"), "58"),
        ("2012 R2", ("2010", "1902", "1810", "1706", "1702", "1602"), "57"),
    ],
)
def test_an_object_has_as_many_properties_as_the_targets_own(to: str, newer: tuple[str, ...], left: str) -> None:
    done = rewritten(made(), request(to, client="LEG00042"))
    assert set().union(*(SINCE[version] for version in newer)) == gone(done)
    assert left == count(done.copy)
    assert not breaches(done.copy.parts.parts)


def test_what_is_in_use_stays_and_is_reported() -> None:
    found = made(HighImpactTaskSequence="1", RestartRequired="1", LocalizedTaskSequenceName="Bereitstellen")
    done = rewritten(found, request("1610", client="LEG00042"))
    assert {"HighImpactTaskSequence", "RestartRequired", "LocalizedTaskSequenceName"} == names(done.copy) & {
        name for version in ("2010", "1902", "1810", "1706", "1702") for name in SINCE[version]
    }
    assert "61" == count(done.copy)
    (left,) = (finding for finding in done.remaining if finding.rule == "R31")
    assert "HighImpactTaskSequence, LocalizedTaskSequenceName, RestartRequired" in left.reason


def test_an_icon_stays_because_older_classes_have_the_property() -> None:
    assert "IconSize" not in gone(rewritten(made(IconSize="2786"), request("1606", client="LEG00042")))


def test_a_count_that_was_wrong_stays_as_wrong() -> None:
    done = rewritten(made(__PROPERTY_COUNT="70"), request("2006", client="LEG00042"))
    assert "69" == count(done.copy)


def test_properties_alone_are_no_reason_for_a_copy() -> None:
    assert is_unchanged(export(sequence("CHQ00050", "TS", steps.restart("One"))), request("1806"))


def test_a_property_that_goes_without_a_plan_is_found() -> None:
    from tests.made import knowledge
    from tsfix.verification import verify

    done = rewritten(made(), request("2006", client="LEG00042"))
    without = [change for change in done.changes if change.field != "package-property:SourceSize"]
    with pytest.raises(VerificationError, match="other properties"):
        verify(done.original, done.copy, done.part_changes, without, knowledge(), frozenset())


def test_scan_names_them() -> None:
    (found,) = (one for one in findings(made(), "2006") if one.rule == "R31")
    assert ("warning", "newer than 2006: SourceSize") == (found.severity, found.reason)


def test_an_object_without_the_number_of_its_properties() -> None:
    """Somebody took it out; the properties go all the same."""
    data = made().parts.parts[PART].decode("utf-8")
    start = data.index('<PROPERTY NAME="__PROPERTY_COUNT"')
    end = data.index("</PROPERTY>", start) + len("</PROPERTY>")
    content = dict(made().parts.parts) | {PART: (data[:start] + data[end:]).encode("utf-8")}
    assert SINCE["2010"] == gone(rewritten(read_parts(content), request("2002", client="LEG00042")))
