"""The HTML page: one file that loads nothing, holds up against hostile names, and leads from every mention to its place."""

from __future__ import annotations

import base64
import hashlib
import html as entities
import re
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

from tests.cli.running import DEPLOY, HIERARCHY, run
from tests.made import FIXTURES, Group, hierarchy, knowledge, request, sequence, steps, subject, target
from tests.made import export as made_export
from tests.reports.hostile import NAMES, hostile_export
from tests.reports.pages import Page, read_page
from tests.reports.runs import RUNS, report
from tsfix.checks import run_checks
from tsfix.conversion import clone, subjects_of
from tsfix.decisions import Accepted, Decision
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.knowledge.facts import Source
from tsfix.reports import html, html_diff
from tsfix.reports.build import build_report, checked
from tsfix.reports.build_diff import DiffInput, build_diff
from tsfix.reports.converted import converted
from tsfix.reports.diff_report import DiffReport
from tsfix.reports.report import Notice, Report
from tsfix.use_cases.demo import run_demo
from tsfix.use_cases.scanning import scan_exports
from tsfix.values import Location, RuleId

EVERY = ("demo", *RUNS, "diff")


@cache
def page(name: str) -> Page:
    return read_page(text(name))


@cache
def text(name: str) -> str:
    if name == "diff":
        return html_diff.render(compared(hostile_export("Deploy"), hostile_export("Deploy", behind=" again")))
    return html.render(run_demo(None).report if name == "demo" else report(name))


def compared(before: Export, after: Export) -> DiffReport:
    def side(export: Export) -> DiffInput:
        return DiffInput(
            file=export.name,
            sha256=hashlib.sha256(export.name.encode()).hexdigest(),
            digest_of="file",
            exports=[export],
        )

    return build_diff("0", side(before), side(after), knowledge())


def scanned(export: Export, to: str = "1706") -> Report:
    subjects = [subject(export, to)]
    findings = tuple(finding for one in subjects for finding in run_checks(one))
    return build_report("scan", "0", [checked(export, findings, subjects, target(to))])


def cloned(export: Export, policy: Literal["auto", "disable", "placeholder", "remove", "keep"] = "disable") -> Report:
    wanted = request("1511", policy=policy)
    outcome = clone(export, wanted, knowledge(), hierarchy())
    subjects = subjects_of(export, wanted, knowledge(), hierarchy())
    found = converted(outcome, subjects, knowledge(), wanted, f"{export.name} copy", written=True)
    return build_report("clone", "0", [found], (), policy)


@pytest.mark.parametrize("name", EVERY)
def test_page_is_well_formed_and_its_links_lead_somewhere(name: str) -> None:
    found = page(name)
    assert [] == found.faults
    assert len(found.ids) == len(set(found.ids))
    inside = {link[1:] for link in found.links if link.startswith("#")}
    assert inside
    assert set() == inside - set(found.ids)


@pytest.mark.parametrize("name", EVERY)
def test_page_loads_nothing(name: str) -> None:
    found = page(name)
    assert set() == {tag for tag, _ in found.elements} & {
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "audio",
        "video",
        "source",
    }
    assert set() == {attribute for _, attributes in found.elements for attribute in attributes} & {
        "src",
        "srcset",
        "style",
        "action",
    }
    assert [] == [
        attribute for _, attributes in found.elements for attribute in attributes if attribute.startswith("on")
    ]
    style = re.search(r"<style>(.*?)</style>", text(name), re.DOTALL)
    assert style is not None
    assert re.search(r"url\(|@import", style[1]) is None


@pytest.mark.parametrize("name", EVERY)
def test_browser_is_told_to_take_only_the_style_and_script_of_the_page(name: str) -> None:
    (policy,) = (
        item["content"] for item in page(name).of("meta") if item.get("http-equiv") == "Content-Security-Policy"
    )
    hashes = {
        tag: f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
        for tag in ("style", "script")
        for (content,) in [re.findall(rf"<{tag}>(.*?)</{tag}>", text(name), re.DOTALL)]
    }
    assert (
        f"default-src 'none'; style-src {hashes['style']}; script-src {hashes['script']}; base-uri 'none'; form-action 'none'"
    ) == policy


@pytest.mark.parametrize("name", EVERY)
def test_links_out_of_the_page_are_addresses_of_sources(name: str) -> None:
    outside = [item for item in page(name).of("a") if not item["href"].startswith("#")]
    assert all(item["href"].startswith("https://") for item in outside)
    assert all(item["rel"] == "noopener noreferrer" for item in outside)


