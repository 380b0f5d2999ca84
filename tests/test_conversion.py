"""A copy of each format: planned bytes change and no others; what cannot be copied faithfully is not copied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from functools import cache
from hashlib import sha256

import pytest
from lxml import etree

from tests.copies import check_outcome, nothing_drafted
from tests.made import (
    CLIENT_PACKAGE,
    FIXTURES,
    Group,
    Known,
    Reference,
    Step,
    cloned,
    export,
    is_unchanged,
    knowledge,
    on,
    own_step,
    parts,
    pretty_text,
    raw,
    read_parts,
    refused,
    request,
    rewritten,
    sequence,
    sequence_text,
)
from tests.made import osd_steps as osd
from tests.made import steps as basic
from tests.parse.documents import fixture_export, fixture_exports
from tsfix.checks import run_checks
from tsfix.checks.subject import Subject
from tsfix.configuration.hierarchy_file import read_hierarchy
from tsfix.conversion import Refused, Rewritten, Unchanged
from tsfix.errors import TsfixError, UnreadableError, UnsupportedEditError, UsageError
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.request import NewSteps

CLIENT = osd.setup_windows("Client – 東京", "CHQ00003", "SMSSITECODE=LEG ")
FOLDER = "SMS_TaskSequencePackage/CHQ00050/"


@cache
def contoso() -> Hierarchy:
    return read_hierarchy(FIXTURES / "hierarchy" / "contoso.toml", knowledge())


# Single files: exactly the bytes of the package ID.


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


TEXT = sequence_text(CLIENT, basic.run_command_line("A & B", 'echo "<x>"', site=1606))
PRETTY = pretty_text(CLIENT, basic.run_command_line("A & B", 'echo "<x>"', site=1606))
SINGLE = {
    "one line": TEXT.encode(),
    "one line, CRLF at the end": (TEXT + "\r\n").encode(),
    "byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "indents": PRETTY.encode(),
    "indents, LF": PRETTY.replace("\r\n", "\n").encode(),
    "single quotes": TEXT.replace('"ClientPackageID"', "'ClientPackageID'").encode(),
    "declaration and comments": (
        '<?xml version="1.0"?>\r\n<!-- CHQ0000x -->\r\n' + PRETTY + "\r\n<!-- end -->\r\n"
    ).encode(),
    "character references": TEXT.replace(">CHQ00003<", ">CHQ&#48;0003<").encode(),
    "cdata": TEXT.replace(">CHQ00003<", "><![CDATA[CHQ00003]]><").encode(),
    "escaped": escaped(TEXT).encode(),
    "escaped, byte order mark": b"\xef\xbb\xbf" + escaped(TEXT + "\r\n").encode(),
    "utf-16": b"\xff\xfe" + TEXT.encode("utf-16-le"),
    "utf-16, big end first": b"\xfe\xff" + ('<?xml version="1.0" encoding="utf-16"?>' + TEXT).encode("utf-16-be"),
    "escaped utf-16": b"\xff\xfe" + escaped(TEXT).encode("utf-16-le"),
    "mdt": TEXT.replace("<sequence ", '<sequence name="T" ').encode(),
}
OTHER_OLD = {"character references": "CHQ&#48;0003", "cdata": "<![CDATA[CHQ00003]]>"}


@pytest.mark.parametrize("kind", SINGLE)
def test_single_files_change_by_the_id_alone(kind: str) -> None:
    data = SINGLE[kind]
    made = raw(data)
    assert nothing_drafted(made)
    if kind == "mdt":
        # A file of MDT is no export of a site: there is nothing to convert for one.
        assert isinstance(cloned(made, request("1706", client="LEG00042")), Rewritten | Unchanged | Refused)
        return
    done = rewritten(made, request("1706", client="LEG00042"))
    encoding = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(data[:2], "utf-8")
    before, after = data.decode(encoding), done.copy.parts.parts["raw.xml"].decode(encoding)
    old = OTHER_OLD.get(kind, "CHQ00003")
    new = "<![CDATA[LEG00042]]>" if kind == "cdata" else "LEG00042"
    assert 0 < before.count(old)
    assert before.replace(f'package="{"CHQ00003"}"', 'package="LEG00042"').replace(old, new) == after
    check_outcome(made, request("1706", client="LEG00042"))


def test_a_declared_encoding_that_has_no_character_for_the_text() -> None:
    text = '<?xml version="1.0" encoding="iso-8859-1"?><sequence version="3.10"><group name="B\xfcro" description="">'
    text += '<step type="Fabrikam_Custom_Action" name="S" description=""/></group></sequence>'
    made = raw(text.encode("latin-1"))
    done = rewritten(made, request("1706", policy="disable"))
    assert b"B\xfcro" in done.copy.parts.parts["raw.xml"]


def test_a_file_that_does_not_survive_the_round_trip_is_left_alone() -> None:
    """Big5 has two ways to write some characters; the text does not say which of them it was."""
    head = b'<?xml version="1.0" encoding="big5"?><sequence version="3.10"><!-- \xa2\xce -->'
    made = raw(
        head + sequence_text(osd.setup_windows("S", "CHQ00003", "")).removeprefix('<sequence version="3.10">').encode()
    )
    assert not made.problems
    with pytest.raises(UnsupportedEditError, match="cannot be rewritten without loss"):
        cloned(made, request("1706", client="LEG00042"))


def test_the_2007_package() -> None:
    made = fixture_export("package-2007.xml")
    done = rewritten(made, request("1706", client="LEG00042"))
    before, after = made.parts.parts["package-2007.xml"], done.copy.parts.parts["package-2007.xml"]
    expected = before.replace(b"C0700003", b"LEG00042").replace(
        b"Install Windows XP branch<", b"Install Windows XP branch (for 1706)<"
    )
    origin = f"[tsfix: copy for 1706. package-2007.xml SHA-256 {sha256(before).hexdigest()[:16]}]"
    assert expected == after.replace(b" " + origin.encode(), b"")
    assert origin.encode() in after


# Laws, over all fixtures.

TARGETS = ("2012 R2", "1706", "2010", "2403")


@pytest.mark.parametrize("found", fixture_exports(), ids=lambda found: found.name.replace("\\", "/").split("/")[-1])
@pytest.mark.parametrize("policy", ["auto", "disable", "placeholder", "remove", "keep"])
def test_laws_over_the_fixtures(found: Export, policy: NewSteps) -> None:
    assert nothing_drafted(found)
    for to in TARGETS:
        outcome = check_outcome(found, request(to, client="LEG00042", policy=policy))
        if isinstance(outcome, Refused) and policy != "auto":
            # A boot image of the current branch is refused by 2012, and no policy for steps mends that.
            assert ("2012 R2", {"R15"}) == (to, {reason.rule for reason in outcome.reasons})


@pytest.mark.parametrize("policy", ["disable", "placeholder", "remove", "keep"])
def test_laws_with_a_hierarchy(policy: NewSteps) -> None:
    for found in fixture_exports():
        outcome = check_outcome(found, request("1706", site="LEG", policy=policy), contoso())
        assert not isinstance(outcome, Refused) or "2012" in found.name or "2007" in found.name


# What stands in the way of a copy.


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("ReferencesInfo.xml", b"<ArrayOfString><string>&lt;a</string>"),
        ("ReferencesInfo.xml", b"<ArrayOfString><string>&lt;a</string></ArrayOfString>"),
        ("AppReferencesInfo.xml", b"<ArrayOfString>"),
    ],
)
def test_rows_that_cannot_be_read(name: str, data: bytes) -> None:
    content = parts(sequence("CHQ00050", "TS", CLIENT))
    content[FOLDER + name] = data
    with pytest.raises(UnreadableError, match="A copy must change this part"):
        cloned(read_parts(content), request("1706", client="LEG00042"))


@pytest.mark.parametrize("name", ["Manifest.xml", "_rels/.rels"])
def test_a_table_of_contents_that_cannot_be_read(name: str) -> None:
    content = parts(sequence("CHQ00050", "TS", CLIENT))
    content[name] = content[name][:-10]
    with pytest.raises(UnreadableError):
        cloned(read_parts(content), request("1706", client="LEG00042"))


def test_a_task_sequence_that_cannot_be_read_stops_the_copy_of_all() -> None:
    """It would travel in the copy with its old ID, and nobody would know what it does."""
    content = parts(sequence("CHQ00050", "TS", CLIENT), sequence("CHQ00051", "Other", basic.restart("R")))
    broken = "SMS_TaskSequencePackage/CHQ00051/object.xml"
    content[broken] = content[broken].replace(b"</sequence>", b"")
    with pytest.raises(UnreadableError) as caught:
        cloned(read_parts(content), request("1706", client="LEG00042"))
    assert caught.value.location is not None
    assert broken == caught.value.location.part


def test_a_part_that_is_missing_does_not() -> None:
    content = parts(sequence("CHQ00050", "TS", CLIENT), sequence("CHQ00051", "Other", basic.restart("R")))
    content = {name: data for name, data in content.items() if "CHQ00051" not in name}
    made = read_parts(content)
    assert made.problems
    done = rewritten(made, request("1706", client="LEG00042"))
    assert [problem.message for problem in made.problems] == [problem.message for problem in done.copy.problems]


def test_a_client_package_of_which_nothing_is_known_is_not_fine() -> None:
    made = raw(sequence_text(osd.setup_windows("S", "CHQ0003A", "")))
    assert [("R1", "CHQ0003A")] == refused(made, request("1706"))
    assert [("R1", "CHQ0003A")] == refused(made, request("1706", policy="keep"))


def test_the_original_and_the_copy_are_checked_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stage leaves is no copy yet: it is looked at, and not reported."""
    seen: list[Export] = []

    def counted(subject: Subject) -> tuple[Finding, ...]:
        seen.append(subject.export)
        return run_checks(subject)

    monkeypatch.setattr("tsfix.conversion.subjects.run_checks", counted)
    found = fixture_export("Deploy Windows 11.zip")
    done = rewritten(found, request("1706", client="LEG00042", policy="disable"))
    assert done.last_stage is not None
    own = len(found.task_sequences)
    assert [id(found)] * own + [id(done.copy)] * own == [id(one) for one in seen]


