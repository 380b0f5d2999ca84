"""Finding exports in files, folders, zips, and zips inside zips."""

from __future__ import annotations

import os
import pickle
import tracemalloc
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.containers.zips import DEFLATED, OBJECT, OBJECT_XML, SEQUENCE, Entry, build, export_entries, export_zip
from tsfix.containers.discover import find_exports, open_candidate
from tsfix.containers.found import Found, FoundExport, Origin, Skipped, Unreadable
from tsfix.containers.limits import Limits
from tsfix.containers.walk import Candidate, list_candidates
from tsfix.export import Parts
from tsfix.values import Location

WHAT_IS_READ = "Name an export zip, an unpacked export folder, or a file that holds a task sequence."


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder: results then hold short relative names."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, data: bytes = SEQUENCE) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def write_export(folder: str, package_id: str = "ABC00012") -> Path:
    for entry in export_entries(package_id):
        write(f"{folder}/{entry.name!s}", entry.content)
    return Path(folder)


def found(*paths: str, limits: Limits | None = None) -> list[Found]:
    return list(find_exports([Path(path) for path in paths], limits=limits or Limits()))


def native(path: str) -> str:
    """The path as this system writes it."""
    return str(Path(path))


def brief(results: list[Found]) -> list[tuple[str, str]]:
    """Kind and name of each result."""
    lines = []
    for result in results:
        match result:
            case FoundExport(parts=parts):
                lines.append(("found", parts.name.replace("\\", "/")))
            case Unreadable(location=location, message=message):
                lines.append((f"unreadable: {message}", location.file.replace("\\", "/")))
            case Skipped(location=location, reason=reason, count=count):
                lines.append((f"skipped {count}: {reason}", location.file.replace("\\", "/")))
    return lines


def test_an_export_zip(here: Path) -> None:
    write("TS.zip", export_zip())
    parts = Parts(name="TS.zip", kind="console-export", parts={str(e.name): e.content for e in export_entries()})
    expected = FoundExport(parts=parts, origin=Origin(kind="zip", path=Path("TS.zip")), original=export_zip())
    assert [expected] == found("TS.zip")


def test_a_single_file(here: Path) -> None:
    write("sub/ts.xml")
    name = native("sub/ts.xml")
    expected = FoundExport(
        parts=Parts(name=name, kind="single-file", parts={"ts.xml": SEQUENCE}),
        origin=Origin(kind="file", path=Path(name)),
        original=SEQUENCE,
    )
    assert [expected] == found("sub/ts.xml")


def test_an_unpacked_export_folder(here: Path) -> None:
    write_export("TS")
    contents = {str(entry.name): entry.content for entry in sorted(export_entries(), key=lambda entry: str(entry.name))}
    expected = FoundExport(
        parts=Parts(name="TS", kind="console-export", parts=contents), origin=Origin(kind="folder", path=Path("TS"))
    )
    results = found("TS")
    assert [expected] == results
    assert isinstance(results[0], FoundExport)
    assert list(contents) == list(results[0].parts.parts)


def test_an_export_unpacked_among_other_things(here: Path) -> None:
    write_export("Downloads")
    write("Downloads/setup.exe", b"MZ")
    write("Downloads/other/TS.zip", export_zip())
    expected = [
        ("found", "Downloads"),
        ("found", "Downloads/other/TS.zip"),
        ("skipped 1: not a task sequence", "Downloads"),
    ]
    results = found("Downloads")
    assert expected == brief(results)
    assert isinstance(results[0], FoundExport)
    assert {str(entry.name) for entry in export_entries()} == set(results[0].parts.parts)


def test_a_folder_is_walked_in_a_fixed_order(here: Path) -> None:
    for name in ("b.xml", "A.xml", "z/ts.xml", "c/2/ts.xml", "c/1/ts.xml"):
        write(f"in/{name}")
    write_export("in/m")
    write("in/b.zip", export_zip())
    expected = ["in/A.xml", "in/b.xml", "in/b.zip", "in/c/1/ts.xml", "in/c/2/ts.xml", "in/m", "in/z/ts.xml"]
    assert [("found", name) for name in expected] == brief(found("in"))


