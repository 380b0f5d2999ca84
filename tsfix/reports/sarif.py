"""The report as SARIF 2.1.0, which code hosts and pipelines show beside the files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tsfix.findings import Finding
from tsfix.reports.report import ExportReport, Notice, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: Report) -> str:
    """Render the report: one run, one result for each finding, problems in reading as notifications."""
    findings = [(export, finding) for export in report.exports for finding in export.findings]
    rules = sorted({finding.rule for _, finding in findings}, key=lambda rule: (len(rule), rule))
    run = {
        "tool": {
            "driver": {
                "name": "tsfix",
                "semanticVersion": report.tool_version,
                "rules": [_rule(rule, findings) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.notices,
                "toolExecutionNotifications": list(_notifications(report)),
            }
        ],
        "results": [_result(export, finding, rules.index(finding.rule)) for export, finding in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: str, findings: list[tuple[ExportReport, Finding]]) -> dict[str, Any]:
    first = next(finding for _, finding in findings if finding.rule == rule)
    url = next((source.url for source in first.sources if source.url), "")
    return {
        "id": rule,
        "shortDescription": {"text": f"tsfix rule {rule}; tsfix explain {rule} says all about it."},
        **({"helpUri": url} if url else {}),
    }


def _result(export: ExportReport, finding: Finding, index: int) -> dict[str, Any]:
    location = finding.location
    where = " > ".join((location.task_sequence, *location.path))
    target = f" Target {export.target.label}." if export.target else ""
    message = f"{where}: {finding.title}.{target} Why: {finding.reason}. Do: {finding.remedy}"
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": _uri(location.file)}},
                "logicalLocations": [
                    {
                        "name": location.path[-1] if location.path else location.task_sequence,
                        "fullyQualifiedName": where,
                    }
                ],
            }
        ],
        "partialFingerprints": {"tsfix/v1": _fingerprint(export, finding)},
        "properties": {
            "certainty": finding.certainty,
            "fix": finding.fix,
            "blocking": finding.blocking,
            "subject": finding.subject,
            "position": ".".join(str(number + 1) for number in location.position),
            **({"target": export.target.label} if export.target else {}),
        },
    }


def _uri(file: str) -> str:
    """A relative reference with forward slashes; what stands inside a zip follows as a fragment."""
    path, _, inside = file.partition("!")
    uri = quote(path.replace("\\", "/"), safe="/:")
    return f"{uri}#{quote(inside, safe='/')}" if inside else uri


def _fingerprint(export: ExportReport, finding: Finding) -> str:
    """The same for the same finding in a later export: it does not depend on line numbers or on the wording."""
    target = export.target.label if export.target else ""
    location = finding.location
    key = "\0".join((finding.rule, finding.subject, target, location.task_sequence, *location.path))
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:32]


def _notifications(report: Report) -> Iterator[dict[str, Any]]:
    problems: list[Notice] = [*report.notices, *(problem for export in report.exports for problem in export.problems)]
    for problem in problems:
        yield {"level": "error", "message": {"text": f"{problem.place}: {problem.message} {problem.remedy}".strip()}}
