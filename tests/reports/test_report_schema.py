"""The JSON report keeps its promise: the published schema is current, and every report has that form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.running import DEPLOY, EXPORTS, INVALID, KIOSK, run
from tests.reports.runs import RUNS, report
from tsfix.reports import json_
from tsfix.reports.report import SCHEMA_VERSION, Report
from tsfix.reports.schema import REPORTS, schema, schemas

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


def strict(value: Any) -> Any:
    """The schema without room for more. A consumer must expect new fields; here one would be forgotten in the schema."""
    if isinstance(value, dict):
        closed = {"additionalProperties": False} if "properties" in value else {}
        return {key: strict(item) for key, item in value.items()} | closed
    return [strict(item) for item in value] if isinstance(value, list) else value


def faults(text: bytes | str, kind: type[Any] = Report) -> list[str]:
    validator = Draft202012Validator(strict(schema(kind)))
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(json.loads(text))]


@pytest.mark.parametrize("name", [f"{name}.schema.json" for name in REPORTS])
def test_published_schema_is_current(name: str) -> None:
    text = (PUBLISHED / name).read_bytes().decode("utf-8")
    assert schemas()[name] == text, "run python -m tsfix.reports.schema"
    Draft202012Validator.check_schema(json.loads(text))


@pytest.mark.parametrize("name", RUNS)
def test_report_has_the_form_of_the_schema(name: str) -> None:
    assert [] == faults(json_.render(report(name)))


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", EXPORTS, INVALID, "--to", "1706", "--to", "2403"),
        ("scan", EXPORTS),
        (
            "clone",
            EXPORTS,
            INVALID,
            "--to",
            "1511",
            "--dry-run",
            "--new-steps",
            "placeholder",
            "--client-package",
            "LEG00042",
        ),
        ("clone", DEPLOY, "--to", "1902", "--dry-run", "--new-steps", "remove", "--client-package", "LEG00042"),
        ("clone", DEPLOY, "--to", "1902", "--dry-run", "--new-steps", "keep", "--client-package", "LEG00042"),
        ("demo",),
    ],
    ids=lambda arguments: " ".join(str(item) for item in arguments if isinstance(item, str)),
)
def test_real_report_has_the_form_of_the_schema(arguments: tuple[object, ...], tmp_path: Path) -> None:
    where = ("-o", tmp_path / "out") if arguments[0] == "clone" else ()
    ran = run(*arguments, *where, "--format", "json")
    assert [] == faults(ran.out)
    assert SCHEMA_VERSION == json.loads(ran.out)["schema_version"]


def test_diff_has_the_form_of_its_schema() -> None:
    ran = run("diff", DEPLOY, KIOSK, "--format", "json")
    assert [] == faults(ran.out, REPORTS["diff"])


def test_schema_notices_what_is_wrong() -> None:
    wrong = json.loads(json_.render(report("scan")))
    wrong["schema_version"] = 2
    wrong["exports"][0]["outcome"] = "eaten"
    del wrong["exports"][0]["file"]
    wrong["surprise"] = 1
    assert ["$", "$.exports[0]", "$.exports[0].outcome", "$.schema_version"] == sorted(
        fault.split(":")[0] for fault in faults(json.dumps(wrong))
    )


def test_rendering_piece_by_piece_gives_plain_json() -> None:
    for name in RUNS:
        value = report(name)
        expected = json.dumps(json_.to_plain(value), ensure_ascii=False, indent=2) + "\n"
        assert expected == json_.render(value)
