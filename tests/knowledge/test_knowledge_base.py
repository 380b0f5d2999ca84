"""The questions asked of the knowledge base."""

from __future__ import annotations

import pytest

from tsfix.errors import UsageError
from tsfix.knowledge.facts import Age, Bound, Confidence, Introduced
from tsfix.knowledge.load import load
from tsfix.values import VersionId


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1706", "1706"),
        (" 2309 ", "2309"),
        ("2012", "2012"),
        ("2012 R2", "2012-r2"),
        ("2012r2", "2012-r2"),
        ("2012-R2", "2012-r2"),
        ("2012 SP2", "2012-r2-sp1"),
        ("2007 R2", "2007-sp1"),
        ("9122", "2309"),
        ("5.00.9122", "2309"),
        ("5.0.9122.1000", "2309"),
        ("5.00.9122.1011", "2309"),
        ("4.00.6487.2157", "2007-r3"),
        ("4.00.6487.2000", "2007-sp2"),
        ("configuration manager current branch, version 1902", "1902"),
    ],
)
def test_a_version_is_found_by_any_of_its_names(text: str, expected: str) -> None:
    assert expected == load().find_version(text).id


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1607", "1606"),
        ("2310", "2309"),
        ("2612", "Known versions: 2007,"),
        ("5.00.9123.1000", "between 2309 (9122) and 2403 (9128)"),
        ("5.00.9999.1000", "newer than 2609 (9152)"),
        ("4.00.5000", "older than 2007 (5931)"),
        ("4.00.9122.1000", "unknown build"),
        ("", "unknown version"),
        ("latest", "unknown version"),
    ],
)
def test_an_unknown_version_is_an_error_that_lists_the_known_ones(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        load().find_version(text)
    assert told in str(caught.value)
    assert "2609" in caught.value.remedy


@pytest.mark.parametrize(
    ("version", "bound", "not_before", "target", "confidence", "expected"),
    [
        ("1710", "exact", None, "1706", "documented", (True, "certain", "target 1706 < needs 1710")),
        ("1710", "exact", None, "1710", "documented", (False, "certain", "target 1710 >= needs 1710")),
        ("1710", "exact", None, "2309", "documented", (False, "certain", "target 2309 >= needs 1710")),
        ("1511", "exact", None, "2012-r2", "documented", (True, "certain", "target 2012-r2 < needs 1511")),
        ("1710", "exact", None, "1706", "inferred", (True, "likely", "target 1706 < needs 1710")),
        (
            "1806",
            "no-later-than",
            "1802",
            "1802",
            "inferred",
            (True, "certain", "target 1802 < 1806, the oldest that surely has it; 1802 lacks it"),
        ),
        (
            "1806",
            "no-later-than",
            "1606",
            "1702",
            "inferred",
            (True, "likely", "target 1702 < 1806, the oldest that surely has it; 1606 lacks it"),
        ),
        (
            "1606",
            "no-later-than",
            None,
            "2012",
            "unknown",
            (True, "likely", "target 2012 < 1606, the oldest in which it was seen"),
        ),
        ("1806", "no-later-than", "1606", "1806", "documented", (False, "certain", "target 1806 >= needs 1806")),
        (None, "unknown", None, "1706", "documented", (False, "unknown", "since which version is not known")),
    ],
)
def test_age(
    version: VersionId | None,
    bound: Bound,
    not_before: VersionId | None,
    target: str,
    confidence: Confidence,
    expected: tuple[bool, str, str],
) -> None:
    base = load()
    found = base.age(
        Introduced(version=version, bound=bound, not_before=not_before), base.find_version(target), confidence
    )
    assert expected == (found.newer, found.certainty, found.reason)


def test_a_step_type_is_found_without_case() -> None:
    found = load().step("sms_tasksequence_rebootACTION")
    assert found is not None
    assert ("SMS_TaskSequence_RebootAction", "Restart Computer") == (found.type, found.name)


@pytest.mark.parametrize("step_type", ["", "SMS_TaskSequence_NoSuchAction", "(any other type)"])
def test_an_unknown_step_type_is_none(step_type: str) -> None:
    assert load().step(step_type) is None


def test_the_age_of_a_step_type_and_of_a_feature() -> None:
    base = load()
    child = base.step("SMS_TaskSequence_SubTasksequence")
    drivers = base.step("SMS_TaskSequence_ApplyDriverPackageAction")
    assert child is not None
    assert drivers is not None
    assert Age(newer=True, certainty="certain", reason="target 1706 < needs 1710") == base.step_age(
        child, base.find_version("1706")
    )
    assert Age(newer=True, certainty="certain", reason="target 1702 < needs 1706") == base.feature_age(
        drivers.features[0], base.find_version("1702")
    )


def test_deprecated_and_removed() -> None:
    base = load()
    convert = base.step("SMS_TaskSequence_ConvertDiskAction")
    restart = base.step("SMS_TaskSequence_RebootAction")
    assert convert is not None
    assert restart is not None
    answers = [
        (
            version,
            base.deprecated(convert, base.find_version(version)),
            base.removed(convert, base.find_version(version)),
        )
        for version in ("1606", "1610", "1706", "1710", "2309")
    ]
    assert [
        ("1606", False, False),
        ("1610", True, False),
        ("1706", True, False),
        ("1710", True, True),
        ("2309", True, True),
    ] == answers
    assert not base.deprecated(restart, base.find_version("2603"))


@pytest.mark.parametrize(
    ("step_type", "property_name", "variable", "expected"),
    [
        ("SMS_TaskSequence_RebootAction", "Message", "SMSRebootMessage", True),
        ("SMS_TaskSequence_RebootAction", "message", "SMSREBOOTMESSAGE", True),
        ("SMS_TaskSequence_RebootAction", "", "SMSRebootMessage", True),
        ("SMS_TaskSequence_RebootAction", "Message", "Other", False),
        ("SMS_TaskSequence_RebootAction", "Other", "SMSRebootMessage", False),
        ("SMS_TaskSequence_ApplyDriverPackageAction", "Recurse", "OSDRecurse", True),
        ("SMS_TaskSequence_PartitionDiskAction", "Partitions12Type", "OSDPartitions12Type", True),
        ("SMS_TaskSequence_PartitionDiskAction", "PartitionsType", "OSDPartitionsType", False),
        ("SMS_TaskSequence_PartitionDiskAction", "Partitions0Colour", "OSDPartitions0Colour", False),
    ],
)
def test_known_property(step_type: str, property_name: str, variable: str, expected: bool) -> None:
    base = load()
    fact = base.step(step_type)
    assert fact is not None
    assert expected == base.known_property(fact, property_name, variable)