def test_what_is_accepted_stays_and_is_told() -> None:
    made = export(sequence("CHQ00050", "TS", CLIENT, own_step("Fabrikam_X", "X", "")))
    assert ["R1", "R44"] == sorted(rule for rule, _ in refused(made, request("1706")))
    done = rewritten(made, request("1706", client="LEG00042", accept=("R44",)))
    assert ["R44"] == [finding.rule for finding in done.remaining if finding.blocking]


def test_every_template_of_a_name_is_checked_before_anything_is_written() -> None:
    with pytest.raises(UsageError):
        cloned(export(sequence("CHQ00050", "TS", CLIENT)), request("1706", client="LEG00042", name_template="{no}"))


@pytest.mark.parametrize(
    ("client", "maps", "expected"),
    [
        ("CHQ00005", {}, "CHQ00003 (package) cannot be replaced by CHQ00005 (boot image)"),
        ("LEG00042", {"CHQ00005": "LEG00042"}, "CHQ00005 (boot image) cannot be replaced by LEG00042 (package)"),
        (
            "LEG00042",
            {"CHQ00003": "LEG00043"},
            "CHQ00003 (client package) cannot be replaced by LEG00043 (USMT package)",
        ),
    ],
)
def test_one_kind_of_object_takes_no_place_of_another(client: str, maps: dict[str, str], expected: str) -> None:
    """What the export knows is enough for the first; what the hierarchy file says for the others."""
    made = fixture_export("Contoso Deploy Windows 11.zip")
    with pytest.raises(UsageError) as caught:
        cloned(made, request("1706", client=client, maps=maps, policy="disable"), contoso() if maps else None)
    assert expected in caught.value.message


