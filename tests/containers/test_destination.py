"""Where copies go, and that they never meet an input or each other."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath

import pytest

from tsfix.containers.destination import (
    check_not_an_input,
    check_output_dir,
    claim_destination,
    plan_destination,
)
from tsfix.containers.found import Origin, OriginKind
from tsfix.errors import OutputError, UsageError

OUT = Path("out")


def origin(kind: OriginKind, path: str, *inside: str, below: str = "") -> Origin:
    return Origin(kind=kind, path=Path(path), inside=inside, below=PurePosixPath(below))


PLANNED = {
    "zip": (origin("zip", "in/TS.zip"), "TS (for LEG).zip"),
    "dots in the name": (origin("zip", "in/TS v24.08.14.zip"), "TS v24.08.14 (for LEG).zip"),
    "file": (origin("file", "in/ts.xml"), "ts (for LEG).xml"),
    "folder": (origin("folder", "in/My TS v1.2"), "My TS v1.2 (for LEG)"),
    "below": (origin("file", "in/Control/W11/ts.xml", below="Control/W11"), "Control/W11/ts (for LEG).xml"),
    "zip in a zip": (origin("zip", "in/outer.zip", "sub/inner.zip"), "outer/sub/inner (for LEG).zip"),
    "file in a zip": (origin("file", "outer.zip", "Control/W11/ts.xml"), "outer/Control/W11/ts (for LEG).xml"),
    "file in a zip in a zip": (
        origin("file", "outer.zip", "sub/inner.zip", "W11/ts.xml", below="a"),
        "a/outer/sub/inner/W11/ts (for LEG).xml",
    ),
    "folder in a zip": (origin("folder", "outer.zip", "My TS"), "outer/My TS (for LEG)"),
    "no extension": (origin("file", "in/extracted"), "extracted (for LEG)"),
    "device in a zip": (origin("zip", "outer.zip", "a/inner?.zip"), "outer/a/inner_ (for LEG).zip"),
    "folder that is a device": (origin("file", "x", below="aux"), "aux_/x (for LEG)"),
}


@pytest.mark.parametrize(("given", "expected"), PLANNED.values(), ids=PLANNED)
def test_plan_destination(given: Origin, expected: str) -> None:
    assert OUT / expected == plan_destination(given, OUT, "LEG")


def test_labels() -> None:
    zip_origin = origin("zip", "TS.zip")
    assert OUT / "TS (for 2012 R2).zip" == plan_destination(zip_origin, OUT, "2012 R2")
    assert OUT / "TS (for .._.._x).zip" == plan_destination(zip_origin, OUT, "../../x")
    assert OUT / "TS (relinked).zip" == plan_destination(zip_origin, OUT, "")


def test_the_current_folder_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "My TS").mkdir()
    monkeypatch.chdir(tmp_path / "My TS")
    assert OUT / "My TS (for LEG)" == plan_destination(origin("folder", "."), OUT, "LEG")


def test_two_inputs_for_one_destination() -> None:
    taken: dict[str, str] = {}
    claim_destination(taken, OUT / "TS (for LEG).zip", "a/TS.zip")
    claim_destination(taken, OUT / "Other (for LEG).zip", "a/Other.zip")
    with pytest.raises(UsageError) as caught:
        claim_destination(taken, OUT / "ts (for leg).ZIP", "b/ts.ZIP")
    expected = f"The copies of a/TS.zip and b/ts.ZIP would both become {OUT / 'ts (for leg).ZIP'}."
    assert expected == caught.value.message


def check(output_dir: Path, *inputs: Path) -> str:
    """The message, or nothing where the folder is accepted."""
    try:
        check_output_dir(output_dir, inputs)
    except UsageError as error:
        return error.message
    return ""


def test_an_output_folder_outside_is_accepted_and_not_made(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "TS.zip").write_bytes(b"")
    assert "" == check(tmp_path / "new" / "out", tmp_path / "in")
    assert "" == check(tmp_path / "in" / "out", tmp_path / "in" / "TS.zip")
    assert "" == check(tmp_path / "in-out", tmp_path / "in")
    assert "" == check(tmp_path, tmp_path / "in")
    assert [tmp_path / "in"] == list(tmp_path.iterdir())


def test_an_output_folder_inside_an_input_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    monkeypatch.chdir(folder)
    for output in (
        folder,
        folder / "new" / "out",
        folder / "sub",
        Path("out"),
        Path("sub/.."),
        folder / "x" / ".." / "y",
    ):
        assert f"The output folder {output} lies inside the input folder {folder}." == check(output, folder)
    monkeypatch.chdir(folder / "sub")
    assert f"The output folder out lies inside the input folder {folder}." == check(Path("out"), folder)
    assert "The output folder out lies inside the input folder .." == check(Path("out"), Path())


def test_an_output_folder_inside_an_input_by_a_link_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    link = tmp_path / "link"
    try:
        link.symlink_to(folder, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    assert "lies inside" in check(link / "out", folder)
    assert "lies inside" in check(folder / "out", link)


@pytest.mark.skipif(sys.platform != "win32", reason="needs a file system that ignores case")
def test_an_output_folder_inside_an_input_in_other_case_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert "lies inside" in check(tmp_path / "IN" / "out", tmp_path / "in")


def test_a_file_where_the_output_folder_should_be(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert f"The output folder {file} cannot be made: {file} is not a folder." == check(file)
    assert f"The output folder {file / 'out'} cannot be made: {file} is not a folder." == check(file / "out")


def test_a_read_only_output_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert f"The output folder {tmp_path / 'out'} cannot be written to." == check(tmp_path / "out")


def test_an_output_folder_in_which_nothing_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert f"The output folder {tmp_path} cannot be written to." == check(tmp_path)


def test_a_destination_that_is_an_input_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    file = folder / "TS.zip"
    file.write_bytes(b"x")
    hard_link = tmp_path / "same.zip"
    os.link(file, hard_link)
    for destination, inputs in (
        (file, [file]),
        (folder / "." / "TS.zip", [file]),
        (hard_link, [file]),
        (folder / "new.zip", [folder]),
        (folder, [folder]),
    ):
        with pytest.raises(OutputError) as caught:
            check_not_an_input(destination, inputs)
        assert f"This would write over the input {inputs[0]}. Inputs are only read." == caught.value.message
    check_not_an_input(folder / "TS (for LEG).zip", [file])