def test_the_folders_below_the_named_one_are_kept(here: Path) -> None:
    write("in/Control/W11/ts.xml")
    write_export("in/unpacked/TS")
    origins = [result.origin for result in found("in") if isinstance(result, FoundExport)]
    expected = [
        Origin(kind="file", path=Path("in/Control/W11/ts.xml"), below=PurePosixPath("Control/W11")),
        Origin(kind="folder", path=Path("in/unpacked/TS"), below=PurePosixPath("unpacked")),
    ]
    assert expected == origins


def test_a_zip_of_zips(here: Path) -> None:
    inner = build(export_entries("ABC00013"))
    write("outer.zip", build([Entry(name="sub/inner.zip", content=inner), Entry(name="readme.txt", content=b"x")]))
    results = found("outer.zip")
    assert [("found", "outer.zip!sub/inner.zip"), ("skipped 1: not a task sequence", "outer.zip")] == brief(results)
    assert isinstance(results[0], FoundExport)
    assert Origin(kind="zip", path=Path("outer.zip"), inside=("sub/inner.zip",)) == results[0].origin
    assert inner == results[0].original


def test_a_zip_of_an_mdt_share(here: Path) -> None:
    write(
        "share.zip",
        build([Entry(name="Control/W11/ts.xml", content=SEQUENCE), Entry(name="Control/TaskSequences.xml")]),
    )
    results = found("share.zip")
    expected = FoundExport(
        parts=Parts(name="share.zip!Control/W11/ts.xml", kind="single-file", parts={"ts.xml": SEQUENCE}),
        origin=Origin(kind="file", path=Path("share.zip"), inside=("Control/W11/ts.xml",)),
        original=SEQUENCE,
    )
    assert expected == results[0]


def test_an_export_zipped_with_its_folder(here: Path) -> None:
    entries = [Entry(name=f"My TS/{entry.name!s}", content=entry.content) for entry in export_entries()]
    write("outer.zip", build([*entries, Entry(name="My TS.zip", content=export_zip("ABC00013"))]))
    results = found("outer.zip")
    assert [("found", "outer.zip!My TS"), ("found", "outer.zip!My TS.zip")] == brief(results)
    assert isinstance(results[0], FoundExport)
    assert Origin(kind="folder", path=Path("outer.zip"), inside=("My TS",)) == results[0].origin
    assert {str(entry.name): entry.content for entry in export_entries()} == results[0].parts.parts


def test_one_damaged_export_folder_in_a_zip_does_not_stop_the_others(here: Path) -> None:
    bad = Entry(name=f"bad/{OBJECT}", content=OBJECT_XML, header={"crc": 1}, record={"crc": 1})
    write("outer.zip", build([bad, Entry(name=f"good/{OBJECT}", content=OBJECT_XML)]))
    message = "unreadable: The member's checksum is wrong: its content is damaged."
    assert [(message, "outer.zip"), ("found", "outer.zip!good")] == brief(found("outer.zip"))


def test_shadow_files_of_macos_are_left_aside(here: Path) -> None:
    shadow = Entry(name="__MACOSX/._inner.zip", content=b"\0\5\x16\7")
    write("in/outer.zip", build([Entry(name="inner.zip", content=export_zip()), shadow]))
    write("in/._outer.zip", b"\0\5\x16\7")
    expected = [
        ("found", "in/outer.zip!inner.zip"),
        ("skipped 1: not a task sequence", "in/outer.zip"),
        ("skipped 1: not a task sequence", "in"),
    ]
    assert expected == brief(found("in"))


def test_three_levels_of_zips_are_refused(here: Path) -> None:
    middle = build([Entry(name="inner.zip", content=export_zip())])
    write("outer.zip", build([Entry(name="middle.zip", content=middle), Entry(name="good.zip", content=export_zip())]))
    expected = [
        ("unreadable: The zip is nested more than 2 levels deep.", "outer.zip!middle.zip!inner.zip"),
        ("found", "outer.zip!good.zip"),
    ]
    assert expected == brief(found("outer.zip"))


def test_one_bad_file_does_not_stop_the_others(here: Path) -> None:
    write("in/a.zip", b"PK\x03\x04 cut off")
    write("in/b.zip", b"")
    write("in/c.zip", build([Entry(name="bad.zip", content=b"no zip"), Entry(name="good.xml", content=SEQUENCE)]))
    write("in/d.xml")
    expected = [
        (
            "unreadable: The zip has no end record at its end: it is cut off, or something was added behind it.",
            "in/a.zip",
        ),
        ("unreadable: The file is empty.", "in/b.zip"),
        ("unreadable: This is not a zip.", "in/c.zip!bad.zip"),
        ("found", "in/c.zip!good.xml"),
        ("found", "in/d.xml"),
    ]
    assert expected == brief(found("in"))


