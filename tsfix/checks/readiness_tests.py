r"""Writes checks of Check Readiness as tests that every client makes the same way: a query of ``root\cimv2``, or a variable.

A check whose test needs another namespace is not written: where the namespace is missing, nobody says what the test gives.
"""

from __future__ import annotations

import re

from msgspec import Struct

from tsfix.task_sequence import Step
from tsfix.values import whole_number

NAMESPACE = r"root\cimv2"
_SYSTEM = "SELECT * FROM Win32_OperatingSystem WHERE"
_BUILD = re.compile(r"\s*10\s*\.\s*0\s*\.\s*(?P<build>\d{5})\s*")
"""Builds of Windows 10 and later have five digits, so that a comparison as text is one of numbers."""


class ReadinessTest(Struct, frozen=True, kw_only=True):
    """What must be true for the computer to pass; or why there is no such test."""

    name: str = ""
    """In words, for the name of the step."""
    query: str = ""
    variable: str = ""
    """A variable that must be ``true``; empty for a query."""
    obstacle: str = ""


def readiness_test(step: Step, feature_id: str) -> ReadinessTest:
    """The test for one check of the step, by the ID of the feature that the check is."""
    match feature_id:
        case "check-readiness-os-architecture":
            bits = _value(step, "OSArchitecture")
            if bits in ("32", "64"):
                return ReadinessTest(
                    name=f"{bits}-bit system",
                    query=f"{_SYSTEM} OSArchitecture LIKE '{bits}%'",
                )
        case "check-readiness-min-os-version":
            build = _BUILD.fullmatch(_value(step, "MinOSVersion"))
            if build is not None:
                return ReadinessTest(
                    name=f"build {build['build']} or later",
                    query=(f"{_SYSTEM} Version LIKE '10.0.%' AND BuildNumber >= '{build['build']}'"),
                )
        case "check-readiness-max-os-version":
            build = _BUILD.fullmatch(_value(step, "MaxOSVersion"))
            if build is not None:
                return ReadinessTest(
                    name=f"build {build['build']} or earlier",
                    query=(
                        f"{_SYSTEM} Version LIKE '6.%' OR (Version LIKE '10.0.%' AND BuildNumber <= '{build['build']}')"
                    ),
                )
        case "check-readiness-os-language":
            language = _value(step, "OSLanguageID")
            if whole_number(language):
                return ReadinessTest(
                    name=f"language {language}",
                    query=f"{_SYSTEM} OSLanguage = {language}",
                )
        case "check-readiness-network":
            return ReadinessTest(
                name="network connected",
                query="SELECT * FROM Win32_NetworkAdapter WHERE NetConnectionStatus = 2",
            )
        case "check-readiness-uefi":
            return ReadinessTest(name="started with UEFI", variable="_SMSTSBootUEFI")
        case _:
            return ReadinessTest(obstacle="no query that every client answers shows it")
    return ReadinessTest(obstacle="its value is none that a query can test")


def _value(step: Step, name: str) -> str:
    found = step.property(name)
    return "" if found is None else found.value.strip()
