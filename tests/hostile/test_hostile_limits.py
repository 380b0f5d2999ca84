"""Limits on what is read: too many steps, and files beside the exports that have no end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import PRETTY, run
from tsfix.configuration import text_file
from tsfix.parse import sequence as parse_sequence

STEP = '<step type="SMS_TaskSequence_RebootAction" name="Restart"/>'


def test_more_steps_than_are_read_are_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_sequence, "MOST_ITEMS", 3)
    path = tmp_path / "in.xml"
    for steps in (2, 3):
        path.write_text(
            f'<sequence version="3.10"><group name="All">{STEP * steps}</group></sequence>', encoding="utf-8"
        )
        ran = run("scan", path)
        assert (4 if steps == 3 else 0) == ran.code, ran.said[-500:]
    assert "The task sequence has 4 groups and steps; at most 3 are read." in ran.said
    assert "check that this is the right file" in ran.said


@pytest.mark.parametrize("option", ["--hierarchy", "--facts", "--decisions", "--baseline", "--map-file"])
@pytest.mark.parametrize("endless", [False, True])
def test_a_file_beside_the_exports_without_an_end_is_refused(
    option: str, endless: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_file, "LARGEST", 1_000)
    path = Path("/dev/zero") if endless else tmp_path / "large.toml"
    if endless and not path.exists():
        pytest.skip("no device here without an end")
    if not endless:
        path.write_bytes(b"#" * 1_001)
    relink = ("relink", PRETTY, "--map-file", path, "-o", tmp_path / "out")
    ran = run(*relink) if option == "--map-file" else run("scan", PRETTY, "--to", "1706", option, path)
    assert 2 == ran.code, ran.said[-500:]
    assert f"{path.name} cannot be read" in ran.said or "it has more than 1,000 bytes" in ran.said
    assert "it has more than 1,000 bytes" in ran.said
    assert "fault of tsfix" not in ran.said
    assert [] == [file.name for file in tmp_path.iterdir() if file != path]
