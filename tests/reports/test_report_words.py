"""Words that several formats share: one word for one state, files that are for no site, decisions used, reasons of values."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from tests.made import (
    export,
    findings,
    hierarchy,
    knowledge,
    own_step,
    raw,
    request,
    rewritten,
    sequence,
    sequence_text,
)
from tests.reports.runs import report
from tsfix.changes import Change, Reason
from tsfix.conversion import Views, subjects_of
from tsfix.decisions import Decision
from tsfix.findings import Evidence, Finding
from tsfix.reports import html, markdown, text
from tsfix.reports.build import build_report, checked
from tsfix.reports.cell_words import cell_text, cell_word, legend
from tsfix.reports.converted import converted
from tsfix.reports.matrix import cell
from tsfix.reports.report import Cell, ExportReport, FindingGroup, Report, StepChanges
from tsfix.reports.terminal_lines import TerminalLines
from tsfix.reports.text_changes import change_lines
from tsfix.reports.words import certainty_words, outcome_words, shown_evidence, summary_words, verdict
from tsfix.values import Location, RuleId


def finding(**others: object) -> Finding:
    base = Finding(
        rule=RuleId("R26"),
        severity="warning",
        certainty="certain",
        location=Location(file="a.zip"),
        subject="Setting",
        title="A title",
        reason="A reason.",
        remedy="",
    )
    return replace(base, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("safe", Cell(state="safe", errors=0, warnings=0)),
        ("read 2", Cell(state="safe", errors=0, warnings=2)),
        ("clone", Cell(state="safe after clone", errors=3, warnings=2)),
        ("DECIDE 1", Cell(state="needs a decision", errors=3, warnings=2, open=1)),
        ("MEND 2", Cell(state="mend by hand", errors=3, warnings=2, open=2)),
        ("not known", Cell(state="unknown", errors=3, warnings=2)),
        ("MDT", Cell(state="not for a site", errors=0, warnings=0)),
    ],
)
def test_every_state_has_a_word_and_a_meaning(expected: str, found: Cell) -> None:
    assert expected == cell_text(found)
    assert [expected.rstrip(" 123")] == [word for word, _ in legend([found])]


def test_html_and_text_say_the_same_of_each_task_sequence() -> None:
    shown = report("scan-several")
    assert shown.matrix is not None
    page, plain = html.render(shown), text.render(shown, width=120)
    words = {cell_text(found): cell_word(found) for row in shown.matrix.rows for found in row.cells}
    assert len(words) > 1
    for whole, word in words.items():
        assert f">{word}; " in page, word
        assert f"  {whole}" in plain, whole


def mdt() -> Report:
    """A file of the toolkit, scanned for one version."""
    wanted = request("1706")
    made = raw(sequence_text(own_step("", "Gather", "cscript.exe ZTIGather.wsf")), "ts.xml")
    made = replace(made, task_sequences=tuple(replace(item, format="mdt") for item in made.task_sequences))
    subjects = subjects_of(made, wanted, knowledge(), hierarchy())
    found = Views(wanted, knowledge(), hierarchy()).findings(made)
    return build_report("scan", "0", [checked(made, found, subjects, wanted.target)])


def test_a_file_of_mdt_is_for_no_site() -> None:
    (found,) = mdt().exports
    assert "not a site's task sequence: nothing to check for a site" == verdict(found)
    assert "not for a site" == outcome_words(found)
    assert "no copy needed" not in verdict(replace(found, outcome="unchanged"))
    assert "not for a site" == cell(found.findings, "mdt").state
    assert found.task_sequences[0].needs is None
    assert "1 not for a site" in summary_words(mdt())


def test_several_targets_are_told_apart_from_several_exports() -> None:
    assert "7 exports, checked for 2 targets, 1 NOT DONE." in summary_words(report("scan-several"))


def test_unsure_findings_do_not_read_like_a_fault() -> None:
    assert ["", "likely", "not known"] == [
        certainty_words(finding(certainty=sure)) for sure in ("certain", "likely", "unknown")
    ]


def test_evidence_is_shown_where_it_adds_something() -> None:
    seen = tuple(Evidence(text=one) for one in ("The setting Setting.", "A reason.", "One.", "Two.", "Three.", "Four."))
    found = finding(
        title='"Step" uses the setting Setting', evidence=(*seen, Evidence(text="A name.", speaks_for="default"))
    )
    assert ("One.", "Two.", "Three.") == shown_evidence(FindingGroup(finding=found, places=("here",)))
    assert () == shown_evidence(FindingGroup(finding=found, places=("here", "there")))


def test_evidence_stands_in_text_and_markdown() -> None:
    assert "seen The action line repeats it: /hiddenflag:True." in text.render(report("scan"), width=120)
    assert "Seen: The action line repeats it: /hiddenflag:True." in markdown.render(report("scan"))


def changed(field: str, rule: str, words: str) -> Change:
    where = Location(file="a.zip", task_sequence="Deploy", path=("Setup",), position=(0,))
    return Change(
        location=where,
        kind="changed",
        field=field,
        label=field,
        before="1",
        after="2",
        reasons=(Reason(rule=RuleId(rule), text=words),),
    )


def with_changes(*changes: Change) -> ExportReport:
    (base,) = mdt().exports
    group = StepChanges(task_sequence="Deploy", path=("Setup",), position=(0,), changes=changes)
    return replace(base, changes=(group,), change_count=len(changes))


def test_each_value_stands_above_its_own_reason() -> None:
    found = with_changes(changed("A", "R1", "first"), changed("B", "R6", "second"), changed("C", "R1", "first"))
    lines = [line.strip() for line in change_lines(TerminalLines(100, False), found)]
    order = ["A  1 -> 2", "C  1 -> 2", "why  R1: first", "B  1 -> 2", "why  R6: second"]
    places = [lines.index(line) for line in order]
    assert all(one < other for one, other in pairwise(places)), lines


def test_a_name_that_stays_is_no_change() -> None:
    found = with_changes(changed("A", "R1", "first"))
    lines = list(change_lines(TerminalLines(100, False), found))
    assert "NAME AND ID OF THE COPY" not in lines
    assert [] == [line for line in lines if "name  " in line]


def test_a_copy_says_how_many_decisions_it_rests_on() -> None:
    made = export(
        sequence("CHQ00200", "Deploy", own_step("SMS_TaskSequence_SubTasksequence", "Unknown to 1706", "tsrun.exe"))
    )
    (reason,) = {one.rule for one in findings(made) if one.blocking}
    used = Decision(task_sequence="Deploy", rule=reason, do="disable", reason="not needed there")
    idle = Decision(task_sequence="Another", rule=reason, do="disable", reason="not needed there")
    wanted = request("1706", decisions=(used, idle))
    done = rewritten(made, wanted)
    found = converted(done, subjects_of(made, wanted, knowledge(), hierarchy()), knowledge(), wanted, "", written=True)
    shown = build_report("clone", "0", [found], (), "auto")
    assert 1 == found.decisions
    assert "  decided 1 from your decisions file" in text.render(shown)
    assert "1 from your decisions file" in html.render(shown)
    assert "- Decisions: 1 from your decisions file" in markdown.render(shown)
