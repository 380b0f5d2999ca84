"""File names that every system accepts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsfix.containers.names import is_device, safe_file_name, shown, why_unsafe

SAFE = {
    ("Deploy Windows 11", " (for LEG)", ".zip"): "Deploy Windows 11 (for LEG).zip",
    ('a/b\\c:d*e?f"g<h>i|j', "", ".zip"): "a_b_c_d_e_f_g_h_i_j.zip",
    ("tab\there", "", ".xml"): "tab_here.xml",
    ("turned\u202earound", "", ".xml"): "turned_around.xml",
    ("CON", "", ".zip"): "CON_.zip",
    ("nul", " (for LEG)", ".zip"): "nul_ (for LEG).zip",
    ("aux.backup", "", ".xml"): "aux_.backup.xml",
    ("nul.txt", " (for LEG)", ".zip"): "nul_.txt (for LEG).zip",
    ("COM1 .a.b", "", ".zip"): "COM1 _.a.b.zip",
    ("com1", "", ""): "com1_",
    ("lpt\u00b2", "", ""): "lpt\u00b2_",
    ("console", "", ".zip"): "console.zip",
    ("trailing. .", "", ""): "trailing",
    (" leading", "", ".zip"): "leading.zip",
    ("", "", ".zip"): "_.zip",
    ("..", "", ""): "_",
    ("Ünïcödé", "", ".zip"): "Ünïcödé.zip",
    ("x", " (for a/b)", ".zip"): "x (for a_b).zip",
    ("x", "", ".zip. "): "x.zip",
    ("x" * 300, " (for LEG)", ".zip"): "x" * 186 + " (for LEG).zip",
}


@pytest.mark.parametrize(("given_name", "expected"), SAFE.items())
def test_safe_file_name(given_name: tuple[str, str, str], expected: str) -> None:
    text, added, suffix = given_name
    assert expected == safe_file_name(text, added=added, suffix=suffix)


@given(st.text(max_size=260), st.text(max_size=20), st.sampled_from(["", ".zip", ".xml"]))
def test_a_safe_file_name_is_safe(text: str, added: str, suffix: str) -> None:
    name = safe_file_name(text, added=added, suffix=suffix)
    assert "" == why_unsafe(name)
    assert not set('<>:"/\\|?*') & set(name)
    assert len(name) <= 200


@given(st.sampled_from(["CON", "nul", "Lpt9", "COM\u00b9", "conin$"]), st.text(". _-x", max_size=6))
def test_no_device_is_left(device: str, behind: str) -> None:
    for suffix in ("", ".zip"):
        assert "" == why_unsafe(safe_file_name(device + behind, suffix=suffix))


@given(st.text(max_size=40))
def test_a_safe_file_name_stays_as_it_is(text: str) -> None:
    name = safe_file_name(text)
    assert name == safe_file_name(name)


@pytest.mark.parametrize("name", ["CON", "con.xml", "NUL ", "nul .txt", "COM9", "LPT\u00b9.x", "conin$", "AUX.a.b"])
def test_devices(name: str) -> None:
    assert is_device(name)


@pytest.mark.parametrize("name", ["CONSOLE", "COM", "COM10", "xNUL", "NUL_", "a.NUL"])
def test_no_devices(name: str) -> None:
    assert not is_device(name)


def test_shown_leaves_ordinary_names_alone() -> None:
    name = "SMS_Program/ABC00012_Über%20all/object.xml"
    assert name == shown(name)


def test_shown_spells_out_what_is_invisible() -> None:
    assert "a\\x1b\\u202e\\x00b" == shown("a\x1b\u202e\0b")
