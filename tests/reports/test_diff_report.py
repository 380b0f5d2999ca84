"""The value of a diff: what is paired with what, which other parts differ, what is masked, how each format shows it."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.made import Element, Group, Step, export, knowledge, on, raw, read_parts, sequence, steps
from tests.made import parts as made_parts
from tests.reports import versions
from tests.reports.hostile import NAMES, hostile_export
from tsfix.export import Export
from tsfix.masking import MASK
from tsfix.reports import csv_diff, html_diff, json_, markdown_diff, rendered, text_diff
from tsfix.reports.build_diff import DiffInput, build_diff
from tsfix.reports.diff_formats import DIFF_FORMATS
from tsfix.reports.diff_report import DiffReport
from tsfix.reports.outline import number_of


def compared(before: Export | list[Export], after: Export | list[Export]) -> DiffReport:
    def side(found: Export | list[Export], word: str) -> DiffInput:
        exports = found if isinstance(found, list) else [found]
        return DiffInput(file=f"{word}.zip", sha256=word, digest_of="file", exports=exports)

    return build_diff("0", side(before, "before"), side(after, "after"), knowledge())


def plain(package_id: str, name: str, *names: str, file: str = "made.zip") -> Export:
    made = export(
        sequence(package_id, name, Group(name="G", children=tuple(map(steps.restart, names or ("Restart",)))))
    )
    return replace(made, parts=replace(made.parts, name=file))


def pairs(report: DiffReport) -> list[tuple[str, str, str]]:
    return [(pair.before.name, pair.after.name, pair.paired_by) for pair in report.pairs]


def entries(report: DiffReport) -> list[tuple[str, str]]:
    return [
        (found.kind, number_of(found.after_position or found.before_position) or found.what)
        for pair in report.pairs
        for found in pair.comparison.differences
    ]


# Pairing.


def test_same_id_wins_over_another_name() -> None:
    report = compared(plain("CHQ0000D", "Old name"), plain("CHQ0000D", "New name"))
    assert [("Old name", "New name", "package ID")] == pairs(report)


def test_name_pairs_what_has_another_id() -> None:
    assert [("Deploy", "Deploy", "name")] == pairs(compared(plain("CHQ0000D", "Deploy"), plain("LEG0000D", "Deploy")))


def test_the_only_ones_are_paired_without_anything_in_common() -> None:
    assert [("a", "b", "the only ones")] == pairs(compared(plain("CHQ0000D", "a"), plain("LEG0000E", "b")))


def test_same_id_and_name_goes_before_the_same_id() -> None:
    before = export(sequence("CHQ0000D", "One"), sequence("CHQ0000E", "Two"))
    after = export(sequence("CHQ0000D", "Two"), sequence("CHQ0000F", "One"), sequence("CHQ0000E", "Two"))
    found = compared(before, after)
    assert [("One", "Two", "package ID"), ("Two", "Two", "package ID and name")] == pairs(found)
    assert ["One"] == [side.name for side in found.only_after]


def test_position_pairs_as_many_as_are_left_on_both_sides() -> None:
    before = export(sequence("CHQ0000D", "a"), sequence("CHQ0000E", "b"))
    after = export(sequence("LEG0000D", "c"), sequence("LEG0000E", "d"))
    assert [("a", "c", "position"), ("b", "d", "position")] == pairs(compared(before, after))
    more = export(sequence("LEG0000D", "c"), sequence("LEG0000E", "d"), sequence("LEG0000F", "e"))
    found = compared(before, more)
    assert ([], ["a", "b"], ["c", "d", "e"]) == (
        pairs(found),
        [side.name for side in found.only_before],
        [side.name for side in found.only_after],
    )


def test_several_exports_meet_whatever_their_order() -> None:
    one, two, three = (
        plain("CHQ0000D", "One", file="z.zip!1.zip"),
        plain("CHQ0000E", "Two", file="z.zip!2.zip"),
        plain("CHQ0000F", "Three"),
    )
    found = compared([one, two], [three, two, one])
    assert [("Two", "Two", "package ID and name"), ("One", "One", "package ID and name")] == pairs(found)
    assert ["Three"] == [side.name for side in found.only_after]
    assert (2, 1) == (found.summary.equal_pairs, found.summary.entries)


def test_task_sequence_that_went_to_another_export_is_found() -> None:
    both = export(sequence("CHQ0000D", "One"), sequence("CHQ0000E", "Two"))
    apart = [plain("CHQ0000D", "One", file="1.zip"), plain("CHQ0000E", "Two", file="2.zip")]
    assert [("One", "One", "package ID and name"), ("Two", "Two", "package ID and name")] == pairs(
        compared(both, apart)
    )


def test_raw_sequence_meets_the_export_of_the_same_name() -> None:
    text = '<sequence version="3.10"><group name="G"/></sequence>'
    assert [("raw", "raw", "name")] == pairs(compared(raw(text), plain("CHQ0000D", "raw")))


# What differs.


def test_equal_exports_have_no_entry() -> None:
    found = compared(versions.before(), versions.before())
    assert (True, 0, ()) == (found.equal, found.summary.entries, found.parts)


def test_entries_of_two_versions_in_reading_order() -> None:
    assert [
        ("changed", "package"),
        ("changed", "references"),
        ("changed", "references"),
        ("changed", "1"),
        ("changed", "1.1"),
        ("changed", "1.2"),
        ("removed", "1.3"),
        ("changed", "1.3"),
        ("moved", "1.4"),
        ("changed", "2.1"),
        ("added", "2.2"),
    ] == entries(compared(versions.before(), versions.after()))


def test_outline_shows_both_in_one_tree() -> None:
    (pair,) = compared(versions.before(), versions.after()).pairs
    assert [
        (0, "Prepare", "changed"),
        (1, "Set site", "changed"),
        (1, "Make folder", "changed"),
        (1, "Old tool", "removed"),
        (1, "Set names", "changed"),
        (1, "Restart", "moved"),
        (0, "Install", ""),
        (1, "Setup Windows and ConfigMgr", "changed"),
        (1, "New tool", "added"),
    ] == [(item.depth, item.name, item.mark) for item in pair.outline]


def test_other_parts_that_differ() -> None:
    found = compared(versions.before(), versions.after())
    assert [("changed", "SMS_TaskSequencePackage/CHQ0000D/ReferencesInfo.xml")] == [
        (part.kind, part.after_part) for part in found.parts
    ]
    assert {"row about CHQ00003", "row about CHQ00042"} == {detail.label for detail in found.parts[0].details}


def test_parts_of_a_task_sequence_follow_it_to_its_new_id() -> None:
    found = compared(plain("CHQ0000D", "Deploy"), plain("LEG0000D", "Deploy"))
    assert [] == [part for part in found.parts if part.kind != "changed"]
    assert {"Manifest.xml", "_rels/.rels"} <= {part.after_part for part in found.parts}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<string>CHQ00001</string>", b"<string>\r\n</string>"),
        (b"<a x='1' y='2'/>", b"<a y='2' x='3'/>"),
        (b"<a> b</a>", b"<a>b</a>"),
        (b"<a>one<b/>two</a>", b"<a>one<b/>three</a>"),
        (b"<a><!-- 1 --></a>", b"<a><!-- 2 --></a>"),
        (b"\x00\x01", b"\x00\x02"),
        (
            b"<ArrayOfString><string>&lt;INSTANCE/&gt;</string></ArrayOfString>",
            b"<ArrayOfString><string>&lt;INSTANCE a='1'/&gt;</string></ArrayOfString>",
        ),
    ],
)
def test_every_difference_of_another_part_is_seen(old: bytes, new: bytes) -> None:
    (part,) = compared(with_part(old), with_part(new)).parts
    assert ("changed", "other/part.xml") == (part.kind, part.after_part)
    assert all(detail.before != detail.after for detail in part.details)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<a x='1' y='2'/>", b'<a  y="2" x="1"></a>'),
        (b"<a><b/></a>", b"<a>\r\n  <b/>\r\n</a>"),
        (b"<a>x</a>", b"\xef\xbb\xbf<a>x</a>"),
    ],
)
def test_form_of_another_part_is_no_difference(old: bytes, new: bytes) -> None:
    assert () == compared(with_part(old), with_part(new)).parts


def with_part(data: bytes) -> Export:
    return read_parts({**made_parts(sequence("CHQ0000D", "Deploy")), "other/part.xml": data})


def test_parts_on_one_side_only() -> None:
    bare, more = read_parts(made_parts(sequence("CHQ0000D", "Deploy"))), with_part(b"<a/>")
    assert [("added", "", "other/part.xml")] == [
        (part.kind, part.before_part, part.after_part) for part in compared(bare, more).parts
    ]
    assert [("removed", "other/part.xml", "")] == [
        (part.kind, part.before_part, part.after_part) for part in compared(more, bare).parts
    ]


# Secrets.

SECRETS = {
    "join": "Hunter2-Join!",
    "short": "k9x",
    "hidden": "Hidden-Value-77",
    "rule": "Rule-Secret-41",
    "shortrule": "q7z",
    "key": "ABCDE-FGHIJ-KLMNO-PQRST-UVWXY",
    "command": "Cmd-Secret-12",
    "script": "Script-Secret-5",
    "condition": "pw8",
    "account": "CONTOSO\\joiner-4",
}


def secret_export(ending: str) -> Export:
    """An export with a secret of every kind in every place where one can stand."""
    found = {name: f"{value}{ending}" for name, value in SECRETS.items()}
    found["key"] = SECRETS["key"][:-1] + ending
    rule = Element(
        tag="Rules",
        children=(
            steps.rule(
                on.when(on.variable("AdminPassword", "equals", found["condition"])),
                ("UnlockCode", found["rule"], True),
                ("Pin", found["shortrule"], True),
            ),
        ),
    )
    items = (
        own("OSDJoinPassword", found["join"]),
        own("OSDJoinAccount", found["account"]),
        own("OSDProductKey", found["key"]),
        steps.set_variable("Set pin", "OSDBitLockerPIN", found["short"]),
        hidden_variable(found["hidden"]),
        steps.set_dynamic_variables("Rules", rule),
        steps.run_command_line(
            "Copy", f"net use /user:admin \\\\srv\\x {found['command']} & tool.exe -Password {found['join']}"
        ),
        steps.run_powershell_script(
            "Script", lines=(f'$password = "{found["script"]}"', f"# {found['join']}", f"'{found['rule']}'")
        ),
        steps.run_command_line(
            "Test", "x", condition=on.when(on.variable("AdminPassword", "equals", found["condition"]))
        ),
        steps.run_command_line(f"Say {found['join']}", "x", description=f"It is {found['hidden']} and {found['key']}"),
    )
    return export(sequence("CHQ0000D", f"Deploy {found['join']}", Group(name="G", children=items)))


def own(variable: str, value: str) -> Step:
    return Step(
        type="SMS_TaskSequence_SetVariableAction",
        name=variable,
        action="x.exe",
        variables=((variable, "Value", value),),
    )


def hidden_variable(value: str) -> Step:
    shown = steps.set_variable("Set hidden", "Code", value, hidden=True)
    return replace(shown, variables=(*shown.variables, ("HiddenVariableValue", "HiddenVariableValue", value)))


@pytest.mark.parametrize("form", DIFF_FORMATS)
@pytest.mark.parametrize("kind", ["changed", "added", "removed"])
def test_no_secret_stands_in_any_format(form: str, kind: str) -> None:
    empty = export(sequence("CHQ0000D", "Deploy", Group(name="G")))
    before, after = {
        "changed": (secret_export("1"), secret_export("2")),
        "added": (empty, secret_export("1")),
        "removed": (secret_export("1"), empty),
    }[kind]
    report = compared(before, after)
    answer = "".join(rendered(report, form))
    assert MASK in answer or MASK.replace("*", "\\*") in answer
    written = (*SECRETS.values(), *(json.dumps(value)[1:-1] for value in SECRETS.values()))
    assert [] == [value for value in written if value in answer and value != SECRETS["key"]]
    assert SECRETS["key"][:-1] not in answer


def test_change_of_a_secret_stays_an_entry() -> None:
    found = compared(secret_export("1"), secret_export("2"))
    details = {
        detail.field: (detail.before, detail.after)
        for pair in found.pairs
        for entry in pair.comparison.differences
        for detail in entry.details
    }
    assert (MASK, MASK) == details["variable:OSDJoinPassword"]


# Formats.


@pytest.mark.parametrize("width", [80, 120])
def test_golden_text(width: int, golden: Callable[[str, str], None]) -> None:
    text = text_diff.render(compared(versions.before(), versions.after()), width=width)
    assert max(map(len, text.splitlines())) <= width
    golden(f"diff.{width}.txt", text)


def test_golden_markdown(golden: Callable[[str, str], None]) -> None:
    golden("diff.md", markdown_diff.render(compared(versions.before(), versions.after())))


def test_colour_changes_nothing_but_the_colour() -> None:
    report = compared(versions.before(), versions.after())
    coloured = text_diff.render(report, colour=True)
    assert "\x1b[" in coloured
    for code in ("0", "1", "2", "31", "32", "33", "36", "1;32", "1;33", "1;31", "1;36"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert text_diff.render(report) == coloured


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_do_no_harm_in_text(name: str) -> None:
    report = compared(hostile_export(NAMES[name]), hostile_export(NAMES[name], behind="2"))
    for answer in (text_diff.render(report, width=80), markdown_diff.render(report)):
        assert set() == {char for char in answer if not char.isprintable() and char != "\n"}
    assert max(map(len, text_diff.render(report, width=80).splitlines())) <= 80


def test_markdown_has_no_markup_of_others() -> None:
    answer = markdown_diff.render(
        compared(hostile_export(NAMES["markdown"]), hostile_export(NAMES["markdown"], behind="2"))
    )
    outside = outside_of_code(answer)
    assert "](" not in outside
    assert "@all" not in outside
    assert "<script" not in outside_of_code(
        markdown_diff.render(compared(hostile_export(NAMES["markup"]), hostile_export("x")))
    )


def outside_of_code(answer: str) -> str:
    """The Markdown without what stands in code spans and code blocks."""
    kept = []
    fence = ""
    for line in answer.splitlines():
        bare = line.strip()
        if fence:
            fence = "" if bare == fence else fence
        elif bare.startswith("```"):
            fence = bare.rstrip("dif")
        else:
            kept.append(line.split("`")[0])
    # What is escaped is no markup.
    return re.sub(r"\\.", "", "\n".join(kept))


def test_cells_that_could_be_formulas_are_quoted() -> None:
    report = compared(hostile_export("=cmd()"), hostile_export("=cmd()", behind="2"))
    rows = list(csv.reader(io.StringIO(csv_diff.render(report))))
    assert list(csv_diff.COLUMNS) == rows[0]
    assert [] == [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t"))]


def test_json_holds_every_detail_and_no_outline() -> None:
    report = compared(versions.before(), versions.after())
    found = json.loads(json_.render(report))
    assert ["before", "after", "paired_by", "comparison"] == list(found["pairs"][0])
    details = [detail for entry in found["pairs"][0]["comparison"]["differences"] for detail in entry["details"]]
    assert sum(len(entry.details) for entry in report.pairs[0].comparison.differences) == len(details)
    assert (1, "diff", 12) == (found["schema_version"], found["command"], found["summary"]["entries"])


def test_page_links_every_entry() -> None:
    page = html_diff.render(compared(versions.before(), versions.after()))
    hrefs = ["t1-1", "t1-1-1", "t1-was-1-3", "t1-1-4", "t1-2-2", "t1-whole-1", "t1-whole-2"]
    assert [] == [href for href in hrefs if f'<a href="#{href}"' not in page]


def test_script_is_shown_as_its_lines() -> None:
    answer = text_diff.render(compared(versions.before(), versions.after()))
    assert "-     Write-Host $x\n" in answer
    assert "+     Write-Output $x\n" in answer
    assert base64.b64encode("Write".encode("utf-16-le")).decode()[:6] not in answer