@pytest.mark.parametrize("name", ["scan", "clone", "diff"])
def test_same_report_gives_the_same_page(name: str) -> None:
    again = (
        html.render(report(name))
        if name != "diff"
        else html_diff.render(compared(hostile_export("Deploy"), hostile_export("Deploy", behind=" again")))
    )
    assert text(name) == again


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["scan", "clone", "diff"])
def test_hostile_names_stay_text(kind: str, name: str) -> None:
    found = page_of(kind, hostile_export(NAMES[name]), hostile_export(NAMES[name], behind="2"))
    assert [] == found.faults
    assert shape(found) <= vocabulary()
    odd = {char for char in found.text if not char.isprintable() and char != "\n"}
    assert set() == odd
    assert [] == [link for link in found.links if not link.startswith(("#", "https://"))]


def page_of(kind: str, before: Export, after: Export) -> Page:
    if kind == "scan":
        return read_page(html.render(scanned(before)))
    if kind == "clone":
        return read_page(html.render(cloned(before)))
    return read_page(html_diff.render(compared(before, after)))


@cache
def vocabulary() -> frozenset[str]:
    """Every kind of element and attribute that stands in pages about names without harm."""
    return frozenset().union(*(shape(page(name)) for name in EVERY))


def shape(page: Page) -> set[str]:
    return {tag for tag, _ in page.elements} | {
        f"{tag} {name}" for tag, attributes in page.elements for name in attributes
    }


def test_long_name_is_shortened_with_a_note() -> None:
    found = read_page(html.render(scanned(hostile_export(NAMES["long"]))))
    assert "more characters]" in found.text
    assert "x" * 3_000 not in found.text


def test_marks_that_turn_text_are_written_out() -> None:
    found = read_page(html.render(scanned(hostile_export(NAMES["turned"]))))
    assert "abc<U+202E>gnp.exe<U+2066><U+200B>" in found.text


def test_source_of_a_fact_of_ones_own_is_a_link_only_to_the_web() -> None:
    pages = {
        url: with_source(url)
        for url in ("https://contoso.example/a?b=1&c", "javascript:alert(1)", "file:///etc/passwd", "")
    }
    assert {
        "https://contoso.example/a?b=1&c": ["https://contoso.example/a?b=1&c"],
        "javascript:alert(1)": [],
        "file:///etc/passwd": [],
        "": [],
    } == {url: [link for link in found.links if not link.startswith("#")] for url, found in pages.items()}
    assert all("Our own page" in found.text for found in pages.values())


def with_source(url: str) -> Page:
    export = hostile_export("Deploy")
    return read_page(
        html.render(build_report("scan", "0", [checked(export, (finding(url),), [subject(export)], target())]))
    )


def finding(url: str = "") -> Finding:
    return Finding(
        rule=RuleId("R99"),
        severity="error",
        certainty="likely",
        location=Location(
            file="f",
            part="SMS_TaskSequencePackage/CHQ0000D/object.xml",
            task_sequence="Deploy",
            path=("Plain", "Restart"),
            position=(1, 0),
        ),
        subject="s",
        title="The title",
        reason="The reason",
        remedy="The remedy",
        sources=(Source(page="Our own page", url=url),),
    )


def test_finding_stands_at_its_step_and_leads_to_it() -> None:
    found = with_source("https://contoso.example/")
    assert "#e1-t1-2-1" in found.links
    assert ["row step noted"] == [item["class"] for item in found.of("li") if item.get("id") == "e1-t1-2-1"]
    assert all(word in found.text for word in ("R99", "likely", "The title", "The reason", "The remedy"))


def test_accepted_finding_shows_why_it_was_accepted() -> None:
    export = hostile_export("Deploy")
    decision = Decision(task_sequence="*", rule="R99", do="accept", reason="Tried in the lab", until="2031-01-31")
    accepted = (Accepted(finding=finding(), decision=decision),)
    found = read_page(
        html.render(build_report("scan", "0", [checked(export, (), [subject(export)], target(), accepted)]))
    )
    assert "Accepted because: Tried in the lab (until 2031-01-31)" in found.text


def test_open_decisions_stand_in_the_summary_with_what_can_be_done() -> None:
    found = page("clone-refused")
    assert "#e1-decisions" in found.links
    assert "What you can do:" in found.text
    assert "REFUSED: no copy was written." in found.text


