"""The proof of a copy: what tsfix changed is explained, what a site changes is named, anything else is left unexplained."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import DEPLOY, KIOSK, run
from tsfix.values import APPLICATION_ID

CLONE = ("--to", "1706", "--client-package", "LEG00042", "--new-steps", "disable")
Change = Callable[[str], str]


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copies")
    assert run("clone", DEPLOY, KIOSK, *CLONE, "-o", folder).code in (0, 1)
    assert 0 == run("relink", DEPLOY, "--map", "CHQ00001=LEG00043", "-o", folder).code
    return folder


def changed(copy: Path, place: Path, change: Change, part: str = "object.xml") -> Path:
    """The same zip with one task sequence changed by hand."""
    done = False
    with zipfile.ZipFile(copy) as old, zipfile.ZipFile(place, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            if not done and member.filename.startswith("SMS_TaskSequencePackage/") and member.filename.endswith(part):
                text = data.decode("utf-8")
                edited = change(text)
                if edited != text:
                    data, done = edited.encode("utf-8"), True
            new.writestr(member, data)
    assert done, "the change found nothing to change"
    return place


def proof(copy: Path, original: Path, *more: object) -> dict[str, object]:
    ran = run("verify", copy, "--against", original, "--format", "json", *more)
    found = json.loads(ran.stdout)
    assert isinstance(found, dict)
    return {**found, "code": ran.code}


def kinds(report: dict[str, object], by: str) -> set[str]:
    groups = [*report["other_parts"], *(kind for item in report["task_sequences"] for kind in item["kinds"])]  # type: ignore[misc, attr-defined]
    return {group["kind"] for group in groups if group["by"] == by}


@pytest.mark.parametrize("target", [(), ("--to", "1706")])
@pytest.mark.parametrize("original", [DEPLOY, KIOSK])
def test_clone_is_proved(copies: Path, original: Path, target: tuple[str, ...]) -> None:
    report = proof(copies / f"{original.stem} (for 1706).zip", original, *target)
    assert set() == kinds(report, "unexplained")
    assert (0, True) == (report["code"], report["proved"])


def test_relinked_copy_is_proved_and_says_what_was_replaced(copies: Path) -> None:
    report = proof(copies / f"{DEPLOY.stem} (relinked).zip", DEPLOY)
    assert (0, [["CHQ00001", "LEG00043"]]) == (report["code"], report["packages"])


def test_relinked_application_is_proved(tmp_path: Path) -> None:
    """Its new name stands in the step, in the action line, in the lists, and in what the parent repeats."""
    with zipfile.ZipFile(DEPLOY) as found:
        text = "".join(found.read(name).decode("utf-8") for name in found.namelist() if name.endswith("/object.xml"))
    old = sorted(set(APPLICATION_ID.findall(text)))[0]
    new = "ScopeId_11111111-2222-4333-8444-555555555555/Application_99999999-2222-4333-8444-555555555555"
    assert 0 == run("relink", DEPLOY, "--map", f"{old}={new}", "-o", tmp_path).code
    report = proof(tmp_path / f"{DEPLOY.stem} (relinked).zip", DEPLOY)
    assert (0, [[old, new]]) == (report["code"], report["packages"])


def test_the_same_file_is_the_same() -> None:
    report = proof(DEPLOY, DEPLOY)
    assert (0, True, []) == (report["code"], report["same_bytes"], report["other_parts"])


BY_HAND: dict[str, Change] = {
    "another command": lambda text: (
        text.replace("tzutil", "format", 1) if "tzutil" in text else text.replace("cmd.exe /c", "cmd.exe /k", 1)
    ),
    "a step is disabled without a word": lambda text: re.sub(
        r'(<step type="SMS_TaskSequence_RebootAction"[^>]*?)( runIn)', r'\1 disable="true"\2', text, count=1
    ),
    "a step goes on after an error": lambda text: text.replace(" runIn=", ' continueOnError="true" runIn=', 1),
    "a step is missing": lambda text: re.sub(
        r"<step type=\"SMS_TaskSequence_RebootAction\".*?</step>", "", text, count=1, flags=re.S
    ),
    "another property": lambda text: re.sub(
        r'(<PROPERTY NAME="Duration".*?<VALUE>)\d*', r"\g<1>77", text, count=1, flags=re.S
    ),
}


@pytest.mark.parametrize("what", BY_HAND)
def test_change_by_hand_is_not_explained(copies: Path, tmp_path: Path, what: str) -> None:
    copy = copies / f"{DEPLOY.stem} (relinked).zip"
    edited = changed(copy, tmp_path / "edited.zip", BY_HAND[what])
    report = proof(edited, DEPLOY)
    assert (1, False) == (report["code"], report["proved"])
    assert kinds(report, "unexplained")
    assert "NOT EXPLAINED" in run("verify", edited, "--against", DEPLOY).stdout


def test_old_id_that_is_left_somewhere_is_a_contradiction(copies: Path, tmp_path: Path) -> None:
    copy = copies / f"{DEPLOY.stem} (relinked).zip"
    back = changed(
        copy, tmp_path / "back.zip", lambda text: text.replace("LEG00043</variable>", "CHQ00001</variable>", 1)
    )
    report = proof(back, DEPLOY)
    assert 1 == report["code"]
    assert "CHQ00001 was replaced by LEG00043" in " ".join(report["contradictions"])  # type: ignore[arg-type]


def test_what_a_site_writes_anew_is_named(copies: Path, tmp_path: Path) -> None:
    """Another ID, another date, a secret left empty: what an import and an export do."""

    def site(text: str) -> str:
        text = re.sub(r'(NAME="SourceDate".*?<VALUE>)\d{8}', r"\g<1>20270101", text, count=1, flags=re.S)
        return text.replace("CHQFED0B", "NEW00077")

    copy = copies / f"{DEPLOY.stem} (relinked).zip"
    again = changed(copy, tmp_path / "again.zip", site)
    report = proof(again, DEPLOY)
    assert "the site wrote dates and counters anew" in kinds(report, "site")
    assert set() == kinds(report, "unexplained")
    assert 0 == report["code"]


def test_with_a_target_the_copy_is_scanned(copies: Path) -> None:
    report = proof(copies / f"{DEPLOY.stem} (relinked).zip", DEPLOY, "--to", "1706")
    assert (1, True) == (report["code"], report["proved"])
    assert "R1" in {group["finding"]["rule"] for group in report["findings"]}  # type: ignore[attr-defined]


def test_other_file_is_no_copy(copies: Path, tmp_path: Path) -> None:
    report = proof(KIOSK, DEPLOY)
    assert (1, False) == (report["code"], report["proved"])
    assert report["missing"]
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK")
    for copy, original in (
        (broken, DEPLOY),
        (DEPLOY, broken),
        (tmp_path / "none.zip", DEPLOY),
        (DEPLOY, tmp_path / "no"),
    ):
        wrong = original if copy == DEPLOY else copy
        ran = run("verify", copy, "--against", original)
        assert (4, b"", 1) == (ran.code, ran.out, len(ran.stderr.splitlines())), ran.stderr
        assert str(wrong) in ran.stderr


def test_no_secret_is_shown(copies: Path, tmp_path: Path) -> None:
    """A value of a secret variable that was changed by hand is a difference, and neither value is shown."""
    copy = copies / f"{DEPLOY.stem} (relinked).zip"

    def secret(text: str) -> str:
        return re.sub(r'(property="DomainPassword"[^>]*>)[^<]*', r"\1Hunter2Hunter2", text, count=1)

    edited = changed(copy, tmp_path / "edited.zip", secret)
    for form in ("text", "json", "md"):
        ran = run("verify", edited, "--against", DEPLOY, "--format", form)
        assert 1 == ran.code
        assert "Hunter2" not in ran.stdout


def test_forms_say_the_same(copies: Path) -> None:
    copy = copies / f"{DEPLOY.stem} (for 1706).zip"
    text, markdown = (run("verify", copy, "--against", DEPLOY, "--format", form).said for form in ("text", "md"))
    for words in ("Every difference is of a planned kind", "CHQ00003", "LEG00042", "name and ID of the copy"):
        assert words in text
        assert words in markdown
