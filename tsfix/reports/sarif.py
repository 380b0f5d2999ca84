"""The report as SARIF 2.1.0, which code hosts and pipelines show beside the files.

It has what GitHub's code scanning asks for beyond the standard: descriptions and help for every rule, a region for every
result, and a fingerprint under the name that it compares. Source: GitHub's page "SARIF support for code scanning".
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tsfix.findings import Finding
from tsfix.knowledge.facts import Rule
from tsfix.reports.json_ import indented, json_text
from tsfix.reports.report import ExportReport, Notice, Report
from tsfix.reports.same_names import label

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEM = {"error": "error", "warning": "warning", "info": "recommendation"}
_LONGEST_DESCRIPTION = 1024
_SECURITY = frozenset({"R33", "R53"})
"""Rules about secrets."""
_OWN_LINES = frozenset({"raw-sequence", "task-sequence-package", "mdt"})
"""Formats in which the line of a step is a line of the file. In the others the sequence is a text inside another XML."""
_NOT_IN_URI = re.compile(r"^(?P<drive>[A-Za-z]:[\\/])|^(?P<share>[\\/]{2})(?=[^\\/])|^(?P<root>[\\/])")


def render(report: Report) -> str:
    """Render the report: one run, one result for each finding, problems in reading as notifications.

    All rules are listed, not only those with results, so that their places do not change from run to run.
    """
    return "".join(pieces(report))


def pieces(report: Report) -> Iterator[str]:
    """The same, result by result."""
    from tsfix.knowledge.load import load

    rules = load().rules
    places = {str(rule.id): number for number, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "tsfix",
                "semanticVersion": report.tool_version,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.notices,
                "toolExecutionNotifications": list(_notifications(report)),
            }
        ],
        "results": [],
    }
    # The results are the last of what is written, so the last empty list is theirs.
    before, empty, after = json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}).rpartition("[]")
    start = f"{before}["
    for export in report.exports:
        for finding in export.findings:
            yield f"{start}\n        {indented(_result(export, finding, places, seen), 8)}"
            start = ","
    yield f"{before}{empty}{after}\n" if start != "," else f"\n      ]{after}\n"


def _without_links(text: str) -> str:
    """SARIF 2.1.0, 3.11.6, takes ``[text](address)`` for a link in every message; a name must not be able to make one."""
    return text.replace("](", "] (")


def _rule(rule: Rule) -> dict[str, Any]:
    explain = f"tsfix explain {rule.id} says what it rests on."
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.reason[:_LONGEST_DESCRIPTION]},
        "help": {
            "text": f"{rule.reason}\n\nWhat to do: {rule.remedy}\n\n{explain}",
            "markdown": f"{rule.reason}\n\n**What to do:** {rule.remedy}\n\n`tsfix explain {rule.id}` says what it rests on.",
        },
        **({"helpUri": rule.source.url} if rule.source.url else {}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["configuration-manager", *["security"] * (rule.id in _SECURITY)],
            "problem.severity": _PROBLEM[rule.severity],
        },
    }


def _result(export: ExportReport, finding: Finding, places: dict[str, int], seen: Counter[str]) -> dict[str, Any]:
    location = finding.location
    file, _, inside = location.file.partition("!")
    where = " > ".join(part for part in (label(export, location), *location.path) if part)
    target = f" Target {export.target.label}." if export.target else ""
    message = f"{where or file}: {finding.title}.{target} Why: {finding.reason}. Do: {finding.remedy}"
    fingerprint = _fingerprint(export, finding, inside)
    seen[fingerprint] += 1
    line = _line(export, finding) if not inside else 1
    return {
        "ruleId": finding.rule,
        **({"ruleIndex": places[finding.rule]} if finding.rule in places else {}),
        "level": _LEVELS[finding.severity],
        "message": {"text": _without_links(message)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": file_uri(file)},
                    "region": {"startLine": line, "startColumn": 1, "endLine": line, "endColumn": 1},
                },
                **_logical(location.path[-1] if location.path else location.task_sequence, where),
            }
        ],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{fingerprint}:{seen[fingerprint]}",
            "tsfix/v1": fingerprint,
        },
        "properties": {
            "certainty": finding.certainty,
            "fix": finding.fix,
            "blocking": finding.blocking,
            "subject": finding.subject,
            "position": ".".join(str(number + 1) for number in location.position),
            **({"part": location.part} if location.part else {}),
            **({"inside": inside} if inside else {}),
            **({"target": export.target.label} if export.target else {}),
        },
    }


def _logical(name: str, where: str) -> dict[str, Any]:
    return {"logicalLocations": [{"name": name or where, "fullyQualifiedName": where}]} if where else {}


def _line(export: ExportReport, finding: Finding) -> int:
    """The line in the file; 1 where the file is an archive or the sequence is a text inside another XML."""
    place = finding.location.part or finding.location.task_sequence
    formats = {item.part or item.name: item.format for item in export.task_sequences}
    return finding.location.line or 1 if formats.get(place) in _OWN_LINES else 1


def file_uri(file: str) -> str:
    """The URI of a file: relative with forward slashes as the person named it, ``file:`` for a path from the root."""
    found = _NOT_IN_URI.match(file)
    forward = file.replace("\\", "/")
    path = quote(forward, safe="/", errors="surrogateescape")
    if found is None:
        return path.removeprefix("./") or "."
    if found["drive"]:
        return f"file:///{forward[:2]}{quote(forward[2:], safe='/', errors='surrogateescape')}"
    return f"file:{path}" if found["share"] else f"file://{path}"


def _fingerprint(export: ExportReport, finding: Finding, inside: str) -> str:
    """The same for the same finding in a later export: it does not depend on line numbers or on the wording."""
    target = export.target.label if export.target else ""
    location = finding.location
    nested = [inside] * bool(inside)
    key = "\0".join((finding.rule, finding.subject, target, *nested, label(export, location), *location.path))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _notifications(report: Report) -> Iterator[dict[str, Any]]:
    problems: list[Notice] = list(report.notices)
    if any(line.problems for line in report.lines):
        problems += [problem for export in report.exports for problem in export.problems]
    for problem in problems:
        text = f"{problem.place}: {problem.message} {problem.remedy}".strip()
        yield {"level": "error", "message": {"text": _without_links(text)}}
