"""The Markdown report can be pasted into a ticket: whatever stands in names and values, no table and no page breaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.reports.runs import RUNS, report
from tsfix.reports import markdown
from tsfix.reports.markdown_text import code_span, plain_text

EVIL = (
    "a | b",
    "`code` ``two``",
    "<script>alert(1)</script> &amp; <b>",
    "[link](http://x.example) ![image](y)",
    "**bold** _it_ ~no~ # head",
    "line one\nline two\r\n\n# three",
    "back\\slash\\",
    "turn \u202e around",
    "@everyone",
)


def escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace('"', "&quot;")
        .replace("\n", "&#10;")
        .replace("\r", "&#13;")
    )


def sequence() -> str:
    steps = "".join(
        f'<step name="{escaped(name)}" type="SMS_TaskSequence_SetVariableAction" description="{escaped(name)}">'
        f"<action>tsenv.exe &quot;x={escaped(name)}&quot; /hiddenflag:False</action><defaultVarList>"
        '<variable name="DoNotShowVariableValue" property="DoNotShowVariableValue">true</variable>'
        "</defaultVarList></step>"
        for name in EVIL
    )
    return f'<sequence version="3.10"><group name="{escaped(EVIL[0])}">{steps}</group><referenceList/></sequence>'


def pages(folder: Path) -> list[str]:
    path = folder / "evil `name` [x].xml"
    path.write_text(sequence(), encoding="utf-8")
    clone = ("clone", path, "--to", "1706", "-o", folder / "out", "--new-steps", "disable", "--format", "md")
    return [
        run("scan", path, "--to", "1706", "--format", "md").stdout,
        run(*clone).stdout,
        run("scan", path, path.with_name("none.xml"), "--to", "1706", "--to", "2012", "--format", "md").stdout,
    ]


def without_code(line: str) -> str:
    """The line without its code spans, in which nothing has to be escaped but bars."""
    return re.sub(r"(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)", "", line)


def test_tables_are_whole(tmp_path: Path) -> None:
    for page in pages(tmp_path):
        columns = None
        for line in page.splitlines():
            if not line.startswith("|"):
                columns = None
                continue
            cells = len(re.split(r"(?<!\\)\|", line)) - 2
            columns = columns or cells
            assert columns == cells, line


def test_names_are_text_and_nothing_else(tmp_path: Path) -> None:
    for page in pages(tmp_path):
        for line in page.splitlines():
            bare = without_code(line)
            # The report itself writes angle brackets around addresses of sources and for line breaks in a table.
            bare = re.sub(r"\]\(<https://[^>]*>\)", "](source)", bare).replace("<br>", "")
            assert not re.search(r"(?<!\\)[<>]", bare), line
            assert not re.search(r"@\w", bare), line
            assert "\u202e" not in line
            assert not re.match(r"\s*line two", line)
        assert "three" in page
        assert not re.search(r"^# three", page, re.MULTILINE)


@pytest.mark.parametrize("name", RUNS)
def test_links_lead_to_pages(name: str) -> None:
    page = markdown.render(report(name))
    assert [] == [link for link in re.findall(r"\]\(<([^>]*)>\)", page) if not link.startswith("https://")]


@pytest.mark.parametrize("text", [*EVIL, "", " ", "`", "``` x"])
def test_code_span_holds_what_it_was_given(text: str) -> None:
    span = code_span(text)
    fence = re.match("`+", span)[0]  # type: ignore[index]
    assert span.endswith(fence)
    assert fence not in span[len(fence) : -len(fence)]
    assert "\n" not in span


def test_plain_text_escapes_markup() -> None:
    assert r"a \| \<b\> \*c\* &amp;" == plain_text("a |\n <b> *c* &")