def test_scripts_make_no_noise(here: Path) -> None:
    for name in ("a.ps1", "b.cmd", "c.xml", "d/e.log"):
        write(f"in/{name}", b"<config/>")
    write("in/ts.xml")
    write("in/tools.zip", build([Entry(name="tool.exe", content=b"MZ")]))
    expected = [
        ("skipped 1: a zip without a task sequence", "in/tools.zip"),
        ("found", "in/ts.xml"),
        ("skipped 4: not a task sequence", "in"),
    ]
    assert expected == brief(found("in"))


NAMED = {
    "script": ("a.ps1", b"Get-Content", "No task sequence was found in the file."),
    "empty": ("a.xml", b"", "The file is empty."),
    "other XML": ("a.xml", b"<unattend/>", "No task sequence was found in the file."),
    "zip without": ("a.zip", build([Entry(name="x.exe")]), "The zip holds no task sequence (1 other files)."),
    "empty zip": ("a.zip", build([]), "The zip is empty."),
}


@pytest.mark.parametrize(("name", "data", "message"), NAMED.values(), ids=NAMED)
def test_a_named_file_is_always_reported(here: Path, name: str, data: bytes, message: str) -> None:
    write(name, data)
    assert [Unreadable(location=Location(file=name), message=message, remedy=WHAT_IS_READ)] == found(name)


def test_a_named_file_is_searched_to_its_end(here: Path) -> None:
    write("a.xml", b"<!--" + b" " * 100_000 + b"-->" + SEQUENCE)
    assert [("found", "a.xml")] == brief(found("a.xml"))


def test_a_zip_with_another_extension_is_read_when_named(here: Path) -> None:
    write("TS.zip.bak", export_zip())
    assert [("found", "TS.zip.bak")] == brief(found("TS.zip.bak"))


def test_a_missing_path(here: Path) -> None:
    expected = Unreadable(
        location=Location(file="gone.zip"),
        message="There is no such file or folder.",
        remedy="Check the spelling and the current folder.",
    )
    write("ts.xml")
    assert [("found", "ts.xml")] == brief(found("gone.zip", "ts.xml")[1:])
    assert expected == found("gone.zip")[0]


def test_a_folder_without_any(here: Path) -> None:
    write("in/a.txt", b"x")
    expected = [
        ("skipped 1: not a task sequence", "in"),
        ("unreadable: The folder holds no task sequence (1 other files).", "in"),
    ]
    assert expected == brief(found("in"))


def test_hidden_and_content_folders_are_left_out_and_said(here: Path) -> None:
    write("in/.git/ts.xml")
    write("in/TS.zip", export_zip())
    write("in/TS_files/Package/ts.xml")
    write("in/my_files/ts.xml")
    expected = [
        ("skipped 1: a hidden folder; name it to read it", "in/.git"),
        ("found", "in/TS.zip"),
        ("skipped 1: the content folder of the export beside it", "in/TS_files"),
        ("found", "in/my_files/ts.xml"),
    ]
    # Sub-folders are judged with their parent's entries, so the order is that of the walk.
    assert sorted(expected) == sorted(brief(found("in")))
    assert [("found", "in/.git/ts.xml")] == brief(found("in/.git"))


def make_link(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target, target_is_directory=target.is_dir())
    except OSError:
        pytest.skip("links cannot be made here")


def test_a_loop_of_links_ends(here: Path) -> None:
    write("in/sub/ts.xml")
    make_link(here / "in/sub/again", here / "in")
    expected = [
        ("found", "in/sub/ts.xml"),
        ("skipped 1: a link to a folder; name it to read what it points to", "in/sub/again"),
    ]
    assert sorted(expected) == sorted(brief(found("in")))


def test_a_link_inside_an_export_folder_is_refused(here: Path) -> None:
    write_export("TS")
    write("secret.xml")
    make_link(here / "TS/SMS_TaskSequencePackage/link.xml", here / "secret.xml")
    results = found("TS")
    assert isinstance(results[0], Unreadable)
    assert Location(file="TS", part="SMS_TaskSequencePackage/link.xml") == results[0].location
    assert "The export folder holds a link." == results[0].message


