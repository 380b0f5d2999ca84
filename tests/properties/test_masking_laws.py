"""No secret comes out of any command in any format, wherever it stands and whatever it looks like."""

from __future__ import annotations

import base64
import json
import re
import xml.sax.saxutils
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.running import run
from tests.properties.planted import PLANTS, Secrets, export_with, write_zip
from tests.properties.sequences import examples

FORMS = ("json", "md", "csv", "sarif", "html")
CLONE = ("--to", "1706", "--client-package", "LEG00042", "--accept", "R44", "--accept", "R35", "--force", "--quiet")


def test_the_search_finds_what_is_there() -> None:
    made = Secrets()
    secret = made.free()
    for text in (
        secret,
        xml.sax.saxutils.escape(secret),
        json.dumps(secret),
        "\n  ".join(re.findall(".{1,7}", secret)),
        base64.b64encode(f"x{secret}".encode()).decode(),
        base64.b64encode(f"net user {secret}".encode("utf-16-le")).decode(),
        secret[:12],
        secret[-12:],
    ):
        assert made.found_in(text), text
    assert [] == made.found_in("Qz Kern Vx Rest")


def shown(folder: Path, before: Path, after: Path) -> dict[str, str]:
    """Everything that every command says about the two exports, by command and format."""
    relink = ("relink", before, "--map", "CHQ00016=LEG00016", "-o", folder / "relink", "--force")
    assert 0 == run(*relink).code
    (copy,) = (folder / "relink").iterdir()
    commands = {
        "scan": ("scan", before, "--to", "1706", "--to", "2403"),
        **{
            policy: ("clone", before, *CLONE, "-o", folder / policy, "--new-steps", policy)
            for policy in ("auto", "disable", "placeholder", "remove", "keep")
        },
        "relink": relink,
        "diff": ("diff", before, after),
        "diff of the copy": ("diff", before, copy),
        "same": ("diff", before, before),
    }
    found = {}
    for name, command in commands.items():
        forms = [form for form in FORMS if form != "sarif" or command[0] != "diff"]
        outputs = [word for form in forms for word in ("--output", f"{form}={folder / f'report.{form}'}")]
        ran = run(*command, *outputs)
        assert ran.code in (0, 1, 3), ran.said[-500:]
        found[f"{name}, text"] = ran.stdout + ran.stderr
        found |= {f"{name}, {form}": (folder / f"report.{form}").read_text(encoding="utf-8") for form in forms}
    for form in ("text", "json", "md"):
        found[f"verify, {form}"] = run("verify", copy, "--against", before, "--format", form).stdout
        found[f"no copy, {form}"] = run("verify", after, "--against", before, "--format", form).stdout
    return found


def leaks(folder: Path, names: list[str], odd: str) -> list[str]:
    """What can be read where, of two versions of an export with other secrets in the same places."""
    made = [Secrets(odd=odd, generation=generation) for generation in "ab"]
    paths = [write_zip(folder / f"{one.generation}.zip", export_with(one, names)) for one in made]
    texts = shown(folder, *paths)
    return [f"{mark} in {where}" for where, text in texts.items() for one in made for mark in one.found_in(text)]


def test_all_places_at_once(tmp_path: Path) -> None:
    assert [] == leaks(tmp_path, list(PLANTS), Secrets().odd)


@examples(4)
@given(
    st.lists(st.sampled_from(sorted(PLANTS)), min_size=1, max_size=6),
    st.text(st.sampled_from("&<>\"'/,;%ü€\\|=-_.:#~+*({[]})!?^`@"), max_size=12),
)
def test_any_places_and_any_characters(tmp_path_factory: pytest.TempPathFactory, names: list[str], odd: str) -> None:
    assert [] == leaks(tmp_path_factory.mktemp("planted"), names, odd)


@pytest.mark.parametrize("where", [0.2, 0.5, 0.8, 0.95])
def test_no_error_quotes_what_it_failed_on(where: float, tmp_path: Path) -> None:
    """Files that are cut off, and files with one byte too many, right inside of what nobody may read."""
    made = Secrets()
    content = export_with(made, list(PLANTS))
    part = "SMS_TaskSequencePackage/CHQ00050/object.xml"
    data = content[part]
    inside = data.index(made.made[int(where * len(made.made)) // 2][:10].encode()) + 5
    for broken in (data[:inside], data[:inside] + b"<" + data[inside:], data[:inside] + b"\x01]]>" + data[inside:]):
        path = write_zip(tmp_path / "broken.zip", {**content, part: broken})
        raw = tmp_path / "broken.xml"
        raw.write_bytes(broken)
        for command in (
            ("scan", path),
            ("scan", raw),
            ("clone", path, *CLONE, "-o", tmp_path / "out"),
            ("diff", path, raw),
        ):
            ran = run(*command)
            assert [] == made.found_in(ran.stdout + ran.stderr)