def test_what_is_out_of_action_is_said_first_and_leads_to_its_step() -> None:
    export = report("clone").exports[0]
    wanted = {
        f"#e1-t1-{'-'.join(str(index + 1) for index in change.location.position)}"
        for change in export.out_of_action
        if change.location.part == export.task_sequences[0].part
    }
    assert wanted
    assert wanted <= set(page("clone").links)
    assert f"{len(export.out_of_action)} steps and groups are out of action in it." in page("clone").text


def test_tree_shows_every_group_and_step_and_folds_what_is_as_it_was() -> None:
    rows = [item for item in page("clone").of("li") if "row" in item.get("class", "").split()]
    export = report("clone").exports[0]
    assert sum(item.steps + item.groups for item in export.task_sequences) == len(rows)
    opened = html_rows(text("clone"))
    assert {True, False} == set(opened.values())
    noted = {item["id"] for item in rows if "marked" in item["class"].split()}
    assert noted
    assert all(opened[row] for row in noted)


def html_rows(source: str) -> dict[str, bool]:
    """Whether the row of that name stands open."""
    return {
        found[1]: bool(found[2])
        for found in re.finditer(
            r'<li id="([^"]+)" class="row[^>]*>(?:<a[^>]*>[^<]*</a>|<span[^>]*>[^<]*</span>)<details( open)?>', source
        )
    }


def test_checklist_and_sign_off_can_be_filled_in_without_a_script() -> None:
    found = page("clone")
    export = report("clone").exports[0]
    assert len(export.tasks) + sum(len(task.places) for task in export.tasks) == len(
        re.findall(r'<li><label><input type="checkbox">', text("clone"))
    )
    assert all(
        word in found.text
        for word in ("Prepared by", "Reviewed by", "Approved by", export.file_sha256, export.copy_sha256)
    )


def test_fingerprints_are_those_of_the_files(tmp_path: Path) -> None:
    ran = run(
        "clone",
        DEPLOY,
        "--to",
        "LEG",
        "--hierarchy",
        HIERARCHY,
        "--new-steps",
        "disable",
        "-o",
        tmp_path / "copies",
        "--format",
        "html",
    )
    (copy,) = (tmp_path / "copies").glob("*.zip")
    found = read_page(ran.stdout).text
    assert all(hashlib.sha256(file.read_bytes()).hexdigest() in found for file in (DEPLOY, copy))


def test_page_of_many_has_an_index_with_a_link_for_every_task_sequence_and_target() -> None:
    several = report("scan-several")
    sections = {
        f"#e{number}-t{place}"
        for number, export in enumerate(several.exports, 1)
        for place, _ in enumerate(export.task_sequences, 1)
    }
    assert sections <= set(page("scan-several").links)
    assert "Not done: 1 input" in page("scan-several").text


def test_two_task_sequences_of_one_name_keep_their_findings() -> None:
    twins = [
        sequence(found, "Twin", Group(name="G", children=(steps.run_powershell_script("Script", lines=("a",)),)))
        for found in ("CHQ0000D", "CHQ0000E")
    ]
    export = made_export(*twins)
    subjects = [subject(export, "1511", index=index) for index in (0, 1)]
    found = read_page(
        html.render(build_report("scan", "0", [checked(export, run_checks(subjects[1]), subjects, target("1511"))]))
    )
    classes = {item["id"]: item["class"] for item in found.of("li") if item.get("id", "").endswith("-1-1")}
    assert {"e1-t1-1-1": "row step", "e1-t2-1-1": "row step noted"} == classes


def test_nothing_that_could_not_be_read_is_passed_over() -> None:
    only = build_report("scan", "0", [], [Notice(place="a.zip", message="It is <broken>.", remedy="Export it again.")])
    found = read_page(html.render(only))
    assert [] == found.faults
    assert "a.zip: It is <broken>. Export it again." in " ".join(found.text.split())


def test_scan_for_two_targets_has_a_column_for_each() -> None:
    several = scan_exports(
        [FIXTURES / "exports" / "raw" / "pretty.xml"],
        knowledge(),
        targets=[target("1706"), target("1511")],
        hierarchy=hierarchy(),
    )
    found = html.render(several.report)
    assert ["version 1706", "version 1511"] == [
        entities.unescape(word) for word in re.findall(r'<th scope="col">(version [^<]*)</th>', found)
    ]