def test_what_is_named_twice_is_read_once(here: Path) -> None:
    write("in/ts.xml")
    assert [("found", "in/ts.xml")] == brief(found("in", "in/ts.xml", "in", "./in/../in/ts.xml"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_devices_and_pipes_do_not_hang(here: Path) -> None:
    write("in/ts.xml")
    os.mkfifo("in/pipe")
    os.mkfifo("in/pipe.zip")
    message = "unreadable: This is a folder, a device or a pipe, not a file."
    expected = [(message, "in/pipe.zip"), ("found", "in/ts.xml"), ("skipped 1: not a task sequence", "in")]
    assert expected == brief(found("in"))
    assert [(message, "in/pipe")] == brief(found("in/pipe"))


@pytest.mark.parametrize("kind", ["file", "zip", "folder"])
def test_no_right_to_read(here: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    write("ts.xml")
    write("TS.zip", export_zip())
    write_export("TS")

    def refuse(name: str, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    name = {"file": "ts.xml", "zip": "TS.zip", "folder": "TS"}[kind]
    (message, _) = brief(found(name))[0]
    assert "unreadable: The file or folder may not be read." == message


def test_limits_of_files_and_walks(here: Path) -> None:
    write("in/a.xml", SEQUENCE + b" " * 1000)
    write("in/b.xml")
    write("in/c.xml")
    expected = [
        ("unreadable: The file has 1,036 bytes; at most 1,000 are read.", "in/a.xml"),
        ("found", "in/b.xml"),
        ("unreadable: The folder holds more than 2 files; the rest was not looked at.", "in"),
    ]
    assert expected == brief(found("in", limits=Limits(part_bytes=1000, walked_files=2)))


def test_limits_of_export_folders(here: Path) -> None:
    write_export("TS")
    files = found("TS", limits=Limits(members=3))
    size = found("TS", limits=Limits(unpacked_bytes=50))
    assert [("unreadable: The export folder holds more than 3 files.", "TS")] == brief(files)
    assert [("unreadable: The export folder holds more than 50 bytes.", "TS")] == brief(size)


def test_the_work_for_one_file_is_limited(here: Path) -> None:
    inner = build([Entry(name="a/ts.xml", content=SEQUENCE + b" " * 5000, method=DEFLATED)])
    write("outer.zip", build([Entry(name=f"{n}.zip", content=inner) for n in range(9)]))
    results = brief(found("outer.zip", limits=Limits(nested_bytes=20_000)))
    expected = [("found", f"outer.zip!{n}.zip!a/ts.xml") for n in range(3)]
    message = "unreadable: The zip holds too much to be unpacked in one go; the rest was not read."
    assert [*expected, (message, "outer.zip!3.zip")] == results


def test_a_large_plain_zip_is_not_unpacked_as_a_whole(here: Path) -> None:
    image = Entry(name="Operating Systems/install.wim", content=b"x" * 3000)
    write("share.zip", build([image, Entry(name="Control/W11/ts.xml", content=SEQUENCE)]))
    limits = Limits(part_bytes=1000, unpacked_bytes=1000)
    assert ("found", "share.zip!Control/W11/ts.xml") == brief(found("share.zip", limits=limits))[0]


def test_candidates_and_results_can_be_sent_to_another_process(here: Path) -> None:
    write("in/TS.zip", export_zip())
    candidates = [item for item in list_candidates([Path("in")]) if isinstance(item, Candidate)]
    assert candidates == pickle.loads(pickle.dumps(candidates))
    results = list(open_candidate(candidates[0]))
    assert results == pickle.loads(pickle.dumps(results))


def test_one_export_is_in_memory_at_a_time(here: Path) -> None:
    size = 2_000_000
    for number in range(6):
        object_xml = OBJECT_XML + os.urandom(size)
        write(f"in/{number}.zip", build([Entry(name=OBJECT, content=object_xml)]))
    tracemalloc.start()
    results: Iterator[Found] = find_exports([Path("in")])
    count = sum(isinstance(result, FoundExport) for result in results)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 6 == count
    assert peak < 5 * size  # the zip and its part, and the one before that is just being let go
