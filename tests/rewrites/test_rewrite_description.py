"""The description of a copy: where it came from, behind the administrator's own words, within what a site takes."""

from __future__ import annotations

from hashlib import sha256

import pytest

from tests.made import export, parts, read_parts, request, rewritten, sequence, steps
from tests.made import osd_steps as osd
from tsfix.conversion import Rewritten
from tsfix.export import Export
from tsfix.request import CloneRequest

CLIENT = osd.setup_windows("Client", "CHQ00003", "")
PART = "SMS_TaskSequencePackage/CHQ00050/object.xml"
WANTED = request("1706", client="LEG00042")
NEWER = request("2203", client="LEG00042")


def with_description(text: str) -> Export:
    content = parts(sequence("CHQ00050", "TS", CLIENT))
    before, after = content[PART].split(b'<PROPERTY NAME="Description"', 1)
    after = after.replace(b"<VALUE></VALUE>", f"<VALUE>{text}</VALUE>".encode(), 1)
    return read_parts(content | {PART: before + b'<PROPERTY NAME="Description"' + after})


def description(done: Rewritten) -> str:
    found = done.copy.task_sequences[0].task_sequence.property("Description")
    assert found is not None
    assert isinstance(found.value, str)
    return found.value


def digest(found: Export) -> str:
    return sha256(found.parts.parts[PART]).hexdigest()[:16]


@pytest.mark.parametrize("own", ["", "All laptops "])
def test_origin_target_and_hash(own: str) -> None:
    found = with_description(own)
    expected = f"[tsfix: copy of CHQ00050 for 1706. object.xml SHA-256 {digest(found)}]"
    assert f"{own.strip()} {expected}".strip() == description(rewritten(found, WANTED))


def test_the_site_is_named_too() -> None:
    found = with_description("")
    done = rewritten(found, request("1706", client="LEG00042", site="LEG"))
    assert description(done).startswith("[tsfix: copy of CHQ00050 for LEG, 1706. ")


@pytest.mark.parametrize(
    ("length", "wanted", "expected"),
    [
        (55, WANTED, (127, True)),
        (60, WANTED, (60 + len(" [tsfix: copy of CHQ00050 for 1706]"), False)),
        (127, WANTED, (127, False)),
        (400, WANTED, (127, False)),
        (127, NEWER, (127 + len(" [tsfix: copy of CHQ00050 for 2203. object.xml SHA-256 0123456789abcdef]"), True)),
    ],
)
def test_no_longer_than_the_target_takes(length: int, wanted: CloneRequest, expected: tuple[int, bool]) -> None:
    """The hash goes first, then the end of the administrator's words."""
    text = description(rewritten(with_description("D" * length), wanted))
    assert expected == (len(text), "SHA-256" in text)
    assert "[tsfix: copy of CHQ00050 for " in text


def test_a_copy_of_a_copy_names_its_own_original() -> None:
    first = rewritten(with_description("Laptops"), request("2203", client="LEG00042"))
    content = dict(first.copy.parts.parts)
    second = rewritten(read_parts(content), request("1706", client="LEG00043"))
    (old,) = (new for _, new in first.new_ids)
    text = description(second)
    assert text.startswith(f"Laptops [tsfix: copy of {old} for 1706.")
    assert 1 == text.count("[tsfix")


def test_the_hash_is_that_of_the_file_also_where_the_copy_was_made_in_stages() -> None:
    child = sequence("CHQ00061", "Child", steps.run_command_line("One", "cmd.exe"))
    parent = sequence("CHQ00062", "Parent", steps.run_task_sequence("Call", "CHQ00061", "Child", ()), CLIENT)
    found = export(child, parent)
    done = rewritten(found, request("1706", client="LEG00042"))
    assert done.last_stage is not None
    for before, after in zip(found.task_sequences, done.copy.task_sequences, strict=True):
        text = after.task_sequence.property("Description")
        assert text is not None
        assert sha256(found.parts.parts[before.part]).hexdigest()[:16] in str(text.value)


def test_null_stays_null() -> None:
    found = with_description("")
    data = found.parts.parts[PART]
    start = data.index(b'<PROPERTY NAME="Description"')
    end = data.index(b"</PROPERTY>", start)
    null = data[:start] + data[start:end].replace(b"<VALUE></VALUE>", b"") + data[end:]
    done = rewritten(read_parts({**found.parts.parts, PART: null}), WANTED)
    after = done.copy.task_sequences[0].task_sequence.property("Description")
    assert after is not None
    assert after.value is None
