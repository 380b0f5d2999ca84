"""What the rewrites change is told as the work of tsfix when a copy is verified, with and without a target; more is not."""

from __future__ import annotations

import pytest

from tests.made import Known, export, knowledge, read_parts, request, rewritten, sequence, steps, subject
from tests.made import osd_steps as osd
from tests.rewrites.test_rewrite_client_properties import KNOWN
from tests.rewrites.test_rewrite_shown_names import FOUND
from tsfix.comparison.compare import compare_task_sequences
from tsfix.conversion import Rewritten
from tsfix.export import Export
from tsfix.proof.copy_proof import explain
from tsfix.proof.explained import Explained
from tsfix.proof.replaced_ids import Pair, replaced
from tsfix.request import CloneRequest

SETUP = osd.setup_windows("Client", "CHQ00003", "SMSSITECODE=CHQ SMSMP=chq-mp01 CCMLOGLEVEL=0")
SET = steps.set_variable("Set", "SMSClientInstallProperties", "SMSSITECODE=CHQ")
CASES: dict[str, tuple[Export, CloneRequest, set[str]]] = {
    "site and servers": (
        export(sequence("CHQ00050", "TS", SETUP, SET)),
        request("1706", client="LEG00042", site="LEG"),
        {"site and servers in the client's installation"},
    ),
    "shown names": (FOUND, request("2203", maps={"CHQ00081": "LEG00081"}), {"the name of a replaced package"}),
    "object": (export(sequence("CHQ00050", "TS", SETUP)), request("1610", client="LEG00042"), set()),
    "script": (
        export(sequence("CHQ00050", "TS", steps.run_powershell_script("S", lines=("exit 0",), parameters="-A 1"))),
        request("1806"),
        {"an inline script as a command line that runs the same script"},
    ),
    "script of a package": (
        export(
            sequence("CHQ00050", "TS", steps.run_powershell_script("S", package_id="CHQ00081", script="a.ps1")),
            known=(Known(id="CHQ00081", name="Scripts"),),
        ),
        request("2012 SP1"),
        {"an inline script as a command line that runs the same script"},
    ),
}


def done(case: str) -> Rewritten:
    found, wanted, _ = CASES[case]
    return rewritten(found, wanted, KNOWN)


def explained(original: Export, copy: Export, to: str | None) -> tuple[Explained, ...]:
    pair = Pair(before=original.task_sequences[0], after=copy.task_sequences[0])
    changed = replaced([pair], knowledge())
    comparison = compare_task_sequences(pair.before.task_sequence, pair.after.task_sequence)
    return explain(pair, changed, subject(original, to), comparison, comparison)


@pytest.mark.parametrize("with_target", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_every_difference_is_explained(case: str, with_target: bool) -> None:
    original, wanted, kinds = CASES[case]
    found = explained(original, done(case).copy, wanted.target.version.id if with_target else None)
    assert [] == [(one.kind, one.label, one.before, one.after) for one in found if one.by == "unexplained"]
    assert kinds <= {one.kind for one in found if one.by == "tsfix"}


@pytest.mark.parametrize(
    ("case", "old", "new"),
    [
        ("site and servers", b"CCMLOGLEVEL=0", b"CCMLOGLEVEL=1"),
        ("shown names", b">Scripts<", b">Something<"),
        ("object", b"Duration", b"Duration2"),
    ],
)
def test_another_difference_is_not(case: str, old: bytes, new: bytes) -> None:
    original, wanted, _ = CASES[case]
    copy = done(case).copy
    part = copy.task_sequences[0].part
    assert old in copy.parts.parts[part]
    broken = read_parts({**copy.parts.parts, part: copy.parts.parts[part].replace(old, new, 1)})
    before = {(one.by, one.kind, one.field) for one in explained(original, copy, wanted.target.version.id)}
    after = {(one.by, one.kind, one.field) for one in explained(original, broken, wanted.target.version.id)}
    assert {by for by, _, _ in after - before} <= {"unexplained", "site"}
    assert after - before