def test_findings_do_not_promise_what_the_person_overrides() -> None:
    """The hierarchy file would put LEG00042 in the place of the default client package; the person names another."""
    made = fixture_export("Contoso Deploy Windows 11.zip")
    for asked in ({"client": "LEG00050"}, {"maps": {"CHQ00003": "LEG00050"}}):
        done = rewritten(made, request("1706", site="LEG", policy="disable", **asked), contoso())  # type: ignore[arg-type]
        about = [finding for finding in done.findings if finding.subject == "CHQ00003"]
        assert about
        assert [] == [
            finding.title for finding in about if "LEG00042" in (finding.replaced_by, *finding.remedy.split())
        ]
    plain = rewritten(made, request("1706", site="LEG", policy="disable"), contoso())
    assert {"LEG00042"} == {one.replaced_by for one in plain.findings if one.subject == "CHQ00003" and one.replaced_by}


# Clones of clones.


def test_a_copy_for_one_target_can_be_the_original_for_an_older_one() -> None:
    made = export(sequence("CHQ00050", "TS", CLIENT, osd.check_readiness("Check", memory=1, disk=1, site=2309)))
    first = rewritten(made, request("2010", client="LEG00042"))
    second = rewritten(first.copy, request("1706", client="LEG00042"))
    assert "TS (for 2010) (for 1706)" == second.copy.task_sequences[0].task_sequence.name
    assert 3 == len({*(str(old) for old, _ in (*first.new_ids, *second.new_ids)), str(second.new_ids[0][1])})
    assert is_unchanged(second.copy, request("2010", client="LEG00042"))


