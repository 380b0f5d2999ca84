"""The first inputs of every fuzz target, made from the fixtures each time: no corpus is kept in the repository."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.containers.zips import DEFLATED, TEXT, ZIP64_ENTRY, Entry, build, export_zip, with_zip64_end
from tests.made import Group, on, osd_steps, parts, pretty_text, sequence, sequence_text, steps

FIXTURES = Path(__file__).parents[2] / "fixtures"
DIVIDER = b"\n%%%%\n"
"""Stands between the two inputs of a target that takes two."""

ITEMS = (
    Group(
        name="Install – Zürich",
        condition=on.when(on.variable("Model", "notLike", "%X1%"), on.all_of(on.wmi("SELECT * FROM Win32_TPM"))),
        children=(
            osd_steps.setup_windows("Client", "CHQ00003", "SMSSITECODE=CHQ"),
            steps.run_command_line("Copy", r'cmd /c copy "a b" c:\x', package_id="CHQ00016"),
            steps.run_powershell_script("Script", lines=("Write-Host 1",), output_variable="Result"),
        ),
    ),
    steps.set_variable("Set", "OSDName", "a & b < c", hidden=True),
    steps.restart("Restart", message="bye"),
)


@cache
def small_export() -> dict[str, bytes]:
    """The parts of an export with one short task sequence."""
    return parts(sequence("CHQ00050", "Deploy", *ITEMS))


OBJECT = "SMS_TaskSequencePackage/CHQ00050/object.xml"


@cache
def xml_seeds() -> tuple[bytes, ...]:
    """Sequences and objects in every form and encoding that is read."""
    line, pretty = sequence_text(*ITEMS), pretty_text(*ITEMS)
    return (
        line.encode(),
        b"\xef\xbb\xbf" + pretty.encode(),
        b"\xff\xfe" + line.encode("utf-16-le"),
        b"\xfe\xff" + line.encode("utf-16-be"),
        b'<?xml version="1.0" encoding="windows-1252"?>' + line.encode("cp1252"),
        *(file.read_bytes() for file in sorted((FIXTURES / "exports" / "raw").iterdir())),
        small_export()[OBJECT],
        b"<r a='1' b=\"&lt;\"><!-- <x> ]]> --><v><![CDATA[<i/>]]]]><![CDATA[>]]></v><?p <q>?><w/>\r\n</r >",
        b"<emb>&lt;a b=&quot;1&quot;&gt;x&amp;amp;y&lt;/a&gt;</emb>",
    )


@cache
def pair_seeds() -> tuple[bytes, ...]:
    """Two sequences each."""
    one, other = sequence_text(*ITEMS).encode(), sequence_text(*reversed(ITEMS[1:]), ITEMS[1]).encode()
    raw = (FIXTURES / "exports" / "raw" / "pretty.xml").read_bytes()
    return (one + DIVIDER + one, one + DIVIDER + other, other + DIVIDER + one, raw + DIVIDER + one)


@cache
def zip_seeds() -> tuple[bytes, ...]:
    """Zips of every form that the reader knows."""
    entry = Entry(name="a.xml", content=TEXT, method=DEFLATED)
    return (
        export_zip(),
        build([entry, Entry(name="b/", attributes=16), Entry(name="b/c.xml", content=b"<c/>")], comment=b"note"),
        build([Entry(name="a.xml", content=TEXT, descriptor="signed"), Entry(name="ü.xml", flags=0x800)]),
        build([Entry(name="a.xml", content=TEXT, method=DEFLATED, descriptor="bare")], prefix=b"MZ"),
        build([ZIP64_ENTRY]),
        with_zip64_end(build([entry])),
    )


@cache
def hierarchy_seeds() -> tuple[bytes, ...]:
    """Hierarchy files, by hand and by script."""
    found = [(FIXTURES / "hierarchy" / name).read_bytes() for name in ("contoso.toml", "contoso-inventory.json")]
    return (
        *found,
        b'[[sites]]\ncode = "LEG"\nversion = "1706"\n[[packages]]\nid = "LEG00042"\nkind = "package"\ndefault = false\n',
        b'{"sites": [{"code": "LEG", "version": "1706"}], "packages": []}',
    )


def decision_seeds() -> tuple[bytes, ...]:
    """Files of decisions."""
    return (
        b'[[decisions]]\ntask_sequence = "Deploy"\nstep = "A > B"\nrule = "R44"\ndo = "accept"\nreason = "x"\nuntil = 2027-03-31\n',
        b'[[decisions]]\ntask_sequence = "Deploy"\nrule = "R12"\ndo = "disable"\nreason = "not needed there"\n',
    )


def mapping_seeds() -> tuple[bytes, ...]:
    """Files of mappings."""
    return (
        b"old,new\r\nCHQ00002,LEG00042\r\n",
        b'\xef\xbb\xbfold;new;name\nCHQ00002;LEG00042;"Client; x64"\n\nCHQ00003;LEG00043;\n',
    )


def text_seeds() -> tuple[bytes, ...]:
    """Command lines and scripts that hold secrets."""
    return (
        b'net use Z: \\\\srv\\share Geheim-1 /user:contoso\\me && setup.exe /p:"x y" -Password abc',
        b'tsenv.exe "OSDPin=1234" /hiddenflag:True',
        b'<Variable Name="Office" IsSecret="true">abc</Variable>',
        b"$Password = 'abc'; ConvertTo-SecureString -String \"x\" -AsPlainText",
        b"slmgr /ipk VK7JG-NPHTM-C97JM-9MPGT-3V66T; powershell -enc " + b"bgBlAHQAIAB1AHMAZQByAA" * 3,
        b"https://me:pw@srv/ Authorization: Bearer abcdefghijkl schtasks /rp x 7z -px -y",
    )
