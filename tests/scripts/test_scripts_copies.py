"""What the import script is told about a copy comes from the copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made import Group, export, knowledge, osd_steps, sequence
from tsfix.containers.discover import find_exports
from tsfix.errors import UsageError
from tsfix.export import Export
from tsfix.parse.export import read_export
from tsfix.reports.tasks import lost_secrets
from tsfix.scripts.copies import copy_facts
from tsfix.scripts.options import CopyFacts, ImportOptions
from tsfix.scripts.render import render
from tsfix.values import PackageId

EXPORTS = Path(__file__).parents[2] / "fixtures" / "exports"


def _export(name: str) -> Export:
    (found,) = find_exports([EXPORTS / name])
    return read_export(found.parts)


def test_steps_of_one_name_are_told_apart() -> None:
    join = osd_steps.join_domain("Join", "contoso.example", "OU=PCs", "CONTOSO\\join")
    other = osd_steps.join_domain("Join again", "contoso.example", "OU=PCs", "CONTOSO\\join")
    made = export(sequence("CHQ00050", "TS", Group(name="Do", children=(join, other, join))))
    lines = list(lost_secrets(made.task_sequences[0], made, knowledge()))
    assert ["Do > Join (step 1.1)", "Do > Join again", "Do > Join (step 1.3)"] == [
        line.partition(":")[0] for line in lines
    ]


def test_facts_of_a_console_export() -> None:
    facts = copy_facts(
        _export("Contoso Refresh Windows 10.zip"),
        file="copies/Refresh.zip",
        sha256="ab" * 32,
        type_in_again={"SMS_TaskSequencePackage/CHQ00040/object.xml": ("Join domain: the password",)},
    )

    (one,) = facts
    assert (
        CopyFacts(
            name="Refresh Windows 10",
            package_id=PackageId("CHQ00040"),
            file="copies/Refresh.zip",
            sha256="ab" * 32,
            references=one.references,
            boot_image=PackageId("CHQ00078"),
            type_in_again=("Join domain: the password",),
        )
        == one
    )
    assert {"CHQ00077", "CHQ00078", "CHQ00079"} <= set(one.references)
    assert len(one.references) == len(set(one.references))
    assert "copies\\Refresh.zip" in render("import", ImportOptions(copies=facts))


def test_every_task_sequence_of_the_file_counts() -> None:
    facts = copy_facts(_export("Contoso Deploy Windows 11.zip"), file="Deploy.zip")

    assert {"CHQ00030", "CHQ00031", "CHQ00032"} == {one.package_id for one in facts}
    assert any(reference.startswith("ScopeId_") for one in facts for reference in one.references)
    assert "'CHQ00030'" in render("import", ImportOptions(copies=facts))


def test_what_the_console_cannot_import_is_refused() -> None:
    facts = copy_facts(_export("raw/pretty.xml"), file="pretty.xml")

    with pytest.raises(UsageError) as raised:
        render("import", ImportOptions(copies=facts))
    assert [
        '  - pretty.xml: "" is not a package ID',
        "  - pretty.xml: the console imports only an export file (.zip); this task sequence must be imported by hand",
    ] == raised.value.message.splitlines()[1:]