def test_task_sequences_of_one_name_are_told_apart() -> None:
    """Changes and findings are found by the part, for names are not unique."""
    made = export(
        sequence("CHQ00060", "Same", Group(name="G", children=(basic.restart("R"),)), own_step("Fabrikam_X", "X", "")),
        sequence("CHQ00061", "Same", own_step("Fabrikam_X", "X", ""), basic.restart("R"), CLIENT),
        sequence("CHQ00062", "Same", basic.restart("R")),
    )
    done = rewritten(made, request("1706", client="LEG00042", policy="disable"))
    out = [
        (change.location.part.split("/")[1], change.location.position) for change in done.changes if change.takes_out
    ]
    assert [("CHQ00060", (1,)), ("CHQ00061", (0,))] == out
    check_outcome(made, request("1706", client="LEG00042", policy="remove"))


def test_findings_in_the_copy_bear_the_old_names() -> None:
    """Also where the new names are cut to the same text."""
    made = export(
        sequence("CHQ00060", "N" * 45 + " one", own_step("Fabrikam_X", "X", "")),
        sequence("CHQ00061", "N" * 45 + " two", own_step("Fabrikam_Y", "Y", ""), CLIENT),
    )
    done = rewritten(made, request("1706", client="LEG00042", accept=("R44",)))
    assert 1 == len({item.task_sequence.name for item in done.copy.task_sequences})
    told = [
        (finding.location.task_sequence[-3:], finding.subject) for finding in done.remaining if finding.rule == "R44"
    ]
    assert [("one", "Fabrikam_X"), ("two", "Fabrikam_Y")] == told


def test_a_parent_and_child_of_one_name() -> None:
    call = basic.run_task_sequence("Call", "CHQ00061", "Same", (Reference(package="CHQ00003"),))
    items: tuple[Step, ...] = (CLIENT,)
    made = export(sequence("CHQ00060", "Same", call), sequence("CHQ00061", "Same", *items))
    for policy in ("auto", "disable", "remove"):
        check_outcome(made, request("2010", client="LEG00042", policy=policy))  # type: ignore[arg-type]


# Damaged and odd input is never a traceback.


def _damages(root: etree._Element) -> Iterator[bytes]:
    """The text with one thing wrong: every element gone, empty, bare, doubled, or with something strange in it."""
    for number in range(1, sum(1 for _ in root.iter("*"))):
        for kind in ("gone", "empty", "bare", "doubled", "strange"):
            damaged = deepcopy(root)
            element = list(damaged.iter("*"))[number]
            parent = element.getparent()
            assert parent is not None
            if kind == "gone":
                parent.remove(element)
            elif kind == "empty":
                element[:] = []
                element.text = None
            elif kind == "bare":
                element.attrib.clear()
            elif kind == "doubled":
                element.addnext(deepcopy(element))
            else:
                element.append(etree.Comment("strange"))
                element.append(etree.Element("strange"))
            yield etree.tostring(damaged, encoding="utf-8")


def _try(content: dict[str, bytes]) -> None:
    found = read_parts(content)
    if not found.task_sequences:
        assert found.problems
        return
    with suppress(TsfixError):
        cloned(found, request("2010", client="LEG00042", policy="remove", maps={"CHQ00016": "CHQ00005"}))


def test_damaged_sequences() -> None:
    call = basic.run_task_sequence("Call", "CHQ00099", "Absent", (Reference(package="CHQ00017"),))
    items = (
        CLIENT,
        call,
        own_step("Fabrikam_X", "X", ""),
        basic.run_command_line("A", "a", package_id="CHQ00016", condition=on.when(on.UEFI)),
    )
    made = sequence("CHQ00050", "TS", Group(name="G", children=items))
    content = parts(made, known=(Known(id="CHQ00099", name="Absent", type=4),))
    part = FOLDER + "object.xml"
    before, start, rest = content[part].partition(b"<sequence ")
    inner, end, after = rest.partition(b"</sequence>")
    for damaged in _damages(etree.fromstring(start + inner + end)):
        _try({**content, part: before + damaged + after})


@pytest.mark.parametrize(
    "name", [FOLDER + "ReferencesInfo.xml", "Manifest.xml", "_rels/.rels", "SMS_Package/CHQ00003/PACKAGE_CONTENT.xml"]
)
def test_damaged_small_parts(name: str) -> None:
    content = parts(
        sequence("CHQ00050", "TS", CLIENT, basic.run_command_line("A", "a", package_id="CHQ00016")),
        packages=(CLIENT_PACKAGE,),
    )
    for damaged in _damages(etree.fromstring(content[name].removeprefix(b"\xef\xbb\xbf"))):
        _try({**content, name: damaged})


def test_missing_and_empty_parts() -> None:
    content = parts(sequence("CHQ00050", "TS", CLIENT), packages=(CLIENT_PACKAGE,))
    for name in content:
        _try({other: data for other, data in content.items() if other != name})
        _try({**content, name: b""})
